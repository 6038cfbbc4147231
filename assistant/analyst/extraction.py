"""Pick the sentences of passages that answer a question, word for word."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from assistant.turn import Passage
from knowledge.documents import ANSWERABLE
from knowledge.embedding.embeddings import Embedder
from knowledge.language import split_sentences, terms

#: Sentences that are compared by meaning; the rest are out on words alone.
_COMPARED = 24
_DENSE_WEIGHT = 0.5
_PASSAGE_WEIGHT = 0.5
_LIST_LINE = re.compile(r"^\s*(?:[-*+•]|\d+[.)、](?!\d)|[一二三四五六七八九十]+[、.])\s*")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{3,}")


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence or list line of a passage that bears on the question."""

    passage: Passage
    text: str
    score: float
    position: int
    is_step: bool


@dataclass(slots=True)
class Extractor:
    """Rank the sentences of passages against one question.

    Attributes:
        bonus: What a sentence gains by the passage it stands in.
    """

    question: str
    passages: Sequence[Passage]
    embedder: Embedder | None
    bonus: Callable[[Passage], float] | None = None

    def ranked(self) -> list[Extract]:
        """Return all sentences, best first."""
        candidates = [e for passage in self.passages for e in _sentences(passage)]
        if not candidates:
            return []
        lexical = self._lexical(candidates)
        order = sorted(range(len(candidates)), key=lambda i: -(lexical[i] + candidates[i].passage.score))
        compared = order[:_COMPARED]
        dense = self._dense([candidates[i].text for i in compared])
        scored = [
            Extract(
                passage=candidates[i].passage,
                text=candidates[i].text,
                score=(1 - _DENSE_WEIGHT) * lexical[i]
                + _DENSE_WEIGHT * d
                + self._worth(candidates[i].passage),
                position=candidates[i].position,
                is_step=candidates[i].is_step,
            )
            for i, d in zip(compared, dense, strict=True)
        ]
        return sorted(filter(self._bears, scored), key=lambda extract: -extract.score)

    def _bears(self, extract: Extract) -> bool:
        """Tell whether a sentence, or what stands above it, holds a word that carries the question."""
        wanted = content_terms(self.question)
        above = " ".join((extract.passage.title, *extract.passage.section, extract.text))
        return bool(set(wanted) & set(terms(above)))

    def _worth(self, passage: Passage) -> float:
        return _PASSAGE_WEIGHT * passage.score + (self.bonus(passage) if self.bonus else 0.0)

    def _lexical(self, candidates: Sequence[Extract]) -> list[float]:
        """Share of the question's terms in each sentence, rare terms counting more."""
        wanted = content_terms(self.question)
        own = [set(terms(" ".join((e.passage.title, *e.passage.section[-1:], e.text)))) for e in candidates]
        frequency = Counter(t for words in own for t in words)
        weight = {t: math.log(1 + (len(own) + 1) / (frequency[t] + 0.5)) for t in wanted}
        total = sum(weight.values()) or 1.0
        return [sum(weight[t] for t in wanted if t in words) / total for words in own]

    def _dense(self, texts: Sequence[str]) -> list[float]:
        if self.embedder is None:
            return [0.0] * len(texts)
        vectors = self.embedder.embed([self.question, *texts])
        return [float(x) for x in np.clip(vectors[1:] @ vectors[0], 0, 1)]


def content_terms(text: str) -> list[str]:
    """Return the terms of a question that carry meaning, each once."""
    found = dict.fromkeys(terms(text))
    return [t for t in found if t not in _stop_words() and not (len(t) == 1 and t.isascii())]


@cache
def _stop_words() -> frozenset[str]:
    return frozenset((files("assistant.analyst") / "stop_words.txt").read_text(encoding="utf-8").split())


def is_answered(passages: Sequence[Passage]) -> bool:
    """Tell whether one of the searches that found the passages likely found the answer."""
    return any(passage.likelihood >= ANSWERABLE for passage in passages)


def _sentences(passage: Passage) -> list[Extract]:
    """Cut a passage into sentences; a list item and a table row are one each, headings and table heads none."""
    found: list[Extract] = []
    lines = passage.text.split("\n")
    for number, line in enumerate(lines):
        if not line.strip() or _HEADING.match(line) or _TABLE_RULE.match(line):
            continue
        if line.lstrip().startswith("|"):
            is_head = number + 1 < len(lines) and _TABLE_RULE.match(lines[number + 1])
            units = [] if is_head else [line]
        else:
            units = [line] if _LIST_LINE.match(line) else split_sentences(line)
        for unit in units:
            text = _LIST_LINE.sub("", unit.strip()).strip()
            if len(text) >= 4:
                found.append(Extract(passage, text, 0.0, len(found), bool(_LIST_LINE.match(unit))))
    return found
