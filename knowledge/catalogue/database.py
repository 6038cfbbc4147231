"""The catalogue's SQLite file: connections, transactions and migrations."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from knowledge.catalogue.schema import REVISION
from knowledge.errors import CatalogueUnavailable, StorageFull, display

_BUSY_SECONDS = 30
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}


def open_database(path: Path) -> Engine:
    """Open the SQLite file, creating or migrating it as needed.

    Raises:
        CatalogueUnavailable: It cannot be created, is no SQLite file, or was written by a newer version.
    """
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _migrate(engine)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        reason = display(str(error.orig if isinstance(error, DatabaseError) else error))
        raise CatalogueUnavailable(
            en=f"The catalogue {display(str(path))} cannot be opened: {reason}.",
            zh=f"无法打开目录库 {display(str(path))}：{reason}。",
        ) from error
    return engine


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that holds the write lock from its start; commits at the end, or rolls back.

    Raises:
        StorageFull: There was no room for the changes; none was made.
    """
    try:
        with engine.execution_options(writes=True).begin() as connection:
            yield connection
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) in _NO_ROOM:
            raise _describe_full(engine, error) from error
        raise


def is_among(column: Any, values: Iterable[str | int]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some values, however many: they are sent as one parameter."""
    listed = func.json_each(dumps(list(values))).table_valued("value")
    return cast("ColumnElement[bool]", column.in_(select(listed.c.value)))


def is_damage(error: DatabaseError) -> bool:
    """Whether SQLite found its file, or an index in it, damaged."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _describe_full(engine: Engine, error: OperationalError) -> StorageFull:
    path, reason = display(str(engine.url.database)), display(str(error.orig))
    return StorageFull(
        en=f"There is no room to write to {path}: {reason}. Nothing was changed, and reading goes on; make room "
        "and try again.",
        zh=f"没有空间可写入 {path}：{reason}。内容未改动，仍可读取；请腾出空间后重试。",
    )


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # what was acknowledged outlasts a power cut, too; one fsync for a whole batch
        "foreign_keys = ON",
        "mmap_size = 268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        revision = _read_revision(connection)
    if revision == REVISION:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    configuration = Config()
    configuration.set_main_option("script_location", "knowledge:catalogue/migrations")
    configuration.set_main_option("path_separator", "os")
    try:
        with write(engine) as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except CommandError as error:
        raise CatalogueUnavailable(
            en=f"The catalogue has revision {display(revision)}, which this version does not know; "
            "it was written by a newer one.",
            zh=f"目录库的版本为 {display(revision)}，当前程序不认识它，应由更新的程序打开。",
        ) from error


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
