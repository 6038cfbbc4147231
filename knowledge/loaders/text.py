"""Plain text."""

from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.encoding import decode


def load_text(data: bytes) -> LoadedDocument:
    """Read plain text."""
    decoded = decode(data)
    return LoadedDocument(text=require_content(decoded.text), markup="plain", warnings=decoded.warnings)
