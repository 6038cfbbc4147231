"""Event sources: files and data frames, read once, normalised, locked, and read again when a file changes."""

import glob
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import NoData, SourceUnavailable, show
from tools.metric_kinds import metric_properties
from tools.periods import EPOCH, Calendar
from tools.results import Text
from tools.semantics import Semantics, SourceDefinition
from tools.sources.engine import Engine
from tools.sources.normalization import Layout, check_columns, number_users, select_columns
from tools.sources.user_days import UserDays

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_TABLE = "events"
# A last day can be told to be cut short only where days are dense enough to have a usual end.
_DENSE_EVENTS, _DENSE_DAYS, _EARLY = 50, 7, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the data spans.

    Attributes:
        start, end: local dates of the first and the last event.
        data_as_of: time of the last event, in the workspace's time zone.
        complete_through: last local day that the data covers whole. It is `end`, unless that day is today by
            the clock, or ended early: over an hour before each of the seven days before it ended, all of them
            dense.
    """

    start: date
    end: date
    data_as_of: datetime
    complete_through: date


@dataclass(frozen=True, slots=True)
class EventSource:
    """A loaded source.

    Attributes:
        events: columns `user, event, at, day, month, d_<dimension>..., p_<property>...` (see normalization).
        user_days: the same by user, event and local day (see `user_days`).
        event_counts: how often each recorded event name occurs.
        dimensions: names of the dimensions that the source has.
        warnings: rows that were left out, and why.
    """

    name: str
    definition: SourceDefinition
    engine: Engine
    events: "ibis.Table"
    user_days: UserDays
    coverage: Coverage
    event_counts: Mapping[str, int]
    dimensions: tuple[str, ...]
    warnings: tuple[Text, ...]
    naive_times: bool

    def values(self, dimension: str) -> list[str]:
        """List the values that a dimension takes in the data."""
        column = self.events[f"d_{dimension}"]
        return sorted(self.engine.fetch(self.events.select(value=column).distinct())["value"])


class SourceStore:
    """The sources of a workspace, each loaded when it is first asked for."""

    def __init__(
        self,
        semantics: Semantics,
        folder: Path,
        *,
        frames: Mapping[str, "pd.DataFrame"],
        memory_limit: str,
        timeout: float,
    ) -> None:
        self._semantics, self._folder, self._frames = semantics, folder, frames
        self._memory_limit, self._timeout = memory_limit, timeout
        self._loaded: dict[str, tuple[object, EventSource]] = {}
        self._loading = threading.Lock()

    def get(self, name: str) -> EventSource:
        """Return a source, reading it if it is new or its files changed.

        Raises:
            SourceUnavailable, MissingColumn: the data cannot be read as `metrics.yaml` says.
            NoData: the source has no usable row.
        """
        definition = self._semantics.sources[name]
        with self._loading:
            stamp = self._stamp(name, definition)
            if name not in self._loaded or self._loaded[name][0] != stamp:
                # The old one is not closed: another thread may still be reading it.
                self._loaded[name] = (stamp, self._load(name, definition))
            return self._loaded[name][1]

    def close(self) -> None:
        """Release every source."""
        with self._loading:
            for _, source in self._loaded.values():
                source.engine.close()
            self._loaded.clear()

    def _stamp(self, name: str, definition: SourceDefinition) -> object:
        if definition.frame is not None:
            return definition.frame
        return tuple((p, p.stat().st_mtime_ns, p.stat().st_size) for p in self._files(name, definition))

    def _files(self, name: str, definition: SourceDefinition) -> list[Path]:
        pattern = str(self._folder / (definition.path or ""))
        files = [Path(p) for p in sorted(glob.glob(pattern)) if Path(p).is_file()]
        if not files:
            path = show(definition.path)
            raise SourceUnavailable(
                en=f"Source {name}: there is no file {path} (looked in {show(self._folder)}).",
                zh=f"数据源 {name}：找不到文件 {path}（查找位置：{show(self._folder)}）。",
                parameter="path",
            )
        return files

    def _load(self, name: str, definition: SourceDefinition) -> EventSource:
        engine = Engine(memory_limit=self._memory_limit, timeout=self._timeout)
        try:
            return self._fill(name, definition, engine)
        except BaseException:
            engine.close()
            raise

    def _fill(self, name: str, definition: SourceDefinition, engine: Engine) -> EventSource:
        layout = self._layout(name)
        raw = self._read(name, definition, engine)
        layout = layout.found_in(raw.columns, keep_all=len(self._semantics.sources) == 1)
        check_columns(name, definition, layout, raw.columns)
        rows = select_columns(raw, definition, layout, self._semantics.timezone)
        warnings = _left_out(name, _build(name, engine, rows, definition))
        events = engine.backend.table(_TABLE)
        engine.drop_loaded()
        engine.lock()
        counts = engine.fetch(events.group_by("event").agg(n=events.count()))
        kind = raw[definition.time].type()
        return EventSource(
            name=name,
            definition=definition,
            engine=engine,
            events=events,
            user_days=UserDays(engine, events),
            coverage=_measure_coverage(name, engine, events, Calendar.of(self._semantics)),
            event_counts=dict(zip(counts["event"], counts["n"], strict=True)),
            dimensions=tuple(layout.dimensions),
            warnings=warnings,
            naive_times=not (kind.is_timestamp() and kind.timezone),
        )

    def _layout(self, name: str) -> Layout:
        semantics = self._semantics
        dimensions = {k: d for k, d in semantics.dimensions.items() if d.source in (name, None)}
        optional = {d.column for d in dimensions.values() if d.source is None}
        properties: set[str] = set()
        for metric in semantics.metrics.values():
            summed = set(metric_properties(metric)) if metric.source in (name, None) else set()
            properties |= summed
            optional |= summed if metric.source is None else set()
        return Layout(
            {k: d.column for k, d in dimensions.items()}, tuple(sorted(properties)), frozenset(optional)
        )

    def _read(self, name: str, definition: SourceDefinition, engine: Engine) -> Any:
        import duckdb
        import pyarrow as pa

        if definition.frame is not None:
            return self._read_frame(name, definition.frame, engine)
        files = self._files(name, definition)
        reader = _reader(name, files[0], engine)
        try:
            return reader([str(f) for f in files])
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise _unreadable(name, files[0].name, error) from error

    def _read_frame(self, name: str, frame: str, engine: Engine) -> Any:
        import pyarrow as pa

        if frame not in self._frames:
            given = ", ".join(show(f) for f in self._frames) or "-"
            raise SourceUnavailable(
                en=f"Source {name}: no data frame {show(frame)} was given; given: {given}.",
                zh=f"数据源 {name}：未提供数据框 {show(frame)}；已提供：{given}。",
                parameter="frame",
            )
        try:
            table = pa.Table.from_pandas(self._frames[frame], preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise _unreadable(name, frame, error) from error
        return engine.load_raw(table)


def _reader(name: str, file: Path, engine: Engine) -> Any:
    suffix = "".join(file.suffixes[-2:]) if file.suffix == ".gz" else file.suffix
    if suffix.lower() in (".parquet", ".pq"):
        return engine.backend.read_parquet
    if suffix.lower() in (".csv", ".csv.gz", ".tsv", ".tsv.gz"):
        return engine.backend.read_csv
    raise SourceUnavailable(
        en=f"Source {name}: {show(file.name)} is neither Parquet nor CSV.",
        zh=f"数据源 {name}：{show(file.name)} 既不是 Parquet 也不是 CSV。",
        parameter="path",
    )


def _build(name: str, engine: Engine, rows: "ibis.Table", definition: SourceDefinition) -> dict[str, int]:
    """Write the table of events and count the rows that had to be left out."""
    import duckdb

    try:
        rows = engine.stage(rows)
        missing = engine.fetch_row(
            rows.agg(
                user=rows.user.isnull().sum().coalesce(0),
                time=(rows.user.notnull() & rows["at"].isnull()).sum().coalesce(0),
                event=(rows.user.notnull() & rows["at"].notnull() & rows.event.isnull()).sum().coalesce(0),
            )
        )
        engine.backend.create_table(_TABLE, number_users(rows, identified=definition.id is not None))
    except duckdb.Error as error:
        raise _unreadable(name, definition.path or definition.frame or name, error) from error
    return {k: int(v) for k, v in missing.items()}


def _left_out(name: str, missing: Mapping[str, int]) -> tuple[Text, ...]:
    what = {"user": Text("用户", "user"), "time": Text("时间", "time"), "event": Text("事件名", "event name")}
    return tuple(
        Text(
            zh=f"数据源 {name} 中有 {n:,} 行缺少{what[column].zh}，未计入。",
            en=f"{n:,} rows of source {name} have no {what[column].en} and are left out.",
        )
        for column, n in missing.items()
        if n
    )


def _measure_coverage(name: str, engine: Engine, events: "ibis.Table", calendar: Calendar) -> Coverage:
    days = engine.fetch(events.group_by("day").agg(n=events.count(), last=events["at"].max()).order_by("day"))
    if days.empty:
        raise NoData(
            en=f"Source {name} has no usable row (with a user, a time and an event).",
            zh=f"数据源 {name} 没有可用的数据行（需同时有用户、时间和事件）。",
        )
    lasts = [calendar.local(t.to_pydatetime()) for t in days["last"].tail(_DENSE_DAYS + 1)]
    dense = (
        len(lasts) > _DENSE_DAYS and days["n"].tail(_DENSE_DAYS + 1).head(_DENSE_DAYS).min() >= _DENSE_EVENTS
    )
    end = EPOCH + timedelta(days=int(days["day"].iloc[-1]))
    whole = not (dense and _ended_early(lasts)) and end != datetime.now(calendar.zone).date()
    return Coverage(
        start=EPOCH + timedelta(days=int(days["day"].iloc[0])),
        end=end,
        data_as_of=lasts[-1],
        complete_through=end if whole else end - timedelta(days=1),
    )


def _ended_early(lasts: list[datetime]) -> bool:
    hours = [timedelta(hours=t.hour, minutes=t.minute) for t in lasts]
    return hours[-1] + _EARLY < min(hours[:-1])


def _unreadable(name: str, file: str, error: Exception) -> SourceUnavailable:
    reason = show(str(error).splitlines()[0] if str(error) else type(error).__name__)
    return SourceUnavailable(
        en=f"Source {name}: {show(file)} cannot be read ({reason}).",
        zh=f"数据源 {name}：无法读取 {show(file)}（{reason}）。",
        parameter="path",
    )
