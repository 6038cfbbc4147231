"""Word documents: headings, lists and tables as Markdown in the order of the text."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.docx_numbering import Numbering, name
from knowledge.loaders.inspection import check_office, damaged
from knowledge.loaders.tables import join_merged_head, write_table

if TYPE_CHECKING:
    from docx.document import Document

_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = _W + "val"
_TRANSPARENT = {  # elements that only wrap others
    "hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo",
}  # fmt: skip
_REMOVED = {"del", "moveFrom", "rPr", "pPr", "instrText", "delText", "delInstrText"}
_GLYPHS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_DEEPEST_HEADING = 6


def load_docx(data: bytes) -> LoadedDocument:
    """Read a Word document. Hidden text and tracked deletions are left out; hidden text is reported.

    Raises:
        UnreadableDocument: It is broken or declares XML entities.
        DocumentTooLarge: It unpacks to too much.
    """
    check_office(data)
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        document = Document(BytesIO(data))
    except (PackageNotFoundError, XMLSyntaxError, KeyError, ValueError) as error:
        raise damaged() from error
    reader = _Reader(document)
    text = "\n\n".join(block for block in reader.read(document.element.body) if block.strip())
    return LoadedDocument(
        text=require_content(text),
        markup="markdown",
        title=reader.title or _read_title(document),
        warnings=reader.warnings(),
    )


def _read_title(document: "Document") -> str | None:
    from docx.opc.constants import RELATIONSHIP_TYPE

    relations = document.part.package.rels.values()
    if not any(relation.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES for relation in relations):
        return None  # python-docx would make up properties with a title of its own
    return " ".join(clean(document.core_properties.title or "").split()) or None


class _Reader:
    """Reads the blocks of one document, keeping count of lists, notes and hidden text."""

    def __init__(self, document: "Document") -> None:
        self.title: str | None = None
        self._styles = {style.get(_W + "styleId"): style for style in document.styles.element}
        self._numbering = Numbering(document)
        self._notes = _read_notes(document)
        self._hidden = 0
        self._started = False
        self._below_title = 0

    def warnings(self) -> tuple[Notice, ...]:
        if not self._hidden:
            return ()
        return (
            Notice(
                en=f"Hidden text was left out ({self._hidden} characters).",
                zh=f"已略去隐藏文字（{self._hidden} 个字符）。",
            ),
        )

    def read(self, container: Any) -> Iterator[str]:
        """Yield the blocks of a container of paragraphs and tables; list items that follow one another are one."""
        items: list[str] = []
        for element in _flatten(container):
            is_item, block = self._read_block(element)
            if items and not is_item:
                yield "\n".join(items)
                items = []
            if is_item:
                items.append(block)
            else:
                yield block
                yield from self._read_attachments(element)
        if items:
            yield "\n".join(items)

    def _read_block(self, element: Any) -> tuple[bool, str]:
        if name(element) == "tbl":
            return False, self._read_table(element)
        text = self._read_inline(element).strip()
        if not text:
            return False, ""
        chain = self._style_chain(element)
        level, label = self._find_heading(element, chain), self._numbering.label(element, chain)
        is_first, self._started = not self._started, True
        if level is not None:
            return False, self._write_heading(level, label, text, is_first=is_first)
        if label is not None:
            return True, f"{label} {text}".replace("\n", "\n  ")
        return False, re.sub(r"(?m)^[ \t]+", "", text)

    def _write_heading(self, level: int, label: str | None, text: str, *, is_first: bool) -> str:
        words = " ".join(text.split())
        if level == 0:
            self._below_title = 1
        if self.title is None and (level == 0 or is_first):
            self.title = clean(words)
        number = label.lstrip("- ").strip() if label else ""
        depth = min(max(level, 1) + (self._below_title if level else 0), _DEEPEST_HEADING)
        return f"{'#' * depth} {number + ' ' if number else ''}{words}"

    def _style_chain(self, paragraph: Any) -> list[Any]:
        """Return a paragraph's properties and those of the styles it is based on, nearest first."""
        chain = [own] if (own := paragraph.find(_W + "pPr")) is not None else []
        style = self._styles.get(_attribute(paragraph, "pPr/pStyle"))
        for _ in range(10):
            if style is None:
                break
            chain.append(style)
            style = self._styles.get(_attribute(style, "basedOn"))
        return chain

    def _find_heading(self, paragraph: Any, chain: Iterable[Any]) -> int | None:
        """Return 0 for a title, 1 to 9 for a heading, None for other text."""
        for style in chain:
            words = _attribute(style, "name") or ""
            if words.lower() in ("title", "标题", "標題"):
                return 0
            if match := _HEADING.match(words):
                return max(int(match.group(1)), 1)
            outline = _attribute(style, "outlineLvl") or _attribute(style, "pPr/outlineLvl")
            if outline and outline.isdigit() and int(outline) < 9:
                return int(outline) + 1
        return None

    def _read_inline(self, element: Any) -> str:
        parts = []
        for child in element:
            tag = name(child)
            if tag == "r":
                parts.append(self._read_run(child))
            elif tag in _TRANSPARENT:
                parts.append(self._read_inline(child))
            elif tag in ("oMath", "oMathPara"):
                parts.append("".join(child.xpath(".//*[local-name()='t']/text()")))
        return "".join(parts)

    def _read_run(self, run: Any) -> str:
        text = "".join(self._read_glyphs(run))
        if self._is_hidden(run):
            self._hidden += len(text)
            return ""
        return text

    def _read_glyphs(self, run: Any) -> Iterator[str]:
        for child in run:
            tag = name(child)
            if tag == "t":
                yield child.xpath("string()")
            elif tag in _GLYPHS:
                yield _GLYPHS[tag]
            elif tag == "sym" and (code := int(child.get(_W + "char") or "0", 16)) < 0xE000:
                yield chr(code)
            elif tag in ("footnoteReference", "endnoteReference") and (mark := self._mark(child)):
                yield f"[{mark}]"
            elif tag == "ruby":
                yield "".join(child.xpath("./*[local-name()='rubyBase']//*[local-name()='t']/text()"))

    def _mark(self, reference: Any) -> str | None:
        note = self._notes.get((name(reference)[:-9], reference.get(_W + "id")))
        return str(note[0]) if note else None

    def _is_hidden(self, run: Any) -> bool:
        style = self._styles.get(_attribute(run, "rPr/rStyle"))
        properties = [run.find(_W + "rPr"), style.find(_W + "rPr") if style is not None else None]
        marks = (p.find(_W + "vanish") for p in properties if p is not None)
        first = next((mark for mark in marks if mark is not None), None)
        return first is not None and first.get(_VALUE) not in ("0", "false", "off")

    def _read_attachments(self, element: Any) -> Iterator[str]:
        """Yield the text boxes and notes of a paragraph, after it."""
        if name(element) != "p":
            return
        boxes = element.xpath(
            ".//*[local-name()='txbxContent'][not(ancestor::*[local-name()='Fallback' or local-name()='txbxContent'])]"
        )
        for box in boxes:
            yield from self.read(box)
        for reference in element.xpath(
            ".//*[local-name()='footnoteReference' or local-name()='endnoteReference']"
        ):
            note = self._notes.get((name(reference)[:-9], reference.get(_W + "id")))
            if note:
                yield f"[{note[0]}] {' '.join(self._read_inline(p).strip() for p in note[1].iter(_W + 'p'))}"

    def _read_table(self, table: Any) -> str:
        rows: list[list[str]] = []
        for row in _flatten(table):
            if name(row) == "tr" and row.find(f"{_W}trPr/{_W}del") is None:
                rows.append(self._read_row(row, rows[-1] if rows else []))
        if max(map(len, rows), default=0) <= 1:  # a frame around text, not a table
            return "\n\n".join(cell for row in rows for cell in row if cell)
        return write_table(join_merged_head(rows))

    def _read_row(self, row: Any, above: list[str]) -> list[str]:
        cells: list[str] = []
        for cell in _flatten(row):
            if name(cell) != "tc":
                continue
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and merge.get(_VALUE) != "restart":
                cells.append(above[len(cells)] if len(cells) < len(above) else "")
            else:
                cells.append(self._read_cell(cell))
            span = _attribute(cell, "tcPr/gridSpan") or "1"
            beside = "" if above else cells[-1]  # a cell of the head stands over all of its columns
            cells += [beside] * (min(int(span), 100) - 1 if span.isdigit() else 0)
        return cells

    def _read_cell(self, cell: Any) -> str:
        return "\n".join(
            self._flatten_table(element) if name(element) == "tbl" else self._read_item(element)
            for element in _flatten(cell)
        ).strip()

    def _read_item(self, paragraph: Any) -> str:
        label = self._numbering.label(paragraph, self._style_chain(paragraph))
        text = self._read_inline(paragraph)
        return f"{label.strip()} {text}" if label and text.strip() else text

    def _flatten_table(self, table: Any) -> str:
        rows = [self._read_row(row, []) for row in _flatten(table) if name(row) == "tr"]
        return "; ".join(", ".join(filter(None, row)) for row in rows)


def _flatten(container: Any) -> Iterator[Any]:
    """Yield the children of a container, those inside content controls and tracked insertions among them."""
    for child in container:
        if name(child) in _TRANSPARENT:
            yield from _flatten(child)
        elif name(child) not in _REMOVED and name(child):
            yield child


def _attribute(element: Any, path: str) -> str | None:
    found = element.find("/".join(_W + step for step in path.split("/")))
    return found.get(_VALUE) if found is not None else None


def _read_notes(document: "Document") -> dict[tuple[str, str | None], tuple[int, Any]]:
    """Return footnotes and endnotes by kind and id, each with the number that it gets."""
    from docx.oxml import parse_xml

    notes: dict[tuple[str, str | None], tuple[int, Any]] = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1].removesuffix("s")
        if kind not in ("footnote", "endnote") or relation.is_external:
            continue
        for note in parse_xml(relation.target_part.blob):
            if note.get(_W + "type") is None:
                notes[kind, note.get(_W + "id")] = (len(notes) + 1, note)
    return notes
