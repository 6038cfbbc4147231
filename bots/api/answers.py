"""`/v1/answers`: earlier answers, as they were given or replayed on what is now."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from assistant.answer import Answer
from assistant.replay.book import MOST_LISTED, AnswerEntry
from assistant.replay.findings import Replay
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.models import ResponseModel

router = APIRouter(tags=["ask"], route_class=StrictRoute)


class AnswerList(ResponseModel):
    """The asker's answers, the newest first."""

    answers: tuple[AnswerEntry, ...]


class AnswerView(ResponseModel):
    """An answer as it was given."""

    asked_at: datetime
    answer: Answer


@router.get("/answers", summary="List answers")
def list_answers(
    assistant: TheAssistant, asker: Asker, limit: Annotated[int, Query(ge=1, le=1_000)] = MOST_LISTED
) -> AnswerList:
    """List the answers that the asker was given and that are kept; the owner at this machine sees everyone's."""
    return AnswerList(answers=tuple(assistant.answers.list(principal=asker, limit=limit)))


@router.get("/answers/{answer_id}", summary="Read an answer")
def read_answer(answer_id: str, assistant: TheAssistant, asker: Asker) -> AnswerView:
    """Return an answer as it was given, while the asker may see all that it leans on."""
    return AnswerView.model_validate(assistant.answers.show(answer_id, principal=asker))


@router.post("/answers/{answer_id}/replay", summary="Replay an answer")
async def replay_answer(answer_id: str, assistant: TheAssistant, asker: Asker) -> Replay:
    """Measure its figures again and look its citations up: what changed since, and why."""
    return await assistant.replay(answer_id, principal=asker)
