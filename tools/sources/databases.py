"""SQL databases as sources: PostgreSQL is asked where it is, of any other a table is copied once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tools.errors import SourceUnavailable, show, suggest
from tools.sources.engine import Engine
from tools.sources.spark_engine import is_spark

if TYPE_CHECKING:
    import pyarrow as pa

REFRESH_SECONDS = 300
"""A database may change at any time: after so long its sources are opened anew."""
_POSTGRES = ("postgresql://", "postgres://")
_ROWS_AT_ONCE = 50_000


def find_url(source: str, database: str, known: Mapping[str, str]) -> str:
    """Return a database's URL.

    Args:
        source: name of the source that names it.
        database: a URL, or a name.
        known: URLs by name.

    Raises:
        SourceUnavailable: no URL has this name.
    """
    if "://" in database:
        return _check_url(source, database)
    if database not in known:
        en, zh = suggest(database, known)
        raise SourceUnavailable(
            en=f"Source {source}: no database {show(database)} is set; give its URL as YUNCE_METRICS__DATABASES.{en}",
            zh=f"数据源 {source}：没有设置数据库 {show(database)}，请在 YUNCE_METRICS__DATABASES 中给出其地址。{zh}",
            parameter="database",
        )
    return _check_url(source, known[database])


def _check_url(source: str, url: str) -> str:
    """Refuse what no driver could take apart, without saying any of it: a password may be what is wrong."""
    from urllib.parse import urlsplit

    if is_spark(url):
        return url  # names no server, and what stands after it, as in spark://local[2], is Spark's own
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise SourceUnavailable(
            en=f"Source {source}: the database's URL cannot be understood; write driver://user:password@host:port/name, "
            "with % codes for special characters in the password.",
            zh=f"数据源 {source}：无法理解数据库地址，应写为 driver://user:password@host:port/name，"
            "密码中的特殊字符请用 % 编码。",
            parameter="database",
        ) from None
    return url


def is_postgres(url: str) -> bool:
    """Whether a URL is one of PostgreSQL."""
    return url.startswith(_POSTGRES)


def copy_table(source: str, url: str, table: str, engine: Engine) -> Any:
    """Copy a table or view of any database that SQLAlchemy has a driver for into an engine.

    Raises:
        SourceUnavailable: the database, its driver or the table is not there.
    """
    import pyarrow as pa
    from sqlalchemy import MetaData, Table, create_engine, select
    from sqlalchemy.exc import ArgumentError, NoSuchTableError, SQLAlchemyError

    schema, _, name = table.rpartition(".")
    try:
        database = create_engine(url)
        with database.connect() as connection:
            columns = Table(name, MetaData(), schema=schema or None, autoload_with=connection).columns
            found = connection.execution_options(stream_results=True).execute(select(*columns))
            names = list(found.keys())
            pages = [_to_arrow(names, page) for page in found.partitions(_ROWS_AT_ONCE)]
        whole = pa.concat_tables([_to_arrow(names, []), *pages], promote_options="permissive")
        return engine.load_raw(whole)
    except NoSuchTableError as error:
        raise SourceUnavailable(
            en=f"Source {source}: the database has no table {show(table)}.",
            zh=f"数据源 {source}：数据库中没有表 {show(table)}。",
            parameter="table",
        ) from error
    except (SQLAlchemyError, ArgumentError, ImportError, ValueError) as error:
        reason = show(str(error).strip().splitlines()[0])
        raise SourceUnavailable(
            en=f"Source {source}: the database cannot be used: {reason}.",
            zh=f"数据源 {source}：无法使用数据库：{reason}。",
            parameter="database",
        ) from error


def _to_arrow(names: list[str], rows: Any) -> "pa.Table":
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: pa.array(list(column)) for name, column in zip(names, columns, strict=True)})
