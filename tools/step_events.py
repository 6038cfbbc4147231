"""The events that may matter to a funnel, fetched as numbers and sorted for `tools.journeys`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tools.periods import Period
from tools.scope import Scope
from tools.sorted_events import (
    PackedEvents,
    Packing,
    SortedEvents,
    cut_events,
    number_users,
    read_pieces,
    sort_events,
)
from tools.sources.engine import Engine
from tools.step_rows import StepRows

if TYPE_CHECKING:
    import ibis
    import numpy as np
    import pyarrow as pa

Reach = tuple[datetime | None, datetime | None]
_AT_ONCE = 300_000
"""Events that are followed at once: more would take more memory, and more time as well."""


@dataclass(frozen=True, slots=True)
class Superseding:
    """An event that matches the first step only cannot count if one like it comes before, and another follows at once.

    Attributes:
        before: microseconds since 1970 before which the latter lies, if that matters.
    """

    before: int | None


@dataclass(frozen=True, slots=True)
class Values:
    """A dimension of the rows: `names`, sorted, and each row's index in it; -1 for the row that stands for none."""

    names: list[str]
    codes: "np.ndarray"

    def indexes(self, wanted: Sequence[str]) -> list[int]:
        """Return the indexes of some names."""
        return [k for k, name in enumerate(self.names) if name in set(wanted)]


@dataclass(frozen=True, slots=True)
class StepEvents:
    """Sorted rows and their dimensions.

    Attributes:
        rows: the events; where each value of a dimension has a funnel of its own, `users` numbers pairs of user
            and value.
        users: the user of each row.
        values: by dimension.
    """

    rows: StepRows
    users: "np.ndarray"
    values: dict[str, Values]


def fetch_step_events(
    scope: Scope,
    masks: Mapping[str, int],
    reach: Reach,
    *,
    steps: int,
    every: bool = False,
    dimensions: Sequence[str] = (),
    apart: str | None = None,
    superseding: Superseding | None = None,
) -> Iterator[StepEvents]:
    """Fetch and sort events; give them a few users at a time.

    Args:
        scope: the source.
        masks: recorded names and the bits that they set, those of steps below `steps`.
        reach: naive UTC times between which events lie, both included; None for no bound.
        steps: number of steps.
        every: also fetch events that set no bit.
        dimensions: which to fetch.
        apart: a dimension each of whose values has a funnel of its own.
        superseding: leaves out entries that cannot count, as far as that takes little.
    """
    import numpy as np

    source = scope.source
    known, by_rank = _rank_events({n: m for n, m in masks.items() if n in source.event_counts}, steps)
    if dimensions:
        events, values = _fetch_with(scope, known, by_rank, reach, dimensions, every=every, apart=apart)
    else:
        events, values = _fetch(scope, known, by_rank, reach, every=every), {}
        plain = np.flatnonzero(by_rank == 1)
        if superseding is not None and isinstance(events, PackedEvents) and len(plain):
            events.drop_between(int(plain[0]), superseding.before)
    whose = None if apart is None else len(values[apart].names)
    for first, after in cut_events(events, _AT_ONCE):
        yield _take(events, first, after, by_rank, values, whose=whose)


def _fetch(
    scope: Scope, known: Mapping[str, int], by_rank: "np.ndarray", reach: Reach, *, every: bool
) -> SortedEvents:
    """Fetch who did what when, sorted by user, time and rank."""
    import numpy as np

    source, times = scope.source, scope.source.event_times
    rows, codes = times.table(), times.codes()
    ranks = np.full(len(codes), _idle(by_rank), dtype=np.uint8)
    for name, rank in known.items():
        ranks[codes[name]] = rank
    conditions = times.between(*reach)
    conditions += [] if every else [times.among(rows, [codes[name] for name in known])]
    rows = rows.filter(*conditions) if conditions else rows
    if (packing := times.packing()) is not None and isinstance(source.engine, Engine):
        most = sum(source.event_counts.values() if every else map(source.event_counts.__getitem__, known))
        found = source.engine.fetch_pieces(rows.select("key"))
        return PackedEvents(_replace_codes(found, packing, ranks, most), packing)
    table = source.engine.fetch_arrow(rows.select("user", "at", "event_code"))
    pieces = list(read_pieces(table, "user", "at", "event_code"))
    del table
    users = number_users([users for users, _, _ in pieces])
    columns = [(u, at, ranks[code]) for u, (_, at, code) in zip(users, pieces, strict=True)]
    del pieces, users
    return sort_events(columns)


