"""What columns a table has and what is in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from tools.errors import MetricError, NoData, show
from tools.exports import EXPORTS, WORKSPACE_ZONE
from tools.proposal.lines import find_ties, may_tie
from tools.source_definition import SourceDefinition
from tools.sources.clocks import Clock
from tools.sources.reading import Reader
from tools.sources.workbooks import list_sheets
from tools.sources.written_amounts import is_written_amount

if TYPE_CHECKING:
    import ibis

    from tools.sources.reading import AnyEngine

Kind = Literal["time", "number", "text", "truth", "other"]
_LOOKED_AT = 500_000
_MOST_COLUMNS = 200
_MOST_VALUES = 300
_TIMELY = re.compile(r"(time|date|stamp|(^|_)(ts|at)$|时间|日期|时刻)", re.I)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the data.

    Attributes:
        kind: what it holds.
        filled: share of the rows that have a value.
        distinct: how many different values, about.
        values: the most frequent ones with their counts, where they are few.
        newest: of times.
        has_zone: of times: whether they carry a zone, or are numbers since 1970.
        ambiguous: of times: whether they are dates such as 03/04/2026 that do not tell day from month.
        negative: of numbers: how many are below zero.
    """

    name: str
    kind: Kind
    filled: float
    distinct: int
    values: Mapping[str, int]
    newest: datetime | None = None
    has_zone: bool = False
    ambiguous: bool = False
    negative: int = 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """A look at a table.

    Attributes:
        path: as given to `inspect_data`.
        rows: how many were looked at.
        columns: by name.
        export: the raw export whose columns these are.
        sheet: of a workbook, where it is not the first.
        ties: of the columns named like the number of an order or event: those in which rows that share it agree.
    """

    path: str
    rows: int
    columns: Mapping[str, Column]
    export: str | None
    sheet: str | None = None
    ties: Mapping[str, frozenset[str]] = field(default_factory=dict)


def inspect_workbook(path: str) -> Inspection:
    """Look at a file, and of a workbook at the first sheet that holds times.

    Raises:
        SourceUnavailable: it cannot be read.
        NoData: it has no row.
    """
    is_workbook = path.lower().endswith(".xlsx") and Path(path).is_file()
    sheets = list_sheets(Path(path)) if is_workbook else []
    for sheet in sheets if len(sheets) > 1 else ():
        try:
            look = inspect_data(path, sheet=sheet)
        except MetricError:
            continue
        if any(column.kind == "time" for column in look.columns.values()):
            return replace(look, sheet=sheet if sheet != sheets[0] else None)
    return inspect_data(path)


def inspect_data(
    path: str, *, sheet: str | None = None, memory_limit: str = "2GB", timeout: float = 60.0
) -> Inspection:
    """Look at the first half million rows of a file, or of several by a pattern.

    Args:
        path: absolute, or relative to the current folder.
        sheet: of a workbook; by default the first.
        memory_limit: of DuckDB.
        timeout: seconds after which a look is given up.

    Raises:
        SourceUnavailable: it cannot be read.
        NoData: it has no row.
    """
    name = Path(path).name
    definition = SourceDefinition(path=str(Path(path).absolute()), sheet=sheet, time="\0", event_name="\0")
    reader = Reader(Path("/"), frames={}, databases={}, zone=ZoneInfo("UTC"))
    engine, raw = reader.open(name, definition, memory_limit=memory_limit, timeout=timeout)
    try:
        table = raw.table.limit(_LOOKED_AT)
        rows = int(engine.fetch_row(table.agg(n=table.count()))["n"])
        if not rows:
            raise NoData(en=f"{show(name)} has no rows.", zh=f"{show(name)} 没有数据行。")
        names = list(table.columns)[:_MOST_COLUMNS]
        columns = {n: _inspect_column(engine, raw.table, table, n, rows, definition) for n in names}
        export = _find_export(columns)
        if export is not None:
            columns |= _inspect_export(engine, raw.table, columns, export, definition)
        ties = {} if export else _inspect_ties(engine, table, columns, definition)
    finally:
        engine.close()
    return Inspection(path, rows, columns, export, ties=ties)


