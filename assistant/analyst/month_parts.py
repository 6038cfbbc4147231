"""Parts of a month: its halves, its thirds, its first and last week."""

import re
from dataclasses import replace
from datetime import timedelta

from assistant.analyst.periods import Period, month_of

#: Words for a part, with the first and the last of its days; 0 for the end of the month, less than 0 from there.
_PARTS: tuple[tuple[str, int, int], ...] = (
    (r"上半月|前半月?|first half", 1, 15),
    (r"下半月|后半月?|second half", 16, 0),
    (r"上旬|early", 1, 10),
    (r"中旬|mid(?:dle)?", 11, 20),
    (r"下旬|late", 21, 0),
    (r"第一周|首周|first week", 1, 7),
    (r"最后一周|last week", -6, 0),
)
_ANY = "|".join(words for words, _, _ in _PARTS)
_AFTER = re.compile(rf"\s*份?的?(?P<part>{_ANY})", re.IGNORECASE)
_BEFORE = re.compile(rf"\b(?:the\s+)?(?P<part>{_ANY})(?:\s+of|\s+in)?[\s-]+(?:the\s+)?$", re.IGNORECASE)
_HALF = re.compile(r"上半月|下半月|\b(?:the\s+)?(?:first|second) half\b(?!\s+of)", re.IGNORECASE)


def find_month_part(text: str, month: Period) -> Period | None:
    """Return the part of the month that `text` names beside it, None where it names the whole."""
    if month.kind != "month" or (at := text.find(month.words)) < 0:
        return None
    end = at + len(month.words)
    if before := _BEFORE.search(text[:at]):
        return _cut(month, before["part"], before.group() + month.words)
    after = _AFTER.match(text[end:])
    return _cut(month, after["part"], month.words + after.group()) if after else None


def find_other_half(text: str, part: Period) -> Period | None:
    """Return the half of a month that `text` names alone, beside a part of that month."""
    match = _HALF.search(text)
    return _cut(month_of(part.start, ""), match.group(), match.group()) if match else None


def _cut(month: Period, part: str, words: str) -> Period:
    first, last = next((a, b) for own, a, b in _PARTS if re.search(own, part, re.IGNORECASE))
    day = timedelta(days=1)
    start = month.start + (first - 1) * day if first > 0 else month.end + first * day
    end = month.start + (last - 1) * day if last > 0 else month.end
    return replace(month, start=start, end=end, words=words, kind="days")
