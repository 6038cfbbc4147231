"""What a text says of when its figures hold: dates, relative periods, and words such as "the week before"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.analyst.clock import Clock
from assistant.analyst.periods import month_of, whole_year
from assistant.analyst.time_expressions import find_period
from assistant.errors import InvalidRequest
from assistant.ledger.dates import PartialDate
from assistant.ledger.numerals import Numeral

#: Inclusive days; a year that is not written is 0.
Days = tuple[PartialDate, PartialDate]

_EARLIER = re.compile(
    r"(?<![当目以提])前一?(?:周(?!期)|个?周期|期(?!待)|天|日|个?月|个?季度|个?阶段|值|年)|上一?期|上一?个?(?:周期|阶段)|对比期|比较期|基期|之前|此前|先前|早前|原来|原先|原本"
    r"|以前|往期|(?:活动|上线|发布|改版|调整|故障|事故|大促)前(?:的)?[一二两三四五六七八九十\d]*\s?(?:周|天|日|个月)|去年同期|同期(?=为|是|的)|一(?:周|个月|年)前"
    r"|\blast period\b|\bprev\b\.?"
    r"|\b(?:(?:the |a )?(?:previous|prior|preceding|compared|comparison|earlier|baseline|base|former) (?:\w+ )?(?:week|month|day|period|quarter|year|level|value|figure|reading)s?"
    r"|(?:the |a |one )?(?:week|month|day|period|quarter|year)s? (?:before|earlier|prior|ago)|previously|before(?: that)?|beforehand|earlier|formerly|used to be)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"本期|当期|后一?(?:周|期|个月|天)|次[周月]|\b(?:the |a )?(?:week|month|day) (?:after|later)\b|之后|后来|现在|目前|如今|当前|眼下|最新|\b(?:now|currently|at present|this period|current period|the later|later on|afterwards?|after(?=\s*(?:[.,;)\[]|$))|the latest|most recent)\b",
    re.IGNORECASE,
)
#: What sets a figure against another period, where no figure of that period follows.
_COMPARES = r"较|(?<![环同占])比|相较于?|对比|高于|低于|\b(?:compared (?:with|to)|than|versus|vs\.?|against|relative to|above|below)"
_AGAINST = re.compile(
    rf"(?:与|和|跟|同|从|自|{_COMPARES}|\b(?:over|from|on))\s*(?:in |the )?$", re.IGNORECASE
)
_AGAINST_DAYS = re.compile(rf"(?:{_COMPARES})\s*(?:in |the )?(?:week of )?$", re.IGNORECASE)
_WITH = re.compile(r"(?:与|和|跟|同)\s*$")
_COMPARED = re.compile(r"\s*(?:这?一?周|期间)?\s*(?:相比|相较|比)")
_FIGURE_FOLLOWS = re.compile(
    r"(?:['’]s|的|为|是|水平|was|were|is|at|of|figure|level|[\s(（*约])*(?:about |around )?[¥$€£-]?\d|(?:的|为|是)*\s*[一二三四五六七八九十百千]+[成万分]",
    re.IGNORECASE,
)
_CUE = re.compile(r"[上本这昨今前去近]|\b(?:last|this|previous|yesterday|today|past|Q[1-4])\b", re.IGNORECASE)
#: What goes on to tell of the period compared with.
_TOLD = re.compile(r"\s*[,，]\s*(?:when|where|which|当时|那时)", re.IGNORECASE)
#: Periods that are named; without a today they only keep other times from the figures behind them.
_NAMED = re.compile(r"[本这上]个?[周月]|\b(?:this|last) (?:week|month)\b", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?<![上下本这每一])(?:周|星期|礼拜)(?P<han>[一二三四五六日天])(?![次天均到至共\d])"
    r"|\b(?P<latin>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs?|ur)?(?:day)?\b",
    re.IGNORECASE,
)
#: A month without day and year; March and May only where they cannot be words.
_MONTH = re.compile(
    r"\b(January|February|April|June|July|August|September|October|November|December|(?<=in )(?:March|May))\b(?!\s\d)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HAN_WEEKDAYS, _LATIN_WEEKDAYS = "一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TO = re.compile(
    r"\s*(?:\([^)]*\)|（[^）]*）)?\s*(?:到|至|~|～|–|—|-|to|through|until|and)\s*(?:the )?", re.IGNORECASE
)
_MOST_RELATIVE = 4


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Where a text speaks of a time.

    Attributes:
        start: Where the words begin. end: Where they end.
        role: "earlier" or "later" than the period beside it; "" for days.
        days: The first and the last day.
        relative: Whether the days were counted from today.
    """

    start: int
    end: int
    role: str = ""
    days: Days | None = None
    relative: bool = False


