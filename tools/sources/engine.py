"""DuckDB behind Ibis: one locked in-process database per source, a cursor and a time limit per query."""

import tempfile
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tools.errors import QueryTimeout, QueryTooLarge, SourceUnavailable

if TYPE_CHECKING:
    import duckdb
    import ibis
    import pandas as pd
    import pyarrow as pa

_RAW = "raw"
_MOST_VALUES = 1000
_MOST_COMPILED = 256
_ROWS_AT_ONCE = 122_880  # as DuckDB groups them


class Engine:
    """An in-memory DuckDB that holds one source.

    Load tables through `backend`, then `lock()`: after that no statement can reach files, the network or
    settings. Queries may come from any thread.
    """

    def __init__(self, *, memory_limit: str, timeout: float) -> None:
        from ibis.backends.duckdb import Backend

        # DuckDB makes this folder only when it spills, and removes it when it closes.
        spill = Path(tempfile.gettempdir()) / f"yunce-{uuid.uuid4().hex}"
        self.backend = Backend().connect(memory_limit=memory_limit, temp_directory=str(spill))
        # In an interactive Python, DuckDB would draw its progress over the caller's output.
        self.backend.raw_sql("SET enable_progress_bar = false")
        # Tables need no order of rows; keeping it takes memory.
        self.backend.raw_sql("SET preserve_insertion_order = false")
        self._timeout = timeout
        self._compiling = threading.Lock()
        # It holds the backend and not the engine, so that the memory of one that is dropped is free at once.
        self._compile_once = lru_cache(maxsize=_MOST_COMPILED)(partial(_compile_node, self.backend))

    def load_raw(self, table: "pa.Table", name: str = _RAW) -> "ibis.Table":
        """Copy an Arrow table in."""
        import pyarrow as pa

        # DuckDB stores no column without a type, which is what pandas makes of one without a value.
        typed = [f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in table.schema]
        given = f"given_{name}"
        with self._within_limits() as cursor:
            cursor.register(given, table.cast(pa.schema(typed)))
            cursor.execute(f'CREATE TABLE "{name}" AS FROM "{given}"')
            cursor.unregister(given)
        return self._table(name)

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
        sql = self._compile(expression)
        with self._within_limits() as cursor:
            frame = cursor.execute(sql).df()
        coded = frame.select_dtypes("category").columns
        return frame.astype(dict.fromkeys(coded, "str")) if len(coded) else frame

    def fetch_arrow(self, expression: "ibis.Table") -> "pa.Table":
        """Run an Ibis expression and return its rows as Arrow columns, without a Python object per value.

        Raises what `fetch` raises.
        """
        sql = self._compile(expression)
        with self._within_limits() as cursor:
            return cursor.execute(sql).to_arrow_table()

    def fetch_pieces(self, expression: "ibis.Table") -> "Iterator[pa.RecordBatch]":
        """Run an Ibis expression and give its rows while it runs, so that they are never all in memory.

        Raises what `fetch` raises.
        """
        sql = self._compile(expression)
        with self._within_limits() as cursor:
            try:
                yield from cursor.execute(sql).to_arrow_reader(_ROWS_AT_ONCE)
            except OSError as error:
                raise _as_duckdb(error) from error

    def keep(self, name: str, *expressions: "ibis.Table") -> "ibis.Table":
        """Write expressions, one after the other, to a table that later queries read. Raises what `fetch` raises."""
        statements = [self._compile(expression) for expression in expressions]
        with self._within_limits() as cursor:
            cursor.execute(f'CREATE OR REPLACE TABLE "{name}" AS {statements[0]}')
        for sql in statements[1:]:
            with self._within_limits() as cursor:
                cursor.execute(f'INSERT INTO "{name}" {sql}')
        return self._table(name)

    def define(self, name: str, expression: "ibis.Table") -> "ibis.Table":
        """Give an expression a name in the engine, so that what is asked of it is short to write."""
        sql = self._compile(expression)
        with self._within_limits() as cursor:
            cursor.execute(f'CREATE OR REPLACE VIEW "{name}" AS {sql}')
        return self._table(name)

    def _table(self, name: str) -> "ibis.Table":
        with self._compiling:
            return self.backend.table(name)

    def encode(self, rows: "ibis.Table", columns: Sequence[str]) -> "ibis.Table":
        """Have text columns of few distinct values held as small numbers that read as the text.

        Args:
            rows: a table.
            columns: names of its text columns.
        """
        import ibis

        coded = {}
        for column in columns:
            values = self.fetch(rows.select(value=rows[column]).distinct().limit(_MOST_VALUES + 1))["value"]
            if values.empty or len(values) > _MOST_VALUES or values.isna().any():
                continue
            name = f"code_{uuid.uuid4().hex}"
            listed = ", ".join("'" + str(value).replace("'", "''") + "'" for value in sorted(values))
            with self._within_limits() as cursor:
                cursor.execute(f"CREATE TYPE {name} AS ENUM ({listed})")
                cursor.execute(f"CREATE MACRO {name}_of(x) AS x::{name}")

            @ibis.udf.scalar.builtin(name=f"{name}_of", signature=(("string",), "string"))
            def code(value):  # type: ignore[no-untyped-def]
                ...

            coded[column] = code(rows[column])
        return rows.mutate(**coded)

    def shift(self, times: Any, seconds: int) -> Any:
        """Move a column of times: as numbers, which takes a tenth of the time that an interval does."""
        functions = _declare_functions()
        return functions.to_time(functions.to_number(times) + seconds * 1_000_000)

    def count_days(self, dates: Any) -> Any:
        """Number a column of dates that have an end from 1970-01-01: in half the time of Ibis's difference."""
        import ibis

        return _declare_functions().subtract(dates, ibis.date(1970, 1, 1))

    def count_microseconds(self, times: Any) -> Any:
        """Return the microseconds since 1970 of a column of times."""
        return _declare_functions().to_number(times)

    def divide(self, numbers: Any, divisor: int) -> Any:
        """Divide a column of whole numbers, none below 0, leaving out the remainder: Ibis would go through fractions."""
        return _declare_functions().divide(numbers, divisor)

    def find_place(self, column: Any, values: Sequence[str]) -> Any:
        """Return the place, counted from 0, that each text of a column has in a list.

        Where the texts are stored as numbers of a dictionary, only this is looked up.
        """
        import ibis

        return _declare_functions().find_place(ibis.array(list(values)), column) - 1

    def _compile(self, expression: "ibis.Table") -> str:
        """Return an expression's SQL, which the same question need not wait for again."""
        with self._compiling:
            return self._compile_once(expression.op())

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
        except duckdb.IOException as error:
            raise describe_change() from error
        finally:
            timer.cancel()
            cursor.close()

    def fetch_row(self, expression: "ibis.Table") -> dict[str, Any]:
        """Run an expression that gives exactly one row, and return it by column."""
        return dict(self.fetch(expression).iloc[0])

    def close(self) -> None:
        """Release the memory."""
        self.backend.disconnect()


