"""What went wrong with a model, as far as people, the next try and the circuit breaker need to know.

An endpoint's own words are never passed on: they may hold the key, or whatever a hostile server likes to say.
"""

from dataclasses import dataclass, replace

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)

from assistant.errors import ReplyUnusable
from knowledge.endpoint import read_wait


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a model.

    Attributes:
        zh, en: The end of a sentence that begins with the model's name.
        may_pass: Whether the same request may do in a moment.
        is_outage: Whether it is the endpoint's and not this request's, so that others would fail as well.
        wait: Seconds that the endpoint asks to wait (Retry-After); None where it does not say.
    """

    zh: str
    en: str
    may_pass: bool = False
    is_outage: bool = True
    wait: float | None = None


_LATE = Failure("未在限时内答复", "did not answer in time")
_TOOLS = Failure("不支持工具调用", "does not take tool calls", is_outage=False)
_LONG = Failure("装不下这次对话", "has no room for this conversation", is_outage=False)
_REFUSED = Failure("拒绝了请求", "refused the request", is_outage=False)
_KINDS: tuple[tuple[type[Exception], Failure], ...] = (
    (ContextOverflowError, _LONG),
    (TimeoutError, _LATE),
    (ModelTimeoutError, _LATE),
    (ModelAuthenticationError, Failure("拒绝了密钥", "refused the key")),
    (ModelPermissionDeniedError, Failure("拒绝了密钥", "refused the key")),
    (ModelNotFoundError, Failure("在该地址不存在", "is not known at its address")),
    (
        ModelRateLimitError,
        Failure("请求过多，暂不答复", "takes no more requests at the moment", may_pass=True),
    ),
    (ModelInvalidRequestError, _REFUSED),
    (ModelAPIError, Failure("的服务出错", "has an error at its server", may_pass=True)),
    (
        ModelConnectionError,
        Failure("无法连接，或连接中断", "could not be reached, or the line was cut", may_pass=True),
    ),
)
_UNUSABLE = Failure("的答复无法使用", "sent a reply that cannot be used")


def read_failure(error: BaseException) -> Failure:
    """Tell what an error of a model call means."""
    if isinstance(error, ReplyUnusable):
        zh, en = f"{_UNUSABLE.zh}（{error.zh}）", f"{_UNUSABLE.en} ({error.en})"
        return Failure(zh, en, is_outage=error.is_outage)
    known = (failure for kind, failure in _KINDS if isinstance(error, kind))
    failure = next(known, _REFUSED if hasattr(error, "status_code") else _UNUSABLE)
    if failure is _REFUSED and "tool" in str(error):
        return _TOOLS
    return replace(failure, wait=_asked_wait(error)) if failure.may_pass else failure


def _asked_wait(error: BaseException) -> float | None:
    response = getattr(error, "response", None)
    return read_wait(response.headers.get("retry-after")) if response is not None else None
