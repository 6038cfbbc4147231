"""What the knowledge base is given, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from knowledge.documents import Document, Notice, Status
from knowledge.errors import KnowledgeError


class Metadata(TypedDict, total=False):
    """What may be said of a document beside its bytes; it wins over the front matter unless None.

    Attributes:
        collection: Shelf that it stands on.
        teams: Who may read it; empty is everyone.
        title: Its title.
        tags: Free labels.
        effective_date: Date, or ISO text, from which it holds.
        owner: Whom to ask.
        source_url: Where the original lives.
    """

    collection: str | None
    teams: Sequence[str] | None
    title: str | None
    tags: Sequence[str] | None
    effective_date: date | str | None
    owner: str | None
    source_url: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A document to be taken in, with what is said of it; what is None is left to the front matter.

    Attributes:
        name: File name; its extension says how to read it.
        data: The bytes.
        source: What identifies the document among those of its origin; the name if None.
        origin: The synced folder that it belongs to, "" for none.
        container: Source of the archive that it came in, "" for none.
        default_collection: Where it goes if neither `collection` nor the front matter says.
        collection: As in `Document`, like the fields that follow; `effective_date` may be ISO text.
    """

    name: str
    data: bytes
    source: str | None = None
    origin: str = ""
    container: str = ""
    default_collection: str | None = None
    collection: str | None = None
    teams: Sequence[str] | None = None
    title: str | None = None
    tags: Sequence[str] | None = None
    effective_date: date | str | None = None
    owner: str | None = None
    source_url: str | None = None

    def metadata(self) -> dict[str, object]:
        """Return what was said of the document, without what is None."""
        names = ("collection", "teams", "title", "tags", "effective_date", "owner", "source_url")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Ingested:
    """Outcome of taking in one document.

    Attributes:
        document: The document as it now stands.
        status: "added", "updated" or "unchanged".
        warnings: What was ignored, such as unknown front-matter keys.
    """

    document: Document
    status: Status
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be taken in, and why."""

    source: str
    error: KnowledgeError
