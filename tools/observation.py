"""Named metrics as sums of segments: what `measure_metric` reports and `explain_change` takes apart.

An additive metric is the sum of its segments' numerators. A ratio is the sum of numerators over the sum of
denominators, so that a segment's weight is its share of the denominator. To make segments add up, a user
belongs to one segment only: the value at the cohort event, at the entry of the funnel, or at the first
event of the bucket.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.active_counts import is_covered
from tools.cohort_definition import retention_definition
from tools.cohorts import count_returns
from tools.conversion import Conversions, count_conversions
from tools.maturity import used_period
from tools.metric_kinds import (
    ActiveUsersMetric,
    ConversionMetric,
    EventCountMetric,
    EventSumMetric,
    Interval,
    Metric,
    RatioMetric,
    RetentionMetric,
)
from tools.periods import Period
from tools.results import Text
from tools.retention_figures import maturity_warnings
from tools.scope import FilterValues, Scope, within
from tools.terms import Bucketing, additive_term, count_ratio, count_term, count_users

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Observation:
    """A metric over a period.

    Attributes:
        cells: one row per segment (and bucket): dimension columns, [bucket,] numerator, n, and, for a ratio,
            denominator. n counts users or events. Where known, also the squares that the noise is told from:
            see `tools.terms`.
        is_ratio: whether there is a denominator.
        days: the days whose events, cohorts or entries count: the period, less what is not mature.
        warnings: what limits the numbers.
        left_out: users who are in no denominator because the data does not yet cover their whole window.
    """

    cells: "pd.DataFrame"
    is_ratio: bool
    days: Period
    warnings: tuple[Text, ...] = ()
    left_out: int = 0

    @property
    def numerator(self) -> float:
        """Sum of the numerators."""
        return float(self.cells["numerator"].sum())

    @property
    def denominator(self) -> float:
        """Sum of the denominators; 1 for an additive metric."""
        return float(self.cells["denominator"].sum()) if self.is_ratio else 1.0

    @property
    def n(self) -> int:
        """Observations behind the value."""
        return int(self.cells["n"].sum())

    @property
    def value(self) -> float | None:
        """The metric; None where the denominator is zero."""
        return self.numerator / self.denominator if self.denominator else None


def sums_over_time(metric: Metric) -> bool:
    """Say whether the buckets of a period add up to it: users counted once per bucket do not."""
    return is_proportion(metric) or isinstance(metric, EventCountMetric | EventSumMetric)


def is_proportion(metric: Metric) -> bool:
    """Say whether a metric is a share of users, each of whom counts or does not."""
    return isinstance(metric, RetentionMetric | ConversionMetric)


def observe(
    scope: Scope,
    metric: Metric,
    period: Period,
    *,
    filters: FilterValues,
    dimensions: Sequence[str] = (),
    interval: Interval | None = None,
) -> Observation:
    """Measure a metric over a period, by dimensions, and per bucket when `interval` is given.

    Only the days of the period count, also where a week or month reaches beyond it: see `tools.alignment`.
    """
    match metric:
        case RetentionMetric():
            return _observe_retention(scope, metric, period, filters, dimensions, interval)
        case ConversionMetric():
            return _observe_conversion(scope, metric, period, filters, dimensions, interval)
        case ActiveUsersMetric():
            return _observe_active_users(scope, metric, period, filters, dimensions, interval)
        case RatioMetric():
            return _observe_ratio(scope, metric, period, filters, dimensions, interval)
        case _:
            term = additive_term(scope, metric)
    rows = within(scope.days(term.event, filters), period, scope.calendar)
    return Observation(
        count_term(scope, term, rows, _by_interval(scope, interval), dimensions), False, period
    )


def _observe_retention(
    scope: Scope,
    metric: RetentionMetric,
    period: Period,
    filters: FilterValues,
    dimensions: Sequence[str],
    interval: Interval | None,
) -> Observation:
    cells = count_returns(
        scope,
        retention_definition(scope, metric),
        period,
        brackets=[metric.bracket],
        filters=filters,
        dimensions=dimensions,
    )
    return pool_cohorts(scope, metric, period, cells, dimensions, interval)


def pool_cohorts(
    scope: Scope,
    metric: RetentionMetric,
    period: Period,
    cells: "pd.DataFrame",
    dimensions: Sequence[str],
    interval: Interval | None,
) -> Observation:
    """Pool the mature cohorts of a period; `cells` as `count_returns` gives them."""
    mature = cells[cells["mature"]].rename(columns={"returned": "numerator", "users": "denominator"})
    if interval:
        calendar = scope.calendar
        starts = [calendar.first_day(int(c), metric.period) for c in mature["cohort"]]
        mature = mature.assign(bucket=[calendar.bucket(day, interval) for day in starts])
    keys = [*dimensions, *(["bucket"] if interval else [])]
    summed = binomial(sum_cells(mature, keys, ["numerator", "denominator"]))
    days = used_period(scope, metric, period)
    return Observation(summed, True, days, tuple(maturity_warnings(cells)))


def _observe_conversion(
    scope: Scope,
    metric: ConversionMetric,
    period: Period,
    filters: FilterValues,
    dimensions: Sequence[str],
    interval: Interval | None,
) -> Observation:
    definition = metric.definition
    outcome = count_conversions(
        scope, definition, period, filters=filters, dimensions=dimensions, mature_only=True
    )
    users = outcome.users
    users = users.assign(numerator=(users["depth"] == len(definition.required)).astype(int), denominator=1)
    if interval:
        users = users.assign(bucket=scope.calendar.bucket_column(users, interval))
    keys = [*dimensions, *(["bucket"] if interval else [])]
    summed = sum_cells(users, keys, ["numerator", "denominator"])
    days = used_period(scope, metric, period)
    return Observation(
        cells=binomial(summed),
        is_ratio=True,
        days=days,
        warnings=_left_out_warnings(outcome, period, days),
        left_out=outcome.left_out,
    )


def _left_out_warnings(outcome: Conversions, period: Period, days: Period) -> tuple[Text, ...]:
    if not outcome.left_out:
        return ()
    n, span, used = f"{outcome.left_out:,}", period.text(), days.text()
    counted = Text(zh=f"只统计 {used.zh} 进入的用户", en=f"counted are those who entered from {used.en}")
    none = Text(zh="尚无可以统计的用户", en="there is nobody to count yet")
    rest = counted if len(outcome.users) else none
    return (
        Text(
            zh=f"{span.zh}：有 {n} 名用户的转化窗口尚未被数据完整覆盖，分子分母均未计入；{rest.zh}。",
            en=f"{span.en}: {n} users whose window the data does not yet cover whole are left out, of the "
            f"converted and of the entered alike; {rest.en}.",
        ),
    )


def _observe_active_users(
    scope: Scope,
    metric: ActiveUsersMetric,
    period: Period,
    filters: FilterValues,
    dimensions: Sequence[str],
    interval: Interval | None,
) -> Observation:
    """Spread the mean over the buckets: a segment's share of it is the sum of its counts / number of buckets."""
    calendar = scope.calendar
    rows = within(scope.days(metric.event or scope.semantics.default_event, filters), period, calendar)
    counts = count_users(scope, rows, _by_interval(scope, metric.interval), dimensions)
    return mean_of_buckets(scope, metric, period, counts, dimensions, series=interval is not None)


