"""An answer in a channel uses only what every member may see; nothing that is shown can notify or lure."""

import pytest

from tests.bots.slack.conftest import HOSTILE_MARKER
from tests.bots.slack.door import Door
from tests.bots.slack.slack_server import BOT_USER, SlackServer, refusal

_QUESTION = "How large is the Quartzite bonus pool?"


def test_restricted_document_is_shown_to_a_member_of_its_team(door: Door, slack_api: SlackServer) -> None:
    door.direct_message(_QUESTION, user="U_FINANCE")
    assert "Quartzite bonus pool for the finance team holds 734" in slack_api.answer("D_U_FINANCE").shown


def test_restricted_document_does_not_exist_for_others(door: Door, slack_api: SlackServer) -> None:
    door.direct_message(_QUESTION, user="U_STRANGER")
    shown = slack_api.answer("D_U_STRANGER").shown
    assert "734" not in shown
    assert "memo" not in shown


def test_channel_of_the_team_is_shown_it(door: Door, slack_api: SlackServer) -> None:
    slack_api.members["C_TEAM"] = ["U_FINANCE", "U_FINANCE_TOO", BOT_USER]
    door.mention(_QUESTION, channel="C_TEAM", user="U_FINANCE")
    assert "734" in slack_api.answer("C_TEAM").shown


@pytest.mark.parametrize("position", [0, 250])
def test_channel_with_one_outsider_is_not(door: Door, slack_api: SlackServer, position: int) -> None:
    members = ["U_FINANCE", "U_FINANCE_TOO", BOT_USER] * 100
    members.insert(position, "U_GUEST")
    channel = f"C_MIXED{position}"
    slack_api.members[channel] = members
    door.mention(_QUESTION, channel=channel, user="U_FINANCE")
    assert "734" not in slack_api.answer(channel).shown


def test_asker_who_is_not_listed_counts(door: Door, slack_api: SlackServer) -> None:
    slack_api.members["C_LEFT"] = ["U_FINANCE", BOT_USER]
    door.mention(_QUESTION, channel="C_LEFT", user="U_STRANGER")
    assert "734" not in slack_api.answer("C_LEFT").shown


def test_channel_whose_members_cannot_be_read_is_not(door: Door, slack_api: SlackServer) -> None:
    slack_api.members["C_UNREAD"] = ["U_FINANCE", BOT_USER]
    slack_api.fail("conversations.members", refusal("missing_scope"))
    door.mention(_QUESTION, channel="C_UNREAD", user="U_FINANCE")
    assert "734" not in slack_api.answer("C_UNREAD").shown


def test_huge_channel_is_not(door: Door, slack_api: SlackServer) -> None:
    slack_api.members["C_HUGE"] = [f"U{number}" for number in range(5_000)]
    door.mention(_QUESTION, channel="C_HUGE", user="U_FINANCE")
    assert "734" not in slack_api.answer("C_HUGE").shown
    assert len(slack_api.named("conversations.members")) == 3


def test_members_are_remembered_for_a_while(door: Door, slack_api: SlackServer) -> None:
    slack_api.members["C_CACHED"] = ["U_FINANCE", BOT_USER]
    for count in (1, 2):
        door.mention(_QUESTION, channel="C_CACHED", user="U_FINANCE")
        slack_api.wait_for(lambda count=count: len(slack_api.named("chat.update")) == count)
    assert len(slack_api.named("conversations.members")) == 1


@pytest.mark.parametrize(
    "question",
    [
        f"What does the {HOSTILE_MARKER} tell?",
        f"What does the {HOSTILE_MARKER} tell &lt;!channel&gt; and <!here> and <@U_ASKER>?",
        "<!channel> &lt;!everyone&gt; @channel <https://evil.example/q|q>",
    ],
)
def test_hostile_text_notifies_nobody_and_links_nowhere(
    door: Door, slack_api: SlackServer, question: str
) -> None:
    door.direct_message(question, user="U_HOSTILE")
    answer = slack_api.answer("D_U_HOSTILE")
    for forbidden in (
        "<!",
        "<@",
        "<#",
        "<http",
        "@channel",
        "@here",
        "@everyone",
        "://evil",
        "](http",
        "&lt;!here&gt; at",
    ):
        assert forbidden not in answer.shown


def test_hostile_document_is_quoted(door: Door, slack_api: SlackServer) -> None:
    door.direct_message(f"What does the {HOSTILE_MARKER} tell?", user="U_QUOTED")
    assert HOSTILE_MARKER in slack_api.answer("D_U_QUOTED").shown
