"""What a reader may see now of what was gathered before: chunks of documents, and sources of data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from assistant.errors import EXPECTED_ERRORS
from knowledge import Chunk, Document, KnowledgeBase
from tools import Metrics


@dataclass(slots=True)
class Visibility:
    """Look each chunk up once; what was deleted is as little to be seen as what was given to another team."""

    knowledge: KnowledgeBase
    metrics: Metrics | None
    teams: frozenset[str] | None
    _chunks: dict[str, tuple[Document, Chunk] | None] = field(default_factory=dict)

    def look_up(self, chunk_ids: Iterable[str]) -> None:
        """Look chunks up all at once."""
        unknown = [chunk_id for chunk_id in dict.fromkeys(chunk_ids) if chunk_id not in self._chunks]
        if unknown:
            found = self.knowledge.find_chunks(unknown, teams=self.teams)
            self._chunks |= {chunk_id: found.get(chunk_id) for chunk_id in unknown}

    def chunk(self, chunk_id: str) -> bool:
        """Tell whether the reader may see a chunk, also one of an earlier version."""
        return self.passage(chunk_id) is not None

    def passage(self, chunk_id: str) -> tuple[Document, Chunk] | None:
        """Return a chunk with its document as of its version, None where the reader may not see it."""
        self.look_up([chunk_id])
        return self._chunks[chunk_id]

    def curated(self, pin_id: str, *, since: datetime) -> bool:
        """Tell whether the reader would get a curated answer now as it was at that time."""
        try:
            pin = self.knowledge.curation.pins.find(pin_id, teams=self.teams)
        except EXPECTED_ERRORS:
            return False
        return pin.updated_at <= since

    def source(self, name: str) -> bool:
        """Tell whether the reader may see a source of data."""
        return (
            self.metrics is not None
            and name in self.metrics.semantics.visible_to(self.teams).evidence_sources
        )
