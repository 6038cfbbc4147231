"""The words that a workspace's people use: metrics, events, segments, dimensions and their values, found in a question."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from knowledge.language import to_simplified
from tools.declarations import words_of
from tools.semantics import Semantics

MentionKind = Literal["metric", "event", "dimension", "value", "segment", "competitor"]
#: A longer match wins; between equals, what measures goes before what splits.
#: A gap in a phrase of the catalogue, which a few words of the same clause may fill.
_GAP = r"(?:[^，。；？！,.;?!]|(?<=\d)[,.](?=\d)){0,24}?"
_RANK = {"metric": 0, "segment": 1, "value": 1, "dimension": 2, "event": 3, "competitor": 1}


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of the question that names something of metrics.yaml.

    For a value, `name` is the value and `dimension` its dimension.
    """

    kind: MentionKind
    name: str
    words: str
    start: int
    end: int
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: re.Pattern[str]
    kind: MentionKind
    name: str
    dimension: str | None = None


class Vocabulary:
    """Find a workspace's own words in a text."""

    def __init__(self, semantics: Semantics | None) -> None:
        self.semantics = semantics

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        return tuple(_entries(self.semantics)) if self.semantics else ()

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in `text` (Simplified), in order and without overlaps, the longest match winning."""
        candidates = [
            Mention(entry.kind, entry.name, match.group(), match.start(), match.end(), entry.dimension)
            for entry in self._entries
            for match in entry.pattern.finditer(text)
        ]
        candidates.sort(key=lambda m: (m.start - m.end, _RANK[m.kind], m.start))
        taken: list[Mention] = []
        for mention in candidates:
            if not any(mention.start < other.end and other.start < mention.end for other in taken):
                taken.append(mention)
        return sorted(taken, key=lambda m: m.start)

    def others(self, excluded: Mapping[str, set[str]]) -> dict[str, list[str]]:
        """Return, per dimension, the declared values that are not excluded."""
        if self.semantics is None:
            return {}
        declared = {name: self.semantics.dimensions[name].values for name in excluded}
        return {name: [v for v in values if v not in excluded[name]] for name, values in declared.items()}


def _entries(semantics: Semantics) -> Iterator[_Entry]:
    for name, metric in semantics.metrics.items():
        yield from _named("metric", name, (metric.names.zh, metric.names.en, *metric.synonyms))
    for name, event in semantics.events.items():
        yield from _named("event", name, (event.names.zh, event.names.en, *event.synonyms))
    for name, segment in semantics.segments.items():
        yield from _named("segment", name, (segment.names.zh, segment.names.en, *segment.synonyms))
    for name, competitor in semantics.market.others().items() if semantics.market else ():
        yield from _named("competitor", name, words_of(name, competitor))
    for name, dimension in semantics.dimensions.items():
        yield from _named("dimension", name, (dimension.names.zh, dimension.names.en, *dimension.synonyms))
        for value, known in dimension.values.items():
            words = (known.names.zh, known.names.en, *known.synonyms)
            yield from _named("value", value, words, dimension=name)


def _named(
    kind: MentionKind, name: str, words: Iterable[str | None], *, dimension: str | None = None
) -> Iterator[_Entry]:
    for word in dict.fromkeys([name, name.replace("_", " "), *words]):
        if word and len(word.strip()) >= 2:
            pattern = word_pattern(to_simplified(word.strip()), inflected=kind == "event")
            yield _Entry(pattern, kind, name, dimension)


def word_pattern(word: str, *, inflected: bool = False) -> re.Pattern[str]:
    """Return the pattern of a word: any case, a plural in English, blanks and hyphens as they come.

    A phrase may have a gap, written …, as in "what do … after".

    Args:
        inflected: whether the word is what people do, so that "sign up" is "signed up", too.
    """
    return re.compile(_GAP.join(_phrase(part, inflected) for part in word.split("…")), re.IGNORECASE)


def _phrase(words: str, inflected: bool) -> str:
    words = words.strip()
    blank = r"[\s-]+" if words.isascii() else r"[\s-]*"  # 30 日 and 30日 are one word
    body = re.escape(words).replace(r"\ ", blank).replace(r"\-", r"[\s-]?")
    if inflected and words.isascii():
        body = re.sub(r"^([A-Za-z]{3,}?)(e?)(?![A-Za-z])", r"\1(?:\2|\2s|es|ed|ing)", body)
    if words[0].isascii() and words[0].isalnum():
        body = r"(?<![A-Za-z0-9_])" + body
    if words[-1].isascii() and words[-1].isalnum():
        body += r"(?:s|es)?(?![A-Za-z0-9_])"
    return body
