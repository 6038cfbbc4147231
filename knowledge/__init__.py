"""Knowledge: documents loaded, cleaned, chunked, embedded, stored and searched. Knows nothing of agents."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from knowledge.documents import Chunk, Document, Notice, SearchResult
from knowledge.errors import (
    CatalogueUnavailable,
    ChunkNotFound,
    DocumentError,
    DocumentNotFound,
    DocumentTooLarge,
    EmbedderChanged,
    EmbeddingFailed,
    FolderNotFound,
    IndexDamaged,
    InvalidCuration,
    InvalidFrontMatter,
    InvalidMetadata,
    InvalidQuery,
    InvalidQuestionSet,
    KnowledgeError,
    OriginalNotFound,
    PinExists,
    PinNotFound,
    QuestionNotFound,
    RerankingFailed,
    UnreadableDocument,
    UnsupportedFormat,
)
from knowledge.reports import IndexHealth, SyncProgress, SyncReport
from knowledge.uploads import Failure, Ingested, Upload

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase
    from knowledge.embedding.embeddings import Embedder, OpenAICompatibleEmbedder, Scale, default_embedder
    from knowledge.search.reranking import HttpReranker, Reranker, SecondStage

_LAZY = {  # these bring SQLAlchemy, which a command line's --help should not wait for
    "KnowledgeBase": "knowledge.base",
    "Embedder": "knowledge.embedding.embeddings",
    "OpenAICompatibleEmbedder": "knowledge.embedding.embeddings",
    "Scale": "knowledge.embedding.embeddings",
    "HttpReranker": "knowledge.search.reranking",
    "Reranker": "knowledge.search.reranking",
    "SecondStage": "knowledge.search.reranking",
    "default_embedder": "knowledge.embedding.embeddings",
}

__all__ = [
    "CatalogueUnavailable",
    "Chunk",
    "ChunkNotFound",
    "Document",
    "DocumentError",
    "DocumentNotFound",
    "DocumentTooLarge",
    "Embedder",
    "EmbedderChanged",
    "EmbeddingFailed",
    "Failure",
    "FolderNotFound",
    "HttpReranker",
    "IndexDamaged",
    "IndexHealth",
    "Ingested",
    "InvalidCuration",
    "InvalidFrontMatter",
    "InvalidMetadata",
    "InvalidQuery",
    "InvalidQuestionSet",
    "KnowledgeBase",
    "KnowledgeError",
    "Notice",
    "OpenAICompatibleEmbedder",
    "OriginalNotFound",
    "PinExists",
    "PinNotFound",
    "QuestionNotFound",
    "Reranker",
    "RerankingFailed",
    "Scale",
    "SearchResult",
    "SecondStage",
    "SyncProgress",
    "SyncReport",
    "UnreadableDocument",
    "UnsupportedFormat",
    "Upload",
    "default_embedder",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'knowledge' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
