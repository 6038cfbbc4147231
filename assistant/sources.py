"""What a measurement can account for: its figures, samples, intervals, table, words, and derivations of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.answer import Evidence, EvidenceFigure
from assistant.numerals import Numeral, find_numerals

#: How coarsely a source may be written: as coarse as one likes, or percent and points with a decimal at least and
#: all else within half a percent of itself.
_FINE_POINTS, _FINE_SHARE = 0.05, 0.005
_CHANGES = re.compile(r"change|contribution|effect|lift")
_LABELLED = re.compile(r"^[^=]*=\s*(.+?)\s*[:：]")
_EARLIER = re.compile(r"_before$|^before$")
_LATER = re.compile(r"_after$|^after$")
_PERIOD = re.compile(r"_(?:before|after)$")


@dataclass(frozen=True, slots=True)
class Source:
    """A known value with the kind of numeral that may state it.

    Attributes:
        value: In the unit of a numeral of that kind.
        kind: Of the numerals that may state it.
        label: Marker and name.
        segment: The part of the whole it belongs to, e.g. `channel=douyin`; None for the whole.
        change: Whether it is a change, whose sign a direction word must agree with.
        text: How the tool writes it; None for what is not a figure.
        fine: Whether it may be stated only with about the tool's precision.
    """

    value: float
    kind: str
    label: str
    segment: str | None = None
    change: bool = False
    text: str | None = None
    fine: bool = True


def evidence_sources(item: Evidence) -> Iterator[Source]:
    """Yield what a cited measurement accounts for, headline first."""
    for figure in item.figures:
        label, segment = f"{item.marker}.{figure.name}", figure.segment
        if figure.value is not None:
            for kind, value in _kinds(figure.value, figure.unit):
                yield Source(value, kind, label, segment, is_change(figure), figure.text, fine=False)
        if figure.n is not None:
            yield Source(figure.n, "count", f"{label}.n", segment)
        for bound in figure.interval or ():
            for kind, value in _kinds(bound, figure.unit):
                yield Source(value, kind, f"{label}.interval", segment)
    yield from _cells(item)
    for numeral in find_numerals(_words(item)):
        if numeral.value is not None:
            yield Source(numeral.value, numeral.kind, f"{item.marker}.definition")
    for value in _numbers_of(item.arguments):
        yield Source(value, "count", f"{item.marker}.arguments")


def derived_sources(item: Evidence) -> Iterator[Source]:
    """Yield what an earlier and a later value of one figure give: difference, relative change and ratio."""
    series: dict[tuple[str, str | None, str], list[EvidenceFigure]] = {}
    for figure in item.figures:
        if figure.value is not None and not is_change(figure):
            name = _PERIOD.sub("", figure.name)
            series.setdefault((name, figure.segment, figure.unit), []).append(figure)
    for (_, segment, unit), figures in series.items():
        for before, after in pairwise(sorted(figures, key=_when)):
            if _when(before) != _when(after):
                yield from _derivations(before, after, unit, segment, item.marker)


def words_of(item: Evidence) -> Iterator[str]:
    """Yield what a measurement says of itself in words, line by line."""
    yield item.title
    yield from item.warnings
    yield from (figure.label for figure in item.figures)
    for line in item.definition:
        yield from (line.label, line.value)


def is_change(figure: EvidenceFigure) -> bool:
    """Tell whether a figure is a change rather than a level."""
    shares = figure.name.startswith("share")
    return not shares and (figure.unit == "ratio_change" or bool(_CHANGES.search(figure.name)))


def states(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is the source's value, rounded as it is written."""
    if numeral.value is None or numeral.kind != source.kind:
        return False
    # A direction word usually carries the sign: "fell by 5.2 pp".
    known = source.value if numeral.signed else abs(source.value)
    value = numeral.value if numeral.signed else abs(numeral.value)
    return abs(value - known) <= numeral.precision * (1 + 1e-9) + 1e-9