def _replace_codes(
    pieces: "Iterable[pa.RecordBatch]", packing: Packing, ranks: "np.ndarray", most: int
) -> "np.ndarray":
    """Put ranks where the codes of events are, so that the numbers, `most` at the most, sort by them."""
    import numpy as np

    keys, end = np.empty(most, dtype=np.int64), 0
    changed = np.arange(len(ranks)) ^ ranks
    codes = (1 << packing.bits[2]) - 1
    for piece in pieces:
        begin, end = end, end + len(piece)
        part = piece["key"].to_numpy()
        np.bitwise_xor(part, changed[part & codes], out=keys[begin:end])
    return keys[:end].view(np.uint64)


def _fetch_with(
    scope: Scope,
    known: Mapping[str, int],
    by_rank: "np.ndarray",
    reach: Reach,
    dimensions: Sequence[str],
    *,
    every: bool,
    apart: str | None,
) -> tuple[SortedEvents, dict[str, Values]]:
    """Fetch who did what when with dimensions, sorted by these as well."""
    import numpy as np

    source = scope.source
    table = source.engine.fetch_arrow(_select(source.events, None if every else known, reach, dimensions))
    names = encode_text(table["event"])
    idle = _idle(by_rank)
    ranks = np.array([known.get(name, idle) for name in names.names], dtype=np.uint8)[names.codes]
    values = {d: encode_text(table[f"d_{d}"]) for d in dimensions}
    users, times = (np.concatenate(c) for c in zip(*read_pieces(table, "user", "at"), strict=True))
    [users] = number_users([users])
    if apart is not None:
        users = users.astype(np.int64) * len(values[apart].names) + values[apart].codes
    return sort_events([(users, times, ranks)], [values[d].codes for d in dimensions]), values


def _idle(by_rank: "np.ndarray") -> int:
    """Return the rank of events that match nothing."""
    import numpy as np

    return int(np.flatnonzero(by_rank == 0)[0])


def _take(
    events: SortedEvents,
    first: int,
    after: int,
    by_rank: "np.ndarray",
    values: Mapping[str, Values],
    *,
    whose: int | None,
) -> StepEvents:
    """Take a stretch of events; `whose` is by how many keys a user has, if not one."""
    import numpy as np

    keys, times, ranks = events.take(first, after)
    masks = by_rank[ranks]
    order = None if events.order is None else events.order[first:after]
    return StepEvents(
        rows=StepRows(keys, times, masks),
        users=np.append(keys if whose is None else keys // whose, -1),
        values={d: Values(v.names, np.append(v.codes[order], -1)) for d, v in values.items()},
    )


def reach_of(scope: Scope, period: Period, window: timedelta) -> Reach:
    """Return between which times the events of journeys that start in a period lie, None where all data does."""
    calendar, coverage = scope.calendar, scope.source.coverage
    first = calendar.instant(period.start) if period.start > coverage.start else None
    last = calendar.instant(period.end + timedelta(days=1)) + window if period.end < coverage.end else None
    return first, last


def to_microseconds(instant: datetime) -> int:
    """Count microseconds since 1970 of a naive UTC time."""
    return (instant.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _select(
    events: "ibis.Table",
    wanted: Iterable[str] | None,
    reach: Reach,
    dimensions: Sequence[str],
) -> "ibis.Table":
    """Select the wanted events of some time, None for all."""
    first, last = reach
    conditions = [] if first is None else [events["at"] >= first]
    conditions += [] if last is None else [events["at"] <= last]
    conditions += [] if wanted is None else [events.event.isin(list(wanted))]
    rows = events.filter(*conditions) if conditions else events
    return rows.select("user", "at", "event", *(f"d_{d}" for d in dimensions))


def _rank_events(masks: Mapping[str, int], steps: int) -> tuple[dict[str, int], "np.ndarray"]:
    """Rank events by the lowest step they match, then by what else they match; those that match none come last.

    Returns:
        The rank of each event, and the mask of each rank.
    """
    import numpy as np

    every_step = (1 << steps) - 1

    def lowest(mask: int) -> tuple[int, int]:
        step = mask & every_step
        return (step & -step) or 1 << steps, mask

    order = sorted({*masks.values(), 0}, key=lowest)
    wide = max(order).bit_length() > 7
    by_rank = np.array(order, dtype=np.int32 if wide else np.int8)
    return {name: order.index(mask) for name, mask in masks.items()}, by_rank


def encode_text(column: "pa.ChunkedArray") -> Values:
    """Number the values of a text column in their order."""
    import numpy as np

    encoded = column.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    sorted_names = sorted(names)
    place = {name: k for k, name in enumerate(sorted_names)}
    renumbered = np.array([place[name] for name in names], dtype=np.int32)
    return Values(sorted_names, renumbered[encoded.indices.to_numpy()] if names else np.zeros(0, np.int32))
