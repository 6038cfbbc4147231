"""What comes in over HTTP: signatures, the challenge, and bodies that are no events."""

import json
import time

import pytest
from fastapi import FastAPI

from assistant.assistant import Assistant
from assistant.errors import SettingsError
from assistant.settings import Settings, SlackSettings
from assistant.workspace import Workspace
from bots.slack import EVENTS_PATH, mount_slack
from tests.bots.slack.door import SIGNING_SECRET, Door, event, sign
from tests.bots.slack.slack_server import SlackServer

_CHALLENGE = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1aB"}


def test_challenge_is_answered(door: Door) -> None:
    response = door.send(_CHALLENGE)
    assert response.status_code == 200
    assert response.json() == {"challenge": "3eZbrw1aB"}


@pytest.mark.parametrize(
    "changed",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": "v0=short"},
        {"x-slack-signature": ""},
        {"x-slack-request-timestamp": "yesterday"},
        {"x-slack-request-timestamp": "9" * 4000},
        {"x-slack-request-timestamp": ""},
    ],
)
def test_wrong_signature_is_refused(door: Door, slack_api: SlackServer, changed: dict[str, str]) -> None:
    payload = event("app_mention", "<@U0YUNCE> KOC?", channel="C_FORGED", user="U_ASKER")
    body = json.dumps(payload).encode()
    assert door.send_body(body, sign(body) | changed).status_code == 401
    assert door.send_body(json.dumps(_CHALLENGE).encode(), sign(body) | changed).status_code == 401
    assert slack_api.calls == []


def test_signature_of_another_secret_is_refused(door: Door) -> None:
    body = json.dumps(_CHALLENGE).encode()
    assert door.send_body(body, sign(body, secret=SIGNING_SECRET[::-1])).status_code == 401


def test_signature_of_another_body_is_refused(door: Door) -> None:
    body = json.dumps(_CHALLENGE).encode()
    assert door.send_body(body.replace(b"3eZ", b"4eZ"), sign(body)).status_code == 401


@pytest.mark.parametrize("age", [301, -400])
def test_old_signature_is_refused(door: Door, age: int) -> None:
    body = json.dumps(_CHALLENGE).encode()
    assert door.send_body(body, sign(body, timestamp=int(time.time()) - age)).status_code == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe{}", b"{}" * 2, b'"text"', b"null"])
def test_body_that_is_no_event_is_a_bad_request(door: Door, body: bytes) -> None:
    assert door.send_body(body, sign(body)).status_code in (400, 404)


def test_huge_body_is_refused(door: Door) -> None:
    body = b" " * 1_000_001
    assert door.send_body(body, sign(body)).status_code == 413


def has_route(app: FastAPI) -> bool:
    return EVENTS_PATH in {getattr(route, "path", None) for route in app.routes}


async def test_no_route_without_a_slack_app(empty_workspace: Workspace) -> None:
    app = FastAPI()
    assistant = Assistant.open(empty_workspace, Settings())
    async with mount_slack(app, assistant) as intake:
        assert intake is None
        assert not has_route(app)
    await assistant.aclose()


async def test_route_lasts_as_long_as_the_server(
    empty_workspace: Workspace, slack_settings: Settings
) -> None:
    app = FastAPI()
    assistant = Assistant.open(empty_workspace, slack_settings)
    for _ in range(2):
        async with mount_slack(app, assistant):
            assert has_route(app)
        assert not has_route(app)
    await assistant.aclose()


@pytest.mark.parametrize(
    ("slack", "missing"),
    [
        ({"bot_token": "xoxb-1"}, "YUNCE_SLACK__SIGNING_SECRET"),
        ({"signing_secret": "s"}, "YUNCE_SLACK__BOT_TOKEN"),
    ],
)
async def test_half_a_slack_app_is_refused(
    empty_workspace: Workspace, slack: dict[str, str], missing: str
) -> None:
    assistant = Assistant.open(empty_workspace, Settings(slack=SlackSettings.model_validate(slack)))
    with pytest.raises(SettingsError, match=missing):
        async with mount_slack(FastAPI(), assistant):
            pass
    await assistant.aclose()
