"""Tables of who was put into which arm of an experiment, beside the events of the same users."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.experiments.declarations import AssignmentDefinition
from tools.periods import Calendar
from tools.source_definition import SourceDefinition
from tools.sources.identity import Aliases, map_users
from tools.sources.normalization import Layout, check_columns, is_usable, select_columns
from tools.sources.placement import place_rows
from tools.sources.reading import AnyEngine, Reader

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment table in the engine of a source.

    Attributes:
        table: rows `user, arm, at, day, month`, the first of each user and arm. Users are numbered as in the
            source's events; those without an event get negative numbers.
        lacking: rows without a user, a time or an arm, which are left out.
    """

    table: "ibis.Table"
    lacking: int


class Assignments:
    """The assignment tables of a source's experiments, each read when it is first asked for, or has changed."""

    def __init__(
        self,
        source: str,
        reader: Reader,
        engine: AnyEngine,
        *,
        numbers: "ibis.Table | None",
        aliases: Aliases | None,
        calendar: Calendar,
        memory_limit: str,
        timeout: float,
    ) -> None:
        """Take what is needed to read them.

        Args:
            source: name of the source.
            reader: of the workspace's files and databases.
            engine: of the source, into which the tables are put.
            numbers: the source's user keys and their numbers; None where users are numbers themselves.
            aliases: who is who in the source.
            calendar: the workspace's.
            memory_limit, timeout: of the engine that reads a table.
        """
        self._source, self._reader, self._engine = source, reader, engine
        self._numbers, self._aliases, self._calendar = numbers, aliases, calendar
        self._limits: dict[str, Any] = {"memory_limit": memory_limit, "timeout": timeout}
        self._reading = threading.Lock()
        self._read: dict[str, tuple[object, Assigned]] = {}
        self._count = 0

    def get(self, name: str, definition: AssignmentDefinition) -> Assigned:
        """Return the assignments of an experiment.

        Raises:
            SourceUnavailable, MissingColumn: they cannot be read as `metrics.yaml` says.
        """
        as_source = _as_source(definition)
        with self._reading:
            stamp = self._reader.stamp(name, as_source), definition
            if name not in self._read or self._read[name][0] != stamp:
                self._read[name] = stamp, self._load(*self._fetch(name, as_source))
            return self._read[name][1]

    def _fetch(self, name: str, definition: SourceDefinition) -> tuple["pa.Table", int]:
        """Read a table with an engine of its own: rows (key, arm, at, day, month), and the number left out."""
        engine, raw = self._reader.open(name, definition, **self._limits)
        try:
            layout = Layout({}, ())
            check_columns(name, definition, layout, raw.table.columns)
            rows = select_columns(raw.table, definition, layout)
            if self._aliases is not None:
                rows = map_users(rows, self._aliases, engine.load_raw)
            rows = place_rows(engine, raw, definition, rows, self._calendar).rows
            key = rows.user.cast("int64" if self._numbers is None else self._numbers.user.type())
            usable = rows.mutate(key=key).filter(is_usable(rows))
            lacking = engine.fetch_row(rows.agg(n=is_usable(rows).ifelse(0, 1).sum().coalesce(0)))["n"]
            first = usable.group_by("key", arm=usable.event).agg(
                at=usable["at"].min(), day=usable.day.min(), month=usable.month.min()
            )
            return engine.fetch_arrow(first), int(lacking)
        finally:
            engine.close()

    def _load(self, rows: "pa.Table", lacking: int) -> Assigned:
        import ibis

        self._count += 1
        table = self._engine.load_raw(rows, f"assigned_{self._count}")
        if self._numbers is None:
            return Assigned(table.rename(user="key"), lacking)
        joined = table.left_join(self._numbers, table.key == self._numbers.user)
        unknown = -1 - ibis.dense_rank().over(order_by=joined.key)
        known = joined.select(
            "arm", "at", "day", "month", user=joined.number.cast("int64").coalesce(unknown.cast("int64"))
        )
        return Assigned(self._engine.keep(f"numbered_{self._count}", known), lacking)


@dataclass(frozen=True, slots=True)
class SelectedAssignments:
    """The assignments of a source's users, narrowed like its events."""

    whole: Any
    select: "Callable[[ibis.Table], ibis.Table]"

    def get(self, name: str, definition: AssignmentDefinition) -> Assigned:
        """Return the assignments of the chosen users."""
        found: Assigned = self.whole.get(name, definition)
        return Assigned(self.select(found.table), found.lacking)


def _as_source(definition: AssignmentDefinition) -> SourceDefinition:
    """Describe an assignment table as a table of events, each of which is an arm."""
    return SourceDefinition.model_validate(
        {**definition.model_dump(exclude={"arm"}, exclude_none=True), "event": definition.arm}
    )
