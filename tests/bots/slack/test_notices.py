"""Those who asked are told in their thread once a document answers, if they may see it then."""

from collections.abc import AsyncIterator

import pytest_asyncio

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.workspace import Workspace
from bots.slack.client import create_client
from bots.slack.messages import Question, read_reply_to
from bots.slack.notices import Notifier
from tests.bots.slack.door import Door
from tests.bots.slack.slack_server import BOT_USER, SlackServer, refusal

ANSWER = "# 年会抽奖 <!channel>\n\n年会抽奖的规则：每人一张奖券，现场开奖，奖品当场领取。\n".encode()
ASKED = "年会抽奖规则是什么？"


@pytest_asyncio.fixture
async def assistant(
    empty_workspace: Workspace, slack_settings: Settings, slack_api: SlackServer
) -> AsyncIterator[Assistant]:
    slack_api.reset()
    opened = Assistant.open(empty_workspace, slack_settings)
    opened.knowledge.ingest_bytes("else.txt", "食堂周二供应面条。".encode())
    yield opened
    await opened.aclose()


def notifier(assistant: Assistant) -> Notifier:
    return Notifier(assistant, create_client(assistant.settings.slack))


def log(assistant: Assistant, reply_to: str, *, teams: frozenset[str] = frozenset()) -> None:
    assistant.knowledge.questions.log(ASKED, asker="slack:U1", teams=teams, language="zh", reply_to=reply_to)


async def test_asker_is_told_once_in_the_thread(assistant: Assistant, slack_api: SlackServer) -> None:
    log(assistant, "slack:D_U1:1780000000.5:U1")
    assert await notifier(assistant).tell_due() == 0
    assistant.knowledge.ingest_bytes("lottery.md", ANSWER)
    assert await notifier(assistant).tell_due() == 1
    [call] = slack_api.named("chat.postMessage")
    assert (call.arguments["channel"], call.arguments["thread_ts"]) == ("D_U1", "1780000000.5")
    assert "<@U1> " in call.shown
    assert "每人一张奖券" in call.shown
    assert "<!channel>" not in call.shown
    assert await notifier(assistant).tell_due() == 0


async def test_what_one_may_not_see_at_that_moment_is_not_told(
    assistant: Assistant, slack_api: SlackServer
) -> None:
    slack_api.members["C_TEAM"] = ["U_FINANCE", "U_GUEST", BOT_USER]
    log(assistant, "slack:C_TEAM:1780000000.5:U_FINANCE", teams=frozenset({"finance"}))
    assistant.knowledge.ingest_bytes("lottery.md", ANSWER, teams=["finance"])
    assert await notifier(assistant).tell_due() == 0
    assert slack_api.named("chat.postMessage") == []
    slack_api.members["C_TEAM"] = ["U_FINANCE", BOT_USER]
    assert await notifier(assistant).tell_due() == 1


async def test_shut_channel_is_given_up_and_a_failing_slack_is_not(
    assistant: Assistant, slack_api: SlackServer
) -> None:
    log(assistant, "slack:D_U1:1780000000.5:U1")
    assistant.knowledge.ingest_bytes("lottery.md", ANSWER)
    slack_api.fail("chat.postMessage", refusal("fatal_error"))
    assert await notifier(assistant).tell_due() == 0
    slack_api.fail("chat.postMessage", refusal("is_archived"))
    assert await notifier(assistant).tell_due() == 1
    assert assistant.knowledge.questions.due_notices() == []


async def test_askers_of_other_doors_are_left_to_them(assistant: Assistant, slack_api: SlackServer) -> None:
    log(assistant, "mail:someone@example.com")
    assistant.knowledge.ingest_bytes("lottery.md", ANSWER)
    assert await notifier(assistant).tell_due() == 0
    assert len(assistant.knowledge.questions.due_notices()) == 1


def test_unanswered_question_is_noted_with_its_place(door: Door, slack_api: SlackServer) -> None:
    door.direct_message("火星基地的电费多少钱？", user="U_ASKER")
    assert "已记下这个问题" in slack_api.answer("D_U_ASKER").shown


def test_place_is_read_back() -> None:
    question = Question("Ev1", "C1", "U1", "2.5", "1.5", False, "q")
    read = read_reply_to(question.reply_to, "q")
    assert read is not None
    assert (read.channel, read.thread_ts, read.user, read.direct) == ("C1", "1.5", "U1", False)
    assert read_reply_to("mail:someone@example.com", "q") is None
