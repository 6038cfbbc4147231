"""The embedded analyst as a chat model: it calls tools by rule, then writes from what they returned.

It takes the same place in the same agent as any other model, so there is one path from question to answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import ConfigDict

from assistant.analyst.clock import AnyClock, Clock, DataClock
from assistant.analyst.composition import compose
from assistant.analyst.extraction import Reader
from assistant.analyst.follow_ups import take_topic
from assistant.analyst.gathering import DIRECTORIES, Call, Gathered, next_calls
from assistant.analyst.reading import Reading
from assistant.analyst.referring import read_referred, show_referred
from assistant.analyst.understanding import read_question
from assistant.analyst.vocabulary import Vocabulary
from assistant.answer import Evidence
from assistant.conversation.references import strip_references
from assistant.errors import EXPECTED_ERRORS
from assistant.turn import Passage, Turn
from tools import Metrics

#: Name of the analyst in an answer's `model`.
ANALYST = "analyst"
_ROUNDS = 3
_CALL_PREFIX = "analyst-"


@dataclass(frozen=True, slots=True)
class Analyst:
    """What the analyst knows of a workspace; `model(turn)` is the chat model for one turn."""

    vocabulary: Vocabulary
    metrics: Metrics | None
    reader: Reader

    def model(self, turn: Turn | None) -> "AnalystModel":
        """Return the chat model bound to a turn."""
        return AnalystModel(analyst=self, turn=turn)

    def clock(self, turn: Turn) -> AnyClock:
        """Return what relative periods count from."""
        if self.metrics is None:
            today = date.today()
            return Clock(today, today - timedelta(days=1))
        return DataClock(self.metrics, turn.principal.teams)

    def read(self, questions: Sequence[str], turn: Turn, clock: AnyClock) -> Reading:
        """Read the last question in the light of those before it, or of the measurement that it names."""
        if (named := read_referred(turn)) is not None:
            said = strip_references(questions[-1])
            leaning = turn.say(zh="那", en="and ") + said if turn.referred else questions[-1]
            return self._read(leaning, turn, clock, named)
        measured: Reading | None = None
        before: Reading | None = None
        for question in questions[-4:-1]:
            try:
                before = take_topic(self._read(question, turn, clock, measured), before)
            except EXPECTED_ERRORS:
                continue  # that question was answered with the reason; it leads nowhere
            measured = before if before.metrics else measured  # a thank-you does not lose the thread
        return take_topic(self._read(questions[-1], turn, clock, measured), before)

    def _read(self, question: str, turn: Turn, clock: AnyClock, before: Reading | None) -> Reading:
        return read_question(
            question, language=turn.language, vocabulary=self.vocabulary, clock=clock, before=before
        )


class AnalystModel(BaseChatModel):
    """A chat model that answers by rule."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    analyst: Any
    turn: Any = None

    @property
    def _llm_type(self) -> str:
        return "yunce-analyst"

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[Any, AIMessage]:
        """Return the model itself: it knows its tools."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = self._respond(messages)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _respond(self, messages: Sequence[BaseMessage]) -> AIMessage:
        turn: Turn = self.turn
        questions = [str(m.text) for m in messages if isinstance(m, HumanMessage)]
        since = _since_question(messages)
        gathered = _gathered(since)
        clock = self.analyst.clock(turn)
        if (shown := show_referred(turn)) is not None:
            return AIMessage(shown)
        try:
            reading = self.analyst.read(questions, turn, clock)
        except EXPECTED_ERRORS as error:
            return AIMessage(error.in_language(turn.language))
        metrics: Metrics | None = self.analyst.metrics
        semantics = metrics.semantics if metrics else None
        rounds = sum(1 for m in since if isinstance(m, AIMessage) and _by_analyst(m))
        if rounds < _ROUNDS and (
            calls := next_calls(
                reading, gathered, semantics=semantics, clock=clock, reader=self.analyst.reader
            )
        ):
            return AIMessage("", tool_calls=[_tool_call(call.tool, call.arguments) for call in calls])
        return AIMessage(
            compose(
                reading,
                gathered,
                turn,
                reader=self.analyst.reader,
                semantics=semantics,
                clock=clock,
            )
        )


def _since_question(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    last = max(i for i, message in enumerate(messages) if isinstance(message, HumanMessage))
    return list(messages[last + 1 :])


def _by_analyst(message: AIMessage) -> bool:
    return any(str(call["id"]).startswith(_CALL_PREFIX) for call in message.tool_calls)


def _tool_call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "args": arguments, "id": f"{_CALL_PREFIX}{uuid4().hex[:12]}", "type": "tool_call"}


def _gathered(messages: Sequence[BaseMessage]) -> Gathered:
    found = Gathered()
    for message in messages:
        if isinstance(message, AIMessage) and _by_analyst(message):
            found.made += [Call(call["name"], call["args"]) for call in message.tool_calls]
        if not isinstance(message, ToolMessage):
            continue
        if message.name:
            found.tools.add(message.name)
        artifact = message.artifact if isinstance(message.artifact, dict) else {}
        kind = artifact.get("kind")
        if kind == "evidence":
            found.evidence.append(Evidence.model_validate(artifact["item"]))
        elif kind == "passages":
            shown = found.directory if artifact["query"] in DIRECTORIES else found.passages
            shown += _passages(artifact)
        elif kind == "document":
            found.document = _passages(artifact)
        elif kind == "advice":
            found.advice = artifact["item"]
        elif kind == "error":
            found.errors += [m for m in [artifact["message"]] if m not in found.errors]
    by_chunk = {passage.chunk_id: passage for passage in sorted(found.passages, key=lambda p: p.score)}
    found.passages = sorted(by_chunk.values(), key=lambda p: -p.score)
    return found


def _passages(artifact: dict[str, Any]) -> list[Passage]:
    return [Passage(**{**item, "section": tuple(item["section"])}) for item in artifact["items"]]
