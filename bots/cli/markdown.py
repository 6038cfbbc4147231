"""Markdown as the assistant writes it, made fit to be read in a terminal."""

import re

import click

from bots.cli.terminal import format_table, wrap

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_BULLET = re.compile(r"^(\s*)([-•] |\d+\. |> )")
_CODE = re.compile(r"`([^`]+)`")
_CELLS = re.compile(r"(?<!\\)\|")


def render_markdown(text: str) -> str:
    """Return headings and bold text styled, tables aligned, and lines wrapped at the terminal's width."""
    rendered: list[str] = []
    table: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            table.append(line)
            continue
        if table:
            rendered.append(_table(table))
            table = []
        rendered.append(_line(line))
    return "\n".join(rendered).rstrip("\n")


def _line(line: str) -> str:
    if line.startswith("#"):
        return click.style(line.lstrip("# "), bold=True)
    bullet = _BULLET.match(line)
    hanging = " " * len(bullet[0]) if bullet else re.match(r"\s*", line)[0]  # type: ignore[index]
    # Wrapping keeps the spaces that follow a word, and so would lose those before the first.
    indent = line[: len(line) - len(line.lstrip())]
    return wrap(_embolden(line.lstrip()), indent=indent, hanging=hanging)


def _table(lines: list[str]) -> str:
    rows = [[_plain(cell) for cell in _CELLS.split(line.strip())[1:-1]] for line in lines]
    return format_table(rows[0], rows[2:])


def _plain(cell: str) -> str:
    return _embolden(cell.strip().replace("\\|", "|"))


def _embolden(text: str) -> str:
    return _BOLD.sub(lambda found: click.style(found[1], bold=True), _CODE.sub(r"\1", text))
