"""A snapshot names the data and the declarations that a result was measured from, and nothing else."""

from pathlib import Path

import pytest

from tools import Metrics

_DATA = "user_id,ts,event,amount\nu1,2026-03-02,signup,\nu1,2026-03-03,buy,10\nu2,2026-03-03,signup,\n"
_SPEND = "day,channel,cost\n2026-03-02,web,5\n"
_YAML = """\
timezone: UTC
sources:
  events: {path: data/events.csv, user: user_id, time: ts, event: event, where: {user_id: "!= u9"}}
  hidden: {path: data/hidden.csv, user: user_id, time: ts, event_name: secret, teams: [finance]}
events:
  customer: {any_of: [buy], names: {en: customer}}
  buy: {names: {en: purchase}}
  signup: {names: {en: sign-up}}
metrics:
  buyers: {kind: unique_users, event: customer, names: {en: buyers}}
  joined: {kind: unique_users, event: signup}
"""
MONTH = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("events", "hidden"):
        (tmp_path / "data" / f"{name}.csv").write_text(_DATA, "utf-8")
    (tmp_path / "metrics.yaml").write_text(_YAML, "utf-8")
    return tmp_path


def take(folder: Path, metric: str = "buyers", teams: frozenset[str] | None = None) -> dict:
    metrics = Metrics.open(folder / "metrics.yaml")
    try:
        result = metrics.run("measure_metric", {"metric": metric, **MONTH}, teams=teams)
        snapshot = result.to_dict("en")["snapshot"]
        again = metrics.snapshot(result.source, result.to_dict("en")["arguments"], teams=teams)
        assert again.to_dict() == snapshot
        return snapshot
    finally:
        metrics.close()


def test_it_holds_what_the_call_leans_on(folder: Path):
    snapshot = take(folder)
    assert list(snapshot["data"]) == ["sources.events"]
    assert snapshot["events"] == 3
    declared = snapshot["declared"]
    assert declared["events.customer.any_of"] == ["buy"]
    assert declared["metrics.buyers.event"] == "customer"
    assert declared["sources.events.where.user_id"] == "!= u9"
    assert declared["timezone"] == "UTC"
    assert not any(word in str(snapshot) for word in ("joined", "hidden", "names", "events.csv"))


def test_it_is_the_same_for_the_same_and_another_for_other_data(folder: Path):
    first = take(folder)
    assert take(folder) == first
    with (folder / "data" / "events.csv").open("a", encoding="utf-8") as file:
        file.write("u3,2026-03-04,buy,1\n")
    second = take(folder)
    assert second["data"] != first["data"]
    assert (second["events"], second["declared"]) == (4, first["declared"])


def test_only_a_definition_that_matters_changes_it(folder: Path):
    first = take(folder)
    text = _YAML.replace("event: signup}", "event: buy}").replace("{en: buyers}", "{en: shoppers}")
    (folder / "metrics.yaml").write_text(text, "utf-8")
    assert take(folder) == first
    (folder / "metrics.yaml").write_text(_YAML.replace("any_of: [buy]", "any_of: [buy, signup]"), "utf-8")
    assert take(folder)["declared"] == {**first["declared"], "events.customer.any_of": ["buy", "signup"]}


def test_an_address_with_a_password_is_not_in_it(tmp_path: Path):
    import sqlite3

    (tmp_path / "hunter2").mkdir()
    with sqlite3.connect(tmp_path / "hunter2" / "shop.db") as database:
        database.execute("CREATE TABLE events (user_id TEXT, ts TEXT, event TEXT)")
        database.execute("INSERT INTO events VALUES ('u1', '2026-03-03 10:00:00', 'buy')")
    source = f"{{database: 'sqlite:///{tmp_path}/hunter2/shop.db', table: events, user: user_id, time: ts, event: event}}"
    yaml = f"sources:\n  events: {source}\nmetrics:\n  buyers: {{kind: unique_users, event: buy}}\n"
    (tmp_path / "metrics.yaml").write_text(yaml, "utf-8")
    snapshot = take(tmp_path)
    assert "hunter2" not in str(snapshot)
    assert "shop" not in str(snapshot)
    assert list(snapshot["data"]) == ["sources.events"]
    with sqlite3.connect(tmp_path / "hunter2" / "shop.db") as database:
        database.execute("INSERT INTO events VALUES ('u2', '2026-03-03 11:00:00', 'buy')")
    assert take(tmp_path)["data"] != snapshot["data"]
