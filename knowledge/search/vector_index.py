"""Dense search: embedded Chroma, one collection for each audience. The catalogue is the truth."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from knowledge.errors import IndexDamaged, display
from knowledge.upkeep.seal import Seal

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.models.Collection import Collection

_OPEN_FILES = 65_536
_BATCH = 2000
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "ef_construction": 128, "ef_search": 128}}
_LOG = logging.getLogger(__name__)


class VectorIndex:
    """Vectors of current chunks, keyed by the chunk's row number in the catalogue.

    Chroma is imported and the folder opened at the first use, which should follow `is_whole`. Methods raise
    IndexDamaged when Chroma fails.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._client: Any = None
        self._collections: dict[int, Collection] = {}
        self._seal = Seal(path)
        self._is_closed = False
        self._is_changing = False

    @property
    def is_open(self) -> bool:
        """Whether Chroma has opened the folder."""
        return self._client is not None

    def is_whole(self) -> bool:
        """Whether all files are as they were last written; reads them through."""
        return self._seal.is_whole()

    def is_untouched(self) -> bool:
        """Whether nobody else changed a file since; looks at sizes and times only.

        That cannot be told during changes, which end with a new seal or fail.
        """
        return self._is_changing or self._seal.is_untouched() or self._is_changing

    @contextmanager
    def changes(self) -> Iterator[None]:
        """Keep the files unsealed during changes; should these be cut short, `is_whole` will be false."""
        self._is_changing = True
        try:
            with self._guard(), self._lock:
                self._seal.lift()
            yield
            with self._guard(), self._lock:
                self._seal.renew()
        finally:
            self._is_changing = False

    def replace(
        self,
        audience_id: int,
        *,
        document_ids: Sequence[str],
        rows: Sequence[tuple[int, str, str]],
        vectors: "np.ndarray",
    ) -> None:
        """Make `rows` the only vectors that an audience has of some documents.

        Args:
            audience_id: Whose collection.
            document_ids: Documents whose earlier vectors go.
            rows: Row number, document id and collection name of each vector.
            vectors: Array (len(rows), dimensions).
        """
        with self._guard():
            collection = self._open_collection(audience_id)
            earlier: Any = {"document": {"$in": list(document_ids)}}
            collection.delete(where=earlier)
        self.add(audience_id, rows=rows, vectors=vectors)

    def add(self, audience_id: int, *, rows: Sequence[tuple[int, str, str]], vectors: "np.ndarray") -> None:
        """Add vectors; `rows` as in `replace`."""
        with self._guard():
            collection = self._open_collection(audience_id)
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                collection.upsert(
                    ids=[str(row) for row, _, _ in batch],
                    embeddings=vectors[start : start + _BATCH],
                    metadatas=[{"document": document, "collection": name} for _, document, name in batch],
                )

    def query(
        self,
        vector: "np.ndarray",
        *,
        audiences: Sequence[int],
        collections: Sequence[str] | None = None,
        limit: int,
    ) -> dict[int, list[int]]:
        """Return the row numbers nearest to a vector, at most `limit` from each audience, by audience."""
        where: Any = {"collection": {"$in": list(collections)}} if collections is not None else None
        found: dict[int, list[int]] = {}
        with self._guard():
            self._open_collections(audiences)
            for audience_id in audiences:
                result = self._open_collection(audience_id).query(
                    query_embeddings=vector.reshape(1, -1), n_results=limit, where=where, include=[]
                )
                found[audience_id] = [int(row) for row in result["ids"][0]]
        return found

    def open(self, audiences: Sequence[int]) -> None:
        """Open what there is of audiences at once, for which the files are looked at only once."""
        with self._guard():
            self._open_collections(audiences)

    def count(self, audience_id: int) -> int:
        """Count the vectors of an audience, as Chroma has it."""
        with self._guard():
            return self._open_collection(audience_id).count()

    def close(self) -> None:
        """Close the folder for good: whoever still asks is told that it cannot be read."""
        with self._lock:
            self._is_closed = True
            if self._client is not None:
                self._client.close()
            self._client = None
            self._collections = {}

    def _open_collection(self, audience_id: int) -> "Collection":
        with self._lock:
            if audience_id not in self._collections:
                self._open_collections([audience_id])
            return self._collections[audience_id]

    def _open_collections(self, audiences: Sequence[int]) -> None:
        """Open collections, and let Chroma catch up with its log.

        It does so, and may write its files, with the first read of a collection after the folder was opened,
        whatever kind of read that is, and with none later.
        """
        with self._lock:
            closed = [audience_id for audience_id in audiences if audience_id not in self._collections]
            if not closed:
                return
            client = self._open_client()
            with self._seal.kept():
                for audience_id in closed:
                    collection = client.get_or_create_collection(
                        f"audience-{audience_id}", embedding_function=None, configuration=_CONFIGURATION
                    )
                    collection.count()
                    self._collections[audience_id] = collection

    def _open_client(self) -> Any:
        if self._is_closed:
            raise RuntimeError("it is closed")
        if self._client is None:
            import chromadb

            _allow_open_files()
            settings = chromadb.Settings(anonymized_telemetry=False)
            self._client = chromadb.PersistentClient(path=str(self.path), settings=settings)
        return self._client

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn whatever Chroma raises into IndexDamaged: its Rust core raises errors of many kinds."""
        try:
            yield
        except Exception as error:
            _LOG.warning("vector index %s failed: %s", self.path, error)
            raise IndexDamaged(
                en=f"The vector index cannot be read: {display(str(error))}. Rebuild it from the catalogue.",
                zh=f"无法读取向量索引：{display(str(error))}。请根据目录库重建。",
            ) from error


def _allow_open_files() -> None:
    """Have the system allow as many open files as it may: Chroma keeps four open for each audience."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
