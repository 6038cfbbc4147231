"""What the knowledge base tells of its work: how a folder was mirrored, what failed, whether the indexes are well."""

from dataclasses import dataclass
from datetime import datetime

from knowledge.documents import Document, Notice, Status
from knowledge.uploads import Failure


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file of a synced folder that could not be taken in when it was last tried.

    Attributes:
        origin: The folder.
        source: Its path in it.
        code: The error's code.
        en: Why, in English.
        zh: Why, in Chinese.
        attempts: How often it was tried.
        failed_at: When it was last tried, UTC.
    """

    origin: str
    source: str
    code: str
    en: str
    zh: str
    attempts: int
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """Where a folder sync stands: `done` of `total` files. `source` is what was done last, or is being read."""

    done: int
    total: int
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Outcome of mirroring a folder.

    Attributes:
        added: Documents that are new.
        updated: Documents whose content or metadata changed.
        moved: Documents whose file has another name or folder than before; they keep their id and versions.
        unchanged: Documents that were already as the folder has them.
        removed: Documents whose file vanished.
        withheld: Documents whose file vanished and which were kept, so many are they: see `KnowledgeBase.sync`.
        failed: Files that could not be read; an earlier version of theirs stays.
        failing: Files that failed before, have not changed since and were not tried again.
        skipped: Sources of visible files whose format no loader knows.
        warnings: Sources with what was ignored in them.
    """

    added: tuple[Document, ...] = ()
    updated: tuple[Document, ...] = ()
    moved: tuple[Document, ...] = ()
    unchanged: tuple[Document, ...] = ()
    removed: tuple[Document, ...] = ()
    withheld: tuple[Document, ...] = ()
    failed: tuple[Failure, ...] = ()
    failing: tuple[FailedFile, ...] = ()
    skipped: tuple[str, ...] = ()
    warnings: tuple[tuple[str, Notice], ...] = ()


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """Whether the indexes agree with the catalogue, and what is wrong if not."""

    ok: bool
    detail: Notice
