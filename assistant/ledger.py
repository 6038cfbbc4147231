"""The ledger: every numeral of an answer and where it comes from.

A numeral is accounted for by, in this order: a quotation that stands in a cited passage, the words of a measurement
or of a tool's error, a figure of the measurement cited beside it, a cited passage, the question, a figure of this turn
exactly as its tool writes it, or a stated derivation (later minus earlier, relative change, ratio) of one figure of a
cited measurement. What none accounts for is `unsupported`, and is not shown.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.answer import Evidence
from assistant.answer import Numeral as NumeralRecord
from assistant.directions import find_direction, states_change
from assistant.numerals import Numeral, find_numerals
from assistant.quotations import iter_quotations
from assistant.sources import (
    Source,
    derived_sources,
    evidence_sources,
    is_fine,
    is_text,
    segment_names,
    states,
)
from knowledge.language import split_sentences

#: A stretch of a text from start to end, with the status and the source of its numerals.
_Span = tuple[int, int, tuple[str, str]]

#: Letters that words beside figures have at least; with fewer they are a figure and its unit.
_LETTERS = 6

_STOPS = "。.！!？?"

_UNIT_NAMES = {"percent": "%", "points": "pp", "multiple": "x", "money": "money", "count": "", "date": "date"}


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence with what stands beside its numerals.

    Attributes:
        text: The sentence.
        cited: Its markers.
    """

    text: str
    cited: Sequence[str]


@dataclass(slots=True)
class Ledger:
    """Account for the numerals of one answer.

    Attributes:
        evidence: Measurements by marker; those of earlier turns count only where they are cited.
        current: Markers of this turn's measurements.
        passages: Texts of the passages by marker.
        question: The question, whose numerals may be repeated.
        statements: Sentences of tools' errors, whose numerals are no claims of the answer.
        names: Names with digits in them, which are not numerals (metrics, segments, document titles).
    """

    evidence: Mapping[str, Evidence]
    current: Collection[str]
    passages: Mapping[str, str]
    question: str
    names: Sequence[str] = ()
    statements: Sequence[str] = ()
    records: list[NumeralRecord] = field(default_factory=list)
    _sources: dict[str, list[Source]] = field(default_factory=dict, init=False)
    _derivations: dict[str, list[Source]] = field(default_factory=dict, init=False)
    _words: dict[str, list[tuple[str, str]]] = field(default_factory=dict, init=False)
    _stated: dict[str, list[Numeral]] = field(default_factory=dict, init=False)

    def account(self, text: str, *, cited: Sequence[str]) -> list[tuple[Numeral, NumeralRecord]]:
        """Return each numeral of `text`, one sentence, with its record; `cited` are the markers of the sentence."""
        claim = _Claim(text, cited)
        said = [words for statement in self.statements for words in _phrases(statement)]
        told = [(start, start + len(words)) for words in said for start in _occurrences(words, text)]
        spans = [*self._quoted(text, cited), *self._worded(text, cited)]
        found = []
        for numeral in find_numerals(text, names=self._names()):
            if any(start <= numeral.start and numeral.end <= end for start, end in told):
                continue
            inside = (why for start, end, why in spans if start <= numeral.start and numeral.end <= end)
            span = next(inside, None)
            status, source = span or self._explain(numeral, claim)
            found.append((numeral, build_record(numeral, status, source)))
        return found

    def _names(self) -> list[str]:
        """Return the names with digits and letters; a name of digits alone would hide a figure."""
        segments = {f.segment for e in self.evidence.values() for f in e.figures if f.segment}
        return [
            name
            for name in (*self.names, *segments)
            if any(c.isdigit() for c in name) and any(c.isalpha() for c in name)
        ]

    def _quoted(self, text: str, cited: Sequence[str]) -> Iterator[_Span]:
        """Yield the spans of `text` between quotation marks that stand in a cited passage word for word."""
        taken = 0
        for start, end in iter_quotations(text):
            if start >= taken and (m := next((m for m in cited if text[start:end] in self._text(m)), None)):
                taken = start + 1
                yield start, end, ("citation", m)

    def _text(self, marker: str) -> str:
        return self.passages.get(marker, "")

    def _worded(self, text: str, cited: Sequence[str]) -> Iterator[_Span]:
        """Yield the spans of `text` that a measurement of this turn, or a cited one, says in these very words."""
        for marker, item in self.evidence.items():
            if marker in cited or marker in self.current:
                if marker not in self._words:
                    self._words[marker] = list(dict.fromkeys(_own_words(item)))
                for part, words in self._words[marker]:
                    for start in _occurrences(words, text):
                        yield start, start + len(words), ("evidence", f"{marker}.{part}")

    def _explain(self, numeral: Numeral, claim: _Claim) -> tuple[str, str | None]:
        beside = [marker for marker in claim.cited if marker in self.evidence]
        others = [marker for marker in self.evidence if marker in self.current and marker not in beside]
        if source := self._in_evidence(numeral, claim, beside):
            return "evidence", source
        if source := self._in_passages(numeral, claim.cited):
            return "citation", source
        if any(_same(numeral, other) for other in self._stated_in("question")):
            return "question", "question"
        if source := self._in_evidence(numeral, claim, others):
            return "evidence", source
        if source := self._derived(numeral, claim, beside):
            return "derived", source
        return "unsupported", None

    def _in_evidence(self, numeral: Numeral, claim: _Claim, markers: Sequence[str]) -> str | None:
        if numeral.kind == "date":
            return _dated(numeral, [self.evidence[marker] for marker in markers])
        for marker in markers:
            for source in self._known(marker):
                exact = marker in claim.cited or is_text(numeral, source)
                if exact and self._may_state(numeral, source, claim, marker):
                    return source.label
        return None

    def _may_state(self, numeral: Numeral, source: Source, claim: _Claim, marker: str) -> bool:
        """Tell whether the sentence, by its segments, direction words and rounding, may mean the source."""
        if not states(numeral, source):
            return False
        named = _named_segments(claim.text, segment_names(self.evidence[marker]))
        if source.segment and named and source.segment not in named:
            return False
        coarse = not source.fine and (source.segment is None or source.segment in named)
        return (coarse or is_fine(numeral, source)) and _agrees(numeral, source, claim.text)

    def _known(self, marker: str) -> list[Source]:
        if marker not in self._sources:
            self._sources[marker] = list(evidence_sources(self.evidence[marker]))
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

    def _derived(self, numeral: Numeral, claim: _Claim, markers: Sequence[str]) -> str | None:
        for marker in markers:
            if marker not in self._derivations:
                self._derivations[marker] = list(derived_sources(self.evidence[marker]))
            for source in self._derivations[marker]:
                if self._may_state(numeral, source, claim, marker):
                    return source.label
        return None


