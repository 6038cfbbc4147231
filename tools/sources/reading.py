"""Reading what `metrics.yaml` points at: Parquet stays where it is, text is parsed once into the engine."""

import glob
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from tools.errors import SourceUnavailable, show
from tools.semantics import SourceDefinition
from tools.sources.databases import REFRESH_SECONDS, copy_table, find_url, is_postgres
from tools.sources.engine import Engine
from tools.sources.postgres_engine import PostgresEngine

if TYPE_CHECKING:
    import pandas as pd

AnyEngine = Engine | PostgresEngine
_PARQUET = (".parquet", ".pq")
_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz")


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
        self, folder: Path, *, frames: Mapping[str, "pd.DataFrame"], databases: Mapping[str, str]
    ) -> None:
        self._folder, self._frames, self._databases = folder, frames, databases

    def stamp(self, name: str, definition: SourceDefinition) -> object:
        """Return what changes when the data does. Raises SourceUnavailable."""
        if definition.frame is not None:
            return definition.frame
        if definition.database is not None:
            return int(monotonic() // REFRESH_SECONDS)
        return tuple((p, p.stat().st_mtime_ns, p.stat().st_size) for p in self._files(name, definition))

    def open(
        self, name: str, definition: SourceDefinition, *, memory_limit: str, timeout: float
    ) -> tuple[AnyEngine, Raw]:
        """Open a source's table in an engine, which may read this table and nothing else from then on.

        Raises:
            SourceUnavailable: there is no such data, or it cannot be read.
        """
        engine: AnyEngine
        if definition.database is not None and is_postgres(url := self._find_url(name, definition.database)):
            engine = PostgresEngine(url, timeout=timeout)
        else:
            engine = Engine(memory_limit=memory_limit, timeout=timeout)
        try:
            return engine, self._read(name, definition, engine)
        except BaseException:
            engine.close()
            raise

    def _find_url(self, name: str, database: str) -> str:
        return find_url(name, database, self._databases)

    def _read(self, name: str, definition: SourceDefinition, engine: AnyEngine) -> Raw:
        import duckdb
        import pyarrow as pa

        if isinstance(engine, PostgresEngine):
            return Raw(engine.open_table(str(definition.table)), is_cheap=True)
        if definition.database is not None:
            url = self._find_url(name, definition.database)
            return Raw(copy_table(name, url, str(definition.table), engine), is_cheap=True)
        if definition.frame is not None:
            return self._read_frame(name, definition.frame, engine)
        files = self._files(name, definition)
        kind = _find_kind(name, files[0])
        paths = [str(f) for f in files]
        try:
            if kind == "csv":
                return Raw(engine.open_files("read_csv", paths), is_cheap=False)
            return Raw(engine.open_files("read_parquet", paths), is_cheap=True)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise describe_unreadable(name, files[0].name, error) from error

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

    def _read_frame(self, name: str, frame: str, engine: Engine) -> Raw:
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
            raise describe_unreadable(name, frame, error) from error
        return Raw(engine.load_raw(table), is_cheap=True)


def _find_kind(name: str, file: Path) -> str:
    suffix = "".join(file.suffixes[-2:]) if file.suffix == ".gz" else file.suffix
    if suffix.lower() in _PARQUET:
        return "parquet"
    if suffix.lower() in _CSV:
        return "csv"
    raise SourceUnavailable(
        en=f"Source {name}: {show(file.name)} is neither Parquet nor CSV.",
        zh=f"数据源 {name}：{show(file.name)} 既不是 Parquet 也不是 CSV。",
        parameter="path",
    )


def describe_unreadable(name: str, what: str, error: Exception) -> SourceUnavailable:
    """Say that data cannot be read, and why."""
    reason = show(str(error).splitlines()[0] if str(error) else type(error).__name__)
    return SourceUnavailable(
        en=f"Source {name}: {show(what)} cannot be read ({reason}).",
        zh=f"数据源 {name}：无法读取 {show(what)}（{reason}）。",
        parameter="path",
    )
