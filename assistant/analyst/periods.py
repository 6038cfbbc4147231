"""Periods of local calendar days, and the one of the same kind before."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.analyst.clock import AnyClock

_DAY = timedelta(days=1)
#: A date so little ahead is this year's, not last year's: data may simply not have come yet.
SOON = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive local calendar days, with the words that named them."""

    start: date
    end: date
    words: str
    kind: str = "days"  # days, week, month, quarter, year: what "the one before" means

    def before(self) -> "Period":
        """Return the period of the same kind just before."""
        if self.kind == "month":
            return month_of(self.start - timedelta(days=1), "")
        if self.kind == "quarter":
            return quarter_of(self.start - timedelta(days=1), "")
        # Days are compared with the same weekdays before: a Wednesday is not a Tuesday.
        weeks = -(-((self.end - self.start).days + 1) // 7)
        shift = timedelta(weeks=weeks) if weeks == 1 or self.kind == "week" else self.end - self.start + _DAY
        return Period(self.start - shift, self.end - shift, "", self.kind)

    def compare_with(self, earlier: "Period") -> "Period":
        """Return what this period is held against where it is named beside an earlier one: of a whole year, its part."""
        is_part = earlier.kind == "year" != self.kind and self.end.year == earlier.end.year + 1
        return self.year_before() if is_part else earlier

    def year_before(self) -> "Period":
        """Return the same days a year earlier; of weeks the same weekdays."""
        if self.kind == "week":
            year = timedelta(weeks=52)
            return Period(self.start - year, self.end - year, "", self.kind)
        return Period(months_back(self.start, 12), months_back(self.end, 12), "", self.kind)


def week_of(day: date, clock: AnyClock, words: str) -> Period:
    """Return the week that holds a day."""
    start = day - timedelta(days=(day.weekday() - clock.week_start) % 7)
    return Period(start, start + timedelta(days=6), words, "week")


def month_of(day: date, words: str) -> Period:
    """Return the month that holds a day."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last), words, "month")


def quarter_of(day: date, words: str) -> Period:
    """Return the quarter that holds a day."""
    first = 3 * ((day.month - 1) // 3) + 1
    end = month_of(date(day.year, first + 2, 1), "").end
    return Period(date(day.year, first, 1), end, words, "quarter")


def whole_year(year: int, words: str) -> Period:
    """Return a whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31), words, "year")


def months_back(day: date, months: int) -> date:
    """Return the same day some months earlier, or the month's last."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest_year(month: int, clock: AnyClock, day: int = 1) -> int:
    """Return the latest year in which the month (and day) has begun, or is about to."""
    horizon = clock.today + SOON
    return horizon.year if (month, day) <= (horizon.month, horizon.day) else horizon.year - 1
