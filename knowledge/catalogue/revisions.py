"""Changes to the catalogue: new versions of documents and removals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.originals import drop_orphans, find_files, keep_file, keep_text
from knowledge.catalogue.publication import index_text, settle_replacements, withdraw
from knowledge.catalogue.schema import audiences, chunks, documents, vectors, versions


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk to be kept. `context` is its title and headings, indexed with the text but not cited."""

    section: tuple[str, ...]
    page: int | None
    language: str
    kind: str
    context: str
    text: str
    start: int | None = None
    end: int | None = None

    @property
    def indexed_text(self) -> str:
        """Return what is embedded and segmented: the context, then the text."""
        return index_text(self.context, self.text)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document's version to be kept; the fields are those of `documents.Document`.

    Attributes:
        replaces: Titles, sources or ids of the documents whose place it takes.
        file_name: The file's own name.
        data: The file's bytes.
        text: The cleaned text, of which the chunks are spans.
        original: The text as it was extracted.
        alignment: How the two align, as bytes.
    """

    origin: str
    source: str
    teams: tuple[str, ...]
    title: str
    collection: str
    language: str
    tags: tuple[str, ...]
    effective_date: date | None
    owner: str | None
    source_url: str | None
    content_hash: str
    chunks: tuple[NewChunk, ...]
    replaces: tuple[str, ...] = ()
    container: str = ""
    file_name: str = ""
    data: bytes = b""
    text: str = ""
    original: str = ""
    alignment: bytes = b""


def identify_document(origin: str, source: str) -> str:
    """Return the id that a document gets at first sight of its source."""
    return "d_" + hash_parts(origin, source)


def find_document(connection: Connection, origin: str, source: str) -> str:
    """Return the id of the document of a source, or the id that it will get.

    A document keeps its id when its file is renamed, so the id of first sight may belong to one that has left.
    """
    of_source = (documents.c.origin == origin) & (documents.c.source == source)
    if found := connection.execute(select(documents.c.id).where(of_source)).scalar():
        return str(found)
    document_id, tries = identify_document(origin, source), 0
    while connection.execute(select(documents.c.id).where(documents.c.id == document_id)).first():
        tries += 1
        document_id = identify_document(origin, f"{source}\x1f{tries}")
    return document_id


def hash_parts(*parts: object) -> str:
    """Return sixteen hexadecimal digits of the hash of parts."""
    return sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_hash(connection: Connection, document_id: str) -> str | None:
    """Return the content hash of a document's newest version, None if there is no such document."""
    query = select(versions.c.content_hash).where(versions.c.document_id == document_id)
    return connection.execute(query.order_by(versions.c.version.desc()).limit(1)).scalar()


def store_version(connection: Connection, new: NewVersion, embeddings: Sequence[bytes]) -> tuple[str, int]:
    """Keep `new` as the document's newest version; `publication.begin_version` makes it searched.

    Args:
        connection: Inside a write transaction.
        new: The version.
        embeddings: A vector for each of its chunks, float32 bytes.

    Returns:
        The document's id and the number of the version.
    """
    document_id = find_document(connection, new.origin, new.source)
    audience_id = _find_or_add_audience(connection, new.teams)
    version = _find_newest(connection, document_id) + 1
    if version == 1:
        identity = {"id": document_id, "origin": new.origin, "source": new.source}
        connection.execute(insert(documents).values(version=1, audience_id=audience_id, **identity))
    container = update(documents).where(documents.c.id == document_id)
    connection.execute(container.values(container=new.container))
    values = _version_values(connection, new, document_id, version, audience_id)
    connection.execute(insert(versions).values(values))
    if new.text:
        keep_text(
            connection, document_id, version, text=new.text, original=new.original, alignment=new.alignment
        )
    _store_chunks(connection, new, embeddings, document_id, version)
    return document_id, version


def remove_document(connection: Connection, document_id: str, *, today: date) -> None:
    """Remove a document with all its versions, chunks and files; what it replaced comes back."""
    withdraw(connection, document_id)
    files = find_files(connection, document_id)
    connection.execute(delete(documents).where(documents.c.id == document_id))
    drop_orphans(connection, files)
    settle_replacements(connection, today)


def insert_chunks(connection: Connection, values: Sequence[dict[str, Any]]) -> list[int]:
    """Add rows to the chunks; return their row numbers in the same order."""
    connection.execute(insert(chunks), values)
    ids = [value["id"] for value in values]
    query = select(chunks.c.id, chunks.c.row).where(
        chunks.c.document_id == values[0]["document_id"], chunks.c.version == values[0]["version"]
    )
    rows = {row.id: row.row for row in connection.execute(query)}
    return [rows[chunk_id] for chunk_id in ids]


def keep_vectors(connection: Connection, rows: Iterable[int], embeddings: Iterable[bytes]) -> None:
    """Keep the vector of each row."""
    kept = [{"row": row, "vector": vector} for row, vector in zip(rows, embeddings, strict=True)]
    connection.execute(insert(vectors), kept)


def utc_now() -> datetime:
    """Return the time as the catalogue writes it: UTC without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


def _find_newest(connection: Connection, document_id: str) -> int:
    query = select(func.max(versions.c.version)).where(versions.c.document_id == document_id)
    return connection.execute(query).scalar() or 0


def _find_or_add_audience(connection: Connection, teams: tuple[str, ...]) -> int:
    values = sorted(set(teams))
    connection.execute(upsert(audiences).values(teams=values).on_conflict_do_nothing())
    return connection.execute(select(audiences.c.id).where(audiences.c.teams == values)).scalar_one()


def _version_values(
    connection: Connection, new: NewVersion, document_id: str, version: int, audience_id: int
) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "version": version,
        "title": new.title,
        "collection": new.collection,
        "language": new.language,
        "tags": list(new.tags),
        "effective_date": new.effective_date,
        "owner": new.owner,
        "source_url": new.source_url,
        "content_hash": new.content_hash,
        "updated_at": utc_now(),
        "chunk_count": len(new.chunks),
        "file_name": new.file_name,
        "file_hash": keep_file(connection, new.data) if new.data else None,
        "replaces": list(new.replaces) or None,
        "audience_id": audience_id,
    }


def _store_chunks(
    connection: Connection, new: NewVersion, embeddings: Sequence[bytes], document_id: str, version: int
) -> None:
    values = [
        {
            "id": "c_" + hash_parts(document_id, version, position, chunk.text),
            "document_id": document_id,
            "version": version,
            "position": position,
            "section": list(chunk.section),
            "page": chunk.page,
            "language": chunk.language,
            "kind": chunk.kind,
            "context": chunk.context,
            "text": chunk.text,
            "start": chunk.start,
            "end": chunk.end,
        }
        for position, chunk in enumerate(new.chunks)
    ]
    keep_vectors(connection, insert_chunks(connection, values), embeddings)
