"""`/v1/tactics` and `/v1/plans`: what to do about it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from assistant.language import asker_language
from assistant.planning.export import plan_markdown
from assistant.planning.plans import Plan, PlanRequest
from bots.api.access import Asker, TheAssistant
from bots.api.bodies import StrictRoute
from bots.api.language import settle_language
from bots.api.models import TacticsRequest, TacticsResponse

router = APIRouter(tags=["plans"], route_class=StrictRoute)


class PlanList(BaseModel):
    """The plans that the asker may see, newest first."""

    plans: tuple[Plan, ...]


@router.post("/tactics", summary="Suggest tactics")
async def suggest_tactics(
    body: TacticsRequest, request: Request, assistant: TheAssistant, asker: Asker
) -> TacticsResponse:
    """Diagnose the weak stage (or take the one asked for) and rank the tactic cards that fit."""
    language = settle_language(request, asked=body.language, words=body.query)
    advice, turn = await assistant.suggest_tactics(
        principal=asker, stage=body.stage, query=body.query, language=language
    )
    shown = {suggestion.marker for suggestion in advice.suggestions}
    return TacticsResponse(
        **dict(advice),
        language=language,
        citations=tuple(p.cite(p.marker, p.text) for p in turn.passages.values() if p.marker in shown),
        evidence=tuple(turn.evidence.values()),
    )


@router.post("/plans", status_code=201, summary="Draft a plan")
async def draft_plan(
    body: PlanRequest, request: Request, response: Response, assistant: TheAssistant, asker: Asker
) -> Plan:
    """Draft a plan from the data and the playbooks, and keep it as the asker's draft. Needs the role editor.

    The objective's language is the plan's unless `language` is given.
    """
    if "language" not in body.model_fields_set:
        body = body.model_copy(update={"language": asker_language(body.objective)})
    settle_language(request, asked=body.language)
    asker.require_editor()
    plan = await assistant.draft_plan(body, principal=asker)
    response.headers["Location"] = f"/v1/plans/{plan.id}"
    return plan


@router.get("/plans", summary="List plans")
def list_plans(assistant: TheAssistant, asker: Asker) -> PlanList:
    """List the asker's plans, newest first; the owner sees everyone's."""
    return PlanList(plans=tuple(assistant.plans.list(principal=asker)))


@router.get("/plans/{plan_id}", summary="Read a plan")
def read_plan(plan_id: str, assistant: TheAssistant, asker: Asker) -> Plan:
    """Return a plan with its evidence and citations."""
    return assistant.plans.find(plan_id, principal=asker)


@router.get(
    "/plans/{plan_id}/export",
    summary="Export a plan",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def export_plan(
    plan_id: str,
    assistant: TheAssistant,
    asker: Asker,
    form: Annotated[Literal["md"], Query(alias="format", description="md: Markdown.")] = "md",
) -> Response:
    """Return a plan as a document."""
    plan = assistant.plans.find(plan_id, principal=asker)
    name = f'attachment; filename="{plan.id}.{form}"'
    return Response(plan_markdown(plan), media_type="text/markdown", headers={"Content-Disposition": name})
