"""Small tables beside a source's events that are lists rather than events, such as demands: read whole, as text."""

import threading
from typing import TYPE_CHECKING, Any, ClassVar

from tools.declarations import Table
from tools.errors import SourceUnavailable
from tools.source_definition import SourceDefinition
from tools.sources.normalization import keep_rows, require_columns
from tools.sources.reading import Reader

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 200_000


class _PlainDefinition(SourceDefinition):
    """A table without events; exports of other products repeat columns, one per sprint or watcher."""

    repeats_columns: ClassVar[bool] = True


class PlainTables:
    """The plain tables of a workspace, each read when it is first asked for, or has changed."""

    def __init__(self, reader: Reader, *, memory_limit: str, timeout: float) -> None:
        self._reader = reader
        self._limits: dict[str, Any] = {"memory_limit": memory_limit, "timeout": timeout}
        self._reading = threading.Lock()
        self._read: dict[str, tuple[object, pd.DataFrame]] = {}

    def get(self, name: str, declared: Table) -> "pd.DataFrame":
        """Return the rows of a table in no order: every column as text, None where a cell is empty.

        Args:
            name: what the table is called in messages.
            declared: where it is.

        Raises:
            SourceUnavailable, MissingColumn: it cannot be read as `metrics.yaml` says, or is too long to be a list.
        """
        definition = _PlainDefinition.model_validate({**declared.place(), "time": "", "event_name": name})
        with self._reading:
            stamp = self._reader.stamp(name, definition), definition
            if name not in self._read or self._read[name][0] != stamp:
                self._read[name] = stamp, self._fetch(name, definition)
            return self._read[name][1]

    def _fetch(self, name: str, definition: SourceDefinition) -> "pd.DataFrame":
        import pandas as pd

        engine, raw = self._reader.open(name, definition, **self._limits)
        try:
            require_columns(name, definition.where, raw.table.columns)
            rows = keep_rows(raw.table, definition)
            count = int(engine.fetch_row(rows.agg(n=rows.count()))["n"])
            if count > MOST_ROWS:
                raise SourceUnavailable(
                    en=f"Table {name} has {count:,} rows; at most {MOST_ROWS:,} are read. Keep fewer with where.",
                    zh=f"表 {name} 有 {count:,} 行，最多读取 {MOST_ROWS:,} 行；请用 where 筛选。",
                    parameter="where",
                )
            plain = [c for c, kind in rows.schema().items() if not kind.is_nested()]
            found = engine.fetch(rows.select(**{c: rows[c].cast("string") for c in plain}))
        finally:
            engine.close()
        cells = {c: [_cell(v, rows[c].type().is_floating()) for v in found[c]] for c in plain}
        return pd.DataFrame({c: pd.Series(column, dtype=object) for c, column in cells.items()})


def _cell(value: Any, is_number: bool) -> str | None:
    """Return a cell as text; a whole number without its point, so that an id is the same in every table."""
    if not isinstance(value, str):
        return None
    return (value.removesuffix(".0") if is_number else value.strip()) or None
