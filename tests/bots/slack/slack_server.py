"""A local server that plays Slack's Web API: it records every call and can be told to fail or to wait."""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

BOT_USER = "U0YUNCE"
BOT_TOKEN = "xoxb-test-4f1c9a"


@dataclass(frozen=True)
class Call:
    """One call of a method, with its arguments from wherever they were sent."""

    method: str
    arguments: dict[str, Any]
    authorization: str

    @property
    def shown(self) -> str:
        """Everything that people could read, as one text."""
        return json.dumps([self.arguments.get("text"), self.arguments.get("blocks")], ensure_ascii=False)


@dataclass
class SlackServer:
    """The state of the pretended workspace."""

    calls: list[Call] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    failures: dict[str, deque[Response | None]] = field(default_factory=lambda: defaultdict(deque))
    gates: dict[str, threading.Event] = field(default_factory=dict)
    address: str = ""
    _numbers: count = field(default_factory=lambda: count(1))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/{method}", self._method, methods=["GET", "POST"]),
                Route("/upload/{file_id}", self._upload, methods=["POST"]),
            ]
        )

    def reset(self) -> None:
        for gate in self.gates.values():
            gate.set()
        for state in (self.calls, self.members, self.uploads, self.failures, self.gates):
            state.clear()

    def fail(self, method: str, *responses: Response | None) -> None:
        """Answer the next calls of a method with these responses; None lets one call succeed."""
        self.failures[method].extend(responses)

    def hold(self, method: str) -> threading.Event:
        """Let calls of a method wait until the event is set."""
        self.gates[method] = threading.Event()
        return self.gates[method]

    def named(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def wait_for(self, condition: Callable[[], Any], *, seconds: float = 90) -> Any:
        """Return what the condition returns once that is true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(0.02)
        raise AssertionError(f"this did not happen; Slack was called: {[call.method for call in self.calls]}")

    def answer(self, channel: str, *, seconds: float = 90) -> Call:
        """Wait for the message that takes the place of the placeholder in a channel."""
        return self.wait_for(
            lambda: next((c for c in self.named("chat.update") if c.arguments["channel"] == channel), None),
            seconds=seconds,
        )

    async def _method(self, request: Request) -> Response:
        method = request.path_params["method"]
        arguments = dict(request.query_params)
        if "json" in request.headers.get("content-type", ""):
            arguments |= await request.json()
        else:
            arguments |= {key: str(value) for key, value in (await request.form()).items()}
        for name in ("blocks", "files"):
            if isinstance(arguments.get(name), str):
                arguments[name] = json.loads(arguments[name])
        self.calls.append(Call(method, arguments, request.headers.get("authorization", "")))
        if gate := self.gates.get(method):
            await run_in_threadpool(gate.wait, 60)
        if self.failures[method] and (failure := self.failures[method].popleft()):
            return failure
        return JSONResponse({"ok": True, **self._reply(method, arguments)})

    def _reply(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        match method:
            case "auth.test":
                return {
                    "user_id": BOT_USER,
                    "bot_id": "B0YUNCE",
                    "team_id": "T1",
                    "user": "yunce",
                    "team": "t",
                }
            case "chat.postMessage" | "chat.update":
                return {
                    "channel": arguments["channel"],
                    "ts": arguments.get("ts") or f"1790000000.{number:06}",
                }
            case "conversations.members":
                return self._page(arguments)
            case "files.getUploadURLExternal":
                return {"file_id": f"F{number}", "upload_url": f"{self.address}/upload/F{number}"}
            case "files.completeUploadExternal":
                return {"files": arguments["files"]}
        raise AssertionError(f"unexpected method {method}")

    def _page(self, arguments: dict[str, Any]) -> dict[str, Any]:
        start, limit = int(arguments.get("cursor") or 0), int(arguments["limit"])
        members = self.members.get(arguments["channel"], [])
        more = str(start + limit) if start + limit < len(members) else ""
        return {"members": members[start : start + limit], "response_metadata": {"next_cursor": more}}

    async def _upload(self, request: Request) -> Response:
        if self.failures["upload"] and (failure := self.failures["upload"].popleft()):
            return failure
        self.uploads[request.path_params["file_id"]] = await request.body()
        return PlainTextResponse("OK")


def refusal(error: str) -> Response:
    """Return how Slack says no."""
    return JSONResponse({"ok": False, "error": error})


def rate_limit(seconds: int = 0) -> Response:
    """Return how Slack says: later."""
    return JSONResponse(
        {"ok": False, "error": "ratelimited"}, status_code=429, headers={"Retry-After": str(seconds)}
    )
