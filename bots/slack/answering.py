"""Answer a question in its thread."""

import asyncio
import logging
from uuid import uuid4

from slack_sdk.web.async_client import AsyncWebClient

from assistant.answer import Answer, Evidence
from assistant.assistant import Assistant
from assistant.charts import lacks_glyphs, render_png
from assistant.errors import EXPECTED_ERRORS
from assistant.language import asker_language
from bots.slack import phrases
from bots.slack.audience import Audiences
from bots.slack.blocks import answer_posts, note_post, plain_post
from bots.slack.client import SLACK_FAILURES, failure_code
from bots.slack.messages import Question
from bots.slack.thread_reply import ChannelShutError, ThreadReply

_logger = logging.getLogger(__name__)


class Answerer:
    """Ask the assistant on behalf of those who will read the answer, and post what it says."""

    def __init__(self, assistant: Assistant, client: AsyncWebClient) -> None:
        self._assistant = assistant
        self._client = client
        self._audiences = Audiences(client, assistant.directory)

    async def answer(self, question: Question, *, bot_user_id: str | None) -> None:
        """Answer a question; what goes wrong is told in the thread in one sentence."""
        reply = ThreadReply(self._client, channel=question.channel, thread_ts=question.thread_ts)
        language = self._language(question.text)
        try:
            if not question.text:
                await reply.finish([plain_post(phrases.help_text(language))])
                return
            language = language or asker_language(question.text)
            await reply.begin(phrases.WORKING.in_language(language))
            answer = await self._ask(question, bot_user_id)
            language = answer.language
            charted = next((evidence for evidence in answer.evidence if evidence.chart), None)
            await reply.finish(answer_posts(answer, notices=await _notices(charted, language)))
            if charted is not None:
                await _attach_chart(reply, charted, language)
        except ChannelShutError as error:
            _logger.error("cannot answer in %s: Slack says %s", question.channel, error)
        except EXPECTED_ERRORS as error:
            await reply.finish([plain_post(error.in_language(language or "en"))])
        except asyncio.CancelledError:
            await reply.finish([plain_post(phrases.INTERRUPTED.in_language(language or "en"))])
            raise
        except SLACK_FAILURES as error:
            _logger.error("an answer in %s was not delivered: %s", question.channel, failure_code(error))
        except Exception:
            error_id = uuid4().hex[:8]
            _logger.exception("error %s while answering in %s", error_id, question.channel)
            await reply.finish(
                [plain_post(phrases.UNEXPECTED.in_language(language or "en").format(id=error_id))]
            )

    async def _ask(self, question: Question, bot_user_id: str | None) -> Answer:
        principal = await self._audiences.principal(question, bot_user_id=bot_user_id)
        return await self._assistant.ask(
            question.text,
            principal=principal,
            conversation=question.conversation(principal),
            reply_to=question.reply_to,
        )

    def _language(self, text: str) -> str | None:
        """Return the language that is set, else the asker's; None where nothing was written."""
        configured = self._assistant.settings.language
        if configured != "auto":
            return configured
        return asker_language(text) if text else None


async def _notices(charted: Evidence | None, language: str) -> list[str]:
    if charted is None or not await asyncio.to_thread(lacks_glyphs, charted.chart or {}):
        return []
    return [phrases.NO_CHINESE_FONT.in_language(language)]


async def _attach_chart(reply: ThreadReply, charted: Evidence, language: str) -> None:
    """Attach the chart; a failure costs the picture only."""
    try:
        png = await asyncio.to_thread(render_png, charted.chart or {})
        name = f"{charted.marker}-{charted.tool}.png"
        await reply.attach(png, filename=name, title=f"[{charted.marker}] {charted.title}")
    except (ValueError, *SLACK_FAILURES) as error:
        _logger.warning("a chart of %s was not attached: %s", charted.tool, failure_code(error))
        await reply.finish([note_post(phrases.CHART_FAILED.in_language(language))])
