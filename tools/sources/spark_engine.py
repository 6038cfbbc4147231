"""Spark behind Ibis: a cluster, or this machine, does the heavy work and gives back what is small."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tools.errors import SourceUnavailable, show
from tools.sources.engine import describe_timeout
from tools.sources.local_time import add_seconds

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

_PREFIX = "spark://"


class SparkEngine:
    """A Spark session that reads a source. Queries may come from any thread; they take turns."""

    def __init__(self, url: str, *, timeout: float) -> None:
        """Start or join a session.

        Args:
            url: "spark://local[*]" for this machine, else "spark://" and the master.
            timeout: seconds after which a query's jobs are cancelled.

        Raises:
            SourceUnavailable: Spark or Java is not installed, or does not start.
        """
        self._timeout, self._turns = timeout, threading.RLock()
        self._views: list[str] = []
        try:
            import ibis
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise SourceUnavailable(
                en="Reading through Spark needs the extra `spark` and Java 17: pip install 'yunce[spark]'.",
                zh="通过 Spark 读取需要安装扩展与 Java 17：pip install 'yunce[spark]'。",
                parameter="database",
            ) from error
        master = url.removeprefix(_PREFIX)
        builder = SparkSession.builder.appName("yunce").config("spark.ui.enabled", "false")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        if master.startswith("local"):
            builder = builder.master(master).config("spark.sql.shuffle.partitions", "4")
        else:
            builder = builder.master(url)
        try:
            self._session = builder.getOrCreate()
        except (PySparkException, RuntimeError, OSError) as error:
            raise _unusable(error) from error
        self.backend = ibis.pyspark.connect(self._session)

    def open_table(self, name: str) -> "ibis.Table":
        """Return a table or view of the session, or Parquet files by their path.

        Raises:
            SourceUnavailable: there is none.
        """
        from ibis.common.exceptions import TableNotFound
        from pyspark.errors import PySparkException

        try:
            if name.endswith((".parquet", ".pq")) or "/" in name:
                return self._mark_zoned(self.backend.read_parquet(name))
            return self._mark_zoned(self.backend.table(name))
        except (TableNotFound, PySparkException) as error:
            raise SourceUnavailable(
                en=f"Spark has no table {show(name)}, and there are no Parquet files of that path.",
                zh=f"Spark 中没有表 {show(name)}，该路径下也没有 Parquet 文件。",
                parameter="table",
            ) from error

    def _mark_zoned(self, table: "ibis.Table") -> "ibis.Table":
        """Say of Spark's instants that they are in UTC; Ibis takes them for wall-clock times."""
        from pyspark.sql.types import TimestampType

        fields = self._session.sql(self.backend.compile(table)).schema.fields
        instants = [field.name for field in fields if isinstance(field.dataType, TimestampType)]
        return table.cast(dict.fromkeys(instants, "timestamp('UTC')")) if instants else table

    def fetch(self, expression: "ibis.Table") -> "pd.DataFrame":
        """Run an Ibis expression and return its rows.

        Raises:
            QueryTimeout: the query ran longer than the time limit, and was cancelled.
        """
        with self._turns, self._within_limits():
            table = self._session.sql(self.backend.compile(expression)).toArrow()
        frame = table.to_pandas()
        for name, kind in expression.schema().items():
            if kind.is_timestamp():
                column = frame[name]
                aware = getattr(column.dtype, "tz", None) is not None
                frame[name] = (column.dt.tz_localize(None) if aware else column).astype("datetime64[us]")
            elif kind.is_floating():
                frame[name] = frame[name].astype("float64")
        return frame

    def fetch_arrow(self, expression: "ibis.Table") -> "pa.Table":
        """Run an Ibis expression and return its rows as Arrow columns. Raises what `fetch` raises."""
        import pyarrow as pa

        return pa.Table.from_pandas(self.fetch(expression), preserve_index=False)

    def fetch_row(self, expression: "ibis.Table") -> dict[str, Any]:
        """Run an expression that gives exactly one row, and return it by column."""
        return dict(self.fetch(expression).iloc[0])

    def load_raw(self, table: "pa.Table", name: str) -> "ibis.Table":
        """Copy an Arrow table into the session."""
        view = f"yunce_{name}_{uuid.uuid4().hex}"
        with self._turns, self._within_limits():
            frame = self._session.createDataFrame(table.to_pandas()).cache()
            frame.createOrReplaceTempView(view)
            self._views.append(view)
            return self.backend.table(view)

    def keep(self, name: str, *expressions: "ibis.Table") -> "ibis.Table":
        """Work expressions out once and keep their union in the session's memory and disk."""
        import ibis

        view = f"yunce_{name}_{uuid.uuid4().hex}"
        with self._turns, self._within_limits():
            frame = self._session.sql(self.backend.compile(ibis.union(*expressions))).cache()
            frame.createOrReplaceTempView(view)
            frame.count()
            self._views.append(view)
            return self.backend.table(view)

    def define(self, name: str, expression: "ibis.Table") -> "ibis.Table":
        """Return the expression as it is."""
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
        """Do nothing: what the session may reach is for the cluster to say."""

    def close(self) -> None:
        """Forget what was kept; the session may be shared and goes on."""
        with self._turns:
            for view in self._views:
                self._session.catalog.uncacheTable(view)
                self._session.catalog.dropTempView(view)
            self._views.clear()

    @contextmanager
    def _within_limits(self) -> Iterator[None]:
        """Cancel the jobs of a query that takes too long."""
        from pyspark.errors import PySparkException

        context, group, late = self._session.sparkContext, uuid.uuid4().hex, threading.Event()

        def cancel() -> None:
            late.set()
            context.cancelJobGroup(group)

        timer = threading.Timer(self._timeout, cancel)
        timer.daemon = True
        context.setJobGroup(group, "yunce", interruptOnCancel=True)
        timer.start()
        try:
            yield
        except PySparkException as error:
            raise (describe_timeout(self._timeout) if late.is_set() else _unusable(error)) from error
        except Exception as error:
            if late.is_set():
                raise describe_timeout(self._timeout) from error
            raise
        finally:
            timer.cancel()


def is_spark(url: str) -> bool:
    """Whether a URL is one of Spark."""
    return url.startswith(_PREFIX)


def _unusable(error: Exception) -> SourceUnavailable:
    reason = show(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
    return SourceUnavailable(
        en=f"Spark cannot be used: {reason}.", zh=f"无法使用 Spark：{reason}。", parameter="database"
    )
