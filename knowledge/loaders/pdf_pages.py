"""One page of a PDF as lines and tables in reading order."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from knowledge.loaders.pdf_margins import Line, Table
from knowledge.loaders.tables import write_table

_UNMAPPED = re.compile(r"\(cid:\d+\)")
_FEWEST_EDGES = 4
_MOST_EDGES = 3_000
_MOST_BACKWARD = 0.25
_WORD = {"use_text_flow": True, "keep_blank_chars": False, "x_tolerance_ratio": 0.15}


def read_page(page: Any) -> list[Line | Table]:
    """Return the page's lines and tables in reading order.

    Args:
        page: A page of pdfplumber.
    """
    tables = list(_find_tables(page))
    words = page.extract_words(extra_attrs=["size", "fontname"], **_WORD)
    blocks: list[Line | Table] = []
    placed: set[int] = set()
    run: list[dict[str, Any]] = []
    for word in words:
        index = next((i for i, (box, _) in enumerate(tables) if _is_inside(word, box)), None)
        if index is None:
            run.append(word)
        elif index not in placed:
            blocks += _build_lines(run)
            run = []
            placed.add(index)
            (_, top, _, bottom), text = tables[index]
            blocks.append(Table(text, top, bottom))
    blocks += _build_lines(run)
    return _order(blocks)


def _find_tables(page: Any) -> Iterator[tuple[tuple[float, float, float, float], str]]:
    if not _FEWEST_EDGES <= len(page.lines) + 4 * len(page.rects) + len(page.curves) <= _MOST_EDGES:
        return
    for table in page.find_tables():
        rows = [[_UNMAPPED.sub("", cell or "") for cell in row] for row in table.extract(**_WORD)]
        filled = [row for row in rows if any(map(str.strip, row))]
        if len(filled) > 1 and max(map(len, filled)) > 1:
            yield table.bbox, write_table(_fill_down(filled))


def _fill_down(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Join the lines of a cell; between Chinese characters without a blank."""
    return [[_join_cell(cell) for cell in row] for row in rows]


def _join_cell(cell: str) -> str:
    return re.sub(r"(?<=[^\x00-\u2fff])\n(?=[^\x00-\u2fff])", "", cell)


def _is_inside(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    middle_x, middle_y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    left, top, right, bottom = box
    return bool(left <= middle_x <= right and top <= middle_y <= bottom)


def _build_lines(words: Sequence[dict[str, Any]]) -> list[Line]:
    lines: list[list[dict[str, Any]]] = []
    for word in words:
        if lines and _continues(lines[-1][-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    built = (_build_line(line) for line in lines)
    return [line for line in built if line.text]


def _continues(last: dict[str, Any], word: dict[str, Any]) -> bool:
    overlap = min(last["bottom"], word["bottom"]) - max(last["top"], word["top"])
    height = min(last["bottom"] - last["top"], word["bottom"] - word["top"])
    is_same_line = overlap > 0.5 * height
    return bool(is_same_line and -0.5 * word["size"] < word["x0"] - last["x1"] < 4 * word["size"])


def _build_line(words: Sequence[dict[str, Any]]) -> Line:
    parts = [words[0]["text"]]
    for last, word in pairwise(words):
        gap = word["x0"] - last["x1"]
        is_wide = last["text"][-1:] > "\u2fff" and word["text"][:1] > "\u2fff"
        parts += ["" if is_wide and gap < word["size"] else " ", word["text"]]
    text = _UNMAPPED.sub("", "".join(parts)).strip()
    letters = sum(len(word["text"]) for word in words)
    bold = sum(len(word["text"]) for word in words if _is_bold(word["fontname"]))
    return Line(
        text=text,
        left=words[0]["x0"],
        right=words[-1]["x1"],
        top=min(word["top"] for word in words),
        bottom=max(word["bottom"] for word in words),
        size=round(max(float(word["size"]) for word in words), 1),
        is_bold=2 * bold > letters,
    )


def _is_bold(font: str) -> bool:
    return any(mark in font.lower() for mark in ("bold", "heavy", "black", "simhei"))


def _order(blocks: list[Line | Table]) -> list[Line | Table]:
    """Keep the order in which the page was written, unless it jumps about."""
    backward = sum(following.top < block.top - 1 for block, following in pairwise(blocks))
    if backward <= max(_MOST_BACKWARD * len(blocks), 2):
        return blocks
    return sorted(blocks, key=lambda block: (round(block.top / 3), getattr(block, "left", 0)))
