"""How fast users come: those who enter for the first time in a period, day by day."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.periods import Period
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis

_LONGEST = 365


@dataclass(frozen=True, slots=True)
class Traffic:
    """Users by the day on which they first come, and the share of them who take part."""

    arrivals: tuple[int, ...]
    share: float

    @property
    def users(self) -> int:
        """Users of all days."""
        return sum(self.arrivals)

    @property
    def daily(self) -> float:
        """New users a day, in the last week."""
        last = self.arrivals[-7:]
        return sum(last) / len(last)

    def users_within(self, days: int) -> float:
        """Return how many users take part in the first days; beyond the period, new ones come as in its last week."""
        known = sum(self.arrivals[:days])
        return self.share * (known + self.daily * max(0, days - len(self.arrivals)))

    def days_for(self, users: int) -> int | None:
        """Return the days until so many users take part; None where a year is not enough."""
        return next((d for d in range(1, _LONGEST + 1) if self.users_within(d) >= users), None)


def measure_traffic(scope: Scope, entries: "ibis.Table", period: Period, share: float) -> Traffic:
    """Count entries by local day, over the days of a period that the data covers."""
    counts = scope.source.engine.fetch(entries.group_by("day").agg(n=entries.count()))
    by_day = dict(zip(counts["day"].tolist(), counts["n"].tolist(), strict=True))
    covered = scope.source.coverage.clip(period)
    days = range(scope.calendar.bucket(covered.start, "day"), scope.calendar.bucket(covered.end, "day") + 1)
    return Traffic(tuple(int(by_day.get(day, 0)) for day in days), share)
