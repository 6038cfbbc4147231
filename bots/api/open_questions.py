"""`/v1/questions`: what was asked and nothing answered."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from assistant.access import Principal
from assistant.assistant import Assistant
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.curation_models import QuestionChange, QuestionList, QuestionView
from bots.api.validation import read_changes
from knowledge import DocumentNotFound
from knowledge.curation.questions import QuestionGroup

router = APIRouter(tags=["curation"], route_class=StrictRoute)
State = Annotated[Literal["open", "answered", "dismissed", "all"], Query()]


@router.get("/questions", summary="List unanswered questions")
def list_questions(assistant: TheAssistant, asker: Asker, state: State = "open") -> QuestionList:
    """List the questions of the asker's teams that nothing answered, grouped by meaning, the most asked first."""
    wanted = None if state == "all" else state
    groups = assistant.knowledge.questions.groups(teams=asker.teams, state=wanted)
    return QuestionList(questions=tuple(_view(group, assistant, asker) for group in groups))


@router.get("/questions/{question_id}", summary="Read an unanswered question")
def read_question(question_id: str, assistant: TheAssistant, asker: Asker) -> QuestionView:
    """Return a group of questions that mean the same."""
    return _view(assistant.knowledge.questions.find(question_id, teams=asker.teams), assistant, asker)


@router.patch("/questions/{question_id}", summary="Assign, dismiss or reopen a question")
def change_question(
    question_id: str, body: QuestionChange, assistant: TheAssistant, asker: Asker
) -> QuestionView:
    """Say who looks after it, close it without an answer, or open it again. Needs the role editor."""
    asker.require_editor()
    questions = assistant.knowledge.questions
    if "owner" in read_changes(body, nullable=("owner",)):
        questions.assign(question_id, body.owner, teams=asker.teams)
    if body.state == "dismissed":
        questions.dismiss(question_id, teams=asker.teams, by=asker.label)
    elif body.state == "open":
        questions.reopen(question_id, teams=asker.teams)
    return _view(questions.find(question_id, teams=asker.teams), assistant, asker)


def _view(group: QuestionGroup, assistant: Assistant, asker: Principal) -> QuestionView:
    """Return a group; a document that answered other people is not told to those who may not see it."""
    view = QuestionView.model_validate(group)
    if group.document_id is None:
        return view
    try:
        assistant.knowledge.document(group.document_id, teams=asker.teams)
    except DocumentNotFound:
        return view.model_copy(update={"document_id": None})
    return view