def _inspect_column(
    engine: "AnyEngine",
    whole: "ibis.Table",
    table: "ibis.Table",
    name: str,
    rows: int,
    definition: SourceDefinition,
) -> Column:
    column = table[name]
    kind = column.type()
    if kind.is_nested() or kind.is_json() or kind.is_binary():
        return Column(name, "other", 1.0, 0, {})
    if kind.is_string():
        column = column.nullif("")
    counts = engine.fetch_row(table.agg(filled=column.count(), distinct=column.nunique()))
    filled, distinct = int(counts["filled"]), int(counts["distinct"])
    values = _values(engine, table, name) if 0 < distinct <= _MOST_VALUES else {}
    times = _times(engine, whole, name, definition) if filled else None
    if times is not None:
        return Column(name, "time", filled / rows, distinct, values, *times)
    is_number = kind.is_numeric() or (kind.is_string() and is_written_amount(engine, table, name))
    plain: Kind = "truth" if kind.is_boolean() else "number" if is_number else "text"
    below = engine.fetch_row(table.agg(n=(column < 0).sum().coalesce(0)))["n"] if kind.is_numeric() else 0
    return Column(name, plain if filled else "other", filled / rows, distinct, values, negative=int(below))


def _inspect_ties(
    engine: "AnyEngine", table: "ibis.Table", columns: Mapping[str, Column], definition: SourceDefinition
) -> dict[str, frozenset[str]]:
    keys = [c.name for c in columns.values() if may_tie(c) and c.kind in ("text", "number")]
    if not keys:
        return {}
    others = {n: c for n, c in columns.items() if c.kind in ("time", "number", "text")}
    for name in (n for n, c in others.items() if c.kind == "time"):
        table, _ = _settle(engine, table, name, definition)
        cast = table[name].try_cast if table[name].type().is_string() else table[name].cast
        table = table.mutate(**{name: cast("timestamp('UTC')")})
    return {key: find_ties(engine, table, key, {n: c for n, c in others.items() if n != key}) for key in keys}


def _inspect_export(
    engine: "AnyEngine",
    whole: "ibis.Table",
    columns: Mapping[str, Column],
    export: str,
    definition: SourceDefinition,
) -> dict[str, Column]:
    """Look at the time of a raw export once more, as its format says that it is to be read."""
    settings = EXPORTS[export].columns
    name = settings["time"]
    declared = definition.model_copy(update={"time_unit": settings.get("time_unit")})
    times = _times(engine, whole, name, declared)
    if times is None:
        return {}
    has_zone = settings.get("time_zone") != WORKSPACE_ZONE
    return {name: replace(columns[name], kind="time", newest=times[0], has_zone=has_zone)}


def _values(engine: "AnyEngine", table: "ibis.Table", name: str) -> dict[str, int]:
    named = table.select(value=table[name].cast("string"))
    kept = named.filter(named.value.notnull())
    counted = kept.group_by("value").agg(n=kept.count())
    found = engine.fetch(counted.order_by([counted.n.desc(), counted.value]))
    return {str(v): int(n) for v, n in zip(found["value"], found["n"], strict=True)}


def _times(
    engine: "AnyEngine", whole: "ibis.Table", name: str, definition: SourceDefinition
) -> tuple[datetime | None, bool, bool] | None:
    """Return the newest time of a column whether its zone is known, and whether day and month cannot be told apart.

    None where it holds no times.
    """
    import pandas as pd

    kind = whole[name].type()
    if kind.is_boolean() or kind.is_time() or (kind.is_numeric() and not _TIMELY.search(name)):
        return None
    try:
        settled_table, ambiguous = _settle(engine, whole.select(name), name, definition)
        column = settled_table[name]
        settled = column.type()
        has_zone = bool(settled.is_timestamp() and settled.timezone)
        moment = (
            column.try_cast("timestamp('UTC')") if settled.is_string() else column.cast("timestamp('UTC')")
        )
        if settled.is_string():
            has_zone = bool(
                engine.fetch_row(
                    column.re_search(r"(Z|[+-]\d{2}:?\d{2})$")
                    .as_table()
                    .agg(z=lambda t: t[t.columns[0]].any())
                )["z"]
            )
        newest: Any = engine.fetch_row(
            moment.name("at").as_table().agg(newest=lambda t: t["at"].max().cast("timestamp(6)"))
        )["newest"]
    except MetricError:
        return None
    if pd.isna(newest):
        return None
    stamp = pd.Timestamp(newest)
    aware = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    return aware.to_pydatetime().astimezone(UTC), has_zone, ambiguous


def _settle(
    engine: "AnyEngine", table: "ibis.Table", name: str, definition: SourceDefinition
) -> "tuple[ibis.Table, bool]":
    """Read a column as times, the day first where nothing tells, and say whether that is so."""
    declared = definition.model_copy(update={"time": name})
    try:
        return Clock(name, declared, ZoneInfo("UTC")).settle(engine, table), False
    except MetricError as error:
        if error.parameter != "day_first":
            raise
    declared = declared.model_copy(update={"day_first": True})
    return Clock(name, declared, ZoneInfo("UTC")).settle(engine, table), True


def _find_export(columns: Mapping[str, Column]) -> str | None:
    for name, export in EXPORTS.items():
        if all(export.columns[role] in columns for role in ("user", "event", "time")):
            return name
    return None
