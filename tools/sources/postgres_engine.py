"""PostgreSQL behind Ibis: the database does the heavy work, and gives back what is small."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tools.errors import SourceUnavailable, show
from tools.sources.engine import describe_shortage, describe_timeout
from tools.sources.local_time import add_seconds

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import psycopg
    import pyarrow as pa


class PostgresEngine:
    """One session of a PostgreSQL database that holds a source.

    It reads tables and makes temporary ones of its own; where it may not even do that, what would be kept is
    worked out anew by each query. Queries may come from any thread; they take turns.
    """

    def __init__(self, url: str, *, timeout: float) -> None:
        """Connect.

        Args:
            url: as "postgresql://user:password@host:5432/database".
            timeout: seconds after which the database interrupts a query.

        Raises:
            SourceUnavailable: there is no such database, or the driver is not installed.
        """
        import ibis

        try:
            import psycopg
        except ImportError as error:
            raise SourceUnavailable(
                en="Reading from PostgreSQL needs the extra `postgres`: pip install 'yunce[postgres]'.",
                zh="读取 PostgreSQL 需要安装扩展：pip install 'yunce[postgres]'。",
                parameter="database",
            ) from error
        self._timeout, self._turns = timeout, threading.RLock()
        try:
            self.backend = ibis.connect(url)
        except psycopg.Error as error:
            raise _unreachable(error) from error
        self._run(f"SET statement_timeout = {int(timeout * 1000)}")
        self._run("SET TimeZone = 'UTC'")
        self._run("SET default_transaction_read_only = on")

    def open_table(self, name: str) -> "ibis.Table":
        """Return a table or view, as "orders" or "schema.orders".

        Raises:
            SourceUnavailable: there is none.
        """
        from ibis.common.exceptions import TableNotFound

        schema, _, table = name.rpartition(".")
        try:
            with self._turns:
                return self.backend.table(table, database=schema or None)
        except TableNotFound as error:
            raise SourceUnavailable(
                en=f"The database has no table {show(name)}; it has: {self._list_tables()}.",
                zh=f"数据库中没有表 {show(name)}；现有：{self._list_tables()}。",
                parameter="table",
            ) from error

    def fetch(self, expression: "ibis.Table") -> "pd.DataFrame":
        """Run an Ibis expression and return its rows.

        Raises:
            QueryTimeout: the query ran longer than the time limit, and was interrupted.
            QueryTooLarge: the query needs more memory or disk than the database has for it.
        """
        import pandas as pd

        with self._turns, self._within_limits():
            found = self._run(self.backend.compile(expression))
        schema = expression.schema()
        columns = {
            name: _type(pd.Series([row[place] for row in found], dtype=object), schema[name])
            for place, name in enumerate(schema.names)
        }
        return pd.DataFrame(columns)

    def fetch_arrow(self, expression: "ibis.Table") -> "pa.Table":
        """Run an Ibis expression and return its rows as Arrow columns. Raises what `fetch` raises."""
        import pyarrow as pa

        return pa.Table.from_pandas(self.fetch(expression), preserve_index=False)

    def fetch_row(self, expression: "ibis.Table") -> dict[str, Any]:
        """Run an expression that gives exactly one row, and return it by column."""
        return dict(self.fetch(expression).iloc[0])

    def load_raw(self, table: "pa.Table", name: str) -> "ibis.Table":
        """Copy an Arrow table into a temporary one.

        Raises:
            SourceUnavailable: the session may not make temporary tables.
        """
        import ibis

        kinds = ibis.Schema.from_pyarrow(table.schema).items()
        mapper = self.backend.compiler.type_mapper
        empty = ", ".join(f'NULL::{mapper.to_string(kind)} AS "{column}"' for column, kind in kinds)
        unique = f"yunce_{name}_{id(self)}"
        with self._turns, self._within_limits():
            try:
                self._run("SET default_transaction_read_only = off")
                self._run(f'CREATE TEMPORARY TABLE "{unique}" AS SELECT {empty} WHERE false')
            finally:
                self._run("SET default_transaction_read_only = on")
            columns = ", ".join(f'"{column}"' for column in table.column_names)
            with (
                self.backend.con.cursor() as cursor,
                cursor.copy(f'COPY "{unique}" ({columns}) FROM STDIN'.encode()) as copy,
            ):
                for row in table.to_pylist():
                    copy.write_row(tuple(row.values()))
            self._run(f'ANALYZE "{unique}"')
            return self.backend.table(unique)

    def keep(self, name: str, *expressions: "ibis.Table") -> "ibis.Table":
        """Write expressions to a temporary table, or return their union where that is not allowed."""
        import ibis
        import psycopg

        table = f"yunce_{name}_{id(self)}"
        with self._turns, self._within_limits():
            statements = [self.backend.compile(expression) for expression in expressions]
            try:
                self._run("SET default_transaction_read_only = off")
                self._run(f'CREATE TEMPORARY TABLE "{table}" AS {statements[0]}')
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
                return ibis.union(*expressions)
            finally:
                self._run("SET default_transaction_read_only = on")
            for sql in statements[1:]:
                self._run(f'INSERT INTO "{table}" {sql}')
            self._run(f'ANALYZE "{table}"')
            return self.backend.table(table)

    def define(self, name: str, expression: "ibis.Table") -> "ibis.Table":
        """Return the expression: a view would need a right that a reader may lack."""
        return expression

    def encode(self, rows: "ibis.Table", columns: Sequence[str]) -> "ibis.Table":
        """Return the rows as they are."""
        return rows

    def shift(self, times: Any, seconds: int) -> Any:
        """Move a column of times."""
        return add_seconds(times, seconds)

    def count_days(self, dates: Any) -> Any:
        """Number a column of dates from 1970-01-01."""
        return dates.epoch_days()

    def lock(self) -> None:
        """Do nothing: what the session may reach is for the database to say."""

    def close(self) -> None:
        """End the session, and with it the temporary tables."""
        with self._turns:
            self.backend.disconnect()

    def _run(self, sql: str) -> list[Any]:
        connection: psycopg.Connection = self.backend.con
        with self._turns, connection.cursor() as cursor:
            cursor.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def _list_tables(self) -> str:
        names = self.backend.list_tables()
        return ", ".join(show(name) for name in sorted(names)[:20]) or "-"

    @contextmanager
    def _within_limits(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            raise describe_timeout(self._timeout) from error
        except (psycopg.errors.OutOfMemory, psycopg.errors.DiskFull) as error:
            raise describe_shortage() from error
        except psycopg.Error as error:
            raise _unreachable(error) from error


def _type(column: "pd.Series", kind: Any) -> "pd.Series":
    """Give a column the type that DuckDB would."""
    if kind.is_boolean():
        return column.astype("bool") if column.notna().all() else column
    if kind.is_integer():
        return column.astype("int64" if column.notna().all() else "float64")
    if kind.is_numeric():
        return column.astype("float64")
    if kind.is_timestamp():
        return column.astype("datetime64[us]")
    return column.astype("str") if kind.is_string() else column


def _unreachable(error: Exception) -> SourceUnavailable:
    reason = show(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
    return SourceUnavailable(
        en=f"The database cannot be used: {reason}.",
        zh=f"无法使用数据库：{reason}。",
        parameter="database",
    )
