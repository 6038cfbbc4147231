"""The catalogue: documents, versions, chunks and vectors in SQL, the truth that the indexes follow."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import cache
from json import loads
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, bindparam, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.database import is_among, open_database
from knowledge.catalogue.schema import audiences, chunks, documents, entries, state, versions
from knowledge.documents import Chunk, Document, Stale
from knowledge.errors import ChunkNotFound, DocumentNotFound, display
from knowledge.language import strip_surrogates

Teams = frozenset[str] | None
_CHUNK_FIELDS = (
    "id", "document_id", "version", "position", "section", "page", "language", "kind", "text", "enabled",
    "edited_by",
)  # fmt: skip


class Catalogue:
    """Reads and keeps documents. Every read takes the reader's teams; None is the owner, who sees everything.

    Methods that take a connection are parts of a transaction of the caller; the others open their own.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, path: Path) -> "Catalogue":
        """Open or create the catalogue in the SQLite file `path`. Raises CatalogueUnavailable."""
        return cls(open_database(path))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def read_documents(
        self, *, teams: Teams, collections: Sequence[str] | None = None, ids: Iterable[str] | None = None
    ) -> list[Document]:
        """List current documents by collection and title."""
        with self.engine.connect() as connection:
            query = select_documents().where(self._visible(connection, teams))
            if collections is not None:
                query = query.where(versions.c.collection.in_(list(map(strip_surrogates, collections))))
            if ids is not None:
                query = query.where(documents.c.id.in_(list(ids)))
            query = query.order_by(versions.c.collection, versions.c.title, documents.c.id)
            return [build_document(row) for row in connection.execute(query)]

    def read_origin(self, origin: str) -> list[Document]:
        """List the current documents of a synced folder."""
        with self.engine.connect() as connection:
            query = select_documents().where(documents.c.origin == origin).order_by(documents.c.source)
            return [build_document(row) for row in connection.execute(query)]

    def read_document(self, document_id: str, *, teams: Teams) -> Document:
        """Return a current document. Raises DocumentNotFound."""
        with self.engine.connect() as connection:
            return self.find_document(connection, document_id, teams)

    def read_many(self, connection: Connection, document_ids: Iterable[str]) -> dict[str, Document]:
        """Return current documents by id, whoever may see them; ids of none are left out."""
        query = select_documents().where(is_among(documents.c.id, document_ids))
        return {row.id: build_document(row) for row in connection.execute(query)}

    def read_chunks(self, document_id: str, *, teams: Teams) -> list[Chunk]:
        """List the chunks of a document's current version in reading order, disabled ones among them.

        Raises:
            DocumentNotFound: There is none, or none that the reader may see.
        """
        with self.engine.connect() as connection:
            document = self.find_document(connection, document_id, teams)
            of_version = and_(chunks.c.document_id == document.id, chunks.c.version == document.version)
            query = select(chunks).where(of_version, ~chunks.c.withdrawn).order_by(chunks.c.position)
            return [build_chunk(row) for row in connection.execute(query)]

    def read_chunk(self, chunk_id: str, *, teams: Teams) -> tuple[Document, Chunk]:
        """Return a chunk of any version, with the document as of that version. Raises ChunkNotFound."""
        for pair in self.find_chunks([chunk_id], teams=teams).values():
            return pair
        raise ChunkNotFound(
            en=f"There is no passage {display(chunk_id)}.", zh=f"没有段落 {display(chunk_id)}。"
        )

    def find_chunks(self, chunk_ids: Iterable[str], *, teams: Teams) -> dict[str, tuple[Document, Chunk]]:
        """Return those of the chunks that the reader may see, as `read_chunk`, by id."""
        wanted = chunks.c.id.in_([strip_surrogates(chunk_id) for chunk_id in chunk_ids])
        with self.engine.connect() as connection:
            query = _select_versions().where(
                wanted, self._visible(connection, teams), self._readable(connection, teams)
            )
            return {
                row.chunk_id: (build_document(row), build_chunk(row, "chunk_"))
                for row in connection.execute(query)
            }

    def read_blocks(self, kind: str, *, teams: Teams) -> list[tuple[Document, Chunk]]:
        """List all chunks of a kind that stand in search, with their documents."""
        with self.engine.connect() as connection:
            searched = chunks.c.row.in_(select(entries.c.row))
            condition = and_(
                chunks.c.kind == strip_surrogates(kind), searched, self._visible(connection, teams)
            )
            return [(document, chunk) for _, document, chunk in self._read_pairs(connection, condition)]

    def read_rows(self, connection: Connection, rows: Sequence[int]) -> dict[int, tuple[Document, Chunk]]:
        """Return current chunks with their documents by row number."""
        found = connection.execute(_select_rows(), {"rows": list(rows)})
        return {row.chunk_row: (build_document(row), build_chunk(row, "chunk_")) for row in found}

    def find_audiences(self, connection: Connection, teams: Teams) -> list[int]:
        """List the ids of the audiences that a reader belongs to."""
        found = connection.exec_driver_sql("SELECT id, teams FROM audiences ORDER BY id").all()
        readers = ((audience_id, loads(names)) for audience_id, names in found)
        return [
            audience_id
            for audience_id, names in readers
            if teams is None or not names or not teams.isdisjoint(names)
        ]

    def get_state(self, connection: Connection, key: str) -> Any:
        """Return what is kept under a key, None if nothing."""
        value = connection.exec_driver_sql(
            "SELECT CAST(value AS TEXT) FROM state WHERE key = ?", (key,)
        ).scalar()
        return None if value is None else loads(value)

    def set_state(self, connection: Connection, key: str, value: object) -> None:
        """Keep a JSON value under a key."""
        statement = upsert(state).values(key=key, value=value)
        connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def read_history(self, document_id: str, *, teams: Teams) -> tuple[Document, list[Row[Any]]]:
        """Return a document and the rows of its versions that the reader may see, newest first."""
        with self.engine.connect() as connection:
            document = self.find_document(connection, document_id, teams)
            query = select(versions).join(documents, documents.c.id == versions.c.document_id)
            query = query.where(documents.c.id == document.id, self._readable(connection, teams))
            return document, list(connection.execute(query.order_by(versions.c.version.desc())))

    def _visible(self, connection: Connection, teams: Teams) -> ColumnElement[bool]:
        return documents.c.audience_id.in_(self.find_audiences(connection, teams))

    def _readable(self, connection: Connection, teams: Teams) -> ColumnElement[bool]:
        """Keep a version that waits from those who will not be its readers."""
        own = versions.c.audience_id.in_(self.find_audiences(connection, teams))
        return or_(versions.c.version <= documents.c.version, versions.c.audience_id.is_(None), own)

    def find_document(self, connection: Connection, document_id: str, teams: Teams) -> Document:
        """Return a current document. Raises DocumentNotFound."""
        query = select_documents().where(documents.c.id == strip_surrogates(document_id))
        row = connection.execute(query.where(self._visible(connection, teams))).first()
        if row is None:
            raise DocumentNotFound(
                en=f"There is no document {display(document_id)}.", zh=f"没有文档 {display(document_id)}。"
            )
        return build_document(row)

    def _read_pairs(
        self, connection: Connection, condition: ColumnElement[bool]
    ) -> list[tuple[int, Document, Chunk]]:
        query = _select_pairs().where(condition)
        query = query.order_by(versions.c.collection, versions.c.title, documents.c.id, chunks.c.position)
        rows = connection.execute(query)
        return [(row.chunk_row, build_document(row), build_chunk(row, "chunk_")) for row in rows]


