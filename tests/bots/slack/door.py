"""Yunce's own server with its Slack route, and a Slack that sends it signed events."""

import hashlib
import hmac
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from bots.slack.intake import Intake
from tests.bots.slack.slack_server import BOT_USER

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
_numbers = itertools.count(1)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an ASGI application over HTTP in a thread; give its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()


def sign(body: bytes, *, timestamp: int | None = None, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """Return the headers with which Slack signs a request."""
    timestamp = timestamp or int(time.time())
    digest = hmac.new(secret.encode(), b"v0:%d:%b" % (timestamp, body), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-slack-request-timestamp": str(timestamp),
        "x-slack-signature": f"v0={digest}",
    }


@dataclass(frozen=True)
class Door:
    """The door as Slack sees it."""

    address: str
    intake: Intake

    def wait_until_idle(self) -> None:
        """Wait until every question was answered."""
        deadline = time.monotonic() + 60
        while self.intake.open_questions and time.monotonic() < deadline:
            time.sleep(0.01)

    def send(self, payload: dict[str, Any], *, headers: dict[str, str] | None = None) -> httpx.Response:
        body = json.dumps(payload).encode()
        return self.send_body(body, headers or sign(body))

    def send_body(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(f"{self.address}/slack/events", content=body, headers=headers, timeout=30)

    def mention(self, text: str, *, channel: str, user: str = "U_ASKER", **fields: Any) -> dict[str, Any]:
        """Mention the app in a channel; return the event that was sent."""
        return self.deliver(
            event("app_mention", f"<@{BOT_USER}> {text}", channel=channel, user=user, **fields)
        )

    def direct_message(self, text: str, *, user: str = "U_ASKER", **fields: Any) -> dict[str, Any]:
        """Write to the app directly; return the event that was sent."""
        fields = {"channel": f"D_{user}", "channel_type": "im", **fields}
        return self.deliver(event("message", text, user=user, **fields))

    def deliver(self, payload: dict[str, Any]) -> dict[str, Any]:
        response = self.send(payload)
        assert (response.status_code, response.text) == (200, "")
        return payload


def event(kind: str, text: str, **fields: Any) -> dict[str, Any]:
    """Return an event callback as Slack sends it."""
    number = next(_numbers)
    body = {"type": kind, "text": text, "ts": f"1780000000.{number:06}", **fields}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event_id": f"Ev{number:08}",
        "event_time": 1780000000,
        "event": body,
    }
