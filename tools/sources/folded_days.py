"""Who was active on which days, 32 days to a number: events then make a tenth of the groups, and grouping is what takes long."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.metric_kinds import Interval
from tools.periods import Calendar

if TYPE_CHECKING:
    import ibis
    import numpy as np
    import pyarrow as pa

_SHIFT, _DAYS = 5, 32
_WORDS_AT_ONCE = 50_000
_MOST_CELLS, _CELLS_OF_EVENT = 1 << 27, 8


def fold_days(rows: "ibis.Table") -> "ibis.Table":
    """Group events to rows `user, word, bits`: bit k of `bits` says that day `32 * word + k` was an active one."""
    import ibis

    bit = ibis.literal(1, "int64") << (rows.day & (_DAYS - 1)).cast("int64")
    folded = rows.group_by("user", word=rows.day >> _SHIFT).agg(bits=bit.bit_or())
    return folded.filter(folded.word.notnull())  # a time without end has no day


@dataclass(frozen=True, slots=True)
class DayGrid:
    """A cell for every user and day: to mark events in it takes half the time of grouping them.

    Attributes:
        users, days: the least and the greatest of each that there may be.
    """

    users: tuple[int, int]
    days: tuple[int, int]

    @property
    def words(self) -> int:
        """How many words a user has."""
        return (self.days[1] >> _SHIFT) - (self.days[0] >> _SHIFT) + 1

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return (self.users[1] - self.users[0] + 1) * self.words * _DAYS

    def pays(self, events: int) -> bool:
        """Whether users are close enough to one another for so many events."""
        return 0 < self.cells <= min(_MOST_CELLS, events * _CELLS_OF_EVENT)

    def place(self, rows: "ibis.Table") -> "ibis.Table":
        """Give the cell of each event; those without a day, as a time without end has none, share one after the last."""
        row = (rows.user - self.users[0]).cast("int32") * (self.words * _DAYS)
        cell = row + (rows.day - (self.days[0] >> _SHIFT << _SHIFT))
        return rows.select(cell=cell.coalesce(self.cells).cast("int32"))

    def fold(self, pieces: "Iterable[pa.RecordBatch]") -> "pa.Table | None":
        """Return what `fold_days` does of the cells of events, sorted; None where one of them lies outside."""
        import numpy as np
        import pyarrow as pa

        marks = np.zeros(self.cells + 1, dtype=np.uint8)
        for piece in pieces:
            cells = piece["cell"].to_numpy()
            if cells.min() < 0 or cells.max() > self.cells:
                return None
            marks[cells] = 1
        bits = np.packbits(marks[:-1], bitorder="little").view("<u4")
        found = np.flatnonzero(bits)
        users, words = np.divmod(found, self.words)
        words += self.days[0] >> _SHIFT
        return pa.table(
            {
                "user": users + self.users[0],
                "word": words.astype(np.int32),
                "bits": bits[found].astype(np.int64),
            }
        )


@dataclass(frozen=True, slots=True)
class ActiveDays:
    """The active days of some users, by user and day, all of a user together.

    Attributes:
        users, days: of each.
        anew: whether it is the user's first.
    """

    users: "np.ndarray"
    days: "np.ndarray"
    anew: "np.ndarray"

    @property
    def before(self) -> "np.ndarray":
        """The user's day before each; without meaning where there is none."""
        import numpy as np

        return np.concatenate((self.days[:1], self.days[:-1]))

    @property
    def first(self) -> "np.ndarray":
        """The first day of the user of each."""
        import numpy as np

        starts = np.flatnonzero(self.anew)
        return np.repeat(self.days[starts], np.diff(starts, append=len(self.days)))


