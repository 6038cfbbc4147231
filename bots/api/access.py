"""Who may come in: the owner at this machine, or whoever holds a key of the workspace."""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access import OWNER, Principal
from assistant.assistant import Assistant
from assistant.errors import AccessDenied
from bots.api.problems import RequestError, problem_response

#: Answered without a key: they hold nothing of the workspace. Slack signs its requests instead.
_PUBLIC = ("/healthz", "/slack/events", "/docs", "/redoc", "/openapi.json", "/static-offline-docs/")
#: A proxy's headers mean that the caller is not at this machine, whatever its address looks like.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class AccessGate:
    """Middleware that settles who asks before a byte of the body is read."""

    def __init__(self, app: ASGIApp, *, network: bool) -> None:
        self._app = app
        self._network = network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its principal, or refuse it."""
        if scope["type"] != "http" or _is_public(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            request.state.principal = await self._admit(request)
        except RequestError as error:
            await problem_response(request, error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admit(self, request: Request) -> Principal:
        assistant: Assistant = request.app.state.assistant
        authorization = request.headers.get("authorization")
        if authorization is not None:
            return await run_in_threadpool(_principal_of, assistant, authorization)
        keys = await run_in_threadpool(assistant.keys.list)
        if self._network or keys:
            raise _unauthenticated(
                en="An API key is needed: send the header Authorization: Bearer yk_…",
                zh="需要 API 密钥：请发送请求头 Authorization: Bearer yk_…",
            )
        _check_local(request)
        return OWNER


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only mean this machine.

    >>> [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "yunce.example", "")]
    [True, True, True, False, False, False]
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_public(path: str) -> bool:
    return path == "/" or any(path == p or path.startswith(p.rstrip("/") + "/") for p in _PUBLIC)


def _principal_of(assistant: Assistant, authorization: str) -> Principal:
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _unauthenticated(
            en="The Authorization header must read: Bearer yk_…",
            zh="Authorization 请求头的格式应为：Bearer yk_…",
        )
    try:
        return assistant.keys.principal(key.strip())
    except AccessDenied as error:
        raise _unauthenticated(
            en=error.en, zh=error.zh, challenge='Bearer realm="yunce", error="invalid_token"'
        ) from None


def _unauthenticated(*, en: str, zh: str, challenge: str = 'Bearer realm="yunce"') -> RequestError:
    return RequestError(401, "access_denied", en=en, zh=zh, headers={"WWW-Authenticate": challenge})


def _check_local(request: Request) -> None:
    """Refuse web pages that reach for this machine: by a name that resolves to it, or across sites.

    Without keys whoever reaches this address is the owner, so a browser must have been pointed here by a person.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    client = request.client.host if request.client else "127.0.0.1"
    forwarded = any(name in request.headers for name in _FORWARDED)
    if not is_loopback(urlsplit(f"//{host}").hostname or "") or not is_loopback(client) or forwarded:
        raise RequestError(
            403,
            "foreign_host",
            en="Without API keys this is only answered at localhost. Make a key with: yunce keys create NAME",
            zh="没有 API 密钥时仅接受来自 localhost 的请求。可用 yunce keys create 名称 创建密钥。",
        )
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise RequestError(
            403,
            "foreign_origin",
            en="Without API keys, requests from other web pages are refused.",
            zh="没有 API 密钥时，不接受来自其他网页的请求。",
        )


def _assistant(request: Request) -> Assistant:
    assistant: Assistant = request.app.state.assistant
    return assistant


def _asker(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


#: Parameters of a route: the assistant, and whom it is asked by.
TheAssistant = Annotated[Assistant, Depends(_assistant)]
Asker = Annotated[Principal, Depends(_asker)]
