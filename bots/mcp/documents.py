"""Documents and passages as resources: yunce://documents/d_… and yunce://chunks/c_…."""

import re
from typing import Any

from mcp import types as mcp

from assistant.access import Principal
from assistant.assistant import Assistant
from bots.api.problems import RequestError
from knowledge.documents import Document
from tools.errors import show

_PAGE = 100
_ADDRESS = re.compile(r"yunce://(documents|chunks)/([^/?#]+)")
_MARKDOWN = "text/markdown"


def list_documents(assistant: Assistant, asker: Principal, cursor: str | None) -> mcp.ListResourcesResult:
    """List a page of the documents that the asker may read.

    Raises:
        RequestError: The cursor is none that a page before gave.
    """
    start = _read_cursor(cursor)
    documents = assistant.knowledge.documents(teams=asker.teams)
    following = start + _PAGE
    return mcp.ListResourcesResult(
        resources=[_resource(document) for document in documents[start:following]],
        next_cursor=str(following) if following < len(documents) else None,
    )


async def list_templates(_: Any, __: mcp.PaginatedRequestParams | None) -> mcp.ListResourceTemplatesResult:
    """List the forms of the addresses."""
    return mcp.ListResourceTemplatesResult(
        resource_templates=[
            mcp.ResourceTemplate(
                uri_template="yunce://documents/{document_id}",
                name="document",
                title="文档 · Document",
                description="A document in its current version. 文档的当前版本。",
                mime_type=_MARKDOWN,
            ),
            mcp.ResourceTemplate(
                uri_template="yunce://chunks/{chunk_id}",
                name="chunk",
                title="段落 · Passage",
                description="A passage exactly as it is cited. 与引用完全一致的段落原文。",
                mime_type=_MARKDOWN,
            ),
        ]
    )


def read_document(assistant: Assistant, asker: Principal, uri: str) -> mcp.ReadResourceResult:
    """Read a document or a passage.

    Raises:
        RequestError: The address is of another form.
        DocumentNotFound, ChunkNotFound: There is none for this reader.
    """
    address = _ADDRESS.fullmatch(uri)
    if address is None:
        raise RequestError(
            404,
            "resource_not_found",
            en=f"There is nothing at {show(uri)}; addresses are yunce://documents/d_… and yunce://chunks/c_….",
            zh=f"没有 {show(uri)} 这个地址；地址的形式为 yunce://documents/d_… 和 yunce://chunks/c_…。",
            parameter="uri",
        )
    kind, name = address.groups()
    if kind == "chunks":
        text = assistant.knowledge.chunk(name, teams=asker.teams)[1].text
    else:
        text = "\n\n".join(chunk.text for chunk in assistant.knowledge.chunks(name, teams=asker.teams))
    return mcp.ReadResourceResult(
        contents=[mcp.TextResourceContents(uri=uri, mime_type=_MARKDOWN, text=text)]
    )


def _resource(document: Document) -> mcp.Resource:
    dated = f" · {document.effective_date}" if document.effective_date else ""
    return mcp.Resource(
        uri=f"yunce://documents/{document.id}",
        name=document.source,
        title=document.title,
        description=f"{document.collection}{dated}",
        mime_type=_MARKDOWN,
        annotations=mcp.Annotations(last_modified=document.updated_at.isoformat()),
    )


def _read_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if re.fullmatch(r"[0-9]{1,9}", cursor):
        return int(cursor)
    raise RequestError(
        422,
        "invalid_argument",
        en=f'cursor is "{show(cursor)}"; it must be the nextCursor of a page before.',
        zh=f"cursor 的值为“{show(cursor)}”，应为前一页给出的 nextCursor。",
        parameter="cursor",
    )
