"""Each message is taken once, acknowledged before the work; what nobody asked is not answered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.storage import open_storage
from bots.slack.deduplication import SeenEvents
from tests.bots.slack.door import Door, event
from tests.bots.slack.slack_server import BOT_USER, SlackServer


def settle(door: Door, slack_api: SlackServer) -> int:
    """Ask a last question, wait for its answer, and return how many other messages were posted."""
    door.direct_message("What is a KOC?", user="U_LAST")
    door.wait_until_idle()
    return len([c for c in slack_api.named("chat.postMessage") if c.arguments["channel"] != "D_U_LAST"])


def test_acknowledged_before_the_work(door: Door, slack_api: SlackServer) -> None:
    gate = slack_api.hold("chat.postMessage")
    door.direct_message("What is a KOC?", user="U_ACK")  # returns although nothing could be posted yet
    slack_api.wait_for(lambda: slack_api.named("chat.postMessage"))
    assert slack_api.named("chat.update") == []
    gate.set()
    slack_api.answer("D_U_ACK")


def test_retry_is_answered_once(door: Door, slack_api: SlackServer) -> None:
    sent = door.direct_message("What is a KOC?", user="U_RETRY")
    door.deliver(sent)
    slack_api.answer("D_U_RETRY")
    door.deliver(sent)
    assert settle(door, slack_api) == 1


def test_concurrent_retries_are_answered_once(door: Door, slack_api: SlackServer) -> None:
    sent = event("message", "What is a KOC?", channel="D_MANY", channel_type="im", user="U_MANY")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(door.deliver, [sent] * 16))
    slack_api.answer("D_MANY")
    assert settle(door, slack_api) == 1


def test_message_that_comes_as_two_events_is_answered_once(door: Door, slack_api: SlackServer) -> None:
    text = f"<@{BOT_USER}> What is a KOC?"
    ts = "1785555555.000100"
    for kind in ("app_mention", "message"):
        door.deliver(event(kind, text, channel="D_TWICE", channel_type="im", user="U_TWICE", ts=ts))
        door.deliver(event(kind, text, channel="C_TWICE", channel_type="channel", user="U_TWICE", ts=ts))
    slack_api.answer("D_TWICE")
    slack_api.answer("C_TWICE")
    assert settle(door, slack_api) == 2


@pytest.mark.parametrize(
    "ignored",
    [
        {"user": BOT_USER},
        {"bot_id": "B0YUNCE"},
        {"bot_id": "B_OTHER", "user": "U_OTHER_BOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"edited": {"user": "U_X", "ts": "1"}},
        {"channel": "C_TALK", "channel_type": "channel"},
        {"type": "reaction_added"},
        {"type": "member_joined_channel"},
    ],
)
def test_what_is_no_question_is_acknowledged_and_ignored(
    door: Door, slack_api: SlackServer, ignored: dict[str, Any]
) -> None:
    fields = {"channel": "D_IGNORED", "channel_type": "im", "user": "U_X"} | ignored
    door.deliver(event(fields.pop("type", "message"), "What is a KOC?", **fields))
    assert settle(door, slack_api) == 0


def test_keys_are_claimed_together_and_forgotten_after_days(tmp_path: Path) -> None:
    seen = SeenEvents(open_storage(tmp_path))
    now = datetime(2026, 9, 28, tzinfo=UTC)
    assert seen.claim(("Ev1", "C1:1"), now=now)
    assert not seen.claim(("Ev2", "C1:1"), now=now)
    assert seen.claim(("Ev2", "C1:2"), now=now)
    assert not seen.claim(("Ev1", "C1:1"), now=now + timedelta(days=2))
    assert seen.claim(("Ev1", "C1:1"), now=now + timedelta(days=4))


def test_keys_are_remembered_across_restarts(tmp_path: Path) -> None:
    for expected in (True, False):
        engine = open_storage(tmp_path)
        assert SeenEvents(engine).claim(("Ev1", "C1:1")) is expected
        engine.dispose()
