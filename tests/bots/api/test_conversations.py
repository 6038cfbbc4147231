"""`/v1/conversations`, and asking in the place of an earlier question."""

import httpx

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem


def post(client: httpx.Client, question: str, **more: str) -> dict:
    response = client.post("/v1/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    return response.json()


def test_a_conversation_is_listed_read_edited_exported_and_deleted(local: httpx.Client) -> None:
    first = post(local, "上周 GMV 是多少？", conversation_id="talk")
    second = post(local, "什么是 KOC？", conversation_id="talk")
    entry = local.get("/v1/conversations", params={"limit": 1}).json()["conversations"][0]
    assert (entry["id"], entry["title"], entry["turns"]) == ("talk", first["question"], 2)

    edited = post(local, "那安卓呢？", replace=second["id"])
    assert (edited["conversation_id"], edited["replaces"]) == (
        "talk", [{"id": second["id"], "question": "什么是 KOC？"}]
    )  # fmt: skip
    assert edited["evidence"][0]["arguments"]["filters"] == {"platform": ["android"]}
    turns = local.get("/v1/conversations/talk").json()["turns"]
    assert [turn["answer_id"] for turn in turns] == [first["id"], edited["id"]]
    assert turns[1]["answer"] == edited
    assert_problem(
        local.post("/v1/ask", json={"question": "?", "replace": second["id"]}),
        422,
        "invalid_request",
        "replaced",
    )

    markdown = local.get("/v1/conversations/talk/export")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "attachment" in markdown.headers["content-disposition"]
    assert first["evidence"][0]["definition"][0]["label"] in markdown.text
    exported = local.get("/v1/conversations/talk/export", params={"format": "json"}).json()
    assert exported == local.get("/v1/conversations/talk").json()
    assert_problem(
        local.get("/v1/conversations/talk/export", params={"format": "pdf"}), 422, "invalid_request"
    )

    assert local.delete("/v1/conversations/talk").status_code == 204
    assert_problem(local.get("/v1/conversations/talk"), 404, "conversation_not_found", "talk")
    assert_problem(local.get(f"/v1/answers/{second['id']}"), 404, "answer_not_found")


def test_nothing_is_shared_between_two_keys(keyed: Keyed) -> None:
    with keyed.client("growth-reader") as one, keyed.client("boss") as other:
        asked = post(one, "What is a KOC?", conversation_id="same")
        post(other, "你好", conversation_id="same")
        assert "same" in {entry["id"] for entry in one.get("/v1/conversations").json()["conversations"]}
        assert [t["question"] for t in other.get("/v1/conversations/same").json()["turns"]] == ["你好"]
        assert "What is a KOC?" not in other.get("/v1/conversations/same/export").text
        english = post(other, "in English please", conversation_id="same")
        assert english["taken_as"] == "你好"
        refused = other.post("/v1/ask", json={"question": "mine?", "replace": asked["id"]})
        assert_problem(refused, 404, "answer_not_found")
        assert other.delete("/v1/conversations/same").status_code == 204
        assert [t["answer"] for t in one.get("/v1/conversations/same").json()["turns"]] == [asked]
        assert_problem(other.get("/v1/conversations/same"), 404, "conversation_not_found")
    with keyed.client("growth-reader") as one:
        assert one.delete("/v1/conversations/same").status_code == 204
