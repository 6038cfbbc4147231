"""Which document a question names by its title, in either language."""

import calendar
import re
from collections.abc import Iterator, Sequence

from assistant.analyst.extraction import Reader
from assistant.language import asker_language
from assistant.turn import Passage
from knowledge.language import index_terms
from knowledge.search.question import asking_terms

_ASIDE = re.compile(r"[（(][^）)]*[）)]|\b(?:19|20)\d\d\b|\d{4}-\d\d-\d\d|\d{4}\s*年")
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
        return []
    return [passage for passage in passages if passage.document_id == named]


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
