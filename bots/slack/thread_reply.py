"""One reply in a Slack thread: a placeholder at first, then the answer in its place, then files."""

import logging
from collections.abc import Sequence

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.blocks import Post
from bots.slack.client import SLACK_FAILURES, failure_code, is_shut

_logger = logging.getLogger(__name__)
#: chat.update refuses a longer text, chat.postMessage one beyond 40,000 characters.
_LONGEST_UPDATE = 3_000
_LONGEST_POST = 35_000
_REFUSED_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)


class ChannelShutError(Exception):
    """The app cannot post to the channel, so there is nobody to answer."""


class ThreadReply:
    """Write to one thread; what Slack refuses in one form is tried in another."""

    def __init__(self, client: AsyncWebClient, *, channel: str, thread_ts: str) -> None:
        self._client = client
        self._channel = channel
        self._thread_ts = thread_ts
        self._placeholder: str | None = None

    async def begin(self, text: str) -> None:
        """Show that the work has begun; without a placeholder, if Slack fails just now.

        Raises:
            ChannelShutError: Nothing can be posted there at all.
        """
        try:
            self._placeholder = await self._post(Post(text=text))
        except SLACK_FAILURES as error:
            if is_shut(error):
                raise ChannelShutError(failure_code(error)) from error
            _logger.warning("no placeholder in %s: %s", self._channel, failure_code(error))

    async def finish(self, posts: Sequence[Post]) -> None:
        """Put the first message in the place of the placeholder and the others behind it."""
        for post in posts:
            if self._placeholder is None or not await self._replaced(post):
                await self._post(post)
            self._placeholder = None

    async def attach(self, data: bytes, *, filename: str, title: str) -> None:
        """Upload a file into the thread."""
        await self._client.files_upload_v2(
            channel=self._channel,
            thread_ts=self._thread_ts,
            file=data,
            filename=filename,
            title=title,
            alt_txt=title,
        )

    async def _replaced(self, post: Post) -> bool:
        assert self._placeholder is not None
        try:
            await self._client.chat_update(
                channel=self._channel,
                ts=self._placeholder,
                text=post.text[:_LONGEST_UPDATE],
                blocks=post.blocks,
            )
        except SlackApiError as error:
            # The placeholder may have been deleted, or these blocks may be refused: post the answer anew.
            _logger.warning("a message in %s was not updated: %s", self._channel, failure_code(error))
            return False
        return True

    async def _post(self, post: Post) -> str:
        try:
            return await self._send(post.text[:_LONGEST_POST], post.blocks)
        except SlackApiError as error:
            if failure_code(error) not in _REFUSED_BLOCKS or not post.blocks:
                raise
            _logger.warning("blocks were refused in %s: %s", self._channel, failure_code(error))
            return await self._send(post.text[:_LONGEST_POST], ())

    async def _send(self, text: str, blocks: Sequence[dict]) -> str:
        response = await self._client.chat_postMessage(
            channel=self._channel,
            thread_ts=self._thread_ts,
            text=text,
            blocks=list(blocks) or None,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(response["ts"])
