"""The embedding model: which it is, on what scale it is read, and how it is changed."""