def unfold_days(words: "pa.Table") -> Iterator[ActiveDays]:
    """Give the active days of a few users at a time; there is at least one piece.

    Args:
        words: as `fold_days` makes them, sorted by user and word.
    """
    import numpy as np

    users, numbers, bits = (words[c].to_numpy() for c in ("user", "word", "bits"))
    begin = 0
    while begin < len(users) or not begin:
        end = min(begin + _WORDS_AT_ONCE, len(users))
        if end < len(users):
            end = int(np.searchsorted(users, users[end - 1], side="right"))
        yield _unfold(users[begin:end], numbers[begin:end], bits[begin:end])
        begin = max(end, 1)


def _unfold(users: "np.ndarray", words: "np.ndarray", bits: "np.ndarray") -> ActiveDays:
    import numpy as np

    flags = np.unpackbits(bits.astype("<u4").view(np.uint8), bitorder="little")
    places = np.flatnonzero(flags)
    of_word = places >> _SHIFT
    days = (words << _SHIFT)[of_word] + (places & (_DAYS - 1)).astype(words.dtype)
    active = users[of_word]
    anew = np.ones(len(active), dtype=bool)
    np.not_equal(active[1:], active[:-1], out=anew[1:])
    return ActiveDays(active, days, anew)


def list_days(words: "pa.Table") -> "pa.Table":
    """Return rows `user, day, before, first` of each active day, `before` null on the first."""
    import pyarrow as pa

    columns = ("user", "day", "before", "first")
    return pa.concat_tables(
        pa.table(
            [piece.users, piece.days, pa.array(piece.before, mask=piece.anew), piece.first], names=columns
        )
        for piece in unfold_days(words)
    )


def tally_arrivals(words: "pa.Table") -> "pa.Table":
    """Return rows `day, before, users`: how many of the active users of a day were active when before."""
    import numpy as np
    import pyarrow as pa

    pairs = ((p.days, np.where(p.anew, p.days + 1, p.before)) for p in unfold_days(words))
    days, before, users = _tally(words, pairs)
    return pa.table(
        {"day": days, "before": pa.array(before, mask=before > days), "users": users},
    )


def tally_returns(words: "pa.Table", calendar: Calendar, interval: Interval) -> "pa.Table":
    """Return rows `first, day, users`: how many of the users of a first day were back on a day, the first of its bucket."""
    import pyarrow as pa

    def buckets(days: "np.ndarray") -> Any:
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype("int32")
        return calendar.bucket_column({"day": days, "month": months}, interval)

    def pair() -> "Iterator[tuple[np.ndarray, np.ndarray]]":
        for piece in unfold_days(words):
            first, days = piece.first, piece.days
            if interval != "day":
                fresh = piece.anew | (buckets(piece.before) < buckets(days))
                first, days = first[fresh], days[fresh]
            yield first, days

    first, days, users = _tally(words, pair())
    return pa.table({"first": first, "day": days, "users": users})


def _tally(
    words: "pa.Table", pairs: "Iterable[tuple[np.ndarray, np.ndarray]]"
) -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """Count pairs of days, of those that the words have or the one after the last."""
    import numpy as np

    numbers = words["word"].to_numpy()
    low = int(numbers.min(initial=0)) << _SHIFT
    span = ((int(numbers.max(initial=0)) + 1) << _SHIFT) - low + 1
    counted = (_count_keys((one - low).astype(np.int64) * span + (other - low), span) for one, other in pairs)
    keys, counts = (np.concatenate(parts) for parts in zip(*counted, strict=True))
    known, place = np.unique(keys, return_inverse=True)
    users = np.bincount(place, weights=counts, minlength=len(known)).astype(np.int64)
    return (known // span + low).astype(np.int32), (known % span + low).astype(np.int32), users


def _count_keys(keys: "np.ndarray", span: int) -> "tuple[np.ndarray, np.ndarray]":
    """Count the pairs that numbers stand for: by place, where so many places are no more than what is counted."""
    import numpy as np

    if span * span > len(keys):
        return np.unique(keys, return_counts=True)
    counts = np.bincount(keys)
    known = np.flatnonzero(counts)
    return known, counts[known]
