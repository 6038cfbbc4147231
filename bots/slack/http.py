"""The address that Slack sends events to, as a route of the HTTP server."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response

from assistant.assistant import Assistant
from bots.slack.app import create_intake, create_slack_app
from bots.slack.client import create_client
from bots.slack.intake import Intake
from bots.slack.notices import Notifier

EVENTS_PATH = "/slack/events"
#: Slack's events are some kilobytes; a message holds 40,000 characters.
_LARGEST_BODY = 1_000_000
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


@asynccontextmanager
async def mount_slack(app: FastAPI, assistant: Assistant) -> AsyncIterator[Intake | None]:
    """Serve `POST /slack/events` within the lifespan of a server, if the settings have a Slack app.

    Those whose question a document answers later are told in their thread. At the end the answers that are still worked on are waited for, so close the assistant after this. The route
    checks Slack's signature itself: exempt it from API keys.

    Raises:
        SettingsError: One of the bot token and the signing secret is set without the other.
    """
    settings = assistant.settings.slack
    if settings.bot_token is None and settings.signing_secret is None:
        yield None
        return
    intake = create_intake(assistant, settings)
    slack = create_slack_app(assistant, settings, intake=intake)

    async def receive_event(request: Request) -> Response:
        return await handle_event(slack, request)

    telling = asyncio.create_task(Notifier(assistant, create_client(settings)).run())
    app.add_api_route(EVENTS_PATH, receive_event, methods=["POST"], include_in_schema=False)
    route = app.router.routes[-1]
    try:
        yield intake
    finally:
        app.router.routes.remove(route)
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        await intake.close()


async def handle_event(slack: AsyncApp, request: Request) -> Response:
    """Check the form of a request and let the Bolt app check its signature and dispatch it."""
    if not _TIMESTAMP.fullmatch(request.headers.get("x-slack-request-timestamp", "")):
        return Response(status_code=401)
    if not _SIGNATURE.fullmatch(request.headers.get("x-slack-signature", "")):
        return Response(status_code=401)
    body = await _read_body(request)
    if body is None:
        return Response(status_code=413)
    try:
        event = to_async_bolt_request(request, body)
    except (ValueError, AttributeError):  # not UTF-8, not JSON, or not an object
        return Response(status_code=400)
    return to_starlette_response(await slack.async_dispatch(event))


async def _read_body(request: Request) -> bytes | None:
    """Read the body; None if it is larger than any event."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_BODY:
            return None
    return bytes(body)
