"""Answers are kept with what they lean on, and can be replayed: what changed since, and why."""
