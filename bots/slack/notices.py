"""Tell those who asked, in the thread where they asked, that a document now answers their question."""

import asyncio
import logging
from uuid import uuid4

from slack_sdk.web.async_client import AsyncWebClient

from assistant.assistant import Assistant
from assistant.errors import EXPECTED_ERRORS
from assistant.quotes import best_quote
from bots.slack import phrases
from bots.slack.audience import Audiences
from bots.slack.blocks import Post, mention_post
from bots.slack.client import SLACK_FAILURES, failure_code, is_shut
from bots.slack.escaping import escape_mrkdwn, link
from bots.slack.messages import Question, read_reply_to
from bots.slack.thread_reply import ThreadReply
from knowledge import SearchResult
from knowledge.curation.questions import DueNotice, find_answer

_logger = logging.getLogger(__name__)
_SECONDS = 60.0
_LONGEST_QUOTE = 600
_LONGEST_QUESTION = 300


class Notifier:
    """Look every minute whom to tell; what each may see is looked up again at that moment."""

    def __init__(self, assistant: Assistant, client: AsyncWebClient, *, every: float = _SECONDS) -> None:
        self._assistant = assistant
        self._client = client
        self._audiences = Audiences(client, assistant.directory, lifetime_seconds=0)
        self._every = every
        self._bot_user_id: str | None = None

    async def run(self) -> None:
        """Tell whoever is due, again and again."""
        while True:
            try:
                await self.tell_due()
            except (*EXPECTED_ERRORS, *SLACK_FAILURES) as error:
                _logger.warning("notices wait: %s", failure_code(error))
            except Exception:  # the next minute may be better, and nobody else would start this again
                _logger.exception("error %s while telling those who asked", uuid4().hex[:8])
            await asyncio.sleep(self._every)

    async def tell_due(self) -> int:
        """Tell everybody who is due; return how many were told."""
        told = 0
        for notice in await asyncio.to_thread(self._assistant.knowledge.questions.due_notices):
            question = read_reply_to(notice.reply_to, notice.text)
            if question is not None and await self._tell(notice, question):
                told += 1
        return told

    async def _tell(self, notice: DueNotice, question: Question) -> bool:
        found = await self._find(notice, question)
        if found is None:
            return False
        reply = ThreadReply(self._client, channel=question.channel, thread_ts=question.thread_ts)
        try:
            await reply.finish([_compose(notice, question, found)])
        except SLACK_FAILURES as error:
            _logger.warning("a notice in %s was not delivered: %s", question.channel, failure_code(error))
            if not is_shut(error):
                return False  # tried again in a minute
        await asyncio.to_thread(self._assistant.knowledge.questions.mark_told, notice.question_ids)
        return True

    async def _find(self, notice: DueNotice, question: Question) -> SearchResult | None:
        """Find the answer as those may see it who would read the notice now."""
        if self._bot_user_id is None:
            self._bot_user_id = str((await self._client.auth_test())["user_id"])
        principal = await self._audiences.principal(question, bot_user_id=self._bot_user_id)
        find = self._assistant.knowledge.find
        found = await asyncio.to_thread(find, notice.text, teams=principal.teams)
        return find_answer(found, [notice.document_id])


def _compose(notice: DueNotice, question: Question, found: SearchResult) -> Post:
    document, language = found.document, notice.language
    asked = " ".join(notice.text.split())
    asked = asked if len(asked) <= _LONGEST_QUESTION else asked[: _LONGEST_QUESTION - 1] + "…"
    lines = found.chunk.text.split("\n")
    body = "\n".join(line for line in lines if not line.startswith("#")).strip() or found.chunk.text
    quote = " ".join(best_quote(notice.text, body)[:_LONGEST_QUOTE].split())
    text = phrases.NOW_ANSWERED.in_language(language).format(
        question=escape_mrkdwn(asked),
        title=link(document.source_url, document.title),
        day=document.effective_date or document.updated_at.date(),
        quote=escape_mrkdwn(quote),
    )
    return mention_post(question.user, text)
