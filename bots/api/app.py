"""The HTTP API as an ASGI application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from assistant.assistant import Assistant
from assistant.errors import EXPECTED_ERRORS
from assistant.workspace import Workspace
from bots.api import (
    answers,
    ask,
    conversations,
    curation,
    documents,
    health,
    jobs,
    metrics,
    open_questions,
    pins,
    plans,
    search,
)
from bots.api.access import AccessGate
from bots.api.bodies import BodyLimit
from bots.api.jobs import JobRegistry
from bots.api.openapi import describe_api
from bots.api.problems import problem_response
from bots.api.safety import SafetyNet
from bots.api.upkeep import upkeep
from bots.api.validation import refuse_invalid, refuse_unknown
from bots.mcp import mount_mcp
from bots.slack import mount_slack

_DESCRIPTION = """\
An operations analyst that cites its sources and shows its numbers. 引用来源、给出数据的运营分析助手。

Errors are problem documents (RFC 9457) with a stable `code`, in the language of the question, of the field
`language`, or of Accept-Language.
"""


def create_app(source: Workspace | Callable[[], Assistant], *, network: bool = False) -> FastAPI:
    """Build the application.

    Args:
        source: The workspace to serve, or what opens its assistant; it is opened when the server starts.
        network: Whether others than this machine can reach it; then every request needs a key.

    Returns:
        The application, with the documentation at /docs.
    """
    opener = partial(Assistant.open, source) if isinstance(source, Workspace) else source
    app = FastAPIOffline(
        title="Yunce 运策",
        version=version("yunce"),
        description=_DESCRIPTION,
        lifespan=partial(_lifespan, opener),
        middleware=[Middleware(SafetyNet), Middleware(AccessGate, network=network), Middleware(BodyLimit)],
    )
    _handle_errors(app)
    _include_routes(app)
    app.openapi = partial(describe_api, app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(opener: Callable[[], Assistant], app: FastAPI) -> AsyncIterator[None]:
    assistant = opener()
    app.state.assistant, app.state.jobs = assistant, JobRegistry()
    try:
        async with (
            upkeep(assistant),
            mount_slack(app, assistant) as app.state.intake,
            mount_mcp(app, assistant),
        ):
            yield
    finally:
        await app.state.jobs.aclose()
        await assistant.aclose()


def _handle_errors(app: FastAPI) -> None:
    handlers: dict[Any, Any] = {RequestValidationError: refuse_invalid, HTTPException: refuse_unknown}
    handlers |= dict.fromkeys(EXPECTED_ERRORS, _refuse_expected)
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _refuse_expected(request: Request, error: Exception) -> Response:
    return problem_response(request, error)


def _include_routes(app: FastAPI) -> None:
    v1 = APIRouter(prefix="/v1")
    asked = (ask, answers, conversations, search, metrics, plans)
    for room in (*asked, documents, curation, jobs, pins, open_questions):
        v1.include_router(room.router)
    app.include_router(v1)
    app.include_router(health.router)
