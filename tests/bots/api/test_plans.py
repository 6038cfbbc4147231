import httpx
import pytest

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem

OBJECTIVE = {"objective": "把次日留存率提升到 45%", "budget": 100_000}


def test_suggests_tactics_for_the_weak_stage(local: httpx.Client) -> None:
    advice = local.post("/v1/tactics", json={"query": "次日留存怎么提升?"}).json()

    assert advice["language"] == "zh"
    assert advice["suggestions"]
    scores = [suggestion["score"] for suggestion in advice["suggestions"]]
    assert scores == sorted(scores, reverse=True)
    cited = {citation["marker"]: citation for citation in advice["citations"]}
    assert set(cited) == {suggestion["marker"] for suggestion in advice["suggestions"]}
    assert {finding["marker"] for finding in advice["findings"]} <= {e["marker"] for e in advice["evidence"]}


def test_suggests_tactics_for_a_stage_in_english(local: httpx.Client) -> None:
    advice = local.post("/v1/tactics", json={"stage": "referral"}).json()

    assert advice["language"] == "en"
    assert advice["stage"] == "referral"
    assert {suggestion["card"]["stage"] for suggestion in advice["suggestions"]} == {"referral"}


def test_refuses_an_unknown_stage(local: httpx.Client, local_zh: httpx.Client) -> None:
    en, zh = (client.post("/v1/tactics", json={"stage": "loyalty"}) for client in (local, local_zh))

    assert assert_problem(en, 422, "invalid_request", "loyalty", "retention")["parameter"] == "stage"
    assert_problem(zh, 422, "invalid_request", "loyalty", "可用")


def test_drafts_lists_reads_and_exports_a_plan(local: httpx.Client) -> None:
    created = local.post("/v1/plans", json=OBJECTIVE)

    plan = created.json()
    assert created.status_code == 201
    assert created.headers["location"] == f"/v1/plans/{plan['id']}"
    assert plan["language"] == "zh"
    assert plan["metric"] == "d1_retention"
    assert plan["baseline"]["kind"] == "evidence"
    assert sum(line["amount"] for line in plan["budget"]["lines"]) == plan["budget"]["total"]
    assert plan["id"] in {listed["id"] for listed in local.get("/v1/plans").json()["plans"]}
    assert local.get(f"/v1/plans/{plan['id']}").json() == plan
    exported = local.get(f"/v1/plans/{plan['id']}/export", params={"format": "md"})
    assert exported.headers["content-type"].startswith("text/markdown")
    assert exported.text.startswith("# ")
    assert plan["objective"] in exported.text


def test_drafts_in_english_where_the_objective_is(local: httpx.Client) -> None:
    plan = local.post("/v1/plans", json={"objective": "Bring day-1 retention back to 45 %"}).json()

    assert plan["language"] == "en"


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({}, "objective"),
        ({"objective": "提升次日留存", "budget": -1}, "budget"),
        ({"objective": "提升次日留存", "by": "soon"}, "by"),
        ({"objective": "提升次日留存", "target": "high"}, "target"),
        ({"objective": "提升次日留存", "deadline": "2026-12-01"}, "deadline"),
        ({"objective": "提升次日留存", "metric": "d2_retention"}, "metric"),
    ],
)
def test_refuses_a_plan_that_cannot_be(local: httpx.Client, body: dict, parameter: str) -> None:
    response = local.post("/v1/plans", json=body)

    problem = response.json()
    assert response.status_code == 422, problem
    assert problem["parameter"] == parameter
    assert response.headers["content-language"] == ("zh" if body else "en")


def test_refuses_another_form_of_export(local: httpx.Client) -> None:
    plan = local.post("/v1/plans", json=OBJECTIVE).json()

    response = local.get(f"/v1/plans/{plan['id']}/export", params={"format": "pdf"})

    assert assert_problem(response, 422, "invalid_request", "pdf", "md")["parameter"] == "format"


@pytest.mark.parametrize(
    "address", ["/v1/plans/p_none", "/v1/plans/p_none/export?format=md", "/v1/plans/%00"]
)
def test_a_plan_that_is_none_is_not_found(local: httpx.Client, address: str) -> None:
    assert_problem(local.get(address), 404, "plan_not_found")


def test_plans_belong_to_their_key(keyed: Keyed) -> None:
    with keyed.client("growth-editor") as editor:
        plan = editor.post("/v1/plans", json=OBJECTIVE).json()
        assert editor.get(f"/v1/plans/{plan['id']}").status_code == 200
    with keyed.client("finance-editor") as other:
        assert_problem(other.get(f"/v1/plans/{plan['id']}"), 404, "plan_not_found")
        assert_problem(other.get(f"/v1/plans/{plan['id']}/export"), 404, "plan_not_found")
        assert plan["id"] not in {listed["id"] for listed in other.get("/v1/plans").json()["plans"]}
    with keyed.client("boss") as owner:
        assert owner.get(f"/v1/plans/{plan['id']}").status_code == 200


def test_drafting_needs_an_editor(keyed: Keyed) -> None:
    with keyed.client("growth-reader") as reader:
        assert_problem(reader.post("/v1/plans", json=OBJECTIVE), 403, "access_denied", "editor")
