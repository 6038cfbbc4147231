import json

import httpx
import jsonschema
import pytest

from assistant.workspace import Workspace
from bots.api import create_app
from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem, client_of, serving

SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-20"}


def test_lists_what_can_be_measured(local: httpx.Client) -> None:
    catalogue = local.get("/v1/metrics").json()

    tools = {tool["name"]: tool for tool in catalogue["tools"]}
    assert {"measure_metric", "measure_retention", "measure_funnel", "explain_change"} <= set(tools)
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool["arguments"])
        assert tool["title"]["zh"]
        assert tool["title"]["en"]
    assert "d1_retention" in {metric["id"] for metric in catalogue["metrics"]}
    assert "channel" in {dimension["id"] for dimension in catalogue["dimensions"]}
    coverage, _feedback = catalogue["coverage"]
    assert coverage["start"] < coverage["end"] == catalogue["today"]


def test_runs_a_tool(local: httpx.Client) -> None:
    response = local.post(
        "/v1/metrics/measure_funnel", json={**SEPTEMBER, "steps": ["view", "add_to_cart", "order_create"]}
    )

    result = response.json()
    assert response.status_code == 200
    assert result["tool"] == "measure_funnel"
    assert result["definition"]
    assert result["figures"]
    assert result["table"]["total_rows"] == len(result["table"]["rows"]) == 3
    assert result["chart"]["$schema"]


def test_measures_a_named_metric_by_its_id(local: httpx.Client) -> None:
    by_id = local.post("/v1/metrics/d1_retention", json=SEPTEMBER).json()
    by_tool = local.post("/v1/metrics/measure_metric", json={**SEPTEMBER, "metric": "d1_retention"}).json()

    assert by_id == by_tool
    assert by_id["figures"][0]["unit"] == "ratio"


def test_speaks_the_language_asked_for(local: httpx.Client, local_zh: httpx.Client) -> None:
    by_field = local.post("/v1/metrics/d1_retention", json={**SEPTEMBER, "language": "zh"}).json()
    by_header = local_zh.post("/v1/metrics/d1_retention", json=SEPTEMBER).json()

    assert by_field["title"] == by_header["title"] == "次日留存率"


@pytest.mark.parametrize(
    ("name", "arguments", "status", "code", "words"),
    [
        ("d2_retention", SEPTEMBER, 404, "unknown_metric", ["d2_retention", "d1_retention"]),
        ("measure_metric", {**SEPTEMBER, "metric": "d2_retention"}, 422, "unknown_metric", ["d1_retention"]),
        ("dau", {"start": "2026-09-20", "end": "2026-09-01"}, 422, "invalid_period", ["2026-09-20"]),
        ("dau", {"start": "yesterday", "end": "2026-09-01"}, 422, "invalid_argument", ["yesterday"]),
        ("dau", {"end": "2026-09-01"}, 422, "invalid_argument", ["start"]),
        ("dau", {**SEPTEMBER, "brakedown": "channel"}, 422, "invalid_argument", ["breakdown"]),
        ("dau", {**SEPTEMBER, "metric": "wau"}, 422, "invalid_argument", ["dau"]),
        ("dau", {**SEPTEMBER, "language": "fr"}, 422, "invalid_argument", ["fr"]),
        ("dau", {"start": "1999-01-01", "end": "1999-01-31"}, 422, "no_data", []),
        ("dau", {**SEPTEMBER, "filters": {"channel": ["a\ud800"]}}, 422, "invalid_text", ["U+D800"]),
    ],
)
def test_refuses_what_cannot_be_measured(
    local: httpx.Client,
    local_zh: httpx.Client,
    name: str,
    arguments: dict,
    status: int,
    code: str,
    words: list,
) -> None:
    body, headers = json.dumps(arguments), {"Content-Type": "application/json"}
    en, zh = (
        client.post(f"/v1/metrics/{name}", content=body, headers=headers) for client in (local, local_zh)
    )

    assert_problem(en, status, code, *words)
    assert assert_problem(zh, status, code)["detail"] != en.json()["detail"]


def test_a_source_of_another_team_does_not_exist(keyed: Keyed) -> None:
    with keyed.client("finance-reader") as finance, keyed.client("growth-reader") as growth:
        seen, unseen = (client.get("/v1/metrics").json() for client in (finance, growth))
        measured = finance.post("/v1/metrics/ledger_payments", json=SEPTEMBER)
        refused = growth.post("/v1/metrics/ledger_payments", json=SEPTEMBER)
        unknown = growth.post("/v1/metrics/ledger_penalties", json=SEPTEMBER)

    assert "ledger_payments" in {metric["id"] for metric in seen["metrics"]}
    assert "ledger" not in str(unseen)
    assert measured.json()["figures"][0]["value"] == 2
    hidden, absent = (assert_problem(r, 404, "unknown_metric") for r in (refused, unknown))
    assert hidden["detail"].split(".")[0] == "There is no tool or metric ledger_payments"
    assert hidden.keys() == absent.keys()


def test_without_data_the_catalogue_is_empty(empty_workspace: Workspace) -> None:
    with serving(create_app(empty_workspace)) as address, client_of(address) as client:
        assert client.get("/v1/metrics").json()["tools"] == []
        assert_problem(client.post("/v1/metrics/dau", json=SEPTEMBER), 422, "no_data", "metrics.yaml")
