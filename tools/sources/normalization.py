"""From a team's table to the one shape that every metric reads.

Each event is a row `user, event, at, day, month`, then one text column `d_<dimension>` per dimension and one
number column `p_<column>` per summed property. `at` is naive UTC; `day` and `month` count local calendar days
and months since 1970-01-01.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any

from tools.errors import MissingColumn, SemanticsError, SourceUnavailable, nearest, show
from tools.semantics import Scalar, SourceDefinition

if TYPE_CHECKING:
    import ibis

MISSING_VALUE = "(none)"
_COMPARISONS = {">": gt, ">=": ge, "<": lt, "<=": le, "!=": ne, "=": eq, "==": eq}
_COMPARISON = re.compile(r"^\s*(>=|<=|!=|==|>|<|=)\s*(.+?)\s*$", re.DOTALL)
_UTC_OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a source are wanted.

    Attributes:
        dimensions: name -> column.
        properties: numeric columns that metrics sum.
        optional: columns that `metrics.yaml` does not tie to this source, so that another may have them.
    """

    dimensions: Mapping[str, str]
    properties: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    def found_in(self, columns: Iterable[str], *, keep_all: bool) -> "Layout":
        """Leave out optional columns that the data lacks, unless there is no other source to have them."""
        known = set(columns)
        lacking = set() if keep_all else {c for c in self.optional if c not in known}
        dimensions = {k: c for k, c in self.dimensions.items() if c not in lacking}
        return Layout(dimensions, tuple(p for p in self.properties if p not in lacking), self.optional)


def check_columns(name: str, definition: SourceDefinition, layout: Layout, columns: Iterable[str]) -> None:
    """Make sure that every column that `metrics.yaml` names is in the data.

    Raises:
        MissingColumn: naming the column, the nearest ones and those that exist.
    """
    known = list(columns)
    wanted = [definition.user, definition.time, definition.event, definition.id, *definition.where]
    wanted += [*layout.dimensions.values(), *layout.properties]
    for column in wanted:
        if column is not None and column not in known:
            listed, close = ", ".join(show(c) for c in known[:40]), show(", ".join(nearest(column, known, 2)))
            raise MissingColumn(
                en=f"Source {name} has no column {show(column)}; nearest: {close}. It has: {listed}.",
                zh=f"数据源 {name} 没有列 {show(column)}，最接近的是：{close}。现有列：{listed}。",
                parameter=column,
            )


def select_columns(
    raw: "ibis.Table", definition: SourceDefinition, layout: Layout, timezone: str
) -> "ibis.Table":
    """Apply `where` and give the columns their meaning; missing users and times stay null for counting."""
    local, at = _times(raw[definition.time], timezone, definition.time)
    columns = {
        "user": _user(raw[definition.user]) if definition.user else _constant(0),
        "event": raw[definition.event].cast("string")
        if definition.event
        else _constant(definition.event_name),
        "at": at,
        "local": local,
    }
    if definition.id:
        columns["id"] = raw[definition.id]
    for name, column in layout.dimensions.items():
        columns[f"d_{name}"] = raw[column].cast("string").coalesce(MISSING_VALUE)
    for column in layout.properties:
        columns[f"p_{column}"] = _number(raw[column], column)
    kept = [_condition(raw[column], value, column) for column, value in definition.where.items()]
    rows = raw.filter(reduce(and_, kept)) if kept else raw
    return rows.select(**columns)


def number_users(rows: "ibis.Table", *, identified: bool) -> "ibis.Table":
    """Merge rows of one event, replace user keys by small integers and add calendar numbers."""
    import ibis

    rows = rows.filter(rows.user.notnull(), rows.at.notnull(), rows.event.notnull())
    if identified:
        rows = _merge_same_id(rows)
    keys = rows.select("user").distinct()
    keys = keys.select("user", number=ibis.row_number().over(order_by=keys.user).cast("int32"))
    rows = rows.inner_join(keys, "user")
    extra = [c for c in rows.columns if c[:2] in ("d_", "p_")]
    return rows.select(
        user=rows.number,
        event=rows.event,
        at=rows.at,
        day=rows.local.date().epoch_days().cast("int32"),
        month=((rows.local.year() - 1970) * 12 + rows.local.month() - 1).cast("int32"),
        **{c: rows[c] for c in extra},
    )


