"""A question as search reads it: its terms, which of them stand together, and what they are in the other language."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from knowledge.language import HAN, index_terms, stem_term, to_simplified
from knowledge.search.dictionary import Dictionary, Phrase
from knowledge.search.glossary import Mention, find_mentions, read_field_terms

_MOST_TERMS = 48
_ASKING_WEIGHT = 0.5
_SINGLE_WEIGHT = 0.3
_LONGEST_WORD = 8
_LONGEST_PHRASE = 3
_RUN = re.compile(f"[{HAN}]+|[A-Za-z0-9]+")
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a question mentions, in words in which a text may have it.

    Attributes:
        alternatives: Phrases that stand for it, each of index terms that must all be there; none if it has no
            known words: it counts as missing in every text.
        weight: How far it counts beside the others, 0 to 1.
    """

    alternatives: tuple[Phrase, ...]
    weight: float = 1.0

    def stands_in(self, terms: Collection[str]) -> bool:
        """Tell whether one of the phrases has all its terms among these."""
        return any(all(term in terms for term in phrase) for phrase in self.alternatives)


@dataclass(frozen=True, slots=True)
class Question:
    """What search looks for.

    Attributes:
        language: "zh" or "en", by its script; "en" stands for everything that is not Chinese.
        terms: Weight of each distinct index term, in the order of the question.
        pairs: Weight of each two terms that stand side by side.
        synonyms: The question in its own language by the glossary's other words; () if it has none for it.
    """

    text: str
    language: str
    terms: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    synonyms: tuple[Concept, ...] = ()


def read_question(text: str, mentions: Sequence[Mention] = ()) -> Question:
    """Cut a question into terms; of a very long one the first 48 count.

    Args:
        text: The question.
        mentions: Glossary terms in it.
    """
    found = index_terms(text[:2000])
    terms = dict.fromkeys(found)
    weights = {term: _weigh(term) for term in list(terms)[:_MOST_TERMS]}
    telling = ((a, b) for a, b in pairwise(found) if a in weights and b in weights)
    pairs = {(a, b): (weights[a] + weights[b]) / 2 for a, b in telling if max(weights[a], weights[b]) == 1}
    return Question(
        text=text,
        language="zh" if _HAN.search(text) else "en",
        terms=weights,
        pairs=pairs,
        synonyms=tuple(_add_synonyms(weights, mentions)),
    )


def translate_question(
    question: Question, dictionary: Dictionary, mentions: Sequence[Mention] = ()
) -> tuple[Concept, ...]:
    """Return what a question mentions in words of the other language; the glossary's words win."""
    if question.language == "zh":
        return tuple(_translate_chinese(question.text, dictionary, mentions))
    return tuple(_translate_english(question, dictionary, mentions))


def read_concepts(text: str, dictionary: Dictionary) -> dict[str, tuple[Concept, ...]]:
    """Return what a question asks about, in words of its own language and of the other, by language ("zh", "en").

    Words by which questions ask are left out, unless there are no others. A concept of the other language without a
    translation is left out too.
    """
    mentions = find_mentions(text, read_field_terms())
    question = read_question(text, mentions)
    words = [term for term in dict.fromkeys(_without_pairs(text)) if term in question.terms]
    telling = [term for term in words if question.terms[term] == 1] or words
    translated = translate_question(question, dictionary, mentions)
    other = "en" if question.language == "zh" else "zh"
    return {
        question.language: tuple(Concept(((term,),)) for term in telling),
        other: tuple(concept for concept in translated if concept.alternatives),
    }


