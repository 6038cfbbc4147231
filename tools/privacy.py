"""Small groups are not shown: `min_group` of a source, applied to whatever any tool answers.

Three things together, none of which a tool can forget:

- Values of a dimension that fewer users have in the whole data are one value, `(other)`, from the start, with
  the next smallest where they are too few together. No filter can name them, nor leave them out.
- An answer about fewer users is withheld, and so is one whose filters or segment leave out fewer, since the whole
  less the answer would show them; with several filters this holds for each of them, too.
- In tables, figures and charts, groups that are smaller are hidden, and others with them, so that a total less
  what is shown does not give them away (see `tools.suppression`).

What it does not do: it keeps no record of questions, so two answers about periods, or segments, that differ by
a few people can be subtracted from each other; and it counts people, not how alike they are.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from tools.definitions import ToolArguments, item
from tools.errors import TooFewUsers
from tools.metric_kinds import EventCountMetric, EventSumMetric, Interval, RatioMetric, metric_events
from tools.periods import Period
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope, within
from tools.segments.selection import select_segments
from tools.suppression import DETAIL, hide_small

if TYPE_CHECKING:
    import pandas as pd

_PEOPLE = re.compile(r"\d[\d,]*(?= ?(?:users|of them|left out|名|人))")
_NAMED_N = frozenset({"stickiness"})  # their n counts days
_COUNTED = ("ratio", "ratio_change", "multiple", "days", "hours")


def check_size(whole: Scope, narrowed: Scope, arguments: ToolArguments, *, looks_back: bool) -> None:
    """Withhold an answer about a few users, or about all but a few.

    Args:
        whole: the scope without the segments that the call names.
        narrowed: the scope that the tool is to read.
        arguments: of the tool, without the filter `segment`.
        looks_back: whether the tool reads all history up to the period's end.

    Raises:
        TooFewUsers: the answer is withheld.
    """
    least = whole.source.definition.min_group
    if least <= 1:
        return
    narrowed.check(arguments.filters)
    # The same without the segments that the answer is narrowed to.
    around = select_segments(whole, arguments)[0] if narrowed.segments else narrowed
    for period in _periods(whole, arguments, looks_back):
        for event in _events(whole, arguments):
            sizes = _sizes(narrowed, event, period, arguments.filters)
            if narrowed.segments:
                everybody = _sizes(around, event, period, arguments.filters)
                sizes += [e - s for e, s in zip(everybody, sizes, strict=True)]
            if any(0 < size < least for size in sizes):
                raise TooFewUsers(
                    en=f"The answer is withheld: it would tell of fewer than {least} users, directly or as the "
                    "rest of a larger group. Ask for a longer period or with fewer filters.",
                    zh=f"不予显示：结果会直接或通过相减透露不足 {least} 名用户的情况。请放宽时间范围或减少筛选。",
                )


def _periods(scope: Scope, arguments: ToolArguments, looks_back: bool) -> list[Period]:
    compared = getattr(arguments, "comparison", None)
    asked = [arguments.dates, *([compared] if compared else [])]
    start = scope.source.coverage.start
    return [Period(min(start, p.start), p.end) for p in asked] if looks_back else asked


def _events(scope: Scope, arguments: Any) -> list[str | None]:
    """List the events whose users are counted: any, the one that is asked about, those that a metric adds up."""
    events = [None, getattr(arguments, "event", None)]
    metric = scope.semantics.metrics.get(getattr(arguments, "metric", None) or "")
    if isinstance(metric, EventSumMetric | EventCountMetric | RatioMetric):
        events += metric_events(metric)
    return list(dict.fromkeys(events))


def _sizes(scope: Scope, event: str | None, period: Period, filters: Any) -> list[int]:
    """Count the users that an answer tells of, and those that it tells of beside answers with fewer filters.

    Without all filters, or without one of them, there is a larger answer. From it less this one, a number of users
    tells of those who are in the larger only; a number of events or a sum tells of those whose rows are.
    """
    import ibis

    rows = within(scope.days(event), period, scope.calendar)
    passes = {d: rows[f"d_{d}"].isin(list(values)) for d, values in filters.items()}
    every = reduce(and_, passes.values(), ibis.literal(True))
    larger = [ibis.literal(True)]
    if len(passes) > 1:
        for left_out in passes:
            larger.append(reduce(and_, (passed for d, passed in passes.items() if d != left_out)))
    counts = {"kept": rows.user.nunique(where=every)}
    for number, condition in enumerate(larger):
        counts[f"larger{number}"] = rows.user.nunique(where=condition)
        counts[f"rest{number}"] = rows.user.nunique(where=condition & ~every)
    found = {name: int(n) for name, n in scope.source.engine.fetch_row(rows.agg(**counts)).items()}
    kept = found.pop("kept")
    return [kept, *(n - kept if name.startswith("larger") else n for name, n in found.items())]


def protect(scope: Scope, arguments: ToolArguments, result: MetricResult) -> MetricResult:
    """Hide the small groups of a result: in its table, figures, chart, warnings and card."""
    least = scope.source.definition.min_group
    if least <= 1:
        return result
    mask = hide_small(result.table, least, _users_behind(scope, arguments, result.table))
    table = _blank(result.table, mask)
    keys = _hidden_keys(table, mask)
    hidden, shown = _values(result.table, mask), _values(result.table, ~mask)
    figures = [_hide_figure(f, least, result.n, hidden - shown, keys) for f in result.figures]
    lost = bool(hidden) or any(f is not g for f, g in zip(figures, result.figures, strict=True))
    shown |= {_rounded(f.value) for f in figures if f.value is not None}
    rule = item(
        "小群体保护",
        "small groups",
        Text(f"少于 {least} 名用户的分组不显示", f"groups of fewer than {least} users are not shown"),
    )
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


def _users_behind(scope: Scope, arguments: Any, table: "pd.DataFrame") -> "pd.Series | None":
    """Count the users behind each row, where rows are segments or periods; the fewest over all periods asked."""
    dimensions = _row_dimensions(scope, arguments, table)
    by_period = "period" in table.columns and hasattr(arguments, "interval")
    if table.empty or (dimensions is None and not by_period):
        return None
    fewest: list[float] = [float("inf")] * len(table)
    for event in _events(scope, arguments)[1:] or [None]:
        for period in _periods(scope, arguments, looks_back=False):
            counts = _count_users(scope, arguments, event, period, set(dimensions or ()), by_period)
            for place, row in enumerate(table.to_dict("records")):
                key = (dimensions[place] if dimensions else None, row.get("segment") if dimensions else None)
                found = counts.get((*key, row["period"] if by_period else None), 0)
                fewest[place] = min(fewest[place], found or float("inf"))
    import pandas as pd

    known = [0 if size == float("inf") else int(size) for size in fewest]
    return pd.Series(known, index=table.index)


def _row_dimensions(scope: Scope, arguments: Any, table: "pd.DataFrame") -> list[str] | None:
    """Name the dimension of each row's segment; None where rows are not values of dimensions."""
    if "segment" not in table.columns:
        return None
    known = set(scope.source.dimensions)
    if "dimension" in table.columns:
        named = [str(d) for d in table["dimension"]]
        return named if set(named) <= known else None
    breakdown = getattr(arguments, "breakdown", None)
    return [breakdown] * len(table) if breakdown in known else None