def mean_of_buckets(
    scope: Scope,
    metric: ActiveUsersMetric,
    period: Period,
    counts: "pd.DataFrame",
    dimensions: Sequence[str],
    *,
    series: bool = False,
) -> Observation:
    """Average active users over the buckets that the data covers whole, or over all where there is none such.

    Args:
        scope, metric: what is measured.
        period: the days that count.
        counts: rows (bucket, dimension..., numerator) of the period.
        dimensions: to keep.
        series: leave the counts by bucket as they are.
    """
    calendar = scope.calendar
    buckets = calendar.buckets(period, metric.interval)
    used = [b for b in buckets if is_covered(scope, b, metric.interval)] or list(buckets)
    counts = counts[counts["bucket"].isin(used)]
    counts = counts.assign(n=counts["numerator"], numerator_square=counts["numerator"])
    first, last = calendar.first_day(used[0], metric.interval), calendar.last_day(used[-1], metric.interval)
    days = Period(max(period.start, first), min(period.end, last))
    if series:
        return Observation(counts, False, days)
    summed = sum_cells(counts, list(dimensions), ["numerator", "n", "numerator_square"])
    missing = len(buckets) - len(used)
    warning = Text(
        zh=f"有 {missing} 个时段数据未完整覆盖，未计入均值。",
        en=f"The data does not cover {missing} of the buckets whole; they are left out of the mean.",
    )
    means = summed.assign(
        numerator=summed["numerator"] / len(used),
        numerator_square=summed["numerator_square"] / len(used) ** 2,
    )
    return Observation(means, False, days, (warning,) if missing else ())


def _observe_ratio(
    scope: Scope,
    metric: RatioMetric,
    period: Period,
    filters: FilterValues,
    dimensions: Sequence[str],
    interval: Interval | None,
) -> Observation:
    cells = count_ratio(
        scope,
        metric,
        lambda rows: within(rows, period, scope.calendar),
        filters,
        _by_interval(scope, interval),
        dimensions,
    )
    return Observation(cells, True, period)


def _by_interval(scope: Scope, interval: Interval | None) -> Bucketing | None:
    return (lambda rows: scope.calendar.bucket_column(rows, interval)) if interval else None


def binomial(cells: "pd.DataFrame") -> "pd.DataFrame":
    """Add n and the squares of a share of users: each counts 1 below the line, and 1 or 0 above it."""
    over, under = cells["numerator"], cells["denominator"]
    return cells.assign(n=under, numerator_square=over, product=over, denominator_square=under)


def sum_cells(cells: "pd.DataFrame", keys: list[str], columns: list[str]) -> "pd.DataFrame":
    """Sum columns by keys; without keys, into one row."""
    import pandas as pd

    if not keys:
        return pd.DataFrame({c: [cells[c].sum()] for c in columns})
    return cells.groupby(keys, as_index=False)[columns].sum()
