"""`GET /v1/search`."""

from typing import Annotated

from fastapi import APIRouter, Query

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
        found = assistant.knowledge.find(
            query, teams=asker.teams, limit=asked.limit, collections=asked.collection
        )
    except InvalidQuery as error:
        error.parameter = "q"  # the name that it has here
        raise
    return SearchResponse(
        results=tuple(SearchHit.of(result) for result in found.results),
        answerable=found.answerable,
        likelihood=found.likelihood,
    )
