"""HTML pages, without their menus, advertisements and footers."""

import re
from functools import cache
from typing import TYPE_CHECKING

from knowledge.cleaning import clean
from knowledge.errors import UnreadableDocument
from knowledge.loaders.text import LoadedDocument, decode

if TYPE_CHECKING:
    from configparser import ConfigParser

_DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


@cache
def _settings() -> "ConfigParser":
    """Let short pages be: below 250 characters trafilatura otherwise takes all text of the page."""
    from trafilatura.settings import use_config

    settings = use_config()
    for limit in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE", "MIN_EXTRACTED_COMM_SIZE", "MIN_OUTPUT_COMM_SIZE"):
        settings.set("DEFAULT", limit, "1")
    return settings


def load_html(data: bytes) -> LoadedDocument:
    """Read the main text of a page as Markdown; its title is the page's.

    Raises:
        UnreadableDocument: Empty, binary, undecodable, or a page with no readable main text.
    """
    from trafilatura import extract, extract_metadata

    declared = _DECLARED.search(data[:4096])
    page = clean(decode(data, declared=declared.group(1).decode("ascii") if declared else None))
    text = extract(
        page, output_format="markdown", include_comments=False, include_tables=True, config=_settings()
    )
    if not text or not any(character.isalnum() for character in text):
        raise UnreadableDocument(
            en="The page has no readable text once menus, scripts and footers are taken away.",
            zh="去掉菜单、脚本和页脚后，页面中没有可读的正文。",
        )
    metadata = extract_metadata(page)
    return LoadedDocument(
        text=clean(text), markup="markdown", title=(metadata.title if metadata else None) or None
    )
