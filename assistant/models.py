"""The chat models: OpenAI-compatible endpoints in the order of the settings, with the embedded analyst behind them.

A question has one deadline for all replies, and each reply one for its next token. When an endpoint fails, is slow,
stops half-way or says nothing, the next one takes the same step of the same run, at last the analyst, and the answer
carries a warning with the reason.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.tools import BaseTool
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exception,
    wait_random,
)

from assistant.analyst.model import ANALYST, Analyst
from assistant.breaker import Trouble, open_breaker
from assistant.errors import ReplyUnusable
from assistant.failures import Failure, read_failure
from assistant.model_settings import EndpointSettings, ModelSettings
from assistant.prompts import Prompts
from assistant.proofreading import list_unsupported, proofread
from assistant.reply_text import ORPHAN
from assistant.turn import Turn

_log = logging.getLogger(__name__)
_MOST_CALLS_AT_ONCE = 16

Handler = Callable[[ModelRequest[Turn]], Awaitable[ModelResponse[Any]]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A chat model with its settings."""

    settings: EndpointSettings
    model: BaseChatModel

    @property
    def name(self) -> str:
        """The model's name."""
        return self.settings.name or ""


class Models:
    """The endpoints of a workspace, what is known against them, and the prompts that they get."""

    def __init__(self, settings: ModelSettings, state: Path) -> None:
        """Open the endpoints of the settings, if any; no connection is made yet.

        Raises:
            SettingsError: A prompt cannot be read.
        """
        self.settings = settings
        self.prompts = Prompts(settings.prompts)
        self.breaker = open_breaker(state, settings)
        self.endpoints = [Endpoint(one, _open(one, settings)) for one in settings.endpoints]

    async def aclose(self) -> None:
        """Close the connections."""
        for endpoint in self.endpoints:
            await endpoint.model.aclose()  # type: ignore[attr-defined]


def _open(endpoint: EndpointSettings, settings: ModelSettings) -> BaseChatModel:
    from assistant.endpoint import open_endpoint

    return open_endpoint(endpoint, settings)


