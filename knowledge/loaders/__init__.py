"""Loaders: from a file's bytes to cleaned text with its metadata, one module per format."""

from knowledge.loaders.formats import SUPPORTED_EXTENSIONS, load_document
from knowledge.loaders.text import MAX_BYTES, LoadedDocument, decode

__all__ = ["MAX_BYTES", "SUPPORTED_EXTENSIONS", "LoadedDocument", "decode", "load_document"]
