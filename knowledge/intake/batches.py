"""Documents on their way into the catalogue: prepared, gathered into batches, embedded in the background."""

from collections import deque
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field

from knowledge.catalogue.revisions import NewVersion, identify_document
from knowledge.documents import Notice, Upload
from knowledge.embedding.embeddings import Embedder

_BATCH_CHUNKS = 256
_BATCH_DOCUMENTS = 256
_DOCUMENTS_AHEAD = 64
_BYTES_AHEAD = 20 * 1024 * 1024


@dataclass(slots=True)
class Batch:
    """Prepared documents that wait to be embedded together."""

    items: list[tuple[NewVersion, tuple[Notice, ...]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    document_ids: set[str] = field(default_factory=set)

    def add(self, new: NewVersion, warnings: tuple[Notice, ...]) -> None:
        """Add a document and what is to be embedded of it."""
        self.items.append((new, warnings))
        self.document_ids.add(identify_document(new.origin, new.source))
        self.texts += [chunk.indexed_text for chunk in new.chunks]

    def holds(self, document_id: str) -> bool:
        """Tell whether the document is in the batch."""
        return document_id in self.document_ids

    def is_full(self) -> bool:
        """Tell whether the batch should be embedded."""
        return len(self.texts) >= _BATCH_CHUNKS or len(self.items) >= _BATCH_DOCUMENTS


@dataclass(slots=True)
class Pending:
    """A batch that is being embedded, in the background, by a model."""

    batch: Batch
    embedder: Embedder
    vectors: Future[list[bytes]]

    def embed(self, embedder: Embedder) -> list[bytes]:
        """Return the vectors of the batch; embeds anew if the model was changed meanwhile."""
        return self.vectors.result() if embedder is self.embedder else embed_texts(embedder, self.batch.texts)


def embed_texts(embedder: Embedder, texts: list[str]) -> list[bytes]:
    """Return the vector of each text, float32 bytes."""
    return [vector.tobytes() for vector in embedder.embed(texts).astype("<f4")]


Preparation = Future[tuple[NewVersion, tuple[Notice, ...]]]


@dataclass(slots=True)
class Waiting:
    """Documents that are prepared in other processes while this one embeds and stores."""

    entries: deque[tuple[str, Upload, Preparation]] = field(default_factory=deque)
    size: int = 0

    def __len__(self) -> int:
        return len(self.entries)

    def add(self, document_id: str, upload: Upload, preparation: Preparation) -> None:
        """Add a document at the end of the line."""
        self.entries.append((document_id, upload, preparation))
        self.size += len(upload.data)

    def pop(self) -> tuple[Upload, Preparation]:
        """Take the first document out of the line."""
        _, upload, preparation = self.entries.popleft()
        self.size -= len(upload.data)
        return upload, preparation

    def holds(self, document_id: str) -> bool:
        """Tell whether the document is in the line."""
        return any(entry[0] == document_id for entry in self.entries)

    def is_full(self) -> bool:
        """Tell whether the first document should be waited for."""
        return len(self.entries) > _DOCUMENTS_AHEAD or (len(self.entries) > 1 and self.size > _BYTES_AHEAD)


@dataclass(slots=True)
class Run:
    """Where documents stand that are being taken in: prepared, gathered, embedded."""

    background: Executor
    waiting: Waiting = field(default_factory=Waiting)
    batch: Batch = field(default_factory=Batch)
    pending: Pending | None = None

    def holds(self, document_id: str) -> bool:
        """Tell whether the document is anywhere on its way."""
        pending = self.pending is not None and self.pending.batch.holds(document_id)
        return pending or self.batch.holds(document_id) or self.waiting.holds(document_id)

    def advance(self, embedder: Embedder) -> Pending | None:
        """Begin to embed the batch, and return the one before it, which is embedded or nearly so."""
        before, batch = self.pending, self.batch
        self.pending, self.batch = None, Batch()
        if before is not None:
            wait([before.vectors])  # a model need not bear two calls at once
        if batch.items:
            self.pending = Pending(
                batch, embedder, self.background.submit(embed_texts, embedder, batch.texts)
            )
        return before
