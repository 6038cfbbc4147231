"""Times that need to be told what they mean: numbers since 1970, dates in local order, clocks of another zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tools.errors import SourceUnavailable, show
from tools.exports import WORKSPACE_ZONE
from tools.source_definition import SourceDefinition, TimeUnit
from tools.sources.local_time import LocalTime

if TYPE_CHECKING:
    import ibis

    from tools.sources.reading import AnyEngine

_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = (
    631_152_000,
    4_102_444_800,
)  # 1990 and 2100, in seconds: numbers of two units are never confused
_MICROSECONDS: dict[TimeUnit, float] = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 0.001}
_UNITS: dict[TimeUnit, tuple[str, str]] = {"s": ("seconds", "秒"), "ms": ("milliseconds", "毫秒"), "us": ("microseconds", "微秒"),
          "ns": ("nanoseconds", "纳秒"), "date": ("dates such as 20260301", "20260301 形式的日期")}  # fmt: skip
_YEAR_FIRST = (
    r"^\s*(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?(?:[ T]*(\d{1,2}:\d{2}(?::\d{2})?))?\s*$"
)
_LOCAL_DATE = r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}:\d{2}(?::\d{2})?))?"


@dataclass(frozen=True, slots=True)
class Clock:
    """How the time column of a source is to be read.

    Attributes:
        source: its name.
        definition: what `metrics.yaml` says of it.
        zone: the workspace's.
    """

    source: str
    definition: SourceDefinition
    zone: ZoneInfo

    def settle(self, engine: "AnyEngine", table: "ibis.Table") -> "ibis.Table":
        """Replace the time column by one of times, in UTC where the zone is known; one that is clear stays as it is.

        Raises:
            SourceUnavailable: the numbers are not of the unit that is declared, or of several; no value is a time.
        """
        name = self.definition.time
        if name not in table.columns:
            return table
        column = table[name]
        kind = column.type()
        if (kind.is_numeric() and not kind.is_boolean()) or (kind.is_string() and self.definition.time_unit):
            return table.mutate(**{name: self._of_numbers(engine, table, column)})
        if kind.is_string():
            column = self._of_text(engine, table, column)
        if self.definition.time_zone is not None:
            column = self._in_zone(engine, table, column)
        return table.mutate(**{name: column})

    def _of_numbers(self, engine: "AnyEngine", table: "ibis.Table", column: Any) -> Any:
        import ibis

        numbers = column.try_cast("float64") if column.type().is_string() else column
        unit = self._find_unit(engine, table, numbers)
        plausible = ibis.ifelse(_fits(numbers, unit), numbers, ibis.null())
        if unit == "date":
            digits = plausible.cast("int64").cast("string")
            parts = [digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2)]
            return ibis.literal("-").join(parts).try_cast("timestamp(6)")
        micros = (plausible * _MICROSECONDS[unit]).round().cast("int64")
        at = ibis.literal(_EPOCH).cast("timestamp(6)") + micros.as_interval("us")
        if self.definition.time_zone is not None:
            return self._in_zone(engine, table, at)
        return at.cast("timestamp('UTC')")

    def _find_unit(self, engine: "AnyEngine", table: "ibis.Table", numbers: Any) -> TimeUnit:
        fits = {unit: _fits(numbers, unit).sum().coalesce(0) for unit in (*_MICROSECONDS, "date")}
        row = engine.fetch_row(
            table.agg(all=numbers.count(), first=numbers.min(), last=numbers.max(), **fits)
        )
        counts = {unit: int(row[unit]) for unit in fits}
        declared = self.definition.time_unit
        found = [unit for unit, n in counts.items() if n]
        if declared is not None:
            if not counts[declared] and row["all"]:
                raise self._refuse_unit(declared, found, row)
            return declared
        if len(found) == 1 or not row["all"]:
            return found[0] if found else "s"
        raise self._refuse_units(counts, row)

    def _refuse_unit(
        self, declared: TimeUnit, found: Sequence[TimeUnit], row: dict[str, Any]
    ) -> SourceUnavailable:
        en, zh = _UNITS[declared]
        right_en = f"; they look like {_UNITS[found[0]][0]} (time_unit: {found[0]})" if found else ""
        right_zh = f"；它们像是{_UNITS[found[0]][1]}（time_unit: {found[0]}）" if found else ""
        column, first, last = show(self.definition.time), f"{row['first']:.0f}", f"{row['last']:.0f}"
        return SourceUnavailable(
            en=f"Source {self.source}: as {en}, no number of column {column} ({first} to {last}) "
            f"lies between 1990 and 2100{right_en}.",
            zh=f"数据源 {self.source}：列 {column} 的数值（{first} 至 {last}）若以{zh}计，"
            f"没有一个落在 1990 至 2100 年之间{right_zh}。",
            parameter="time_unit",
        )

    def _refuse_units(self, counts: dict[TimeUnit, int], row: dict[str, Any]) -> SourceUnavailable:
        column = show(self.definition.time)
        found = {unit: n for unit, n in counts.items() if n}
        if not found:
            span = f"{row['first']:.0f}–{row['last']:.0f}"
            return SourceUnavailable(
                en=f"Source {self.source}: column {column} holds numbers ({span}), not times: as seconds, "
                "milliseconds, microseconds or nanoseconds since 1970 none lies between 1990 and 2100.",
                zh=f"数据源 {self.source}：列 {column} 的数值（{span}）不是时间：无论以秒、毫秒、微秒还是纳秒计，"
                "都没有一个落在 1990 至 2100 年之间；请改用时间列。",
                parameter="time",
            )
        en = ", ".join(f"{n:,} in {_UNITS[unit][0]}" for unit, n in found.items())
        zh = "、".join(f"{n:,} 行为{_UNITS[unit][1]}" for unit, n in found.items())
        return SourceUnavailable(
            en=f"Source {self.source}: column {column} mixes units ({en}); mend the data, or declare time_unit to "
            "keep the rows of one unit.",
            zh=f"数据源 {self.source}：列 {column} 混用了多种单位（{zh}），请修正数据，"
            "或用 time_unit 指定其一，只保留该单位的行。",
            parameter="time_unit",
        )

    def _of_text(self, engine: "AnyEngine", table: "ibis.Table", column: Any) -> Any:
        """Leave ISO times as they are; put dates such as 2026年3月1日 8:30 and 31/12/2026 8:30 into that form."""
        import ibis

        spelled = column.contains("年") | column.contains("/")
        if engine.fetch_row(table.agg(spelled=spelled.any().coalesce(False)))["spelled"]:
            column = _put_in_form(column, _YEAR_FIRST, (1, 2, 3))
        first, second = (column.re_extract(_LOCAL_DATE, part).try_cast("int64") for part in (1, 2))
        is_local = column.re_search(_LOCAL_DATE)
        readable = ibis.ifelse(is_local, ibis.null("string"), column).try_cast("timestamp('UTC')").notnull()
        counts = engine.fetch_row(
            table.agg(
                filled=column.nullif("").count(),
                readable=readable.sum().coalesce(0),
                local=is_local.sum().coalesce(0),
                day_first=(is_local & (first > 12)).sum().coalesce(0),
                month_first=(is_local & (second > 12)).sum().coalesce(0),
                example=column.nullif("").min(),
            )
        )
        if counts["filled"] and not counts["readable"] + counts["local"]:
            raise self._refuse_text(str(counts["example"]))
        if not counts["local"]:
            return column
        return _put_in_form(column, _LOCAL_DATE, (3, 2, 1) if self._is_day_first(counts) else (3, 1, 2))

    def _is_day_first(self, counts: dict[str, Any]) -> bool:
        if self.definition.day_first is not None:
            return self.definition.day_first
        if bool(counts["day_first"]) != bool(counts["month_first"]):
            return bool(counts["day_first"])
        column, example = show(self.definition.time), show(counts["example"])
        raise SourceUnavailable(
            en=f"Source {self.source}: the dates of column {column} (such as {example}) do not tell day from month; "
            "say day_first: true or day_first: false.",
            zh=f"数据源 {self.source}：列 {column} 的日期（如 {example}）无法区分日与月，"
            "请写明 day_first: true 或 day_first: false。",
            parameter="day_first",
        )

    def _refuse_text(self, example: str) -> SourceUnavailable:
        column = show(self.definition.time)
        return SourceUnavailable(
            en=f"Source {self.source}: column {column} holds text such as {show(example)}, which is no time; "
            "write times as 2026-03-01 08:30:00, or give another column.",
            zh=f"数据源 {self.source}：列 {column} 的内容（如 {show(example)}）不是时间；"
            "请写成 2026-03-01 08:30:00 的形式，或改用其他列。",
            parameter="time",
        )

    def _in_zone(self, engine: "AnyEngine", table: "ibis.Table", column: Any) -> Any:
        """Take times without a zone as the clock of the declared one."""
        import ibis
        import pandas as pd

        from tools.sources.normalization import read_times

        declared = self.definition.time_zone
        zone = self.zone if declared == WORKSPACE_ZONE else ZoneInfo(str(declared))
        time, zoned = read_times(column, self.definition.time)
        span = engine.fetch_row(table.agg(first=time.min(), last=time.max()))
        first, last = (pd.Timestamp(span[k] if pd.notna(span[k]) else 0) for k in ("first", "last"))
        clock = LocalTime.over(zone, first.to_pydatetime(), last.to_pydatetime())
        return ibis.ifelse(zoned, time, clock.to_utc(time)).cast("timestamp('UTC')")


def _fits(numbers: Any, unit: TimeUnit) -> Any:
    """Whether numbers of a unit lie between 1990 and 2100."""
    if unit == "date":
        month, day = numbers.cast("int64") // 100 % 100, numbers.cast("int64") % 100
        return numbers.between(19_900_101, 20_991_231) & month.between(1, 12) & day.between(1, 31)
    factor = 1_000_000 / _MICROSECONDS[unit]
    return numbers.between(_FIRST * factor, _LAST * factor)


def _put_in_form(column: Any, pattern: str, places: tuple[int, int, int]) -> Any:
    """Write times of a pattern as ISO does; `places` are the groups of year, month and day, and the fourth is the clock."""
    import ibis

    year, month, day = (column.re_extract(pattern, place) for place in places)
    clock = column.re_extract(pattern, 4)
    clock = ibis.ifelse(clock == "", "00:00", clock)
    iso = ibis.literal("-").join([year, month.lpad(2, "0"), day.lpad(2, "0")]) + " " + clock
    return ibis.ifelse(column.re_search(pattern), iso, column)
