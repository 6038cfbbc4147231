"""What retention is measured by: who is in a cohort, which events are a return, and when the data tells."""

from dataclasses import dataclass
from datetime import timedelta

from tools.cohort_return import Clock, Cohort, CohortReturn, ReturnMode
from tools.declarations import Interval
from tools.scope import Scope

CLOCK_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class RetentionDefinition:
    """Everything that decides who is in a cohort and who returned.

    Attributes:
        minimum: return events that a member needs within a bracket.
        value: numeric column whose sum over those events is the value that members bring.
    """

    cohort_event: str | None
    return_event: str | None
    period: Interval = "day"
    cohort: Cohort = "first_time"
    clock: Clock = "calendar"
    mode: ReturnMode = "on"
    minimum: int = 1
    value: str | None = None

    @property
    def measures(self) -> list[str]:
        """Columns that are counted or summed per user."""
        return ["hits", "value"] if self.value else ["hits"]


def retention_definition(scope: Scope, asked: CohortReturn, value: str | None = None) -> RetentionDefinition:
    """Fill in the workspace's default events."""
    return RetentionDefinition(
        cohort_event=asked.cohort_event or scope.semantics.default_cohort_event,
        return_event=asked.return_event or scope.semantics.default_event,
        period=asked.period,
        cohort=asked.cohort,
        clock=asked.clock,
        mode=asked.mode,
        minimum=asked.min_occurrences,
        value=value,
    )


def is_mature(scope: Scope, definition: RetentionDefinition, cohort: int, offset: int) -> bool:
    """Say whether the data covers the whole of a cohort's n-th period, for its last member too."""
    calendar, covered = scope.calendar, scope.source.coverage.complete_through
    if definition.clock == "calendar":
        return calendar.last_day(cohort + offset, definition.period) <= covered
    wait = timedelta(days=(offset + 1) * CLOCK_DAYS[definition.period])
    # 24 hours are 24 hours: where a clock is put forward within them, they end an hour later by the clock.
    ends = calendar.instant(calendar.last_day(cohort, definition.period) + timedelta(days=1)) + wait
    return ends <= calendar.instant(covered + timedelta(days=1))
