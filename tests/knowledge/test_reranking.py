"""The second stage orders the best results anew, and never fails a search."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import HttpReranker, KnowledgeBase, RerankingFailed, SecondStage
from knowledge.endpoint import Endpoint, EndpointFailed
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.services import Service, run_service


@pytest.fixture
def service() -> Iterator[Service]:
    with run_service() as running:
        yield running


def rerank(service: Service, *texts: str, timeout: float = 5.0) -> list[float]:
    return HttpReranker(service.address, model="m", api_key="key", timeout=timeout).rerank("question", texts)


def test_scores_come_back_in_the_order_of_the_texts(service: Service) -> None:
    assert rerank(service, "noise noise", "plain", "noise") == [1 / 3, 1.0, 0.5]
    [body] = service.requests
    assert (body["model"], body["query"], body["top_n"]) == ("m", "question", 3)
    assert service.keys == ["Bearer key"]
    assert rerank(service) == []


def test_what_cannot_be_sent_is_left_out(service: Service) -> None:
    assert len(rerank(service, "lone \ud800", "", "\x00", "x" * 100_000)) == 4
    assert all(0 < len(text) <= 4000 for text in service.requests[0]["documents"])


def test_logits_are_brought_to_shares(service: Service) -> None:
    results = [{"index": 0, "relevance_score": -9000}, {"index": 2, "relevance_score": 0}]
    service.raw = json.dumps({"results": results}).encode()
    assert rerank(service, "a", "b", "c") == pytest.approx([0, 0.5, 0.5], abs=1e-9)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_followed_by_another_request(service: Service, status: int) -> None:
    service.failures = [(status, {"Retry-After": "0"})]
    assert rerank(service, "plain") == [1.0]
    assert len(service.requests) == 2


def test_a_wait_past_the_deadline_is_not_begun(service: Service) -> None:
    service.failures = [(429, {"Retry-After": "3600"})]
    with pytest.raises(RerankingFailed, match="429"):
        rerank(service, "plain")
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 302])
def test_other_failures_are_final(service: Service, status: int) -> None:
    service.failures = [(status, {"Location": service.address + "/rerank"})] * 3
    with pytest.raises(RerankingFailed, match=str(status)):
        rerank(service, "plain")
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"results": 3}',
        b'{"results": [{"index": 7, "relevance_score": 1}]}',
        b'{"results": [{"index": -1, "relevance_score": 1}]}',
        b'{"results": [{"index": 0, "relevance_score": NaN}]}',
        b'{"results": [{"index": 0}]}',
        b"\xff\xfe",
    ],
)
def test_unusable_answers_are_plain_errors(service: Service, raw: bytes) -> None:
    service.raw = raw
    with pytest.raises(RerankingFailed):
        rerank(service, "plain")


@pytest.mark.parametrize("drips", [False, True])
def test_a_slow_service_is_given_up_at_the_deadline(service: Service, drips: bool) -> None:
    service.delay, service.drips = (0.05, True) if drips else (1.0, False)
    with pytest.raises(RerankingFailed, match="timed out"):
        rerank(service, "plain", timeout=0.2)


@pytest.mark.parametrize("key", ["sécret-\u5bc6", "sec\nret", "secret"])
def test_the_key_is_in_no_error(service: Service, key: str) -> None:
    service.failures = [(401, {})]
    secretive = service.address.replace("http://", "http://user:secret@")
    for address in (service.address, secretive, "http://secret:x/v1", "nonsense"):
        with pytest.raises(EndpointFailed) as failure:
            Endpoint(address, api_key=key, timeout=2).post("rerank", {})
        for text in (str(failure.value), repr(failure.value.__cause__)):
            assert "ret" not in text or "secret" in address
            assert "user" not in text


def test_a_dead_service_is_left_alone_for_a_while(service: Service) -> None:
    reranker = HttpReranker(service.address, model="m", timeout=5, pause=3600)
    service.failures = [(401, {})] * 3
    for _ in range(5):
        with pytest.raises(RerankingFailed):
            reranker.rerank("question", ["text"])
    assert len(service.requests) == 3


def test_a_service_is_asked_again_after_the_pause(service: Service) -> None:
    reranker = HttpReranker(service.address, model="m", timeout=5, pause=0)
    service.failures = [(401, {})] * 4
    for _ in range(4):
        with pytest.raises(RerankingFailed):
            reranker.rerank("question", ["text"])
    assert reranker.rerank("question", ["text"]) == [1.0]


@pytest.fixture
def base(tmp_path: Path, service: Service) -> Iterator[KnowledgeBase]:
    stage = SecondStage(HttpReranker(service.address, model="m", timeout=5), candidates=4)
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder(), second_stage=stage) as opened:
        for number in range(6):
            noise = " ".join(f"noise{number}{word}" for word in range(20))
            text = "coupon budget " * (6 - number) + noise + f" number {number}"
            opened.ingest_bytes(f"{number}.txt", text.encode())
        yield opened


def test_search_orders_the_candidates_by_relevance(base: KnowledgeBase, service: Service) -> None:
    results = base.search("coupon budget", teams=None, limit=6)
    [body] = service.requests
    assert len(body["documents"]) == 4
    scores = [result.rerank_score for result in results[:4]]
    assert scores == sorted(scores, key=lambda score: -(score or 0))
    assert None not in scores
    assert [result.rerank_score for result in results[4:]] == [None, None]
    assert results[0] == base.search("coupon budget", teams=None, limit=1)[0]


def test_a_failing_service_leaves_the_order_and_warns_once(
    base: KnowledgeBase, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.failures = [(401, {})] * 9
    with caplog.at_level(logging.WARNING):
        first, second = (base.search("coupon budget", teams=None, limit=6) for _ in range(2))
    assert first == second
    assert [result.score for result in first] == sorted((r.score for r in first), reverse=True)
    assert len([record for record in caplog.records if "first stage" in record.message]) == 1
