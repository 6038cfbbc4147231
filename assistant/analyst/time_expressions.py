"""Periods as people say them, in Chinese and English, resolved to local calendar days.

Relative expressions count from `today`. A week starts on Monday unless the workspace says otherwise; "last 30 days"
ends on the last day that is complete. Libraries that parse dates give points in time, not the periods that reports are
about, and none reads both languages offline.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from assistant.analyst.clock import AnyClock
from assistant.analyst.counts import ENGLISH_COUNTS, read_count
from assistant.analyst.festivals import FESTIVALS
from assistant.analyst.month_parts import find_month_part, find_other_half
from assistant.analyst.patterns import COMPARE
from assistant.analyst.periods import (
    Period,
    latest_year,
    month_of,
    months_back,
    quarter_of,
    week_of,
    whole_year,
)
from assistant.errors import InvalidRequest


def find_periods(text: str, clock: AnyClock) -> list[Period]:
    """Return up to two periods that `text` names, in the order of their rules; two are a comparison.

    Raises:
        InvalidRequest: A period ends before it starts, or names a day that does not exist.
    """
    first = find_period(text, clock)
    if first is None:
        return []
    rest = text.replace(first.words, " " * len(first.words), 1)
    second = find_period(rest, clock) or (find_other_half(rest, first) if first.kind == "days" else None)
    if second is None or (second.start, second.end) == (first.start, first.end):
        return [first]
    joined = _join(text, first, second)
    return [joined] if joined else [first, second]


def find_period(text: str, clock: AnyClock) -> Period | None:
    """Return one period that `text` names, or None.

    Raises:
        InvalidRequest: The period ends before it starts, or names a day that does not exist.
    """
    for pattern, resolve in _RULES:
        if match := pattern.search(text):
            period = resolve(match, clock)
            if period.end < period.start:
                raise InvalidRequest(
                    en=f"The period {match.group().strip()} ends ({period.end}) before it starts ({period.start}); "
                    "put the earlier date first.",
                    zh=f"时间段“{match.group().strip()}”的结束日期（{period.end}）早于开始日期（{period.start}），请把较早的日期放在前面。",
                    parameter="period",
                )
            return find_month_part(text, period) or _until_now(text, match, period, clock)
    return None


def _until_now(text: str, match: re.Match[str], period: Period, clock: AnyClock) -> Period:
    """Let a period that something has gone on since last until now: since June, 7 月以来."""
    single = period.start == period.end
    before = (_SINCE_DAY if single else _SINCE).search(text[: match.start()])
    after = (_ONWARD_DAY if single else _ONWARD).match(text[match.end() :])
    if (before is None and after is None) or period.start > clock.last_full_day:
        return period
    words = (before.group() if before else "") + match.group() + (after.group() if after else "")
    return Period(period.start, clock.last_full_day, words)


def _join(text: str, one: Period, other: Period) -> Period | None:
    """Return the one period that two name as its ends, such as June to August; None where they are set side by side."""
    first, last = sorted((one, other), key=lambda p: text.find(p.words))
    between = text[text.find(first.words) + len(first.words) : text.find(last.words)]
    if first.start > last.start or COMPARE.search(text) or not re.fullmatch(_SPAN, between, re.IGNORECASE):
        return None
    return Period(first.start, last.end, first.words + between + last.words)


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?:january|february|march|april|(?-i:May)|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
_N_ZH = r"(?P<n>\d+|[一二两三四五六七八九十]+)"
_N_EN = rf"(?P<n>\d+|{'|'.join(ENGLISH_COUNTS)})"
_TO = r"\s*(?:到|至|~|～|–|—|-|to|until|through|and)\s*"
_SPAN = r"\s*(?:到|至|~|～|–|—|-|to|until|through|thru)\s*"
_SINCE_DAY = re.compile(r"(?:\b(?:since|from|starting)|自从?|从)\s*(?:the\s+)?$", re.IGNORECASE)
_SINCE = re.compile(
    r"(?:\bsince|自从?)\s*(?:the\s+)?(?:(?:start|beginning) of\s+(?:the\s+)?)?$", re.IGNORECASE
)
_ONWARD_DAY = re.compile(
    r"\s*(?:以来|至今|到现在|起|之后|开始|\bonwards?\b|\buntil (?:now|today)\b)", re.IGNORECASE
)
_ONWARD = re.compile(
    r"\s*(?:以来|至今|到现在|起|\bonwards?\b|\b(?:until|till|to) (?:now|today|date)\b)", re.IGNORECASE
)


def _day(year: int, month: int, day: int, words: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidRequest(
            en=f"There is no such day: {words.strip()}.",
            zh=f"没有这一天：{words.strip()}。",
            parameter="period",
        ) from error


def _month_number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _MONTHS.index(text[:3].lower()) + 1 if text.isascii() else read_count(text)


def _explicit(match: re.Match[str], clock: AnyClock, side: str) -> date:
    parts = match.groupdict()
    raw_month = parts.get(f"m{side}") or parts.get("m1") or parts["m2"]
    month = _month_number(raw_month)
    day = int(parts[f"d{side}"])
    year_text = parts.get(f"y{side}") or parts.get("y2") or parts.get("y1")
    if not 1 <= month <= 12:
        return _day(2000, month, day, match.group())
    year = int(year_text) if year_text else latest_year(month, clock, day)
    return _day(year, month, day, match.group())


def _range(match: re.Match[str], clock: AnyClock) -> Period:
    start, end = _explicit(match, clock, "1"), _explicit(match, clock, "2")
    if not any(match.groupdict().get(year) for year in ("y1", "y2")):
        end = end.replace(year=start.year + (end.month < start.month))
    return Period(start, end, match.group())


def _single(match: re.Match[str], clock: AnyClock) -> Period:
    day = _explicit(match, clock, "1")
    return Period(day, day, match.group())


def _last_n(match: re.Match[str], clock: AnyClock) -> Period:
    n, unit, end = read_count(match["n"]), match["unit"].lower(), clock.last_full_day
    if n < 1 or n > 3660:
        raise InvalidRequest(
            en=f"{match.group().strip()} is not a period that can be measured; give 1 day to 10 years.",
            zh=f"“{match.group().strip()}”不是可以计算的时间段，请给出 1 天到 10 年。",
            parameter="period",
        )
    if unit.startswith(("月", "个月", "month")):
        return Period(months_back(end, n) + timedelta(days=1), end, match.group())
    days = 7 * n if unit.startswith(("周", "个星期", "星期", "week")) else n
    return Period(end - timedelta(days=days - 1), end, match.group())


def _named_month(match: re.Match[str], clock: AnyClock) -> Period:
    month = _month_number(match["m"])
    year = int(match["y"]) if match["y"] else latest_year(month, clock)
    return month_of(_day(year, month, 1, match.group()), match.group())


def _half(match: re.Match[str], clock: AnyClock) -> Period:
    first = match["h"] in "上1"
    year = int(match["y"]) if match["y"] else clock.today.year
    start, end = (date(year, 1, 1), date(year, 6, 30)) if first else (date(year, 7, 1), date(year, 12, 31))
    return Period(start, end, match.group(), "half")


def _week_of(match: re.Match[str], clock: AnyClock) -> Period:
    return week_of(_explicit(match, clock, "1"), clock, match.group())


def _weekday(match: re.Match[str], clock: AnyClock) -> Period:
    weeks = {"上上": 2, "上": 1}.get(match["w"] or "", 0)
    monday = clock.today - timedelta(days=clock.today.weekday(), weeks=weeks)
    day = monday + timedelta(days="一二三四五六日天".index(match["d"]) % 8 - (match["d"] == "天"))
    return Period(day, day, match.group())


def _named_quarter(match: re.Match[str], clock: AnyClock) -> Period:
    quarter = read_count(match["q"])
    month = 3 * quarter - 2
    year = int(match["y"]) if match["y"] else latest_year(month, clock)
    return quarter_of(date(year, month, 1), match.group())


_Resolve = Callable[[re.Match[str], AnyClock], Period]


def _fixed(resolve: Callable[[AnyClock, str], Period]) -> _Resolve:
    return lambda match, clock: resolve(clock, match.group())


def _on(offset: int) -> _Resolve:
    def resolve(clock: AnyClock, words: str) -> Period:
        day = clock.today - timedelta(days=offset)
        return Period(day, day, words)

    return _fixed(resolve)


def _weeks_ago(weeks: int) -> _Resolve:
    return _fixed(lambda clock, words: week_of(clock.today - timedelta(weeks=weeks), clock, words))


def _months_ago(months: int) -> _Resolve:
    return _fixed(lambda clock, words: month_of(months_back(clock.today.replace(day=1), months), words))


def _rule(pattern: str, resolve: _Resolve) -> tuple[re.Pattern[str], _Resolve]:
    return re.compile(pattern, re.IGNORECASE), resolve


_ISO1 = r"(?<!\d)(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
_ISO2 = _ISO1.replace("1>", "2>")
_ZH1 = r"(?:(?P<y1>\d{4})\s*年\s*)?(?P<m1>\d{1,2})\s*月\s*(?P<d1>\d{1,2})\s*[日号]?"
_ZH2 = r"(?:(?P<y2>\d{4})\s*年\s*)?(?:(?P<m2>\d{1,2})\s*月\s*)?(?P<d2>\d{1,2})\s*[日号]"
_EN1 = rf"\b(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s+(?P<y1>\d{{4}}))?"
_EN2 = rf"(?:(?P<m2>{_MONTH})\s+)?(?P<d2>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?\b(?:,?\s+(?P<y2>\d{{4}}))?"

_DM1 = rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+(?P<m1>{_MONTH}))?(?:\s+(?P<y1>\d{{4}}))?"
_DM2 = rf"(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m2>{_MONTH})(?:,?\s+(?P<y2>\d{{4}}))?"

_RULES: tuple[tuple[re.Pattern[str], _Resolve], ...] = (
    _rule(_ISO1 + _TO + _ISO2, _range),
    _rule(_ZH1 + _TO + _ZH2, _range),
    _rule(_EN1 + _TO + _EN2, _range),
    _rule(_DM1 + _TO + _DM2, _range),
    _rule(r"\bweek (?:of|starting|beginning)\s+" + _EN1, _week_of),
    _rule(r"\bweek (?:of|starting|beginning)\s+" + _DM2.replace("2>", "1>"), _week_of),
    _rule(_ZH1 + r"\s*(?:那一?周|所在的?周|当周)", _week_of),
    _rule(_ISO1, _single),
    _rule(_ZH1, _single),
    _rule(_EN1, _single),
    _rule(_DM2.replace("2>", "1>"), _single),
    _rule(r"(?P<w>上上|上|本|这)个?(?:周|星期|礼拜)(?P<d>[一二三四五六日天])(?![个活均])", _weekday),
    _rule(r"(?:(?P<y>\d{4})\s*年?\s*|今年)?(?P<h>[上下])半年", _half),
    _rule(r"(?:(?P<y>\d{4})\s*)?\bH(?P<h>[12])\b", _half),
    _rule(r"上上周|上上个?星期|前一周的?前一周|the week before last", _weeks_ago(2)),
    _rule(r"上一?周|上个?星期|上礼拜|\blast week\b(?!\s+(?:of|in)\b)|\bprevious week\b", _weeks_ago(1)),
    _rule(r"本周|这一?周|这个?星期|\bthis week\b", _weeks_ago(0)),
    _rule(r"上上个?月|the month before last", _months_ago(2)),
    _rule(r"上个?月|\blast month\b|\bprevious month\b", _months_ago(1)),
    _rule(r"本月|这个月|当月|\bthis month\b", _months_ago(0)),
    _rule(r"上个?季度|\blast quarter\b", _fixed(lambda c, w: quarter_of(quarter_of(c.today, "").start - timedelta(days=1), w))),
    _rule(r"本季度|这个季度|\bthis quarter\b", _fixed(lambda c, w: quarter_of(c.today, w))),
    _rule(r"(?:(?P<y>\d{4})\s*年?\s*)?第?(?P<q>[一二三四1-4])季度", _named_quarter),
    _rule(r"(?:(?P<y>\d{4})\s*年?\s*)?\bQ(?P<q>[1-4])\b", _named_quarter),
    _rule(rf"(?:最近|近|过去|这)的?\s*{_N_ZH}\s*(?P<unit>天|日|周|个?星期|个?月)", _last_n),
    _rule(rf"\b(?:last|past|previous|latest)\s+{_N_EN}\s+(?P<unit>days?|weeks?|months?)\b", _last_n),
    _rule(r"前天|the day before yesterday", _on(2)),
    _rule(r"昨天|昨日|\byesterday\b", _on(1)),
    _rule(r"今天|今日|\btoday\b", _on(0)),
    *((re.compile(pattern, re.IGNORECASE), resolve) for pattern, resolve in FESTIVALS),
    _rule(r"今年|\bthis year\b", _fixed(lambda c, w: whole_year(c.today.year, w))),
    _rule(r"去年(?!同期)|(?<!of )(?<!period )(?<!week )(?<!month )(?<!time )\blast year\b", _fixed(lambda c, w: whole_year(c.today.year - 1, w))),
    _rule(r"(?:(?P<y>\d{4})\s*年\s*)?(?P<m>\d{1,2}|十[一二]?|[一二三四五六七八九])\s*月份?(?!\d|度|活(?!跃))", _named_month),
    _rule(rf"\b(?P<m>{_MONTH})(?:\s+(?P<y>\d{{4}}))?(?!\w)", _named_month),
    _rule(r"(?P<y>\d{4})-(?P<m>\d{2})(?!\d|-)", _named_month),
    _rule(r"\b(?:in|of|for|during) (?P<y>(?:19|20)\d{2})(?![\d,.-]\d|\d)", lambda m, c: whole_year(int(m["y"]), m.group())),
    _rule(r"(?P<y>(?:19|20)\d{2})\s*年(?!\d)", lambda m, c: whole_year(int(m["y"]), m.group())),
)  # fmt: skip
