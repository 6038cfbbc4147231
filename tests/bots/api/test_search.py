import httpx
import pytest

from tests.bots.api.conftest import Keyed
from tests.bots.api.serving import assert_problem

FIELDS = {
    "chunk_id", "document_id", "title", "source", "section", "page", "text", "score", "dense_score", "lexical_score",
    "similar", "stale", "edited_by", "edited_at", "marks",
}  # fmt: skip


@pytest.mark.parametrize("question", ["什么是 KOC?", "What is a KOC?"])
def test_finds_passages_best_first(local: httpx.Client, question: str) -> None:
    results = local.get("/v1/search", params={"q": question, "limit": 5}).json()["results"]

    assert len(results) == 5
    assert all(set(result) == FIELDS for result in results)
    assert "KOC" in results[0]["text"]
    scores = [result["score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_results_are_chunks_of_their_documents(local: httpx.Client) -> None:
    [result] = local.get("/v1/search", params={"q": "dormant users", "limit": 1}).json()["results"]

    chunks = local.get(f"/v1/documents/{result['document_id']}/chunks").json()["chunks"]
    [chunk] = [c for c in chunks if c["id"] == result["chunk_id"]]
    assert chunk["text"] == result["text"]
    assert local.get(f"/v1/documents/{result['document_id']}").json()["source"] == result["source"]


def test_searches_one_collection(local: httpx.Client) -> None:
    results = local.get("/v1/search", params={"q": "留存", "collection": "glossary"}).json()["results"]

    assert results
    assert all(result["source"].startswith("glossary/") for result in results)


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ({}, "invalid_request", "q"),
        ({"q": "a", "limit": "many"}, "invalid_request", "limit"),
        ({"q": "a", "limit": "101"}, "invalid_request", "limit"),
        ({"q": "a", "limt": "5"}, "invalid_request", "limt"),
        ({"q": "  "}, "invalid_query", "q"),
        ({"q": "a" * 10_001}, "invalid_query", "q"),
        ({"q": "a\0b"}, "invalid_text", "q"),
    ],
)
def test_refuses_what_cannot_be_searched(
    local: httpx.Client, local_zh: httpx.Client, query: dict, code: str, parameter: str
) -> None:
    en, zh = (client.get("/v1/search", params=query) for client in (local, local_zh))

    assert assert_problem(en, 422, code)["parameter"] == parameter
    assert assert_problem(zh, 422, code)["detail"] != en.json()["detail"]
    assert zh.headers["content-language"] == "zh"


def test_finds_only_what_the_key_may_see(keyed: Keyed) -> None:
    query = {"q": "预算与合同 budget contracts 2026", "limit": 50}
    with keyed.client("finance-reader") as finance, keyed.client("growth-reader") as growth:
        seen = {r["document_id"] for r in finance.get("/v1/search", params=query).json()["results"]}
        restricted = {
            d["id"] for d in finance.get("/v1/documents").json()["documents"] if d["teams"] == ["finance"]
        }
        unseen = {r["document_id"] for r in growth.get("/v1/search", params=query).json()["results"]}

    assert restricted & seen
    assert unseen
    assert not restricted & unseen
