"""A metric over several windows at once: the two that are compared, and the pairs before them that show what is usual."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from tools.cohort_definition import retention_definition
from tools.cohorts import count_returns
from tools.maturity import used_period
from tools.metric_kinds import ActiveUsersMetric, ConversionMetric, Metric, RatioMetric, RetentionMetric
from tools.observation import Observation, mean_of_buckets, observe, pool_cohorts
from tools.periods import Calendar, Period
from tools.retention_figures import maturity_warnings
from tools.scope import FilterValues, Scope, within
from tools.terms import Bucketing, additive_term, count_ratio, count_term, count_users

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows that do not overlap, and which two make a pair; the first pair is the one that is asked about."""

    periods: tuple[Period, ...]
    pairs: tuple[tuple[int, int], ...]


def choose_windows(calendar: Calendar, metric: Metric, periods: Sequence[Period], earliest: date) -> Windows:
    """Look back for pairs like the one asked about: both shifted by whole weeks, so that weekdays stay the same.

    At most 12, from the `earliest` day of data on; none where the two periods differ in length, or where each
    would have to be counted by itself.
    """
    now, before = periods
    lag, length = (now.start - before.start).days, before.days
    seen = {now: 0, before: 1}
    pairs = [(0, 1)]
    if now.days == length and lag >= length and _is_cheap(calendar, metric, periods):
        step = _step(lag, length)
        for number in range(1, _MOST_PAIRS + 1):
            pair = [_shift(p, -step * number) for p in (now, before)]
            if pair[1].start < earliest:
                break
            pairs.append((seen.setdefault(pair[0], len(seen)), seen.setdefault(pair[1], len(seen))))
    return Windows(tuple(seen), tuple(pairs))


def observe_windows(
    scope: Scope,
    metric: Metric,
    windows: Sequence[Period],
    *,
    filters: FilterValues,
    dimensions: Sequence[str],
) -> list[Observation]:
    """Measure a metric over windows that do not overlap, by all dimensions at once, in one query where that can be.

    Returns:
        One observation per window, as `observe` gives it; cohorts and entries by their `bucket` besides.
    """
    match metric:
        case RetentionMetric() if _is_cheap(scope.calendar, metric, windows):
            return _observe_cohorts(scope, metric, windows, filters, dimensions)
        case RetentionMetric() | ConversionMetric():
            interval = metric.period if isinstance(metric, RetentionMetric) else "day"
            return [
                observe(scope, metric, w, filters=filters, dimensions=dimensions, interval=interval)
                for w in windows
            ]
        case ActiveUsersMetric():
            return _observe_active_users(scope, metric, windows, filters, dimensions)
        case RatioMetric():
            cells = count_ratio(
                scope,
                metric,
                lambda rows: _inside(scope, rows, windows),
                filters,
                _bucketing(scope, windows),
                dimensions,
            )
        case _:
            term = additive_term(scope, metric)
            rows = _inside(scope, scope.days(term.event, filters), windows)
            cells = count_term(scope, term, rows, _bucketing(scope, windows), dimensions)
    parts = [cells[cells["bucket"] == number].drop(columns="bucket") for number in range(len(windows))]
    ratio = isinstance(metric, RatioMetric)
    return [Observation(part, ratio, w) for part, w in zip(parts, windows, strict=True)]


def _observe_cohorts(
    scope: Scope,
    metric: RetentionMetric,
    windows: Sequence[Period],
    filters: FilterValues,
    dimensions: Sequence[str],
) -> list[Observation]:
    cells = count_returns(
        scope,
        retention_definition(scope, metric),
        _hull(windows),
        brackets=[metric.bracket],
        filters=filters,
        dimensions=dimensions,
    )
    calendar = scope.calendar
    days = {c: calendar.bucket(calendar.first_day(int(c), metric.period), "day") for c in cells["cohort"]}
    cells = cells.assign(first_day=cells["cohort"].map(days))
    pooled = pool_cohorts(scope, metric, _hull(windows), cells, dimensions, "day").cells
    return [
        Observation(
            _of_days(scope, pooled, w, "bucket"),
            True,
            used_period(scope, metric, w),
            tuple(maturity_warnings(_of_days(scope, cells, w, "first_day"))),
        )
        for w in windows
    ]


def _observe_active_users(
    scope: Scope,
    metric: ActiveUsersMetric,
    windows: Sequence[Period],
    filters: FilterValues,
    dimensions: Sequence[str],
) -> list[Observation]:
    calendar = scope.calendar
    rows = _inside(scope, scope.days(metric.event or scope.semantics.default_event, filters), windows)
    counts = count_users(scope, rows, lambda t: calendar.bucket_column(t, metric.interval), dimensions)
    parts = [counts[counts["bucket"].isin(calendar.buckets(w, metric.interval))] for w in windows]
    return [
        mean_of_buckets(scope, metric, w, part, dimensions) for w, part in zip(windows, parts, strict=True)
    ]


def _is_cheap(calendar: Calendar, metric: Metric, windows: Sequence[Period]) -> bool:
    """Say whether more windows cost no more queries; whole months cannot be shifted by weeks."""
    match metric:
        case ConversionMetric():
            return False
        case RetentionMetric():
            # A week of which a window has a part is another cohort in each.
            return metric.period != "month" and all(calendar.widen(w, metric.period) == w for w in windows)
        case ActiveUsersMetric():
            return metric.interval != "month"
    return True


def _step(lag: int, length: int) -> int:
    """Return the fewest whole weeks, in days, by which a pair is shifted without meeting itself halfway."""
    if lag % 7 == 0:
        return lag
    return -(-(lag + length) // 7) * 7


def _shift(period: Period, days: int) -> Period:
    return Period(period.start + timedelta(days=days), period.end + timedelta(days=days))


def _hull(windows: Sequence[Period]) -> Period:
    return Period(min(w.start for w in windows), max(w.end for w in windows))


def _spans(scope: Scope, windows: Sequence[Period]) -> list[tuple[int, int]]:
    return [(scope.calendar.bucket(w.start, "day"), scope.calendar.bucket(w.end, "day")) for w in windows]


def _inside(scope: Scope, rows: "ibis.Table", windows: Sequence[Period]) -> "ibis.Table":
    rows = within(rows, _hull(windows), scope.calendar)
    return rows.filter(reduce(or_, [rows.day.between(*span) for span in _spans(scope, windows)]))


def _bucketing(scope: Scope, windows: Sequence[Period]) -> Bucketing:
    """Number the window of each row: there are far fewer than days, and a user counts once in each."""
    spans = _spans(scope, windows)

    def number(rows: "ibis.Table") -> Any:
        import ibis

        return ibis.cases(*((rows.day.between(*span), place) for place, span in enumerate(spans)))

    return number


def _of_days(scope: Scope, cells: "pd.DataFrame", window: Period, column: str) -> "pd.DataFrame":
    first, last = _spans(scope, [window])[0]
    return cells[cells[column].between(first, last)]
