"""`/v1/pins`: curated answers."""

from fastapi import APIRouter
from starlette.responses import Response

from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.curation_models import PinChange, PinList, PinRequest, PinView
from bots.api.uploads import check_teams
from bots.api.validation import read_changes

router = APIRouter(tags=["curation"], route_class=StrictRoute)


@router.get("/pins", summary="List curated answers")
def list_pins(assistant: TheAssistant, asker: Asker) -> PinList:
    """List the curated answers that the asker would get."""
    return PinList.model_validate({"pins": assistant.knowledge.curation.pins.all(teams=asker.teams)})


@router.post("/pins", status_code=201, summary="Pin an answer")
def add_pin(body: PinRequest, response: Response, assistant: TheAssistant, asker: Asker) -> PinView:
    """Pin an answer to a question; whoever asks it gets the answer, with its owner and date. Needs the role editor.

    Only the owner may give teams that they are not in.
    """
    asker.require_editor()
    check_teams(body.teams, asker)
    pin = assistant.knowledge.curation.pins.add(
        **body.model_dump(exclude={"owner"}),
        owner=body.owner or asker.label,
        by=asker.label,
        reader=asker.teams,
    )
    response.headers["Location"] = f"/v1/pins/{pin.id}"
    return PinView.model_validate(pin)


@router.get("/pins/{pin_id}", summary="Read a curated answer")
def read_pin(pin_id: str, assistant: TheAssistant, asker: Asker) -> PinView:
    """Return a curated answer with its phrasings."""
    return PinView.model_validate(assistant.knowledge.curation.pins.find(pin_id, teams=asker.teams))


@router.patch("/pins/{pin_id}", summary="Change a curated answer")
def change_pin(pin_id: str, body: PinChange, assistant: TheAssistant, asker: Asker) -> PinView:
    """Change what is given. Needs the role editor."""
    asker.require_editor()
    changes = read_changes(body, nullable=("review_by",))
    check_teams(changes.get("teams", ()), asker)
    pins = assistant.knowledge.curation.pins
    return PinView.model_validate(pins.edit(pin_id, by=asker.label, reader=asker.teams, **changes))


@router.delete("/pins/{pin_id}", status_code=204, summary="Remove a curated answer")
def remove_pin(pin_id: str, assistant: TheAssistant, asker: Asker) -> None:
    """Remove a curated answer; the question is answered from documents and data again. Needs the role editor."""
    asker.require_editor()
    assistant.knowledge.curation.pins.remove(pin_id, teams=asker.teams)
