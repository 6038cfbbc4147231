"""Events in the order of users and times, given out a few users at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_KEY_BITS = 64
_FEW_USERS = 1 << 24
_AT_ONCE = 1 << 16
UNITS = (1_000_000, 1_000, 1)
"""Microseconds in a second, a millisecond, a microsecond."""

Columns = tuple["np.ndarray", "np.ndarray", "np.ndarray"]


@dataclass(frozen=True, slots=True)
class Packing:
    """How a user, a time and a code lie in one whole number: such numbers sort as the three do, and ten times as fast.

    Attributes:
        start: microseconds since 1970 that times are counted from.
        unit: microseconds that times are counted in.
        bits: how many the user, the time and the code take.
    """

    start: int
    unit: int
    bits: tuple[int, int, int]

    @classmethod
    def fit(
        cls, users: int, times: tuple[int, int], units: Iterable[int], codes: int, *, most: int
    ) -> "Packing | None":
        """Return a packing of at most so many bits, None if there is none.

        Args:
            users: the greatest user number; the least is 0.
            times: the first and the last, in microseconds since 1970.
            units: microseconds of which each time since the first is a multiple.
            codes: the greatest code; the least is 0.
            most: bits that there are.
        """
        unit = max(units, default=1)
        longest = (times[1] - times[0]) // unit
        bits = (users.bit_length(), longest.bit_length(), codes.bit_length())
        return cls(times[0], unit, bits) if sum(bits) <= most else None


class PackedEvents:
    """Events as sorted numbers."""

    order = None

    def __init__(self, keys: "np.ndarray", packing: Packing) -> None:
        """Take numbers, which are sorted in place: by user, time, then code."""
        keys.sort()
        self._keys, self._packing = keys, packing

    def __len__(self) -> int:
        return len(self._keys)

    def drop_between(self, code: int, before: int | None) -> None:
        """Leave out each event of a code that lies between two others of it, with nothing else of its user between.

        Args:
            code: of the events.
            before: microseconds since 1970 before which the later of the two lies, if that matters.
        """
        import numpy as np

        packing, keys = self._packing, self._keys
        _, time_bits, code_bits = packing.bits
        latest = None if before is None else np.uint64(max(-((packing.start - before) // packing.unit), 0))
        is_linked = np.zeros(len(keys) + 1, dtype=bool)
        for begin in range(0, len(keys) - 1, _AT_ONCE):
            part = keys[begin : begin + _AT_ONCE + 1]
            fits = (part & _ones(np.uint64(code_bits))) == np.uint64(code)
            linked = fits[1:] & fits[:-1]
            linked &= (part[1:] ^ part[:-1]) >> np.uint64(time_bits + code_bits) == 0
            if latest is not None:
                linked &= (part[1:] >> np.uint64(code_bits)) & _ones(np.uint64(time_bits)) < latest
            is_linked[begin + 1 : begin + 1 + len(linked)] = linked
        self._keys = keys[~(is_linked[:-1] & is_linked[1:])]

    def take(self, first: int = 0, after: int | None = None) -> Columns:
        """Return users, times in microseconds and codes of the events from `first` up to but not `after`."""
        import numpy as np

        _, time_bits, code_bits = (np.uint64(width) for width in self._packing.bits)
        keys = self._keys[first:after]
        codes = (keys & _ones(code_bits)).astype(np.int64)
        keys = keys >> code_bits
        times = (keys & _ones(time_bits)).view(np.int64)
        times *= self._packing.unit
        times += self._packing.start
        return (keys >> time_bits).view(np.int64), times, codes

    def end_of_user(self, position: int) -> int:
        """Return where the events of the user at a position end."""
        import numpy as np

        others = _ones(np.uint64(sum(self._packing.bits[1:])))
        return int(np.searchsorted(self._keys, self._keys[position] | others, side="right"))


class UnpackedEvents:
    """Events as sorted columns, where numbers would be too long or there is more to sort by."""

    def __init__(self, columns: Columns, ties: Sequence["np.ndarray"] = ()) -> None:
        """Sort by user, time, code and then ties; `order` tells which event went where."""
        import numpy as np

        users, times, codes = columns
        self.order = np.lexsort((*reversed(ties), codes, times, users))
        self._columns = users[self.order], times[self.order], codes[self.order].astype(np.int64)

    def __len__(self) -> int:
        return len(self.order)

    def take(self, first: int = 0, after: int | None = None) -> Columns:
        """Return what `PackedEvents.take` does."""
        users, times, codes = self._columns
        return users[first:after], times[first:after], codes[first:after]

    def end_of_user(self, position: int) -> int:
        """Return where the events of the user at a position end."""
        import numpy as np

        return int(np.searchsorted(self._columns[0], self._columns[0][position], side="right"))


SortedEvents = PackedEvents | UnpackedEvents


def sort_events(pieces: list[Columns], ties: Sequence["np.ndarray"] = ()) -> SortedEvents:
    """Sort events by user, time, code and then ties.

    Args:
        pieces: of the events, their users, numbered from 0, times in microseconds, and codes from 0; emptied on the
            way, so that their memory is free.
        ties: further columns of all events, to sort by.
    """
    import numpy as np

    (_, users), (start, end), (_, codes) = (_span(pieces, column) for column in range(3))
    units = (u for u in UNITS if not any(((times - start) % u).any() for _, times, _ in pieces))
    packing = None if ties else Packing.fit(users, (start, end), units, codes, most=_KEY_BITS)
    if packing is None:
        columns = tuple(np.concatenate(column) for column in zip(*pieces, strict=True))
        pieces.clear()
        return UnpackedEvents(columns, ties)  # type: ignore[arg-type]
    return PackedEvents(_pack(pieces, packing), packing)


def cut_events(events: SortedEvents, size: int) -> Iterator[tuple[int, int]]:
    """Cut into stretches of about `size` events, with all of a user in one; there is at least one stretch."""
    first, count = 0, len(events)
    while True:
        after = events.end_of_user(first + size) if first + size < count else count
        yield first, after
        if after == count:
            return
        first = after


def _span(pieces: list[Columns], column: int) -> tuple[int, int]:
    columns = [p[column] for p in pieces if len(p[column])]
    return min((int(c.min()) for c in columns), default=0), max((int(c.max()) for c in columns), default=0)


def _pack(pieces: list[Columns], packing: Packing) -> "np.ndarray":
    import numpy as np

    _, time_bits, code_bits = (np.uint64(width) for width in packing.bits)
    packed, begin = np.empty(sum(len(p[0]) for p in pieces), dtype=np.uint64), 0
    while pieces:
        users, times, codes = pieces.pop()
        keys = packed[begin : begin + len(users)]
        begin += len(users)
        keys[:] = users
        keys <<= time_bits
        keys |= ((times - packing.start) // packing.unit).view(np.uint64)
        keys <<= code_bits
        keys |= codes.astype(np.uint64)
    return packed


def _ones(bits: "np.uint64") -> "np.uint64":
    import numpy as np

    return np.uint64((1 << int(bits)) - 1)


def read_pieces(table: "pa.Table", *columns: str) -> Iterator[tuple["np.ndarray", ...]]:
    """Give columns of whole numbers and times in one piece or more, as they lie in memory; times in microseconds."""
    import numpy as np
    import pyarrow as pa

    batches = table.select(columns).to_batches()
    for batch in batches or [pa.RecordBatch.from_pylist([], table.select(columns).schema)]:
        read = [batch.column(name) for name in columns]
        yield tuple(
            (
                c.cast("timestamp[us]").to_numpy().view(np.int64)
                if pa.types.is_timestamp(c.type)
                else c.to_numpy()
            )
            for c in read
        )


def number_users(pieces: Sequence["np.ndarray"]) -> "list[np.ndarray]":
    """Give users numbers from 0 that are small enough to be packed, in the same order."""
    import numpy as np
    import pandas as pd

    filled = [p for p in pieces if len(p)]
    lowest = min((int(p.min()) for p in filled), default=0)
    highest = max((int(p.max()) for p in filled), default=0)
    if highest - lowest < _FEW_USERS:
        return [(p - lowest).astype(np.int32) for p in pieces]
    numbers: np.ndarray = pd.factorize(np.concatenate(pieces), sort=True)[0]
    return np.split(numbers, np.cumsum([len(p) for p in pieces])[:-1])
