"""Watching a metric: what is unusual, why, and what is to be expected."""
