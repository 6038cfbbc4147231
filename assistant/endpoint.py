"""An OpenAI-compatible endpoint as a chat model that is not trusted with the form or the length of its replies.

What an endpoint refuses though it can be done without (counting tokens, a temperature) is left out from then on.
"""

import json
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Self

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from openai import (
    APIStatusError,
    AsyncAzureOpenAI,
    AsyncOpenAI,
    AsyncStream,
    DefaultAsyncHttpxClient,
    Timeout,
)
from pydantic import PrivateAttr, SecretStr

from assistant.errors import ReplyUnusable
from assistant.model_settings import EndpointSettings, ModelSettings
from assistant.replies import Chunk, ReplyReader

#: Characters of one reply, text and tool arguments together; ten times a long answer.
_LONGEST_REPLY = 40_000
_LARGEST_BODY = 4_000_000
#: Fields of a request that can be done without, by the name that a refusal calls them.
_DISPENSABLE = ("stream_options", "temperature")
_REASONING = "reasoning_content"
#: Replies whose thoughts are remembered, for endpoints that want them back with what their calls returned.
_THOUGHTS_KEPT = 256
_REFUSALS = frozenset({400, 422})


class ChatEndpoint(ChatOpenAI):
    """Chat with an endpoint over a connection pool of its own, which `aclose` closes."""

    _left_out: set[str] = PrivateAttr(default_factory=set)
    _wants_thoughts: bool = PrivateAttr(default=False)

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        while True:
            try:
                async with aclosing(self._limited(*args, **kwargs)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except APIStatusError as error:
                if not self._can_do_without(error):
                    raise

    async def _limited(self, *args: Any, **kwargs: Any) -> AsyncGenerator[ChatGenerationChunk]:
        length = 0
        async with aclosing(super()._astream(*args, **kwargs)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                length += _length(chunk)
                if length > _LONGEST_REPLY:
                    raise ReplyUnusable(en="it is too long", zh="过长", is_outage=False)
                yield chunk

    def _can_do_without(self, error: APIStatusError) -> bool:
        """Learn from a refusal what to leave out, or to send, from now on; tell whether that is anything new."""
        if error.status_code not in _REFUSALS:
            return False
        words = str(error)
        refused = {name for name in _DISPENSABLE if name in words} - self._left_out
        self._left_out |= refused
        misses_thoughts = _REASONING in words and not self._wants_thoughts
        self._wants_thoughts = self._wants_thoughts or misses_thoughts
        return bool(refused) or misses_thoughts

    def _get_request_payload(self, input_: Any, **kwargs: Any) -> dict[str, Any]:
        payload = super()._get_request_payload(input_, **kwargs)
        if self._wants_thoughts:
            self._add_thoughts(self._convert_input(input_).to_messages(), payload["messages"])
        return {name: value for name, value in payload.items() if name not in self._left_out}

    def _add_thoughts(self, messages: Sequence[BaseMessage], sent: Sequence[dict[str, Any]]) -> None:
        for message, form in zip(messages, sent, strict=True):
            if isinstance(message, AIMessage) and message.tool_calls:
                form[_REASONING] = self.async_client.thoughts.get(str(message.tool_calls[0]["id"]), "")

    async def aclose(self) -> None:
        """Close the connections."""
        await self.root_async_client.close()


class Completions:
    """`POST /chat/completions` as a stream of chunks in one form, whatever the endpoint sends."""

    def __init__(self, client: AsyncOpenAI, extra: dict[str, Any]) -> None:
        self._client = client
        self._extra = extra
        #: What replies thought, by the id of their first call.
        self.thoughts: OrderedDict[str, str] = OrderedDict()

    async def create(self, **payload: Any) -> "_Reply":
        """Send a request and return its reply."""
        stream = await self._client.post(
            "/chat/completions",
            cast_to=object,
            body={**payload, **self._extra},
            stream=True,
            stream_cls=_Stream,
        )
        return _Reply(stream, self)

    def remember(self, reader: ReplyReader) -> None:
        """Keep what a reply thought before its calls."""
        if reader.ids and reader.reasoning:
            self.thoughts[reader.ids[0]] = reader.reasoning
            while len(self.thoughts) > _THOUGHTS_KEPT:
                self.thoughts.popitem(last=False)


class _Stream(AsyncStream[object]):
    """A stream that ends what it reads by when it is closed.

    It and its iterator hold each other: left alone, they would end in whatever thread the garbage collector runs.
    """

    async def close(self) -> None:
        await self._iterator.aclose()  # type: ignore[attr-defined]
        await super().close()


class _Reply:
    """One reply, as a stream that closes its connection."""

    def __init__(self, stream: AsyncStream[object], completions: Completions) -> None:
        self._stream = stream
        self._completions = completions

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stream.close()

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        reader = ReplyReader()
        async with aclosing(self._raw()) as raws:
            async for raw in raws:
                for chunk in reader.read(raw):
                    yield chunk
        for chunk in reader.finish():
            yield chunk
        self._completions.remember(reader)

    async def _raw(self) -> AsyncGenerator[object]:
        response = self._stream.response
        if "json" not in response.headers.get("content-type", ""):
            async with aclosing(aiter(self._stream)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    yield chunk
            return
        body = b""  # asked for a stream, it sent the whole reply
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _LARGEST_BODY:
                raise ReplyUnusable(en="it is too long", zh="过长")
        yield json.loads(body)


def open_endpoint(endpoint: EndpointSettings, settings: ModelSettings) -> ChatEndpoint:
    """Return the chat model of an endpoint, with the deadlines of the settings; no connection is made yet."""
    silence = settings.first_token_seconds
    client = _open_client(endpoint, Timeout(settings.timeout_seconds, connect=silence, read=silence))
    return ChatEndpoint(
        model=endpoint.name,
        api_key=endpoint.api_key or SecretStr("none"),
        root_async_client=client,
        async_client=Completions(client, endpoint.extra),
        temperature=0,
        streaming=True,
        stream_usage=True,
        stream_chunk_timeout=silence,
        use_responses_api=False,
    )


def _open_client(endpoint: EndpointSettings, timeout: Timeout) -> AsyncOpenAI:
    options: dict[str, Any] = {
        "api_key": endpoint.api_key.get_secret_value() if endpoint.api_key else "none",
        "timeout": timeout,
        "max_retries": 0,
        "http_client": DefaultAsyncHttpxClient(timeout=timeout),
    }
    if endpoint.api_version is None:
        return AsyncOpenAI(base_url=endpoint.base_url, **options)
    address = (endpoint.base_url or "").rstrip("/")
    if "/openai" not in address:
        address += "/openai"  # the resource's address; the deployment is added by its name
    return AsyncAzureOpenAI(base_url=address, api_version=endpoint.api_version, **options)


def _length(chunk: ChatGenerationChunk) -> int:
    calls = getattr(chunk.message, "tool_call_chunks", ())
    return len(chunk.text) + sum(len(call.get("args") or "") for call in calls)
