"""Who enters a funnel and how far they come: the counting behind funnels and conversion metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tools.journeys import first_flags, follow_steps
from tools.metric_kinds import Entry
from tools.periods import Period
from tools.results import Text
from tools.scope import FilterValues, Scope

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_WINDOW_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WINDOW_TEXT = {"m": Text("分钟", "minutes"), "h": Text("小时", "hours"), "d": Text("天", "days")}


@dataclass(frozen=True, slots=True)
class FunnelDefinition:
    """The steps, in order, and what ties them together."""

    steps: tuple[str, ...]
    window: str = "7d"
    entry: Entry = "first"

    @property
    def span(self) -> timedelta:
        """The window as a length of time; a day is 24 hours."""
        return timedelta(**{_WINDOW_UNITS[self.window[-1]]: int(self.window[:-1])})

    def window_text(self) -> Text:
        """Write the window for people."""
        unit = _WINDOW_TEXT[self.window[-1]]
        return Text(
            zh=f"{self.window[:-1]} {unit.zh}（含边界）", en=f"{self.window[:-1]} {unit.en}, edge included"
        )


@dataclass(frozen=True, slots=True)
class Conversions:
    """The outcome of a funnel.

    Attributes:
        users: one row per entrant: depth, day (of the entry), month, and a column per dimension, as at the
        entry.
        seconds: per step, seconds from entry to that step of those who reached it.
        open_entries: entrants who may still convert, because the data ends before their window does.
        left_out: users none of whose entries is mature, where only mature entries count; 0 otherwise.
    """

    users: "pd.DataFrame"
    seconds: tuple[Any, ...]
    open_entries: int
    left_out: int


def mature_before(scope: Scope, window: timedelta) -> datetime:
    """Return the first time, as naive UTC, at which an entry's window reaches past the last whole day of data."""
    return scope.calendar.instant(scope.source.coverage.complete_through + timedelta(days=1)) - window


def count_conversions(
    scope: Scope,
    definition: FunnelDefinition,
    period: Period,
    *,
    filters: FilterValues,
    dimensions: Sequence[str] = (),
    mature_only: bool = False,
) -> Conversions:
    """Follow everybody who enters in `period`; later steps may lie after it.

    Filters and dimensions hold the value at the entry event. With `mature_only`, entries count only if the
    data covers their whole window, whether they converted or not: those who are quick to convert must not
    count before those who are slow.
    """
    wanted = list(dict.fromkeys((*filters, *dimensions)))
    frame = scope.source.engine.fetch(_step_rows(scope, definition, period, wanted))
    users, masks, days = (frame[c].to_numpy() for c in ("user", "mask", "day"))
    times = frame["at"].to_numpy().astype("datetime64[us]").astype("int64")
    first, last = (scope.calendar.bucket(d, "day") for d in (period.start, period.end))
    entries = (masks & 1 == 1) & (days >= first) & (days <= last)
    if definition.entry == "first":
        entries = first_flags(users, entries)
    # A first entry is found before it is filtered: then segments add up to the whole.
    for dimension, values in filters.items():
        entries &= frame[f"d_{dimension}"].isin(list(values)).to_numpy()
    entered = int(first_flags(users, entries).sum()) if mature_only else 0
    if mature_only:
        entries &= (frame["at"] < mature_before(scope, definition.span)).to_numpy()
    window = definition.span // timedelta(microseconds=1)
    journeys = follow_steps(users, times, masks, entries, steps=len(definition.steps), window=window)
    entrants = frame.iloc[journeys.entry].reset_index(drop=True).assign(depth=journeys.depth)
    as_of = scope.source.coverage.data_as_of.astimezone(UTC).replace(tzinfo=None)
    waiting = (journeys.depth < len(definition.steps)) & (entrants["at"] + definition.span > as_of)
    entrants = entrants.rename(columns={f"d_{d}": d for d in dimensions})
    return Conversions(
        users=entrants[["depth", "day", "month", *dimensions]],
        seconds=journeys.seconds,
        open_entries=0 if mature_only else int(waiting.sum()),
        left_out=max(entered - len(entrants), 0),
    )


def _step_rows(
    scope: Scope, definition: FunnelDefinition, period: Period, dimensions: list[str]
) -> "ibis.Table":
    """Select rows (user, at, day, month, mask, dimension...) of the steps, sorted."""
    names = [scope.recorded_names(step) or () for step in definition.steps]
    table = scope.source.events
    begin = scope.calendar.instant(period.start)
    finish = scope.calendar.instant(period.end + timedelta(days=1)) + definition.span
    table = table.filter(table["at"] >= begin, table["at"] <= finish)
    known = sorted(set().union(*names))
    if set(known) != set(scope.source.event_counts):
        table = table.filter(table.event.isin(known))
    mask = _mask(table, names)
    rows = table.select(
        "user", "day", "month", at=table["at"], mask=mask, **{f"d_{d}": table[f"d_{d}"] for d in dimensions}
    )
    lowest = rows.mask & -rows.mask
    return rows.order_by("user", "at", lowest, *(f"d_{d}" for d in dimensions))


def _mask(table: "ibis.Table", names: Sequence[Sequence[str]]) -> Any:
    """Set bit k where the event is one of step k's names."""
    import ibis

    by_name: dict[str, int] = {}
    for position, step in enumerate(names):
        for name in step:
            by_name[name] = by_name.get(name, 0) | 1 << position
    if len(set(by_name.values())) == 1:
        return ibis.literal(next(iter(by_name.values())), type="int32")
    return table.event.cases(*by_name.items(), else_=0).cast("int32")
