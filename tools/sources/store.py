"""The sources of a workspace: each opened once, in one shape, locked, and opened again when its files change."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tools.errors import SourceUnavailable
from tools.metric_kinds import metric_properties
from tools.periods import Calendar
from tools.results import Text
from tools.segments.rules import rule_properties
from tools.semantics import DimensionDefinition, Semantics
from tools.snapshots import digest
from tools.source_definition import SourceDefinition
from tools.sources.assignments import Assignments
from tools.sources.coverage import Coverage, survey
from tools.sources.engine import Engine
from tools.sources.event_times import EventTimes
from tools.sources.file_tables import describe_unreadable
from tools.sources.identity import Aliases, describe_table, map_users
from tools.sources.kept_tables import KeptTables
from tools.sources.ledgers import Ledgers
from tools.sources.normalization import (
    Layout,
    check_columns,
    finish_rows,
    has_numbers,
    number_users,
    select_columns,
)
from tools.sources.notes import NoteTable
from tools.sources.placement import place_rows
from tools.sources.plain_tables import PlainTables
from tools.sources.reading import AnyEngine, Raw, Reader
from tools.sources.small_values import merge_small_values
from tools.sources.user_days import UserDays
from tools.sources.written_amounts import read_amounts

if TYPE_CHECKING:
    import ibis
    import pandas as pd

#: Dimension of a source of feedback: where it was given.
FEEDBACK_CHANNEL = "feedback_channel"


@dataclass(frozen=True, slots=True)
class EventSource:
    """An open source.

    Attributes:
        raw: the data as it is, every row and column of it.
        events: columns `user, event, at, day, month, d_<dimension>..., p_<property>...` (see normalization).
        user_days: the same by user, event and local day (see `user_days`).
        event_times: the same as numbers, without dimensions (see `event_times`).
        kept: results that several questions read (see `kept_tables`).
        assignments: of its users to the arms of experiments (see `assignments`).
        ledgers: tables of amounts by day (see `ledgers`).
        tables: further tables, as text (see `plain_tables`).
        event_counts: how often each recorded event name occurs.
        dimensions: names of the dimensions that the source has.
        warnings: rows that were left out, and why.
        user_keys: rows (user, number) of what the data calls each user; None where that is a number.
    """

    name: str
    definition: SourceDefinition
    engine: AnyEngine
    raw: "ibis.Table"
    events: "ibis.Table"
    user_days: UserDays
    event_times: EventTimes
    kept: KeptTables
    assignments: Assignments
    ledgers: Ledgers
    tables: PlainTables
    coverage: Coverage
    event_counts: Mapping[str, int]
    dimensions: tuple[str, ...]
    warnings: tuple[Text, ...]
    naive_times: bool
    user_keys: "ibis.Table | None" = None
    _values: dict[str, list[str]] = field(default_factory=dict)

    def values(self, dimension: str) -> list[str]:
        """List the values that a dimension takes in the data."""
        if dimension not in self._values:
            column = self.events[f"d_{dimension}"]
            found = self.engine.fetch(self.events.select(value=column).distinct())["value"]
            self._values[dimension] = sorted(found)
        return self._values[dimension]


class SourceStore:
    """The sources of a workspace, each opened when it is first asked for."""

    def __init__(
        self,
        semantics: Semantics,
        folder: Path,
        *,
        frames: Mapping[str, "pd.DataFrame"],
        databases: Mapping[str, str],
        memory_limit: str,
        timeout: float,
    ) -> None:
        self._semantics, self._reader = (
            semantics,
            Reader(folder, frames=frames, databases=databases, zone=ZoneInfo(semantics.timezone)),
        )
        self._memory_limit, self._timeout = memory_limit, timeout
        limits: dict[str, Any] = {"memory_limit": memory_limit, "timeout": timeout}
        self._ledgers = Ledgers(self._reader, calendar=Calendar.of(semantics), **limits)
        self._tables = PlainTables(self._reader, **limits)
        #: Of competitors.
        self.notes = NoteTable(self._reader, calendar=Calendar.of(semantics), **limits)
        self._loaded: dict[str, tuple[object, EventSource]] = {}
        self._loading = threading.Lock()

    def get(self, name: str) -> EventSource:
        """Return a source, opening it if it is new or its files changed.

        Raises:
            SourceUnavailable, MissingColumn: the data cannot be read as `metrics.yaml` says.
            NoData: the source has no usable row.
        """
        definition = self._semantics.sources[name]
        with self._loading:
            stamp = self._stamp(name, definition)
            if name not in self._loaded or self._loaded[name][0] != stamp:
                # The old one is not closed: another thread may still be reading it.
                self._loaded[name] = (stamp, self._open(name, definition))
            return self._loaded[name][1]

    def is_current(self, name: str) -> bool:
        """Whether the files of an open source are as they were when it was opened; a database always is."""
        definition = self._semantics.sources[name]
        if definition.database is not None:
            return True
        with self._loading:
            return name in self._loaded and self._loaded[name][0] == self._stamp(name, definition)

    def fingerprint(self, key: str, definition: SourceDefinition) -> str | None:
        """Identify the data of a table as it is, by its dotted key in `metrics.yaml`; None where nothing can be told."""
        kind, _, name = key.partition(".")
        try:
            if (of_files := self._reader.fingerprint(name or kind, definition)) is not None:
                return of_files
        except SourceUnavailable:
            return None
        loaded = self._loaded.get(name) if kind == "sources" else None
        return loaded and digest([loaded[1].event_counts, asdict(loaded[1].coverage)])

    def count_events(self, name: str) -> int | None:
        """Return how many events a source has; None where it is not open."""
        loaded = self._loaded.get(name)
        return loaded and sum(loaded[1].event_counts.values())

    def close(self) -> None:
        """Release every source."""
        with self._loading:
            for _, source in self._loaded.values():
                source.engine.close()
            self._loaded.clear()

    def _open(self, name: str, definition: SourceDefinition) -> EventSource:
        import duckdb

        engine, raw = self._reader.open(
            name, definition, memory_limit=self._memory_limit, timeout=self._timeout
        )
        try:
            return self._fill(name, definition, engine, raw)
        except duckdb.Error as error:
            engine.close()
            raise describe_unreadable(name, definition.path or definition.frame or name, error) from error
        except BaseException:
            engine.close()
            raise

    def _fill(self, name: str, definition: SourceDefinition, engine: AnyEngine, raw: Raw) -> EventSource:
        layout = self._layout(name).found_in(raw.table.columns, keep_all=len(self._semantics.sources) == 1)
        check_columns(name, definition, layout, raw.table.columns)
        calendar = Calendar.of(self._semantics)
        selected = select_columns(read_amounts(engine, raw.table, layout.properties), definition, layout)
        aliases = self._read_aliases(name, definition, engine)
        if aliases is not None:
            selected = map_users(selected, aliases, engine.load_raw)
        placed = place_rows(engine, raw, definition, selected, calendar)
        engine.lock()
        rows, users = engine.define("placed", placed.rows), placed.users
        found = survey(name, engine, replace(placed, rows=rows), calendar)
        total = sum(found.event_counts.values())
        numbers = None if has_numbers(rows) else engine.keep("users", number_users(rows, total))
        if numbers is not None:
            users = 0, int(engine.fetch_row(numbers.agg(users=numbers.count()))["users"]) - 1
        events = (
            engine.define("usable", finish_rows(rows, numbers))
            if numbers is not None
            else finish_rows(rows, numbers)
        )
        events = merge_small_values(engine, events, tuple(layout.dimensions), definition.min_group)
        events = engine.define("events", events) if definition.min_group > 1 else events
        kind, days = raw.table[definition.time].type(), found.coverage.days()
        return EventSource(
            name=name,
            definition=definition,
            engine=engine,
            raw=raw.table,
            events=events,
            user_days=UserDays(engine, events, total=total, days=days, users=users),
            event_times=EventTimes(engine, events, names=found.event_counts, days=days, users=users),
            kept=KeptTables(engine),
            assignments=Assignments(
                name,
                self._reader,
                engine,
                numbers=numbers,
                aliases=aliases,
                calendar=calendar,
                memory_limit=self._memory_limit,
                timeout=self._timeout,
            ),
            ledgers=self._ledgers,
            tables=self._tables,
            coverage=found.coverage,
            event_counts=found.event_counts,
            dimensions=tuple(layout.dimensions),
            warnings=(*found.warnings, *(aliases.warnings(name) if aliases else ())),
            naive_times=not (kind.is_timestamp() and kind.timezone),
            user_keys=numbers,
        )

    def _stamp(self, name: str, definition: SourceDefinition) -> object:
        own, identity = self._reader.stamp(name, definition), definition.identity
        return own, None if identity is None else self._reader.stamp(name, describe_table(identity))

    def _read_aliases(self, name: str, definition: SourceDefinition, engine: AnyEngine) -> Aliases | None:
        """Read who is who, where the source's identity table says so."""
        if definition.identity is None or not isinstance(engine, Engine):
            return None
        return self._reader.read_aliases(
            name, definition.identity, memory_limit=self._memory_limit, timeout=self._timeout
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
        for segment in semantics.segments.values():
            summed = set(rule_properties(segment.rule)) if segment.source in (name, None) else set()
            properties |= summed
            optional |= summed if segment.source is None else set()
        definition = semantics.sources[name]
        if definition.channel is not None:
            dimensions.setdefault(FEEDBACK_CHANNEL, DimensionDefinition(column=definition.channel))
            optional.discard(definition.channel)
        if definition.rating is not None:
            properties.add(definition.rating)
            optional.discard(definition.rating)
        return Layout(
            {k: d.column for k, d in dimensions.items()},
            tuple(sorted(properties)),
            frozenset(optional),
            frozenset(d.column for d in dimensions.values() if d.optional),
        )
