"""Find the numerals in a Chinese or English text, with their value, kind and precision.

Not numerals: citation markers, list numbers, and digits inside a name (`D1`, `A/B2`, `v5.2`, `618 大促`
where 618 is a name is left to the caller's `names`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

NumeralKind = Literal["count", "percent", "points", "multiple", "money", "date"]

_MULTIPLIERS = {
    "万亿": 1e12, "亿": 1e8, "万": 1e4, "千": 1e3,
    "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9,
}  # fmt: skip
_UNITS: dict[str, tuple[NumeralKind, float]] = {
    "%": ("percent", 1), "％": ("percent", 1), "percent": ("percent", 1), "per cent": ("percent", 1),
    "个百分点": ("points", 1), "百分点": ("points", 1), "pp": ("points", 1), "pps": ("points", 1),
    "percentage point": ("points", 1), "percentage points": ("points", 1),
    "points": ("points", 1), "bps": ("points", 0.01),
    "成": ("percent", 10), "倍": ("multiple", 1), "times": ("multiple", 1), "x": ("multiple", 1), "×": ("multiple", 1),
}  # fmt: skip
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAMES = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DASH = r"\s*[-–—~～至到]+\s*"

#: What makes digits a numeral even at the end of a name.
_UNIT_BEHIND = r"\s?(?:[%％万亿倍]|个?百分点|pps?\b)"
_SKIP = re.compile(
    r"\[E?\d+\]"  # markers
    r"|^[ \t>]*(?:#+\s*)?\d{1,2}[.)、](?=\s|[^\d\s])"  # list and heading numbers
    r"|https?://\S+"
    # names with digits: D1, day-1, v5.2, d7_retention; a unit behind them makes them numerals
    r"|(?<![A-Za-z0-9_])(?>(?!(?:CNY|RMB|USD|EUR|GBP|HKD|JPY|GMV|[DWM]AU)[ -]?\d)[A-Za-z_][A-Za-z_./-]*\d{1,3}(?!\d)"
    r"(?:[A-Za-z_.-][A-Za-z0-9_.-]*)?)"
    rf"(?!{_UNIT_BEHIND})"
    r"|\d+(?:st|nd|rd|th)\b|\d+(?:\.\d+)*\s*(?=版本?(?!权))",  # ordinals, versions
    re.MULTILINE,
)
_DATE = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})(?:\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*[日号])?)?月?"
    r"|(?P<m2>\d{1,2})\s*月(?:\s*(?P<d2>\d{1,2})(?:\s*[日号])?(?:" + _DASH + r"(?P<e2>\d{1,2})\s*[日号])?)?"
    rf"|(?P<m3>\b{_MONTH_NAMES})\s+(?P<d3>\d{{1,2}})\b(?:{_DASH}(?P<e3>\d{{1,2}})\b(?!\s*{_MONTH_NAMES}))?(?:,?\s+(?P<y3>\d{{4}})\b)?"
    rf"|\b(?P<d4>\d{{1,2}})(?:{_DASH}(?P<e4>\d{{1,2}}))?\s+(?P<m4>{_MONTH_NAMES})(?:,?\s+(?P<y4>\d{{4}})\b)?"
    rf"|(?P<m5>\b{_MONTH_NAMES})\s+(?P<y5>\d{{4}})\b"
    r"|(?P<y6>(?:19|20)\d{2})\s*年",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<money>(?:[¥￥$€£]|CNY|RMB|USD|EUR|GBP|HKD|JPY)\s?)?(?P<sign>(?<![\w.%）)])[-−+±])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(?P<mult>万亿|亿|万|千(?!克|米)|million\b|billion\b|thousand\b|[kKM]\b|bn\b))?"
    r"(?:\s?(?P<unit>%|％|个百分点|百分点|percentage points?\b|per ?cent\b|pps?\b|bps\b|points\b|成(?=[^功为员本交立果就绩熟]|$)|倍|times\b|[x×](?![\w])))?"
    r"(?:\s?(?P<yuan>元|人民币|块|CNY\b|RMB\b|yuan\b|dollars?\b))?"
)
_HAN = "零一二两三四五六七八九十百千万亿点半"
_CHINESE = re.compile(
    rf"百分之(?P<percent>[{_HAN}]+)|(?P<tenths>[一二两三四五六七八九])成(?=[^功为员本交立果就绩熟]|$)|(?P<times>[{_HAN}]+)倍"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """One numeral of a text.

    Attributes:
        text: As written. start, end: its span.
        value: In base units; percent and points in hundredths (37.1 % is 37.1); None for a date.
        kind: What the unit says.
        precision: Half of the last written digit, in the unit of `value`: how far a source may differ.
        signed: Whether a sign is written.
        dates: For a date, its (year, month, day) with None where not written; two for a range.
    """

    text: str
    start: int
    end: int
    value: float | None
    kind: NumeralKind
    precision: float = 0.0
    signed: bool = False
    dates: tuple[tuple[int | None, int | None, int | None], ...] = ()


def find_numerals(text: str, *, names: Iterable[str] = ()) -> list[Numeral]:
    """Return the numerals of `text` in order; digits inside one of `names` are not numerals."""
    taken = [match.span() for match in _SKIP.finditer(text)]
    taken += [match.span() for name in names if name for match in _as_word(name).finditer(text)]
    found: list[Numeral] = []
    for finder in (_dates, _chinese, _numbers):
        for numeral in finder(text):
            if not any(start < numeral.end and numeral.start < end for start, end in taken):
                found.append(numeral)
                taken.append((numeral.start, numeral.end))
    return sorted(found, key=lambda numeral: numeral.start)


@lru_cache(maxsize=4096)
def _as_word(name: str) -> re.Pattern[str]:
    """Return the pattern of a name that is not part of a longer word or number: D7 is not in USD7777."""
    before = r"(?<![A-Za-z0-9])(?<!\d[.,])" if name[0].isascii() else ""
    after = rf"(?![A-Za-z0-9]|[.,]\d|{_UNIT_BEHIND})" if name[-1].isascii() else ""
    return re.compile(before + re.escape(name) + after)


def _dates(text: str) -> Iterator[Numeral]:
    for match in _DATE.finditer(text):
        parts = {name.rstrip("23456"): value for name, value in match.groupdict().items() if value}
        year = int(parts["y"]) if "y" in parts else None
        month = _month(parts["m"]) if "m" in parts else None
        if month is not None and not 1 <= month <= 12:
            continue
        days: list[int | None] = [int(parts[key]) for key in ("d", "e") if key in parts]
        dates = tuple((year, month, day) for day in days or [None])
        yield Numeral(match.group(), match.start(), match.end(), None, "date", dates=dates)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _numbers(text: str) -> Iterator[Numeral]:
    for match in _NUMBER.finditer(text):
        digits = match["digits"].replace(",", "")
        scale = _MULTIPLIERS.get((match["mult"] or "").lower(), 1.0)
        kind, unit_scale = _UNITS.get((match["unit"] or "").lower(), ("count", 1.0))
        if match["money"] or match["yuan"]:
            kind = "money"
        value = float(digits) * scale * unit_scale * (-1 if match["sign"] in ("-", "−") else 1)
        decimals = len(digits.partition(".")[2])
        precision = 0.5 * 10**-decimals * scale * unit_scale
        yield Numeral(
            match.group().strip(),
            match.start(),
            match.end(),
            value,
            kind,
            precision,
            signed=bool(match["sign"]),
        )


def _chinese(text: str) -> Iterator[Numeral]:
    for match in _CHINESE.finditer(text):
        if match["percent"]:
            kind, value = "percent", _chinese_value(match["percent"])
        elif match["tenths"]:
            kind, value = "percent", 10 * (_chinese_value(match["tenths"]) or 0)
        else:
            kind, value = "multiple", _chinese_value(match["times"])
        if value is not None:
            precision = 5.0 if match["tenths"] else 0.5
            yield Numeral(match.group(), match.start(), match.end(), value, kind, precision)  # type: ignore[arg-type]


def _chinese_value(text: str) -> float | None:
    import cn2an

    if text == "半":
        return 0.5
    try:
        return float(cn2an.cn2an(text.replace("两", "二"), "smart"))
    except ValueError:
        return None
