"""Which document a question names by its title, in either language."""

import calendar
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from assistant.analyst.extraction import Reader
from assistant.analyst.periods import Period
from assistant.analyst.reading import Reading
from assistant.language import asker_language
from assistant.turn import Passage
from knowledge.language import index_terms, to_simplified
from knowledge.search.question import asking_terms

_ASIDE = re.compile(r"[（(][^）)]*[）)]|\d{4}-\d\d-\d\d|\b(?:19|20)\d\d\b|\d{4}\s*年")
#: What asks how something went, and what stands beside it in English.
_HOW_IT_WENT = re.compile(
    r"(?:最后|最终)?的?(?:效果|结果|成效|成绩|战果|表现)(?:怎么?样|如何|好不好|好吗|是什么)|[做搞办]得(?:怎么?样|如何)|怎么?样|如何"
    r"|\bhow (?:well )?(?:did|was|were)\b|\b(?:results?|outcomes?) of\b",
    re.IGNORECASE,
)
_WENT = re.compile(r"\b(?:go|went|perform|turn out|work out|what)\b", re.IGNORECASE)
#: A title is named when this share of its words stands in the question, and at least so many, of which one may say what kind
#: of document it is: 618 复盘.
_SHARE = 0.6
_FEWEST = 3
_KINDS = frozenset(
    term
    for word in [
        "复盘",
        "周会",
        "周报",
        "例会",
        "纪要",
        "报告",
        "手册",
        "案例",
        "标准",
        "预案",
        "规范",
        "术语表",
        "review",
        "weekly",
        "playbook",
        "handbook",
        "guide",
        "case",
        "report",
        "post-mortem",
        "postmortem",
        "glossary",
        "minutes",
        "SOP",
    ]
    for term in index_terms(word)
    if len(term) > 1
)


#: What asks for steps, a meaning, a cause or advice is not answered by naming a document.
_BEYOND_ONE_DOCUMENT = ("how_to", "define", "explain", "tactics", "plan")


def find_document(reading: Reading, passages: Sequence[Passage], reader: Reader) -> list[Passage]:
    """Return the passages of the document that answers because the question names it, none where none does or need be."""
    if reading.intent in _BEYOND_ONE_DOCUMENT and not reading.wants_summary:
        return []
    measured = not reading.unread and (reading.metrics or not asks_how_it_went(reading.asked))
    if measured and not reading.wants_summary:
        return []
    prose = [p for p in passages if p.kind != "tactic"]
    named = find_named(reading.asked, prose, reader, period=reading.period)
    if reading.metrics and named and not reading.wants_summary:
        # What no metric reads must be the document's name: 占几成 names none.
        title = {*index_terms(named[0].title), *_KINDS}
        return named if any(term in title for word in reading.unread for term in index_terms(word)) else []
    return named


def find_named(
    question: str, passages: Sequence[Passage], reader: Reader, *, period: Period | None = None
) -> list[Passage]:
    """Return the passages of the document whose title the question names, none where it names none.

    "What did the August win-back test among dormant users show?" names "Win-back test among dormant users, August
    2026", and so does the same question in Chinese. A kind of document with its day does too: this week's weekly.

    Args:
        question: What is asked.
        passages: What was found for it.
        reader: Reads words of both languages.
        period: The days that the question names.
    """
    words = _words_of(question, reader)
    shares = {passage.document_id: _measure(passage.title, words) for passage in passages}
    named = max(shares, key=lambda document: shares[document], default=None)
    if named is None or shares[named] < _SHARE:
        named = (
            _find_event(question, passages, reader)
            or _find_dated(words, passages, period)
            or _find_phrase(question, passages)
        )
    return [passage for passage in passages if passage.document_id == named]


def _words_of(question: str, reader: Reader) -> set[str]:
    """Return the terms of a question, and those of its words in the other language."""
    words = {*index_terms(question), *_months(question)}
    for language, own in reader.read_concepts(question).items():
        if (language == "zh") != (asker_language(question) == "zh"):  # by translation, not by likeness
            words.update(term for c in own for phrase in c.alternatives for term in phrase)
    return words


def _find_phrase(question: str, passages: Sequence[Passage]) -> str | None:
    """Return the one document whose title a question has the longest phrase of, of three words or more: win-back test."""
    asked = _telling(question)
    lengths = {p.document_id: _longest_run(asked, _telling(p.title)) for p in passages}
    longest = max(lengths.values(), default=0)
    named = [document for document, length in lengths.items() if length == longest]
    return named[0] if longest >= _FEWEST and len(named) == 1 else None


def _telling(text: str) -> list[str]:
    """Return the words of a title or question that tell it from others, in their order: 大促, not 大 and 促."""
    terms = index_terms(_ASIDE.sub(" ", text))
    return [t for t in terms if t not in asking_terms() and (len(t) > 1 or t.isascii())]


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.find_longest_match(0, len(one), 0, len(other)).size


def _find_dated(words: set[str], passages: Sequence[Passage], period: Period | None) -> str | None:
    """Return the one document of the days asked about whose title names the kind of document that is asked for."""
    if period is None:
        return None
    days = (period.start.isoformat(), period.end.isoformat())
    named = {
        p.document_id
        for p in passages
        if p.effective_date
        and days[0] <= p.effective_date <= days[1]
        and _KINDS & words & {*index_terms(p.title)}
    }
    return named.pop() if len(named) == 1 else None


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
    own = {*_telling(title)}
    found = own & words
    fewest = _FEWEST - bool(_KINDS & found)
    return len(found) / len(own) if len(found) >= fewest else 0.0
