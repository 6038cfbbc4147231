"""What an answer's text must not bring with it: images, HTML, and links and addresses that are not the catalogue's."""

import re
from collections.abc import Collection

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|!\[([^\]]*)\]\[[^\]]*\]")
_LINK = re.compile(r"\[([^\]]+)\]\((?P<url>[^)\s]*)[^)]*\)")
_REFERENCE = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)
_HTML = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]*>", re.DOTALL)
_BARE_URL = re.compile(
    r"(?:(?:https?|ftp|file|javascript|vbscript|mailto):|data:[a-z]+/|www\.)(?:(?![)\]>])[!-~])+",
    re.IGNORECASE,
)


def strip_foreign(text: str, urls: Collection[str]) -> str:
    """Reduce images, HTML, and links and addresses that are not among `urls` to their text."""
    text = _IMAGE.sub(lambda m: m[1] or m[2] or "", text)
    text = _LINK.sub(lambda m: m[0] if m["url"] in urls else m[1], text)
    text = _HTML.sub("", _REFERENCE.sub("", text))
    return _BARE_URL.sub(lambda m: m[0] if m[0].rstrip(".,;:!?'\"") in urls else "", text)
