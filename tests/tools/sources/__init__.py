"""Tests of tools.sources."""
