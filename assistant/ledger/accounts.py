"""Read what a measurement accounts for: figures, samples, intervals, table cells, definition and arguments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer import Evidence, EvidenceFigure
from assistant.ledger.numerals import find_numerals
from assistant.ledger.sources import (
    LACKS,
    Source,
    is_change,
    is_earlier,
    kinds,
    period_of,
    series_of,
    spans,
)
from assistant.ledger.tables import TableCells

_NOUNS = {"users": "users", "orders": "orders", "days": "days", "hours": "hours"}
#: A label that is the segment's name and nothing else.
_PLAIN = re.compile(r"[^\W\d]{2,8}")
_LABELLED = re.compile(r"^([^=]*?)\s*=\s*(.+?)\s*[:：]")


@dataclass(slots=True)
class Account:
    """Read what a measurement accounts for."""

    item: Evidence
    _names: dict[str, frozenset[str]] = field(default_factory=dict)

    def sources(self) -> Iterator[Source]:
        """Yield everything, headline first."""
        item = self.item
        for figure in item.figures:
            yield from self.figure(figure)
        yield from TableCells(self.item, self._about()).sources()
        for numeral in find_numerals(_words(item)):
            if numeral.value:
                label = f"{item.marker}.definition"
                yield Source(
                    numeral.value,
                    numeral.kind,
                    label,
                    currency=numeral.currency,
                    noun=numeral.noun,
                    free=True,
                )
        for numeral in find_numerals("\n\n".join(figure.label for figure in item.figures)):
            named = numeral.kind == "percent" and "." not in numeral.text
            if numeral.value and (named or numeral.kind == "time" or numeral.noun in ("days", "hours")):
                yield Source(
                    numeral.value, numeral.kind, f"{item.marker}.label", noun=numeral.noun, free=True
                )
        if rows := (item.table or {}).get("rows"):
            yield Source(len(rows), "count", f"{item.marker}.table", free=True, rows=True)
        for value in filter(None, _numbers_of(item.arguments)):
            yield Source(value, "count", f"{item.marker}.arguments", free=True)
        if any(figure.interval for figure in item.figures):
            yield Source(95.0, "percent", f"{item.marker}.interval", free=True, fine=False, bound=True)

    def figure(self, figure: EvidenceFigure) -> Iterator[Source]:
        """Yield what one figure accounts for: its value, its sample and its interval."""
        base = replace(
            self._about(),
            label=f"{self.item.marker}.{figure.name}",
            name=figure.name,
            segment=figure.segment,
            named=figure.segment is None or bool(_LABELLED.match(figure.label)),
            period=None if is_change(figure) else period_of(figure),
            earlier=is_earlier(figure),
        )
        if figure.value is not None:
            for kind, value in kinds(figure.value, figure.unit):
                yield replace(
                    base,
                    value=value,
                    kind=kind,
                    change=is_change(figure),
                    lacks=bool(LACKS.search(figure.label)),
                    moved=self._moved(figure),
                    text=figure.text,
                    fine=False,
                    currency=_currency(figure.unit),
                    noun=_NOUNS.get(figure.unit, ""),
                )
        if figure.n is not None:
            noun = _NOUNS.get(figure.unit, "")
            yield replace(base, value=figure.n, kind="count", label=f"{base.label}.n", noun=noun)
        for bound in figure.interval or ():
            for kind, value in kinds(bound, figure.unit):
                yield replace(
                    base,
                    value=value,
                    kind=kind,
                    label=f"{base.label}.interval",
                    bound=True,
                    fine=False,
                    currency=_currency(figure.unit),
                )

    def _about(self) -> Source:
        item = self.item
        periods = tuple(dict.fromkeys(p for f in item.figures for p in spans(f.period)))
        return Source(
            0.0,
            "count",
            item.marker,
            scope=self.scope(),
            compared=any(is_earlier(figure) for figure in item.figures),
            periods=periods,
        )

    def _moved(self, figure: EvidenceFigure) -> int:
        """Return which way the series of a level went between the two periods."""
        if is_change(figure):
            return 0
        series = series_of(figure)
        levels = [f for f in self.item.figures if series_of(f) == series and f.value is not None]
        before = next((f.value for f in levels if is_earlier(f)), None)
        after = next((f.value for f in levels if not is_earlier(f)), None)
        return 0 if before is None or after is None else (after > before) - (after < before)

    def segment_names(self) -> dict[str, frozenset[str]]:
        """Return the segments of the measurement with the names they go by."""
        if not self._names:
            found: dict[str, set[str]] = {}
            for figure in self.item.figures:
                if figure.segment:
                    own = found.setdefault(figure.segment, {figure.segment.partition("=")[2]})
                    if labelled := _LABELLED.match(figure.label):
                        own.add(labelled[2])
                    elif _PLAIN.fullmatch(figure.label):
                        own.add(figure.label)
            self._names = {segment: frozenset(own - {""}) for segment, own in found.items()}
        return self._names

    def scope(self) -> frozenset[str]:
        """Return the segments that the whole measurement is of."""
        return frozenset(_segments_in(self.item.arguments))

    def other_names(self) -> Iterator[str]:
        """Yield what the measurement and its figures are called, beside the segments."""
        yield self.item.title
        yield from (name for f in self.item.figures if (name := _LABELLED.sub("", f.label).strip()))

    def dimension_names(self) -> dict[str, frozenset[str]]:
        """Return the dimensions of the measurement with the names they go by."""
        found: dict[str, set[str]] = {}
        for figure in self.item.figures:
            if figure.segment and (labelled := _LABELLED.match(figure.label)):
                dimension = figure.segment.partition("=")[0]
                found.setdefault(dimension, {dimension.replace("_", " ")}).add(labelled[1])
        return {dimension: frozenset(names - {""}) for dimension, names in found.items()}


def _currency(unit: str) -> str:
    return unit.removeprefix("currency:") if unit.startswith("currency:") else ""


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


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


def _segments_in(value: Any) -> Iterator[str]:
    """Yield the segments that arguments name, as `{dimension: [value, …]}`."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, list | tuple):
                yield from (f"{key}={one}" for one in item if isinstance(one, str))
            yield from _segments_in(item)
