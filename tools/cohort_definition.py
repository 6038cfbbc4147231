"""What retention is measured by: who is in a cohort, which events are a return, and when the data tells."""

from dataclasses import dataclass
from datetime import timedelta

from tools.metric_kinds import Clock, Cohort, Interval, RetentionMetric, ReturnMode
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


@dataclass(frozen=True, slots=True)
class Bracket:
    """Consecutive periods after the cohort's, both ends included; often just one."""

    first: int
    last: int

    @classmethod
    def of(cls, offset: int) -> "Bracket":
        """Make a bracket of one period."""
        return cls(offset, offset)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def retention_definition(scope: Scope, metric: RetentionMetric) -> RetentionDefinition:
    """Fill in the workspace's default events."""
    return RetentionDefinition(
        cohort_event=metric.cohort_event or scope.semantics.default_cohort_event,
        return_event=metric.return_event or scope.semantics.default_event,
        period=metric.period,
        cohort=metric.cohort,
        clock=metric.clock,
        mode=metric.mode,
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
