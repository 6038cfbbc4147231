"""Looking citations up again: whether the passage still stands, and in which version of its document."""

from collections.abc import Sequence
from datetime import datetime

from assistant.access import Principal
from assistant.answer import Citation
from assistant.replay.findings import CitationChange, CitationReplay
from assistant.replay.sentences import Sentences
from knowledge import Chunk, ChunkNotFound, Document, DocumentNotFound, KnowledgeBase


def replay_citation(
    citation: Citation,
    *,
    knowledge: KnowledgeBase,
    principal: Principal,
    asked_at: datetime,
    sentences: Sentences,
) -> CitationReplay:
    """Look a citation up, and say what happened to its passage and its document since."""
    try:
        knowledge.chunk(citation.chunk_id, teams=principal.teams)
        document = knowledge.document(citation.document_id, teams=principal.teams)
        chunks = knowledge.chunks(citation.document_id, teams=principal.teams)
    except (ChunkNotFound, DocumentNotFound):
        return CitationReplay(
            marker=citation.marker,
            title=citation.title if principal.teams is None else None,
            document_id=citation.document_id if principal.teams is None else None,
            changes=("withdrawn",),
            version_before=citation.version,
            statement=sentences.document_withdrawn(is_owner=principal.teams is None),
        )
    changes = _find_changes(citation, document, chunks, asked_at)
    stands = any(citation.quote in chunk.text for chunk in chunks if chunk.enabled)
    return CitationReplay(
        marker=citation.marker,
        title=document.title,
        document_id=document.id,
        changes=changes,
        version_before=citation.version,
        version_now=document.version,
        quote_stands=stands,
        statement=sentences.looked_up(citation, document, changes, stands=stands),
    )


def _find_changes(
    citation: Citation, document: Document, chunks: Sequence[Chunk], asked_at: datetime
) -> tuple[CitationChange, ...]:
    found: list[CitationChange] = []
    standing = next((chunk for chunk in chunks if chunk.id == citation.chunk_id), None)
    if document.version != citation.version:
        found.append("newer_version")
    elif standing is None:
        found.append("edited")
    elif not standing.enabled:
        found.append("disabled")
    if document.stale is not None and document.stale.at >= asked_at:
        found.append("stale")
    if document.replaced_by is not None:
        found.append("replaced")
    return tuple(found)
