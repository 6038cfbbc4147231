"""Reading data: what is left out is counted, what is missing is named, and the database is locked."""

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

from tests.tools.conftest import Opener, make_events
from tools import Metrics, catalog
from tools.errors import MissingColumn, NoData, QueryTimeout, QueryTooLarge, SemanticsError, SourceUnavailable
from tools.sources.engine import Engine

ROWS = [(1, "v", "2026-03-01 10:00"), (2, "v", "2026-03-02 11:00")]
YAML = "sources: {events: {path: '%s', user: user, time: at, event: event}}"


def open_path(folder: Path, path: str) -> Metrics:
    (folder / "metrics.yaml").write_text(YAML % path)
    return Metrics.open(folder / "metrics.yaml")


def daily(metrics: Metrics) -> list[int]:
    asked = {"start": "2026-03-01", "end": "2026-03-02"}
    return metrics.run("measure_active_users", asked, teams=None).table["active_users"].tolist()


def test_parquet_csv_and_frame_agree(tmp_path: Path, open_workspace: Opener):
    frame = make_events(ROWS)
    frame.to_parquet(tmp_path / "e.parquet")
    frame.to_csv(tmp_path / "e.csv", index=False)
    frame.to_csv(tmp_path / "e.csv.gz", index=False)
    expected = daily(open_workspace(frame).metrics)
    assert expected == [1, 1]
    for path in ("e.parquet", "e.csv", "e.csv.gz", "*.parquet"):
        metrics = open_path(tmp_path, path)
        assert daily(metrics) == expected
        metrics.close()


def test_a_changed_file_is_read_again(tmp_path: Path):
    make_events(ROWS).to_parquet(tmp_path / "e.parquet")
    metrics = open_path(tmp_path, "e.parquet")
    assert daily(metrics) == [1, 1]
    make_events([*ROWS, (3, "v", "2026-03-02 12:00")]).to_parquet(tmp_path / "e.parquet")
    assert daily(metrics) == [1, 2]
    metrics.close()


@pytest.mark.parametrize("content", [b"", b"\x00\x01PAR1 not parquet", b"PAR1"])
def test_an_unreadable_file_is_said(tmp_path: Path, content):
    (tmp_path / "e.parquet").write_bytes(content)
    with pytest.raises(SourceUnavailable, match=r"e\.parquet cannot be read"):
        daily(open_path(tmp_path, "e.parquet"))


@pytest.mark.parametrize(
    ("path", "said"), [("no.parquet", "there is no file"), ("metrics.yaml", "neither Parquet")]
)
def test_a_missing_or_foreign_file_is_said(tmp_path: Path, path, said):
    with pytest.raises(SourceUnavailable, match=said) as caught:
        daily(open_path(tmp_path, path))
    assert path in caught.value.zh


def test_a_missing_column_names_those_that_exist(tmp_path: Path):
    make_events(ROWS).rename(columns={"user": "user_id"}).to_parquet(tmp_path / "e.parquet")
    with pytest.raises(MissingColumn) as caught:
        daily(open_path(tmp_path, "e.parquet"))
    assert "no column user; nearest: user_id" in caught.value.en
    assert "user_id、event、at" in caught.value.zh


def test_a_missing_dimension_column_is_said(open_workspace: Opener):
    with pytest.raises(MissingColumn, match="channel"):
        daily(open_workspace(ROWS, extra="dimensions: {c: {column: channel}}").metrics)


@pytest.mark.parametrize("rows", [[], [(1, "v", None)]])
def test_an_empty_source_has_no_data(open_workspace: Opener, rows):
    with pytest.raises(NoData, match="no usable row"):
        daily(open_workspace(rows).metrics)


def test_rows_without_user_or_time_are_left_out_and_counted(open_workspace: Opener):
    frame = pd.DataFrame(
        {
            "user": [1.0, None, 2.0, float("nan")],
            "event": ["v", "v", "v", "v"],
            "at": pd.to_datetime(["2026-03-01", "2026-03-01", None, "2026-03-02"]),
        }
    )
    result = open_workspace(frame).run("measure_active_users", start="2026-03-01", end="2026-03-01")
    assert result.figures[0].value == 1.0
    said = " ".join(w.en for w in result.warnings)
    assert "2 rows of source events have no user" in said
    assert "1 row of source events has no time" in said


def test_rows_that_share_an_id_are_one_event_at_the_earliest_time(open_workspace: Opener):
    frame = make_events(
        [(1, "buy", "2026-03-01 10:05"), (1, "buy", "2026-03-01 10:00"), (1, "buy", "2026-03-02 10:00")]
    ).assign(order=["a", "a", "b"])
    source = "{frame: events, user: user, time: at, event_name: buy, id: order}"
    extra = "metrics: {orders: {kind: event_count, event: buy, unit: orders}}"
    workspace = open_workspace(frame, source=source, extra=extra)
    values = workspace.values("measure_metric", metric="orders", start="2026-03-01", end="2026-03-02")
    assert values["orders"] == 2
    funnel = workspace.run(
        "measure_funnel", steps=["buy", "buy"], window="24h", start="2026-03-01", end="2026-03-01"
    )
    assert funnel.table["users"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("{qty: '> 0'}", 2),
        ("{qty: '<= 1'}", 2),
        ("{qty: 2}", 1),
        ("{qty: [1, 2]}", 2),
        ("{country: UK}", 2),
        ("{country: '!= UK'}", 1),
        ("{at: '>= 2026-03-02'}", 1),
        ("{test: false, qty: '> 1'}", 1),
    ],
)
def test_where_keeps_rows_by_type(open_workspace: Opener, where, kept):
    frame = make_events([*ROWS, (3, "v", "2026-03-01")]).assign(
        qty=[1, 2, -1], country=["UK", "FR", "UK"], test=[False, False, True]
    )
    source = f"{{frame: events, user: user, time: at, event: event, where: {where}}}"
    workspace = open_workspace(frame, source=source, extra="metrics: {n: {kind: event_count}}")
    values = workspace.values("measure_metric", metric="n", start="2026-03-01", end="2026-03-02")
    assert values["n"] == kept


