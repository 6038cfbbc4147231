"""`/v1/answers`."""

import httpx

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem

UNKNOWN = "a_0123456789abcdef"


def test_an_answer_is_listed_read_and_replayed(local: httpx.Client) -> None:
    answer = local.post("/v1/ask", json={"question": "什么是 KOC？"}).json()

    listed = local.get("/v1/answers", params={"limit": 5}).json()["answers"]
    assert (listed[0]["id"], listed[0]["question"]) == (answer["id"], "什么是 KOC？")
    assert local.get(f"/v1/answers/{answer['id']}").json()["answer"] == answer
    found = local.post(f"/v1/answers/{answer['id']}/replay").json()
    assert (found["changed"], found["reasons"]) == (False, [])
    assert [item["marker"] for item in found["citations"]] == [c["marker"] for c in answer["citations"]]


def test_an_answer_is_its_askers_alone(keyed: Keyed) -> None:
    with keyed.client("growth-reader") as reader, keyed.client("boss") as boss:
        answer = reader.post("/v1/ask", json={"question": "What is a KOC?"}).json()
        assert answer["id"] in {entry["id"] for entry in reader.get("/v1/answers").json()["answers"]}
        assert answer["id"] not in {entry["id"] for entry in boss.get("/v1/answers").json()["answers"]}
        assert_problem(boss.get(f"/v1/answers/{answer['id']}"), 404, "answer_not_found", answer["id"])
        assert_problem(boss.post(f"/v1/answers/{answer['id']}/replay"), 404, "answer_not_found")


def test_an_unknown_answer_is_not_found(local_zh: httpx.Client) -> None:
    assert_problem(local_zh.get(f"/v1/answers/{UNKNOWN}"), 404, "answer_not_found", "没有回答")
    assert_problem(local_zh.get("/v1/answers", params={"limit": 0}), 422, "invalid_request")
