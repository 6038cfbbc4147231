"""Documents on their way into the catalogue: prepared, gathered into batches, embedded in the background."""

from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from itertools import islice

from knowledge.catalogue.revisions import NewVersion, identify_document
from knowledge.documents import Notice
from knowledge.embedding.embeddings import Embedder
from knowledge.errors import DocumentError
from knowledge.uploads import Upload

_FIRST_BATCH = 64
_LARGEST_BATCH = 512
"""Chunks; each batch may hold twice as many as the one before it, so that little is lost if the first is cut short."""
_GROUP_DOCUMENTS = 16
_GROUP_BYTES = 64 * 1024
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

    def leave_out(
        self, places: Collection[int], vectors: Sequence[bytes]
    ) -> tuple[list[tuple[NewVersion, tuple[Notice, ...]]], list[bytes]]:
        """Return the documents but those at some places, and of the batch's vectors theirs."""
        rest = iter(vectors)
        own = [list(islice(rest, len(new.chunks))) for new, _ in self.items]
        kept = [place for place in range(len(self.items)) if place not in places]
        return [self.items[place] for place in kept], [vector for place in kept for vector in own[place]]


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
    """Return the vector of each text, float32 bytes; the same text is embedded once."""
    distinct = list(dict.fromkeys(texts))
    vectors = (vector.tobytes() for vector in embedder.embed(distinct).astype("<f4"))
    return list(map(dict(zip(distinct, vectors, strict=True)).__getitem__, texts))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document that came in: what identifies it, within its origin too, and the hash of all that was given."""

    document_id: str
    source: str
    upload: Upload
    content_hash: str


@dataclass(slots=True)
class Group:
    """Documents that are looked up and prepared together, so that small ones do not cost a message each."""

    arrivals: list[Arrival] = field(default_factory=list)
    size: int = 0

    def add(self, arrival: Arrival) -> None:
        """Add a document."""
        self.arrivals.append(arrival)
        self.size += len(arrival.upload.data)

    def is_full(self) -> bool:
        """Tell whether the group should be prepared."""
        return len(self.arrivals) >= _GROUP_DOCUMENTS or self.size >= _GROUP_BYTES


Preparation = Future[list[tuple[NewVersion, tuple[Notice, ...]] | DocumentError]]
"""An outcome for each document of a group."""


@dataclass(slots=True)
class Waiting:
    """Groups of documents that are prepared in other processes while this one embeds and stores."""

    groups: deque[tuple[Group, Preparation]] = field(default_factory=deque)
    documents: int = 0
    size: int = 0

    def __len__(self) -> int:
        return len(self.groups)

    def add(self, group: Group, preparation: Preparation) -> None:
        """Add a group at the end of the line."""
        self.groups.append((group, preparation))
        self.documents += len(group.arrivals)
        self.size += group.size

    def pop(self) -> tuple[Group, Preparation]:
        """Take the first group out of the line."""
        group, preparation = self.groups.popleft()
        self.documents -= len(group.arrivals)
        self.size -= group.size
        return group, preparation

    def is_full(self) -> bool:
        """Tell whether the first group should be waited for."""
        return self.documents > _DOCUMENTS_AHEAD or (len(self.groups) > 1 and self.size > _BYTES_AHEAD)


@dataclass(slots=True)
class Run:
    """Where documents stand that are being taken in: prepared, gathered, embedded."""

    background: Executor
    group: Group = field(default_factory=Group)
    waiting: Waiting = field(default_factory=Waiting)
    batch: Batch = field(default_factory=Batch)
    largest: int = field(default_factory=lambda: min(_FIRST_BATCH, _LARGEST_BATCH))
    pending: Pending | None = None
    under_way: set[str] = field(default_factory=set)
    """The documents anywhere on their way."""

    def is_full(self) -> bool:
        """Tell whether the batch should be embedded."""
        return len(self.batch.texts) >= self.largest

    def advance(self, embedder: Embedder) -> Pending | None:
        """Begin to embed the batch, and return the one before it, which is embedded or nearly so."""
        before, batch = self.pending, self.batch
        self.pending, self.batch = None, Batch()
        self.largest = min(2 * self.largest, _LARGEST_BATCH)
        if before is not None:
            wait([before.vectors])  # a model need not bear two calls at once
        if batch.items:
            self.pending = Pending(
                batch, embedder, self.background.submit(embed_texts, embedder, batch.texts)
            )
        return before
