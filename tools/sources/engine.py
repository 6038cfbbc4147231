"""DuckDB behind Ibis: one locked in-process database per source, a cursor and a time limit per query."""

import tempfile
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import QueryTimeout, QueryTooLarge

if TYPE_CHECKING:
    import duckdb
    import ibis
    import pandas as pd
    import pyarrow as pa

_RAW = "raw"


class Engine:
    """An in-memory DuckDB that holds one source.

    Load tables through `backend`, then `lock()`: after that no statement can reach files, the network or
    settings. Queries may come from any thread.
    """

    def __init__(self, *, memory_limit: str, timeout: float) -> None:
        import ibis

        # DuckDB makes this folder only when it spills, and removes it when it closes.
        spill = Path(tempfile.gettempdir()) / f"yunce-{uuid.uuid4().hex}"
        self.backend = ibis.duckdb.connect(memory_limit=memory_limit, temp_directory=str(spill))
        # In an interactive Python, DuckDB would draw its progress over the caller's output.
        self.backend.raw_sql("SET enable_progress_bar = false")
        self._timeout = timeout
        self._compiling = threading.Lock()

    def load_raw(self, table: "pa.Table", name: str = _RAW) -> "ibis.Table":
        """Copy an Arrow table in."""
        import pyarrow as pa

        # DuckDB stores no column without a type, which is what pandas makes of one without a value.
        typed = [f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in table.schema]
        return self.backend.create_table(name, table.cast(pa.schema(typed)))

    def open_files(self, query: str, paths: Sequence[str], *, copied: bool) -> "ibis.Table":
        """Let queries read some files, also when everything else is forbidden.

        Args:
            query: DuckDB's, that reads them.
            paths: the files.
            copied: whether their rows are copied in, so that the files may go.
        """
        self.backend.con.execute("SET allowed_paths = ?", [list(paths)])
        # A view of its own, since those that Ibis makes are not seen by other cursors.
        self.backend.con.execute(f"CREATE {'TABLE' if copied else 'VIEW'} {_RAW} AS {query}")
        return self.backend.table(_RAW)

    def lock(self) -> None:
        """Forbid access to files and network, and any change of settings, for good."""
        self.backend.raw_sql("SET enable_external_access = false")
        self.backend.raw_sql("SET lock_configuration = true")

    def fetch(self, expression: "ibis.Table") -> "pd.DataFrame":
        """Run an Ibis expression and return its rows.

        Raises:
            QueryTimeout: the query ran longer than the time limit, and was interrupted.
            QueryTooLarge: the query needs more memory than the limit.
        """
        with self._compiling:
            sql = self.backend.compile(expression)
        with self._within_limits() as cursor:
            return cursor.execute(sql).df()

    def fetch_arrow(self, expression: "ibis.Table") -> "pa.Table":
        """Run an Ibis expression and return its rows as Arrow columns, without a Python object per value.

        Raises what `fetch` raises.
        """
        with self._compiling:
            sql = self.backend.compile(expression)
        with self._within_limits() as cursor:
            return cursor.execute(sql).to_arrow_table()

    def keep(self, name: str, expression: "ibis.Table") -> "ibis.Table":
        """Write an expression to a table that later queries read. Raises what `fetch` raises."""
        with self._compiling:
            sql = self.backend.compile(expression)
        with self._within_limits() as cursor:
            cursor.execute(f'CREATE OR REPLACE TABLE "{name}" AS {sql}')
        with self._compiling:
            return self.backend.table(name)

    @contextmanager
    def _within_limits(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """Give a cursor whose query is interrupted when it takes too long."""
        import duckdb

        cursor = self.backend.con.cursor()
        timer = threading.Timer(self._timeout, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield cursor
        except duckdb.InterruptException as error:
            raise describe_timeout(self._timeout) from error
        except duckdb.OutOfMemoryException as error:
            raise describe_shortage() from error
        finally:
            timer.cancel()
            cursor.close()

    def fetch_row(self, expression: "ibis.Table") -> dict[str, Any]:
        """Run an expression that gives exactly one row, and return it by column."""
        return dict(self.fetch(expression).iloc[0])

    def close(self) -> None:
        """Release the memory."""
        self.backend.disconnect()


def describe_timeout(timeout: float) -> QueryTimeout:
    """Say that a query took too long."""
    return QueryTimeout(
        en=f"The query was stopped after {timeout:g} seconds; ask for a shorter period or fewer segments.",
        zh=f"查询超过 {timeout:g} 秒已中止，请缩短时间范围或减少细分。",
    )


def describe_shortage() -> QueryTooLarge:
    """Say that a query needs too much memory."""
    return QueryTooLarge(
        en="The query needs more memory than its limit; ask for a shorter period or fewer segments.",
        zh="查询所需内存超过上限，请缩短时间范围或减少细分。",
    )
