"""The ledger: every numeral of an answer and where it comes from.

A numeral is accounted for by, in this order: a quotation that stands in a cited passage, a figure of the measurement
cited beside it, a cited passage, the question, another measurement of this turn, or a stated derivation (difference,
ratio, relative change) of two figures of one measurement. What none accounts for is `unsupported`, and is not shown.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from typing import Any

from assistant.answer import Evidence, EvidenceFigure
from assistant.answer import Numeral as NumeralRecord
from assistant.numerals import Numeral, find_numerals

_UNIT_NAMES = {"percent": "%", "points": "pp", "multiple": "x", "money": "money", "count": "", "date": "date"}


@dataclass(frozen=True, slots=True)
class _Source:
    """A known value with the kind of numeral that may state it."""

    value: float
    kind: str
    label: str


@dataclass(slots=True)
class Ledger:
    """Account for the numerals of one answer.

    Attributes:
        evidence: Measurements by marker; those of earlier turns count only where they are cited.
        current: Markers of this turn's measurements.
        passages: Texts of the passages by marker.
        question: The question, whose numerals may be repeated.
        names: Names with digits in them, which are not numerals (metrics, segments, document titles).
    """

    evidence: Mapping[str, Evidence]
    current: Collection[str]
    passages: Mapping[str, str]
    question: str
    names: Sequence[str] = ()
    records: list[NumeralRecord] = field(default_factory=list)
    _sources: dict[str, list[_Source]] = field(default_factory=dict, init=False)
    _derivations: dict[str, list[tuple[int, _Source]]] = field(default_factory=dict, init=False)
    _stated: dict[str, list[Numeral]] = field(default_factory=dict, init=False)

    def account(self, text: str, *, cited: Sequence[str]) -> list[tuple[Numeral, NumeralRecord]]:
        """Return each numeral of `text` with its record; `cited` are the markers that stand with the text."""
        quoted = list(self._quoted(text, cited))
        found = []
        for numeral in find_numerals(text, names=self._names()):
            inside = (
                marker for start, end, marker in quoted if start <= numeral.start and numeral.end <= end
            )
            marker = next(inside, None)
            status, source = ("citation", marker) if marker else self._explain(numeral, cited)
            found.append((numeral, _record(numeral, status, source)))
        return found

    def _names(self) -> list[str]:
        """Return the names with digits and letters; a name of digits alone would hide a figure."""
        segments = {f.segment for e in self.evidence.values() for f in e.figures if f.segment}
        return [
            name
            for name in (*self.names, *segments)
            if any(c.isdigit() for c in name) and any(c.isalpha() for c in name)
        ]

    def _quoted(self, text: str, cited: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yield the spans of `text` between quotation marks that stand in a cited passage word for word."""
        for start in (i + 1 for i, character in enumerate(text) if character == "“"):
            for end, marker in ((e, m) for e in _closings(text, start) for m in cited):
                if text[start:end] in self.passages.get(marker, ""):
                    yield start, end, marker
                    break

    def _explain(self, numeral: Numeral, cited: Sequence[str]) -> tuple[str, str | None]:
        beside = [marker for marker in cited if marker in self.evidence]
        others = [marker for marker in self.evidence if marker in self.current and marker not in beside]
        if source := self._in_evidence(numeral, beside):
            return "evidence", source
        if source := self._in_passages(numeral, cited):
            return "citation", source
        if any(_same(numeral, other) for other in self._stated_in("question")):
            return "question", "question"
        if source := self._in_evidence(numeral, others):
            return "evidence", source
        if source := self._derived(numeral, [*beside, *others]):
            return "derived", source
        return "unsupported", None

    def _in_evidence(self, numeral: Numeral, markers: Sequence[str]) -> str | None:
        if numeral.kind == "date":
            return _dated(numeral, [self.evidence[marker] for marker in markers])
        return next((s.label for m in markers for s in self._known(m) if _matches(numeral, s)), None)

    def _known(self, marker: str) -> list[_Source]:
        if marker not in self._sources:
            self._sources[marker] = list(_evidence_sources(self.evidence[marker]))
        return self._sources[marker]

    def _in_passages(self, numeral: Numeral, cited: Sequence[str]) -> str | None:
        for marker in cited:
            if any(_same(numeral, other) for other in self._stated_in(marker)):
                return marker
        return None

    def _stated_in(self, marker: str) -> list[Numeral]:
        """Return the numerals of a passage, or of the question under the marker `question`."""
        if marker not in self._stated:
            text = self.question if marker == "question" else self.passages.get(marker, "")
            self._stated[marker] = find_numerals(text)
        return self._stated[marker]

    def _derived(self, numeral: Numeral, markers: Sequence[str]) -> str | None:
        if numeral.value is None:
            return None
        reach, size = numeral.precision * (1 + 1e-9) + 1e-9, abs(numeral.value)
        for marker in markers:
            known = self._derivable_from(marker)
            near = known[
                bisect_left(known, size - reach, key=_size) : bisect_right(known, size + reach, key=_size)
            ]
            if found := [rank for rank in near if _matches(numeral, rank[1])]:
                return min(found, key=lambda rank: rank[0])[1].label
        return None

    def _derivable_from(self, marker: str) -> list[tuple[int, _Source]]:
        """Return what two figures of a measurement give, by size; the rank says which was headline."""
        if marker not in self._derivations:
            figures = [f for f in self.evidence[marker].figures if f.value is not None]
            pairs = ((a, b) for a, b in permutations(figures, 2) if a.unit == b.unit)
            sources = [source for a, b in pairs for source in _derivations(a, b, marker)]
            self._derivations[marker] = sorted(enumerate(sources), key=_size)
        return self._derivations[marker]


