"""Changes to the catalogue: new versions of documents and removals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.database import is_among
from knowledge.catalogue.near_duplicates import forget_likeness
from knowledge.catalogue.originals import drop_orphans, find_files, keep_files, pack_texts
from knowledge.catalogue.publication import index_text, withdraw
from knowledge.catalogue.replacements import settle_replacements
from knowledge.catalogue.schema import audiences, chunks, documents, texts, vectors, versions

_LAST_ROW = text("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")
_UNCHANGED = (
    "SELECT key, documents.id FROM json_each(?) JOIN documents "
    "ON documents.origin = json_extract(value, '$[0]') AND documents.source = json_extract(value, '$[1]') "
    "WHERE json_extract(value, '$[2]') = "
    "(SELECT content_hash FROM versions WHERE document_id = documents.id ORDER BY version DESC LIMIT 1)"
)


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


def find_documents(connection: Connection, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the ids of the documents of origins and sources, or the ids that they will get.

    A document keeps its id when its file is renamed, so the id of first sight may belong to one that has left.
    """
    found: dict[tuple[str, str], str] = {}
    by_origin: dict[str, list[str]] = defaultdict(list)
    for origin, source in places:
        by_origin[origin].append(source)
    for origin, sources in by_origin.items():
        query = select(documents.c.source, documents.c.id).where(documents.c.origin == origin)
        known = {
            row.source: row.id
            for row in connection.execute(query.where(is_among(documents.c.source, sources)))
        }
        first = {source: identify_document(origin, source) for source in sources if source not in known}
        query = select(documents.c.id).where(is_among(documents.c.id, first.values()))
        taken = set(connection.execute(query).scalars()) if first else set()
        new = {s: _find_free(connection, origin, s) if name in taken else name for s, name in first.items()}
        found |= {(origin, source): document_id for source, document_id in (known | new).items()}
    return found


def _find_free(connection: Connection, origin: str, source: str) -> str:
    document_id, tries = identify_document(origin, source), 0
    while connection.execute(select(documents.c.id).where(documents.c.id == document_id)).first():
        tries += 1
        document_id = identify_document(origin, f"{source}\x1f{tries}")
    return document_id


def hash_parts(*parts: object) -> str:
    """Return sixteen hexadecimal digits of the hash of parts."""
    return sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_unchanged(connection: Connection, seen: Sequence[tuple[str, str, str]]) -> dict[int, str]:
    """Return the ids of documents whose newest version has the content hash that was seen, by place.

    Args:
        connection: To the catalogue.
        seen: Origin, source and content hash of each.
    """
    return {int(place): name for place, name in connection.exec_driver_sql(_UNCHANGED, (dumps(seen),))}


def store_versions(
    connection: Connection, news: Sequence[NewVersion], embeddings: Sequence[bytes]
) -> dict[str, int]:
    """Keep versions as the newest of their documents; `validity.begin_versions` makes them searched.

    Args:
        connection: Inside a write transaction.
        news: The versions, of different documents.
        embeddings: A vector for each of their chunks, float32 bytes.

    Returns:
        The ids of the documents in this order, with the numbers of the versions.
    """
    places = find_documents(connection, [(new.origin, new.source) for new in news])
    ids = [places[new.origin, new.source] for new in news]
    newest = _find_newest(connection, ids)
    numbers = {document_id: newest.get(document_id, 0) + 1 for document_id in ids}
    known = _find_or_add_audiences(connection, news)
    stored = [
        _Stored(new, document_id, numbers[document_id], known[_name_teams(new)])
        for document_id, new in zip(ids, news, strict=True)
    ]
    _store_documents(connection, stored)
    _store_texts(connection, stored)
    _store_chunks(connection, stored, embeddings)
    return numbers


def remove_document(connection: Connection, document_id: str, *, today: date) -> None:
    """Remove a document with all its versions, chunks and files; what it replaced comes back."""
    withdraw(connection, document_id)
    forget_likeness(connection, [document_id])
    files = find_files(connection, document_id)
    connection.execute(delete(documents).where(documents.c.id == document_id))
    drop_orphans(connection, files)
    settle_replacements(connection, today)


