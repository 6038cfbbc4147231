"""A question in Slack, answered in its thread."""

import json
import re
import struct
from typing import Any

import pytest

from bots.slack import phrases
from tests.bots.slack.door import Door
from tests.bots.slack.slack_server import BOT_TOKEN, BOT_USER, Call, SlackServer

_RETENTION = {"zh": "上周次日留存为什么掉了?", "en": "Why did day-1 retention fall last week?"}


def blocks(call: Call, kind: str) -> list[dict[str, Any]]:
    return [block for block in call.arguments["blocks"] if block["type"] == kind]


def notes(call: Call) -> str:
    return "\n".join(element["text"] for block in blocks(call, "context") for element in block["elements"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_mention_is_answered_in_the_thread(door: Door, slack_api: SlackServer, language: str) -> None:
    sent = door.mention(_RETENTION[language], channel=f"C_{language}")["event"]
    answer = slack_api.answer(f"C_{language}")

    [placeholder] = slack_api.named("chat.postMessage")[:1]
    assert placeholder.arguments["text"] == phrases.WORKING.in_language(language)
    assert placeholder.arguments["thread_ts"] == sent["ts"]
    assert placeholder.authorization == f"Bearer {BOT_TOKEN}"

    [text] = [block["text"] for block in blocks(answer, "markdown")]
    assert re.search(r"\[1\]", text)
    assert re.search(r"^\[1\] \*.+\* ?›? ?.*\n[“「].+[”」]$", notes(answer), re.MULTILINE)
    [section, *_] = blocks(answer, "section")
    assert section["text"]["text"].startswith("*[E1] ")
    assert any(re.search(r"\n\*[+-]?\d[\d.,]*%", field["text"]) for field in section["fields"])
    assert phrases.DEFINITION.in_language(language) in notes(answer)
    assert phrases.AS_OF.in_language(language) in notes(answer)
    assert bool(re.search(r"[一-鿿]", text)) or language == "en"


def test_chart_is_uploaded_as_an_image(door: Door, slack_api: SlackServer) -> None:
    sent = door.mention(_RETENTION["en"], channel="C_CHART")["event"]
    [completed] = slack_api.wait_for(lambda: slack_api.named("files.completeUploadExternal"))
    assert completed.arguments["channel_id"] == "C_CHART"
    assert completed.arguments["thread_ts"] == sent["ts"]
    [file] = completed.arguments["files"]
    assert file["title"].startswith("[E1] ")
    [announced] = slack_api.named("files.getUploadURLExternal")
    png = slack_api.uploads[file["id"]]
    assert int(announced.arguments["length"]) == len(png)
    assert announced.arguments["filename"].endswith(".png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    assert width > 400
    assert height > 200


def test_direct_message_is_answered(door: Door, slack_api: SlackServer) -> None:
    sent = door.direct_message("什么是 KOC?", user="U_NEW")["event"]
    answer = slack_api.answer("D_U_NEW")
    assert "KOC" in answer.shown
    assert slack_api.named("chat.postMessage")[0].arguments["thread_ts"] == sent["ts"]
    assert slack_api.named("conversations.members") == []


def test_a_thread_is_a_conversation(door: Door, slack_api: SlackServer) -> None:
    first = door.direct_message("What is a KOC?", user="U_THREAD")["event"]
    slack_api.answer("D_U_THREAD")
    door.direct_message("What is a dormant user?", user="U_THREAD", thread_ts=first["ts"])
    slack_api.wait_for(lambda: len(slack_api.named("chat.update")) == 2)
    assert "Answer `a_" in slack_api.named("chat.update")[-1].arguments["text"]
    door.direct_message("用中文再说一遍", user="U_THREAD", thread_ts=first["ts"])
    slack_api.wait_for(lambda: len(slack_api.named("chat.update")) == 3)
    shown = slack_api.named("chat.update")[-1].arguments["text"]
    assert "理解为：What is a dormant user?" in shown
    assert "回答编号 `a_" in shown
    assert {call.arguments["thread_ts"] for call in slack_api.named("chat.postMessage")} == {first["ts"]}


@pytest.mark.parametrize("mentioned", ["", "   ", f"<@{BOT_USER}>"])
def test_mention_alone_gets_help(door: Door, slack_api: SlackServer, mentioned: str) -> None:
    door.mention(mentioned, channel="C_HELP")
    [call] = slack_api.wait_for(lambda: slack_api.named("chat.postMessage"))
    assert phrases.HELP.zh.splitlines()[0] in call.arguments["text"]
    assert phrases.HELP.en.splitlines()[0] in call.arguments["text"]
    assert slack_api.named("chat.update") == []


@pytest.mark.parametrize(("word", "said"), [("留存", "50,000"), ("word ", "characters")])
def test_question_that_is_too_long_is_told(door: Door, slack_api: SlackServer, word: str, said: str) -> None:
    question = (word * 50_000)[:50_000]
    door.direct_message(question, user="U_LONG")
    answer = slack_api.answer("D_U_LONG")
    assert said in answer.arguments["text"]
    assert len(json.dumps(answer.arguments)) < 2_000


def test_half_a_character_does_no_harm(door: Door, slack_api: SlackServer) -> None:
    door.direct_message("什么是 KOC?\ud83d", user="U_HALF")
    assert "KOC" in slack_api.answer("D_U_HALF").shown


def test_token_is_in_no_log(door: Door, slack_api: SlackServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        door.direct_message("什么是 KOC?", user="U_LOG")
        slack_api.answer("D_U_LOG")
    assert BOT_TOKEN not in caplog.text


def test_nothing_unfurls_and_nothing_is_parsed(door: Door, slack_api: SlackServer) -> None:
    door.direct_message("什么是 KOC?", user="U_PLAIN")
    answer = slack_api.answer("D_U_PLAIN")
    [placeholder] = slack_api.named("chat.postMessage")
    assert str(placeholder.arguments["unfurl_links"]).lower() in ("0", "false")
    assert str(placeholder.arguments["unfurl_media"]).lower() in ("0", "false")
    texts = [element for block in blocks(answer, "context") for element in block["elements"]]
    assert texts
    assert all(element["verbatim"] is True for element in texts)
