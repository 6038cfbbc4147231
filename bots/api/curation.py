"""`/v1/documents/{id}/…` and `/v1/chunks`: versions, files and passages, and what people do to them."""

import re
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.curation_models import (
    ChunkChange,
    ChunkInContext,
    DocumentChange,
    SimilarList,
    VersionList,
)
from bots.api.models import ChunkView, DocumentView
from bots.api.validation import read_changes

router = APIRouter(tags=["curation"], route_class=StrictRoute)

#: Kinds of files that nothing runs when they are opened; all others are sent as mere bytes.
_PASSIVE = ("text/plain", "text/markdown", "text/csv")
_FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@router.get("/documents/{document_id}/versions", summary="Read a document's history")
def list_versions(document_id: str, assistant: TheAssistant, asker: Asker) -> VersionList:
    """List a document's versions, newest first."""
    versions = assistant.knowledge.history.versions(document_id, teams=asker.teams)
    return VersionList.model_validate({"versions": versions})


@router.get(
    "/documents/{document_id}/file",
    summary="Download a document's file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}},
)
def read_file(
    document_id: str,
    assistant: TheAssistant,
    asker: Asker,
    version: Annotated[int | None, Query(ge=1, le=1_000_000, description="By default the current.")] = None,
) -> Response:
    """Return the file as it was taken in, byte for byte, to be saved."""
    kept = assistant.knowledge.history.original(document_id, teams=asker.teams, version=version)
    media_type = kept.media_type if kept.media_type in _PASSIVE else "application/octet-stream"
    headers = {**_FILE_HEADERS, "Content-Disposition": _attach(kept.name)}
    return Response(kept.data, media_type=media_type, headers=headers)


@router.get("/documents/{document_id}/similar", summary="Find near duplicates")
def list_similar(document_id: str, assistant: TheAssistant, asker: Asker) -> SimilarList:
    """List the documents that say nearly the same and that the asker may read."""
    found = assistant.knowledge.history.near_duplicates(document_id, teams=asker.teams)
    return SimilarList.model_validate(
        {"documents": [{"document": document, "similarity": share} for document, share in found]}
    )


@router.patch("/documents/{document_id}", summary="Mark a document")
def mark_document(
    document_id: str, body: DocumentChange, assistant: TheAssistant, asker: Asker
) -> DocumentView:
    """Say whom to ask about a document, or that it is out of date. Needs the role editor.

    Answers that cite a document which is out of date carry a warning.
    """
    asker.require_editor()
    curation, given = assistant.knowledge.curation, read_changes(body, nullable=("owner", "stale"))
    if "owner" in given:
        curation.assign_owner(document_id, body.owner, teams=asker.teams)
    if "stale" in given and body.stale is None:
        curation.unmark_stale(document_id, teams=asker.teams)
    elif body.stale is not None:
        curation.mark_stale(document_id, teams=asker.teams, by=asker.label, note=body.stale.note)
    return DocumentView.model_validate(assistant.knowledge.document(document_id, teams=asker.teams))


@router.get("/chunks/{chunk_id}", summary="Read a passage in its section")
def read_chunk(chunk_id: str, assistant: TheAssistant, asker: Asker) -> ChunkInContext:
    """Return a passage of any version with the section around it."""
    return ChunkInContext.model_validate(assistant.knowledge.history.context(chunk_id, teams=asker.teams))


@router.patch("/chunks/{chunk_id}", summary="Edit or disable a passage")
def change_chunk(chunk_id: str, body: ChunkChange, assistant: TheAssistant, asker: Asker) -> ChunkView:
    """Change a passage; the returned one, under its own id, is searched and cited from now on. Needs the role editor.

    The passage as it was cited before stays readable. A new version of the document that holds the same passage
    takes the change over.
    """
    asker.require_editor()
    curation, given = assistant.knowledge.curation, read_changes(body, nullable=("text",))
    if "text" in given and body.text is None:
        chunk_id = curation.undo(chunk_id, teams=asker.teams, by=asker.label).id
    elif body.text is not None:
        chunk_id = curation.edit(chunk_id, body.text, teams=asker.teams, by=asker.label).id
    if body.enabled is not None:
        change = curation.enable if body.enabled else curation.disable
        chunk_id = change(chunk_id, teams=asker.teams, by=asker.label).id
    return ChunkView.of(assistant.knowledge.chunk(chunk_id, teams=asker.teams)[1])


def _attach(name: str) -> str:
    """Return the header that saves a file under its name (RFC 6266), in ASCII for programs that know no better."""
    path = PurePosixPath(name)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", path.stem).strip("_.") or "document"
    plain = stem + re.sub(r"[^A-Za-z0-9.]", "", path.suffix)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
