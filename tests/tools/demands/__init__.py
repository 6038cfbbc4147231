"""Tests of the ranking of demands."""