def is_fine(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is written about as precisely as a tool writes."""
    if numeral.kind in ("percent", "points"):
        return numeral.precision <= _FINE_POINTS * (1 + 1e-9)
    return numeral.precision <= max(0.5, _FINE_SHARE * abs(source.value))


def is_text(numeral: Numeral, source: Source) -> bool:
    """Tell whether a numeral is the tool's own text up to spacing, sign and unit words."""
    if not source.text or not states(numeral, source):
        return False
    written = find_numerals(source.text)
    return any(n.kind == numeral.kind and numeral.precision <= n.precision * (1 + 1e-9) for n in written)


def segment_names(item: Evidence) -> dict[str, frozenset[str]]:
    """Return the segments of a measurement with the names they go by, in lower case."""
    names: dict[str, set[str]] = {}
    for figure in item.figures:
        if figure.segment:
            own = names.setdefault(figure.segment, {figure.segment.partition("=")[2].lower()})
            if labelled := _LABELLED.match(figure.label):
                own.add(labelled[1].lower())
    return {segment: frozenset(own - {""}) for segment, own in names.items()}


def _kinds(value: float, unit: str) -> Iterator[tuple[str, float]]:
    if unit == "ratio":
        yield "percent", 100 * value
    elif unit == "ratio_change":
        yield "points", 100 * value
    elif unit == "multiple":
        yield "multiple", value
        yield "count", value
    elif unit.startswith("currency"):
        yield "money", value
    else:
        yield "count", value


def _cells(item: Evidence) -> Iterator[Source]:
    table = item.table or {}
    columns = [str(column) for column in table.get("columns") or ()]
    money = any(figure.unit.startswith("currency") for figure in item.figures)
    segments = {figure.segment.partition("=")[2]: figure.segment for figure in item.figures if figure.segment}
    label = f"{item.marker}.table"
    for row in table.get("rows") or ():
        segment = next((s for c in row if isinstance(c, str) and (s := segments.get(c))), None)
        for column, cell in zip([*columns, *[""] * len(row)], row, strict=False):
            if isinstance(cell, bool) or not isinstance(cell, int | float):
                continue
            change = bool(_CHANGES.search(column))
            if isinstance(cell, float) and abs(cell) <= 1:
                yield Source(100 * cell, "points" if change else "percent", label, segment, change)
            else:
                yield Source(cell, "count", label, segment, change)
                if money:
                    yield Source(cell, "money", label, segment, change)


def _words(item: Evidence) -> str:
    """Return what a measurement says of itself in words: title, definition, segments."""
    lines = (line.value for line in item.definition)
    segments = ((figure.segment or "").partition("=")[2] for figure in item.figures)
    cells = (cell for row in (item.table or {}).get("rows", ()) for cell in row if isinstance(cell, str))
    return "\n\n".join((item.title, *lines, *segments, *cells))


def _numbers_of(value: Any) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _numbers_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers_of(item)


def _when(figure: EvidenceFigure) -> tuple[bool, str]:
    """Return what orders the values of one figure in time; the period of a segment's pair covers both."""
    return not _EARLIER.search(figure.name), "" if _LATER.search(figure.name) else figure.period or ""


def _derivations(
    before: EvidenceFigure, after: EvidenceFigure, unit: str, segment: str | None, marker: str
) -> Iterator[Source]:
    """Yield later minus earlier, later over earlier less one, and later over earlier."""
    assert before.value is not None
    assert after.value is not None
    names = after.name, before.name
    for kind, value in _kinds(after.value - before.value, "ratio_change" if unit == "ratio" else unit):
        yield Source(value, kind, f"{marker}: {names[0]} - {names[1]}", segment, change=True)
    if before.value:
        quotient = after.value / before.value
        over = f"{marker}: {names[0]} / {names[1]}"
        yield Source(100 * (quotient - 1), "percent", f"{over} - 1", segment, change=True)
        yield Source(100 * quotient, "percent", over, segment)
        yield Source(quotient, "multiple", over, segment)
