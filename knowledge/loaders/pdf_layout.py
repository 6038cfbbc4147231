"""From the lines and tables of pages to Markdown: headings, joined paragraphs, no running heads."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from knowledge.loaders.pdf_margins import Line, Table, drop_running_lines

_LIST_MARK = re.compile(
    r"(?:[-*•·▪●◦○■□➢✓]|[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[.)、）．])\s*\S"
)
_BULLET = re.compile(r"\A[•·▪●◦○■□➢✓]\s*")
_SENTENCE_END = re.compile(r"[。！？!?；;.:：…”\"]\Z")
_WIDE = "\u2e80"
_HEADING_LENGTH = 80


@dataclass(slots=True)
class _Block:
    """A paragraph, heading or table in the making."""

    text: str
    level: int = 0
    last: Line | None = None


def write_pages(pages: Sequence[Sequence[Line | Table]]) -> tuple[str, tuple[int, ...], str | None]:
    """Write pages as Markdown.

    Returns:
        The text, the offset in it at which each page starts, and the title if the first page has one.
    """
    bodies = drop_running_lines(pages)
    lines = [block for page in bodies for block in page if isinstance(block, Line)]
    levels = _rank_sizes(lines)
    text, offsets, last = "", [], None
    title = None
    for number, page in enumerate(bodies):
        blocks = _build_blocks(page, levels)
        if number == 0:
            title = _find_title(blocks)
        text, start = _append_page(text, last, blocks)
        offsets.append(start)
        last = blocks[-1] if blocks else last
    return text, tuple(offsets), title


def _find_title(blocks: Sequence[_Block]) -> str | None:
    """Return the first page's largest line, or its first one if that stands alone like a title."""
    largest = next((block.text for block in blocks[:5] if block.level == 1), None)
    first = blocks[0] if len(blocks) > 1 and not _is_table(blocks[0]) else None
    if largest or first is None or len(first.text) > _HEADING_LENGTH or _LIST_MARK.match(first.text):
        return largest
    return first.text if re.search(r"[^\W_]\Z", first.text) and "\n" not in first.text else None


def _append_page(text: str, last: _Block | None, blocks: list[_Block]) -> tuple[str, int]:
    """Append a page, going on with a paragraph or table that the end of the last page cut."""
    if not blocks:
        return text, len(text)
    first, rest = blocks[0], blocks[1:]
    written = _write(first)
    if last and _is_table(last) and _is_table(first) and _count_columns(last) == _count_columns(first):
        head, rule, *rows = written.split("\n")
        same_head = head == last.text.split("\n", 1)[0]
        joint, written = "\n", "\n".join(rows if same_head else [head, *rows])
        del rule
    elif last and _is_cut(last, first):
        joint = _find_joint(last.text, first.text)
        text = text[:-1] if joint == "" and text.endswith("-") else text
    else:
        joint = "\n\n" if text else ""
    start = len(text) + len(joint)
    return "\n\n".join([text + joint + written, *map(_write, rest)]), start


def _is_table(block: _Block) -> bool:
    return block.last is None and block.text.startswith("|")


def _count_columns(block: _Block) -> int:
    return block.text.split("\n", 1)[0].replace("\\|", "").count("|")


def _is_cut(last: _Block, first: _Block) -> bool:
    if last.last is None or first.last is None or last.level or first.level:
        return False
    if abs(last.last.size - first.last.size) > 0.5:
        return False
    return not _SENTENCE_END.search(last.text) and not _LIST_MARK.match(first.text)


def _write(block: _Block) -> str:
    return f"{'#' * block.level} {block.text}" if block.level else block.text