def _own_words(item: Evidence) -> Iterator[tuple[str, str]]:
    """Yield what a measurement says in words, whole and by sentence: its title, labels, definition, warnings."""
    yield from (("title", words) for words in _phrases(item.title))
    for figure in item.figures:
        yield from (("label", words) for words in _phrases(figure.label))
    for line in item.definition:
        yield from (("definition", words) for words in _phrases(line.value))
    for warning in item.warnings:
        yield from (("warning", words) for words in _phrases(warning))


def _phrases(text: str) -> list[str]:
    """Return a text and its sentences, where they hold digits and enough letters to be more than a figure."""
    parts = dict.fromkeys(part.strip().rstrip(_STOPS) for part in (text, *split_sentences(text)))
    return [p for p in parts if any(c.isdigit() for c in p) and sum(c.isalpha() for c in p) >= _LETTERS]


def _occurrences(words: str, text: str) -> Iterator[int]:
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def _named_segments(text: str, names: Mapping[str, Iterable[str]]) -> set[str]:
    lowered = text.lower()
    return {segment for segment, own in names.items() if any(_names(lowered, name) for name in own)}


def _names(text: str, name: str) -> bool:
    """Tell whether a name stands in a text, as words of their own where it is in Latin letters."""
    if not name.isascii():
        return name in text
    return bool(re.search(rf"(?<![a-z0-9_]){re.escape(name)}(?![a-z0-9_])", text))


def _agrees(numeral: Numeral, source: Source, text: str) -> bool:
    """Tell whether the words beside a numeral say of its source what is so."""
    if not source.change:
        return numeral.kind != "percent" or not states_change(text, numeral.start)
    direction = 0 if numeral.signed else find_direction(text, numeral.start, numeral.end)
    return direction * source.value >= 0


def build_record(numeral: Numeral, status: str, source: str | None) -> NumeralRecord:
    """Return the record of a numeral for the answer."""
    return NumeralRecord(
        text=numeral.text,
        value=numeral.value,
        unit=_UNIT_NAMES[numeral.kind],
        status=status,
        source=source,
    )


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