def insert_chunks(connection: Connection, values: Sequence[dict[str, Any]]) -> list[int]:
    """Add rows to the chunks, numbered on from the highest ever given; return their numbers in the same order."""
    last = connection.execute(_LAST_ROW).scalar() or 0
    rows = list(range(last + 1, last + 1 + len(values)))
    if rows:
        connection.execute(insert(chunks), [{**v, "row": row} for row, v in zip(rows, values, strict=True)])
    return rows


def keep_vectors(connection: Connection, rows: Iterable[int], embeddings: Iterable[bytes]) -> None:
    """Keep the vector of each row."""
    kept = [{"row": row, "vector": vector} for row, vector in zip(rows, embeddings, strict=True)]
    if kept:
        connection.execute(insert(vectors), kept)


def utc_now() -> datetime:
    """Return the time as the catalogue writes it: UTC without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class _Stored:
    new: NewVersion
    document_id: str
    version: int
    audience_id: int

    @property
    def key(self) -> dict[str, Any]:
        return {"document_id": self.document_id, "version": self.version}


def _find_newest(connection: Connection, document_ids: Sequence[str]) -> dict[str, int]:
    query = select(versions.c.document_id, func.max(versions.c.version).label("version"))
    query = query.where(is_among(versions.c.document_id, document_ids)).group_by(versions.c.document_id)
    return {row.document_id: row.version for row in connection.execute(query)}


def _find_or_add_audiences(connection: Connection, news: Iterable[NewVersion]) -> dict[tuple[str, ...], int]:
    wanted = {_name_teams(new) for new in news}
    teams = [{"teams": list(names)} for names in sorted(wanted)]
    connection.execute(upsert(audiences).on_conflict_do_nothing(), teams)
    query = select(audiences).where(audiences.c.teams.in_([value["teams"] for value in teams]))
    return {tuple(row.teams): row.id for row in connection.execute(query)}


def _name_teams(new: NewVersion) -> tuple[str, ...]:
    return tuple(sorted(set(new.teams)))


def _store_documents(connection: Connection, stored: Sequence[_Stored]) -> None:
    """Keep the documents that are new, where all came from, and the versions with their files."""
    new = [item for item in stored if item.version == 1]
    identities = [
        {
            "id": item.document_id,
            "origin": item.new.origin,
            "source": item.new.source,
            "container": item.new.container,
            "version": 1,
            "audience_id": item.audience_id,
        }
        for item in new
    ]
    if identities:
        connection.execute(insert(documents), identities)
    moved = [{"name": s.document_id, "place": s.new.container} for s in stored if s.version > 1]
    if moved:
        statement = update(documents).where(documents.c.id == bindparam("name"))
        connection.execute(statement.values(container=bindparam("place")), moved)
    having = [item for item in stored if item.new.data]
    hashes = keep_files(connection, [item.new.data for item in having]) if having else []
    files = dict(zip((item.document_id for item in having), hashes, strict=True))
    values = [_version_values(item, files.get(item.document_id)) for item in stored]
    connection.execute(insert(versions), values)


def _version_values(stored: _Stored, file_hash: str | None) -> dict[str, Any]:
    new = stored.new
    return stored.key | {
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
        "file_hash": file_hash,
        "replaces": list(new.replaces) or None,
        "audience_id": stored.audience_id,
    }


def _store_texts(connection: Connection, stored: Sequence[_Stored]) -> None:
    kept = [
        item.key | pack_texts(item.new.text, item.new.original, item.new.alignment)
        for item in stored
        if item.new.text
    ]
    if kept:
        connection.execute(insert(texts), kept)


def _store_chunks(connection: Connection, stored: Sequence[_Stored], embeddings: Sequence[bytes]) -> None:
    values = [
        item.key
        | {
            "id": "c_" + hash_parts(item.document_id, item.version, position, chunk.text),
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
        for item in stored
        for position, chunk in enumerate(item.new.chunks)
    ]
    keep_vectors(connection, insert_chunks(connection, values), embeddings)