def _rank_sizes(lines: Sequence[Line]) -> dict[tuple[float, bool], int]:
    """Rank the sizes above that of the body: the largest is level 1. Bold lines of its size come last."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    if not weights:
        return {}
    body = weights.most_common(1)[0][0]
    larger = [line for line in lines if line.size > 1.1 * body and len(line.text) <= _HEADING_LENGTH]
    sizes = sorted({line.size for line in larger}, reverse=True)[:4]
    levels = {(size, bold): rank for rank, size in enumerate(sizes, start=1) for bold in (False, True)}
    body_is_bold = sum(len(line.text) for line in lines if line.is_bold) > sum(weights.values()) / 2
    if not body_is_bold:
        levels[body, True] = len(sizes) + 1
    return levels


def _build_blocks(page: Sequence[Line | Table], levels: dict[tuple[float, bool], int]) -> list[_Block]:
    lines = [block for block in page if isinstance(block, Line)]
    margin = _find_margin(lines)
    spacing = median([_gap(a, b) for a, b in _neighbours(lines)] or [0.0])
    blocks: list[_Block] = []
    for block in page:
        if isinstance(block, Table):
            blocks.append(_Block(block.text))
            continue
        level = _find_level(block, levels)
        previous = blocks[-1] if blocks else None
        if previous and previous.last and _goes_on(previous, block, level, margin=margin, spacing=spacing):
            joint = _find_joint(previous.text, block.text)
            head = previous.text[:-1] if joint == "" and previous.text.endswith("-") else previous.text
            previous.text, previous.last = head + joint + block.text, block
        else:
            blocks.append(_Block(_BULLET.sub("- ", block.text), level, block))
    return _join_lists(blocks)


def _find_margin(lines: Sequence[Line]) -> float:
    return max((line.right for line in lines), default=0.0)


def _neighbours(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    for a, b in pairwise(lines):
        if b.top > a.top:
            yield a, b


def _gap(a: Line, b: Line) -> float:
    return b.top - a.bottom


def _find_level(line: Line, levels: dict[tuple[float, bool], int]) -> int:
    level = levels.get((line.size, line.is_bold), 0)
    too_long = len(line.text) > _HEADING_LENGTH or line.text.endswith(("。", "；", "，", ",", ";"))
    return 0 if too_long or not any(map(str.isalpha, line.text)) else level


def _goes_on(previous: _Block, line: Line, level: int, *, margin: float, spacing: float) -> bool:
    """Tell a line that the margin broke off from one that starts something new."""
    last = previous.last
    if last is None or level != previous.level or abs(last.size - line.size) > 0.5 or line.top <= last.top:
        return False
    if _gap(last, line) > max(spacing * 1.5, spacing + 0.4 * line.size):
        return False
    if level:
        return True
    is_indented = line.left > last.left + 1.2 * line.size and not _LIST_MARK.match(previous.text)
    is_full = last.right + _measure_first_word(line) > margin or last.text.endswith("-")
    return is_full and not is_indented and not _LIST_MARK.match(line.text)


def _measure_first_word(line: Line) -> float:
    """Estimate the room that the line's first word would have needed on the line before."""
    if line.text[0] >= _WIDE:
        return 2.5 * line.size  # punctuation hangs together
    return (0.5 * len(line.text.split(maxsplit=1)[0]) + 1) * line.size


def _find_joint(before: str, after: str) -> str:
    """Return what belongs between two halves of a broken line: nothing within Chinese or a hyphenated word."""
    if before[-1] >= _WIDE and after[:1] >= _WIDE:
        return ""
    return "" if re.search(r"[a-zà-ÿ]-\Z", before) and re.match(r"[a-zà-ÿ]", after) else " "


def _join_lists(blocks: list[_Block]) -> list[_Block]:
    """Write items that follow one another as one list, and lines that a break was meant for as they stand."""
    joined: list[_Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        both = last and last.last and block.last and not last.level and not block.level
        if last and both and _LIST_MARK.match(block.text) and _LIST_MARK.match(last.text.rsplit("\n", 1)[-1]):
            joined[-1] = replace(last, text=f"{last.text}\n{block.text}", last=block.last)
        else:
            joined.append(block)
    return joined
