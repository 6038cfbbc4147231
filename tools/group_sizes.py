"""How many people an answer tells of: too few, and it is withheld."""

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from tools.definitions import ToolArguments
from tools.errors import TooFewUsers
from tools.metric_kinds import EventCountMetric, EventSumMetric, Interval, RatioMetric, metric_events
from tools.periods import Period
from tools.scope import Scope, within
from tools.segments.selection import select_segments

if TYPE_CHECKING:
    import pandas as pd


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


def count_behind(scope: Scope, arguments: Any, table: "pd.DataFrame") -> "pd.Series | None":
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
