"""What each user did on each local day, made once from the events: all that metrics of calendar days need."""

import threading
from typing import TYPE_CHECKING

from tools.sources.local_time import month_of
from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis

_TABLE = "user_days"


class UserDays:
    """A table made when it is first asked for, and kept as long as its source.

    It has one row for each user, event, local day and combination of dimension values, with the columns of the
    events: `at` is the first time, each `p_` a sum; and `events`, the number of rows behind it.
    """

    def __init__(self, engine: AnyEngine, events: "ibis.Table") -> None:
        self._engine, self._events = engine, events
        self._making = threading.Lock()
        self._made: ibis.Table | None = None

    def table(self) -> "ibis.Table":
        """Return the table.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            if self._made is None:
                kept = self._engine.keep(_TABLE, self._group())
                self._made = kept.mutate(month=month_of(kept.day))
            return self._made

    def _group(self) -> "ibis.Table":
        rows = self._events
        keys = [c for c in rows.columns if c in ("user", "event", "day") or c.startswith("d_")]
        sums = {c: rows[c].sum() for c in rows.columns if c.startswith("p_")}
        return rows.aggregate(by=keys, at=rows["at"].min(), events=rows.count(), **sums)
