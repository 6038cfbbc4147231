"""What operands give together: differences, quotients, growth, sums and what a sum leaves of a total.

Each operation is announced by words ("together", 占, "higher"); where no clause is given, all of them are carried out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from assistant.ledger.directions import has_direction
from assistant.ledger.numerals import HALVED
from assistant.ledger.series import IN_BRACKETS, SHARE, SUM
from assistant.ledger.sources import Source

_GAP = re.compile(
    r"差|高|低|多|少|贵|便宜|\d\D{0,3}\s[−–-]\s\d|领先|落后|超出|相比|拉开|\b(?:gap|difference|higher|lower|more|less|fewer|above|below|ahead|behind|lead\w*|trail\w*|apart|points? (?:over|under)|margin|short|spread|over|under|dearer|cheaper|costlier)\b",
    re.I,
)
_PER = re.compile(r"人均|平均|日均|周均|月均|均[价值为约]|每|客单|\b(?:per|each|average|mean)\b", re.I)
_TIMES = re.compile(r"倍|\b(?:times|double|twice|x|fold|ratio)\b|\dx\b|折|翻", re.I)
#: After a total: what it is made of.
_LISTS = re.compile(r"\d\D{0,10}[:：（(]\s?\D{0,12}\d")
#: What a sum leaves of a total.
_REST = re.compile(r"其余|其他|剩|余下|另外|\b(?:rest|remain\w*|left|leav\w*|others?)\b", re.I)
_MOST_OPERANDS, _MOST_SUMMED = 8, 24
_COUNTED = ("count", "money")


@dataclass(frozen=True, slots=True)
class Operand:
    """A level or a change that a sentence states, or names by its segment."""

    value: float
    kind: str
    label: str
    currency: str = ""
    earlier: bool = False
    derived: bool = False
    noun: str = ""
    series: str = ""
    change: bool = False
    segment: str | None = None
    written: float | None = None


def combine(operands: Sequence[Operand], clause: str | None) -> Iterator[Source]:
    """Yield what operands give by the operations that the words of `clause` announce."""
    yield from add_up(operands, clause)
    operands = list(dict.fromkeys(operands))[-_MOST_OPERANDS:]
    levels = [o for o in operands if not o.change]
    if _tells_gap(clause):
        for one, other in combinations(levels, 2):
            if one.kind == other.kind and one.kind in ("percent", "multiple", *_COUNTED):
                yield _difference(one, other)
                if (
                    one.written is not None and other.written is not None
                ):  # 43.9 % - 24.9 %, of 43.94 and 24.89
                    yield _difference(replace(one, value=one.written), replace(other, value=other.written))
    for one, other in permutations(operands, 2):
        if one.change != other.change or not other.value:
            continue
        if one.change:
            yield from _parts(one, other, clause)
        elif not (one.noun and other.noun and one.noun != other.noun):
            yield from _quotients(one, other, clause)


def share_out(operands: Sequence[Operand], wholes: Sequence[Operand], clause: str | None) -> Iterator[Source]:
    """Yield which share of a whole each operand is, where the words of `clause` speak of one."""
    if not (_says(SHARE, clause) or _says(IN_BRACKETS, clause)):
        return
    for one in (*operands, *_run_totals(operands)):
        for whole in wholes:
            same = one.kind == whole.kind and one.kind in _COUNTED and one.change == whole.change
            if same and whole.value and 0 < one.value / whole.value <= 1:
                yield Source(100 * one.value / whole.value, "percent", f"{one.label} / {whole.label}")


def _run_totals(operands: Sequence[Operand]) -> Iterator[Operand]:
    """Yield the totals of the figures of a sentence that stand together."""
    for group in _alike(operands[-_MOST_OPERANDS:]):
        for start, end in combinations(range(len(group) + 1), 2):
            if end - start > 1:
                total = _total(group[start:end])
                change = group[0].change
                yield Operand(total.value, total.kind, f"({total.label})", total.currency, change=change)


def add_up(operands: Sequence[Operand], clause: str | None) -> Iterator[Source]:
    """Yield the sums of operands, and what they leave of a total, where the words of `clause` announce one."""
    if not (_says(SUM, clause) or _says(_LISTS, clause) or _says(_REST, clause)):
        return
    for group in _alike(list(dict.fromkeys(operands))[-_MOST_SUMMED:]):
        for start, end in combinations(range(len(group) + 1), 2):
            of_parts = {
                operand.segment is None for operand in group[start:end]
            }  # no total with its own parts
            if end - start > 1 and len(of_parts) == 1:
                yield _total(group[start:end])
        if _says(_REST, clause) and group[0].kind in _COUNTED:
            yield from _remainders(group)


def _says(pattern: re.Pattern[str], clause: str | None) -> bool:
    return clause is None or bool(pattern.search(clause))


def _tells_gap(clause: str | None) -> bool:
    return clause is None or bool(_GAP.search(clause)) or has_direction(clause)


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


def _parts(one: Operand, other: Operand, clause: str | None) -> Iterator[Source]:
    """Yield which part of one change another one is, or how many times it."""
    quotient, label = one.value / other.value, f"{one.label} / {other.label}"
    if one.kind == other.kind and quotient > 0:
        if _says(SHARE, clause) or _says(IN_BRACKETS, clause):
            yield Source(100 * quotient, "percent", label)
        if _says(_TIMES, clause) and quotient >= 1:
            yield Source(quotient, "multiple", label)


def _quotients(one: Operand, other: Operand, clause: str | None) -> Iterator[Source]:
    quotient, label = one.value / other.value, f"{one.label} / {other.label}"
    if (one.kind, other.kind) == ("money", "count") and _says(_PER, clause):
        yield Source(quotient, "money", label, currency=one.currency)
    if one.kind != other.kind or one.kind not in ("percent", *_COUNTED):
        return
    if (_says(_TIMES, clause) and quotient >= 1) or _says(HALVED, clause):
        yield Source(quotient, "multiple", label)
        if clause is None or has_direction(clause):
            yield Source(quotient - 1, "multiple", f"{label} - 1", change=True)
    if (_says(SHARE, clause) or _says(IN_BRACKETS, clause)) and quotient <= 1 and one.kind != "percent":
        yield Source(100 * quotient, "percent", label)
    alike = clause is not None or one.series == other.series
    if alike and _tells_gap(clause) and not (one.earlier and not other.earlier):
        yield Source(100 * (quotient - 1), "percent", f"{label} - 1", change=True)


def _alike(operands: Sequence[Operand]) -> Iterator[list[Operand]]:
    """Yield the operands of one kind, and those of one column."""
    groups: dict[tuple[str, ...], list[Operand]] = {}
    for operand in operands:
        kind = operand.kind + str(operand.change)
        groups.setdefault((kind,), []).append(operand)
        groups.setdefault((kind, operand.series), []).append(operand)
    yield from groups.values()


def _total(parts: Sequence[Operand]) -> Source:
    first = parts[0]
    noun = first.noun if all(part.noun == first.noun for part in parts) else ""
    label = " + ".join(part.label for part in parts)
    return Source(sum(part.value for part in parts), first.kind, label, currency=first.currency, noun=noun)


def _remainders(group: Sequence[Operand]) -> Iterator[Source]:
    """Yield what the operands that stand together leave of one before them."""
    for start, whole in enumerate(group):
        for first in range(start + 1, len(group)):
            for end in range(first + 1, len(group) + 1):
                parts = _total(group[first:end])
                if 0 < parts.value < whole.value:
                    yield Source(
                        whole.value - parts.value,
                        whole.kind,
                        f"{whole.label} - ({parts.label})",
                        currency=whole.currency,
                        noun=parts.noun,
                    )
