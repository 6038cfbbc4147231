"""HTML pages, without their menus, advertisements and footers."""

import re

from knowledge.cleaning import clean
from knowledge.errors import DocumentWithoutText
from knowledge.loaders.document import LoadedDocument
from knowledge.loaders.encoding import decode
from knowledge.loaders.html_blocks import BlockWriter
from knowledge.loaders.html_page import parse_page

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CONFLUENCE_TITLE = re.compile(
    r"""<span[^>]{0,200}id=["']title-text["'][^>]{0,200}>(.*?)</span>""", re.DOTALL
)
_CONFLUENCE_BODY = re.compile(r"""<div[^>]{0,200}id=["']main-content["']""")
_SPACE_PREFIX = re.compile(r"\A\s*\S.{0,80}? : (?=\S)")


def load_html(data: bytes) -> LoadedDocument:
    """Read the main text of a page as Markdown; its title is the page's.

    Of a page that Confluence exported, breadcrumbs, authorship lines, attachments and comments are left out,
    and the name of the space before its title.

    Raises:
        EmptyDocument, UnreadableDocument: Empty, binary or undecodable.
        DocumentTooLarge: A table of far too many cells.
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
    return _read_page(page)[1]


def _read_page(page: str) -> tuple[str | None, str]:
    parsed = parse_page(page)
    if parsed is None:
        return None, ""
    blocks = list(BlockWriter(parsed.is_left_out).write(parsed.root))
    if blocks and parsed.heading_outside:
        blocks.insert(0, f"# {parsed.heading_outside}")
    opening = blocks[0].lstrip("# ") if blocks and blocks[0].startswith("#") else ""
    title = parsed.title or opening
    return clean(title) or None, "\n\n".join(blocks)


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
    return clean(title) or None, extract_main_text(f"<html><body><main>{inner}</main></body></html>")
