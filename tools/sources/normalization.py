"""From a team's table to the one shape that every metric reads.

Each event is a row `user, event, at, day, month`, then one text column `d_<dimension>` per dimension and one
number column `p_<column>` per summed property; feedback has `t_text` (and `t_language`), too. `user` is an integer: the data's own, or one given to each key.
`at` is naive UTC; `day` and `month` count local calendar days and months since 1970-01-01.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any

from tools.declarations import Scalar
from tools.errors import MissingColumn, SemanticsError, SourceUnavailable, nearest, show
from tools.grammar import chinese_list
from tools.periods import month_of
from tools.source_definition import SourceDefinition
from tools.sources.local_time import CountDays, LocalTime, Shift

if TYPE_CHECKING:
    import ibis

MISSING_VALUE = "(none)"
FEEDBACK_EVENT = "feedback"
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
        dispensable: columns that any source may lack.
    """

    dimensions: Mapping[str, str]
    properties: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    dispensable: frozenset[str] = frozenset()

    def found_in(self, columns: Iterable[str], *, keep_all: bool) -> "Layout":
        """Leave out optional columns that the data lacks, unless there is no other source to have them."""
        known = set(columns)
        lacking = (self.dispensable if keep_all else self.optional | self.dispensable) - known
        dimensions = {k: c for k, c in self.dimensions.items() if c not in lacking}
        return Layout(dimensions, tuple(p for p in self.properties if p not in lacking), self.optional)


def check_columns(name: str, definition: SourceDefinition, layout: Layout, columns: Iterable[str]) -> None:
    """Make sure that every column that `metrics.yaml` names is in the data.

    Raises:
        MissingColumn: naming the column, the nearest ones and those that exist.
    """
    wanted = [definition.user, definition.time, definition.event, definition.id, *definition.where]
    wanted += [definition.text, definition.language]
    require_columns(name, [*wanted, *layout.dimensions.values(), *layout.properties], columns)


def require_columns(name: str, wanted: Iterable[str | None], columns: Iterable[str]) -> None:
    """Raise MissingColumn for the first wanted column that is not there; None is no column."""
    known = list(columns)
    for column in wanted:
        if column is not None and column not in known:
            listed, close = ", ".join(show(c) for c in known[:40]), show(", ".join(nearest(column, known, 2)))
            raise MissingColumn(
                en=f"Source {name} has no column {show(column)}; nearest: {close}. It has: {listed}.",
                zh=f"数据源 {name} 没有列 {show(column)}，最接近的是：{chinese_list(close)}。现有列：{chinese_list(listed)}。",
                parameter=column,
            )


def select_columns(raw: "ibis.Table", definition: SourceDefinition, layout: Layout) -> "ibis.Table":
    """Apply `where` and give the columns their meaning; missing users and times stay null for counting.

    Returns:
        Rows `user, event, time, zoned, [id,] d_..., p_..., t_...`; `time` is naive, UTC where `zoned`, else as the data has it.
    """
    raw = keep_rows(raw, definition)
    time, zoned = read_times(raw[definition.time], definition.time)
    columns = {
        "user": _identify_writers(raw, definition) if definition.text else _read_users(raw, definition),
        "event": raw[definition.event].cast("string")
        if definition.event
        else _constant(definition.event_name or FEEDBACK_EVENT),
        "time": time,
        "zoned": zoned,
    }
    if definition.id:
        columns["id"] = raw[definition.id]
    for name, column in layout.dimensions.items():
        columns[f"d_{name}"] = raw[column].cast("string").coalesce(MISSING_VALUE)
    for column in layout.properties:
        columns[f"p_{column}"] = _number(raw[column], column)
    for name, written in (("text", definition.text), ("language", definition.language)):
        if written is not None:
            columns[f"t_{name}"] = raw[written].cast("string")
    if definition.text is not None and definition.user is not None:
        columns["t_user"] = name_users(raw[definition.user])
    return raw.select(**columns)


def name_users(column: Any) -> Any:
    """Return a column's users as text, alike whatever kind of column a table has them in."""
    kind = column.type()
    return (column.cast("int64") if kind.is_floating() else column).cast("string")


def _read_users(raw: "ibis.Table", definition: SourceDefinition) -> Any:
    return read_users(raw[definition.user]) if definition.user else _constant(0)


def _identify_writers(raw: "ibis.Table", definition: SourceDefinition) -> Any:
    """Return the users of feedback; each text of nobody known counts as one of somebody else."""
    import ibis

    number = -1 - ibis.row_number().over(order_by=raw[definition.time])
    if definition.user is None:
        return number
    user = read_users(raw[definition.user])
    kind = user.type()
    return user.coalesce(number.cast("string") if kind.is_string() else number.cast(kind))


def keep_rows(raw: "ibis.Table", definition: SourceDefinition) -> "ibis.Table":
    """Keep the rows that `where` says."""
    kept = [_condition(raw[column], value, column) for column, value in definition.where.items()]
    return raw.filter(reduce(and_, kept)) if kept else raw


