"""Whether a numeral, by its value, its unit and what its sentence says of it, may mean a known value."""

import re

from assistant.ledger.directions import states_change
from assistant.ledger.numerals import Numeral, find_numerals
from assistant.ledger.sources import Source
from assistant.ledger.surroundings import WHOLE, Setting
from assistant.ledger.times import covers, is_of_days

#: How coarsely a source may be written: as coarse as one likes, or percent and points with a decimal at least and
#: all else within half a percent of itself.
_FINE_POINTS, _FINE_SHARE = 0.05, 0.005
#: A row that is told by a small number, as words have it.
_SMALL_KEYS = {
    "1": re.compile(
        r"[一1]\s?[天次单笔](?!之|后|内)|\b(?:one|a single) (?:day|time|order|purchase)\b|\bonce\b"
    ),
    "2": re.compile(r"两\s?[天次单笔]|\btwo (?:days|times|orders|purchases)\b|\btwice\b"),
}
_NEVER = re.compile(r"(?!)")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_EXTREME = re.compile(
    r"最|峰值|谷底|顶|冠|\b(?:highest|lowest|peak\w*|best|worst|most|least|max\w*|min\w*|top|bottom|largest|smallest|record)\b",
    re.I,
)
#: What follows a number of things: what they are.
_COUNTED = re.compile(
    r"[\s*`-]*(?!(?:and|as|at|by|in|is|of|on|or|to|was|with|per|from|than|for|vs|percent)\b|[和与或是为的，及至到])[^\W\d_]",
    re.I,
)
#: What an interval is told by: its name, or two figures that are joined.
_INTERVAL = re.compile(
    r"区间|置信|范围|之间|误差|[±]|\b(?:between|intervals?|confidence|ci|range[sd]?|ranging)\b"
    r"|\d[%％\w .]*?\s*(?:至|到|\bto\b|[-–—~～，]|,(?!\d{3}))\s*[-+−¥$£€]?\d",
    re.I,
)


def may_mean(numeral: Numeral, setting: Setting, source: Source, text: str) -> bool:
    """Tell whether a numeral of the sentence `text` may mean a source."""
    return is_of(numeral, setting, source, text) and agrees(numeral, setting, source, text)


def is_of(numeral: Numeral, setting: Setting, source: Source, text: str, *, any_row: bool = False) -> bool:
    """Tell whether a numeral is a source's by value, unit, segment and time, whichever way it is said to have gone.

    With `any_row` the sentence need not name the row of a table.
    """
    return states(numeral, source) and fits(numeral, setting, source, text, any_row=any_row)


def fits(numeral: Numeral, setting: Setting, source: Source, text: str, *, any_row: bool = False) -> bool:
    """Tell whether what is said of a numeral is said of a source, whatever the value."""
    return (
        same_unit(numeral, source)
        and not (source.free and numeral.signed and source.value > 0)
        and _of_the_segment(setting, source)
        and _of_the_time(setting, source, text)
        and (any_row or _of_the_row(setting, source, text))
        and (not source.bound or bool(_INTERVAL.search(text)))
        and (not source.rows or bool(_COUNTED.match(text, numeral.end)))
        and (_may_be_coarse(setting, source) or is_fine(numeral, source) or _is_named(numeral, source))
    )


