"""Conversations: the agent's state per asker and thread, kept in SQLite.

A thread belongs to its principal: the same conversation id of another principal is another thread. Only the newest
checkpoint of a thread is kept.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

from langchain_core.messages import AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from assistant.access import Principal
from assistant.answer import Evidence
from assistant.errors import InvalidRequest
from assistant.turn import Passage, Turn
from assistant.visibility import Visibility

_ID = re.compile(r"[A-Za-z0-9._:-]{1,120}")


def conversation_id(given: str | None) -> str:
    """Return the id that was given, or a new one.

    Raises:
        InvalidRequest: The id has other characters than letters, digits and `._:-`, or more than 120.
    """
    if given is None:
        return f"c_{uuid4().hex[:16]}"
    if not _ID.fullmatch(given):
        raise InvalidRequest(
            en="A conversation id has 1 to 120 letters, digits or the characters . _ : -",
            zh="会话编号应为 1 到 120 个字母、数字或 . _ : - 字符。",
            parameter="conversation_id",
        )
    return given


def thread_config(principal: Principal, conversation: str) -> dict[str, Any]:
    """Return the agent's configuration for a thread.

    What the principal may see is part of the thread's name: when their teams change, nothing that was read before
    is remembered.
    """
    teams = "*" if principal.teams is None else ",".join(sorted(principal.teams))
    seen = hashlib.sha256(teams.encode()).hexdigest()[:16]
    return {"configurable": {"thread_id": f"{principal.id}|{seen}|{conversation}"}}


class Conversations:
    """Open the checkpoint store inside the running event loop, and keep it small."""

    def __init__(self, state: Path) -> None:
        self._path = state / "conversations.db"
        self._opening = asyncio.Lock()
        self._saver: AsyncSqliteSaver | None = None
        #: A thread's lock lives as long as a question holds it or waits for it.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def saver(self) -> AsyncSqliteSaver:
        """Return the store, opened once."""
        async with self._opening:
            if self._saver is None:
                import aiosqlite

                self._saver = AsyncSqliteSaver(await aiosqlite.connect(self._path))
                await self._saver.setup()
            return self._saver

    @asynccontextmanager
    async def turn(self, config: dict[str, Any]) -> AsyncIterator[None]:
        """Hold a thread for one question: a second one in the same thread waits, so that both are remembered.

        At the end, also where the asker has left, all but the newest checkpoint of the thread are dropped.
        """
        thread = config["configurable"]["thread_id"]
        lock = self._turns.setdefault(thread, asyncio.Lock())
        async with lock:
            try:
                yield
            finally:
                await self._prune(thread)

    async def _prune(self, thread: str) -> None:
        saver = await self.saver()
        newest = "SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?"
        async with saver.lock:
            for table in ("checkpoints", "writes"):
                await saver.conn.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < ({newest})",
                    (thread, thread),
                )
            await saver.conn.commit()

    async def close(self) -> None:
        """Close the store."""
        if self._saver is not None:
            await self._saver.conn.close()
            self._saver = None


def recall(messages: Sequence[BaseMessage], turn: Turn, visibility: Visibility) -> None:
    """Let a turn lean on what earlier turns of its thread gathered and the asker may still see."""
    passages, evidence = gathered(messages)
    for passage in passages:
        if (document := visibility.document_of(passage.chunk_id)) and document.stale:
            turn.stale[document.id] = document.stale
    turn.curated = {edition for edition in _editions(messages) if visibility.curated(edition)}
    turn.recall(
        [passage for passage in passages if visibility.chunk(passage.chunk_id)],
        [item for item in evidence if visibility.source(item.source)],
    )


def remembered(messages: Sequence[AnyMessage], turn: Turn) -> list[AnyMessage]:
    """Return the question under way, and the turns before it up to the first that leaned on what was withdrawn since.

    A turn is its question, what its tools returned and its answer. Those after the first such turn were said with the
    withdrawn text in view and may repeat it, so they go with it.
    """
    starts = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    for start, end in pairwise(starts):
        if _leans_on_withdrawn(messages[start:end], turn):
            return [*messages[:start], *messages[starts[-1] :]]
    return list(messages)


def _leans_on_withdrawn(messages: Sequence[BaseMessage], turn: Turn) -> bool:
    passages, evidence = gathered(messages)
    chunks = {passage.chunk_id for passage in turn.passages.values()}
    sources = {item.source for item in turn.evidence.values()}
    return not (
        turn.curated.issuperset(_editions(messages))
        and chunks.issuperset(passage.chunk_id for passage in passages)
        and sources.issuperset(item.source for item in evidence)
    )


def _editions(messages: Sequence[BaseMessage]) -> set[str]:
    """Return the editions of the curated answers among messages."""
    return {edition for message in messages if (edition := message.additional_kwargs.get("curated_edition"))}


def gathered(messages: Sequence[BaseMessage]) -> tuple[list[Passage], list[Evidence]]:
    """Return the passages and the evidence that earlier turns of a thread gathered."""
    passages: list[Passage] = []
    evidence: list[Evidence] = []
    for message in messages:
        artifact = message.artifact if isinstance(message, ToolMessage) else None
        if not isinstance(artifact, dict):
            continue
        passages += [
            Passage(**{**item, "section": tuple(item["section"])}) for item in artifact.get("items", ())
        ]
        measured = [artifact["item"]] if artifact.get("kind") == "evidence" else artifact.get("evidence", ())
        evidence += [Evidence.model_validate(item) for item in measured]
    return passages, evidence
