"""MCP over streamable HTTP, as a route of the HTTP server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.routing import Route

from assistant.assistant import Assistant

if TYPE_CHECKING:
    from bots.mcp.offers import Offer
    from bots.mcp.server import Caller

MCP_PATH = "/mcp"


@asynccontextmanager
async def mount_mcp(
    app: FastAPI, assistant: Assistant, offers: "Mapping[str, Offer] | None" = None
) -> AsyncIterator[None]:
    """Serve `POST /mcp` within the lifespan of a server; the tools are `offers`, by default all of the workspace.

    The access gate in front of it has settled who asks, by key, host and origin, as for every other route. Each
    request stands by itself: no session outlives it that another key could take up.
    """
    from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings

    from bots.mcp.server import build_server

    manager = StreamableHTTPSessionManager(
        build_server(assistant, _identify, offers),
        stateless=True,
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    route = Route(MCP_PATH, StreamableHTTPASGIApp(manager), methods=["POST"], include_in_schema=False)
    app.router.routes.append(route)
    try:
        async with manager.run():
            yield
    finally:
        app.router.routes.remove(route)


def _identify(context: Any) -> "Caller":
    from bots.api.language import request_language
    from bots.mcp.server import Caller

    request = context.request
    return Caller(request.state.principal, request_language(request))