def states(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is the source's value, rounded as it is written."""
    if numeral.value is None or not _same_kind(numeral, source):
        return False
    # A direction word usually carries the sign: "fell by 5.2 pp".
    known = source.value if numeral.signed else abs(source.value)
    value = numeral.value if numeral.signed else abs(numeral.value)
    return within(numeral, known - value)


def _same_kind(numeral: Numeral, source: Source) -> bool:
    if numeral.kind == source.kind:
        return True
    bare = numeral.kind == "count" and not numeral.noun
    if source.bound and bare:  # 95 % CI 3.7 to 8.8
        return source.kind in ("percent", "points", "money")
    return bare and source.kind == "money" and not numeral.text[-1].isdigit()  # GMV of 162k


def within(numeral: Numeral, difference: float) -> bool:
    """Tell whether what is meant may differ from what is written by this much: known less written."""
    slack = numeral.slack * (1 + 1e-9) + 1e-9
    if numeral.hedge == "over":
        return -numeral.precision - 1e-9 <= difference <= 2 * slack
    if numeral.hedge == "under":
        return -2 * slack <= difference <= numeral.precision + 1e-9
    return abs(difference) <= slack


def is_fine(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is written about as precisely as a tool writes; "over 180 days" of 180 is."""
    slack = numeral.precision if abs(numeral.value or 0.0) == abs(source.value) else numeral.slack
    if numeral.kind in ("percent", "points"):
        return slack <= _FINE_POINTS * (1 + 1e-9)
    return slack <= max(0.5, _FINE_SHARE * abs(source.value))


def _is_named(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is one of the definition or of a label as it stands there: the riskiest 10 %."""
    return source.free and numeral.value == source.value


def is_text(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is the tool's own text up to spacing, sign and unit words."""
    if not source.text or not states(numeral, source):
        return False
    written = find_numerals(source.text)
    return any(n.kind == numeral.kind and numeral.slack <= n.precision * (1 + 1e-9) for n in written)


def same_unit(numeral: Numeral, source: Source) -> bool:
    """Tell whether currency and what is counted are the same, as far as both are known."""
    if source.free and numeral.noun in ("users", "orders") and source.noun != numeral.noun:
        return False
    if numeral.currency and source.currency and numeral.currency != source.currency:
        return False
    return not (numeral.noun and source.noun and numeral.noun != source.noun)


def _of_the_segment(setting: Setting, source: Source) -> bool:
    named, near = setting.segments - {WHOLE}, setting.nearby - {WHOLE}
    if source.segment is None:
        return source.free or WHOLE in setting.segments or not named or bool(named & source.scope)
    if not source.named:
        return True
    if setting.segments:
        return source.segment in named
    return source.segment in near or source.segment.partition("=")[0] in setting.dimensions


def _of_the_time(setting: Setting, source: Source, text: str) -> bool:
    if source.change or source.free:
        return True
    usual = not source.earlier
    days = [
        d for d in setting.days if d not in setting.relative or any(covers(d, *p) for p in source.periods)
    ]
    exact = [d for d in days if d not in setting.relative]
    one_day = not setting.loose and any(first == last and first[2] for first, last in exact)
    if source.dated and source.extreme and not one_day and _EXTREME.search(text.lower()):
        return True
    if source.dated:
        exact = exact or days
        return source.period is not None and any(is_of_days(d, *source.period) for d in exact)
    found = []
    if days:
        found.append(source.period is None or any(covers(d, *source.period) for d in days))
    if setting.role:
        found.append(source.earlier == (setting.role == "earlier") or not source.compared)
    if not found:
        return usual
    return any(found) or (setting.loose and usual)


def _of_the_row(setting: Setting, source: Source, text: str) -> bool:
    if source.row is None or source.segment is not None or source.dated:
        return True
    lowered = text.lower()
    plain = _BRACKETS.sub(" ", lowered)  # where a number is of the definition and names no row
    if source.extreme and _EXTREME.search(lowered):
        return True
    if any(_SMALL_KEYS.get(word, _NEVER).search(plain) for word in source.row):
        return True
    return any(
        re.search(rf"(?<![\w.]){re.escape(word)}(?![\w%]|\.\d)", plain if word.isdigit() else lowered)
        for word in source.row
    )


def _may_be_coarse(setting: Setting, source: Source) -> bool:
    named = source.segment in setting.segments | setting.nearby
    return named or (source.segment is None and (not source.fine or source.row is not None))


def agrees(numeral: Numeral, setting: Setting, source: Source, text: str) -> bool:
    """Tell whether the words beside a numeral say of its source what is so."""
    if source.change:
        way = -setting.direction if source.lacks else setting.direction
        return numeral.signed or way * source.value >= 0
    if numeral.kind in ("percent", "multiple") and states_change(text, numeral.start):
        return False
    told = setting.arrives or (source.earlier and setting.compares)
    return not told or setting.direction * source.moved >= 0
