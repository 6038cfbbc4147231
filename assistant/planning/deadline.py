"""The day that an objective wants something by: "6周内", "within six weeks", "before 30 November", "年底前"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.analyst.clock import Clock
from assistant.analyst.counts import ENGLISH_COUNTS, read_count
from assistant.analyst.periods import Period
from assistant.analyst.time_expressions import find_period

#: What makes a number before it a length of time.
DURATION = re.compile(
    r"\s*(?:个?工作日|天|日(?!活)|周(?!活)|个?星期|个?礼拜|个?月(?!活)|季度|年|人日|(?:-\s?)?(?:days?|weeks?|months?|years?)\b)"
)
_UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "day": 1, "week": 7, "month": 30}
_WITHIN = (
    re.compile(
        r"(?P<n>\d{1,3}|十?[一二两三四五六七八九]|十)\s*个?(?P<unit>天|日|周|星期|礼拜|月)(?:之内|以内|内)"
    ),
    re.compile(
        r"(?:未来|接下来|用)\s*(?P<n>\d{1,3}|十?[一二两三四五六七八九]|十)\s*个?(?P<unit>天|周|星期|月)"
    ),
    re.compile(
        rf"\b(?:within|in|over)\s+(?:the\s+next\s+)?(?P<n>\d{{1,3}}|{'|'.join(ENGLISH_COUNTS)})\s+(?P<unit>day|week|month)s?\b",
        re.IGNORECASE,
    ),
)
_BY = (
    re.compile(
        r"(?P<word>\bon or before|\bbefore|\bby|\buntil|\bno later than)\s+(?=(?P<when>[^,，;；。]{2,30}))",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<when>[^，,；;。]{2,24}?)(?P<word>(?:之前|以前|前)(?![一的提水]))"),
    re.compile(
        r"(?P<when>(?:今年|本月|本季度|这个月|\d{1,2}\s*月份?|第?[一二三四]季度|Q[1-4]|年|月)底?)(?P<word>内|底)"
    ),
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day, and the span of the words that name it."""

    day: date
    start: int
    end: int


def find_deadline(text: str, today: date) -> Deadline | None:
    """Return the day that `text` gives as a deadline; a month counts as 30 days."""
    for pattern in _WITHIN:
        if match := pattern.search(text):
            days = read_count(match["n"]) * _UNIT_DAYS[match["unit"].lower()]
            return Deadline(today + timedelta(days=days), *match.span())
    for pattern in _BY:
        for match in pattern.finditer(text):
            if found := _read(match, today):
                return found
    return None


def _read(match: re.Match[str], today: date) -> Deadline | None:
    when = match["when"]
    words = re.sub(r"(?<![今去明])年(?=底|末|$)", "今年", re.sub(r"(?<![\d本个])月(?=底|末|$)", "本月", when))
    period = find_period(words, Clock(today, today - timedelta(days=1)))
    if period is None:
        return None
    behind_word = match.start("when") >= match.start("word")
    if behind_word and words.index(period.words) > len("the end of "):
        return None  # "by 3 points before 30 November": the day belongs to another word
    if period.end <= today and not re.search(r"\d{4}", period.words):
        ahead = today + timedelta(days=365)  # a day without a year lies ahead
        period = find_period(words, Clock(ahead, ahead)) or period
    start = match.start("when") + max(0, when.find(period.words))
    end = start + len(period.words) if behind_word else match.end()
    return Deadline(_last_day(period, when, match["word"].lower()), start, end)


def _last_day(period: Period, when: str, word: str) -> date:
    """Return the period's last day; the day before it where it must be reached before the period begins."""
    whole = period.start == period.end or re.search(r"底|末|\bend of\b|年", when, re.IGNORECASE)
    strict = word in ("before", "前", "之前", "以前")
    return period.start - timedelta(days=1) if strict and not whole else period.end