def _size(rank: tuple[int, _Source]) -> float:
    return abs(rank[1].value)


def _closings(text: str, start: int) -> list[int]:
    """Return where a quotation opened before `start` may close: at its own mark or at the first; the longer first."""
    depth, first = 1, text.find("”", start)
    for index in range(start, len(text)):
        depth += (text[index] == "“") - (text[index] == "”")
        if depth == 0:
            return [index, first] if index != first else [index]
    return [first] if first >= 0 else []


def _record(numeral: Numeral, status: str, source: str | None) -> NumeralRecord:
    return NumeralRecord(
        text=numeral.text,
        value=numeral.value,
        unit=_UNIT_NAMES[numeral.kind],
        status=status,
        source=source,
    )


def _evidence_sources(item: Evidence) -> Iterator[_Source]:
    for figure in item.figures:
        label = f"{item.marker}.{figure.name}"
        if figure.value is not None:
            yield from _unit_sources(figure.value, figure.unit, label)
        if figure.n is not None:
            yield _Source(figure.n, "count", f"{label}.n")
        for bound in figure.interval or ():
            yield from _unit_sources(bound, figure.unit, f"{label}.interval")
    for row in (item.table or {}).get("rows", ()):
        for cell in row:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                yield _Source(cell, "count", f"{item.marker}.table")
                if isinstance(cell, float) and abs(cell) <= 1:
                    yield _Source(100 * cell, "percent", f"{item.marker}.table")
                    yield _Source(100 * cell, "points", f"{item.marker}.table")
    for numeral in find_numerals(_words(item)):
        if numeral.value is not None:
            yield _Source(numeral.value, numeral.kind, f"{item.marker}.definition")
    for value in _numbers_of(item.arguments):
        yield _Source(value, "count", f"{item.marker}.arguments")


def _words(item: Evidence) -> str:
    """Return what a measurement says of itself in words: title, definition, segments."""
    lines = (line.value for line in item.definition)
    segments = ((figure.segment or "").partition("=")[2] for figure in item.figures)
    cells = (cell for row in (item.table or {}).get("rows", ()) for cell in row if isinstance(cell, str))
    return "\n\n".join((item.title, *lines, *segments, *cells))


def _unit_sources(value: float, unit: str, label: str) -> Iterator[_Source]:
    if unit == "ratio":
        yield _Source(100 * value, "percent", label)
    elif unit == "ratio_change":
        yield _Source(100 * value, "points", label)
    elif unit == "multiple":
        yield _Source(value, "multiple", label)
        yield _Source(value, "count", label)
    elif unit.startswith("currency"):
        yield _Source(value, "money", label)
    else:
        yield _Source(value, "count", label)


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


def _matches(numeral: Numeral, source: _Source) -> bool:
    if numeral.value is None or numeral.kind != source.kind:
        return False
    # A direction word usually carries the sign: "fell by 5.2 pp".
    known = source.value if numeral.signed else abs(source.value)
    value = numeral.value if numeral.signed else abs(numeral.value)
    return abs(value - known) <= numeral.precision * (1 + 1e-9) + 1e-9


def _same(numeral: Numeral, other: Numeral) -> bool:
    if numeral.kind == "date" or other.kind == "date":
        return numeral.kind == other.kind and any(
            _agree(mine, theirs) for mine in numeral.dates for theirs in other.dates
        )
    return numeral.kind == other.kind and numeral.value == other.value


def _agree(mine: tuple[int | None, ...], theirs: tuple[int | None, ...]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(mine, theirs, strict=True))


def _dated(numeral: Numeral, evidence: Iterable[Evidence]) -> str | None:
    for item in evidence:
        days = set(_dates_of(item))
        if all(any(_agree(written, day) for day in days) for written in numeral.dates):
            return f"{item.marker}.period"
    return None


def _dates_of(item: Evidence) -> Iterator[tuple[int, int, int]]:
    texts = [*_texts_of(item.arguments), item.data_as_of, *(f.period for f in item.figures if f.period)]
    texts += [cell for row in (item.table or {}).get("rows", ()) for cell in row if isinstance(cell, str)]
    for text in texts:
        for part in text.replace("/", " ").split():
            try:
                day = date.fromisoformat(part[:10])
            except ValueError:
                continue
            yield day.year, day.month, day.day


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_of(item)


def _derivations(a: EvidenceFigure, b: EvidenceFigure, marker: str) -> Iterator[_Source]:
    """Yield the difference, the relative change and the ratio of two figures of one unit."""
    assert a.value is not None
    assert b.value is not None
    difference_unit = "ratio_change" if a.unit == "ratio" else a.unit
    yield from _unit_sources(a.value - b.value, difference_unit, f"{marker}: {a.name} - {b.name}")
    if b.value:
        quotient = a.value / b.value
        yield _Source(100 * (quotient - 1), "percent", f"{marker}: {a.name} / {b.name} - 1")
        yield _Source(100 * quotient, "percent", f"{marker}: {a.name} / {b.name}")
        yield _Source(quotient, "multiple", f"{marker}: {a.name} / {b.name}")
