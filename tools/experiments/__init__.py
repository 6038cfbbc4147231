"""Experiments: who saw what, what came of it, and how large a test must be."""