def _merge_same_id(rows: "ibis.Table") -> "ibis.Table":
    """Keep the earliest row of each (user, event, id); equal times are told apart by the other columns."""
    import ibis

    other = [c for c in rows.columns if c[:2] in ("d_", "p_")]
    order = [rows.at, *(rows[c] for c in other)]
    position = ibis.row_number().over(group_by=[rows.user, rows.event, rows.id], order_by=order)
    # Without an id there is nothing to merge by: such rows stay as they are.
    return rows.mutate(position=position).filter(lambda t: (t.position == 0) | t.id.isnull()).drop("position")


def _constant(value: Any) -> Any:
    import ibis

    return ibis.literal(value)


def _user(column: Any) -> Any:
    kind = column.type()
    if kind.is_floating():
        return column.isnan().ifelse(None, column)
    return column.nullif("") if kind.is_string() else column


def _times(column: Any, timezone: str, name: str) -> tuple[Any, Any]:
    """Return local wall-clock time and naive UTC time of a column."""
    import ibis

    kind = column.type()
    if kind.is_timestamp() and kind.timezone:
        return _local(column, timezone), column.cast("timestamp")
    if kind.is_timestamp() or kind.is_date():
        local = column.cast("timestamp")
        return local, _utc(local, timezone)
    if kind.is_string():
        aware, naive = column.try_cast("timestamp('UTC')"), column.try_cast("timestamp")
        offset = column.re_search(_UTC_OFFSET)
        local = ibis.ifelse(offset, _local(aware, timezone), naive)
        return local, ibis.ifelse(offset, aware.cast("timestamp"), _utc(naive, timezone))
    raise SourceUnavailable(
        en=f"Column {show(name)} holds {kind}, not times; give a column of timestamps or dates.",
        zh=f"列 {show(name)} 的类型是 {kind}，不是时间；请改用时间或日期列。",
        parameter=name,
    )


def _local(aware: Any, timezone: str) -> Any:
    """Convert an aware time to the zone's wall clock (the engine's own `timezone` function)."""
    import ibis

    @ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
    def to_wall_clock(zone, at):  # type: ignore[no-untyped-def]
        ...

    return to_wall_clock(timezone, aware)


def _utc(local: Any, timezone: str) -> Any:
    """Read a naive time as the zone's wall clock and convert it to naive UTC."""
    import ibis

    @ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
    def from_wall_clock(zone, at):  # type: ignore[no-untyped-def]
        ...

    return from_wall_clock(timezone, local).cast("timestamp")


def _number(column: Any, name: str) -> Any:
    if not (column.type().is_numeric() or column.type().is_boolean()):
        raise SourceUnavailable(
            en=f"Column {show(name)} holds {column.type()}, not numbers; it cannot be summed.",
            zh=f"列 {show(name)} 的类型是 {column.type()}，不是数字，无法求和。",
            parameter=name,
        )
    return column.cast("float64")


def _condition(column: Any, value: Scalar | tuple[Scalar, ...], name: str) -> Any:
    if isinstance(value, tuple):
        return column.isin([_typed(column, v, name) for v in value])
    match = _COMPARISON.match(value) if isinstance(value, str) else None
    if match:
        return _COMPARISONS[match[1]](column, _typed(column, match[2], name))
    return column == _typed(column, value, name)


def _typed(column: Any, value: Scalar, name: str) -> Any:
    """Read a value of a `where` as the column's own type."""
    kind = column.type()
    try:
        if kind.is_numeric():
            return float(value) if not isinstance(value, date) else _refuse(value, kind, name)
        if kind.is_temporal():
            return date.fromisoformat(str(value))
        if kind.is_boolean():
            return {"true": True, "false": False}[str(value).lower()]
        return str(value)
    except (ValueError, KeyError):
        return _refuse(value, kind, name)


def _refuse(value: object, kind: object, name: str) -> Any:
    raise SemanticsError(
        en=f"where: {show(name)} holds {kind}, so it cannot be compared with {show(value)}.",
        zh=f"where：列 {show(name)} 的类型是 {kind}，无法与 {show(value)} 比较。",
        parameter=name,
    )
