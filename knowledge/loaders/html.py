"""HTML pages, without their menus, advertisements and footers."""

import re
from functools import cache
from typing import TYPE_CHECKING

from knowledge.cleaning import clean
from knowledge.errors import DocumentWithoutText
from knowledge.loaders.document import LoadedDocument
from knowledge.loaders.encoding import decode

if TYPE_CHECKING:
    from configparser import ConfigParser

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CONFLUENCE_TITLE = re.compile(
    r"""<span[^>]{0,200}id=["']title-text["'][^>]{0,200}>(.*?)</span>""", re.DOTALL
)
_CONFLUENCE_BODY = re.compile(r"""<div[^>]{0,200}id=["']main-content["']""")
_SPACE_PREFIX = re.compile(r"\A\s*\S.{0,80}? : (?=\S)")


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

    Of a page that Confluence exported, breadcrumbs, authorship lines, attachments and comments are left out,
    and the name of the space before its title.

    Raises:
        EmptyDocument, UnreadableDocument: Empty, binary or undecodable.
        DocumentWithoutText: A page with no readable main text.
    """
    declared = _DECLARED.search(data[:4096])
    decoded = decode(data, declared=declared.group(1).decode("ascii") if declared else None)
    page = decoded.text.replace("\x00", "")
    title, text = _read_confluence(page) or _read_page(page)
    if not any(character.isalnum() for character in text):
        raise DocumentWithoutText(
            en="The page has no readable text once menus, scripts and footers are taken away.",
            zh="去掉菜单、脚本和页脚后，页面中没有可读的正文。",
        )
    return LoadedDocument(text=text, markup="markdown", title=title, warnings=decoded.warnings)


def extract_main_text(page: str) -> str:
    """Return the main text of an HTML page as Markdown, "" if there is none. Nothing is fetched."""
    from trafilatura import extract

    return (
        extract(
            page, output_format="markdown", include_comments=False, include_tables=True, config=_settings()
        )
        or ""
    )


def _read_page(page: str) -> tuple[str | None, str]:
    from trafilatura import extract_metadata

    text = extract_main_text(page)
    metadata = extract_metadata(page) if text else None
    return (clean(metadata.title) if metadata and metadata.title else None), text


def _read_confluence(page: str) -> tuple[str | None, str] | None:
    heading, body = _CONFLUENCE_TITLE.search(page), _CONFLUENCE_BODY.search(page)
    if heading is None or body is None:
        return None
    from lxml import etree, html

    title = " ".join(
        _SPACE_PREFIX.sub("", html.fromstring(f"<p>{heading.group(1)}</p>").text_content()).split()
    )
    main = html.fromstring(page).get_element_by_id("main-content")
    inner = etree.tostring(main, encoding="unicode", method="html", with_tail=False)
    text = extract_main_text(
        f"<html><head><title>x</title></head><body><article><h1></h1>{inner}</article></body></html>"
    )
    return clean(title) or None, text
