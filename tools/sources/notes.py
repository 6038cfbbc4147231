"""A table of dated notes on competitors, read as rows of text and days."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tools.declarations import fold
from tools.errors import MissingColumn, SourceUnavailable, nearest, show
from tools.grammar import chinese_list
from tools.market.declarations import MARKET, MarketDefinition
from tools.periods import Calendar
from tools.source_definition import SourceDefinition
from tools.sources.clocks import Clock
from tools.sources.normalization import keep_rows, read_times
from tools.sources.reading import Reader

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_MOST_ROWS = 100_000
_NEEDED = ("competitor", "date", "feature", "value")
#: What columns are usually called, in the order in which they are looked for.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "competitor": ("competitor", "竞品", "竞争对手", "竞对", "company", "公司", "brand", "品牌", "厂商"),
    "date": ("date", "日期", "noted_on", "记录日期", "观察日期", "day", "as_of", "时间"),
    "feature": ("feature", "功能", "attribute", "属性", "特性", "item", "项目", "维度"),
    "value": ("value", "取值", "值", "status", "状态", "内容", "情况"),
    "source": ("source", "来源", "出处", "url", "link", "链接"),
    "note": ("note", "备注", "notes", "说明", "comment", "remark"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A row of the table: what was noted of a competitor's feature on a day, and where; as it is written there."""

    competitor: str
    day: date
    feature: str
    value: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Notes:
    """The rows of the table.

    Attributes:
        rows: those that say of whom, of what, when and what.
        lacking: how many lack one of these, and are left out; example: what one of them has.
    """

    rows: tuple[Note, ...]
    lacking: int
    example: str


class NoteTable:
    """The notes of a workspace, read when they are first asked for, or have changed."""

    def __init__(self, reader: Reader, *, calendar: Calendar, memory_limit: str, timeout: float) -> None:
        """Take what is needed to read them.

        Args:
            reader: of the workspace's files and databases.
            calendar: the workspace's.
            memory_limit, timeout: of the engine that reads the table.
        """
        self._reader, self._calendar = reader, calendar
        self._limits: dict[str, Any] = {"memory_limit": memory_limit, "timeout": timeout}
        self._reading = threading.Lock()
        self._read: tuple[object, Notes] | None = None

    def get(self, definition: MarketDefinition) -> Notes:
        """Return the notes.

        Raises:
            SourceUnavailable, MissingColumn: they cannot be read as `metrics.yaml` says.
        """
        # The columns are known when the table is open, so the one of days is looked at then.
        place = SourceDefinition.model_validate({**definition.place(), "time": "", "event_name": MARKET})
        with self._reading:
            stamp = self._reader.stamp(MARKET, place), definition
            if self._read is None or self._read[0] != stamp:
                self._read = stamp, self._fetch(definition, place)
            return self._read[1]

    def _fetch(self, definition: MarketDefinition, place: SourceDefinition) -> Notes:
        engine, raw = self._reader.open(MARKET, place, **self._limits)
        try:
            columns = find_columns(definition, raw.table.columns)
            dated = place.model_copy(update={"time": columns["date"], "day_first": definition.day_first})
            table = Clock(MARKET, dated, self._calendar.zone).settle(engine, keep_rows(raw.table, dated))
            found = engine.fetch(_select(table, columns).limit(_MOST_ROWS + 1)).astype(object)
            found = found.where(found.notna(), None)
        finally:
            engine.close()
        if len(found) > _MOST_ROWS:
            raise SourceUnavailable(
                en=f"The notes on competitors have more than {_MOST_ROWS:,} rows; keep the older ones elsewhere.",
                zh=f"竞品记录超过 {_MOST_ROWS:,} 行，请将较早的记录另存。",
                parameter=MARKET,
            )
        return self._tidy(found)

    def _tidy(self, found: "pd.DataFrame") -> Notes:
        rows: list[Note] = []
        lacking: list[str] = []
        for row in found.to_dict("records"):
            texts = {name: " ".join(str(row[name] or "").split()) for name in _USUAL if name != "date"}
            day = self._day(row)
            if day is None and not any(texts.values()):
                continue  # a blank line
            if day is None or not all(texts[name] for name in _NEEDED if name != "date"):
                said = [*texts.values(), *([day.isoformat()] if day else [])]
                lacking.append(" / ".join(text for text in said if text))
            else:
                rows.append(Note(day=day, **texts))
        return Notes(tuple(rows), len(lacking), min(lacking, default=""))

    def _day(self, row: Mapping[Any, Any]) -> date | None:
        if row["time"] is None:
            return None
        time = row["time"].to_pydatetime()
        local: date = (self._calendar.local(time) if row["zoned"] else time).date()
        return local


def find_columns(definition: MarketDefinition, columns: Iterable[str]) -> dict[str, str | None]:
    """Return which column is what: as declared, else by the usual names; None for what may be missing and is.

    Raises:
        MissingColumn: there is no such column.
    """
    known = list(columns)
    by_name = {fold(column): column for column in reversed(known)}
    found: dict[str, str | None] = {}
    for part, usual in _USUAL.items():
        declared = getattr(definition, part)
        if declared is not None and declared not in known:
            raise _refuse_column(part, declared, known)
        named = next((by_name[fold(word)] for word in usual if fold(word) in by_name), None)
        found[part] = declared or named
        if found[part] is None and part in _NEEDED:
            raise _refuse_column(part, None, known)
    return found


def _refuse_column(part: str, declared: str | None, known: list[str]) -> MissingColumn:
    listed = ", ".join(show(column) for column in known[:40])
    if declared is None:
        usual = _USUAL[part]
        return MissingColumn(
            en=f"The notes on competitors have no column {part} (nor {', '.join(usual[1:3])}); rename one, or say "
            f"under market which it is ({part}: ...). There are: {listed}.",
            zh=f"竞品记录没有 {part} 列（或 {'、'.join(usual[1:3])}）；请改列名，或在 market 下写明（{part}: ...）。现有列：{chinese_list(listed)}。",
            parameter=part,
        )
    close = show(", ".join(nearest(declared, known, 2)))
    return MissingColumn(
        en=f"The notes on competitors have no column {show(declared)}; nearest: {close}. There are: {listed}.",
        zh=f"竞品记录没有列 {show(declared)}，最接近的是：{chinese_list(close)}。现有列：{chinese_list(listed)}。",
        parameter=part,
    )


def _select(table: "ibis.Table", columns: Mapping[str, str | None]) -> "ibis.Table":
    import ibis

    time, zoned = read_times(table[columns["date"]], str(columns["date"]))
    texts = {part: ibis.null("string") for part in columns if part != "date"}
    for part, column in columns.items():
        if part != "date" and column is not None:
            texts[part] = _write(table[column])
    return table.select(time=time, zoned=zoned, **texts)


def _write(column: Any) -> Any:
    """Return a column as text; what was read as a number or a truth is written as a person would."""
    text, kind = column.cast("string"), column.type()
    if kind.is_boolean():
        return column.ifelse("yes", "no")
    return text.re_replace(r"\.0$", "") if kind.is_floating() else text
