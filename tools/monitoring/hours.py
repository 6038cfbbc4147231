"""A metric by the hour: hours of absolute time, so that a change of clocks repeats or skips none."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tools.errors import InvalidArgument
from tools.metric_kinds import (
    ActiveUsersMetric,
    ConversionMetric,
    EventCountMetric,
    EventSumMetric,
    Metric,
    RatioMetric,
    RetentionMetric,
    Term,
    UniqueUsersMetric,
)
from tools.periods import Period
from tools.scope import FilterValues, Scope, within
from tools.sources.local_time import whole_seconds
from tools.terms import additive_term, is_of_users

if TYPE_CHECKING:
    import pandas as pd

_HOUR = 3600
_BEFORE_EPOCH = 1_000_000  # hours that make every division one of positive numbers
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_hours(scope: Scope, metric: Metric, period: Period, filters: FilterValues) -> "pd.DataFrame":
    """Return rows (bucket, numerator, n[, denominator]); buckets are hours since 1970, UTC.

    Raises:
        InvalidArgument: the metric takes days to be known, or small groups are protected.
    """
    _check(scope, metric)
    if not isinstance(metric, RatioMetric):
        term = _term(scope, metric)
        return _read_term(scope, term, period, filters)
    over, under = (_read_term(scope, t, period, filters) for t in (metric.numerator, metric.denominator))
    under = under.rename(columns={"numerator": "denominator"})
    return under.merge(over.drop(columns="n"), on="bucket", how="left").fillna({"numerator": 0.0})


def local_hour(scope: Scope, bucket: int) -> datetime:
    """Return the local time at which an hour begins."""
    return (_EPOCH + timedelta(hours=bucket)).astimezone(scope.calendar.zone)


def hour_buckets(scope: Scope, period: Period) -> range:
    """List the hours of local days."""
    first, last = (scope.calendar.instant(d) for d in (period.start, period.end + timedelta(days=1)))
    start, end = ((d.replace(tzinfo=UTC) - _EPOCH) // timedelta(hours=1) for d in (first, last))
    return range(start, end)


def _check(scope: Scope, metric: Metric) -> None:
    if isinstance(metric, RetentionMetric | ConversionMetric) or (
        isinstance(metric, ActiveUsersMetric) and metric.interval != "day"
    ):
        raise InvalidArgument(
            en="interval: this metric takes days to be known and has no hourly series; use day or week.",
            zh="interval：该指标需数日才能得出，没有按小时的序列，请用 day 或 week。",
            parameter="interval",
        )
    if scope.source.definition.min_group > 1:
        raise InvalidArgument(
            en="interval: hourly series are not given where small groups are protected (min_group); use day or week.",
            zh="interval：数据源设置了小群体保护（min_group），不提供按小时的序列，请用 day 或 week。",
            parameter="interval",
        )


def _term(scope: Scope, metric: Any) -> Term:
    if isinstance(metric, ActiveUsersMetric):
        return Term(event=metric.event or scope.semantics.default_event, count="users")
    assert isinstance(metric, EventCountMetric | EventSumMetric | UniqueUsersMetric)
    return additive_term(scope, metric)


def _read_term(scope: Scope, term: Term, period: Period, filters: FilterValues) -> "pd.DataFrame":
    rows = within(scope.rows(term.event, filters), period, scope.calendar)
    seconds = whole_seconds(rows["at"]) + _BEFORE_EPOCH * _HOUR
    placed = rows.mutate(bucket=(seconds // _HOUR).cast("int64") - _BEFORE_EPOCH)
    if term.property is not None:
        value = placed[f"p_{term.property}"].cast("float64").coalesce(0.0).sum()
    elif is_of_users(term):
        value = placed.user.nunique().cast("float64")
    else:
        value = placed.count().cast("float64")
    found = placed.group_by("bucket").agg(numerator=value, n=placed.count())
    return scope.source.engine.fetch(found)
