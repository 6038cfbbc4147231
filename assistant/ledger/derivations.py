"""What follows from the values of a measurement, with its formula, and the operands that a sentence names.

Words announce what is derived ("a day", "the rest"); where no clause is given, everything is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answer import Evidence, EvidenceFigure
from assistant.ledger.accounts import Account
from assistant.ledger.numerals import Numeral
from assistant.ledger.operations import Operand
from assistant.ledger.series import SHARE
from assistant.ledger.sources import Source, is_change, is_earlier, kinds, series_of
from assistant.ledger.surroundings import WHOLE

_DAILY = re.compile(r"日均|每[天日]|\b(?:per|a|each) day\b|\bdaily\b", re.IGNORECASE)
_LEFT = re.compile(
    r"失败|没|未|流失|离开|其余|剩|另外|放弃|\b(?:fail\w*|not|lost|los[et]s?|drop\w*|left|leav\w*|rest|remain\w*|only once|never)\b|n't\b",
    re.IGNORECASE,
)


def level_of(source: Source) -> Operand | None:
    """Return the level or the change that a figure states, None for what is no figure."""
    if source.free or source.bound or (source.line is not None and not source.level):
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
        segment=source.segment,
    )


def operand_of(source: Source) -> Operand:
    """Return what was derived, for what is derived from it in turn."""
    return Operand(source.value, source.kind, source.label, source.currency, derived=True)


def name_wholes(sources: Sequence[Source], clause: str | None) -> list[Operand]:
    """Return the levels and changes of everybody, where a clause speaks of a share."""
    if clause is not None and not SHARE.search(clause):
        return []
    own = (s for s in sources if s.segment is None and s.text is not None and not s.earlier)
    return [operand for source in own if (operand := level_of(source))]


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


def turn_over(source: Source, clause: str | None) -> Iterator[Source]:
    """Yield what one level gives by the words of `clause`: its mean by day, and the share of those it leaves out."""
    if source.text is None or source.change:
        return
    days = (source.period[1] - source.period[0]).days + 1 if source.period else 1
    if days > 1 and source.kind in ("count", "money") and (clause is None or _DAILY.search(clause)):
        yield replace(
            source, value=source.value / days, label=f"{source.label} / {days}", text=None, fine=False
        )
    if source.kind == "percent" and 0 < source.value < 100 and (clause is None or _LEFT.search(clause)):
        yield replace(
            source, value=100 - source.value, label=f"1 - {source.label}", text=None, moved=-source.moved
        )


def counts(item: Evidence, clause: str | None) -> Iterator[Source]:
    """Yield how many a share of a sample is, and how many it leaves out where the words of `clause` say so."""
    account = Account(item)
    for figure in item.figures:
        if figure.unit == "ratio" and figure.n and 0 < (figure.value or 0) < 1 and not is_change(figure):
            base = next(account.figure(figure))
            share, left = figure.value or 0.0, clause is None or _LEFT.search(clause)
            for part, label in ((share, base.label), (1 - share, f"(1 - {base.label})")):
                if part == share or left:
                    yield replace(base, value=part * figure.n, kind="count", label=f"{label} * n", text=None)


def name_operands(
    sources: Sequence[Source], segments: frozenset[str], clause: str | None
) -> Iterator[list[Operand]]:
    """Yield, for each series of a measurement, what is known of the segments that a sentence names.

    What is known of everybody belongs to them where the sentence speaks of it, or of a share.
    """
    parts = segments - {WHOLE}
    whole = clause is None or WHOLE in segments or bool(SHARE.search(clause))
    series: dict[str, dict[Operand, None]] = {}
    for source in sources if parts else ():
        named = source.segment in parts or (whole and source.segment is None and source.text is not None)
        if named and not source.earlier and source.name and (operand := level_of(source)):
            series.setdefault(source.name, {})[operand] = None
    yield from (list(operands) for operands in series.values() if len(operands) > 1)
