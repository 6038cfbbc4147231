"""Pick the sentences of passages that answer a question, word for word."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

import numpy as np

from assistant.analyst.answer_types import find_type, measure_fit
from assistant.analyst.sentences import Sentence, cut_sentences
from assistant.turn import Passage
from knowledge.embedding.embeddings import Embedder
from knowledge.language import HAN, index_terms, terms, to_simplified
from knowledge.search.question import Concept

#: Sentences that are compared by meaning; the rest are out on words alone.
_COMPARED = 24
# What each trait of a sentence adds: a logistic regression on questions and the sentences of encyclopaedia passages
# that answer them, rounded. The same weights serve both languages and questions across them.
_WORDS, _NEWS, _MEANING, _RANK, _FIRST, _TYPE, _LENGTH, _ASKS = 0.35, 0.22, 0.43, 0.2, 0.08, 0.1, 0.05, -0.2
#: What a heading adds that asks what the question asks: who, when, why. Encyclopaedias have none.
_ASKED_ABOVE = 0.2
#: What a heading adds below the title that has all that the question asks about. Encyclopaedias have none.
_HEADED = 0.3
# When a sentence counts as an answer: a logistic regression on questions that the passages answer and such that they
# do not.
_BY_SEARCH, _BY_SENTENCE, _INTERCEPT = 0.66, 8.7, -5.5
_FULL_LENGTH = 200
_LONGEST = 3.0


class Reader(Protocol):
    """What reads words and meaning, both languages alike: a knowledge base."""

    @property
    def embedder(self) -> Embedder:
        """The embedding model."""

    def read_concepts(self, question: str) -> dict[str, tuple[Concept, ...]]:
        """Return what a question asks about, in words of each language."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence with how well it answers.

    Attributes:
        match: By itself, about 0 to 1.4.
        score: With what its passage adds for the kind of question.
    """

    sentence: Sentence
    match: float
    score: float

    @property
    def passage(self) -> Passage:
        """The passage it stands in."""
        return self.sentence.passage


class Extractor:
    """Ranks the sentences of passages against one question.

    A sentence need not name what its passage is about. So the words of the question count by how far they tell the
    sentences of one passage apart, and those that its title, headings and first sentence lack count once more. What
    answers a question stands in for the question that it follows.
    """

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        reader: Reader,
        *,
        bonus: Callable[[Passage], float] | None = None,
    ) -> None:
        """Read the question and cut the passages.

        Args:
            question: The question, with what else was found to be about it.
            passages: Where to look.
            reader: Reads words and meaning.
            bonus: What a sentence gains by the passage it stands in.
        """
        self._question = to_simplified(question)
        self._type = find_type(self._question)
        self._concepts = reader.read_concepts(self._question)
        self._embedder = reader.embedder
        self._bonus = bonus or (lambda _: 0.0)
        self._best = max((passage.score for passage in passages), default=0.0) or 1.0
        self._sections = [_Section(passage, self._concepts) for passage in passages]

    def ranked(self) -> list[Extract]:
        """Return the sentences, best first."""
        rarity = _weigh_concepts(self._sections, self._concepts)
        found = [
            (sentence, self._match(section, number, rarity))
            for section in self._sections
            for number, sentence in enumerate(section.sentences)
            if section.bears(number)
        ]
        compared = sorted(found, key=lambda pair: -pair[1])[:_COMPARED]
        if not compared:
            return []
        vectors = self._embedder.embed([self._question, *(sentence.words for sentence, _ in compared)])
        meanings = np.clip(vectors[1:] @ vectors[0], 0, 1)
        extracts = [
            self._extract(sentence, match + _MEANING * float(meaning))
            for (sentence, match), meaning in zip(compared, meanings, strict=True)
        ]
        return sorted(extracts, key=lambda extract: -extract.score)

    def _extract(self, sentence: Sentence, match: float) -> Extract:
        return Extract(sentence, match, match + self._bonus(sentence.passage))

    def _match(self, section: "_Section", number: int, rarity: dict[Concept, float]) -> float:
        """Return what everything but the meaning says for a sentence."""
        sentence = section.sentences[number]
        share = section.passage.score / self._best
        length = sum(2 if character >= HAN[0] else 1 for character in sentence.text) / _FULL_LENGTH
        return (
            _WORDS * section.coverage(number)
            + _NEWS * section.news(number, rarity)
            + _RANK * share
            + _FIRST * (share == 1)
            + _TYPE * measure_fit(self._type, sentence.words, self._question)
            + _LENGTH * min(length, _LONGEST)
            + _ASKS * sentence.is_question
            + _HEADED * section.headed
            + _ASKED_ABOVE * (self._type is not None and section.asks is self._type)
        )


class _Section:
    """A passage, its sentences, and which concepts of the question each of them has."""

    def __init__(self, passage: Passage, concepts: dict[str, tuple[Concept, ...]]) -> None:
        self.passage = passage
        self.language = "zh" if passage.language.startswith("zh") else "en"
        self.sentences = cut_sentences(passage)
        self.concepts = concepts.get(self.language) or next(filter(None, concepts.values()), ())
        own = [frozenset(index_terms(sentence.words)) for sentence in self.sentences]
        subject = {*index_terms(" ".join((passage.title, *passage.section))), *(own[0] if own else ())}
        self._subject = self._find(subject)
        below = " ".join(heading for heading in passage.section if heading != passage.title)
        self.asks = find_type(to_simplified(passage.section[-1])) if passage.section else None
        self.headed = _share({c: c.weight for c in self.concepts}, self._find(index_terms(below)))
        self._found = [self._find(words) for words in own]
        for number, sentence in enumerate(self.sentences[:-1]):
            if sentence.is_question:
                self._found[number + 1] |= self._found[number]

    def _find(self, words: Collection[str]) -> set[Concept]:
        return {concept for concept in self.concepts if concept.stands_in(words)}

    def bears(self, number: int) -> bool:
        """Tell whether a sentence, or what it stands under, has anything that the question asks about."""
        return bool(self._found[number] or self._subject) or not self.concepts

    def count(self, concept: Concept) -> int:
        """Return how many sentences have a concept."""
        return sum(concept in found for found in self._found)

    def coverage(self, number: int) -> float:
        """Return the share of the question that a sentence has, what many sentences of the passage have counting less."""
        weights = {c: c.weight * _rarity(len(self._found), self.count(c)) for c in self.concepts}
        return _share(weights, self._found[number])

    def news(self, number: int, rarity: dict[Concept, float]) -> float:
        """Return the share that a sentence has of what the subject of its passage leaves open."""
        weights = {c: c.weight * rarity[c] for c in self.concepts if c not in self._subject}
        return _share(weights, self._found[number])


def _share(weights: dict[Concept, float], found: Collection[Concept]) -> float:
    total = sum(weights.values())
    return sum(weight for concept, weight in weights.items() if concept in found) / total if total else 0.0


def _weigh_concepts(
    sections: Sequence[_Section], concepts: dict[str, tuple[Concept, ...]]
) -> dict[Concept, float]:
    """Return how rare each concept is among all sentences."""
    total = sum(len(section.sentences) for section in sections)
    asked = {concept for own in concepts.values() for concept in own}
    return {c: _rarity(total, sum(section.count(c) for section in sections)) for c in asked}


def _rarity(sentences: int, holding: int) -> float:
    return math.log(1 + (sentences + 1) / (holding + 0.5))


def is_answered(passages: Sequence[Passage], ranked: Sequence[Extract]) -> bool:
    """Tell whether the best sentence answers, from how sure search was of its passages and how well it matches."""
    if not ranked:
        return False
    likelihood = min(max(max(passage.likelihood for passage in passages), 1e-6), 1 - 1e-6)
    best = max(extract.match for extract in ranked)
    return _BY_SEARCH * math.log(likelihood / (1 - likelihood)) + _BY_SENTENCE * best + _INTERCEPT >= 0


def content_terms(text: str) -> list[str]:
    """Return the terms of a question that carry meaning, each once."""
    found = dict.fromkeys(terms(text))
    return [t for t in found if t not in _stop_words() and not (len(t) == 1 and t.isascii())]


@cache
def _stop_words() -> frozenset[str]:
    return frozenset((files("assistant.analyst") / "stop_words.txt").read_text(encoding="utf-8").split())
