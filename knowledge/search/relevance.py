"""How well a chunk answers a question: words, names, neighbours and meaning, each on a scale from 0 to 1."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, count

from knowledge.embedding.embeddings import Scale
from knowledge.search.lexical_index import Statistics, Terms
from knowledge.search.naming import measure_naming
from knowledge.search.question import Concept, Question, asking_terms

_K1 = 1.2
_B = 0.75
_PAIR_SHARE = 0.25
_NAME_SHARE = 0.2
_NAMING = 0.2
_NEAR = 2
_SYNONYM_TRUST = 0.95
_TRANSLATION_TRUST = 0.9
_CROSS_LANGUAGE_DENSE = 0.1
_PARTIAL = 0.5
_RARE = 3
_DOUBTFUL_MEANING = 0.1


@dataclass(frozen=True, slots=True)
class Scores:
    """What a chunk scores, each 0 to 1.

    Attributes:
        score: All together.
        dense: Similarity of meaning.
        lexical: Similarity of words, by translation where the languages differ.
        coverage: Share of the weight of the question's telling words that the chunk has, or has a translation of.
    """

    score: float
    dense: float
    lexical: float
    coverage: float


class Relevance:
    """Scores chunks against one question.

    lexical = .55 BM25 over the whole chunk + .25 BM25 over neighbouring terms + .2 BM25 over its names, each as the
    share of the most that the question's terms could reach, those in no chunk counted too. A chunk in the other
    language is scored by the question's translations instead, if that is more. Then

        fused = w * clip((cos - lo) / width, 0, 1) + (1 - w) * lexical
        score = fused + .2 * naming * (1 - fused)

    with w, lo and width of the embedding model's scale (w a tenth larger across languages) and the naming of
    `naming.measure_naming`. Nothing depends on the other candidates, so scores of different questions compare.
    """

    def __init__(
        self,
        question: Question,
        translations: Sequence[Concept],
        statistics: Statistics,
        scale: Scale,
    ) -> None:
        """Weigh the question's terms by what the reader's chunks have of them."""
        self._question = question
        self._scale = scale
        self._statistics = statistics
        idf = statistics.measure_idf
        self._asked = {term: weight * idf(term) for term, weight in question.terms.items()}
        self._bound = (_K1 + 1) * sum(self._asked.values())
        self._telling = {term: weight for term, weight in self._asked.items() if term not in asking_terms()}
        self._telling_total = sum(self._telling.values())
        self._pairs = {(a, b): weight * (idf(a) + idf(b)) / 2 for (a, b), weight in question.pairs.items()}
        self._pair_bound = (_K1 + 1) * sum(self._pairs.values())
        self._synonyms = _Concepts(question.synonyms, statistics)
        self._translations = _Concepts(translations, statistics)
        self._heaviest = max(self._asked.values(), default=0.0)
        self._wanted = frozenset(self._asked.keys() | self._synonyms.terms | self._translations.terms)

    def score(self, terms: Terms, *, language: str, cosine: float) -> Scores:
        """Score a chunk by its terms, its language ("zh" for all Chinese) and the cosine of its vector."""
        dense = min(max((cosine - self._scale.lo) / self._scale.width, 0.0), 1.0)
        weight = self._scale.dense_weight
        if self.translates(language):
            weight = min(weight + _CROSS_LANGUAGE_DENSE, 1.0)
        places, names = self._find_places(terms)
        if not places:
            return Scores(weight * dense, dense, 0.0, 0.0)
        length = len(terms.body) + sum(map(len, terms.names))
        norm = _K1 * (1 - _B + _B * length / self._statistics.lengths.get(language, length or 1))
        counts = Counter(term for _, term in places)
        lexical = self._score_words(counts, names, places, norm)
        coverage = self._cover(counts)
        by_synonyms, covered = self._synonyms.score(counts, norm)
        lexical = max(lexical, _SYNONYM_TRUST * by_synonyms)
        coverage = max(coverage, covered)
        if self.translates(language):
            sure = _PARTIAL + (1 - _PARTIAL) * min(dense / _DOUBTFUL_MEANING, 1.0)
            translated, covered = self._translations.score(counts, norm)
            lexical = max(lexical, _TRANSLATION_TRUST * sure * translated)
            coverage = max(coverage, covered)
        fused = weight * dense + (1 - weight) * lexical
        naming = measure_naming(terms.names, self._asked, self._weigh_foreign)
        return Scores(fused + _NAMING * naming * (1 - fused), dense, lexical, coverage)

    def translates(self, language: str) -> bool:
        """Whether a chunk of that language is in another than the question."""
        return (language == "zh") != (self._question.language == "zh")

    def _cover(self, counts: Mapping[str, int]) -> float:
        if not self._telling_total:
            return 0.0
        return sum(weight for term, weight in self._telling.items() if term in counts) / self._telling_total

    def _find_places(self, terms: Terms) -> tuple[list[tuple[int, str]], Counter[str]]:
        """Return where the wanted terms stand, names first, and how often they stand in names."""
        wanted = self._wanted
        places, names, start = [], Counter[str](), 0
        for name in terms.names:
            if not wanted.isdisjoint(name):
                found = [(start + index, term) for index, term in enumerate(name) if term in wanted]
                names.update(term for _, term in found)
                places += found
            start += len(name) + _NEAR
        body = terms.body
        # most terms are passed over without Python
        places += [
            (start + index, body[index]) for index in compress(count(), map(wanted.__contains__, body))
        ]
        return places, names

    def _score_words(
        self,
        counts: Mapping[str, int],
        names: Mapping[str, int],
        places: Sequence[tuple[int, str]],
        norm: float,
    ) -> float:
        if not self._bound:
            return 0.0
        text = self._sum(counts, norm) / self._bound
        named = self._sum(names, _K1) / self._bound
        near = text if not self._pair_bound else self._score_pairs(places, norm) / self._pair_bound
        return (1 - _PAIR_SHARE - _NAME_SHARE) * text + _PAIR_SHARE * near + _NAME_SHARE * named

    def _sum(self, counts: Mapping[str, int], norm: float) -> float:
        asked = self._asked
        return sum(asked[term] * _saturate(count, norm) for term, count in counts.items() if term in asked)

    def _score_pairs(self, places: Sequence[tuple[int, str]], norm: float) -> float:
        counts: Counter[tuple[str, str]] = Counter()
        for index, (place, term) in enumerate(places):
            for later, following in places[index + 1 : index + 1 + _NEAR]:
                if later - place <= _NEAR and (term, following) in self._pairs:
                    counts[term, following] += 1
        return sum(self._pairs[pair] * _saturate(count, norm) for pair, count in counts.items())

    def _weigh_foreign(self, term: str) -> float:
        return self._heaviest / 2 if term in asking_terms() else self._heaviest


class _Concepts:
    """Concepts with their weights in the reader's chunks."""

    def __init__(self, concepts: Sequence[Concept], statistics: Statistics) -> None:
        self._weighted = [
            (concept.alternatives, concept.weight * statistics.weigh(_count_chunks(concept, statistics)))
            for concept in concepts
        ]
        self._bound = (_K1 + 1) * sum(weight for _, weight in self._weighted)
        self.terms = frozenset(
            term for concept in concepts for phrase in concept.alternatives for term in phrase
        )

    def score(self, counts: Mapping[str, int], norm: float) -> tuple[float, float]:
        """Return the share of the concepts' weight that the terms reach by BM25, and merely by being there."""
        if not self._bound or self.terms.isdisjoint(counts):
            return 0.0, 0.0
        reached = covered = 0.0
        for alternatives, weight in self._weighted:
            best = max((_match(phrase, counts, norm) for phrase in alternatives), default=(0.0, 0.0))
            reached += weight * best[0]
            covered += weight * best[1]
        return reached / self._bound, covered * (_K1 + 1) / self._bound


def _match(phrase: Sequence[str], counts: Mapping[str, int], norm: float) -> tuple[float, float]:
    found = [_saturate(counts[term], norm) for term in phrase if term in counts]
    whole = 1.0 if len(found) == len(phrase) else _PARTIAL
    return sum(found) / len(phrase) * whole, len(found) / len(phrase) * whole


def _count_chunks(concept: Concept, statistics: Statistics) -> int:
    """Estimate in how many chunks a concept is; one that is in none weighs as much as a rare one."""
    frequencies = statistics.frequencies
    counts = (min(frequencies.get(term, 0) for term in phrase) for phrase in concept.alternatives)
    return max(counts, default=0) or _RARE


def _saturate(count: int, norm: float) -> float:
    return count * (_K1 + 1) / (count + norm)
