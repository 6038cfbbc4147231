"""The rows of a source before anything is left out or merged, each in its place in time."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from tools.scope import Scope
from tools.sources.clocks import Clock
from tools.sources.local_time import LocalTime
from tools.sources.normalization import keep_rows, place_in_time, read_times, read_users

if TYPE_CHECKING:
    import ibis

_RECEIVED = (
    "received_at", "server_received_time", "server_time", "server_timestamp", "ingested_at", "ingestion_time", "loaded_at",
    "uploaded_at", "server_upload_time", "inserted_at", "mp_processing_time_ms", "_sdc_received_at", "接收时间", "入库时间",
)  # fmt: skip


def find_received(scope: Scope) -> str | None:
    """Return the column of the times at which events reached the servers: the declared one, or one known by its name."""
    columns = scope.source.raw.columns
    declared = scope.source.definition.received
    if declared is not None:
        return declared if declared in columns else None
    by_name = {c.rpartition(".")[2].lower(): c for c in columns if c != scope.source.definition.time}
    return next((by_name[name] for name in _RECEIVED if name in by_name), None)


def record_rows(scope: Scope) -> "ibis.Table":
    """Return rows `user, event, zoned, at, day, month`; user, event, at and day may be missing."""
    import ibis

    source, definition = scope.source, scope.source.definition
    kept = keep_rows(source.raw, definition)
    moment, zoned = read_times(kept[definition.time], definition.time)
    user = _text(read_users(kept[definition.user])) if definition.user else ibis.literal("0")
    event = kept[definition.event].cast("string") if definition.event else ibis.literal(definition.event_name)
    rows = kept.select(user=user, event=event, time=moment, has_zone=zoned, zoned=zoned)
    kind = kept[definition.time].type()
    is_zoned = None if kind.is_string() else not source.naive_times
    placed = place_in_time(rows, _local_time(scope), is_zoned=is_zoned)
    return source.engine.keep("recorded", placed) if kind.is_string() else placed


def _text(users: Any) -> Any:
    """Write users as text; whole numbers, which a column with gaps holds as floats, without a fraction."""
    text = users.cast("string")
    return text.re_replace(r"\.0$", "") if users.type().is_floating() else text


def received_rows(scope: Scope, column: str) -> "ibis.Table":
    """Return rows `at, received`, both naive UTC.

    Raises:
        SourceUnavailable: the column holds no times.
    """
    source = scope.source
    changes = {"time": column, "time_unit": None, "time_zone": None, "day_first": None}
    if not source.definition.format and source.definition.time_zone:
        changes["time_zone"] = source.definition.time_zone
    if source.definition.format == "amplitude":
        changes["time_zone"] = "UTC"
    clock = Clock(source.name, source.definition.model_copy(update=changes), scope.calendar.zone)
    kept = clock.settle(source.engine, keep_rows(source.raw, source.definition))
    local_time = _local_time(scope)
    return kept.select(
        at=_to_utc(kept, source.definition.time, local_time), received=_to_utc(kept, column, local_time)
    )


def _to_utc(table: "ibis.Table", column: str, local_time: LocalTime) -> Any:
    import ibis

    moment, zoned = read_times(table[column], column)
    return ibis.ifelse(zoned, moment, local_time.to_utc(moment))


def _local_time(scope: Scope) -> LocalTime:
    first, last = (
        datetime.combine(d, time()) for d in (scope.source.coverage.start, scope.source.coverage.end)
    )
    return LocalTime.over(scope.calendar.zone, first, last)
