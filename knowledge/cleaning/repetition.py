"""Repetition: titles, sentences and paragraphs that a page says more than once."""

import re
from collections.abc import Iterator

from knowledge.cleaning.edits import Edit, order_edits
from knowledge.cleaning.lines import Line, iterate_lines

_LETTER = re.compile(r"[^\W\d_]")
_ITEM = re.compile(r"\s*(?:[-*+•·▪●◦|>]|[(（]?\d+[.)、）]|#{1,6}\s)")
_FIGURE = re.compile(r"[:：]\s*[^\w\s]?[\d.,]+\s*\S{0,2}$")
_SENTENCE_END = re.compile(r"[。！？.!?…][”’」』）)\"']*$")
_TWICE_CHINESE = re.compile(r"(?:^|(?<=[。！？]))([^。！？\n]{10,200}[。！？])(?:\1)+", re.MULTILINE)
_TWICE_ENGLISH = re.compile(r"(?:^|(?<=[.!?] ))([^.!?\n]{20,300}[.!?])(?: \1)+(?=\s|$)", re.MULTILINE)
_LONGEST_TITLE = 400
_SHORTEST_UNIT = 4
_SHORTEST_PARAGRAPH = 80


def reduce_repetition(text: str) -> list[Edit]:
    """Leave one of what is said several times in a row, and of long paragraphs that recur word for word.

    Lists, tables, headings and numbers may repeat themselves. A recurring paragraph takes the heading with it
    that also stands over its first occurrence.
    """
    edits = [
        (m.end(1), m.end(), "")
        for pattern in (_TWICE_CHINESE, _TWICE_ENGLISH)
        for m in pattern.finditer(text)
    ]
    return order_edits([*_reduce_lines(text), *edits])


def _reduce_lines(text: str) -> Iterator[Edit]:
    lines = [line for line in iterate_lines(text) if line.text]
    ends = [*(line.start for line in lines[1:]), len(text)][: len(lines)]
    over: dict[str, str] = {}
    previous: Line | None = None
    for line, end in zip(lines, ends, strict=True):
        before = previous.text if previous else ""
        unit = _find_unit(line.text)
        if ((unit or line.text) == before and _is_prose(before)) or _recurs(line.text, over):
            if previous and before != line.text and over.get(line.text) == before != "":
                yield previous.start, previous.end, ""
            yield line.start, end, ""
            continue
        if unit:
            yield line.first + len(unit), line.last, ""
            line = line._replace(text=unit)
        if len(line.text) >= _SHORTEST_PARAGRAPH:
            over[line.text] = before
        previous = line


def _recurs(line: str, over: dict[str, str]) -> bool:
    return line in over and _SENTENCE_END.search(line) is not None and not _ITEM.match(line)


def _is_prose(line: str) -> bool:
    return (
        not _ITEM.match(line)
        and not _FIGURE.search(line)
        and len(set(_LETTER.findall(line))) >= _SHORTEST_UNIT
    )


def _find_unit(line: str) -> str:
    """Return what a line consists of when it is the same words two or more times, else nothing."""
    if not 2 * _SHORTEST_UNIT <= len(line) <= _LONGEST_TITLE:
        return ""
    period = (line + line).find(line, 1)
    unit = line[:period]
    return unit if period < len(line) and _is_prose(unit) else ""
