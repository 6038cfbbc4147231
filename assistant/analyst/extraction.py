"""Pick the sentences of passages that answer a question, word for word."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.turn import Passage
from knowledge.embeddings import Embedder
from knowledge.language import split_sentences, terms

#: Sentences that are compared by meaning; the rest are out on words alone.
_COMPARED = 24
_DENSE_WEIGHT = 0.5
_STOP_WORDS = frozenset(
    [
        "的",
        "了",
        "是",
        "在",
        "和",
        "与",
        "或",
        "及",
        "吗",
        "呢",
        "吧",
        "啊",
        "我",
        "我们",
        "你",
        "你们",
        "他们",
        "它",
        "这",
        "那",
        "这个",
        "那个",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "为什么",
        "哪些",
        "哪个",
        "多少",
        "请问",
        "一下",
        "应该",
        "可以",
        "需要",
        "有",
        "没有",
        "要",
        "会",
        "能",
        "对",
        "把",
        "被",
        "让",
        "给",
        "从",
        "到",
        "就",
        "都",
        "也",
        "还",
        "很",
        "不",
        "做",
        "意思",
        "叫",
        "谁",
        "何",
        "吗",
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "for",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "do",
        "does",
        "did",
        "how",
        "what",
        "why",
        "which",
        "who",
        "when",
        "where",
        "should",
        "can",
        "could",
        "would",
        "we",
        "our",
        "us",
        "i",
        "my",
        "you",
        "your",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "with",
        "by",
        "from",
        "at",
        "as",
        "about",
        "into",
        "there",
        "have",
        "has",
        "had",
        "will",
        "mean",
        "means",
    ]
)
_LIST_LINE = re.compile(r"^\s*(?:[-*+•]|\d+[.)、]|[一二三四五六七八九十]+[、.])\s*")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{3,}")
#: Below the first nothing is an answer; from the second on everything is (fused search score).
_LEAST_SCORE, _ENOUGH_SCORE = 0.14, 0.25
_ENOUGH_MEANING = 0.3
_ENOUGH_WORDS = 0.34


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
    """Rank the sentences of passages against one question."""

    question: str
    passages: Sequence[Passage]
    embedder: Embedder | None

    def content_terms(self) -> list[str]:
        """Return the question's terms that carry meaning."""
        return [t for t in dict.fromkeys(terms(self.question)) if t not in _STOP_WORDS]

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
                + 0.5 * candidates[i].passage.score,
                position=candidates[i].position,
                is_step=candidates[i].is_step,
            )
            for i, d in zip(compared, dense, strict=True)
        ]
        return sorted(scored, key=lambda extract: -extract.score)

    def _lexical(self, candidates: Sequence[Extract]) -> list[float]:
        """Share of the question's terms in each sentence, rare terms counting more."""
        wanted = self.content_terms()
        own = [set(terms(" ".join((*e.passage.section[-1:], e.text)))) for e in candidates]
        frequency = Counter(t for words in own for t in words)
        weight = {t: math.log(1 + (len(own) + 1) / (frequency[t] + 0.5)) for t in wanted}
        total = sum(weight.values()) or 1.0
        return [sum(weight[t] for t in wanted if t in words) / total for words in own]

    def _dense(self, texts: Sequence[str]) -> list[float]:
        if self.embedder is None:
            return [0.0] * len(texts)
        vectors = self.embedder.embed([self.question, *texts])
        return [float(x) for x in np.clip(vectors[1:] @ vectors[0], 0, 1)]


def is_answered(passages: Sequence[Passage], question: str) -> bool:
    """Tell whether the passages bear on the question at all.

    The fused score is on an absolute scale: high enough, it speaks for itself; in between, the passages must be near
    in meaning (between languages no words can match) or hold the words that carry the question.
    """
    best = list(passages[:3])
    if not best or best[0].score < _LEAST_SCORE:
        return False
    if best[0].score >= _ENOUGH_SCORE or best[0].dense_score >= _ENOUGH_MEANING:
        return True
    wanted = [t for t in dict.fromkeys(terms(question)) if t not in _STOP_WORDS]
    found = {t for p in best for t in terms(" ".join((p.title, *p.section, p.text)))}
    return sum(t in found for t in wanted) >= _ENOUGH_WORDS * max(1, len(wanted))


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
