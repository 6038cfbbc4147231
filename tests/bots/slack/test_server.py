"""The whole server, reachable from outside: everything but the events of Slack needs a key."""

import json

import httpx

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.workspace import Workspace
from bots.api import create_app
from tests.bots.slack.door import event, served, sign
from tests.bots.slack.slack_server import SlackServer


def test_events_need_a_signature_and_no_key(
    slack_workspace: Workspace, slack_settings: Settings, slack_api: SlackServer
) -> None:
    slack_api.reset()
    body = json.dumps(
        event("message", "什么是 KOC?", channel="D_KEY", channel_type="im", user="U_KEY")
    ).encode()
    app = create_app(lambda: Assistant.open(slack_workspace, slack_settings), network=True)
    with served(app) as address:
        assert httpx.get(f"{address}/v1/metrics").status_code == 401
        assert httpx.post(f"{address}/slack/events", content=body).status_code == 401
        assert httpx.post(f"{address}/slack/events", content=body, headers=sign(body)).status_code == 200
    assert "KOC" in slack_api.answer("D_KEY").shown
