"""Archives: one file that holds many documents, and the exports of other tools that come as one."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Member:
    """A document in an archive, or a file in it that cannot be one and why."""

    path: str
    data: bytes = b""
    title: str | None = None
    error: DocumentError | None = None


def expand(name: str, data: bytes) -> Iterator[Member]:
    raise NotImplementedError
    yield
