"""Cleaning: what is stored is cited, so it must read well, lose nothing and lead back to the original."""

from knowledge.cleaning.alignment import Alignment
from knowledge.cleaning.characters import clean
from knowledge.cleaning.document import Cleaned, clean_document

__all__ = ["Alignment", "Cleaned", "clean", "clean_document"]
