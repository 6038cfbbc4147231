"""How far a goal should be by a day: from the baseline to the target, evenly in time or by the weekday's usual share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tools.periods import Period

Kind = Literal["level", "cumulative"]
Pace = Literal["linear", "seasonal"]


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a metric starts and where it should get to; a level that is as good already is to be held.

    Attributes:
        kind: a level to reach by the last day, or an amount to gather over all days.
        since, by: first and last day; the baseline holds on the day before `since`, the target on `by`.
        baseline: the level at the start; 0 of an amount.
        target: the level, or the amount.
        up: whether more is better.
        weights: usual share of each weekday (0 is Monday) in a week; none for an even pace.
    """

    kind: Kind
    since: date
    by: date
    baseline: float
    target: float
    up: bool = True
    weights: Mapping[int, float] | None = None

    def share(self, through: date) -> float:
        """Return the share of the way that should be behind on the evening of a day: 0 before, 1 from the last day on.

        >>> Goal("level", date(2026, 1, 1), date(2026, 1, 10), 0, 1).share(date(2026, 1, 5))
        0.5
        """
        done = self._weight(self.since, min(through, self.by))
        return done / self._weight(self.since, self.by)

    def expected(self, through: date) -> float:
        """Return the level or amount that should be reached on the evening of a day."""
        start = self.target if self.kind == "level" and self.is_met(self.baseline) else self.baseline
        return start + self.share(through) * (self.target - start)

    def expected_over(self, period: Period) -> float:
        """Return the mean level that should be held over days."""
        days = [period.start + timedelta(days=n) for n in range(period.days)]
        return sum(self.expected(day) for day in days) / len(days)

    def is_met(self, value: float, wanted: float | None = None) -> bool:
        """Say whether a value is as good as what is wanted, by default the target."""
        aim = self.target if wanted is None else wanted
        return value >= aim if self.up else value <= aim

    def _weight(self, first: date, last: date) -> float:
        days = max((last - first).days + 1, 0)
        if self.weights is None:
            return float(days)
        weeks, rest = divmod(days, 7)
        odd = sum(self.weights[(first.weekday() + n) % 7] for n in range(rest))
        return weeks * sum(self.weights.values()) + odd
