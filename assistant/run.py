"""One run of the agent, as events: steps, checked text as it comes, and the answer."""

import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)

from assistant.answer import Answer, AskEvent
from assistant.foreign import strip_foreign
from assistant.proofreading import new_writer
from assistant.turn import Turn
from assistant.writing import AnswerWriter

_RECURSION_LIMIT = 60


async def answer_events(
    agent: Any,
    turn: Turn,
    *,
    earlier: Sequence[AnyMessage],
    conversation: str,
    started: float,
) -> AsyncGenerator[AskEvent]:
    """Run the agent on a turn, after the messages of earlier ones, and yield its events, the answer last."""
    stream = _Draft(turn)
    state = {"messages": [*earlier, HumanMessage(turn.question)]}
    final: BaseMessage | None = None
    async for mode, data in agent.astream(
        state,
        {"recursion_limit": _RECURSION_LIMIT},
        context=turn,
        stream_mode=["updates", "messages"],
    ):
        if mode == "messages":
            if event := stream.take(data[0]):
                yield event
            continue
        for message in _messages(data):
            final = message
            for event in _message_events(message, turn):
                yield event
    draft = str(final.text) if isinstance(final, AIMessage) else ""
    for event in stream.settle(draft):
        yield event
    answer = _answer(turn, stream.writer, conversation, started)
    for citation in answer.citations:
        yield AskEvent("citation", citation.model_dump(mode="json"))
    yield AskEvent("answer", answer.model_dump(mode="json"))


class _Draft:
    """The text under way; a new message of the model starts a new draft."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._message_id: str | None = None
        self._raw = ""
        self._number = 0
        self.writer = new_writer(turn)

    def take(self, chunk: BaseMessage) -> AskEvent | None:
        """Add what a model just said; return what became ready to show."""
        if not isinstance(chunk, AIMessageChunk | AIMessage) or not chunk.text:
            return None
        if chunk.id != self._message_id:
            self._restart(chunk.id)
        if not isinstance(chunk, AIMessageChunk) and self._raw:
            return None  # the whole message after its pieces
        self._raw += str(chunk.text)
        return self._event(self.writer.feed(str(chunk.text)))

    def settle(self, draft: str) -> list[AskEvent]:
        """Finish with the text of the final message; start over where the stream had another one."""
        events = []
        if self._raw != draft:
            self._restart(None)
            events.append(self._event(self.writer.feed(draft)))
        events.append(self._event(self.writer.finish()))
        return [event for event in events if event]

    def _restart(self, message_id: str | None) -> None:
        self._message_id, self._raw = message_id, ""
        gone = self.writer.warned
        self._turn.warnings[:] = [text for text in self._turn.warnings if text not in gone]
        self._number += 1
        self.writer = new_writer(self._turn)

    def _event(self, text: str) -> AskEvent | None:
        return AskEvent("token", {"text": text, "draft": self._number}) if text else None


def _messages(update: dict[str, Any]) -> list[BaseMessage]:
    return [m for values in update.values() for m in (values or {}).get("messages", [])]


def _message_events(message: BaseMessage, turn: Turn) -> list[AskEvent]:
    if isinstance(message, AIMessage):
        return [
            AskEvent("step", {"tool": call["name"], "arguments": _harmless(call["args"])})
            for call in message.tool_calls
            if call["name"] in turn.tools
        ]
    artifact = message.artifact if isinstance(message, ToolMessage) else None
    if isinstance(artifact, dict) and artifact.get("kind") == "evidence":
        return [AskEvent("evidence", artifact["item"])]
    return []


def _harmless(value: Any) -> Any:
    """Return what a tool was asked, with no link, image or address in it."""
    if isinstance(value, str):
        return strip_foreign(value, ())
    if isinstance(value, dict):
        return {strip_foreign(str(key), ()): _harmless(part) for key, part in value.items()}
    return [_harmless(part) for part in value] if isinstance(value, list) else value


def _answer(turn: Turn, writer: AnswerWriter, conversation: str, started: float) -> Answer:
    numbers = writer.numbers
    turn.warn_of_validity(writer.citations)
    grounding = {
        (False, False): "none", (True, False): "documents", (False, True): "metrics", (True, True): "both",
    }[bool(writer.citations), bool(writer.evidence)]  # fmt: skip
    return Answer(
        id=f"a_{uuid4().hex[:16]}",
        conversation_id=conversation,
        question=turn.asked or turn.question,
        taken_as=turn.question if turn.asked else None,
        replaces=turn.replaces,
        language=turn.language,
        text=writer.text,
        grounding=grounding,
        citations=writer.citations,
        evidence=writer.evidence,
        numbers=numbers,
        follow_ups=tuple(turn.follow_ups),
        clarification=turn.clarification,
        warnings=tuple(turn.warnings),
        model=turn.answered_by or "analyst",
        usage=turn.meter.read(),
        elapsed_ms=round(1000 * (time.monotonic() - started)),
    )