@cache
def asking_terms() -> frozenset[str]:
    """Return the index terms of the words by which questions ask, and of those that hold sentences together."""
    lines = (files("knowledge.search") / "question_words.txt").read_text(encoding="utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return frozenset(stem_term(word) for word in words)


def _weigh(term: str) -> float:
    asking = term in asking_terms() or (_is_pair(term) and not asking_terms().isdisjoint(term))
    return _ASKING_WEIGHT if asking else 1.0


def _is_pair(term: str) -> bool:
    return len(term) == 2 and _HAN.match(term) is not None


def _add_synonyms(weights: Mapping[str, float], mentions: Sequence[Mention]) -> Iterator[Concept]:
    """Yield the terms as concepts of themselves, those of a mention being joined with its other forms."""
    covered: set[str] = set()
    for mention in mentions:
        own = index_terms(mention.form)
        forms = tuple(dict.fromkeys(tuple(index_terms(form)) for form in mention.others))
        yield Concept(tuple(form for form in (tuple(own), *forms) if form))
        covered.update(own)
    if covered:
        yield from (Concept(((term,),), weight) for term, weight in weights.items() if term not in covered)


def _translate_chinese(text: str, dictionary: Dictionary, mentions: Sequence[Mention]) -> Iterator[Concept]:
    given = {mention.form: _keep(mention.others, chinese=False) for mention in mentions}
    runs = [run.lower() for run in _RUN.findall(to_simplified(text[:500]))]
    parts = {part for run in runs if _HAN.match(run) for part in _list_parts(run)}
    known = dictionary.translate_chinese(parts - given.keys())
    for run in runs:
        if not _HAN.match(run):
            yield Concept(((stem_term(run),),), _weigh(stem_term(run)))
            continue
        words = list(_cut_longest(run, lambda part: part in given or part in known or part in asking_terms()))
        yield from _name_unknown(words, {**known, **given})


def _list_parts(run: str) -> Iterator[str]:
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + _LONGEST_WORD) + 1):
            yield run[start:end]


def _cut_longest(run: str, is_known: Callable[[str], bool]) -> Iterator[str]:
    """Cut a run of characters into the longest known words from its start on; the rest are single characters."""
    start = 0
    while start < len(run):
        ends = range(min(len(run), start + _LONGEST_WORD), start, -1)
        end = next((end for end in ends if end == start + 1 or is_known(run[start:end])), start + 1)
        yield run[start:end]
        start = end


def _name_unknown(words: list[str], known: Mapping[str, Sequence[Phrase]]) -> Iterator[Concept]:
    """Yield concepts of words; single characters in a row are likely a name that has no translation."""
    row = 0
    for index, word in enumerate(words):
        if word in asking_terms():
            row = 0
            continue
        senses = tuple(known.get(word, ()))
        row = row + 1 if len(word) == 1 else 0
        if row == 1 and index + 1 < len(words) and _is_rare(words[index + 1]):
            yield Concept(())
        if senses:
            yield Concept(senses, _SINGLE_WEIGHT if len(word) == 1 else 1.0)


def _is_rare(word: str) -> bool:
    return len(word) == 1 and word not in asking_terms()


def _translate_english(
    question: Question, dictionary: Dictionary, mentions: Sequence[Mention]
) -> Iterator[Concept]:
    given = {tuple(mention.form.split()): mention.others for mention in mentions}
    words = [term for term in index_terms(question.text[:500]) if term not in asking_terms()]
    phrases = {
        tuple(words[start : start + length])
        for start in range(len(words))
        for length in range(1, _LONGEST_PHRASE + 1)
    }
    known: dict[Phrase, Sequence[str]] = {**dictionary.translate_english(phrases - given.keys()), **given}
    start = 0
    while start < len(words):
        lengths = range(min(_LONGEST_PHRASE, len(words) - start), 0, -1)
        length = next((n for n in lengths if tuple(words[start : start + n]) in known), 1)
        phrase = tuple(words[start : start + length])
        found = _keep(known.get(phrase, ()), chinese=True)
        if length == 1:
            found = [phrase, *found]
        yield Concept(tuple(found))
        start += length


def _keep(forms: Collection[str], *, chinese: bool) -> list[Phrase]:
    """Return those forms that are in Chinese, or those that are not, as index terms."""
    wanted = (form for form in forms if bool(_HAN.search(form)) == chinese)
    return [phrase for form in wanted if (phrase := tuple(_without_pairs(form)))]


def _without_pairs(form: str) -> list[str]:
    """Return the index terms of a form without the pairs of single characters, which another text may cut anew."""
    terms = index_terms(form)
    return [term for term in terms if not (_is_pair(term) and {*term} <= {*terms})]
