"""From a Slack event to a question: who asks, where, and what, as plain text."""

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.access import Principal

#: A person's new message; edits, joins, deletions and bots' messages have other subtypes.
_WRITTEN = (None, "file_share", "thread_broadcast")
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_REPLY_TO = re.compile(r"slack:(\w+):([\d.]+):(\w+)")
#: What is left of "@Yunce: …" without the mention.
_SALUTATION = re.compile(r"^[\s:：,，]+")


@dataclass(frozen=True, slots=True)
class Question:
    """A message that was addressed to the assistant.

    Attributes:
        event_id: Slack's id of the event; a retry has the same one.
        ts: Time stamp of the message: its id within the channel.
        thread_ts: Time stamp of the thread in which to answer.
        direct: The channel is a direct message between the asker and the app.
        text: The question without mentions of the app; empty where nothing was asked.
    """

    event_id: str
    channel: str
    user: str
    ts: str
    thread_ts: str
    direct: bool
    text: str

    @property
    def keys(self) -> tuple[str, str]:
        """What makes it unique: the event, and the message (which may come as two events)."""
        return self.event_id, f"{self.channel}:{self.ts}"

    @property
    def reply_to(self) -> str:
        """Where the asker can be told more later; `read_reply_to` reads it."""
        return f"slack:{self.channel}:{self.thread_ts}:{self.user}"

    def conversation(self, principal: Principal) -> str:
        """Return the id of the conversation: the thread, as those may see it who can see it now.

        When the audience changes, what was read for another audience is not remembered.
        """
        teams = ",".join(sorted(principal.teams or ()))
        return f"slack:{self.channel}:{self.thread_ts}:{hashlib.sha256(teams.encode()).hexdigest()[:8]}"


def read_question(body: Mapping[str, Any], bot_user_id: str | None) -> Question | None:
    """Return the question of an event, or None where nobody wrote one."""
    event = body["event"]
    if event.get("subtype") not in _WRITTEN or event.get("bot_id") or "edited" in event:
        return None
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not (user and channel and ts) or user in (bot_user_id, "USLACKBOT"):
        return None
    return Question(
        event_id=str(body.get("event_id") or f"{channel}:{ts}"),
        channel=channel,
        user=user,
        ts=ts,
        thread_ts=event.get("thread_ts") or ts,
        direct=channel.startswith("D"),
        text=plain_text(event.get("text") or "", bot_user_id),
    )


def read_reply_to(reply_to: str, text: str) -> Question | None:
    """Return the question that was asked there, None where another door took it."""
    match = _REPLY_TO.fullmatch(reply_to)
    if match is None:
        return None
    channel, thread_ts, user = match.groups()
    direct = channel.startswith("D")
    return Question(reply_to, channel, user, thread_ts, thread_ts, direct, text)


def plain_text(text: str, bot_user_id: str | None) -> str:
    """Turn Slack's tokens into what the asker saw, without the mention of the app.

    >>> plain_text("<@U1> is <#C2|growth> &gt; <https://a.io|ours>?", "U1")
    'is #growth > ours?'
    """
    seen = _TOKEN.sub(lambda match: _seen(match, bot_user_id), text)
    return _SALUTATION.sub("", html.unescape(seen)).strip()


def _seen(match: re.Match[str], bot_user_id: str | None) -> str:
    sign, name, label = match.groups()
    if sign == "@" and name == bot_user_id:
        return ""
    shown = label or name
    return ("@" if sign == "!" else sign) + shown.removeprefix("@")
