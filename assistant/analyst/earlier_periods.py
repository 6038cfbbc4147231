"""Periods named from the one spoken of before: the week before, 前一个月."""

import re
from dataclasses import dataclass
from datetime import timedelta

from assistant.analyst.periods import Period, month_of, months_back, quarter_of

_DAY = timedelta(days=1)
_EARLIER = re.compile(
    r"(?:再?(?:往|向|之)?前|更早的?)的?一?个?(?P<zh>周(?!岁)|星期|礼拜|月|季度|季|天|日|年|期)(?!的?(?:前|上)一)"
    r"|\bthe\s+(?:one|(?P<en>day|week|month|quarter|year|period))\s+(?:before|prior|earlier)\b(?!\s+(?:last|yesterday))(?:\s+(?:that|it)\b)?"
    r"|\b(?:the|a)\s+(?:previous|preceding|prior)\s+(?P<en2>day|week|month|quarter|year|period|one)\b"
    r"|\b(?:a|one)\s+(?P<en3>day|week|month|quarter|year)\s+(?:before|earlier)\b(?:\s+(?:that|it)\b)?",
    re.IGNORECASE,
)
_UNITS = {
    "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter", "季": "quarter", "天": "day",
    "日": "day", "年": "year", "期": "period", "one": "period",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """The period before another one: day, week, month, quarter, year, or period for one as long; with its words."""

    unit: str
    words: str

    def of(self, period: Period) -> Period:
        """Return the period of this unit that ends just before another begins.

        >>> from datetime import date
        >>> week = Period(date(2026, 9, 21), date(2026, 9, 27), "", "week")
        >>> Earlier("week", "").of(week).start, Earlier("month", "").of(week).start
        (datetime.date(2026, 9, 14), datetime.date(2026, 8, 21))
        """
        if self.unit == "period" or self.unit == period.kind:
            return period.before()
        end = period.start - _DAY
        if self.unit in ("day", "week"):
            days = 1 if self.unit == "day" else 7
            return Period(period.start - days * _DAY, end, self.words, "week" if days == 7 else "days")
        if period.start.day == 1:
            if self.unit == "month":
                return month_of(end, self.words)
            if self.unit == "quarter":
                return quarter_of(end, self.words)
        months = {"month": 1, "quarter": 3, "year": 12}[self.unit]
        return Period(months_back(period.start, months), end, self.words)


def find_earlier(text: str) -> Earlier | None:
    """Return the period that `text` names from another one, None where it names none so.

    >>> find_earlier("和前一周比呢"), find_earlier("and the month before?").unit
    (Earlier(unit='week', words='前一周'), 'month')
    """
    match = _EARLIER.search(text)
    if match is None:
        return None
    unit = next((u for u in match.groupdict().values() if u), "period").lower()
    return Earlier(_UNITS.get(unit, unit), match.group())
