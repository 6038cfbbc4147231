"""`/v1/conversations`: what the asker asked and was answered, shown, exported, deleted."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.conversation.book import Conversation, ConversationEntry
from assistant.conversation.export import export_markdown
from assistant.replay.book import MOST_LISTED
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.language import request_language
from bots.api.models import ResponseModel

router = APIRouter(tags=["ask"], route_class=StrictRoute)


class ConversationList(ResponseModel):
    """The asker's conversations, the latest first."""

    conversations: tuple[ConversationEntry, ...]


@router.get("/conversations", summary="List conversations")
def list_conversations(
    assistant: TheAssistant, asker: Asker, limit: Annotated[int, Query(ge=1, le=1_000)] = MOST_LISTED
) -> ConversationList:
    """List the asker's own conversations that are kept."""
    return ConversationList(conversations=tuple(assistant.conversations.list(principal=asker, limit=limit)))


@router.get("/conversations/{conversation_id}", summary="Read a conversation")
def read_conversation(conversation_id: str, assistant: TheAssistant, asker: Asker) -> Conversation:
    """Return the questions and answers of a conversation as it stands.

    An answer is null where it leans on what the asker may no longer see.
    """
    return assistant.conversations.show(conversation_id, principal=asker)


@router.get(
    "/conversations/{conversation_id}/export",
    summary="Export a conversation",
    response_model=Conversation,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def export_conversation(
    conversation_id: str,
    request: Request,
    assistant: TheAssistant,
    asker: Asker,
    format: Annotated[Literal["md", "json"], Query(description="Markdown or JSON.")] = "md",
) -> Response:
    """Return a conversation as a file: answers, figures with their definition cards, sources with their quotes."""
    conversation = assistant.conversations.show(conversation_id, principal=asker)
    name = {"Content-Disposition": f'attachment; filename="conversation.{format}"'}
    if format == "json":
        return JSONResponse(conversation.model_dump(mode="json"), headers=name)
    text = export_markdown(conversation, request_language(request))
    return Response(text, media_type="text/markdown; charset=utf-8", headers=name)


@router.delete("/conversations/{conversation_id}", status_code=204, summary="Delete a conversation")
def delete_conversation(conversation_id: str, assistant: TheAssistant, asker: Asker) -> None:
    """Delete one's own conversation with all its answers, those that were replaced among them; for good."""
    assistant.conversations.delete(conversation_id, principal=asker)
