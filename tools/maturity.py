"""Maturity: up to which day the data can already tell a metric's value.

A cohort is mature when the data covers its whole return period, an entry when the data covers its whole
window; other metrics need the day itself only. What is not mature counts neither above nor below the line.
"""

from datetime import date, timedelta

from tools.cohorts import is_mature, retention_definition
from tools.conversion import FunnelDefinition, mature_before
from tools.metric_kinds import ConversionMetric, Metric, RetentionMetric
from tools.periods import Period
from tools.scope import Scope


def used_through(scope: Scope, metric: Metric) -> date:
    """Return the last day of which anything counts; a window shorter than a day may leave a part of it out."""
    if isinstance(metric, ConversionMetric):
        span = FunnelDefinition(metric.steps, metric.window, metric.entry).span
        return scope.calendar.local(mature_before(scope, span) - timedelta.resolution).date()
    if isinstance(metric, RetentionMetric):
        return _last_cohort_day(scope, metric)
    return scope.source.coverage.end


def _last_cohort_day(scope: Scope, metric: RetentionMetric) -> date:
    definition, calendar = retention_definition(scope, metric), scope.calendar
    cohort = calendar.bucket(scope.source.coverage.complete_through, metric.period)
    while not is_mature(scope, definition, cohort, metric.at):
        cohort -= 1
    return calendar.last_day(cohort, metric.period)


def used_period(scope: Scope, metric: Metric, period: Period) -> Period:
    """Return the days of `period` that count; all of it where none does, because there is no shorter one to name."""
    last = min(period.end, used_through(scope, metric))
    return Period(period.start, last) if last >= period.start else period
