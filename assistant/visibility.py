"""What a reader may see now of what was gathered before: chunks of documents, and sources of data."""

from dataclasses import dataclass, field

from assistant.errors import EXPECTED_ERRORS
from knowledge import KnowledgeBase
from tools import Metrics


@dataclass(slots=True)
class Visibility:
    """Look each chunk up once; what was deleted is as little to be seen as what was given to another team."""

    knowledge: KnowledgeBase
    metrics: Metrics | None
    teams: frozenset[str] | None
    _chunks: dict[str, bool] = field(default_factory=dict)

    def chunk(self, chunk_id: str) -> bool:
        """Tell whether the reader may see a chunk, also one of an earlier version."""
        if chunk_id not in self._chunks:
            self._chunks[chunk_id] = self._look_up(chunk_id)
        return self._chunks[chunk_id]

    def source(self, name: str) -> bool:
        """Tell whether the reader may see a source of data."""
        return self.metrics is not None and name in self.metrics.semantics.visible_to(self.teams).sources

    def _look_up(self, chunk_id: str) -> bool:
        try:
            self.knowledge.chunk(chunk_id, teams=self.teams)
        except EXPECTED_ERRORS:
            return False
        return True
