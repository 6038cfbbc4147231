"""A conversation's identity, and its turn: one question at a time."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4
from weakref import WeakValueDictionary

from assistant.access import Principal
from assistant.errors import InvalidRequest

_ID = re.compile(r"[A-Za-z0-9._:-]{1,120}")


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as one principal has it: the same id of another principal is another conversation.

    What the principal may see is part of it: when their teams change, nothing that was read before is remembered.
    """

    principal_id: str
    audience: str
    conversation_id: str


def open_thread(principal: Principal, given: str | None) -> Thread:
    """Return the thread of a principal with the id that was given, or with a new one.

    Raises:
        InvalidRequest: The id has other characters than letters, digits and `._:-`, or more than 120.
    """
    if given is None:
        given = f"c_{uuid4().hex[:16]}"
    if not _ID.fullmatch(given):
        raise InvalidRequest(
            en="A conversation id has 1 to 120 letters, digits or the characters . _ : -",
            zh="会话编号应为 1 到 120 个字母、数字或 . _ : - 字符。",
            parameter="conversation_id",
        )
    return Thread(principal.id, name_audience(principal.teams), given)


def name_audience(teams: frozenset[str] | None) -> str:
    """Return a name for what the members of all these teams may see.

    >>> name_audience(frozenset({"a", "b"})) == name_audience(frozenset({"b", "a"})) != name_audience(None)
    True
    """
    named = "*" if teams is None else ",".join(sorted(teams))
    return hashlib.sha256(named.encode()).hexdigest()[:16]


class ThreadLocks:
    """Hold a thread for one question: a second one in the same thread waits, so that both are remembered."""

    def __init__(self) -> None:
        #: A thread's lock lives as long as a question holds it or waits for it.
        self._locks: WeakValueDictionary[Thread, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, thread: Thread) -> AsyncIterator[None]:
        """Wait for the thread, and hold it within the context."""
        lock = self._locks.setdefault(thread, asyncio.Lock())
        async with lock:
            yield
