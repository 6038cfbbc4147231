"""What measurements say in words, and which days they name: an answer may repeat both."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assistant.answer import Evidence
from assistant.ledger.dates import PartialDate, agree
from assistant.ledger.numerals import Numeral
from assistant.ledger.sources import spans
from knowledge.language import split_sentences

#: Letters that words beside figures have at least; with fewer they are a figure and its unit.
_LETTERS = 6
_STOPS = "。.！!？?"


#: A stretch of a text from start to end, with the status and the source of its numerals.
Span = tuple[int, int, tuple[str, str]]


def stands_within(numeral: Numeral, spans: Sequence[Span]) -> tuple[str, str] | None:
    """Return status and source of the first stretch that a numeral stands in."""
    return next((why for start, end, why in spans if start <= numeral.start and numeral.end <= end), None)


def own_phrases(item: Evidence) -> Iterator[tuple[str, str]]:
    """Yield what a measurement says in words, whole and by sentence: its title, labels, definition, warnings."""
    yield from (("title", words) for words in phrases(item.title))
    for figure in item.figures:
        yield from (("label", words) for words in phrases(figure.label))
    for line in item.definition:
        yield from (("definition", words) for words in phrases(line.value))
    for warning in item.warnings:
        yield from (("warning", words) for words in phrases(warning))


def own_lines(item: Evidence) -> Iterator[tuple[str, str]]:
    """Yield how a list states each figure of a measurement: its label and its value."""
    for figure in item.figures:
        yield from ((figure.name, f"{figure.label}{colon}{figure.text}") for colon in ("：", ": ", ":"))


def phrases(text: str) -> list[str]:
    """Return a text and its sentences, where they hold digits and enough letters to be more than a figure."""
    parts = dict.fromkeys(part.strip().rstrip(_STOPS) for part in (text, *split_sentences(text)))
    return [p for p in parts if any(c.isdigit() for c in p) and sum(c.isalpha() for c in p) >= _LETTERS]


def occurrences(words: str, text: str) -> Iterator[int]:
    """Yield where words stand in a text."""
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def days_of(item: Evidence) -> Iterator[PartialDate]:
    """Yield the days that a measurement names."""
    texts = [*_texts_of(item.arguments), item.data_as_of, *(f.period for f in item.figures if f.period)]
    texts += [cell for row in (item.table or {}).get("rows", ()) for cell in row if isinstance(cell, str)]
    for text in texts:
        for period in spans(text):
            yield from ((day.year, day.month, day.day) for day in period)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_of(item)


def names_days(numeral: Numeral, evidence: Iterable[Evidence]) -> str | None:
    """Return the source of a date among measurements that name its days, None where none does."""
    for item in evidence:
        days = set(days_of(item))
        if all(any(agree(written, day) for day in days) for written in numeral.dates):
            return f"{item.marker}.period"
    return None