def _count_users(
    scope: Scope, arguments: Any, event: str | None, period: Period, dimensions: set[str], by_period: bool
) -> dict[tuple, int]:
    """Count users by (dimension, value, period), each None where it is not split by."""
    interval: Interval = getattr(arguments, "interval", "day")
    span = scope.calendar.widen(period, interval) if by_period else period
    rows = within(scope.days(event, arguments.filters), span, scope.calendar)
    counts = {}
    split: list[str | None] = [*sorted(dimensions)] or [None]
    for dimension in split:
        keys: dict[str, Any] = {"value": rows[f"d_{dimension}"]} if dimension else {}
        if by_period:
            keys["bucket"] = scope.calendar.bucket_column(rows, interval)
        grouped = rows.group_by(**keys).agg(users=rows.user.nunique())
        for row in scope.source.engine.fetch(grouped).to_dict("records"):
            label = scope.calendar.label(int(row["bucket"]), interval) if by_period else None
            counts[dimension, row.get("value"), label] = int(row["users"])
    return counts


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
    from pandas.api.types import is_numeric_dtype

    numbers = [c for c in table.columns if is_numeric_dtype(table[c])]
    return {_rounded(v) for c in numbers for v in table.loc[mask[c], c].dropna()}


def _hidden_keys(table: "pd.DataFrame", mask: "pd.DataFrame") -> set[str]:
    """Name the groups of which every row is hidden whole."""
    from pandas.api.types import is_numeric_dtype

    numbers = [c for c in table.columns if is_numeric_dtype(table[c]) and mask[c].any()]
    words = [c for c in table.columns if not is_numeric_dtype(table[c]) and c != "event"]
    plain = [c for c in numbers if not str(c).startswith(DETAIL)]
    if not plain:
        return set()
    whole = mask[plain].all(axis=1)
    keys = {str(v) for c in words for v in table.loc[whole, c]}
    return keys - {str(v) for c in words for v in table.loc[~whole, c]}


def _hide_figure(figure: Figure, least: int, total: int, hidden: set[float], keys: set[str]) -> Figure:
    value = figure.value
    if value is None or value != value:
        return figure
    named = figure.segment is not None and figure.segment.partition("=")[2] in keys
    if named or figure.name in keys or _rounded(value) in hidden or _is_small_figure(figure, least, total):
        label = Text(f"{figure.label.zh}（未显示）", f"{figure.label.en} (not shown)")
        return replace(figure, value=None, n=None, interval=None, label=label)
    return figure


def _is_small_figure(figure: Figure, least: int, total: int) -> bool:
    value, n = abs(float(figure.value or 0)), figure.n
    if figure.unit not in _COUNTED and not figure.unit.startswith("currency:"):
        return 0 < value < least or (n == total and 0 < n - value < least)
    if figure.name in _NAMED_N or n is None:
        return False
    few = False
    if figure.unit == "ratio" and figure.interval is not None:
        # A share of a few out of many tells of the few; of all but a few, of those.
        people = round(value * n)
        few = 0 < people < least or (n == total and 0 < n - people < least)
    return 0 < n < least or few


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
        count = int(found[0].replace(",", ""))
        return f"<{least}" if 0 < count < least else found[0]

    return Text(zh=_PEOPLE.sub(blur, text.zh), en=_PEOPLE.sub(blur, text.en))
