"""Find the numerals in a Chinese or English text, with their value, kind and precision.

Not numerals: citation markers, list numbers, ordinals, versions, and digits inside a name (`D1`, `A/B2`, `v5.2`;
`618 大促`, where 618 is a name, is left to the caller's `names`). Dates and times of day are numerals of their own
kinds. Small numbers in words count only beside a unit: `一个渠道` and `one of them` state no figure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.ledger.dates import PartialDate, find_dates, find_times
from assistant.ledger.disguises import read_alike, unite
from assistant.ledger.exemptions import NO_FIGURE, UNIT_BEHIND
from assistant.ledger.hedges import find_hedge
from assistant.ledger.number_words import (
    CHINESE,
    CHINESE_PART,
    ENGLISH,
    ENGLISH_PART,
    TWICE,
    VAGUE,
    ascii_words,
    make_plain,
    read_chinese,
    read_chinese_part,
    read_english,
    read_english_part,
    read_twice,
    read_vague,
)
from assistant.ledger.units import KINDS, MONEY, MULTIPLIERS, UNIT, NumeralKind, currency_of, noun_at

_NUMBER = re.compile(
    ascii_words(
        rf"(?P<before>(?:{MONEY})\s?)?(?P<sign>(?<![\w.%）)])[-−+±])?(?P<inner>(?:{MONEY})\s?(?<![元块]))?"
        rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<han>{CHINESE})|(?P<words>(?i:{ENGLISH})))"
        r"(?P<more>\s?[多余来几])?"
        r"(?:\s?(?P<mult>万亿|千万|百万|亿|万|千(?!克|米)|(?:million|billion|thousand|mn|bn|[kKMbwW])\b))?(?P<more2>多|余)?"
        rf"(?:[ -]?(?:{UNIT}))?"
        rf"(?:\s?(?P<after>(?:{MONEY})(?!\s?\d)))?"
    )
)
_PART = re.compile(ascii_words(f"{CHINESE_PART}|{ENGLISH_PART}"), re.IGNORECASE)
#: Words of a half that something fell to.
HALVED = re.compile(r"\bhalv(?:ed|ing)\b|腰斩|减半", re.IGNORECASE)
#: Between the ends of a range, the first of which may leave its unit to the second.
_RANGE = re.compile(r"\s*(?:[-–—~～至到]|to|and)\s*", re.I)
#: Names an interval right before its ends.
_INTERVAL = re.compile(r"(?:\d+\s?[%％]\s?)?(?:置信)?(?:区间|interval|CI)[^\d，。]{0,10}$", re.IGNORECASE)
_LEAST_WORD = 10  # the least number in words that states a figure without a unit
_LARGE_WORD = 10_000  # from here on a number in words is rounded to its last word: 三千五百万


@dataclass(frozen=True, slots=True)
class Numeral:
    """One numeral of a text.

    Attributes:
        text: As written. start, end: its span.
        value: In base units; percent and points in hundredths (37.1 % is 37.1); minutes for a time; None for a date.
        kind: What the unit says.
        precision: Half of the last written digit, in the unit of `value`: how far a source may differ.
        signed: Whether a sign is written.
        dates: For a date, its (year, month, day) with None where not written; two for a range.
        currency: Of money, as its code; empty for none.
        noun: What it counts: users, orders, days or hours; empty where that is not said.
        hedge: "over" and "under" where it bounds what it states, "about" where it rounds it; else empty.
        coarse: Half of the last digit that is not zero: the rounding of `about 1,200`.
    """

    text: str
    start: int
    end: int
    value: float | None
    kind: NumeralKind
    precision: float = 0.0
    signed: bool = False
    dates: tuple[PartialDate, ...] = ()
    currency: str = ""
    noun: str = ""
    hedge: str = ""
    coarse: float = 0.0

    @property
    def slack(self) -> float:
        """How far a source may differ, with the words beside the numeral read."""
        if not self.hedge or self.value is None:
            return self.precision
        return max(self.precision, min(self.coarse, 0.06 * abs(self.value)))


def find_numerals(text: str, *, names: Iterable[str] = ()) -> list[Numeral]:
    """Return the numerals of `text` in order; digits inside one of `names` are not numerals."""
    written, (text, places) = text, unite(read_alike(make_plain(text)))
    taken = [match.span() for match in NO_FIGURE.finditer(text)]
    taken += [match.span() for name in names if name for match in _as_word(name).finditer(text)]
    found: list[Numeral] = []
    for finder in (_dates, _parts, _numbers):
        for numeral in finder(text):
            if not any(start < numeral.end and numeral.start < end for start, end in taken):
                found.append(numeral)
                taken.append((numeral.start, numeral.end))
    found.sort(key=lambda numeral: numeral.start)
    settled = [_hedged(numeral, text) for numeral in _in_intervals(list(_in_ranges(found, text)), text)]
    spans = [(places[numeral.start], places[numeral.end - 1] + 1) for numeral in settled]
    return [replace(n, text=written[s:e], start=s, end=e) for n, (s, e) in zip(settled, spans, strict=True)]


@lru_cache(maxsize=4096)
def _as_word(name: str) -> re.Pattern[str]:
    """Return the pattern of a name that is not part of a longer word or number: D7 is not in USD7777."""
    before = r"(?<![A-Za-z0-9])(?<!\d[.,])" if name[0].isascii() else ""
    after = rf"(?![A-Za-z0-9]|[.,]\d|{UNIT_BEHIND})" if name[-1].isascii() else ""
    return re.compile(before + re.escape(name) + after)


def _dates(text: str) -> Iterator[Numeral]:
    for found in find_dates(text):
        words = text[found.start : found.end]
        yield Numeral(words, found.start, found.end, None, "date", dates=found.dates)
    for start, end, minutes in find_times(text):
        yield Numeral(text[start:end], start, end, float(minutes), "time")


def _parts(text: str) -> Iterator[Numeral]:
    """Yield fractions and multiples in words."""
    for match in _PART.finditer(text):
        words, (start, end) = match.group(), match.span()
        if words[0].isascii() and not any(match[k] for k in ("tenths", "den", "base", "base2", "top")):
            yield Numeral(
                words,
                start,
                end,
                read_english_part(match),
                "percent",
                5.0 if "half" in words.lower() else 2.5,
            )
        elif (part := read_chinese_part(match)) is not None:
            over = "over" if words.startswith("过") else ""
            yield Numeral(words, start, end, part[0], "percent", part[1], hedge=over)
    for match in VAGUE.finditer(text):
        value, precision, kind = read_vague(match)
        yield Numeral(match.group(), *match.span(), value, kind, precision, noun=noun_at(text, match.end()))
    for match in TWICE.finditer(text):
        value = read_twice(match)
        yield Numeral(match.group(), *match.span(), value, "multiple", 0.075 * value)


def _numbers(text: str) -> Iterator[Numeral]:
    for match in _NUMBER.finditer(text):
        numeral = _number(match, text)
        if numeral is not None:
            yield numeral


def _number(match: re.Match[str], text: str) -> Numeral | None:
    kind, scale = next(((k, s) for i, (_, k, s) in enumerate(KINDS) if match[f"u{i}"]), ("count", 1.0))
    currency = next((c for side in ("before", "inner", "after") if (c := currency_of(match[side]))), "")
    multiplier = MULTIPLIERS.get((match["mult"] or "").lower(), 1.0)
    if currency and kind == "count":
        kind = "money"
    noun = "" if kind != "count" else noun_at(text, match.end())
    written = _written(match)
    if written is None or not (match["digits"] or _is_figure(match, written[0], kind, multiplier, noun)):
        return None
    if kind == "discount":
        scale = 10.0 if written[0] < 10 else 1.0
    value, unit = written[0] * multiplier * scale, written[1] * multiplier * scale
    words = match.group().strip()
    start = match.start() + len(match.group()) - len(match.group().lstrip())
    return Numeral(
        words,
        start,
        start + len(words),
        -value if match["sign"] in ("-", "−") else value,
        kind,
        0.5 * unit,
        signed=bool(match["sign"]),
        currency=currency,
        noun=noun,
        hedge="over" if match["more"] or match["more2"] else "",
        coarse=0.5 * max(unit, _last_place(written[0]) * multiplier * scale * ("." not in words)),
    )


def _written(match: re.Match[str]) -> tuple[float, float] | None:
    """Return the value of the digits or words alone, and that of their last place."""
    if match["digits"]:
        digits = match["digits"].replace(",", "")
        return float(digits), 10.0 ** -len(digits.partition(".")[2])
    words = match["han"] or match["words"]
    value = read_chinese(words) if match["han"] else read_english(words)
    decimals = len(words.partition("点")[2]) if match["han"] else len(words.partition(" point ")[2].split())
    if value is None:
        return None
    return value, _last_place(value) if value >= _LARGE_WORD else 10.0**-decimals


def _is_figure(match: re.Match[str], value: float, kind: str, multiplier: float, noun: str) -> bool:
    """Tell whether a number in words states a figure."""
    before = match.string[max(0, match.start() - 1) : match.start()]
    if match["han"] and (
        before in ("双", "第") or re.match(r"分|级|线|月|假期|黄金周|季度", match.string[match.end() :])
    ):
        return False
    small = value < _LEAST_WORD and multiplier == 1
    return (
        kind not in ("count", "money")
        or (kind == "money" and bool(match["digits"]))
        or not small
        or bool(match["han"] and "点" in match["han"])
        or (kind == "money" and value > 1)
    )


def _last_place(value: float) -> float:
    """Return the place of the last digit of a whole number that is not zero; 0 for one with decimals."""
    if not value or value > 1e15 or value != int(value):  # of hundreds of digits it is infinite
        return 0.0
    digits = str(int(value))
    return 10.0 ** (len(digits) - len(digits.rstrip("0")))


def _in_ranges(found: list[Numeral], text: str) -> Iterator[Numeral]:
    """Give the first end of a range the unit and the scale of the second: 36–41%, 3 至 5 万元."""
    for numeral, behind in zip(found, [*found[1:], None], strict=False):
        bare = numeral.kind == "count" and not numeral.noun and numeral.value is not None
        if bare and behind and behind.value is not None and _is_range(text, numeral.end, behind.start):
            yield _like(numeral, behind)
        else:
            yield numeral


def _is_range(text: str, end: int, start: int) -> bool:
    """Tell whether the words from `end` to `start` join the ends of a range; "and" does after "between" alone."""
    joined = _RANGE.fullmatch(text[end:start])
    if joined is None or "and" not in joined[0].lower():
        return joined is not None
    return "between" in text[max(0, end - 24) : end].lower()


def _in_intervals(found: list[Numeral], text: str) -> list[Numeral]:
    """Give the bare ends of an interval in brackets the unit of what they are the interval of."""
    for at in range(2, len(found)):
        low, high = found[at - 1], found[at]
        joined = low.kind == high.kind == "count" and _RANGE.fullmatch(text[low.end : high.start])
        lead = _INTERVAL.search(text[: low.start]) if joined else None
        of = next(
            (n for n in reversed(found[: at - 1]) if lead and n.end <= lead.start() and n.kind == "points"),
            None,
        )
        if of:
            found[at - 1 : at + 1] = [replace(low, kind="points"), replace(high, kind="points")]
    return found


def _like(numeral: Numeral, behind: Numeral) -> Numeral:
    scale = 1.0
    own, match = (_NUMBER.fullmatch(n.text) for n in (numeral, behind))
    if numeral.text.isascii() and match and match["mult"] and not (own and own["mult"]):
        scale = MULTIPLIERS[match["mult"].lower()]
    unit = 0.01 if behind.kind == "points" and "b" in behind.text.lower() else 1.0
    value = (numeral.value or 0.0) * scale * unit
    return replace(
        numeral,
        kind=behind.kind,
        value=value,
        precision=numeral.precision * scale * unit,
        coarse=numeral.coarse * scale * unit,
        currency=behind.currency,
        noun=behind.noun,
    )


def _hedged(numeral: Numeral, text: str) -> Numeral:
    if numeral.hedge or numeral.value is None:
        return numeral
    return replace(numeral, hedge=find_hedge(text, numeral.start, numeral.end))