@cache
def _select_pairs() -> Select[Any]:
    """Select current chunks with their documents; made once, since each search needs it."""
    return _with_chunks(select_documents(), documents.c.version)


@cache
def _select_versions() -> Select[Any]:
    """Select chunks of any version with their documents as of it."""
    return _with_chunks(select_documents(version=versions.c.version), versions.c.version)


def _with_chunks(query: Select[Any], version: ColumnElement[int]) -> Select[Any]:
    of_version = and_(chunks.c.document_id == documents.c.id, chunks.c.version == version)
    labelled = (column.label(f"chunk_{column.name}") for column in chunks.c)
    return query.join(chunks, of_version).add_columns(*labelled)


@cache
def _select_rows() -> Select[Any]:
    return _select_pairs().where(chunks.c.row.in_(bindparam("rows", expanding=True)))


def select_documents(*, version: ColumnElement[int] | int | None = None) -> Select[Any]:
    """Select documents with their current version, or with the given one."""
    of_version = versions.c.version == (documents.c.version if version is None else version)
    joined = documents.join(versions, and_(versions.c.document_id == documents.c.id, of_version)).join(
        audiences
    )
    marks = (documents.c.stale_at, documents.c.stale_by, documents.c.stale_note, documents.c.replaced_by)
    own = (
        documents.c.id,
        documents.c.source,
        documents.c.origin,
        documents.c.owner.label("assigned"),
        *marks,
    )
    columns = (*own, audiences.c.teams, *versions.c)
    return select(*columns).select_from(joined)


def build_document(row: Row[Any]) -> Document:
    """Build a document from a row of documents, versions and audiences."""
    return Document(
        id=row.id,
        title=row.title,
        collection=row.collection,
        language=row.language,
        teams=tuple(row.teams),
        tags=tuple(row.tags),
        effective_date=row.effective_date,
        owner=row.assigned or row.owner,
        source=row.source,
        origin=row.origin,
        source_url=row.source_url,
        content_hash=row.content_hash,
        version=row.version,
        updated_at=row.updated_at.replace(tzinfo=UTC),
        chunk_count=row.chunk_count,
        stale=_build_stale(row),
        replaced_by=row.replaced_by,
    )


def _build_stale(row: Row[Any]) -> Stale | None:
    if row.stale_at is None:
        return None
    return Stale(at=row.stale_at.replace(tzinfo=UTC), by=row.stale_by, note=row.stale_note or "")


def build_chunk(row: Row[Any], prefix: str = "") -> Chunk:
    """Build a chunk from a row of chunks whose columns are named with a prefix."""
    values = {name: getattr(row, prefix + name) for name in _CHUNK_FIELDS}
    edited_at = getattr(row, prefix + "edited_at")
    values["edited_at"] = edited_at and edited_at.replace(tzinfo=UTC)
    return Chunk(**{**values, "section": tuple(values["section"])})