def test_where_of_the_wrong_type_is_refused(open_workspace: Opener):
    frame = make_events(ROWS).assign(qty=[1, 2])
    source = "{frame: events, user: user, time: at, event: event, where: {qty: '> many'}}"
    with pytest.raises(SemanticsError, match="cannot be compared with many"):
        daily(open_workspace(frame, source=source).metrics)


@pytest.mark.parametrize(
    "times",
    [
        ["2026-03-01 23:30", "2026-03-02 00:30"],
        ["2026-03-01T15:30:00Z", "2026-03-01T16:30:00Z"],
        ["2026-03-01T23:30:00+08:00", "2026-03-01T11:30:00-05:00"],
        pd.to_datetime(["2026-03-01 15:30", "2026-03-01 16:30"]).tz_localize("UTC"),
        pd.to_datetime(["2026-03-01 10:30", "2026-03-01 11:30"]).tz_localize("America/New_York"),
    ],
)
def test_text_and_aware_times_fall_on_local_days(open_workspace: Opener, times):
    frame = pd.DataFrame({"user": ["a", "b"], "event": "v", "at": times})
    assert daily(open_workspace(frame, timezone="Asia/Shanghai").metrics) == [1, 1]


def test_a_column_that_holds_no_times_is_refused(open_workspace: Opener):
    with pytest.raises(SourceUnavailable, match="not times"):
        daily(open_workspace(pd.DataFrame({"user": ["a"], "event": "v", "at": [1]})).metrics)


def test_coverage_and_today(open_workspace: Opener):
    metrics = open_workspace(ROWS, timezone="Asia/Shanghai", extra="relative_dates: data_end").metrics
    coverage = metrics.coverage(teams=None)
    assert (coverage.start, coverage.end) == (date(2026, 3, 1), date(2026, 3, 2))
    assert coverage.data_as_of.isoformat() == "2026-03-02T11:00:00+08:00"
    assert coverage.complete_through == date(2026, 3, 2)
    assert metrics.today(teams=None) == date(2026, 3, 2)


def test_a_dense_last_day_cut_short_is_not_whole(open_workspace: Opener):
    # Every day has an event each quarter hour until 23:45; the last one stops at 12:00.
    times = pd.date_range("2026-03-01", "2026-03-10 12:00", freq="15min")
    frame = pd.DataFrame({"user": "a", "event": "v", "at": times})
    coverage = open_workspace(frame).metrics.coverage(teams=None)
    assert coverage.end == date(2026, 3, 10)
    assert coverage.complete_through == date(2026, 3, 9)


def test_a_query_reaches_no_file_and_no_setting(tmp_path: Path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    engine = Engine(memory_limit="100MB", timeout=10)
    engine.lock()
    cursor = engine.backend.con.cursor()
    with pytest.raises(duckdb.PermissionException):
        cursor.execute(f"SELECT * FROM read_csv('{secret}')")
    with pytest.raises(duckdb.PermissionException):
        cursor.execute(f"COPY (SELECT 1) TO '{tmp_path}/out.csv'")
    with pytest.raises(duckdb.InvalidInputException):
        cursor.execute("SET enable_external_access = true")
    engine.close()


def test_a_long_query_is_interrupted_and_the_engine_lives_on():
    engine = Engine(memory_limit="500MB", timeout=0.2)
    numbers = ibis.range(0, 200_000).unnest().name("n").as_table()
    endless = numbers.cross_join(numbers.view()).agg(total=lambda t: (t.n * t.n_right % 7).sum())
    with pytest.raises(QueryTimeout, match=r"0\.2 seconds"):
        engine.fetch(endless)
    assert engine.fetch(numbers.limit(1))["n"].tolist() == [0]
    engine.close()


def test_memory_is_limited():
    engine = Engine(memory_limit="20MB", timeout=30)
    engine.lock()
    numbers = ibis.range(0, 3_000_000).unnest().name("n").as_table()
    with pytest.raises(QueryTooLarge, match="more memory"):
        engine.fetch(numbers.agg(x=numbers.n.cast("string").collect()))
    engine.close()


def test_threads_share_a_source(open_workspace: Opener):
    rows = [(u, "v", f"2026-03-{d:02}") for u in range(50) for d in range(1, 20)]
    metrics = open_workspace(rows).metrics
    seen: list[list[int]] = []
    threads = [threading.Thread(target=lambda: seen.append(daily(metrics))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[50, 50]] * 8


@pytest.mark.parametrize("changes", [1, 9])
def test_a_file_that_changes_while_it_is_read_gives_no_mixed_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int
):
    make_events(ROWS).to_parquet(tmp_path / "e.parquet")
    metrics = open_path(tmp_path, "e.parquet")
    tool = next(t for t in catalog.TOOLS if t.name == "measure_active_users")
    times = []

    def measure(scope, arguments):
        result = tool.measure(scope, arguments)
        if len(times) < changes:
            times.append(1)
            more = [(10 + k, "v", "2026-03-02 12:00") for k in range(len(times))]
            make_events([*ROWS, *more]).to_parquet(tmp_path / "e.parquet")
        return result

    monkeypatch.setattr(catalog, "TOOLS", (replace(tool, measure=measure),))
    if changes == 1:
        assert daily(metrics) == [1, 2]
    else:
        with pytest.raises(SourceUnavailable, match="changed or vanished"):
            daily(metrics)
    metrics.close()
