"""An embedding model whose vectors are kept on disk, so that a set measured again need not be embedded again."""

import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

import numpy as np

from knowledge.embedding.embeddings import Embedder, Scale


class CachedEmbedder:
    """Passes texts on to a model and keeps what comes back in an SQLite file."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._lock = Lock()
        self._kept = sqlite3.connect(path, check_same_thread=False)
        self._kept.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, vector BLOB)")

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    @property
    def scale(self) -> Scale:
        return self._embedder.scale

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        keys = [sha256(f"{self.name}\0{text}".encode("utf-8", "surrogatepass")).digest() for text in texts]
        with self._lock:
            kept = {key: self._find(key) for key in keys}
            missing = {key: text for key, text in zip(keys, texts, strict=True) if kept[key] is None}
            if missing:
                made = self._embedder.embed(list(missing.values())).astype("<f4")
                kept |= {key: vector.tobytes() for key, vector in zip(missing, made, strict=True)}
                rows = [(key, kept[key]) for key in missing]
                self._kept.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)
                self._kept.commit()
        joined = b"".join(kept[key] or b"" for key in keys)
        return np.frombuffer(joined, dtype="<f4").reshape(len(texts), self.dimensions)

    def close(self) -> None:
        self._kept.close()

    def _find(self, key: bytes) -> bytes | None:
        row = self._kept.execute("SELECT vector FROM kept WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None
