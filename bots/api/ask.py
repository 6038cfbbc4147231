"""`POST /v1/ask`."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from starlette.requests import Request
from starlette.responses import Response

from assistant.answer import Answer
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.language import settle_language
from bots.api.models import AskRequest
from bots.api.streaming import AskStream

router = APIRouter(tags=["ask"], route_class=StrictRoute)

_STREAM = """\
event: step
data: {"tool": "search_documents", "arguments": {"query": "…"}}

event: token
data: {"text": "…", "draft": 1}

event: answer
data: {"id": "a_…", "text": "…"}
"""
_EVENTS: dict[str, Any] = {
    "description": "An Answer, or the events `step`, `token`, `evidence`, `citation`, then `answer` or `error`. "
    "A token with a higher `draft` replaces the text before it; `answer` is always the whole Answer.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _STREAM}},
}


@router.post("/ask", response_model=Answer, responses={200: _EVENTS}, summary="Ask a question")
async def ask(
    body: AskRequest,
    request: Request,
    assistant: TheAssistant,
    asker: Asker,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Answer | Response:
    """Answer from the documents and data that the asker may see, with citations and evidence."""
    language = settle_language(request, asked=body.language, words=body.question)
    arguments: dict[str, Any] = {
        "principal": asker,
        "conversation": body.conversation_id,
        "language": body.language,
        "collections": body.collections,
        "replace": body.replace,
    }
    if body.stream or "text/event-stream" in accept.lower():
        return await AskStream.start(assistant.events(body.question, **arguments), language)
    return await assistant.ask(body.question, **arguments)
