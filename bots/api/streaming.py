"""Answers as server-sent events. The run belongs to the response: when the client goes, it stops."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

import anyio
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from assistant.answer import AskEvent
from assistant.language import Language
from bots.api.problems import describe

#: An error within this time is answered with its own status; after it, as an event of the stream.
_GRACE_SECONDS = 0.5
_PING_SECONDS = 15.0
_QUEUED = 64

_Item = AskEvent | Exception | None


class AskStream(EventSourceResponse):
    """A stream of ask events: each event's name, and its data as JSON."""

    def __init__(self, events: AsyncIterator[AskEvent], language: Language) -> None:
        self._items: asyncio.Queue[_Item] = asyncio.Queue(_QUEUED)
        self._taken: list[_Item] = []
        self._language = language
        # One task drives the run from start to end, so that its context variables stay its own.
        self._run = asyncio.create_task(self._pump(events))
        super().__init__(self._lines(), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})

    @classmethod
    async def start(cls, events: AsyncIterator[AskEvent], language: Language) -> "AskStream":
        """Begin the run and return its stream.

        Raises:
            Exception: Whatever the run raised before its first event.
        """
        stream = cls(events, language)
        try:
            first = await asyncio.wait_for(stream._items.get(), _GRACE_SECONDS)
        except TimeoutError:
            return stream
        except asyncio.CancelledError:
            stream._run.cancel()
            raise
        if isinstance(first, Exception):
            raise first
        stream._taken.append(first)
        return stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; stop the run when all are sent or nobody listens any more."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                self._run.cancel()
                with suppress(asyncio.CancelledError):
                    await self._run

    async def _pump(self, events: AsyncIterator[AskEvent]) -> None:
        try:
            async with aclosing(events) as running:  # type: ignore[type-var]
                async for event in running:
                    await self._items.put(event)
        except Exception as error:  # told to the client by the reader of the queue
            await self._items.put(error)
        else:
            await self._items.put(None)

    async def _lines(self) -> AsyncIterator[bytes]:
        while True:
            try:
                item = await self._next()
            except TimeoutError:
                yield KEEPALIVE_COMMENT
                continue
            if item is None:
                return
            yield self._line(item)
            if isinstance(item, Exception):
                return

    async def _next(self) -> _Item:
        if self._taken:
            return self._taken.pop()
        return await asyncio.wait_for(self._items.get(), _PING_SECONDS)

    def _line(self, item: AskEvent | Exception) -> bytes:
        if isinstance(item, Exception):
            problem = describe(item, self._language).model_dump(exclude_none=True)
            return _encode("error", problem)
        return _encode(item.event, item.data)


def _encode(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
