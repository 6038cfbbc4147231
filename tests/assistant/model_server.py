"""A local server that plays an OpenAI-compatible chat model: it follows a script and records every request.

The stream is what the API sends: a chunk with the role, pieces of text or of tool-call arguments, a chunk with the
finish reason, usage where asked for, and [DONE].
"""

import asyncio
import json
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

MODEL = "scripted-1"
API_KEY = "sk-test-6d1f0b7c2e94"
#: How long a hanging reply hangs, at most; the server lets go of it sooner when it is released.
_LONGEST_HANG = 60


@dataclass(frozen=True)
class Call:
    """A tool call that the model makes; `raw` takes the place of the arguments' JSON."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    raw: str | None = None

    @property
    def json(self) -> str:
        return json.dumps(self.arguments, ensure_ascii=False) if self.raw is None else self.raw


@dataclass(frozen=True)
class Reply:
    """What the model does with one request.

    Attributes:
        text, calls: What it says, and the tools that it calls.
        piece: Characters per chunk.
        status, headers, error: An error in place of a reply.
        hang: "before" the headers, "first" before the first chunk, "middle" after half of the chunks.
        cut: "connection" breaks the connection half-way; "finish" ends the stream without a finish reason.
        finish: The finish reason; None takes the right one.
        body: Bytes to send as they are, in place of everything.
        whole: A reply in one piece of JSON though a stream was asked for.
        raw: Chunks to send as they are.
        uncounted: No usage, whatever is asked for.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    piece: int = 7
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "The server had an error."
    hang: str | None = None
    cut: str | None = None
    finish: str | None = None
    body: bytes | None = None
    whole: bool = False
    raw: tuple[dict[str, Any], ...] = ()
    uncounted: bool = False


Script = Reply | Callable[[dict[str, Any]], Reply]


@dataclass
class ModelServer:
    """The scripted model: replies are taken in turn, and the last one is repeated."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    #: What every request is refused for with status 400; None takes it.
    refusal: Callable[[dict[str, Any]], str | None] = lambda asked: None
    script: deque[Script] = field(default_factory=deque)
    address: str = ""
    _release: threading.Event = field(default_factory=threading.Event)
    _numbers: count = field(default_factory=lambda: count(1))

    @property
    def base_url(self) -> str:
        return f"{self.address}/v1"

    def play(self, *script: Script) -> None:
        """Forget what was, and follow this script."""
        self._release.set()
        self._release = threading.Event()
        self.requests.clear()
        self.headers.clear()
        self.paths.clear()
        self.refusal = lambda asked: None
        self.script = deque(script)

    def release(self) -> None:
        """Let go of what hangs."""
        self._release.set()

    def app(self) -> Starlette:
        paths = ("/v1/chat/completions", "/openai/deployments/{name}/chat/completions")
        return Starlette(routes=[Route(path, self._complete, methods=["POST"]) for path in paths])

    async def _complete(self, request: Request) -> Response:
        asked = await request.json()
        self.requests.append(asked)
        self.headers.append(dict(request.headers))
        self.paths.append(f"{request.url.path}?{request.url.query}")
        if reason := self.refusal(asked):
            return JSONResponse(
                {"error": {"message": reason, "type": "invalid_request_error"}}, status_code=400
            )
        step = self.script.popleft() if len(self.script) > 1 else self.script[0]
        reply = step(asked) if callable(step) else step
        if reply.hang == "before":
            await self._hang()
        if reply.body is not None:
            return Response(reply.body, media_type="text/event-stream")
        if reply.status != 200:
            error = {"message": reply.error, "type": "server_error", "param": None, "code": None}
            return JSONResponse({"error": error}, status_code=reply.status, headers=reply.headers)
        number = f"chatcmpl-{next(self._numbers)}"
        if reply.whole or not asked.get("stream"):
            return JSONResponse(whole_reply(reply, number))
        return StreamingResponse(self._stream(reply, number, asked), media_type="text/event-stream")

    async def _stream(self, reply: Reply, number: str, asked: dict[str, Any]) -> AsyncIterator[bytes]:
        if reply.hang == "first":
            await self._hang()
        chunks = list(reply.raw) or list(stream_chunks(reply, number))
        if not reply.uncounted and (asked.get("stream_options") or {}).get("include_usage"):
            chunks.append(_chunk(number, usage=_USAGE))
        for index, chunk in enumerate(chunks):
            if index == len(chunks) // 2:
                if reply.hang == "middle":
                    await self._hang()
                if reply.cut == "connection":
                    raise ConnectionAbortedError  # the server breaks the connection, with no last chunk
            yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
        yield b"data: [DONE]\n\n"

    async def _hang(self) -> None:
        release, deadline = self._release, time.monotonic() + _LONGEST_HANG
        while not release.is_set() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)


_USAGE = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}


def stream_chunks(reply: Reply, number: str) -> Iterator[dict[str, Any]]:
    """Yield the chunks of a streamed reply."""
    yield _chunk(number, {"role": "assistant", "content": "" if reply.text else None})
    for start in range(0, len(reply.text), reply.piece):
        yield _chunk(number, {"content": reply.text[start : start + reply.piece]})
    for index, call in enumerate(reply.calls):
        head = {"index": index, "id": f"call_{number[9:]}_{index}", "type": "function"}
        yield _chunk(number, {"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]})
        for start in range(0, len(call.json), reply.piece):
            piece = {"arguments": call.json[start : start + reply.piece]}
            yield _chunk(number, {"tool_calls": [{"index": index, "function": piece}]})
    if reply.cut != "finish":
        yield _chunk(number, {}, finish=_finish(reply))


def whole_reply(reply: Reply, number: str) -> dict[str, Any]:
    """Return a reply that is not streamed."""
    calls = [
        {
            "id": f"call_{number[9:]}_{i}",
            "type": "function",
            "function": {"name": c.name, "arguments": c.json},
        }
        for i, c in enumerate(reply.calls)
    ]
    message = {"role": "assistant", "content": reply.text or None} | ({"tool_calls": calls} if calls else {})
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(reply)}
    return _head(number, "chat.completion") | {"choices": [choice], "usage": _USAGE}


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _head(number: str, kind: str) -> dict[str, Any]:
    return {"id": number, "object": kind, "created": 1_790_000_000, "model": MODEL}


def _chunk(
    number: str,
    delta: dict[str, Any] | None = None,
    *,
    finish: str | None = None,
    usage: dict[str, int] | None = None,
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _head(number, "chat.completion.chunk") | {
        "choices": [] if delta is None else [choice],
        "usage": usage,
    }


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Serve a scripted model over HTTP in a thread."""
    model = ModelServer()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(model.app(), log_level="critical", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    model.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield model
    finally:
        model.release()
        server.should_exit = True
        thread.join(timeout=30)
        listener.close()
