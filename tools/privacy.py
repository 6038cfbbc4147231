"""Small groups are not shown: `min_group` of a source, applied to whatever any tool answers.

Three things together, none of which a tool can forget:

- Values of a dimension that fewer users have in the whole data are one value, `(other)`, from the start, with
  the next smallest where they are too few together. No filter can name them, nor leave them out.
- An answer about fewer users is withheld, and so is one whose filters or segment leave out fewer, since the whole
  less the answer would show them; with several filters this holds for each of them, too.
- In tables, figures and charts, groups that are smaller are hidden, and others with them, so that nothing else in
  the answer gives them away (see `tools.suppression`).

What it does not do: it keeps no record of questions. Answers to several can be combined: two periods, segments,
windows or thresholds that differ by a few people; the whole less each of its larger parts, asked for one by one.
It counts people, not how alike they are, nor how much of a sum is one person's. From whom a few people must be
kept secret in any case should not see the source (`teams`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tools.definitions import ToolArguments, item
from tools.group_sizes import check_size, count_behind
from tools.publication import MetricTool
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope
from tools.suppression import DETAIL, hide_small, is_number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_size", "protect"]

USER_KEY = "user"
_PEOPLE = re.compile(r"\d[\d,]*(?= ?(?:users|of them|left out|名|人))")
_NAMED_N = frozenset({"stickiness"})  # their n counts days
_COUNTED = ("ratio", "ratio_change", "multiple", "days", "hours")


def protect(scope: Scope, tool: MetricTool, arguments: ToolArguments, result: MetricResult) -> MetricResult:
    """Hide the small groups of a result: in its table, figures, chart, warnings and card.

    Where part of a table is hidden, only figures are left that the rest of it shows, and totals of the whole.
    """
    least = scope.source.definition.min_group
    if least <= 1:
        return result
    rule = item(
        "小群体保护",
        "small groups",
        Text(f"少于 {least} 名用户的分组不显示", f"groups of fewer than {least} users are not shown"),
    )
    if tool.guards_groups:
        told = tuple(_scrub(w, least) for w in result.warnings)
        return replace(result, definition=(*result.definition, rule), warnings=told)
    nested = getattr(arguments, "mode", None) == "on_or_after"
    behind = count_behind(scope, arguments, result.table)
    mask = hide_small(result.table, least, behind, result.n, nested=nested)
    if scope.shows_users and USER_KEY in result.table.columns:
        mask[:] = False  # rows of single users, for a reader who may see them
    table = _blank(result.table, mask)
    keys = _hidden_keys(table, mask)
    hidden, shown = _values(result.table, mask) - {0.0}, _values(result.table, ~mask)
    totals = () if getattr(arguments, "mean", None) == "simple" else tool.totals
    figures = [
        _hide_figure(f)
        if _is_small_figure(f, least, result.n)
        or (mask.any(axis=None) and not _may_stay(f, totals, shown, hidden, keys))
        else f
        for f in result.figures
    ]
    if nested:
        figures = _hide_near(figures, least)
    lost = mask.any(axis=None) or any(f is not g for f, g in zip(figures, result.figures, strict=True))
    shown |= {_rounded(f.value) for f in figures if f.value is not None}
    warning = Text(
        f"部分数值因涉及不足 {least} 名用户（或可由此推出）而未显示。",
        f"Some numbers are not shown because they tell of fewer than {least} users, or would give such away.",
    )
    return replace(
        result,
        definition=(*(replace(d, value=_scrub(d.value, least)) for d in result.definition), rule),
        figures=tuple(figures),
        table=table,
        chart=_hide_marks(result.chart, shown - hidden) if lost else result.chart,
        warnings=(*((warning,) if lost else ()), *(_scrub(w, least) for w in result.warnings)),
        n=0 if 0 < result.n < least else result.n,
    )


def _blank(table: "pd.DataFrame", mask: "pd.DataFrame") -> "pd.DataFrame":
    blank = table.copy()
    for column in table.columns:
        if mask[column].any():
            blank[column] = table[column].astype(float).where(~mask[column])
    return blank


def _rounded(value: Any) -> float:
    return abs(round(float(value), 9))


def _values(table: "pd.DataFrame", mask: "pd.DataFrame") -> set[float]:
    """Collect the numbers of the cells that a mask marks, whatever their sign."""
    numbers = [c for c in table.columns if is_number(table[c])]
    return {_rounded(v) for c in numbers for v in table.loc[mask[c], c].dropna()}


def _hidden_keys(table: "pd.DataFrame", mask: "pd.DataFrame") -> set[str]:
    """Name the groups of which every row is hidden whole."""
    numbers = [c for c in table.columns if is_number(table[c]) and mask[c].any()]
    words = [c for c in table.columns if not is_number(table[c]) and c != "event"]
    plain = [c for c in numbers if not str(c).startswith(DETAIL)]
    if not plain:
        return set()
    whole = mask[plain].all(axis=1)
    keys = {str(v) for c in words for v in table.loc[whole, c]}
    return keys - {str(v) for c in words for v in table.loc[~whole, c]}


def _may_stay(
    figure: Figure, totals: tuple[str, ...], shown: set[float], hidden: set[float], keys: set[str]
) -> bool:
    """Say whether a figure tells nothing of the hidden part of a table."""
    if figure.value is None or figure.value != figure.value:
        return True
    segment = "" if figure.segment is None else figure.segment.partition("=")[2]
    value = _rounded(figure.value)
    if segment in keys or figure.name in keys or value in hidden:
        return False
    total = any(fnmatchcase(figure.name, pattern) for pattern in totals)
    return value in shown or total


def _hide_figure(figure: Figure) -> Figure:
    label = Text(f"{figure.label.zh}（未显示）", f"{figure.label.en} (not shown)")
    return replace(figure, value=None, n=None, interval=None, label=label)


def _is_small_figure(figure: Figure, least: int, total: int) -> bool:
    """Say whether a figure by itself tells of a few people: as a count, a share, or what is left of all."""
    if figure.value is None or figure.value != figure.value:
        return False
    value, n = abs(float(figure.value)), figure.n
    people: list[float] = [] if n is None or figure.name in _NAMED_N else [n]
    if figure.unit in _COUNTED or figure.unit.startswith("currency:"):
        some = round(value * n, 6) if n and figure.unit == "ratio" and value <= 1 else 0
        if n and float(some).is_integer():
            people += [some, n - some]
    elif value.is_integer() or figure.unit == "users":
        people = [value, *([n - value] if n == total else [])]
    return any(0 < p < least for p in people)


def _hide_near(figures: list[Figure], least: int) -> list[Figure]:
    """Hide shares of the same people that are parts of one another and differ by a few."""
    kept: list[Figure] = []
    for figure in figures:
        near = [
            other
            for other in kept
            if figure.unit == "ratio" and None not in (figure.value, figure.n, other.value, other.n)
            if (other.unit, other.segment, other.n) == (figure.unit, figure.segment, figure.n)
            if 0 < abs(round((other.value - figure.value) * figure.n)) < least  # type: ignore[operator]
        ]
        kept.append(_hide_figure(figure) if near else figure)
    return kept


def _hide_marks(chart: dict[str, Any], shown: set[float]) -> dict[str, Any]:
    """Take from a chart every amount that neither table nor figures show."""
    amounts = set(_amount_fields(chart))

    def clean(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                k: [_clean_row(row) for row in v] if k == "values" and _is_rows(v) else clean(v)
                for k, v in node.items()
            }
        return [clean(v) for v in node] if isinstance(node, list) else node

    def _clean_row(row: dict[str, Any]) -> dict[str, Any]:
        return {k: v if k not in amounts or _is_shown(v) else None for k, v in row.items()}

    def _is_shown(value: Any) -> bool:
        return not isinstance(value, int | float) or _rounded(value) in shown

    return clean(chart)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _amount_fields(node: Any) -> Iterator[str]:
    """List the fields that a chart shows as amounts."""
    if isinstance(node, dict):
        if node.get("type") == "quantitative" and "field" in node:
            yield node["field"]
        for part in node.values():
            yield from _amount_fields(part)
    elif isinstance(node, list):
        for part in node:
            yield from _amount_fields(part)


def _scrub(text: Text, least: int) -> Text:
    """Replace small numbers of people in a sentence."""

    def blur(found: re.Match[str]) -> str:
        # An exact number could be set against others.
        count = int(found[0].replace(",", ""))
        return found[0] if not count else f"<{least}" if count < least else f"≥{least}"

    return Text(zh=_PEOPLE.sub(blur, text.zh), en=_PEOPLE.sub(blur, text.en))