def find_time_marks(
    text: str,
    numerals: Sequence[Numeral],
    today: date | None,
    weekdays: Mapping[int, date] | None = None,
) -> list[TimeMark]:
    """Return the times that a text speaks of, in order; relative ones only where today is known.

    `weekdays` are the days that are meant by the names of weekdays, Monday as 0.
    """
    marks = list(_dated([n for n in numerals if n.kind == "date"], text))
    marks += _months(text, marks)
    if weekdays:
        marks += _weekdays(text, weekdays)
    for role, pattern in (("earlier", _EARLIER), ("later", _LATER)):
        for match in pattern.finditer(text):
            if not any(mark.start < match.end() and match.start() < mark.end for mark in marks):
                marks.append(TimeMark(*match.span(), role))
    if today is not None and _CUE.search(text):
        marks += _relative(text, marks, today)
    elif today is None:
        marks += [TimeMark(*match.span()) for match in _NAMED.finditer(text)]
    return sorted((m for m in marks if not _is_compared(m, text)), key=lambda mark: mark.start)


def _is_compared(mark: TimeMark, text: str) -> bool:
    """Tell whether a time is what figures are set against, and has none of its own behind it."""
    if mark.role == "later" or _FIGURE_FOLLOWS.match(text, mark.end) or _TOLD.match(text, mark.end):
        return False
    before = text[: mark.start]
    against = (_AGAINST if mark.role else _AGAINST_DAYS).search(before)
    return bool(against or (_WITH.search(before) and _COMPARED.match(text, mark.end)))


def covers(days: Days, start: date, end: date) -> bool:
    """Tell whether days that a text names are those of a figure: all of them, or a day that begins or ends them."""
    first, last = _first(days[0], start), _last(days[1], end)
    if first is None or last is None:
        return True
    if last < first:
        return False
    return (first <= start and end <= last) or (first == last and first in (start, end))


def is_of_days(days: Days, start: date, end: date) -> bool:
    """Tell whether days that a text names are those of a row: not some of which its days are one."""
    first = _first(days[0], start)
    return covers(days, start, end) and (
        first is None or first == start or (days[0] == days[1] and bool(days[0][2]))
    )


def _dated(dates: Sequence[Numeral], text: str) -> Iterator[TimeMark]:
    """Yield the dates of a text; two that are joined are the ends of one period."""
    skip = False
    for one, behind in zip(dates, [*dates[1:], None], strict=False):
        if skip:
            skip = False
            continue
        skip = bool(
            behind
            and len(one.dates) == len(behind.dates) == 1
            and _TO.fullmatch(text[one.end : behind.start])
        )
        last = behind if skip and behind else one
        yield TimeMark(one.start, last.end, days=(one.dates[0], last.dates[-1]))


def _months(text: str, marks: Sequence[TimeMark]) -> Iterator[TimeMark]:
    found: list[TimeMark] = []
    for match in _MONTH.finditer(text):
        if not any(mark.start < match.end() and match.start() < mark.end for mark in marks):
            day: PartialDate = (None, _MONTHS.index(match[1][:3]) + 1, None)
            if (
                found
                and _TO.fullmatch(text[found[-1].end : match.start()])
                and "and" not in text[found[-1].end : match.start()]
            ):
                before = found.pop()
                assert before.days
                found.append(TimeMark(before.start, match.end(), days=(before.days[0], day)))
            else:
                found.append(TimeMark(*match.span(), days=(day, day)))
    yield from found


def _weekdays(text: str, weekdays: Mapping[int, date]) -> Iterator[TimeMark]:
    for match in _WEEKDAY.finditer(text):
        han = match["han"]
        at = (
            _HAN_WEEKDAYS.index("日" if han == "天" else han)
            if han
            else _LATIN_WEEKDAYS.index(match["latin"].lower())
        )
        if day := weekdays.get(at):
            yield TimeMark(*match.span(), days=(_parts(day), _parts(day)))


def _relative(text: str, marks: Sequence[TimeMark], today: date) -> Iterator[TimeMark]:
    clock = Clock(today, today)
    for mark in marks:
        text = text[: mark.start] + " " * (mark.end - mark.start) + text[mark.end :]
    for _ in range(_MOST_RELATIVE):
        try:
            period = find_period(text, clock)
        except InvalidRequest:
            return
        if period is None or (start := text.find(period.words)) < 0 or not period.words.strip():
            return
        text = text[:start] + " " * len(period.words) + text[start + len(period.words) :]
        days = _parts(period.start), _parts(period.end)
        if not any(character.isdigit() for character in period.words):
            yield TimeMark(start, start + len(period.words), days=days, relative=True)


def _parts(day: date) -> PartialDate:
    return day.year, day.month, day.day


def _first(written: PartialDate, near: date) -> date | None:
    year, month, day = written
    try:
        return date(year or near.year, month or 1, day or 1)
    except ValueError:
        return None


def _last(written: PartialDate, near: date) -> date | None:
    year, month, day = written
    try:
        if month is None:
            return whole_year(year or near.year, "").end
        first = date(year or near.year, month, day or 1)
    except ValueError:
        return None
    return first if day else month_of(first, "").end
