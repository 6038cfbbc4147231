"""The outermost layer: what nobody expected, and the headers that every response carries."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.api.problems import problem_response


class SafetyNet:
    """Middleware that turns an unexpected error into a problem document with an id, and logs it under that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                if scope["path"].startswith(("/v1/", "/mcp")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except Exception as error:
            if started:
                raise  # too late for another answer: the server logs it and cuts the connection
            await problem_response(Request(scope), error)(scope, receive, send_safely)
