"""Shopping festivals, as the days of the year that they fall on."""

import re
from collections.abc import Callable
from datetime import date

from assistant.analyst.clock import AnyClock
from assistant.analyst.periods import SOON, Period, latest_year

_Resolve = Callable[[re.Match[str], AnyClock], Period]
_YEAR_ZH = r"(?P<y>今年|去年|\d{4}\s*年)?的?"


def _festival(month: int, first: int, last: int) -> _Resolve:
    """Return the days of a shopping festival: of the year named, else of the latest that has begun or is about to."""

    def resolve(match: re.Match[str], clock: AnyClock) -> Period:
        named = {"今": clock.today.year, "去": clock.today.year - 1}
        said = match["y"] or ""
        year = named.get(said[:1]) or (int(said[:4]) if said else latest_year(month, clock, first))
        start = last if match.group().endswith(("当天", "当日")) else first
        return Period(date(year, month, start), date(year, month, last), match.group())

    return resolve


def _black_friday(match: re.Match[str], clock: AnyClock) -> Period:
    """Return the Friday after the fourth Thursday of November."""

    def friday(year: int) -> date:
        return date(year, 11, 23 + (3 - date(year, 11, 22).weekday()) % 7)

    year = int(match["y"]) if match["y"] else clock.today.year
    year -= not match["y"] and friday(year) > clock.today + SOON
    return Period(friday(year), friday(year), match.group())


#: Patterns with what resolves them, as the rules of `time_expressions`.
FESTIVALS: tuple[tuple[str, _Resolve], ...] = (
    (_YEAR_ZH + r"双\s*(?:11|十一)(?:大促|活动)?(?:期间|当天|当日)?|\bdouble[\s-]?(?:11|eleven)\b|\bsingles['’]? day\b", _festival(11, 1, 11)),
    (_YEAR_ZH + r"双\s*(?:12|十二)(?:大促|活动)?(?:期间|当天|当日)?|\bdouble[\s-]?(?:12|twelve)\b", _festival(12, 1, 12)),
    (r"(?:(?P<y>\d{4})\s*年?\s*)?(?:黑色星期五|黑五|\bblack friday\b)", _black_friday),
)  # fmt: skip
