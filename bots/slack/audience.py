"""On whose behalf a question is answered: one person in a direct message, all members in a channel."""

import logging
import time

from slack_sdk.web.async_client import AsyncWebClient

from assistant.access import Directory, Principal
from bots.slack.client import SLACK_FAILURES, failure_code
from bots.slack.messages import Question

_logger = logging.getLogger(__name__)
_PAGE = 200


class Audiences:
    """Find what everyone who will read the answer may see.

    Args:
        lifetime_seconds: How long a channel's members are remembered.
        largest: In a channel with more members only what everyone may see is shown.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        directory: Directory,
        *,
        lifetime_seconds: float = 60,
        largest: int = 500,
    ) -> None:
        self._client = client
        self._directory = directory
        self._lifetime = lifetime_seconds
        self._largest = largest
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def principal(self, question: Question, *, bot_user_id: str | None) -> Principal:
        """Return the asker in a direct message; else the principal that sees only what every member may see.

        Where the members cannot be read, or are too many, that is what everyone may see.
        """
        if question.direct:
            return self._directory.person(f"slack:{question.user}")
        members = await self._members(question.channel)
        readers = (members | {question.user}) - {bot_user_id} if members else frozenset()
        return self._directory.audience(
            f"slack-channel:{question.channel}", [f"slack:{user}" for user in readers]
        )

    async def _members(self, channel: str) -> frozenset[str]:
        now = time.monotonic()
        self._known = {key: value for key, value in self._known.items() if value[0] > now}
        if channel not in self._known:
            try:
                members = await self._read_members(channel)
            except SLACK_FAILURES as error:
                _logger.warning("the members of %s cannot be read: %s", channel, failure_code(error))
                return frozenset()
            self._known[channel] = (now + self._lifetime, members)
        return self._known[channel][1]

    async def _read_members(self, channel: str) -> frozenset[str]:
        """Read the members page by page; none where there are more than the largest number."""
        members: set[str] = set()
        cursor = ""
        while True:
            page = await self._client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor)
            members |= set(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if len(members) > self._largest:
                return frozenset()
            if not cursor:
                return frozenset(members)
