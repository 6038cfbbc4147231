"""The optional second stage of search: a service that reads question and passage together orders the best anew."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from threading import Lock
from time import monotonic
from typing import Any, Protocol

from knowledge.documents import SearchResult
from knowledge.embedding.embeddings import strip_unsendable
from knowledge.endpoint import Endpoint, EndpointFailed
from knowledge.errors import RerankingFailed, display

CANDIDATES = 30
_LONGEST_TEXT = 4000
_FAILURES_BEFORE_PAUSE = 3
_PAUSE_SECONDS = 30.0
_WARNING_SECONDS = 60.0
_LOG = logging.getLogger(__name__)


class Reranker(Protocol):
    """What search needs of a second stage. Must be safe to call from several threads."""

    @property
    def name(self) -> str:
        """Identify the model."""

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return how relevant each text is to the query, from 0 to 1. Raises RerankingFailed."""


class HttpReranker:
    """A service that answers `POST {base_url}/rerank` as Cohere's, Jina's and vLLM's do.

    After three failures in a row it is left alone for half a minute, so that a dead service does not slow
    every search.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str,
        api_key: str = "",
        timeout: float = 2.0,
        pause: float = _PAUSE_SECONDS,
    ) -> None:
        """Describe the service; nothing is sent yet.

        Args:
            base_url: Address up to and including the version, e.g. "https://api.example.com/v1".
            model: The service's name of the model.
            api_key: Sent as a bearer token unless empty.
            timeout: Seconds that a search waits for it, repetitions included.
            pause: Seconds without requests after three failures in a row.
        """
        self.name = model
        self._endpoint = Endpoint(base_url, api_key=api_key, timeout=timeout)
        self._pause = pause
        self._lock = Lock()
        self._failures = 0
        self._resumes_at = 0.0

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return how relevant each text is to the query, from 0 to 1.

        Raises:
            RerankingFailed: No usable scores came in time, or the service is being left alone.
        """
        if not texts:
            return []
        if monotonic() < self._resumes_at:
            raise _failure("it failed several times and is left alone for a while")
        body = {
            "model": self.name,
            "query": strip_unsendable(query),
            "documents": [strip_unsendable(text[:_LONGEST_TEXT]) or " " for text in texts],
            "top_n": len(texts),
            "return_documents": False,
        }
        try:
            scores = _read_scores(self._endpoint.post("rerank", body), len(texts))
        except EndpointFailed as error:
            self._note(failed=True)
            raise _failure(str(error)) from error
        except RerankingFailed:
            self._note(failed=True)
            raise
        self._note(failed=False)
        return scores

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= _FAILURES_BEFORE_PAUSE:
                self._resumes_at = monotonic() + self._pause


class SecondStage:
    """What search does with a reranker, or without one. A reranker that fails never fails a search."""

    def __init__(self, reranker: Reranker | None = None, *, candidates: int = CANDIDATES) -> None:
        """Reorder the first `candidates` results by `reranker`; without one, results stay as they are."""
        self._reranker = reranker
        self._candidates = candidates
        self._warns_at = 0.0

    def widen(self, limit: int) -> int:
        """Return how many results the first stage should find where `limit` are wanted."""
        return max(limit, self._candidates) if self._reranker else limit

    def reorder(self, query: str, results: Sequence[SearchResult]) -> list[SearchResult]:
        """Put the best results into the order of their relevance; `score` stays the first stage's.

        Results beyond the candidates follow in their order. If the reranker fails, all stay as they were.
        """
        if self._reranker is None or len(results) < 2:
            return list(results)
        read, rest = results[: self._candidates], results[self._candidates :]
        try:
            scores = self._reranker.rerank(query, [_write_passage(result) for result in read])
        except RerankingFailed as error:
            self._warn(error)
            return list(results)
        scored = [replace(result, rerank_score=score) for result, score in zip(read, scores, strict=True)]
        ranked = sorted(enumerate(scored), key=lambda pair: (-scores[pair[0]], pair[0]))
        return [*(result for _, result in ranked), *rest]

    def _warn(self, error: RerankingFailed) -> None:
        if monotonic() >= self._warns_at:
            self._warns_at = monotonic() + _WARNING_SECONDS
            _LOG.warning("results keep the order of the first stage: %s", error)


def _write_passage(result: SearchResult) -> str:
    """Write a chunk with its title and headings, without which many a chunk does not say what it is about."""
    headings = dict.fromkeys((result.document.title, *result.chunk.section))
    return "\n".join([" › ".join(headings), result.chunk.text])


def _read_scores(answer: Any, count: int) -> list[float]:
    """Read `results` of `index` and `relevance_score`; a text that is left out is not relevant."""
    scores = [0.0] * count
    try:
        items = answer["results"] if isinstance(answer, dict) and "results" in answer else answer["data"]
        for item in items:
            index, score = int(item["index"]), float(item["relevance_score"])
            if not (0 <= index < count and isfinite(score)):
                raise ValueError
            scores[index] = score
    except (KeyError, TypeError, ValueError):
        raise _failure("the answer holds no usable scores") from None
    return _to_unit(scores)


def _to_unit(scores: list[float]) -> list[float]:
    """Bring raw logits, which some services give, to 0..1; scores that are there already stay."""
    if all(0 <= score <= 1 for score in scores):
        return scores
    from math import exp

    return [1 / (1 + exp(-max(min(score, 60.0), -60.0))) for score in scores]


def _failure(reason: str) -> RerankingFailed:
    return RerankingFailed(
        en=f"The results could not be reranked: {display(reason)}.", zh=f"结果重排失败：{display(reason)}。"
    )
