"""`/slack/events`: the address that Slack sends events to, where the settings have a Slack app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from assistant.assistant import Assistant

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

router = APIRouter(include_in_schema=False)


@asynccontextmanager
async def connect(assistant: Assistant) -> AsyncIterator["AsyncApp | None"]:
    """Give the Slack app of the settings, or None; at the end, wait for the answers it still works on.

    Raises:
        SettingsError: One of the bot token and the signing secret is set without the other.
    """
    settings = assistant.settings.slack
    if settings.bot_token is None and settings.signing_secret is None:
        yield None
        return
    from bots.slack.app import create_intake, create_slack_app

    intake = create_intake(assistant, settings)
    try:
        yield create_slack_app(assistant, settings, intake=intake)
    finally:
        await intake.close()


@router.post("/slack/events")
async def receive_event(request: Request) -> Response:
    """Hand an event to the Slack app, which checks its signature."""
    slack: AsyncApp | None = request.app.state.slack
    if slack is None:
        raise HTTPException(404)
    from bots.slack.http import handle_event

    return await handle_event(slack, request)
