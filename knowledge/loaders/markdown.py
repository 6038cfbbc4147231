"""Markdown with front matter."""

import re

from knowledge.cleaning import clean
from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.encoding import decode
from knowledge.loaders.front_matter import split_front_matter

_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def load_markdown(data: bytes) -> LoadedDocument:
    """Read Markdown; its title is the front matter's, else the heading that it starts with.

    Raises:
        UnreadableDocument: Empty, binary or undecodable.
        InvalidFrontMatter: The front matter is wrong; names the key.
    """
    decoded = decode(data)
    metadata, body, warnings = split_front_matter(decoded.text)
    heading = _FIRST_HEADING.match(clean(body[:2_000]))
    return LoadedDocument(
        text=require_content(body),
        markup="markdown",
        title=metadata.get("title") or (heading.group(1) if heading else None),
        metadata=metadata,
        warnings=decoded.warnings + warnings,
    )
