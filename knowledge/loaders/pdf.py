"""PDF: text page by page, tables in their place, headings by the size of their letters."""

import re
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.errors import DocumentTooLarge, DocumentWithoutText
from knowledge.loaders.document import LoadedDocument
from knowledge.loaders.inspection import check_pdf_streams, damaged, encrypted
from knowledge.loaders.pdf_layout import write_pages
from knowledge.loaders.pdf_margins import Line, Table
from knowledge.loaders.pdf_pages import read_page

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 2_000
_DEEPEST_TREE = 50
_MEANINGLESS_TITLE = re.compile(
    r"(?:untitled|microsoft \w+|无标题|無標題|未命名).*"
    r"|(?:document|doc|slide|presentation|powerpoint presentation|book|工作簿|文档|文件|演示文稿|簡報)? *\d*"
    r"|.*(?:\.\w{2,4}|[\\/].*)|\W*",
    re.IGNORECASE,
)


def load_pdf(data: bytes) -> LoadedDocument:
    """Read a PDF that has a text layer.

    Lines that a margin broke are joined, headers and footers that run through the document are left out.

    Raises:
        EncryptedDocument: It opens only with a password.
        DocumentWithoutText: It has no text layer, as scans have not.
        UnreadableDocument: It is broken.
        DocumentTooLarge: More than 2,000 pages, or streams that unpack to too much.
    """
    check_pdf_streams(data)
    title = _inspect(data)
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            pages = list(_read_pages(pdf))
    except (PDFException, PdfminerException) as error:
        raise damaged() from error
    _require_text_layer(pages)
    text, offsets, heading = write_pages(pages)
    return LoadedDocument(
        text=text,
        markup="markdown",
        title=_choose_title(title, heading, text[:2_000]),
        warnings=_warn_of_pictures(pages),
        pages=offsets,
    )


def _read_pages(pdf: Any) -> Iterator[list[Line | Table]]:
    for page in pdf.pages:
        yield read_page(page)
        page.close()


def _inspect(data: bytes) -> str | None:
    """Check encryption and the tree of pages; return the title that the document states."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PyPdfError

    try:
        reader = PdfReader(BytesIO(data))
        _open_encrypted(reader)
        _check_page_tree(reader)
        title = reader.metadata.title if reader.metadata else None
    except LimitReachedError as error:
        raise _too_many_pages() from error
    except (PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise damaged() from error
    title = " ".join(clean(title).split()) if isinstance(title, str) else ""
    return None if _MEANINGLESS_TITLE.fullmatch(title) else title


def _choose_title(stated: str | None, heading: str | None, opening: str) -> str | None:
    """Prefer a large heading to a title that the text does not have, and any title to a mere first line."""
    is_large = heading is not None and f"# {heading}" in opening
    return heading if not stated or (is_large and stated.lower() not in opening.lower()) else stated


def _open_encrypted(reader: "PdfReader") -> None:
    if not reader.is_encrypted:
        return
    opened: Any = 0
    with suppress(Exception):  # a broken encryption dictionary fails in every way there is
        opened = reader.decrypt("")
    if not opened:
        raise encrypted()


def _check_page_tree(reader: "PdfReader") -> None:
    """Count the pages without following the tree in circles."""
    catalog: Any = reader.trailer["/Root"].get_object()
    waiting: list[tuple[Any, int]] = [(catalog["/Pages"], 0)]
    pages = 0
    while waiting:
        reference, depth = waiting.pop()
        node = reference.get_object()
        if depth > _DEEPEST_TREE:
            raise damaged()
        kids = node.get("/Kids") if hasattr(node, "get") else None
        if kids is None:
            pages += 1
        else:
            waiting += [(kid, depth + 1) for kid in kids.get_object()]
        if pages > MAX_PAGES or len(waiting) > 2 * MAX_PAGES:
            raise _too_many_pages()


def _too_many_pages() -> DocumentTooLarge:
    return DocumentTooLarge(
        en=f"The document has more than {MAX_PAGES:,} pages, which is the limit.",
        zh=f"文档超过 {MAX_PAGES:,} 页的上限。",
    )


def _require_text_layer(pages: list[list[Line | Table]]) -> None:
    if not any(any(map(str.isalnum, block.text)) for page in pages for block in page):
        raise DocumentWithoutText(
            en="The PDF has no text layer; it may be a scan. Run text recognition (OCR) on it first.",
            zh="该 PDF 没有文本层，可能是扫描件。请先进行文字识别（OCR）。",
        )


def _warn_of_pictures(pages: list[list[Line | Table]]) -> tuple[Notice, ...]:
    bare = [str(number) for number, page in enumerate(pages, start=1) if not page]
    if not bare:
        return ()
    shown = bare[:10]
    return (
        Notice(
            en=f"{len(bare)} pages have no text (page {', '.join(shown)}{' …' if len(bare) > 10 else ''}).",
            zh=f"有 {len(bare)} 页没有文字（第 {'、'.join(shown)}{'…' if len(bare) > 10 else ''} 页）。",
        ),
    )
