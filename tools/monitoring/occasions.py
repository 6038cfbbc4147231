"""Days that are not like others: public holidays with the days around them, shopping festivals, own occasions.

Public holidays are those of the `holidays` package, the Chinese lunar ones and the days off that replace working days
among them. A holiday reaches over the weekend that it adjoins. A make-up working day (调休) is an occasion, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tools.metric_kinds import Names
from tools.monitoring.declaration import CalendarDefinition
from tools.periods import Period
from tools.results import Text
from tools.semantics import Semantics

_DAY = timedelta(days=1)
#: Days before and after a holiday on which people behave differently already, or still.
_AROUND = (1, 0)
_AROUND_SPRING_FESTIVAL = (7, 7)
_SPRING_FESTIVAL = "Chinese New Year"
_MAKE_UP = Text("调休上班日", "make-up working day")
#: Stretches of the shopping festivals, as first and last month and day.
_COMMERCE = (
    (Text("38 节", "Women's Day sale"), ((3, 7), (3, 8))),
    (Text("520", "520"), ((5, 20), (5, 20))),
    (Text("618", "618"), ((6, 1), (6, 3))),
    (Text("618", "618"), ((6, 15), (6, 20))),
    (Text("818", "818"), ((8, 18), (8, 18))),
    (Text("双11", "Double 11"), ((11, 1), (11, 3))),
    (Text("双11", "Double 11"), ((11, 9), (11, 12))),
    (Text("双12", "Double 12"), ((12, 11), (12, 12))),
)


@dataclass(frozen=True, slots=True)
class OccasionDay:
    """One day of an occasion, counted from the holiday itself or the first day of a festival."""

    name: Text
    offset: int

    @property
    def key(self) -> tuple[str, int]:
        """What makes it the same day of the same occasion another time."""
        return self.name.zh, self.offset


def find_occasions(semantics: Semantics, metric: str, period: Period) -> dict[date, OccasionDay]:
    """Return the days of a period that are not like others for a metric; own occasions win, then festivals."""
    calendar = semantics.calendar
    country, commerce = calendar.settle(semantics.timezone)
    found: dict[date, OccasionDay] = {}
    if country is not None:
        found |= dict(_public_holidays(country, period))
    if commerce:
        found |= dict(_commerce(period))
    found |= dict(_own(calendar, metric))
    return {day: occasion for day, occasion in sorted(found.items()) if period.start <= day <= period.end}


def _own(calendar: CalendarDefinition, metric: str) -> Iterator[tuple[date, OccasionDay]]:
    for declared in calendar.occasions:
        if not declared.metrics or metric in declared.metrics:
            name = _name(declared.names)
            for offset in range((declared.last - declared.start).days + 1):
                yield declared.start + offset * _DAY, OccasionDay(name, offset)


def _name(names: Names) -> Text:
    return names.text("")


def _commerce(period: Period) -> Iterator[tuple[date, OccasionDay]]:
    for year in range(period.start.year, period.end.year + 1):
        anchors: dict[str, date] = {}
        for name, (first, last) in _COMMERCE:
            start, end = date(year, *first), date(year, *last)
            anchor = anchors.setdefault(name.zh, start)
            for number in range((end - start).days + 1):
                day = start + number * _DAY
                yield day, OccasionDay(name, (day - anchor).days)


def _public_holidays(country: str, period: Period) -> Iterator[tuple[date, OccasionDay]]:
    import holidays

    years = range(period.start.year - 1, period.end.year + 2)
    english, chinese = (_load(country, years, language) for language in ("en_US", "zh_CN"))
    yield from ((day, OccasionDay(_MAKE_UP, 0)) for day in getattr(english, "weekend_workdays", ()))
    assert isinstance(english, holidays.HolidayBase)
    for first, last in _stretches(english):
        named = [d for d in _days(first, last) if d in english and not _is_replacement(english[d])]
        if not named:
            continue
        anchor = next((d for d in named if not english[d].endswith("Eve")), named[0])
        name = Text(zh=_plain(chinese[anchor]), en=_plain(english[anchor]))
        before, after = _AROUND_SPRING_FESTIVAL if name.en.startswith(_SPRING_FESTIVAL) else _AROUND
        for day in _days(first - before * _DAY, last + after * _DAY):
            yield day, OccasionDay(name, (day - anchor).days)


def _load(country: str, years: range, language: str) -> Any:
    import holidays

    supported = holidays.country_holidays(country).supported_languages
    return holidays.country_holidays(
        country, years=years, language=language if language in supported else None
    )


def _stretches(found: Any) -> Iterator[tuple[date, date]]:
    """Join holidays and the weekends that adjoin them."""
    days = sorted(found)
    while days:
        first = last = days.pop(0)
        while (first - _DAY).weekday() >= 5:
            first -= _DAY
        while (last + _DAY) in found or (last + _DAY).weekday() >= 5:
            last += _DAY
        days = [d for d in days if d > last]
        yield first, last


def _days(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]


def _is_replacement(name: str) -> bool:
    return name.startswith("Day off")


def _plain(name: str) -> str:
    """Take the first name of a day, without what is said of it in brackets."""
    first = name.split(";")[0]
    for bracket in ("（", "("):
        first = first.split(bracket)[0]
    return first.strip()
