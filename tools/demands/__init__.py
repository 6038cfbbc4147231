"""Demands: which feature requests come first, by RICE, ICE, weights or a Kano survey, and how firmly."""
