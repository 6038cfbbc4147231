"""Tables of amounts by day, such as what was spent, beside a source's events."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.periods import Calendar
from tools.source_definition import SourceDefinition
from tools.sources.normalization import Layout, check_columns, is_usable, select_columns
from tools.sources.placement import place_rows
from tools.sources.reading import Reader
from tools.value.declarations import AmountTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table of amounts.

    Attributes:
        rows: (key, day, amount), one per key and local day, in order.
        lacking: rows without a key, a day or an amount, which are left out.
    """

    rows: "pd.DataFrame"
    lacking: int


class Ledgers:
    """The tables of amounts of a workspace, each read when it is first asked for, or has changed."""

    def __init__(self, reader: Reader, *, calendar: Calendar, memory_limit: str, timeout: float) -> None:
        """Take what is needed to read them.

        Args:
            reader: of the workspace's files and databases.
            calendar: the workspace's.
            memory_limit, timeout: of the engine that reads a table.
        """
        self._reader, self._calendar = reader, calendar
        self._limits: dict[str, Any] = {"memory_limit": memory_limit, "timeout": timeout}
        self._reading = threading.Lock()
        self._read: dict[str, tuple[object, Ledger]] = {}

    def get(self, name: str, definition: AmountTable) -> Ledger:
        """Return a table.

        Raises:
            SourceUnavailable, MissingColumn: it cannot be read as `metrics.yaml` says.
        """
        as_source = SourceDefinition.model_validate(definition.as_source())
        with self._reading:
            stamp = self._reader.stamp(name, as_source), definition
            if name not in self._read or self._read[name][0] != stamp:
                self._read[name] = stamp, self._fetch(name, as_source, definition.amount)
            return self._read[name][1]

    def _fetch(self, name: str, definition: SourceDefinition, amount: str) -> Ledger:
        engine, raw = self._reader.open(name, definition, **self._limits)
        try:
            layout = Layout({}, (amount,))
            check_columns(name, definition, layout, raw.table.columns)
            rows = select_columns(raw.table, definition, layout)
            rows = place_rows(engine, raw, definition, rows, self._calendar).rows
            fits = is_usable(rows) & rows[f"p_{amount}"].notnull()
            lacking = engine.fetch_row(rows.agg(n=(~fits).cast("int32").sum().coalesce(0)))["n"]
            kept = rows.filter(fits)
            sums = kept.group_by(key=kept.event, day=kept.day).agg(amount=kept[f"p_{amount}"].sum())
            found = engine.fetch(sums.order_by("key", "day"))
        finally:
            engine.close()
        return Ledger(found.astype({"key": str, "day": "int64", "amount": float}), int(lacking))
