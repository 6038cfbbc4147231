"""What each user did on each local day, made once from the events: all that metrics of calendar days need."""

import threading
from typing import TYPE_CHECKING

from tools.periods import month_of
from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis

_TABLE = "user_days"
_ROWS_AT_ONCE = 5_000_000
"""Of more events a part of the users is grouped at a time, which takes a little longer and far less memory."""
_FEW = 500_000
_MOST_KEPT = 8


class UserDays:
    """Tables made when they are first asked for, and kept as long as their source."""

    def __init__(self, engine: AnyEngine, events: "ibis.Table", *, total: int) -> None:
        """Take what they are made from.

        Args:
            engine: holds the events and will hold the tables.
            events: as `EventSource.events`.
            total: number of events.
        """
        self._engine, self._events = engine, events
        self._parts = -(-total // _ROWS_AT_ONCE) if total > _FEW else 0
        self._making = threading.Lock()
        self._made: ibis.Table | None = None
        self._active: dict[frozenset[str] | None, ibis.Table] = {}
        self._arrivals: dict[frozenset[str] | None, ibis.Table] = {}

    def table(self) -> "ibis.Table":
        """Return one row for each user, event, local day and combination of dimension values.

        Its columns are those of the events: `at` is the first time, each `p_` a sum; and `events`, the number of
        rows behind it.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            return self._table()

    def active(self, events: frozenset[str] | None) -> "ibis.Table":
        """Return one row `user, day, before, first, month` for each local day on which a user did any of some events.

        `before` is the user's day before it, null on the first: with these, who came when, anew or again, is told
        from one look at each row. It is made from the events, without the larger table of days.

        Args:
            events: recorded names; None is every event.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            return self._find(events)

    def arrivals(self, events: frozenset[str] | None) -> "ibis.Table":
        """Return rows `day, before, users, month`: how many of the active users of a day were active when before.

        There are so few that counts by day, week or month are at once. Takes and raises what `active` does.
        """
        with self._making:
            if events not in self._arrivals:
                counted = count_arrivals(self._find(events))
                if len(self._arrivals) == _MOST_KEPT:
                    return add_month(counted)
                name = f"arrivals_{len(self._arrivals)}"
                self._arrivals[events] = add_month(self._engine.keep(name, counted))
            return self._arrivals[events]

    def _find(self, events: frozenset[str] | None) -> "ibis.Table":
        if events not in self._active:
            rows = self._events if self._made is None else self._made
            rows = rows if events is None else rows.filter(rows.event.isin(sorted(events)))
            if len(self._active) == _MOST_KEPT:
                return add_month(find_active(rows))
            days = [find_active(part) for part in self._split(rows)]
            self._active[events] = add_month(self._engine.keep(f"active_{len(self._active)}", *days))
        return self._active[events]

    def _table(self) -> "ibis.Table":
        if self._made is None:
            rows = self._events
            names = [c for c in rows.columns if c == "event" or c.startswith("d_")]
            if self._parts:
                rows = self._engine.encode(rows, names)
            sums = [c for c in rows.columns if c.startswith("p_")]
            grouped = [
                part.aggregate(
                    by=["user", "day", *names],
                    at=part["at"].min(),
                    events=part.count().cast("int32"),
                    **{c: part[c].sum() for c in sums},
                )
                for part in self._split(rows)
            ]
            self._made = add_month(self._engine.keep(_TABLE, *grouped))
        return self._made

    def _split(self, rows: "ibis.Table") -> "list[ibis.Table]":
        """Part the rows by user, so that all of a user are in one part."""
        if self._parts < 2:
            return [rows]
        part = (rows.user % self._parts + self._parts) % self._parts  # of a negative number, too
        return [rows.filter(part == number) for number in range(self._parts)]


def find_active(rows: "ibis.Table") -> "ibis.Table":
    """Select the distinct rows `user, day` with the user's day `before`, null on the first, and the `first`."""
    import ibis

    days = rows.select("user", "day").distinct()
    order = ibis.cumulative_window(group_by="user", order_by="day")
    return days.mutate(before=days.day.lag().over(order), first=days.day.min().over(order))


def count_arrivals(days: "ibis.Table", *keys: str) -> "ibis.Table":
    """Count users by their day, the one before, and further keys."""
    return days.group_by(*keys, "day", "before").agg(users=days.count())


def add_month(rows: "ibis.Table") -> "ibis.Table":
    """Add the number of the month of each day."""
    return rows.mutate(month=month_of(rows.day))
