"""Giving the rows of a table their place in time."""

from typing import TYPE_CHECKING, Any

from tools.periods import Calendar
from tools.source_definition import SourceDefinition
from tools.sources.local_time import LocalTime
from tools.sources.normalization import has_numbers, merge_same_id, narrowest, place_in_time
from tools.sources.reading import AnyEngine, Raw

if TYPE_CHECKING:
    import ibis


def place_rows(
    engine: AnyEngine, raw: Raw, definition: SourceDefinition, rows: "ibis.Table", calendar: Calendar
) -> tuple["ibis.Table", tuple[int, int] | None]:
    """Give the rows their place in time; what is dear to read again, or to merge by id, is written to a table.

    Args:
        engine: holds the rows.
        raw: the table that they are of.
        definition: says how it is read.
        rows: as `normalization.select_columns` gives them.
        calendar: the workspace's.

    Returns:
        The rows, and the least and the greatest user if these are numbers.
    """
    kind = raw.table[definition.time].type()
    if not raw.is_cheap or kind.is_string() or definition.text is not None:
        rows = engine.keep("selected", rows)
    users = {"lowest": rows.user.min(), "highest": rows.user.max()} if has_numbers(rows) else {}
    span: dict[str, Any] = engine.fetch_row(rows.agg(first=rows.time.min(), last=rows.time.max(), **users))
    import pandas as pd

    between = None
    if users and pd.notna(span["lowest"]):
        between = int(span["lowest"]), int(span["highest"])
        rows = rows.mutate(user=rows.user.cast(narrowest(*between)))
    first, last = (pd.Timestamp(span[k] if pd.notna(span[k]) else 0) for k in ("first", "last"))
    local_time = LocalTime.over(calendar.zone, first.to_pydatetime(), last.to_pydatetime())
    is_zoned = None if kind.is_string() else bool(kind.is_timestamp() and kind.timezone)
    rows = place_in_time(rows, local_time, is_zoned=is_zoned, shift=engine.shift)
    if definition.id:
        rows = engine.keep("merged", merge_same_id(rows.drop("time")))
    return rows, between
