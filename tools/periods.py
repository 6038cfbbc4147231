"""Local calendar days, weeks and months, and the periods people ask about.

Days are numbered from 1970-01-01 in the workspace's time zone, weeks and months likewise, so that the
distance of two buckets is a subtraction and daylight saving time cannot shift it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tools.metric_kinds import Interval
from tools.results import Text
from tools.semantics import Semantics

if TYPE_CHECKING:
    import ibis
    import pandas as pd

EPOCH = date(1970, 1, 1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_ZH = "一二三四五六日"
INTERVAL_TEXT = {"day": Text("日", "day"), "week": Text("周", "week"), "month": Text("月", "month")}


@dataclass(frozen=True, slots=True)
class Period:
    """Local calendar days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.start}/{self.end}"

    def text(self) -> Text:
        """Write the period for people."""
        return Text(zh=f"{self.start} 至 {self.end}", en=f"{self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """A time zone and the first day of the week (0 is Monday)."""

    zone: ZoneInfo
    week_start: int

    @classmethod
    def of(cls, semantics: Semantics) -> "Calendar":
        """Take time zone and week start from `metrics.yaml`."""
        return cls(ZoneInfo(semantics.timezone), _WEEKDAYS.index(semantics.week_start))

    @property
    def _week_shift(self) -> int:
        # 1970-01-01 was a Thursday, weekday 3.
        return (3 - self.week_start) % 7

    def week_start_text(self) -> Text:
        """Name the first day of the week."""
        return Text(zh=f"周{_WEEKDAYS_ZH[self.week_start]}", en=_WEEKDAYS[self.week_start].capitalize())

    def bucket_column(self, table: "ibis.Table | pd.DataFrame | dict[str, Any]", interval: Interval) -> Any:
        """Number each row's day, week or month; `table` has the integer columns `day` and `month`."""
        if interval == "week":
            return (table["day"] + self._week_shift) // 7
        return table["day"] if interval == "day" else table["month"]

    def first_in_bucket(self, days: "ibis.Table", interval: Interval) -> "ibis.Table":
        """Keep the first day of each bucket of a user; add `bucket`, and `previous`, the user's one before or null.

        Args:
            days: as `Scope.active_days` or `Scope.arrivals` gives them; of some days only, too, if these make whole
                buckets.
            interval: day, week or month.
        """
        last = {"day": days["before"], "month": month_of(days["before"])}
        bucket, previous = self.bucket_column(days, interval), self.bucket_column(last, interval)
        marked = days.mutate(bucket=bucket, previous=previous)
        return marked.filter(marked.previous.isnull() | (marked.previous < marked.bucket))

    def bucket(self, day: date, interval: Interval) -> int:
        """Number the day, week or month that holds `day`."""
        if interval == "month":
            return (day.year - 1970) * 12 + day.month - 1
        number = (day - EPOCH).days
        return (number + self._week_shift) // 7 if interval == "week" else number

    def first_day(self, bucket: int, interval: Interval) -> date:
        """Return the first day of a bucket."""
        if interval == "month":
            return date(1970 + bucket // 12, bucket % 12 + 1, 1)
        return EPOCH + timedelta(days=bucket * 7 - self._week_shift if interval == "week" else bucket)

    def last_day(self, bucket: int, interval: Interval) -> date:
        """Return the last day of a bucket."""
        return self.first_day(bucket + 1, interval) - timedelta(days=1)

    def buckets(self, period: Period, interval: Interval) -> range:
        """List the buckets that a period touches."""
        return range(self.bucket(period.start, interval), self.bucket(period.end, interval) + 1)

    def widen(self, period: Period, interval: Interval) -> Period:
        """Widen a period to whole weeks or months."""
        first, last = self.bucket(period.start, interval), self.bucket(period.end, interval)
        return Period(self.first_day(first, interval), self.last_day(last, interval))

    def label(self, bucket: int, interval: Interval) -> str:
        """Write a bucket: its first day, or year and month."""
        day = self.first_day(bucket, interval)
        return f"{day:%Y-%m}" if interval == "month" else day.isoformat()

    def instant(self, day: date) -> datetime:
        """Return when a local day begins, as naive UTC, which is how sources keep time."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC).replace(tzinfo=None)

    def local(self, instant: datetime) -> datetime:
        """Return a naive UTC time as an aware local one."""
        return instant.replace(tzinfo=UTC).astimezone(self.zone)


def month_of(day: Any) -> Any:
    """Number the calendar months of local days, from January 1970."""
    import ibis

    date = ibis.date(1970, 1, 1) + day.as_interval("D")
    return ((date.year() - 1970) * 12 + date.month() - 1).cast("int32")
