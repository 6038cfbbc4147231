"""Which document a question names by its title, in either language."""

import calendar
import re
from collections.abc import Iterator, Sequence

from assistant.analyst.extraction import Reader
from assistant.language import asker_language
from assistant.turn import Passage
from knowledge.language import index_terms, to_simplified
from knowledge.search.question import asking_terms

_ASIDE = re.compile(r"[（(][^）)]*[）)]|\b(?:19|20)\d\d\b|\d{4}-\d\d-\d\d|\d{4}\s*年")
#: What asks how something went, and what stands beside it in English.
_HOW_IT_WENT = re.compile(
    r"(?:最后|最终)?的?(?:效果|结果|成效|成绩|战果|表现)(?:怎么?样|如何|好不好|好吗|是什么)|[做搞办]得(?:怎么?样|如何)|怎么?样|如何"
    r"|\bhow (?:well )?(?:did|was|were)\b|\b(?:results?|outcomes?) of\b",
    re.IGNORECASE,
)
_WENT = re.compile(r"\b(?:go|went|perform|turn out|work out|what)\b", re.IGNORECASE)
#: A title is named when this share of its words stands in the question, and at least so many.
_SHARE = 0.6
_FEWEST = 3


def find_named(question: str, passages: Sequence[Passage], reader: Reader) -> list[Passage]:
    """Return the passages of the document whose title the question names, none where it names none.

    "What did the August win-back test among dormant users show?" names "Win-back test among dormant users, August
    2026", and so does the same question in Chinese.
    """
    concepts = reader.read_concepts(question)
    words = {*index_terms(question), *_months(question)}
    for language, own in concepts.items():
        if (language == "zh") != (asker_language(question) == "zh"):  # by translation, not by likeness
            words.update(term for c in own for phrase in c.alternatives for term in phrase)
    shares = {passage.document_id: _measure(passage.title, words) for passage in passages}
    named = max(shares, key=lambda document: shares[document], default=None)
    if named is None or shares[named] < _SHARE:
        named = _find_event(question, passages, reader)
    return [passage for passage in passages if passage.document_id == named]


def asks_how_it_went(question: str) -> bool:
    """Tell whether a question asks what came of something: 618 效果怎么样?, "How did the KOC programme go?"."""
    return bool(_HOW_IT_WENT.search(to_simplified(question)))


def _find_event(question: str, passages: Sequence[Passage], reader: Reader) -> str | None:
    """Return the one document whose title has all that a question asks the outcome of, such as 618 in 618 效果如何?"""
    event, asked = _HOW_IT_WENT.subn(" ", to_simplified(question))
    concepts = [own for own in reader.read_concepts(_WENT.sub(" ", event)).values() if own]
    if not asked or not concepts:
        return None
    named = set()
    for passage in passages:
        title = set(index_terms(passage.title))
        if any(all(concept.stands_in(title) for concept in own) for own in concepts):
            named.add(passage.document_id)
    return named.pop() if len(named) == 1 else None


def _months(question: str) -> Iterator[str]:
    """Yield the months of a question as titles of the other language have them."""
    names = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
    for number in re.findall(r"(\d{1,2})\s*月", question):
        yield from (name for name, own in names.items() if own == int(number))
    for word in re.findall(r"[a-z]+", question.lower()):
        yield from (str(names[word]), "月") if word in names else ()


def _measure(title: str, words: set[str]) -> float:
    own = {term for term in index_terms(_ASIDE.sub(" ", title)) if term not in asking_terms()}
    found = own & words
    return len(found) / len(own) if len(found) >= _FEWEST else 0.0
