"""Questions that nothing answered are noted, so that somebody can look after them and the asker can be told."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from assistant.answer import AskEvent
from assistant.errors import EXPECTED_ERRORS
from assistant.turn import Turn
from knowledge import KnowledgeBase
from knowledge.curation.question_matching import normalise

_SEARCH = "search_knowledge"
_log = logging.getLogger(__name__)


async def noting_unanswered(
    events: AsyncGenerator[AskEvent], knowledge: KnowledgeBase, turn: Turn, reply_to: str | None
) -> AsyncGenerator[AskEvent]:
    """Pass the events of a run on; where it searched and its answer rests on nothing, note the question."""
    searched = False
    async with aclosing(events):
        async for event in events:
            searched |= event.event == "step" and event.data["tool"] == _SEARCH
            if event.event == "answer" and searched and _is_unanswered(event):
                group_id = await asyncio.to_thread(_note, knowledge, turn, reply_to)
                event = AskEvent("answer", {**event.data, "open_question": group_id})
            yield event


def _is_unanswered(event: AskEvent) -> bool:
    answer = event.data
    asked = bool(normalise(answer["question"])) and answer["clarification"] is None
    return asked and answer["grounding"] == "none"


def _note(knowledge: KnowledgeBase, turn: Turn, reply_to: str | None) -> str | None:
    """Note the question; that it cannot be noted costs the asker nothing."""
    try:
        group = knowledge.questions.log(
            turn.question,
            asker=turn.principal.id,
            teams=turn.principal.teams,
            language=turn.language,
            reply_to=reply_to,
        )
    except EXPECTED_ERRORS:
        _log.warning("an unanswered question was not noted", exc_info=True)
        return None
    return group.id
