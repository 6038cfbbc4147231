"""Raw exports of other products are read by naming their format: fields of their shape, written here by hand."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tools import Metrics

ASKED = {"start": "2026-03-01", "end": "2026-03-03"}
Open = Callable[..., Metrics]
# 2026-03-01 00:00 UTC.
DAY = 1_772_323_200


@pytest.fixture
def open_export(tmp_path: Path) -> Iterator[Open]:
    opened: list[Metrics] = []

    def open_(source: str, *, timezone: str = "Asia/Shanghai", extra: str = "") -> Metrics:
        text = f"timezone: {timezone}\nsources: {{events: {source}}}\n{extra}"
        (tmp_path / "metrics.yaml").write_text(text, encoding="utf-8")
        opened.append(Metrics.open(tmp_path / "metrics.yaml"))
        return opened[-1]

    yield open_
    for metrics in opened:
        metrics.close()


def daily(metrics: Metrics, **arguments: Any) -> dict[str, int]:
    table = metrics.run("measure_active_users", {**ASKED, **arguments}, teams=None).table
    return {day[5:]: n for day, n in zip(table["period"], table["active_users"], strict=True) if n}


def count(metrics: Metrics) -> float:
    return metrics.run("measure_metric", {"metric": "n", **ASKED}, teams=None).figures[0].value


COUNT = "metrics: {n: {kind: event_count}}"


def write_mixpanel(path: Path) -> None:
    def event(name: str, user: str, second: int, key: str, **more: Any) -> dict[str, Any]:
        own = {"time": DAY + second, "distinct_id": user, "$insert_id": key, "mp_country_code": "CN"}
        return {"event": name, "properties": {**own, **more, "mp_processing_time_ms": (DAY + second) * 1000}}

    rows = [
        event("Sign Up", "u1", 23 * 3600, "a", plan="pro", **{"$os": "iOS"}),
        event("Sign Up", "u1", 23 * 3600, "a", plan="pro", **{"$os": "iOS"}),  # exports hold repeats
        event("View", "u2", 25 * 3600, "b", **{"$os": "Android"}),
    ]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))


def test_mixpanel_counts_seconds_by_the_projects_clock(tmp_path: Path, open_export: Open):
    write_mixpanel(tmp_path / "m.json.gz")
    metrics = open_export("{path: '*.json.gz', format: mixpanel}", extra=COUNT)
    # 23:00 of the 1st and 01:00 of the 2nd, by the project's own clock.
    assert daily(metrics) == {"03-01": 1, "03-02": 1}
    assert count(metrics) == 2
    assert daily(metrics, filters={"os": ["Android"]}) == {"03-02": 1}
    # As true UTC, 23:00 is 07:00 of the 2nd in Shanghai.
    utc = open_export("{path: '*.json.gz', format: mixpanel, time_zone: UTC}")
    assert daily(utc) == {"03-02": 2}


def test_columns_of_a_format_can_be_declared_otherwise(tmp_path: Path, open_export: Open):
    write_mixpanel(tmp_path / "m.json.gz")
    repeated = open_export("{path: m.json.gz, format: mixpanel, id: null}", extra=COUNT)
    assert count(repeated) == 3
    extra = "dimensions: {os: {column: properties.plan}}"
    metrics = open_export("{path: m.json.gz, format: mixpanel, user: 'properties.$os'}", extra=extra)
    assert daily(metrics, filters={"os": ["pro"]}) == {"03-01": 1}
    one = open_export("{path: m.json.gz, format: mixpanel, event_name: anything}")
    assert daily(one, event="anything") == {"03-01": 1, "03-02": 1}


def test_usual_dimensions_are_those_that_the_data_has(tmp_path: Path, open_export: Open):
    write_mixpanel(tmp_path / "m.json.gz")
    metrics = open_export("{path: m.json.gz, format: mixpanel}")
    table = metrics.run("measure_active_users", {**ASKED, "breakdown": "country"}, teams=None).table
    assert set(table["segment"]) == {"CN"}
    with pytest.raises(Exception, match="city is not known") as caught:
        daily(metrics, breakdown="city")
    assert "country" in str(caught.value)
    assert metrics.semantics.dimension_text("country").zh == "国家/地区"


def write_amplitude(path: Path) -> None:
    def event(name: str, user: int, at: str, key: str, **more: Any) -> dict[str, Any]:
        own = {"event_type": name, "amplitude_id": user, "event_time": at, "$insert_id": key}
        times = {"server_received_time": at, "server_upload_time": at, "client_event_time": at}
        nested = {"event_properties": more, "user_properties": {"plan": "free"}}
        return {
            **own,
            **times,
            **nested,
            "user_id": None,
            "device_id": "d",
            "platform": "Web",
            "country": "China",
        }

    parts = [
        [event("open", 11, "2026-03-01 15:30:00.000000", "a"), event("open", 11, "2026-03-01 15:30:01.000000", "a")],
        [event("pay", 12, "2026-03-01 16:30:00.250000", "b", price=9.5)],
    ]  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for hour, rows in enumerate(parts):
            body = "\n".join(map(json.dumps, rows)).encode()
            archive.writestr(f"187520/187520_2026-03-01_{hour}#0.json.gz", gzip.compress(body))


def test_amplitude_times_are_utc(tmp_path: Path, open_export: Open):
    write_amplitude(tmp_path / "export.zip")
    extra = "metrics: {n: {kind: event_count}, paid: {kind: event_sum, property: event_properties.price}}"
    metrics = open_export("{path: export.zip, format: amplitude}", extra=extra)
    # 23:30 of the 1st and 00:30 of the 2nd in Shanghai.
    assert daily(metrics) == {"03-01": 1, "03-02": 1}
    assert count(metrics) == 2
    assert metrics.run("measure_metric", {"metric": "paid", **ASKED}, teams=None).figures[0].value == 9.5
    assert daily(metrics, filters={"platform": ["Web"]}) == {"03-01": 1, "03-02": 1}


def parameter(key: str, *, text: str | None = None, whole: Any = None, real: float | None = None) -> dict:
    return {
        "key": key,
        "value": {"string_value": text, "int_value": whole, "float_value": None, "double_value": real},
    }


def ga4_rows(number: Callable[[int], Any]) -> list[dict[str, Any]]:
    """Rows as BigQuery exports them; whole numbers are numbers in Parquet and text in JSON."""

    def event(name: str, user: str, second: int, *parameters: dict) -> dict[str, Any]:
        at = number((DAY + second) * 1_000_000)
        own = {
            "event_date": "20260301",
            "event_timestamp": at,
            "event_name": name,
            "user_pseudo_id": user,
        }
        nested = {
            "event_params": list(parameters),
            "user_properties": [parameter("plan", text="pro")],
            "device": {"category": "mobile", "web_info": {"browser": "Chrome"}},
            "geo": {"country": "China", "city": "Beijing"},
            "traffic_source": {"name": "(direct)", "medium": "(none)", "source": "(direct)"},
        }
        return {**own, **nested, "platform": "WEB"}

    return [
        event("page_view", "1.1", 15 * 3600, parameter("page", text="/a"), parameter("n", whole=number(1))),
        event(
            "purchase",
            "1.1",
            17 * 3600,
            parameter("value", real=19.5),
            parameter("page", whole=number(7)),
        ),
        event("purchase", "2.2", 17 * 3600, parameter("value", whole=number(5))),
    ]


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_ga4_keyed_values_are_columns(tmp_path: Path, open_export: Open, kind):
    if kind == "parquet":
        pd.DataFrame(ga4_rows(int)).to_parquet(tmp_path / "events.parquet")
    else:
        text = "\n".join(map(json.dumps, ga4_rows(str)))
        (tmp_path / "events.jsonl").write_text(text)
    extra = (
        "metrics: {n: {kind: event_count}, gmv: {kind: event_sum, event: purchase, property: event_params.value}}\n"
        "dimensions: {page: {column: event_params.page}, plan: {column: user_properties.plan}}"
    )
    metrics = open_export(f"{{path: events.{kind}, format: ga4}}", extra=extra)
    # 15:00 and 17:00 UTC are 23:00 of the 1st and 01:00 of the 2nd in Shanghai.
    assert daily(metrics) == {"03-01": 1, "03-02": 2}
    # 19.5 as a real number and 5 as a whole one.
    assert metrics.run("measure_metric", {"metric": "gmv", **ASKED}, teams=None).figures[0].value == 24.5
    assert daily(metrics, filters={"page": ["/a"]}) == {"03-01": 1}
    assert daily(metrics, filters={"page": ["7"]}) == {"03-02": 1}
    assert daily(metrics, filters={"plan": ["pro"], "browser": ["Chrome"], "city": ["Beijing"]}) == {
        "03-01": 1,
        "03-02": 2,
    }
