"""Alignment: which span of the original a span of the cleaned text came from."""

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

_Change = tuple[int, int, int, int]
"""A stretch that changed its length: start and end in the original, start and end in the cleaned text."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Maps spans of a cleaned text to spans of its original and back.

    Only the stretches whose length changed are kept; between them, and where characters were replaced one by
    one, both texts run side by side. The maps are total (offsets beyond an end are taken for the end) and
    monotone.
    """

    changes: tuple[_Change, ...] = ()
    original_length: int = 0
    cleaned_length: int = 0

    @classmethod
    def of(cls, length: int, edits: Iterable[tuple[int, int, str]]) -> "Alignment":
        """Build the alignment of ordered, disjoint edits on a text of `length` characters."""
        changes: list[_Change] = []
        shift = 0
        for start, end, replacement in edits:
            growth = len(replacement) - (end - start)
            if growth:
                _append(changes, (start, end, start + shift, start + shift + len(replacement)))
                shift += growth
        return cls(tuple(changes), length, length + shift)

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the cleaned text to the span of the original it came from.

        What was removed at the edges of the span stays outside; a span inside a replacement gives all of what
        was replaced, and one inside an insertion an empty span.
        """
        end = min(max(end, 0), self.cleaned_length)
        start = min(max(start, 0), end)
        if start == end:
            return (point := self._find_start(start)), point
        first = self._find_start(start)
        return first, max(first, self._find_end(end))

    def to_cleaned(self, offset: int) -> int:
        """Map an offset of the original to the cleaned text; inside something changed, to its start."""
        offset = min(max(offset, 0), self.original_length)
        index = bisect_right(self.changes, offset, key=lambda change: change[0]) - 1
        if index < 0:
            return offset
        _, end, cleaned_start, cleaned_end = self.changes[index]
        return cleaned_start if offset < end else cleaned_end + offset - end

    def then(self, later: "Alignment") -> "Alignment":
        """Compose with the alignment of a later step, whose original is this one's cleaned text."""
        if not later.changes:
            return self
        if not self.changes:
            return later
        changes: list[_Change] = []
        for start, end in _join_touching(self.changes, later.changes):
            original = self._shift_back(start, left=True), self._shift_back(end, left=False)
            cleaned = later._shift_forward(start, left=True), later._shift_forward(end, left=False)
            _append(changes, (*original, *cleaned))
        return Alignment(tuple(changes), self.original_length, later.cleaned_length)

    def to_bytes(self) -> bytes:
        """Serialise: a few bytes for each change."""
        numbers = array("I", (self.original_length, self.cleaned_length))
        previous = 0
        for start, end, cleaned_start, cleaned_end in self.changes:
            numbers.extend((start - previous, end - start, cleaned_end - cleaned_start))
            previous = end
        if sys.byteorder == "big":
            numbers.byteswap()
        return zlib.compress(numbers.tobytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Alignment":
        """Read what `to_bytes` wrote."""
        numbers = array("I")
        numbers.frombytes(zlib.decompress(data))
        if sys.byteorder == "big":
            numbers.byteswap()
        original_length, cleaned_length, *deltas = numbers
        changes: list[_Change] = []
        original = cleaned = 0
        for gap, removed, added in zip(deltas[::3], deltas[1::3], deltas[2::3], strict=True):
            start, cleaned_start = original + gap, cleaned + gap
            original, cleaned = start + removed, cleaned_start + added
            changes.append((start, original, cleaned_start, cleaned))
        return cls(tuple(changes), original_length, cleaned_length)

    def _find_start(self, offset: int) -> int:
        index = bisect_right(self.changes, offset, key=lambda change: change[2]) - 1
        if index < 0:
            return offset
        start, end, _, cleaned_end = self.changes[index]
        return start if offset < cleaned_end else end + offset - cleaned_end

    def _find_end(self, offset: int) -> int:
        index = bisect_left(self.changes, offset, key=lambda change: change[2]) - 1
        if index < 0:
            return offset
        _, end, _, cleaned_end = self.changes[index]
        return end + max(offset - cleaned_end, 0)

    def _shift_back(self, offset: int, *, left: bool) -> int:
        """Map an edge of a joined stretch, which no change of this alignment reaches across."""
        bisect = bisect_left if left else bisect_right
        index = bisect(self.changes, offset, key=lambda change: change[2]) - 1
        return offset if index < 0 else self.changes[index][1] + offset - self.changes[index][3]

    def _shift_forward(self, offset: int, *, left: bool) -> int:
        bisect = bisect_left if left else bisect_right
        index = bisect(self.changes, offset, key=lambda change: change[0]) - 1
        return offset if index < 0 else self.changes[index][3] + offset - self.changes[index][1]


def _append(changes: list[_Change], change: _Change) -> None:
    """Append a change, joining it to the last one where they touch."""
    if changes and changes[-1][1] == change[0] and changes[-1][3] == change[2]:
        change = (changes[-1][0], change[1], changes[-1][2], change[3])
        changes.pop()
    changes.append(change)


def _join_touching(earlier: tuple[_Change, ...], later: tuple[_Change, ...]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the text between two steps that either changed, those that touch as one."""
    stretches = sorted([*(change[2:] for change in earlier), *(change[:2] for change in later)])
    start, end = stretches[0]
    for _, (next_start, next_end) in pairwise(stretches):
        if next_start > end:
            yield start, end
            start = next_start
        end = max(end, next_end)
    yield start, end
