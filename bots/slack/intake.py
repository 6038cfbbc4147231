"""Take questions in: each once, recorded before Slack is told, answered afterwards."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bots.slack.answering import Answerer
from bots.slack.deduplication import SeenEvents
from bots.slack.messages import Question

_logger = logging.getLogger(__name__)
#: How long a shutdown waits for the running answers, and then for them to say that they were broken off.
PATIENCE_SECONDS = 20.0
_FAREWELL_SECONDS = 5.0


class Intake:
    """The questions that were accepted and are being answered.

    Args:
        at_once: So many answers are worked on at the same time; others wait.
    """

    def __init__(self, answerer: Answerer, seen: SeenEvents, *, at_once: int = 8) -> None:
        self._answerer = answerer
        self._seen = seen
        self._places = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()

    @property
    def open_questions(self) -> int:
        """How many questions were accepted and are not answered yet."""
        return len(self._running)

    async def accept(self, question: Question | None, *, bot_user_id: str | None) -> None:
        """Start to answer a question that was not seen before; return as soon as it is recorded."""
        if question is None or not await asyncio.to_thread(self._seen.claim, question.keys):
            return
        task = asyncio.create_task(self._work(self._answerer.answer(question, bot_user_id=bot_user_id)))
        self._running.add(task)  # the event loop itself holds tasks only weakly
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Wait for the running answers; those that take longer are broken off and say so."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_FAREWELL_SECONDS)

    async def _work(self, answering: Coroutine[Any, Any, None]) -> None:
        async with self._places:
            await answering

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _logger.error("a reply was not delivered: %s", type(error).__name__)
