"""Reading what `metrics.yaml` points at: files, databases and frames, each as a table in an engine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tools.errors import SourceUnavailable, show
from tools.grammar import chinese_list
from tools.identity import IdentityDefinition
from tools.snapshots import digest
from tools.source_definition import SourceDefinition
from tools.sources.clocks import Clock
from tools.sources.databases import REFRESH_SECONDS, copy_table, find_url, is_postgres
from tools.sources.engine import Engine
from tools.sources.file_tables import describe_unreadable, open_tables
from tools.sources.files import find_files
from tools.sources.flattening import flatten
from tools.sources.identity import Aliases, describe_table, resolve_aliases, select_aliases
from tools.sources.postgres_engine import PostgresEngine
from tools.sources.spark_engine import SparkEngine, is_spark

if TYPE_CHECKING:
    import pandas as pd

AnyEngine = Engine | PostgresEngine | SparkEngine
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class Raw:
    """A source's table as it is.

    Attributes:
        table: all its columns.
        is_cheap: whether reading it again costs little, so that it need not be copied.
    """

    table: Any
    is_cheap: bool


class Reader:
    """Reads the sources of a workspace."""

    def __init__(
        self,
        folder: Path,
        *,
        frames: Mapping[str, "pd.DataFrame"],
        databases: Mapping[str, str],
        zone: ZoneInfo,
    ) -> None:
        self._folder, self._frames, self._databases, self._zone = folder, frames, databases, zone

    def stamp(self, name: str, definition: SourceDefinition) -> object:
        """Return what changes when the data does. Raises SourceUnavailable."""
        if definition.frame is not None:
            return definition.frame
        if definition.database is not None:
            return int(monotonic() // REFRESH_SECONDS)
        return tuple(
            (p, p.stat().st_mtime_ns, p.stat().st_size) for p in find_files(name, definition, self._folder)
        )

    def fingerprint(self, name: str, definition: SourceDefinition) -> str | None:
        """Identify the data of files as it is; None for what is no file. Raises SourceUnavailable."""
        if definition.path is None:
            return None
        files = [(file, file.stat()) for file in find_files(name, definition, self._folder)]
        place = (definition.sheet, definition.delimiter, definition.encoding)
        return digest(
            [place, [(os.path.relpath(f, self._folder), s.st_mtime_ns, s.st_size) for f, s in files]]
        )

    def open(
        self, name: str, definition: SourceDefinition, *, memory_limit: str, timeout: float
    ) -> tuple[AnyEngine, Raw]:
        """Open a source's table in an engine, which may read this table and nothing else from then on.

        Nested properties become columns of their own, and numbers since 1970 times.

        Raises:
            SourceUnavailable: there is no such data, or it cannot be read.
        """
        engine: AnyEngine
        url = "" if definition.database is None else find_url(name, definition.database, self._databases)
        if is_postgres(url):
            engine = PostgresEngine(url, timeout=timeout)
        elif is_spark(url):
            engine = SparkEngine(url, timeout=timeout)
        else:
            engine = Engine(memory_limit=memory_limit, timeout=timeout)
        try:
            raw = self._read(name, definition, engine, url)
            table = Clock(name, definition, self._zone).settle(engine, flatten(engine, raw.table))
            return engine, Raw(table, raw.is_cheap)
        except BaseException:
            engine.close()
            raise

    def read_aliases(
        self, name: str, identity: IdentityDefinition, *, memory_limit: str, timeout: float
    ) -> Aliases:
        """Read and resolve the alias table of a source.

        Raises:
            SourceUnavailable, MissingColumn: it cannot be read as `metrics.yaml` says.
        """
        engine = Engine(memory_limit=memory_limit, timeout=timeout)
        try:
            table = self._read(name, describe_table(identity), engine, "").table
            return resolve_aliases(engine.fetch(select_aliases(name, table, identity.from_, identity.to)))
        finally:
            engine.close()

    def _read(self, name: str, definition: SourceDefinition, engine: AnyEngine, url: str) -> Raw:
        if isinstance(engine, PostgresEngine):
            return Raw(engine.open_table(str(definition.table)), is_cheap=True)
        if isinstance(engine, SparkEngine):
            table = str(definition.table)
            is_file = table.endswith(_PARQUET) and "://" not in table
            return Raw(engine.open_table(str(self._folder / table) if is_file else table), is_cheap=True)
        if url:
            return Raw(copy_table(name, url, str(definition.table), engine), is_cheap=True)
        if definition.frame is not None:
            return self._read_frame(name, definition.frame, engine)
        files = find_files(name, definition, self._folder)
        return Raw(open_tables(name, definition, engine, files), is_cheap=True)

    def _read_frame(self, name: str, frame: str, engine: Engine) -> Raw:
        import pyarrow as pa

        if frame not in self._frames:
            given = ", ".join(show(f) for f in self._frames) or "-"
            raise SourceUnavailable(
                en=f"Source {name}: no data frame {show(frame)} was given; given: {given}.",
                zh=f"数据源 {name}：未提供数据框 {show(frame)}；已提供：{chinese_list(given)}。",
                parameter="frame",
            )
        try:
            table = pa.Table.from_pandas(self._frames[frame], preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise describe_unreadable(name, frame, error) from error
        return Raw(engine.load_raw(table), is_cheap=True)
