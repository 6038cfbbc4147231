"""Fixtures that every package's tests share."""
