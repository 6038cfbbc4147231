"""What each user did on each local day, made once from the events: all that metrics of calendar days need."""

import threading
from typing import TYPE_CHECKING

from tools.metric_kinds import Interval
from tools.periods import Calendar, month_of
from tools.sources.engine import Engine
from tools.sources.folded_days import DayGrid, fold_days, list_days, tally_arrivals, tally_returns
from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

Events = frozenset[str] | None
"""Recorded names; None is every event."""

_TABLE = "user_days"
_ROWS_AT_ONCE = 5_000_000
"""Of more events a part of the users is grouped at a time, which takes a little longer and far less memory."""
_FEW = 500_000
_MOST_KEPT = 8


class UserDays:
    """Tables made when they are first asked for, and kept as long as their source.

    In this process's memory, days are kept folded (see `folded_days`), and the tables of active days, of arrivals and
    of returns are unfolded from them: so the first answer takes one look at the events.
    """

    def __init__(
        self,
        engine: AnyEngine,
        events: "ibis.Table",
        *,
        total: int,
        days: tuple[int, int],
        users: tuple[int, int] | None,
    ) -> None:
        """Take what they are made from.

        Args:
            engine: holds the events and will hold the tables.
            events: as `EventSource.events`.
            total: number of events.
            days: of the first and the last event.
            users: the least and the greatest, if known.
        """
        self._engine, self._events = engine, events
        self._total, self._days, self._users = total, days, users
        self._parts = -(-total // _ROWS_AT_ONCE) if total > _FEW else 0
        self._making = threading.Lock()
        self._made: ibis.Table | None = None
        self._folded: dict[Events, ibis.Table] = {}
        self._active: dict[Events, ibis.Table] = {}
        self._arrivals: dict[Events, ibis.Table] = {}
        self._returns: dict[tuple[Events, Interval], ibis.Table] = {}

    def table(self) -> "ibis.Table":
        """Return one row for each user, event, local day and combination of dimension values.

        Its columns are those of the events: `at` is the first time, each `p_` a sum; and `events`, the number of
        rows behind it.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            return self._table()

    def active(self, events: Events) -> "ibis.Table":
        """Return one row `user, day, before, first, month` for each local day on which a user did any of some events.

        `before` is the user's day before it, null on the first: with these, who came when, anew or again, is told
        from one look at each row. It is made from the events, without the larger table of days.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            return self._find(events)

    def arrivals(self, events: Events) -> "ibis.Table":
        """Return rows `day, before, users, month`: how many of the active users of a day were active when before.

        There are so few that counts by day, week or month are at once. Takes and raises what `active` does.
        """
        with self._making:
            if events not in self._arrivals:
                name = f"arrivals_{len(self._arrivals)}"
                if len(self._arrivals) == _MOST_KEPT:
                    return add_month(count_arrivals(self._find(events)))
                if (words := self._read_folded(events)) is not None:
                    found = self._engine.load_raw(tally_arrivals(words), name)
                else:
                    found = self._engine.keep(name, count_arrivals(self._find(events)))
                self._arrivals[events] = add_month(found)
            return self._arrivals[events]

    def returns(self, events: Events, calendar: Calendar, interval: Interval) -> "ibis.Table":
        """Return rows `first, day, users`: how many of the users of a first day were back on a day.

        Of each day, week or month of a user only the first active day counts. Takes and raises what `active` does.
        """
        with self._making:
            asked = events, interval
            if asked not in self._returns:
                name = f"returns_{len(self._returns)}"
                if len(self._returns) == _MOST_KEPT:
                    return count_own_returns(self._find(events), calendar, interval)
                if (words := self._read_folded(events)) is not None:
                    found = self._engine.load_raw(tally_returns(words, calendar, interval), name)
                else:
                    found = self._engine.keep(name, count_own_returns(self._find(events), calendar, interval))
                self._returns[asked] = found
            return self._returns[asked]

    def _find(self, events: Events) -> "ibis.Table":
        if events not in self._active:
            name = f"active_{len(self._active)}"
            if len(self._active) == _MOST_KEPT:
                return add_month(find_active(self._rows(events)))
            if (words := self._read_folded(events)) is not None:
                found = self._engine.load_raw(list_days(words), name)
            else:
                found = self._engine.keep(name, *map(find_active, self._split(self._rows(events))))
            self._active[events] = add_month(found)
        return self._active[events]

    def _rows(self, events: Events) -> "ibis.Table":
        rows = self._events if self._made is None else self._made
        return rows if events is None else rows.filter(rows.event.isin(sorted(events)))

    def _read_folded(self, events: Events) -> "pa.Table | None":
        """Read the folded days, made at first; None where they are not in this process's memory, or too many."""
        if not isinstance(self._engine, Engine):
            return None
        if events not in self._folded:
            if len(self._folded) == _MOST_KEPT:
                return None
            name, rows = f"folded_{len(self._folded)}", self._rows(events)
            if (words := self._mark(self._engine, rows)) is not None:
                self._folded[events] = self._engine.load_raw(words, name)
                return words
            self._folded[events] = self._engine.keep(name, fold_days(rows))
        return self._engine.fetch_arrow(self._folded[events].order_by("user", "word"))

    def _mark(self, engine: Engine, rows: "ibis.Table") -> "pa.Table | None":
        """Fold days in a grid of all users; None where that would be too large."""
        grid = None if self._users is None else DayGrid(self._users, self._days)
        if grid is None or not grid.pays(self._total):
            return None
        words = grid.fold(engine.fetch_pieces(grid.place(rows)))
        return words and words.set_column(0, "user", words["user"].cast(rows.user.type().to_pyarrow()))

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


def count_own_returns(days: "ibis.Table", calendar: Calendar, interval: Interval) -> "ibis.Table":
    """Count users by their first day and each day, the first of a bucket, on which they were back."""
    seen = calendar.first_in_bucket(days, interval)
    return seen.group_by("first", "day").agg(users=seen.count())


def add_month(rows: "ibis.Table") -> "ibis.Table":
    """Add the number of the month of each day."""
    return rows.mutate(month=month_of(rows.day))
