"""The day that relative periods count from: the wall clock's, or the end of the data."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from assistant.planning.diagnosis import last_full_week
from tools import MetricError, Metrics

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Clock:
    """What relative expressions count from.

    Attributes:
        today: The local date.
        last_full_day: The last day whose data is complete.
        week_start: 0 for Monday … 6 for Sunday.
    """

    today: date
    last_full_day: date
    week_start: int = 0

    def usual_days(self, metric: str | None) -> tuple[date, date]:
        """Return the days to measure where a question names none: the last whole week."""
        return last_full_week(self.today)

    def all_days(self) -> tuple[date, date] | None:
        """Return nothing: a fixed clock knows of no data."""
        return None

    def market_words(self) -> dict[str, dict[str, str]]:
        """Return nothing: a fixed clock knows of no data."""
        return {}


class DataClock:
    """A clock that is read only when a question names a relative period: to know it, the data is opened."""

    def __init__(self, metrics: Metrics, teams: frozenset[str] | None) -> None:
        self._metrics = metrics
        self._teams = teams
        self.week_start = _WEEKDAYS.index(metrics.semantics.week_start)

    @cached_property
    def today(self) -> date:
        """The local date, by the wall clock or by the data's end; the wall clock's where there is no data."""
        try:
            return self._metrics.today(teams=self._teams)
        except MetricError:
            return date.today()

    @property
    def last_full_day(self) -> date:
        """The last complete day: data that ends today is taken as complete; by the wall clock, today is under way."""
        ended = self._metrics.semantics.relative_dates == "data_end"
        return self.today if ended else self.today - timedelta(days=1)

    def usual_days(self, metric: str | None) -> tuple[date, date]:
        """Return the days to measure where a question names none: the last whole week that is mature."""
        if metric is None:
            return last_full_week(self.today)
        try:
            mature = self._metrics.last_mature_period(metric, teams=self._teams)
        except MetricError:
            return last_full_week(self.today)
        return mature.start, mature.end

    def all_days(self) -> tuple[date, date] | None:
        """Return the days that the data covers, where it is known."""
        try:
            coverage = self._metrics.coverage(teams=self._teams)
        except MetricError:
            return None
        return coverage.start, coverage.end

    def market_words(self) -> dict[str, dict[str, str]]:
        """Return what the notes on competitors call them and their features, per argument: words and their keys."""
        try:
            return self._metrics.market_words(teams=self._teams)
        except MetricError:
            return {}


#: What a period is resolved against.
AnyClock = Clock | DataClock
