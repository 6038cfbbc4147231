"""Tables of HTML pages: merged cells filled, heads of several rows as one, and frames for layout told apart."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from knowledge.errors import DocumentTooLarge
from knowledge.loaders.tables import join_heads, write_table

_NEVER_IN_CELLS = ("h1", "h2", "h3", "h4", "h5", "h6", "table")
_LONGEST_LINE_OF_CELLS = 100
_WIDEST_SPAN = 100
_MOST_CELLS = 1_000_000


def read_table(table: Any, read_cell: Callable[[Any], str]) -> str | None:
    """Return a table as Markdown; None if it only arranges what stands in it.

    Raises:
        DocumentTooLarge: Merged cells make it a table of more than a million cells.
    """
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    if _is_layout(table, rows):
        return None
    heads = _count_heads(rows)
    grid = list(_fill(rows, heads, read_cell))
    if len(grid) * max(map(len, grid), default=0) > _MOST_CELLS:
        raise DocumentTooLarge(
            en=f"A table of the page has more than {_MOST_CELLS:,} cells, which is the limit.",
            zh=f"页面中有一个表格超过 {_MOST_CELLS:,} 个单元格的上限。",
        )
    return write_table([join_heads(grid[:heads]), *grid[heads:]] if heads > 1 else grid)


def _is_layout(table: Any, rows: Sequence[Any]) -> bool:
    if table.get("role") == "presentation" or next(table.iterdescendants(*_NEVER_IN_CELLS), None) is not None:
        return True
    counts = [len(_cells(row)) for row in rows]
    is_line = len(rows) == 1 and any(
        len(cell.text_content()) > _LONGEST_LINE_OF_CELLS for cell in _cells(rows[0])
    )
    return max(counts, default=0) <= 1 or is_line


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _count_heads(rows: Sequence[Any]) -> int:
    """Count the rows of the head: those in `thead`, or the first ones if they hold `th` only."""
    count = 0
    for row in rows:
        is_head = row.getparent().tag == "thead" or all(cell.tag == "th" for cell in _cells(row))
        if not is_head or not _cells(row):
            break
        count += 1
    return count if count < len(rows) else min(count, 1)


def _fill(rows: Sequence[Any], heads: int, read_cell: Callable[[Any], str]) -> Iterator[list[str]]:
    """Yield rows of texts; a cell over several rows is in each of them, one over several columns of a head, too."""
    reaching: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        texts: list[str] = []
        for cell in _cells(row):
            _take_reaching(texts, reaching)
            text, across = read_cell(cell), _read_span(cell, "colspan")
            down = _read_span(cell, "rowspan")
            for column in range(across):
                shown = text if column == 0 or number < heads else ""
                if down > 1:
                    reaching[len(texts)] = (down - 1, shown)
                texts.append(shown)
        _take_reaching(texts, reaching)
        yield texts


def _take_reaching(texts: list[str], reaching: dict[int, tuple[int, str]]) -> None:
    while len(texts) in reaching:
        left, text = reaching.pop(len(texts))
        if left > 1:
            reaching[len(texts)] = (left - 1, text)
        texts.append(text)


def _read_span(cell: Any, name: str) -> int:
    span = cell.get(name, "1").strip()
    return min(max(int(span), 1), _WIDEST_SPAN) if span.isdecimal() and len(span) < 6 else 1
