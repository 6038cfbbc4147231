"""Find the calendar dates in a Chinese or English text, as written: a year, a month or a day may be left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Year, month, day; None where not written.
PartialDate = tuple[int | None, int | None, int | None]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?:january|february|march|april|(?-i:May)|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_DASH = r"\s*[-–—~～至到]+\s*"
_HAN_DAY = r"(?:三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_DATE = re.compile(
    r"(?<![\d.])(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})(?![\d%])(?:\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d|\s?日(?:留存|活|均))(?:\s*[日号])?)?月?"
    r"(?:" + _DASH + r"(?P<e>\d{1,2})\s*[日号])?"
    r"|(?P<m2>\d{1,2})\s*月(?:\s*(?P<d2>\d{1,2})(?![\d.,]*\d|\s?日(?:留存|活|均))(?:\s*[日号])?(?:"
    + _DASH
    + r"(?P<e2>\d{1,2})\s*[日号])?)?"
    rf"|\b(?P<m3>{_MONTH})\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"(?:(?:{_DASH}|\s+to\s+)(?P<e3>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d{{3}}\b|\s*{_MONTH}|\s?%))?(?:,?\s+(?P<y3>\d{{4}})\b)?"
    rf"|\b(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?:(?:{_DASH}|\s+(?:to|and)\s+)(?P<e4>\d{{1,2}})(?:st|nd|rd|th)?)?"
    rf"\s+(?:of\s+)?(?P<m4>{_MONTH})(?:,?\s+(?P<y4>\d{{4}})\b)?"
    rf"|\b(?P<m5>{_MONTH})\s+(?P<y5>\d{{4}})\b"
    r"|(?<![\d.])(?P<y6>(?:19|20)\d{2})\s*年"
    r"|(?:(?<=\bin )|(?<=since )|(?<=during )|(?<=until )|(?<=\bof )|(?<=year ))(?P<y7>(?:19|20)\d{2})\b(?![\d.,]*\d|\s?[%a-z])"
    rf"|(?P<m8>十[一二]?|[一二三四五六七八九])月(?:份|(?P<d8>{_HAN_DAY})[日号])"
    r"|(?<![\d.])(?P<d10>3[01]|[12]\d|[1-9])\s*[日号](?=[起前凌晨当早晚]|上午|下午|开始)"
    r"|(?:(?<=[是在于和与到至、（(])|(?<=[是在于和与到至、（(] ))(?P<d12>3[01]|[12]\d|[1-9])\s?[日号](?=\s?[，。、）)（(这当为]|\s*$)"
    r"|(?:(?<=[，。是在于（(])|(?<=[，。是在于（(] )|^)(?P<d13>3[01]|[12]\d|[1-9])[、和](?P<e13>3[01]|[12]\d|[1-9])\s?[日号](?=[，。、）)（(这当两])"
    r"|(?<![\d.第满])(?P<d15>3[01]|[12]\d|[1-9])\s?[-–~至到]\s?(?P<e15>3[01]|[12]\d|[1-9])\s?[日号](?![内留均活后])"
    r"|(?<![\d.])(?P<m14>1[0-2]|[1-9])\s?[-–~至到]\s?(?:1[0-2]|[1-9])\s?月(?=\D|$)"
    r"|(?<![\d./])(?P<m9>1[0-2]|0?[1-9])/(?P<d9>3[01]|[12]\d|0?[1-9])(?![\d/%]|\s?(?:of|的))",
    re.IGNORECASE,
)
_HOUR = r"(?:[01]?\d|2[0-4])"
_TIME = re.compile(
    rf"(?<![\d:.])(?:[01]?\d|2[0-3])[:：][0-5]\d(?![\d:])(?:\s?[ap]\.?m\b\.?)?"
    r"|(?<![\d:.])(?:1[0-2]|[1-9])(?=(?:\s?[–~-]\s?|\s?to\s)(?:1[0-2]|[1-9])\s?[ap]\.?m\b)|(?<![\d:.])(?:1[0-2]|[1-9])\s?[ap]\.?m\b\.?"
    rf"|(?:(?<=周[一二三四五六日天] )|(?<=[周上下][一二三四五六日天午])|(?<=[早晚晨日到至在–-])|(?<=[日到至在–-] )){_HOUR}\s?点(?![\d多几])"
    rf"|(?<![\d.:]){_HOUR}\s?点(?=[前后，。、）]|\s?(?:到|至|[–~-])\s?\d)"
)
_NOON = re.compile(r"\s?([ap])\.?m\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """One date, or a range of days within one month, with its place in the text."""

    start: int
    end: int
    dates: tuple[PartialDate, ...]


def find_dates(text: str) -> Iterator[WrittenDate]:
    """Yield the dates of a text that can be dates."""
    for match in _DATE.finditer(text):
        parts = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
        year = int(parts["y"]) if "y" in parts else None
        month = _number(parts["m"]) if "m" in parts else None
        days: list[int | None] = [_number(parts[key]) for key in ("d", "e") if key in parts]
        if (month is None or 1 <= month <= 12) and all(1 <= (day or 1) <= 31 for day in days):
            yield WrittenDate(*match.span(), tuple((year, month, day) for day in days or [None]))


def find_times(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the times of day of a text: start, end, minutes since midnight."""
    for match in _TIME.finditer(text):
        hours, _, minutes = re.sub(r"\s?点|：", ":", _NOON.sub("", match.group())).partition(":")
        half = _NOON.search(text, match.start(), match.end() + 12)
        hour = int(hours) % 12 + 12 * (half[1].lower() == "p") if half and int(hours) <= 12 else int(hours)
        yield *match.span(), 60 * hour + int(minutes or 0)


def agree(mine: PartialDate, theirs: PartialDate) -> bool:
    """Tell whether two dates may be the same, as far as they are written."""
    return all(a is None or b is None or a == b for a, b in zip(mine, theirs, strict=True))


def names_day(text: str, day: str) -> bool:
    """Tell whether a text names an ISO day, or its year and month; also where there is no day to name."""
    if not day:
        return True
    year, month, of_month = (int(part) for part in day[:10].split("-"))
    named = [date for found in find_dates(text) for date in found.dates]
    return any(agree(one, (year, month, of_month)) and one[1] is not None for one in named)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text.isascii():
        return _MONTHS.index(text[:3].lower()) + 1
    tens, ten, ones = text.rpartition("十")
    digits = "零一二三四五六七八九"
    return (10 * (digits.index(tens) if tens else 1) if ten else 0) + (digits.index(ones) if ones else 0)
