"""An OpenAI-compatible endpoint as a chat model that is not trusted with the length of its replies."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from openai import DefaultAsyncHttpxClient, Timeout
from pydantic import SecretStr

from assistant.errors import ReplyUnusable
from assistant.settings import ModelSettings

#: Characters of one reply, text and tool arguments together; ten times a long answer.
_LONGEST_REPLY = 40_000


class ChatEndpoint(ChatOpenAI):
    """Chat with an endpoint over a connection pool of its own, which `aclose` closes."""

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        length = 0
        async with aclosing(super()._astream(*args, **kwargs)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                length += _length(chunk)
                if length > _LONGEST_REPLY:
                    raise ReplyUnusable("the reply is too long")
                yield chunk

    async def aclose(self) -> None:
        """Close the connections."""
        await self.root_async_client.close()


def open_endpoint(settings: ModelSettings) -> ChatEndpoint:
    """Return the chat model of the settings; no connection is made yet."""
    timeout = Timeout(settings.timeout_seconds, read=settings.first_token_seconds)
    return ChatEndpoint(
        model=settings.name,
        base_url=settings.base_url,
        api_key=settings.api_key or SecretStr("none"),
        timeout=timeout,
        http_async_client=DefaultAsyncHttpxClient(timeout=timeout),
        max_retries=0,
        temperature=0,
        streaming=True,
        stream_usage=False,
        stream_chunk_timeout=settings.first_token_seconds,
    )


def _length(chunk: ChatGenerationChunk) -> int:
    calls = getattr(chunk.message, "tool_call_chunks", ())
    return len(chunk.text) + sum(len(call.get("args") or "") for call in calls)