class ModelGuard(AgentMiddleware[Any, Turn]):
    """Set the prompt, hold the deadlines, and hand the step on when a model does not do it."""

    def __init__(self, *, analyst: Analyst, models: Models) -> None:
        super().__init__()
        self._analyst = analyst
        self._models = models
        self._settings = models.settings

    async def awrap_model_call(self, request: ModelRequest[Turn], handler: Handler) -> ModelResponse[Any]:
        """Call the models in their order, or the analyst in their place."""
        turn = request.runtime.context
        turn.tools = frozenset(tool.name for tool in request.tools if isinstance(tool, BaseTool))
        for place in range(turn.endpoint, len(self._models.endpoints)):
            turn.endpoint = place
            endpoint = self._models.endpoints[place]
            if (trouble := self._models.breaker.find(endpoint.settings.place)) and trouble.rests:
                self._pass_on(turn, _resting(trouble))
                continue
            try:
                return await self._step(endpoint, request, handler)
            except Exception as error:  # whatever an endpoint does must end in an answer
                self._note(endpoint, error, turn)
            if self._is_spent(turn):
                break
        turn.endpoint = len(self._models.endpoints)
        return await self._by_rule(request, handler)

    async def _step(
        self, endpoint: Endpoint, request: ModelRequest[Turn], handler: Handler
    ) -> ModelResponse[Any]:
        turn = request.runtime.context
        self._count_call(turn)
        response = await self._ask(endpoint, request, handler, request.messages)
        if _usable(response).tool_calls and turn.model_calls >= self._settings.max_calls:
            raise _too_many()  # nobody would read what they return
        self._models.breaker.succeed(endpoint.settings.place)
        response = await self._proofread(endpoint, response, request, handler)
        turn.calls_of_model |= {str(call["id"]) for call in _usable(response).tool_calls}
        turn.answered_by = endpoint.name
        return response

    def _count_call(self, turn: Turn) -> None:
        if turn.deadline is None:
            turn.deadline = time.monotonic() + self._settings.timeout_seconds
        if turn.model_calls >= self._settings.max_calls:
            raise _too_many()
        turn.model_calls += 1

    def _is_spent(self, turn: Turn) -> bool:
        """Tell whether models have had all the calls or all the time that a question may use."""
        late = turn.deadline is not None and time.monotonic() >= turn.deadline
        return late or turn.model_calls >= self._settings.max_calls

    def _note(self, endpoint: Endpoint, error: Exception, turn: Turn) -> None:
        failure = read_failure(error)
        _log.warning("The model failed: %s %s [%s]", endpoint.name, failure.en, type(error).__name__)
        if failure.is_outage:
            self._models.breaker.fail(endpoint.settings.place, zh=failure.zh, en=failure.en)
        self._pass_on(turn, failure)

    def _pass_on(self, turn: Turn, failure: Failure) -> None:
        """Warn of a failure and say who takes over."""
        left = [] if self._is_spent(turn) else self._models.endpoints[turn.endpoint + 1 :]
        name = self._models.endpoints[turn.endpoint].name
        zh, en = (
            (f"改问 {left[0].name}", f"{left[0].name} was asked in its place")
            if left
            else ("本回答由内置分析员按规则给出", "the embedded analyst answered by rule")
        )
        turn.warn(
            turn.say(zh=f"模型 {name} {failure.zh}，{zh}。", en=f"The model {name} {failure.en}; {en}.")
        )

    async def _proofread(
        self,
        endpoint: Endpoint,
        response: ModelResponse[Any],
        request: ModelRequest[Turn],
        handler: Handler,
    ) -> ModelResponse[Any]:
        """Send a draft back to the model, once, with the figures that nothing accounts for; keep it if that fails."""
        turn, draft = request.runtime.context, _usable(response)
        if draft.tool_calls:
            return response
        shown, unsupported = await asyncio.to_thread(proofread, turn, str(draft.text))
        if not shown:
            raise ReplyUnusable(en="nothing in it may be shown", zh="没有可以展示的内容", is_outage=False)
        if not unsupported or turn.sent_back or turn.model_calls >= self._settings.max_calls:
            return response
        turn.sent_back = True
        turn.model_calls += 1
        told = HumanMessage(self._models.prompts.unsupported(turn, list_unsupported(unsupported)))
        try:
            return await self._ask(endpoint, request, handler, [*request.messages, draft, told])
        except Exception as error:  # a draft with figures withheld is better than none
            _log.warning("The model failed to mend its draft: %s", type(error).__name__)
            return response

    async def _ask(
        self, endpoint: Endpoint, request: ModelRequest[Turn], handler: Handler, messages: list[AnyMessage]
    ) -> ModelResponse[Any]:
        """Return a usable reply of a model before the deadline; a failure that may pass is followed by another try.

        A try waits for as long as the endpoint asks (Retry-After), if that is no longer than a model may be silent.
        """
        turn = request.runtime.context
        turn.instructions = self._models.prompts.system(turn)
        prompt = SystemMessage(turn.instructions)
        request = request.override(model=endpoint.model, system_message=prompt, messages=messages)
        left = (turn.deadline or 0.0) - time.monotonic()
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: read_failure(error).may_pass),
            wait=wait_exception(lambda error: read_failure(error).wait or 0.0) + wait_random(0.1, 0.5),
            stop=stop_after_attempt(1 + self._settings.retries)
            | stop_before_delay(min(left, self._settings.first_token_seconds)),
            reraise=True,
        )
        async with asyncio.timeout(left):
            return await retrying(self._try, endpoint, request, handler)

    async def _try(
        self, endpoint: Endpoint, request: ModelRequest[Turn], handler: Handler
    ) -> ModelResponse[Any]:
        response = await handler(request)
        _read_orphan(response.result)
        request.runtime.context.meter.add(
            getattr(response.result[-1], "usage_metadata", None), endpoint.settings
        )
        _usable(response)
        return response

    async def _by_rule(self, request: ModelRequest[Turn], handler: Handler) -> ModelResponse[Any]:
        turn = request.runtime.context
        turn.answered_by = ANALYST
        # The analyst starts over: what a failing model looked up need not be what the question needs.
        messages = [
            m for m in request.messages if getattr(m, "tool_call_id", None) not in turn.calls_of_model
        ]
        model = self._analyst.model(turn)
        return await handler(request.override(model=model, system_message=None, messages=messages))


def _read_orphan(messages: Sequence[BaseMessage]) -> None:
    """Take off what a reply thought where the server kept the tag that opens it to itself."""
    message = messages[-1]
    if isinstance(message, AIMessage) and (orphan := ORPHAN.match(str(message.text))):
        message.content = str(message.text)[orphan.end() :].lstrip()


def _usable(response: ModelResponse[Any]) -> AIMessage:
    message = response.result[-1]
    if not isinstance(message, AIMessage):
        raise ReplyUnusable(en="there is none", zh="没有内容")
    if message.response_metadata.get("finish_reason") in (None, "length", "content_filter"):
        raise ReplyUnusable(en="it broke off", zh="中途断了")
    if not message.tool_calls and not str(message.text).strip():
        raise ReplyUnusable(en="it is empty", zh="内容为空")
    if len(message.tool_calls) > _MOST_CALLS_AT_ONCE:
        raise ReplyUnusable(en="too many calls at once", zh="一次调用的工具过多", is_outage=False)
    return message


def _resting(trouble: Trouble) -> Failure:
    return Failure(
        f"连续失败 {trouble.failures} 次（{trouble.zh}），暂停使用至 {trouble.clock}",
        f"failed {trouble.failures} times in a row ({trouble.en}) and is left alone until {trouble.clock}",
    )


def _too_many() -> ReplyUnusable:
    return ReplyUnusable(en="call after call and no answer", zh="一再调用工具而不作答", is_outage=False)
