"""What follows from known values, with its formula: differences, ratios, growth, shares and sums."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from assistant.answer import Evidence, EvidenceFigure
from assistant.ledger.accounts import Account
from assistant.ledger.directions import has_direction
from assistant.ledger.numerals import HALVED, Numeral
from assistant.ledger.series import SHARE, SUM
from assistant.ledger.sources import Source, is_change, is_earlier, kinds, series_of
from assistant.ledger.surroundings import WHOLE

_GAP = re.compile(
    r"差|高|低|多|少|\d\D{0,3}\s[−–-]\s\d|领先|落后|超出|相比|拉开|\b(?:gap|difference|higher|lower|more|less|fewer|above|below|ahead|behind|lead\w*|trail\w*|apart|points? (?:over|under)|margin|short)\b",
    re.I,
)
_PER = re.compile(r"人均|平均|均|每|客单|\b(?:per|each|average|mean)\b", re.I)
_TIMES = re.compile(r"倍|\b(?:times|double|twice|x|fold|ratio)\b|折|翻", re.I)
_IN_BRACKETS = re.compile(r"\d[^（()）]{0,12}[（(]\D{0,3}[\d.]+\s?[%％]")
#: After a total: what it is made of.
_LISTS = re.compile(r"\d\D{0,10}[:：（(]\s?\D{0,12}\d")
_DAILY = re.compile(r"日均|每[天日]|\b(?:per|a|each) day\b|\bdaily\b", re.IGNORECASE)
_LEFT = re.compile(
    r"失败|没|未|流失|离开|其余|剩|另外|放弃|\b(?:fail\w*|not|lost|los[et]s?|drop\w*|left|leav\w*|rest|remain\w*|only once|never)\b|n't\b",
    re.IGNORECASE,
)
_MOST_OPERANDS, _MOST_SUMMED = 8, 24


@dataclass(frozen=True, slots=True)
class Operand:
    """A level that a sentence states, or names by its segment; or a change, of which only sums are taken."""

    value: float
    kind: str
    label: str
    currency: str = ""
    earlier: bool = False
    derived: bool = False
    noun: str = ""
    series: str = ""
    change: bool = False


def level_of(source: Source) -> Operand | None:
    """Return the level or the change that a figure states, None for what is no figure."""
    if source.text is None and (source.line is None or not source.level):
        return None
    return Operand(
        source.value,
        source.kind,
        f"{source.label}[{source.segment}]" if source.segment else source.label,
        source.currency,
        source.earlier,
        noun=source.noun,
        series=source.name,
        change=source.change,
    )


def operand_of(source: Source) -> Operand:
    """Return what was derived, for what is derived from it in turn."""
    return Operand(source.value, source.kind, source.label, source.currency, derived=True)


def name_wholes(item: Evidence, clause: str) -> list[Operand]:
    """Return the levels of everybody, where a clause speaks of a share."""
    if not SHARE.search(clause):
        return []
    own = [f for f in item.figures if f.segment is None and f.value is not None and not is_change(f)]
    return [
        Operand(value, kind, f"{item.marker}.{f.name}", f.unit.partition(":")[2])
        for f in own
        for kind, value in kinds(f.value or 0.0, f.unit)
        if not is_earlier(f)
    ]


def stated_level(numeral: Numeral, label: str, *, earlier: bool = False) -> Operand | None:
    """Return the level that a numeral of a passage or of the question states."""
    level = numeral.value is not None and numeral.kind in ("percent", "count", "money", "multiple")
    return (
        Operand(numeral.value or 0.0, numeral.kind, label, numeral.currency, earlier, noun=numeral.noun)
        if level
        else None
    )


def changes(item: Evidence) -> Iterator[Source]:
    """Yield what an earlier and a later value of one figure give: difference, growth and ratio."""
    account = Account(item)
    levels = [figure for figure in item.figures if figure.value is not None and not is_change(figure)]
    for before in levels:
        if is_earlier(before):
            for after in levels:
                if series_of(after) == series_of(before) and not is_earlier(after):
                    yield from _change(account, before, after)


def _change(account: Account, before: EvidenceFigure, after: EvidenceFigure) -> Iterator[Source]:
    assert before.value is not None
    assert after.value is not None
    base = next(account.figure(after))
    base = replace(base, text=None, fine=True, period=None, earlier=False, moved=0)
    marker, names = account.item.marker, (after.name, before.name)
    unit = "ratio_change" if after.unit == "ratio" else after.unit
    for kind, value in kinds(after.value - before.value, unit):
        label = f"{marker}: {names[0]} - {names[1]}"
        yield replace(base, value=value, kind=kind, label=label, change=True)
    if before.value:
        quotient, over = after.value / before.value, f"{marker}: {names[0]} / {names[1]}"
        grown = replace(base, kind="percent", label=f"{over} - 1", change=True, currency="", noun="")
        yield replace(grown, value=100 * (quotient - 1))
        yield replace(grown, value=quotient - 1, kind="multiple")
        yield replace(grown, value=100 * quotient, label=over, change=False)
        yield replace(grown, value=quotient, kind="multiple", label=over, change=False)


def turn_over(source: Source, clause: str) -> Iterator[Source]:
    """Yield what one level gives by the words of `clause`: its mean by day, and the share of those it leaves out."""
    if source.text is None or source.change:
        return
    days = (source.period[1] - source.period[0]).days + 1 if source.period else 1
    if days > 1 and source.kind in ("count", "money") and _DAILY.search(clause):
        yield replace(
            source, value=source.value / days, label=f"{source.label} / {days}", text=None, fine=False
        )
    if source.kind == "percent" and 0 < source.value < 100 and _LEFT.search(clause):
        yield replace(
            source, value=100 - source.value, label=f"1 - {source.label}", text=None, moved=-source.moved
        )


def counts(item: Evidence, clause: str) -> Iterator[Source]:
    """Yield how many a share of a sample is, and how many it leaves out where the words of `clause` say so."""
    account = Account(item)
    for figure in item.figures:
        if figure.unit == "ratio" and figure.n and 0 < (figure.value or 0) < 1 and not is_change(figure):
            base = next(account.figure(figure))
            share, left = figure.value or 0.0, _LEFT.search(clause)
            for part, label in ((share, base.label), (1 - share, f"(1 - {base.label})")):
                if part == share or left:
                    yield replace(base, value=part * figure.n, kind="count", label=f"{label} * n", text=None)


def combine(operands: Sequence[Operand], clause: str) -> Iterator[Source]:
    """Yield what operands give by the operations that the words of `clause` announce."""
    yield from add_up(operands, clause)
    operands = [o for o in dict.fromkeys(operands) if not o.change][-_MOST_OPERANDS:]
    if _GAP.search(clause) or has_direction(clause):
        for one, other in combinations(operands, 2):
            if one.kind == other.kind and one.kind in ("percent", "count", "money", "multiple"):
                yield _difference(one, other)
    for one, other in permutations(operands, 2):
        if one.noun and other.noun and one.noun != other.noun:
            continue
        if other.value and (one.kind == other.kind) and one.kind in ("percent", "count", "money"):
            yield from _quotients(one, other, clause)
        elif other.value and (one.kind, other.kind) == ("money", "count") and _PER.search(clause):
            yield Source(
                one.value / other.value, "money", f"{one.label} / {other.label}", currency=one.currency
            )


def _difference(one: Operand, other: Operand) -> Source:
    """Return what two levels differ by; with its sign where one is of the earlier period."""
    if one.earlier and not other.earlier:
        one, other = other, one
    signed = one.earlier != other.earlier
    value = one.value - other.value if signed else abs(one.value - other.value)
    kind = "points" if one.kind == "percent" else one.kind
    noun = one.noun if one.noun == other.noun and kind == "count" else ""
    return Source(
        value, kind, f"{one.label} - {other.label}", currency=one.currency, change=signed, noun=noun
    )


def name_operands(item: Evidence, segments: frozenset[str], clause: str) -> Iterator[list[Operand]]:
    """Yield, for each series of a measurement, the levels of the segments that a sentence names.

    The level of everybody belongs to them where the sentence speaks of it, or of a share.
    """
    parts = segments - {WHOLE}
    if not parts:
        return
    whole = WHOLE in segments or bool(SHARE.search(clause))
    series: dict[str, list[Operand]] = {}
    for figure in item.figures:
        named = figure.segment in parts or (whole and figure.segment is None)
        if named and figure.value is not None and not is_change(figure) and not is_earlier(figure):
            for kind, value in kinds(figure.value, figure.unit):
                label = f"{item.marker}.{figure.name}" + (f"[{figure.segment}]" if figure.segment else "")
                currency = figure.unit.partition(":")[2]
                series.setdefault(figure.name, []).append(Operand(value, kind, label, currency))
    yield from series.values()


def _quotients(one: Operand, other: Operand, clause: str) -> Iterator[Source]:
    quotient, label = one.value / other.value, f"{one.label} / {other.label}"
    if (_TIMES.search(clause) and quotient >= 1) or HALVED.search(clause):
        yield Source(quotient, "multiple", label)
        if has_direction(clause):
            yield Source(quotient - 1, "multiple", f"{label} - 1", change=True)
    if (SHARE.search(clause) or _IN_BRACKETS.search(clause)) and quotient <= 1 and one.kind != "percent":
        yield Source(100 * quotient, "percent", label)
    if (_GAP.search(clause) or has_direction(clause)) and not (one.earlier and not other.earlier):
        yield Source(100 * (quotient - 1), "percent", f"{label} - 1", change=True)


def add_up(operands: Sequence[Operand], clause: str) -> Iterator[Source]:
    """Yield the sums of operands, where the words of `clause` announce one."""
    if SUM.search(clause) or _LISTS.search(clause):
        yield from _sums(list(dict.fromkeys(operands))[-_MOST_SUMMED:])


def _sums(operands: Sequence[Operand]) -> Iterator[Source]:
    """Yield the sums of operands of one kind that stand together, and of those of one column."""
    groups: dict[tuple[str, ...], list[Operand]] = {}
    for operand in operands:
        kind = operand.kind + str(operand.change)
        groups.setdefault((kind,), []).append(operand)
        groups.setdefault((kind, operand.series), []).append(operand)
    for group in groups.values():
        for start, end in combinations(range(len(group) + 1), 2):
            parts = group[start:end]
            if len(parts) < 2:
                continue
            label = " + ".join(part.label for part in parts)
            yield Source(sum(part.value for part in parts), parts[0].kind, label, currency=parts[0].currency)
