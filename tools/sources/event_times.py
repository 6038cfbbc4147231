"""Who did what when, and nothing else: a table of numbers, made once from the events, for metrics of sequences."""

import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tools.sorted_events import UNITS, Packing
from tools.sources.engine import Engine
from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis

_NAMES, _TABLE = "event_names", "event_times"
_KEY_BITS = 63  # of a whole number that engines have, which has a sign
_NOT_WHOLE = -1
_FEW, _FEW_NAMES = 10_000, 64
_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1)


class EventTimes:
    """A table made when it is first asked for, and kept as long as its source.

    It has a row `user, at, event_code` for each event. Numbers are several times as fast to read and compare as
    names, and the time zone is worked out once. In this process's memory each row is held as one number, `key`, if
    that is long enough: it takes half the memory, and sorts without being put together first.
    """

    def __init__(
        self,
        engine: AnyEngine,
        events: "ibis.Table",
        *,
        names: Collection[str],
        days: tuple[int, int],
        users: tuple[int, int] | None,
    ) -> None:
        """Take what it is made from.

        Args:
            engine: holds the events and will hold the table.
            events: as `EventSource.events`.
            names: that they have.
            days: of the first and the last.
            users: the least and the greatest, if known.
        """
        self._engine, self._events, self._names, self._users = engine, events, sorted(names), users
        # No zone is as much as a day away from UTC.
        self._span = (days[0] - 1) * _DAY, (days[1] + 2) * _DAY
        self._making = threading.Lock()
        self._made: ibis.Table | None = None
        self._codes: dict[str, int] = {}
        self._packing: Packing | None = None

    def table(self) -> "ibis.Table":
        """Return the table.

        Raises:
            QueryTimeout, QueryTooLarge: it cannot be made within the limits.
        """
        with self._making:
            if self._made is None:
                rows = self._add_codes()
                if isinstance(self._engine, Engine):
                    self._made = self._keep_packed(self._engine, rows)
                if self._made is None:
                    self._made = self._engine.keep(_TABLE, rows.select("user", "at", "event_code"))
            return self._made

    def packing(self) -> Packing | None:
        """Return how the numbers `key` are made up; None if the table has none."""
        self.table()
        return self._packing

    def between(self, first: datetime | None, last: datetime | None) -> list[Any]:
        """Return conditions on rows of the table, that they lie between two naive UTC times, both included."""
        import ibis

        self.table()
        low: Any = first
        high: Any = last
        column = "at"
        if (packing := self._packing) is not None:
            # Numbers are compared faster than the times made of them; the first is rounded up, the last down.
            column = "moment"
            low = None if first is None else -((packing.start - _microseconds(first)) // packing.unit)
            high = None if last is None else (_microseconds(last) - packing.start) // packing.unit
        conditions = [] if low is None else [ibis._[column] >= low]
        return conditions if high is None else [*conditions, ibis._[column] <= high]

    def among(self, rows: "ibis.Table", codes: Collection[int]) -> Any:
        """Return a condition on rows of the table, that their event is one of those with these codes."""
        import ibis

        if (packing := self.packing()) is None or len(self._codes) >= _KEY_BITS:
            return rows.event_code.isin(list(codes))
        # A shift takes a third of the time of looking the code up in a list.
        wanted = ibis.literal(sum(1 << code for code in codes), "int64")
        return ((wanted >> (rows.key & ((1 << packing.bits[2]) - 1))) & 1) == 1

    def codes(self) -> dict[str, int]:
        """Return the number of each event name, counted from 0."""
        self.table()
        return self._codes

    def _keep_packed(self, engine: Engine, rows: "ibis.Table") -> "ibis.Table | None":
        """Keep one number for each row, and give it out as the columns; None if it would be too long."""
        import ibis

        if self._users is None:
            return None
        (low, high), start = self._users, self._span[0]
        for unit in self._guess_units(engine):
            packing = Packing.fit(high - low, self._span, [unit], len(self._names), most=_KEY_BITS)
            if packing is None:
                return None
            _, time_bits, code_bits = packing.bits
            since = engine.count_microseconds(rows["at"]) - start
            moment = since if unit == 1 else engine.divide(since, unit)
            user = rows.user.cast("int64") - low
            key = (user << (time_bits + code_bits)) | (moment << code_bits) | rows.event_code.cast("int64")
            if unit > 1:
                key = (moment * unit != since).ifelse(_NOT_WHOLE, key)
            kept = engine.keep(_TABLE, rows.select(key=key.cast("int64")))
            if unit == 1 or not engine.fetch_row(kept.agg(least=kept.key.min()))["least"] < 0:
                break
        self._packing = packing
        moment = (kept.key >> code_bits) & ((1 << time_bits) - 1)
        return kept.select(
            "key",
            moment=moment,
            user=((kept.key >> (time_bits + code_bits)) + low).cast(rows.user.type()),
            at=ibis.timestamp(_EPOCH) + (moment * unit + start).as_interval("us"),
            event_code=(kept.key & ((1 << code_bits) - 1)).cast(rows.event_code.type()),
        )

    def _guess_units(self, engine: Engine) -> list[int]:
        """Return the units that a few events' times are whole in, and all that are smaller, the longest first."""
        few = self._events.limit(_FEW)
        since = engine.count_microseconds(few["at"])
        found = engine.fetch_row(few.agg(**{f"unit{unit}": (since % unit).max() for unit in UNITS}))
        return [unit for unit in UNITS if not found[f"unit{unit}"] > 0]

    def _add_codes(self) -> "ibis.Table":
        """Add the number of each event's name."""
        if isinstance(self._engine, Engine) and len(self._names) <= _FEW_NAMES:
            self._codes = {name: code for code, name in enumerate(self._names)}
            code = self._engine.find_place(self._events.event, self._names)
            return self._events.mutate(event_code=code.cast("int16"))
        return self._events.inner_join(self._number_names(), "event")

    def _number_names(self) -> "ibis.Table":
        kind = "int16" if len(self._names) < 2**15 else "int32"
        if isinstance(self._engine, Engine):
            import pyarrow as pa

            self._codes = {name: code for code, name in enumerate(self._names)}
            codes = pa.array(range(len(self._names)), pa.int64()).cast(kind)
            return self._engine.load_raw(pa.table({"event": self._names, "event_code": codes}), _NAMES)
        import ibis

        distinct = self._events.select("event").distinct()
        code = ibis.row_number().over(order_by=distinct.event)
        names = self._engine.keep(_NAMES, distinct.select("event", event_code=code.cast(kind)))
        listed = self._engine.fetch(names)
        self._codes = dict(zip(listed["event"], listed["event_code"].tolist(), strict=True))
        return names


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
