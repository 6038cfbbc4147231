"""Who did what when, and nothing else: a table of numbers, made once from the events, for metrics of sequences."""

import threading
from typing import TYPE_CHECKING

from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis

_NAMES, _TABLE = "event_names", "event_times"


class EventTimes:
    """A table made when it is first asked for, and kept as long as its source.

    It has a row `user, at, event_code` for each event. Numbers are several times as fast to read and compare as
    names, and the time zone is worked out once.
    """

    def __init__(self, engine: AnyEngine, events: "ibis.Table", *, names: int) -> None:
        """Take what it is made from: the engine, the events as `EventSource.events`, and how many names they have."""
        self._engine, self._events, self._names = engine, events, names
        self._making = threading.Lock()
        self._made: ibis.Table | None = None
        self._codes: dict[str, int] = {}

    def table(self) -> "ibis.Table":
        """Return the table.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            if self._made is None:
                names = self._engine.keep(_NAMES, self._number_names())
                listed = self._engine.fetch(names)
                self._codes = dict(zip(listed["event"], listed["event_code"].tolist(), strict=True))
                rows = self._events.inner_join(names, "event")
                self._made = self._engine.keep(_TABLE, rows.select("user", "at", "event_code"))
            return self._made

    def codes(self) -> dict[str, int]:
        """Return the number of each event name, counted from 0."""
        self.table()
        return self._codes

    def _number_names(self) -> "ibis.Table":
        import ibis

        names = self._events.select("event").distinct()
        code = ibis.row_number().over(order_by=names.event)
        return names.select("event", event_code=code.cast("int16" if self._names < 2**15 else "int32"))
