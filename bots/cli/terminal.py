"""Text in a terminal: display width of Chinese, wrapping, tables, JSON."""

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

#: Where the output is no terminal and COLUMNS says nothing.
_WIDTH = 100
#: Far more than a question or a passage may hold; the rest is not read.
_LARGEST_INPUT = 1_000_000
#: Cells of a row up to this width share a line where the table is too wide.
_SHORT = 40
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
#: A unit that is not torn: an ASCII word with its spaces, or one wide character, with the marks around it.
_UNIT = re.compile(
    r"(?:\x1b\[[0-9;]*m)*[“‘（《「『¥€£+\-]*(?:[!-~–—…·]+|[^!-~–—…·\s])[，。、；：！？”’）》」』,.;:!?)\]%]*(?:\x1b\[[0-9;]*m)*\s*|\s+"
)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def read_input() -> str:
    """Read standard input, nothing of a terminal; text that is not UTF-8 is taken for GB 18030, as of Chinese Windows."""
    if sys.stdin.isatty():
        return ""
    data = sys.stdin.buffer.read(_LARGEST_INPUT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def terminal_width() -> int:
    """Return the columns of the terminal, of COLUMNS, or 100."""
    return max(40, shutil.get_terminal_size((_WIDTH, 24)).columns)


def display_width(text: str) -> int:
    """Return the columns that a text takes; a wide character takes two.

    >>> display_width("留存 D1")
    7
    """
    plain = _STYLE.sub("", text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)


def wrap(text: str, *, indent: str = "", hanging: str | None = None, width: int | None = None) -> str:
    """Wrap one line of text at the terminal's width; further lines begin with `hanging`.

    >>> print(wrap("次日留存率 by channel, last week", width=20, hanging="  "))
    次日留存率 by
      channel, last week
    >>> print(wrap("一二三四五“六”", width=12))
    一二三四五
    “六”
    """
    hanging = indent if hanging is None else hanging
    limit = width or terminal_width()
    lines, line = [], indent
    for unit in _UNIT.findall(text):
        started = bool(line.strip())
        if started and display_width(line) + display_width(unit.rstrip()) > limit:
            lines.append(line.rstrip())
            line = hanging
        line += unit
    return "\n".join([*lines, line.rstrip()])


def pad(text: str, width: int) -> str:
    """Fill a text with spaces up to a display width."""
    return text + " " * max(0, width - display_width(text))


def format_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with aligned columns; where it is too wide, each row as a block of its cells.

    >>> print(format_table(["渠道", "n"], [["抖音", "12"], ["a", "3"]]))
    渠道  n
    ────  ──
    抖音  12
    a     3
    """
    widths = [max(map(display_width, column)) for column in zip(header, *rows, strict=True)]
    if sum(widths) + 2 * (len(widths) - 1) > terminal_width():
        return "\n".join(_block(header, row) for row in rows)
    lines = [header, ["─" * width for width in widths], *rows]
    return "\n".join("  ".join(map(pad, line, widths)).rstrip() for line in lines)


def format_result_table(table: Mapping[str, Any], *, zh: bool, most: int) -> str:
    """Return the table of a metric result, at most so many rows of it: those ahead of a forecast, those of a campaign."""
    from tools.columns import column_text, format_row

    language, columns = "zh" if zh else "en", [str(column) for column in table["columns"]]
    first = _first_ahead(columns, table["rows"], most)
    rows = [format_row(columns, row, language) for row in table["rows"][first : first + most]]
    text = format_table([column_text(column).in_language(language) for column in columns], rows)
    more = table["total_rows"] - len(rows)
    if more <= 0:
        return text
    return text + (f"\n…… 另有 {more:,} 行" if zh else f"\n… {more:,} more rows")


def _first_ahead(columns: Sequence[str], rows: Sequence[Sequence[Any]], most: int) -> int:
    """Return where the rows begin that were asked about, earlier if the last rows are fewer than `most`; else 0.

    Those are the ones ahead of a forecast, and the ones during a campaign, which end a table over time.
    """
    if "forecast" in columns:
        place = columns.index("forecast")
        first = next((k for k, row in enumerate(rows) if row[place] is not None), 0)
    elif {"period", "during"} <= set(columns):
        place = columns.index("during")
        first = next(k for k, row in enumerate(rows) if row[place] == rows[-1][place])
    else:
        return 0
    return max(0, min(first, len(rows) - most))


def _block(header: Sequence[str], row: Sequence[str]) -> str:
    """Return a row as its first cell, then its short cells in running lines, and each long one on a line of its own."""
    cells = [
        f"{name}{': ' if name.isascii() else '：'}{cell}"
        for name, cell in zip(header[1:], row[1:], strict=True)
        if cell
    ]
    short, long = ([c for c in cells if (display_width(c) <= _SHORT) == side] for side in (True, False))
    lines = [f"• {row[0]}", *(["  " + "  ·  ".join(short)] if short else []), *(f"  {c}" for c in long)]
    return "\n".join(
        wrap(line.strip(), indent=line[: len(line) - len(line.lstrip())], hanging="    ") for line in lines
    )
