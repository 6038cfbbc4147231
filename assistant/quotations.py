"""Quotations in a draft: where they begin and end, and how document text is shown so that nothing in it acts."""

import re
from collections.abc import Iterator

#: Stand-ins for what is set aside while the rest of a sentence is checked; a draft never holds them.
STAND_IN = re.compile("[\ue000-\uf8ff]")
_FIRST_STAND_IN = 0xE000
_MOST = 0xF8FF - _FIRST_STAND_IN
#: An invisible joiner behind each of these keeps it from being a marker, a link, a tag or an address.
_ACTIVE = re.compile(
    r"\[|\](?=[(:\[])|<|(?:https?|ftp|file|javascript|vbscript|mailto|data):|\bwww\.", re.IGNORECASE
)
_JOINER = "\u2060"
_SPACE = re.compile(r"[\s*]+")
_EDGES = " .,;:!?…。，；：！？、"


def iter_quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans between “ and ”, nested ones within the outer one's; the longer reading of a span first."""
    for start in (i + 1 for i, character in enumerate(text) if character == "“"):
        for end in find_closings(text, start):
            yield start, end


def find_closings(text: str, start: int) -> list[int]:
    """Return where a quotation opened before `start` may close: at its own mark or at the first; the longer first."""
    depth, first = 1, text.find("”", start)
    for index in range(start, len(text)):
        depth += (text[index] == "“") - (text[index] == "”")
        if depth == 0:
            return [index, first] if index != first else [index]
    return [first] if first >= 0 else []


def make_inert(text: str) -> str:
    """Return document text in which no marker, link, image, tag or address is one; it reads as before.

    >>> make_inert("77 元 [E1]，<b>").replace("\u2060", "·")
    '77 元 [·E1]，<·b>'
    """
    return _ACTIVE.sub(lambda match: match[0] + _JOINER, text)


def says(passage: str, quoted: str) -> bool:
    """Tell whether a passage holds the quoted words, whatever their spacing, emphasis, case and last punctuation."""
    wanted = _plain(quoted).strip(_EDGES)
    return wanted in _plain(passage)


def stand_in(index: int) -> str:
    """Return the stand-in of the part of a sentence that was set aside as number `index`."""
    return chr(_FIRST_STAND_IN + min(index, _MOST))


def _plain(text: str) -> str:
    return _SPACE.sub("", text).lower()
