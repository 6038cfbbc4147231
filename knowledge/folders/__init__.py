"""Folders that are mirrored: what changed in them, moved, vanished or failed."""
