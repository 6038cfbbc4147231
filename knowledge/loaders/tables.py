"""Tables as Markdown, which keep their meaning when they are cut: chunking repeats the head."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_NUMBER = re.compile(r"[-+]?[\d,.]+%?|\d{4}-\d\d-\d\d.*")
_GAP = re.compile(r"\s+")


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as a Markdown pipe table whose head is the first row; "" if there is nothing in them.

    Rows may be of different lengths. Empty rows, and columns that are empty throughout, are left out.
    """
    cells = [[_escape(cell) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells:
        return ""
    width = max(map(len, cells))
    padded = [[*row, *[""] * (width - len(row))] for row in cells]
    kept = [column for column in range(width) if any(row[column] for row in padded)]
    lines = ["| " + " | ".join(row[column] for column in kept) + " |" for row in padded]
    return "\n".join([lines[0], "|" + " --- |" * len(kept), *lines[1:]])


def _escape(cell: str) -> str:
    return _GAP.sub(" ", cell).strip().replace("|", "\\|")


def join_heads(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a head of several rows as one: what stands over a column and the column's own name.

    >>> join_heads([["Month", "Cost", "Cost"], ["Month", "SMS", "Mail"]])
    ['Month', 'Cost SMS', 'Cost Mail']
    """
    width = max(map(len, rows))
    columns = ([row[column] for row in rows if column < len(row)] for column in range(width))
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def join_merged_head(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return a table whose head, if it is of two rows, is one: cells merged over columns, and these columns' names.

    Args:
        rows: A merged cell's text stands in each of its columns.
    """
    if len(rows) < 3:
        return [list(row) for row in rows]
    head, following, *others = rows
    is_merged = any(cell and cell == beside for cell, beside in pairwise(head))
    names = [cell for cell in following if cell]
    goes_on = is_merged and len(names) >= len(head) - 1 and not any(map(is_number, names))
    return [
        join_heads(rows[:2]) if goes_on else list(head),
        *([] if goes_on else [list(following)]),
        *map(list, others),
    ]


def is_number(cell: str) -> bool:
    """Tell a number, percentage or date from words."""
    return bool(_NUMBER.fullmatch(cell))
