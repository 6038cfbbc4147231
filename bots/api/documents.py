"""`/v1/documents`: take in, list, read, replace, delete."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bots.api.access import Asker, TheAssistant
from bots.api.jobs import TheJobs
from bots.api.language import request_language
from bots.api.models import (
    AcceptedUpload,
    ChunkList,
    ChunkView,
    DocumentList,
    DocumentView,
    ListRequest,
    StoredArchive,
    StoredDocument,
    UploadRequest,
)
from bots.api.uploads import find_id, ingest, ingest_archive, read_form, replacement
from knowledge.loaders import is_archive

router = APIRouter(tags=["documents"])

UploadForm = Annotated[UploadRequest, Form(media_type="multipart/form-data")]


@router.post(
    "/documents",
    status_code=202,
    response_model=AcceptedUpload,
    responses={
        200: {
            "model": StoredDocument | StoredArchive,
            "description": "With wait=true: known already, and updated or unchanged; or an archive.",
        },
        201: {"model": StoredDocument, "description": "With wait=true: taken in."},
        202: {"description": "Will be taken in; the job tells when."},
    },
    summary="Take in a document",
)
async def add_document(
    form: UploadForm,
    request: Request,
    assistant: TheAssistant,
    asker: Asker,
    jobs: TheJobs,
    wait: Annotated[bool, Query(description="Answer when the document can be searched.")] = False,
) -> Response:
    """Take in a document. The same file name by the same uploader in the same collection is a new version.

    A ZIP archive, also an export of Slack, Notion or Confluence, becomes as many documents as it holds.
    Needs the role editor; only the owner may give teams that they are not in.
    """
    upload = await read_form(form, asker)
    language = request_language(request)
    holds_many = is_archive(upload.name)
    take_in: Callable[..., StoredDocument | StoredArchive] = ingest_archive if holds_many else ingest
    if wait:
        stored = await run_in_threadpool(take_in, assistant.knowledge, upload, asker, language)
        return _stored(stored)
    job = jobs.submit(
        lambda: take_in(assistant.knowledge, upload, asker, language), principal=asker, language=language
    )
    accepted = AcceptedUpload(document_id=None if holds_many else find_id(upload), job_id=job.id)
    return JSONResponse(accepted.model_dump(), 202, headers={"Location": f"/v1/jobs/{job.id}"})


@router.get("/documents", summary="List documents")
def list_documents(
    asked: Annotated[ListRequest, Query()], assistant: TheAssistant, asker: Asker
) -> DocumentList:
    """List the documents that the asker may read, by collection and title."""
    found = assistant.knowledge.documents(teams=asker.teams, collections=asked.collection)
    page = found[asked.offset : asked.offset + asked.limit]
    return DocumentList(documents=tuple(DocumentView.model_validate(d) for d in page), total=len(found))


@router.get("/documents/{document_id}", summary="Read what is known of a document")
def read_document(document_id: str, assistant: TheAssistant, asker: Asker) -> DocumentView:
    """Return a document's current version, without its text; see its chunks for that."""
    return DocumentView.model_validate(assistant.knowledge.document(document_id, teams=asker.teams))


@router.put("/documents/{document_id}", response_model=StoredDocument, summary="Replace a document")
async def replace_document(
    document_id: str, form: UploadForm, request: Request, assistant: TheAssistant, asker: Asker
) -> StoredDocument:
    """Put a new version in a document's place, under the same id. Earlier versions stay citable.

    Collection and teams stay as they are unless given. Needs the role editor.
    """
    asker.require_editor()
    known = await run_in_threadpool(assistant.knowledge.document, document_id, teams=asker.teams)
    upload = replacement(known, await read_form(form, asker))
    return await run_in_threadpool(ingest, assistant.knowledge, upload, asker, request_language(request))


@router.delete("/documents/{document_id}", status_code=204, summary="Delete a document")
def delete_document(document_id: str, assistant: TheAssistant, asker: Asker) -> None:
    """Remove a document with all its versions. Needs the role editor.

    A file of the library comes back with the next `yunce ingest`, unless the file is removed too.
    """
    asker.require_editor()
    assistant.knowledge.delete(document_id, teams=asker.teams)


@router.get("/documents/{document_id}/chunks", summary="Read a document's passages")
def read_chunks(document_id: str, assistant: TheAssistant, asker: Asker) -> ChunkList:
    """Return the passages of a document's current version in reading order."""
    chunks = assistant.knowledge.chunks(document_id, teams=asker.teams)
    return ChunkList(chunks=tuple(ChunkView.of(chunk) for chunk in chunks))


def _stored(stored: StoredDocument | StoredArchive) -> JSONResponse:
    if isinstance(stored, StoredArchive):
        return JSONResponse(stored.model_dump(mode="json"))
    status = 201 if stored.status == "added" else 200
    where = {"Location": f"/v1/documents/{stored.id}"}
    return JSONResponse(stored.model_dump(mode="json"), status, headers=where)
