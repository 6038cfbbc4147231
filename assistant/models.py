"""The chat model: any OpenAI-compatible endpoint, with the embedded analyst behind it.

The endpoint gets one deadline for the first token and one for the whole reply. When it fails, is slow, stops half-way or
says nothing, the analyst takes the same step of the same run, and the answer carries a warning.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from assistant.analyst.model import ANALYST, Analyst
from assistant.conversation import remembered
from assistant.errors import ReplyUnusable
from assistant.prompts import system_prompt, unsupported_prompt
from assistant.proofreading import find_unsupported, list_unsupported
from assistant.settings import ModelSettings
from assistant.turn import Turn

_log = logging.getLogger(__name__)
_TURNS_KEPT = 6
_MOST_CALLS_AT_ONCE = 16


def build_model(settings: ModelSettings) -> BaseChatModel | None:
    """Return the configured chat model, or None where none is configured."""
    if not settings.name:
        return None
    from assistant.endpoint import open_endpoint

    return open_endpoint(settings)


class ModelGuard(AgentMiddleware[Any, Turn]):
    """Set the prompt, hold the deadline, and hand the step to the analyst when the model does not do it."""

    def __init__(self, *, analyst: Analyst, settings: ModelSettings) -> None:
        super().__init__()
        self._analyst = analyst
        self._settings = settings

    async def awrap_model_call(
        self,
        request: ModelRequest[Turn],
        handler: Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Call the model, or the analyst in its place."""
        turn = request.runtime.context
        request = request.override(messages=remembered(request.messages, turn))
        if self._settings.name is None or turn.answered_by == ANALYST:
            return await self._by_rule(request, handler)
        turn.model_calls += 1
        try:
            if turn.model_calls > self._settings.max_calls:
                raise ReplyUnusable("too many calls")
            response = await self._ask(request, handler, _recent(request.messages))
            turn.calls_of_model |= {str(call["id"]) for call in _usable(response).tool_calls}
            response = await self._proofread(response, request, handler)
        except Exception as error:  # whatever an endpoint does must end in an answer
            _log.warning("The model failed; the analyst answers: %s", type(error).__name__)
            turn.warn(_failure_text(error, self._settings.name, turn))
            return await self._by_rule(request, handler)
        turn.answered_by = self._settings.name
        return response

    async def _proofread(
        self,
        response: ModelResponse[Any],
        request: ModelRequest[Turn],
        handler: Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Send a draft back to the model, once, with the figures that nothing accounts for; keep it if that fails."""
        turn, draft = request.runtime.context, _usable(response)
        if draft.tool_calls or turn.sent_back or turn.model_calls >= self._settings.max_calls:
            return response
        unsupported = await asyncio.to_thread(find_unsupported, turn, str(draft.text))
        if not unsupported:
            return response
        turn.sent_back = True
        turn.model_calls += 1
        told = HumanMessage(unsupported_prompt(turn, list_unsupported(unsupported)))
        try:
            second = await self._ask(request, handler, [*_recent(request.messages), draft, told])
        except Exception as error:  # a draft with figures withheld is better than none
            _log.warning("The model failed to mend its draft: %s", type(error).__name__)
            return response
        turn.calls_of_model |= {str(call["id"]) for call in _usable(second).tool_calls}
        return second

    async def _ask(
        self,
        request: ModelRequest[Turn],
        handler: Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]],
        messages: list[AnyMessage],
    ) -> ModelResponse[Any]:
        """Return a usable reply of the model within its deadline."""
        prompt = SystemMessage(system_prompt(request.runtime.context))
        async with asyncio.timeout(self._settings.timeout_seconds):
            response = await handler(request.override(system_message=prompt, messages=messages))
        _usable(response)
        return response

    async def _by_rule(
        self,
        request: ModelRequest[Turn],
        handler: Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        turn = request.runtime.context
        turn.answered_by = ANALYST
        # The analyst starts over: what a failing model looked up need not be what the question needs.
        messages = [
            m for m in request.messages if getattr(m, "tool_call_id", None) not in turn.calls_of_model
        ]
        model = self._analyst.model(turn)
        return await handler(request.override(model=model, system_message=None, messages=messages))


def _recent(messages: list[AnyMessage]) -> list[AnyMessage]:
    """Return the last few turns, whole, so that a long conversation still fits the model."""
    starts = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return messages[starts[-_TURNS_KEPT] :] if len(starts) > _TURNS_KEPT else messages


def _usable(response: ModelResponse[Any]) -> AIMessage:
    message = response.result[-1]
    if not isinstance(message, AIMessage):
        raise ReplyUnusable("no reply")
    if message.response_metadata.get("finish_reason") in (None, "length", "content_filter"):
        raise ReplyUnusable("the reply broke off")
    if not message.tool_calls and not str(message.text).strip():
        raise ReplyUnusable("the reply is empty")
    if len(message.tool_calls) > _MOST_CALLS_AT_ONCE:
        raise ReplyUnusable("too many calls at once")
    return message


def _failure_text(error: Exception, name: str, turn: Turn) -> str:
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        zh, en = "未在限时内答复", "did not answer in time"
    elif isinstance(error, ReplyUnusable):
        zh, en = "的答复无法使用", "sent a reply that cannot be used"
    else:
        zh, en = "调用失败", "could not be reached or failed"
    return turn.say(
        zh=f"模型 {name} {zh}，本回答由内置分析员按规则给出。",
        en=f"The model {name} {en}; the embedded analyst answered by rule.",
    )