@lru_cache(maxsize=1)
def _declare_functions() -> Any:
    """Return DuckDB's functions from a time to microseconds since 1970 and back, and others that Ibis lacks."""
    from ibis import udf

    @udf.scalar.builtin(name="epoch_us", signature=(("timestamp(6)",), "int64"))
    def to_number(time):  # type: ignore[no-untyped-def]
        ...

    @udf.scalar.builtin(name="make_timestamp", signature=(("int64",), "timestamp(6)"))
    def to_time(number):  # type: ignore[no-untyped-def]
        ...

    @udf.scalar.builtin(name="divide", signature=(("int64", "int64"), "int64"))
    def divide(number, divisor):  # type: ignore[no-untyped-def]
        ...

    @udf.scalar.builtin(name="subtract", signature=(("date", "date"), "int64"))
    def subtract(date, since):  # type: ignore[no-untyped-def]
        ...

    @udf.scalar.builtin(name="list_position", signature=(("array<string>", "string"), "int32"))
    def find_place(values, text):  # type: ignore[no-untyped-def]
        ...

    return SimpleNamespace(
        to_number=to_number, to_time=to_time, divide=divide, subtract=subtract, find_place=find_place
    )


def _as_duckdb(error: OSError) -> "duckdb.Error":
    """Return what DuckDB raised: through Arrow all its errors are of one kind, and begin with their own."""
    import duckdb

    kinds = {
        "INTERRUPT Error": duckdb.InterruptException,
        "Out of Memory Error": duckdb.OutOfMemoryException,
        "IO Error": duckdb.IOException,
    }
    return kinds.get(str(error).partition(":")[0], duckdb.Error)(str(error))


def _compile_node(backend: Any, node: Any) -> str:
    return str(backend.compile(node.to_expr()))


def describe_change(source: str | None = None) -> SourceUnavailable:
    """Say that data changed, or went away, while it was read."""
    en, zh = (f"Source {source}: its", f"数据源 {source}：") if source else ("The", "")
    return SourceUnavailable(
        en=f"{en} files changed or vanished while they were read; ask again once they are at rest.",
        zh=f"{zh}读取期间数据文件被修改或移走，请待文件稳定后重试。",
        parameter="path",
    )


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
