"""Changes to the catalogue: new versions of documents, removals, and the vectors to bring in line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.lexical_index import add_terms, remove_terms
from knowledge.schema import audiences, chunks, documents, entries, vector_changes, vectors, versions


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk to be kept. `context` is its title and headings, indexed with the text but not cited."""

    section: tuple[str, ...]
    page: int | None
    language: str
    kind: str
    context: str
    text: str

    @property
    def indexed_text(self) -> str:
        """Return what is embedded and segmented: the context, then the text."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document's version to be kept; the fields are those of `documents.Document`."""

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


def identify_document(origin: str, source: str) -> str:
    """Return the id that a document gets at first sight of its source."""
    return "d_" + _hash(origin, source)


def _hash(*parts: object) -> str:
    return sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_hash(connection: Connection, document_id: str) -> str | None:
    """Return the content hash of a document's current version, None if there is no such document."""
    query = select(versions.c.content_hash).join(
        documents, (documents.c.id == versions.c.document_id) & (documents.c.version == versions.c.version)
    )
    return connection.execute(query.where(documents.c.id == document_id)).scalar()


def store_version(connection: Connection, new: NewVersion, embeddings: Sequence[bytes]) -> tuple[str, bool]:
    """Make `new` the document's current version, searchable from the commit on.

    Args:
        connection: Inside a write transaction.
        new: The version.
        embeddings: A vector for each of its chunks, float32 bytes.

    Returns:
        The document's id and whether it is new.
    """
    document_id = identify_document(new.origin, new.source)
    audience_id = _find_or_add_audience(connection, new.teams)
    old = connection.execute(select(documents).where(documents.c.id == document_id)).first()
    version = old.version + 1 if old else 1
    if old:
        _withdraw(connection, document_id, old.audience_id)
        values = {"version": version, "audience_id": audience_id}
        connection.execute(update(documents).where(documents.c.id == document_id).values(values))
    else:
        connection.execute(
            insert(documents).values(
                id=document_id, origin=new.origin, source=new.source, version=1, audience_id=audience_id
            )
        )
    connection.execute(insert(versions).values(_version_values(new, document_id, version)))
    _store_chunks(connection, new, embeddings, document_id, version, audience_id)
    note_change(connection, document_id, audience_id)
    return document_id, old is None


def remove_document(connection: Connection, document_id: str) -> None:
    """Remove a document with all its versions and chunks."""
    query = select(documents.c.audience_id).where(documents.c.id == document_id)
    audience_id = connection.execute(query).scalar()
    if audience_id is not None:
        _withdraw(connection, document_id, audience_id)
        connection.execute(delete(documents).where(documents.c.id == document_id))


def note_change(connection: Connection, document_id: str, audience_id: int) -> None:
    """Note that the index must be brought in line for a document in one audience."""
    connection.execute(insert(vector_changes).values(document_id=document_id, audience_id=audience_id))


def _withdraw(connection: Connection, document_id: str, audience_id: int) -> None:
    """Take a document's chunks out of search; they stay citable."""
    remove_terms(connection, document_id)
    searched = select(entries.c.row).where(entries.c.document_id == document_id)
    connection.execute(delete(vectors).where(vectors.c.row.in_(searched)))
    connection.execute(delete(entries).where(entries.c.document_id == document_id))
    note_change(connection, document_id, audience_id)


def _find_or_add_audience(connection: Connection, teams: tuple[str, ...]) -> int:
    values = sorted(set(teams))
    connection.execute(upsert(audiences).values(teams=values).on_conflict_do_nothing())
    return connection.execute(select(audiences.c.id).where(audiences.c.teams == values)).scalar_one()


def _version_values(new: NewVersion, document_id: str, version: int) -> dict[str, Any]:
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
        "updated_at": datetime.now(UTC).replace(tzinfo=None),
        "chunk_count": len(new.chunks),
    }


def _store_chunks(
    connection: Connection,
    new: NewVersion,
    embeddings: Sequence[bytes],
    document_id: str,
    version: int,
    audience_id: int,
) -> None:
    values = [
        {
            "id": "c_" + _hash(document_id, version, position, chunk.text),
            "document_id": document_id,
            "version": version,
            "position": position,
            "section": list(chunk.section),
            "page": chunk.page,
            "language": chunk.language,
            "kind": chunk.kind,
            "context": chunk.context,
            "text": chunk.text,
        }
        for position, chunk in enumerate(new.chunks)
    ]
    connection.execute(insert(chunks), values)
    of_version = (chunks.c.document_id == document_id) & (chunks.c.version == version)
    query = select(chunks.c.row).where(of_version).order_by(chunks.c.position)
    rows = list(connection.execute(query).scalars())
    entry = {"document_id": document_id, "audience_id": audience_id, "collection": new.collection}
    connection.execute(insert(entries), [{"row": row, **entry} for row in rows])
    kept = [{"row": row, "vector": vector} for row, vector in zip(rows, embeddings, strict=True)]
    connection.execute(insert(vectors), kept)
    add_terms(connection, zip(rows, (chunk.indexed_text for chunk in new.chunks), strict=True))
