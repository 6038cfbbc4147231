"""Maturity: up to which day the data can already tell a metric's value.

A cohort is mature when the data covers its whole return period, an entry when the data covers its whole
window; other metrics need the day itself only. What is not mature counts neither above nor below the line.
"""

from datetime import date, timedelta

from tools.cohort_definition import is_mature, retention_definition
from tools.conversion import mature_before
from tools.errors import NoData
from tools.metric_kinds import ConversionMetric, Metric, RetentionMetric
from tools.periods import Period
from tools.scope import Scope


def used_through(scope: Scope, metric: Metric) -> date:
    """Return the last day of which anything counts; a window shorter than a day may leave a part of it out."""
    if isinstance(metric, ConversionMetric):
        span = metric.definition.span
        return scope.calendar.local(mature_before(scope, span) - timedelta.resolution).date()
    if isinstance(metric, RetentionMetric):
        return _last_cohort_day(scope, metric)
    return scope.source.coverage.end


def _last_cohort_day(scope: Scope, metric: RetentionMetric) -> date:
    definition, calendar = retention_definition(scope, metric), scope.calendar
    cohort = calendar.bucket(scope.source.coverage.complete_through, metric.period)
    while not is_mature(scope, definition, cohort, metric.bracket.last):
        cohort -= 1
    return calendar.last_day(cohort, metric.period)


def used_period(scope: Scope, metric: Metric, period: Period) -> Period:
    """Return the days of `period` that count; all of it where none does, because there is no shorter one to name."""
    last = min(period.end, used_through(scope, metric))
    return Period(period.start, last) if last >= period.start else period


def whole_through(scope: Scope, metric: Metric) -> date:
    """Return the last day of which everything counts."""
    if isinstance(metric, ConversionMetric):
        span = metric.definition.span
        return scope.calendar.local(mature_before(scope, span)).date() - timedelta(days=1)
    if isinstance(metric, RetentionMetric):
        return _last_cohort_day(scope, metric)
    return scope.source.coverage.complete_through


def last_whole_period(scope: Scope, metric: Metric, days: int) -> Period:
    """Return the last `days` days of which everything counts, as whole weeks where `days` is a multiple of 7.

    Raises:
        NoData: the data does not reach back to the period's start.
    """
    last = whole_through(scope, metric)
    if days % 7 == 0:
        week = scope.calendar.bucket(last + timedelta(days=1), "week") - 1
        last = scope.calendar.last_day(week, "week")
    period = Period(last - timedelta(days=days - 1), last)
    if period.start < scope.source.coverage.start:
        raise NoData(
            en=f"The data is too young for {days} whole days of this metric; it starts on "
            f"{scope.source.coverage.start}.",
            zh=f"数据始于 {scope.source.coverage.start}，尚不足该指标 {days} 个完整成熟日。",
            parameter="days",
        )
    return period
