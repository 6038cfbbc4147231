"""When two questions are about the same, so that one person should look at both: more loosely than for an answer.

Words that differ may still say the same: Chinese words with a common English sense in the dictionary, English ones with
a common Chinese word; and of a question in the other language, its words translated. Figures, negations and what is
asked for (when, where, who, why, how) must agree.
"""

from collections import Counter
from collections.abc import Collection

from knowledge.curation.question_matching import count_negations, is_same, read_words
from knowledge.language import detect_language, index_terms, terms
from knowledge.search.dictionary import Dictionary
from knowledge.search.glossary import find_mentions, read_field_terms
from knowledge.search.question import Concept, read_question, translate_question

LEAST_SIMILARITY = 0.4
"""Cosine below which no two questions are looked at."""
_CLOSE = 0.65
_LEAST_SHARE = 0.5
_TRANSLATED_SIMILARITY = 0.55
_TRANSLATED_SUM = 1.08  # of the cosine and of the share of words that the other question has in its language
#: Words of doing anything at all, which another question about the same may leave out.
_LIGHT = frozenset(
    [
        "找",
        "联系",
        "办",
        "弄",
        "做",
        "搞",
        "走",
        "应该",
        "流程",
        "步骤",
        "方法",
        "方式",
        "find",
        "get",
        "do",
        "doe",
        "make",
        "work",
        "process",
        "step",
        "should",
    ]
)
_ASKED = {"ʷwhy": "why", "ʷhow": "how", "ʷwhen": "time", "ʷlong": "time", "ʷwhere": "where", "ʷwho": "who"}


class Likeness:
    """Tells which questions are about the same."""

    def __init__(self, dictionary: Dictionary) -> None:
        """Translate with a dictionary."""
        self._dictionary = dictionary

    def is_alike(self, one: str, other: str, similarity: float) -> bool:
        """Tell whether two questions of a certain cosine are about the same."""
        if is_same(one, other, similarity):
            return True
        if similarity < LEAST_SIMILARITY or not _agree(one, other):
            return False
        if _is_chinese(one) != _is_chinese(other):
            shared = (self._measure_translated(one, other) + self._measure_translated(other, one)) / 2
            return similarity >= _TRANSLATED_SIMILARITY and similarity + shared >= _TRANSLATED_SUM
        return similarity >= _CLOSE and self._shares(one, other)

    def _shares(self, one: str, other: str) -> bool:
        """Tell whether two questions of one language differ in nothing but what one adds, or in synonyms."""
        first, second = _read_content(one), _read_content(other)
        left, right = first - second, second - first
        senses = self._read_chinese if _is_chinese(one) else self._read_english
        matched = {word for word in left if any(senses(word) & senses(match) for match in right)}
        answered = {word for word in right if any(senses(word) & senses(match) for match in left)}
        apart = bool(left - matched) and bool(right - answered)
        shared = len(first & second) + min(len(matched), len(answered))
        return not apart and shared / max(len(first), len(second), 1) >= _LEAST_SHARE

    def _measure_translated(self, one: str, other: str) -> float:
        """Return how much of what a question mentions is in one of the other language, 0 to 1."""
        mentions = find_mentions(one, read_field_terms())
        concepts = translate_question(read_question(one, mentions), self._dictionary, mentions)
        held = set(index_terms(other))
        total = sum(concept.weight for concept in concepts)
        found = sum(concept.weight for concept in concepts if _is_held(concept, held))
        return found / total if total else 0.0

    def _read_chinese(self, word: str) -> set[str]:
        if len(word) < 2:
            return set()  # a single character has too many senses
        return {" ".join(sense) for sense in self._dictionary.translate_chinese([word]).get(word, ())}

    def _read_english(self, word: str) -> set[str]:
        return set(self._dictionary.translate_english([(word,)]).get((word,), ()))


def _agree(one: str, other: str) -> bool:
    """Tell whether figures and negations are the same, and neither asks for something else than the other."""
    asked = [{_ASKED[word] for word in read_words(text) if word in _ASKED} for text in (one, other)]
    return (
        _figures(one) == _figures(other)
        and count_negations(one) == count_negations(other)
        and not (all(asked) and asked[0].isdisjoint(asked[1]))
    )


def _read_content(question: str) -> set[str]:
    return {word for word in read_words(question) if word[0] != "ʷ" and word not in _LIGHT}


def _is_held(concept: Concept, held: Collection[str]) -> bool:
    return any(all(term in held for term in phrase) for phrase in concept.alternatives)


def _is_chinese(question: str) -> bool:
    return detect_language(question).startswith("zh")


def _figures(text: str) -> Counter[str]:
    return Counter(term for term in terms(text) if any(character.isdigit() for character in term))
