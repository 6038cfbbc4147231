"""What a running server looks after every minute."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from assistant.assistant import Assistant
from assistant.errors import EXPECTED_ERRORS

_SECONDS = 60.0
_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def upkeep(assistant: Assistant, *, every: float = _SECONDS) -> AsyncIterator[None]:
    """Within the context, put documents in force as their day comes, close questions that got their answer, drop old answers."""
    task = asyncio.create_task(_keep_up(assistant, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_up(assistant: Assistant, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(assistant.knowledge.activate_due)
            await asyncio.to_thread(assistant.knowledge.questions.review)
            await asyncio.to_thread(assistant.answers.prune)
        except EXPECTED_ERRORS:
            _LOG.warning("the upkeep failed and is tried again", exc_info=True)
