"""Lines of a text, read in one pass however long or many they are."""

from collections.abc import Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """A line; `text` is what it says without the blanks around it, from `first` to `last`.

    `start` and `end` take in the blanks and the line break.
    """

    start: int
    end: int
    first: int
    last: int
    text: str


def iterate_lines(text: str) -> Iterator[Line]:
    """Yield the lines of a text, the empty ones too."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        raw = text[start:end]
        content = raw.strip()
        first = start + len(raw) - len(raw.lstrip()) if content else start
        yield Line(start, end, first, first + len(content), content)
        start = end
