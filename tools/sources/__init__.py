"""Where events come from: sources read, brought into one shape, and kept in an engine that answers questions."""

from tools.sources.engine import Engine
from tools.sources.store import Coverage, EventSource, SourceStore

__all__ = ["Coverage", "Engine", "EventSource", "SourceStore"]
