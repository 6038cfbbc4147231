"""Keeping the indexes whole and in line with the catalogue."""
