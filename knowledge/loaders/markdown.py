"""Markdown with front matter."""

import re

from knowledge.cleaning import clean
from knowledge.loaders.front_matter import split_front_matter
from knowledge.loaders.text import LoadedDocument, decode, require_content

_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def load_markdown(data: bytes) -> LoadedDocument:
    """Read Markdown; its title is the front matter's, else the heading that it starts with.

    Raises:
        UnreadableDocument: Empty, binary or undecodable.
        InvalidFrontMatter: The front matter is wrong; names the key.
    """
    metadata, body, warnings = split_front_matter(clean(decode(data)))
    heading = _FIRST_HEADING.match(body)
    return LoadedDocument(
        text=require_content(body),
        markup="markdown",
        title=metadata.get("title") or (heading.group(1) if heading else None),
        metadata=metadata,
        warnings=warnings,
    )
