"""Periods ahead, as people say them when they ask what will be: next month, 未来四周, by the end of the year."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from assistant.analyst.clock import AnyClock
from assistant.analyst.counts import ENGLISH_COUNTS, read_count
from assistant.analyst.periods import Period, month_of, quarter_of, week_of

_N = rf"(?P<n>\d+|[一二两三四五六七八九十]+|{'|'.join(ENGLISH_COUNTS)})"
_UNITS = {"d": 1, "天": 1, "日": 1, "w": 7, "周": 7, "星": 7, "礼": 7, "m": 30, "月": 30, "q": 91, "季": 91}
_SOON = timedelta(days=183)
_Resolve = Callable[[re.Match[str], AnyClock], tuple[date, date]]


def find_future(text: str, clock: AnyClock) -> Period | None:
    """Return the period ahead that a question (Simplified) names, or None."""
    for pattern, resolve in _RULES:
        if match := pattern.search(text):
            return Period(*resolve(match, clock), match.group())
    return None


def move_ahead(period: Period, clock: AnyClock) -> Period:
    """Return the next month of that name where the latest is past and the next is soon: November, asked about in October."""
    if period.kind != "month" or re.search(r"\d{4}", period.words) or period.end >= clock.last_full_day:
        return period
    coming = month_of(period.start.replace(year=period.start.year + 1), period.words)
    return coming if clock.today < coming.start <= clock.today + _SOON else period


def _next_n(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    unit = match["unit"].lstrip("个")[0].lower()
    days = max(1, min(read_count(match["n"]) * _UNITS[unit], 366))
    return clock.last_full_day + timedelta(days=1), clock.last_full_day + timedelta(days=days)


def _tomorrow(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    day = clock.today + timedelta(days=2 if match.group() == "后天" else 1)
    return day, day


def _next_week(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    week = week_of(clock.today + timedelta(days=7), clock, match.group())
    return week.start, week.end


def _next_month(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    month = month_of(_month_end(clock.today) + timedelta(days=1), match.group())
    return month.start, month.end


def _next_quarter(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    quarter = quarter_of(quarter_of(clock.today, "").end + timedelta(days=1), match.group())
    return quarter.start, quarter.end


def _next_year(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    year = clock.today.year + 1
    return date(year, 1, 1), date(year, 12, 31)


def _until_year_end(match: re.Match[str], clock: AnyClock) -> tuple[date, date]:
    return clock.last_full_day + timedelta(days=1), date(clock.today.year, 12, 31)


def _month_end(day: date) -> date:
    return month_of(day, "").end


def _rule(pattern: str, resolve: _Resolve) -> tuple[re.Pattern[str], _Resolve]:
    return re.compile(pattern, re.IGNORECASE), resolve


_RULES: tuple[tuple[re.Pattern[str], _Resolve], ...] = (
    _rule(
        rf"(?:未来|接下来|今后|往后|之后)的?\s*{_N}\s*(?P<unit>天|日|周|个?星期|个?礼拜|个?月|个?季度)",
        _next_n,
    ),
    _rule(rf"\b(?:next|coming|following)\s+{_N}\s+(?P<unit>days?|weeks?|months?|quarters?)\b", _next_n),
    _rule(r"明天|后天|\btomorrow\b", _tomorrow),
    _rule(r"下个?(?:周|星期|礼拜)|\bnext week\b", _next_week),
    _rule(r"下个?月|\bnext month\b", _next_month),
    _rule(r"下个?季度|\bnext quarter\b", _next_quarter),
    _rule(r"明年|\bnext year\b", _next_year),
    _rule(r"(?:年底|年末)(?:之?前)?|(?:end of (?:the|this) year|year[\s-]end)", _until_year_end),
)
