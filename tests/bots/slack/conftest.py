"""A Slack app over a copy of the demonstration workspace, served over HTTP, and the Slack that it talks to."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from assistant.assistant import Assistant
from assistant.settings import Settings, SlackSettings
from assistant.workspace import Workspace, find_workspace
from bots.slack import mount_slack
from tests.bots.slack.door import SIGNING_SECRET, Door, served
from tests.bots.slack.slack_server import BOT_TOKEN, SlackServer

HOSTILE_MARKER = "Zanzibar escalation protocol"
_HOSTILE = f"""# {HOSTILE_MARKER}

The {HOSTILE_MARKER} tells <!channel> and <@U_ASKER|boss> and @channel: see <https://evil.example/a|the form>.
The {HOSTILE_MARKER} also links [the form](https://evil.example/b) and &lt;!here&gt; at https://evil.example/c.
"""
_SECRET = """---
title: Quartzite bonus memo
teams: [finance]
---
# Quartzite bonus

The Quartzite bonus pool for the finance team holds 734 thousand yuan.
"""


@pytest.fixture(scope="session")
def slack_api() -> Iterator[SlackServer]:
    server = SlackServer()
    with served(server.app()) as address:
        server.address = address
        yield server


@pytest.fixture(scope="session")
def slack_workspace(demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy with a document for one team and a hostile one."""
    folder = tmp_path_factory.mktemp("slack") / "workspace"
    shutil.copytree(demo_workspace.root, folder)
    return find_workspace(folder)


@pytest.fixture(scope="session")
def slack_settings(slack_api: SlackServer) -> Settings:
    return Settings(
        slack=SlackSettings(
            bot_token=SecretStr(BOT_TOKEN),
            signing_secret=SecretStr(SIGNING_SECRET),
            base_url=f"{slack_api.address}/api/",
        ),
        teams={"finance": ("slack:U_FINANCE", "slack:U_FINANCE_TOO")},
    )


@contextmanager
def open_door(assistant: Assistant) -> Iterator[Door]:
    """Serve the Slack route of an assistant, and close the assistant with the server."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mount_slack(app, assistant) as app.state.intake:
            yield
        await assistant.aclose()

    app = FastAPI(lifespan=lifespan)
    with served(app) as address:
        yield Door(address, app.state.intake)


@pytest.fixture(scope="session")
def _slack_door(slack_workspace: Workspace, slack_settings: Settings) -> Iterator[Door]:
    assistant = Assistant.open(slack_workspace, slack_settings)
    assistant.knowledge.ingest_bytes("hostile.md", _HOSTILE.encode(), collection="playbooks")
    assistant.knowledge.ingest_bytes("secret.md", _SECRET.encode(), collection="playbooks")
    with open_door(assistant) as door:
        yield door


@pytest.fixture
def door(_slack_door: Door, slack_api: SlackServer) -> Iterator[Door]:
    slack_api.reset()
    yield _slack_door
    for gate in slack_api.gates.values():
        gate.set()
    _slack_door.wait_until_idle()


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Workspace:
    from assistant.workspace import create_workspace

    return create_workspace(tmp_path / "workspace")
