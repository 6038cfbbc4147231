"""Request bodies: strict JSON of plain text and finite numbers, and no more bytes than a route takes."""

import json
import math
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.api.language import settle_by_body
from bots.api.problems import RequestError, problem_response
from tools.errors import show

JSON_LIMIT = 1024 * 1024
DOCUMENT_LIMIT = 25 * 1024 * 1024


class StrictRoute(APIRoute):
    """A route whose JSON bodies hold only what every later stage can carry."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler so that it reads bodies strictly."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return handle


class StrictRequest(Request):
    """A request whose JSON is checked before anything else sees it."""

    async def json(self) -> Any:
        """Return the body's JSON.

        Raises:
            RequestError: It is not JSON, or holds NaN, infinity, NUL or half a surrogate pair.
        """
        body = await self.body()
        try:
            value = json.loads(body, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise _invalid_json(where, f"第 {error.lineno} 行第 {error.colno} 列") from error
        except UnicodeDecodeError as error:
            raise _invalid_json("it is not UTF-8", "不是 UTF-8 编码") from error
        except RecursionError as error:
            raise _invalid_json("it is nested too deeply", "嵌套过深") from error
        except ValueError as error:
            raise _invalid_json("it has a number that cannot be used", "含有无法使用的数字") from error
        settle_by_body(self, value)
        check_value(value)
        return value


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _invalid_json(en: str, zh: str) -> RequestError:
    return RequestError(
        400, "invalid_json", en=f"The body is not valid JSON: {en}.", zh=f"请求体不是有效的 JSON:{zh}。"
    )


def check_value(body: Any) -> None:
    """Look through a JSON value, without recursion since the nesting is the caller's.

    Raises:
        RequestError: It holds NaN, infinity, NUL or half a surrogate pair.
    """
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            check_text(value, name)
        elif isinstance(value, float) and not math.isfinite(value):
            raise _invalid_json("it has a number that cannot be used", "含有无法使用的数字")
        elif isinstance(value, list):
            waiting += [(name, item) for item in value]
        elif isinstance(value, dict):
            waiting += [(name or str(key), item) for key, item in value.items()]
            waiting += [(name or str(key), key) for key in value]


def check_text(text: str, parameter: str) -> str:
    """Return text that is text.

    Raises:
        RequestError: It holds the character NUL or half a surrogate pair.
    """
    wrong = next((c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"), None)
    if wrong is None:
        return text
    name, character = show(parameter) or "body", f"U+{ord(wrong):04X}"
    raise RequestError(
        422,
        "invalid_text",
        en=f'{name} holds {character}, which is not a character of text: "{show(text)}". Remove it.',
        zh=f"{name} 含有 {character}，它不是文字字符：“{show(text)}”。请将其去掉。",
        parameter=name,
    )


class BodyLimit:
    """Middleware that counts a body's bytes as they come and refuses the rest."""

    def __init__(
        self, app: ASGIApp, *, json_limit: int = JSON_LIMIT, document_limit: int = DOCUMENT_LIMIT
    ) -> None:
        self._app = app
        self._json_limit = json_limit
        self._document_limit = document_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a receive that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        limit = self._document_limit if scope["path"].startswith("/v1/documents") else self._json_limit
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding != "identity":  # nothing here unpacks bodies: what is small packed may be huge
            await problem_response(request, _encoded(encoding))(scope, receive, send)
            return
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            await problem_response(request, _too_large(limit))(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


def _encoded(encoding: str) -> RequestError:
    shown = show(encoding)
    return RequestError(
        415,
        "unsupported_encoding",
        en=f"The body comes with Content-Encoding {shown}; send it as it is.",
        zh=f"请求体使用了 Content-Encoding {shown}；请不要压缩，直接发送。",
        headers={"Connection": "close"},
    )


def _too_large(limit: int) -> RequestError:
    shown = f"{limit / 1024 / 1024:g} MB"
    return RequestError(
        413,
        "body_too_large",
        en=f"The request is larger than {shown}, the most that is taken here.",
        zh=f"请求内容超过 {shown}，这是此处的上限。",
        headers={"Connection": "close"},
    )
