"""What a reader may see now of what was gathered before: chunks of documents, and sources of data."""

from dataclasses import dataclass, field

from assistant.errors import EXPECTED_ERRORS
from knowledge import Document, KnowledgeBase
from tools import Metrics


@dataclass(slots=True)
class Visibility:
    """Look each chunk up once; what was deleted is as little to be seen as what was given to another team."""

    knowledge: KnowledgeBase
    metrics: Metrics | None
    teams: frozenset[str] | None
    _chunks: dict[str, Document | None] = field(default_factory=dict)

    def chunk(self, chunk_id: str) -> bool:
        """Tell whether the reader may see a chunk, also one of an earlier version."""
        return self.document_of(chunk_id) is not None

    def document_of(self, chunk_id: str) -> Document | None:
        """Return the document of a chunk, None where the reader may not see it."""
        if chunk_id not in self._chunks:
            self._chunks[chunk_id] = self._look_up(chunk_id)
        return self._chunks[chunk_id]

    def curated(self, edition: str) -> bool:
        """Tell whether the reader would get a curated answer now, in this edition (see `curated.name_edition`)."""
        from assistant.curated import name_edition

        return edition in map(name_edition, self.knowledge.curation.pins.all(teams=self.teams))

    def source(self, name: str) -> bool:
        """Tell whether the reader may see a source of data."""
        return (
            self.metrics is not None
            and name in self.metrics.semantics.visible_to(self.teams).evidence_sources
        )

    def _look_up(self, chunk_id: str) -> Document | None:
        try:
            return self.knowledge.chunk(chunk_id, teams=self.teams)[0]
        except EXPECTED_ERRORS:
            return None
