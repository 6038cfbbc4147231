"""Giving the rows of a table their place in time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tools.periods import Calendar
from tools.source_definition import SourceDefinition
from tools.sources.local_time import LocalTime
from tools.sources.normalization import has_numbers, merge_same_id, narrowest, place_in_time
from tools.sources.reading import AnyEngine, Raw

if TYPE_CHECKING:
    import ibis


_LAST_YEAR, _NEVER = 9998, datetime(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows in their place.

    Attributes:
        rows: as `normalization.place_in_time` gives them.
        last: the last time, as the data has it, without a zone.
        first_day: of the rows, if none of them lacks a user, a time or an event; None also where that takes a look.
        users: the least and the greatest, if these are numbers.
    """

    rows: "ibis.Table"
    last: datetime
    first_day: date | None
    users: tuple[int, int] | None


def place_rows(
    engine: AnyEngine, raw: Raw, definition: SourceDefinition, rows: "ibis.Table", calendar: Calendar
) -> Placed:
    """Give the rows their place in time; what is dear to read again, or to merge by id, is written to a table.

    Args:
        engine: holds the rows.
        raw: the table that they are of.
        definition: says how it is read.
        rows: as `normalization.select_columns` gives them.
        calendar: the workspace's.
    """
    kind = raw.table[definition.time].type()
    if not raw.is_cheap or kind.is_string() or definition.text is not None:
        rows = engine.keep("selected", rows)
    users = {"lowest": rows.user.min(), "highest": rows.user.max()} if has_numbers(rows) else {}
    # Of columns as they are, an engine may know all this without a look at them.
    given = {f"n_{name}": rows[name].count() for name in ("user", "time", "event")}
    found: dict[str, Any] = engine.fetch_row(
        rows.agg(n=rows.count(), first=rows.time.min(), last=rows.time.max(), **given, **users)
    )
    import pandas as pd

    between = None
    if users and pd.notna(found["lowest"]):
        between = int(found["lowest"]), int(found["highest"])
        rows = rows.mutate(user=rows.user.cast(narrowest(*between)))
    ends = [pd.Timestamp(found[k] if pd.notna(found[k]) else 0) for k in ("first", "last")]
    # A time without end, as databases know it, is beyond the years that Python has.
    first, last = (at.to_pydatetime() if 0 < at.year <= _LAST_YEAR else _NEVER for at in ends)
    local_time = LocalTime.over(calendar.zone, first, last)
    is_zoned = None if kind.is_string() else bool(kind.is_timestamp() and kind.timezone)
    is_finite = _NEVER not in (first, last)
    count_days = engine.count_days if is_finite else None  # a time without end has no number
    rows = place_in_time(rows, local_time, is_zoned=is_zoned, shift=engine.shift, count_days=count_days)
    if definition.id:
        rows = engine.keep("merged", merge_same_id(rows.drop("time")))
        return Placed(rows, last, None, between)
    is_whole = all(found[name] == found["n"] for name in given)
    begin = calendar.local(first) if is_zoned else first
    # A time that the clock skips may be one of the day before.
    is_clear = is_whole and is_finite and is_zoned is not None and not local_time.skips_midnight()
    return Placed(rows, last, begin.date() if is_clear else None, between)
