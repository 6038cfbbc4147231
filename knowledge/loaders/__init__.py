"""Loaders: from a file's bytes to its text with its metadata, one module per format."""

from knowledge.loaders.document import MAX_BYTES, LoadedDocument
from knowledge.loaders.formats import SUPPORTED_EXTENSIONS, extension_of, is_archive, load_document

__all__ = [
    "MAX_BYTES",
    "SUPPORTED_EXTENSIONS",
    "LoadedDocument",
    "extension_of",
    "is_archive",
    "load_document",
]
