"""What cleaning leaves alone: code, addresses and tags, whose characters are not prose."""

import re
from collections.abc import Iterable, Iterator

from knowledge.cleaning.edits import Edit

Span = tuple[int, int]

_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_INDENTED = re.compile(r"(?:\A|(?<=\n))[ \t]*\n(?:(?: {4}|\t)[^\n]*\n?)+")
_INLINE = re.compile(
    r"(?P<ticks>`+)(?!`)[^`\n]+(?P=ticks)(?!`)"
    r"|\]\([^()\s]{1,400}\)"
    r"|<[^<>\n]{1,300}>"
    r"|(?<![A-Za-z])https?://[^\s<>\"'，。；、）】》]+"
)
_ADDRESS = re.compile(r"(?<![A-Za-z])https?://[^\s<>\"'，。；、）】》]+")
_TABLE_ROW = re.compile(r"^[ \t]*\|[^\n]*$|^[^\n|]*\|[^\n|]*\|[^\n]*$", re.MULTILINE)


def find_protected(text: str, *, markup: str) -> list[Span]:
    """Return the spans of code, links' targets, tags and addresses, in order."""
    if markup != "markdown":
        return [match.span() for match in _ADDRESS.finditer(text)] if "://" in text else []
    return _merge([*find_code(text), *(match.span() for match in _INLINE.finditer(text))])


def find_code(text: str) -> list[Span]:
    """Return the spans of fenced and indented code in Markdown, in order."""
    return _merge([*_find_fences(text), *(match.span() for match in _INDENTED.finditer(text))])


def find_tables(text: str) -> list[Span]:
    """Return the spans of lines that are rows of a table."""
    return [match.span() for match in _TABLE_ROW.finditer(text)] if "|" in text else []


def spare(edits: Iterable[Edit], protected: list[Span]) -> list[Edit]:
    """Return the edits that touch no protected span."""
    if not protected:
        return list(edits)
    kept: list[Edit] = []
    index = 0
    for edit in edits:
        while index < len(protected) and protected[index][1] <= edit[0]:
            index += 1
        if index == len(protected) or max(edit[1], edit[0] + 1) <= protected[index][0]:
            kept.append(edit)
    return kept


def _find_fences(text: str) -> Iterator[Span]:
    opening: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        if opening is None:
            opening = line if line.group(1)[0] == "~" or "`" not in line.group(2) else None
        elif line.group(1).startswith(opening.group(1)) and not line.group(2).strip():
            yield opening.start(), line.end()
            opening = None
    if opening is not None:
        yield opening.start(), len(text)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
