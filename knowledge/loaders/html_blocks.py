"""From the elements of an HTML page to Markdown: headings, paragraphs, lists and tables in the order of the page."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from knowledge.language import HAN
from knowledge.loaders.html_tables import read_table

_BLOCKS = (
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_WIDE = rf"[{HAN}\u3000-\u303f\uff00-\uffef“”]"
_WRAPPED = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_BLANKS = re.compile(r"[ \t\n]+")
_BREAK = "\x00"
_AROUND_BREAK = re.compile(rf" *{_BREAK} *")
_ANCHOR = re.compile(r"\s*[¶#§]\s*$")
_BULLET = re.compile(r"\A[·•▪●◦]\s+")
_LONGEST_ICON = 4
_ITEM = re.compile(r"(?:[-+*]|\d+\.) ")
_LANGUAGE = re.compile(r"(?:^|\s)(?:lang|language|brush)[-:]\s*([\w+#-]+)")

IsLeftOut = Callable[[Any], bool]


class BlockWriter:
    """Writes elements as blocks of Markdown, but for those that are to be left out."""

    def __init__(self, is_left_out: IsLeftOut) -> None:
        self._is_left_out = is_left_out
        self._writers: dict[str, Callable[[Any], Iterator[str]]] = {
            "ul": self._write_list, "ol": self._write_list, "dl": self._write_definitions, "table": self._write_table,
            "pre": self._write_code, "blockquote": self._write_quotation, **dict.fromkeys(_HEADINGS, self._write_heading),
        }  # fmt: skip

    def write(self, container: Any) -> Iterator[str]:
        """Yield the blocks within a container."""
        words = [container.text or ""]
        for child in container:
            if isinstance(child.tag, str) and not self._is_left_out(child):
                if _is_block(child):
                    yield from _write_paragraphs("".join(words))
                    words = []
                    yield from self._writers.get(child.tag, self.write)(child)
                else:
                    words.append(self._read_inline(child))
            words.append(child.tail or "")
        yield from _write_paragraphs("".join(words))

    def _read_inline(self, element: Any) -> str:
        if element.tag == "br":
            return _BREAK
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str) and not self._is_left_out(child):
                parts.append(self._read_inline(child))
            parts.append(child.tail or "")
        text = "".join(parts)
        if element.tag in ("code", "kbd", "samp", "tt") and text.strip() and "`" not in text:
            return f"`{text.strip()}`"
        return text

    def _write_heading(self, element: Any) -> Iterator[str]:
        words = _ANCHOR.sub("", " ".join(" ".join(self.write(element)).split()))
        if words:
            yield f"{'#' * _HEADINGS[element.tag]} {words}"

    def _write_list(self, element: Any) -> Iterator[str]:
        start = element.get("start", "")
        number = int(start) if start.isdecimal() and len(start) < 6 else 1
        items: list[str] = []
        for child in element:
            if not isinstance(child.tag, str) or self._is_left_out(child):
                continue
            blocks = list(self._writers[child.tag](child) if child.tag in ("ul", "ol") else self.write(child))
            if (
                child.tag in ("ul", "ol") and items
            ):  # a list directly within a list belongs to the item before
                items[-1] = "\n".join([items[-1], *(_indent(block, "  ") for block in blocks)])
            elif blocks:
                items.append(_write_item(f"{number}." if element.tag == "ol" else "-", blocks))
                number += 1
        if items:
            yield "\n".join(items)

    def _write_definitions(self, element: Any) -> Iterator[str]:
        items: list[str] = []
        terms: list[str] = []
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl")) is not element:
                continue
            blocks = list(self.write(child))
            if child.tag == "dt":
                terms.append(" ".join(blocks))
            elif terms and blocks:
                items.append(_write_definition(" / ".join(terms), blocks))
                terms = []
            elif blocks:
                items.append(_write_item(" ", blocks))
        yield "\n".join([*items, *(f"- {term}" for term in terms)]).strip("\n")

    def _write_table(self, table: Any) -> Iterator[str]:
        for caption in table.findall("caption"):
            yield from self.write(caption)
        written = read_table(table, lambda cell: _join_cell(list(self.write(cell))))
        if written is not None:
            yield written
            return
        for cell in table.iter("td", "th"):
            if next(cell.iterancestors("table")) is table:
                yield from self.write(cell)

    def _write_code(self, element: Any) -> Iterator[str]:
        for line_break in element.iter("br"):
            line_break.text = "\n"
        code = element.text_content().strip("\n")
        names = " ".join(filter(None, (e.get("class") for e in (element, *element.iterchildren("code")))))
        language = _LANGUAGE.search(names)
        if code.strip():
            yield f"```{language.group(1) if language else ''}\n{code}\n```".replace("\n```\n```", "\n```")

    def _write_quotation(self, element: Any) -> Iterator[str]:
        quoted = "\n\n".join(self.write(element))
        if quoted:
            yield "\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS or next(element.iter(*_BLOCKS), None) is not None


def _write_paragraphs(words: str) -> Iterator[str]:
    text = _AROUND_BREAK.sub(_BREAK, _BLANKS.sub(" ", _WRAPPED.sub("", words)))
    for paragraph in re.split(f"{_BREAK}{{2,}}", text):
        written = paragraph.strip(f" {_BREAK}").replace(_BREAK, "\n")
        if any(map(str.isalnum, written)) or len(written) > _LONGEST_ICON:
            yield _BULLET.sub("- ", written)


def _write_item(mark: str, blocks: Sequence[str]) -> str:
    """Write an item whose first block stands after its mark and whose others are indented below it."""
    margin = " " * (len(mark) + 1)
    first, *others = blocks
    written = [f"{mark} {_indent(first, margin).lstrip()}"]
    for block in others:
        written.append(("" if _ITEM.match(block) else "\n") + _indent(block, margin))
    return "\n".join(written)


def _write_definition(term: str, blocks: Sequence[str]) -> str:
    if term.endswith(("?", "？")):
        return "\n\n".join([term, *blocks, ""])
    is_wide = re.match(_WIDE, term[-1:]) is not None
    joint = "" if term.endswith((":", "：")) else "：" if is_wide else ":"
    first, *others = blocks
    if first.startswith(("|", "#", "```", ">")) or _ITEM.match(first):
        return _write_item("-", [term + joint, *blocks])
    return _write_item("-", [f"{term}{joint}{'' if is_wide else ' '}{first}", *others])


def _join_cell(blocks: Sequence[str]) -> str:
    """Write the blocks of a table's cell in one line."""
    lines = [line.strip() for block in blocks for line in block.split("\n") if line.strip()]
    is_list = [_ITEM.match(line) is not None for line in lines]
    words = [
        _ITEM.sub("", line, count=1) if item else line for line, item in zip(lines, is_list, strict=True)
    ]
    return ("; " if sum(is_list) > 1 else " ").join(words)


def _indent(block: str, margin: str) -> str:
    return "\n".join(margin + line if line else "" for line in block.split("\n"))
