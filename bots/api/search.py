"""`GET /v1/search`."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from assistant.access import Principal
from assistant.assistant import Assistant
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import check_text
from bots.api.models import SearchHit, SearchRequest, SearchResponse
from knowledge.errors import InvalidQuery

router = APIRouter(tags=["documents"])


@router.get("/search", summary="Find passages")
def search(asked: Annotated[SearchRequest, Query()], assistant: TheAssistant, asker: Asker) -> SearchResponse:
    """Find the passages that an answer to the same question would be drawn from."""
    query = check_text(asked.q, "q")
    try:
        return find_passages(assistant, asker, query, limit=asked.limit, collections=asked.collection)
    except InvalidQuery as error:
        error.parameter = "q"  # the name that it has here
        raise


def find_passages(
    assistant: Assistant, asker: Principal, query: str, *, limit: int, collections: Sequence[str] | None
) -> SearchResponse:
    """Find the passages that the asker may read. Raises InvalidQuery."""
    found = assistant.knowledge.find(query, teams=asker.teams, limit=limit, collections=collections)
    return SearchResponse(
        results=tuple(SearchHit.of(result) for result in found.results),
        answerable=found.answerable,
        likelihood=found.likelihood,
    )
