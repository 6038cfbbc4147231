"""What a question limits its figures to and the data knows nothing of: GMV in Japan, the orders of female users."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from assistant.analyst.extraction import content_terms

_PEOPLE = ("用户", "客户", "买家", "顾客", "人群")
_NAMED = rf"\s*(?:{'|'.join(_PEOPLE)}|(?:users|customers|buyers|shoppers|members|people)\b)"
#: What a word that says which people is, beside an adjective: a noun, a verb, a place, a time of life.
_KINDS = frozenset(["n", "b", "v", "vn", "s", "t", "nz", "l", "j"])
_AFTER = r"\b(?:in|from|for|across|within)\s+(?:the\s+)?"


def find_place(question: str, unread: Sequence[str]) -> str | None:
    """Return the place among the words that no rule has read, None where there is none.

    In Chinese a place is what the segmenter's dictionary has as one; in English a name after "in" or "from".

    Args:
        question: The question, in Simplified characters.
        unread: What of it no rule has read, in lower case.
    """
    import rjieba

    for word, kind in rjieba.tag(question):
        if kind == "ns" and any(word.startswith(own) or own.startswith(word) for own in unread):
            return str(word)
    for word in unread:
        if word.isascii() and (match := re.search(_AFTER + rf"((?i:{re.escape(word)})\w*)", question)):
            return match[1] if match[1][0].isupper() else None
    return None


def find_people(left: str, unread: Sequence[str], plain: Collection[str]) -> str | None:
    """Return the people that a question limits its figures to in words that no rule has read, None where it does not.

    In Chinese that is what stands before them, be it one character: 女用户. In English a word that was not read.

    Args:
        left: The question, in Simplified characters, less all that was read.
        unread: What of it no rule has read, in lower case.
        plain: Words that limit nothing.
    """
    import rjieba

    tagged = [(str(word), str(kind)) for word, kind in rjieba.tag(left)]
    for (word, kind), (people, _) in pairwise(tagged):
        if (
            people in _PEOPLE
            and kind in _KINDS
            and _is_han(word)
            and word not in plain
            and content_terms(word)
        ):
            return word + people
    for word in unread:
        named = (
            re.search(rf"\b{re.escape(word)}[a-z]*{_NAMED}", left, re.IGNORECASE) if word.isascii() else None
        )
        if named:
            return named[0]
    return None


def _is_han(word: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in word)
