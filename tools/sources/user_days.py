"""What each user did on each local day, made once from the events: all that metrics of calendar days need."""

import threading
from typing import TYPE_CHECKING

from tools.sources.local_time import month_of
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
        """Return one row `user, day, month` for each local day on which a user did any of some events.

        Args:
            events: recorded names; None is every event.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            if events not in self._active:
                table = self._table()
                rows = table if events is None else table.filter(table.event.isin(sorted(events)))
                days = [part.select("user", "day").distinct() for part in self._split(rows)]
                if len(self._active) == _MOST_KEPT:
                    return _add_month(rows.select("user", "day").distinct())
                self._active[events] = _add_month(self._engine.keep(f"active_{len(self._active)}", *days))
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
            self._made = _add_month(self._engine.keep(_TABLE, *grouped))
        return self._made

    def _split(self, rows: "ibis.Table") -> "list[ibis.Table]":
        """Part the rows by user, so that all of a user are in one part."""
        if self._parts < 2:
            return [rows]
        part = (rows.user % self._parts + self._parts) % self._parts  # of a negative number, too
        return [rows.filter(part == number) for number in range(self._parts)]


def _add_month(rows: "ibis.Table") -> "ibis.Table":
    return rows.mutate(month=month_of(rows.day))
