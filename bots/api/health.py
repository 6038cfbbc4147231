"""`/healthz`, `/readyz` and the way from `/` to the documentation."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse

from bots.api.access import TheAssistant
from bots.api.language import request_language
from bots.api.models import Health

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the server up", response_model_exclude_none=True)
async def check_health() -> Health:
    """Answer that the server answers."""
    return Health()


@router.get("/readyz", summary="Can it answer questions", response_model_exclude_none=True)
def check_readiness(assistant: TheAssistant, request: Request) -> Health:
    """Tell whether questions are answered; degraded, with the reason, where an index is damaged or being rebuilt.

    Search goes on meanwhile, and finds the same. Without the catalogue it cannot: 503.
    """
    health = assistant.knowledge.recovery.health
    if health.ok:
        return Health()
    return Health(status="degraded", detail=health.detail.in_language(request_language(request)))


@router.get("/", include_in_schema=False)
async def redirect() -> RedirectResponse:
    """Lead a person to the documentation."""
    return RedirectResponse("/docs")