def place_in_time(
    rows: "ibis.Table",
    local_time: LocalTime,
    *,
    is_zoned: bool | None,
    shift: Shift | None = None,
    count_days: CountDays | None = None,
) -> "ibis.Table":
    """Add `at` and the numbers of local day and month; `time` stays.

    Args:
        rows: as `select_columns` gives them.
        local_time: the workspace's zone over the span of the rows.
        is_zoned: whether all times carry a zone (True) or none does (False); None where it differs by row.
        shift, count_days: move times and number dates, if the engine of the rows has ways of its own.
    """
    import ibis

    if is_zoned is None:
        at = ibis.ifelse(rows.zoned, rows.time, local_time.to_utc(rows.time, shift))
    else:
        at = rows.time if is_zoned else local_time.to_utc(rows.time, shift)
    placed = rows.mutate(at=at)
    # A wall clock shows its day, which need not be worked out from UTC.
    is_local = is_zoned is False
    day = local_time.local_day(placed.time, count_days) if is_local else local_time.day(placed["at"])
    placed = placed.mutate(day=day)
    return placed.mutate(month=month_of(placed.day)).drop("zoned")


def is_usable(rows: "ibis.Table") -> Any:
    """Whether a row says who did what when."""
    # Of a column as it is, an engine may know that nothing is missing, without a look at it.
    time = rows.time if "time" in rows.columns else rows["at"]
    return rows.user.notnull() & time.notnull() & rows.event.notnull()


def has_numbers(rows: "ibis.Table") -> bool:
    """Whether users are integers already, that fit a signed 64-bit one."""
    import ibis.expr.datatypes as dt

    kind = rows.user.type()
    return kind.is_integer() and not isinstance(kind, dt.UInt64)


def narrowest(lowest: int, highest: int) -> str:
    """Return the type that holds whole numbers in the least memory, without a loss of speed."""
    return "int32" if lowest >= -(2**31) and highest < 2**31 else "int64"


def number_users(rows: "ibis.Table", total: int) -> "ibis.Table":
    """Give each user key of the usable rows, `total` of them, a number: rows (user, number)."""
    import ibis

    keys = rows.filter(is_usable(rows)).select("user").distinct()
    number = ibis.row_number().over(order_by=keys.user)
    return keys.select("user", number=number.cast(narrowest(0, total)))


def finish_rows(rows: "ibis.Table", numbers: "ibis.Table | None") -> "ibis.Table":
    """Bring usable rows into their final shape, users by their numbers if given."""
    if numbers is not None:
        rows = rows.inner_join(numbers, "user")
        rows = rows.mutate(user=rows.number)
    extra = [c for c in rows.columns if c[:2] in ("d_", "p_", "t_")]
    return rows.filter(is_usable(rows)).select(
        user=rows.user,
        event=rows.event,
        at=rows["at"],
        day=rows.day,
        month=rows.month,
        **{c: rows[c] for c in extra},
    )


def merge_same_id(rows: "ibis.Table") -> "ibis.Table":
    """Keep the earliest row of each (user, event, id); equal times are told apart by the other columns."""
    import ibis

    other = [c for c in rows.columns if c[:2] in ("d_", "p_", "t_")]
    order = [rows.at, *(rows[c] for c in other)]
    position = ibis.row_number().over(group_by=[rows.user, rows.event, rows.id], order_by=order)
    # Without an id there is nothing to merge by, and what is unusable is to be counted: such rows stay as they are.
    placed = rows.mutate(position=position)
    return placed.filter((placed.position == 0) | placed.id.isnull() | ~is_usable(placed)).drop("position")


def _constant(value: Any) -> Any:
    import ibis

    return ibis.literal(value)


def read_users(column: Any) -> Any:
    """Return a column's users; what stands for none is null."""
    kind = column.type()
    if kind.is_floating():
        return column.isnan().ifelse(None, column)
    return column.nullif("") if kind.is_string() else column


def read_times(column: Any, name: str) -> tuple[Any, Any]:
    """Return a column's times without their zone, in UTC where they carry one, and whether they do."""
    import ibis

    kind = column.type()
    if kind.is_timestamp() or kind.is_date():
        zoned = kind.is_timestamp() and kind.timezone is not None
        return column.cast("timestamp(6)"), _constant(zoned)
    if kind.is_string():
        zoned = column.re_search(_UTC_OFFSET)
        aware, naive = column.try_cast("timestamp('UTC')"), column.try_cast("timestamp(6)")
        return ibis.ifelse(zoned, aware.cast("timestamp(6)"), naive), zoned
    raise SourceUnavailable(
        en=f"Column {show(name)} holds {kind}, not times; give a column of timestamps or dates.",
        zh=f"列 {show(name)} 的类型是 {kind}，不是时间；请改用时间或日期列。",
        parameter=name,
    )


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
