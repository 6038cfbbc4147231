"""What goes wrong is told in one sentence, and an answer is not lost with it."""

import re

import pytest
from starlette.responses import PlainTextResponse

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.workspace import Workspace
from bots.slack import phrases
from tests.bots.slack.conftest import open_door
from tests.bots.slack.door import Door
from tests.bots.slack.slack_server import BOT_TOKEN, SlackServer, rate_limit, refusal

_CHARTED = "Why did day-1 retention fall last week?"


class FaultyAssistant(Assistant):
    """An assistant with a defect."""

    async def ask(self, question: str, **_: object) -> Answer:
        raise RuntimeError(f"the secret is {BOT_TOKEN}")


class SlowAssistant(Assistant):
    """An assistant that does not come to an end."""

    async def ask(self, question: str, **_: object) -> Answer:
        import asyncio

        await asyncio.sleep(3600)
        raise AssertionError


def test_defect_is_an_apology_with_an_id(
    slack_workspace: Workspace,
    slack_settings: Settings,
    slack_api: SlackServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slack_api.reset()
    with open_door(FaultyAssistant.open(slack_workspace, slack_settings)) as door:
        door.direct_message("什么是 KOC?", user="U_FAULT")
        said = slack_api.answer("D_U_FAULT").arguments["text"]
    error_id = re.search(r"编号 ([0-9a-f]{8})", said)
    assert error_id
    assert "secret" not in said
    assert "RuntimeError" not in said
    [record] = [record for record in caplog.records if error_id[1] in record.getMessage()]
    assert record.exc_info


def test_shutdown_says_so_in_the_thread(
    slack_workspace: Workspace,
    slack_settings: Settings,
    slack_api: SlackServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slack_api.reset()
    monkeypatch.setattr("bots.slack.intake.PATIENCE_SECONDS", 0.2)
    with open_door(SlowAssistant.open(slack_workspace, slack_settings)) as door:
        door.direct_message("What is a KOC?", user="U_SLOW")
        slack_api.wait_for(lambda: slack_api.named("chat.postMessage"))
    assert slack_api.answer("D_U_SLOW").arguments["text"] == phrases.INTERRUPTED.en


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        ("files.getUploadURLExternal", refusal("missing_scope")),
        ("upload", PlainTextResponse("broken", status_code=502)),
        ("files.completeUploadExternal", refusal("internal_error")),
    ],
)
def test_failed_upload_costs_the_picture_only(
    door: Door, slack_api: SlackServer, method: str, failure: PlainTextResponse
) -> None:
    slack_api.fail(method, failure)
    door.direct_message(_CHARTED, user="U_UPLOAD")
    assert "[E1]" in slack_api.answer("D_U_UPLOAD").shown
    slack_api.wait_for(
        lambda: [c for c in slack_api.named("chat.postMessage") if phrases.CHART_FAILED.en in c.shown]
    )


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_rate_limit_is_waited_for(door: Door, slack_api: SlackServer, method: str) -> None:
    slack_api.fail(method, rate_limit(0), rate_limit(0))
    door.direct_message("What is a KOC?", user="U_LIMITED")
    slack_api.wait_for(lambda: len(slack_api.named("chat.update")) == (3 if method == "chat.update" else 1))
    assert "KOC" in slack_api.named("chat.update")[-1].shown


def test_server_error_is_tried_again(door: Door, slack_api: SlackServer) -> None:
    slack_api.fail("chat.update", PlainTextResponse("oops", status_code=503))
    door.direct_message("What is a KOC?", user="U_OOPS")
    slack_api.wait_for(lambda: len(slack_api.named("chat.update")) == 2)


def test_without_a_placeholder_the_answer_is_posted(door: Door, slack_api: SlackServer) -> None:
    slack_api.fail("chat.postMessage", refusal("internal_error"))
    door.direct_message("What is a KOC?", user="U_BARE")
    slack_api.wait_for(lambda: len(slack_api.named("chat.postMessage")) == 2)
    assert "KOC" in slack_api.named("chat.postMessage")[-1].shown
    assert slack_api.named("chat.update") == []


def test_deleted_placeholder_is_no_loss(door: Door, slack_api: SlackServer) -> None:
    slack_api.fail("chat.update", refusal("message_not_found"))
    door.direct_message("What is a KOC?", user="U_DELETED")
    slack_api.wait_for(lambda: len(slack_api.named("chat.postMessage")) == 2)
    assert "KOC" in slack_api.named("chat.postMessage")[-1].shown


def test_refused_blocks_leave_the_text(door: Door, slack_api: SlackServer) -> None:
    slack_api.fail("chat.update", refusal("invalid_blocks"))
    slack_api.fail("chat.postMessage", None, refusal("invalid_blocks"))
    door.direct_message("What is a KOC?", user="U_BLOCKS")
    door.wait_until_idle()
    _, refused, plain = slack_api.named("chat.postMessage")
    assert refused.arguments["blocks"]
    assert "KOC" in plain.arguments["text"]
    assert not plain.arguments.get("blocks")


def test_channel_without_the_app_is_left_alone(
    door: Door, slack_api: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    slack_api.fail("chat.postMessage", refusal("not_in_channel"))
    door.mention("What is a KOC?", channel="C_OUT")
    slack_api.wait_for(lambda: "not_in_channel" in caplog.text)
    assert slack_api.named("chat.update", "conversations.members") == []
