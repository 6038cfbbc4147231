"""The events that may matter to a funnel, fetched as numbers and sorted for `tools.journeys`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tools.periods import Period
from tools.scope import Scope
from tools.sorted_events import SortedEvents, number_users, read_pieces
from tools.step_rows import StepRows

if TYPE_CHECKING:
    import ibis
    import numpy as np
    import pyarrow as pa

Reach = tuple[datetime | None, datetime | None]
_AT_ONCE = 300_000
"""Events that are followed at once: more would take more memory, and more time as well."""


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
    """
    import numpy as np

    source = scope.source
    ranked, by_rank = _rank_events(masks, steps)
    known = {name: rank for name, rank in ranked.items() if name in source.event_counts}
    idle = int(np.flatnonzero(by_rank == 0)[0])
    if dimensions:
        table = source.engine.fetch_arrow(
            _select(source.events, "event", None if every else known, reach, dimensions)
        )
        names = encode_text(table["event"])
        named = [known.get(name, idle) for name in names.names]
        found = np.array(named, dtype=np.uint8)[names.codes]
    else:
        codes = source.event_times.codes()
        by_code = np.full(len(codes), idle, dtype=np.uint8)
        for name, rank in known.items():
            by_code[codes[name]] = rank
        wanted = None if every else [codes[name] for name in known]
        table = source.engine.fetch_arrow(
            _select(source.event_times.table(), "event_code", wanted, reach, [])
        )
        found = by_code[table["event_code"].to_numpy()]
    pieces = list(read_pieces(table, "user", "at"))
    users, times = [p[0] for p in pieces], [p[1] for p in pieces]
    edges = np.cumsum([len(piece) for piece in users])[:-1]
    values = {d: encode_text(table[f"d_{d}"]) for d in dimensions}
    del table, pieces
    users = number_users(users)
    ranks = np.split(found, edges)
    if apart is not None:
        own = np.split(values[apart].codes, edges)
        users = [u.astype(np.int64) * len(values[apart].names) + c for u, c in zip(users, own, strict=True)]
    ties = [values[d].codes for d in dimensions]
    columns = list(zip(users, times, ranks, strict=True))
    del users, times, ranks, found
    events = SortedEvents(columns, ties)
    whose = None if apart is None else len(values[apart].names)
    for first, after in events.cut(_AT_ONCE):
        yield _take(events, first, after, by_rank, values, whose=whose)


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
    order = None if events.order is None or not values else events.order[first:after]
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
    column: str,
    wanted: Iterable[str | int] | None,
    reach: Reach,
    dimensions: Sequence[str],
) -> "ibis.Table":
    """Select the wanted events of some time, None for all."""
    first, last = reach
    conditions = [] if first is None else [events["at"] >= first]
    conditions += [] if last is None else [events["at"] <= last]
    conditions += [] if wanted is None else [events[column].isin(list(wanted))]
    rows = events.filter(*conditions) if conditions else events
    return rows.select("user", "at", column, *(f"d_{d}" for d in dimensions))


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
