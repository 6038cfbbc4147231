"""Places that a question limits its figures to and that the data knows nothing of: GMV in Japan."""

import re
from collections.abc import Sequence

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
