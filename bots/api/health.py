"""`/healthz`, `/readyz` and the way from `/` to the documentation."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from bots.api.access import TheAssistant
from bots.api.models import Health
from bots.api.problems import RequestError

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the server up")
async def check_health() -> Health:
    """Answer that the server answers."""
    return Health()


@router.get("/readyz", summary="Can it answer questions")
def check_readiness(assistant: TheAssistant) -> Health:
    """Look for known passages by both indexes; 503 with the reason where they are not found."""
    health = assistant.knowledge.probe()
    if not health.ok:
        raise RequestError(503, "index_damaged", en=health.detail.en, zh=health.detail.zh)
    return Health()


@router.get("/", include_in_schema=False)
async def redirect() -> RedirectResponse:
    """Lead a person to the documentation."""
    return RedirectResponse("/docs")
