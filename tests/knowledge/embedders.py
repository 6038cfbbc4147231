"""Small embedding models for tests."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from knowledge.embedding.embeddings import Scale
from knowledge.language import terms


class HashingEmbedder:
    """Words hashed into a vector: deterministic and quick, with a count of the texts it was given."""

    def __init__(self, *, name: str = "hashing", dimensions: int = 64) -> None:
        self.name = name
        self.dimensions = dimensions
        self.scale = Scale(lo=0.0, width=1.0, dense_weight=0.5)
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += len(texts)
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for term in terms(text):
                vector[crc32(term.encode()) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
