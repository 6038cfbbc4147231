"""Curation: what people do to what was taken in. Every change says by whom; what a reader may not see, they cannot change."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from knowledge.catalogue.database import write
from knowledge.catalogue.publication import publish
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.catalogue.revisions import utc_now
from knowledge.catalogue.schema import chunks, documents
from knowledge.cleaning import clean
from knowledge.curation.chunk_edits import Edit, apply_edit, find_original, find_standing, remember_edit
from knowledge.curation.pins import Pins, read_text
from knowledge.documents import Chunk, Document
from knowledge.embedding.current_model import CurrentModel
from knowledge.embedding.embeddings import Embedder
from knowledge.errors import InvalidCuration

_LONGEST_CHUNK = 4_000
_LONGEST_NOTE = 1_000
_LONGEST_NAME = 200


class Curation:
    """Edits passages, marks documents, and holds the curated answers.

    Attributes:
        pins: Curated answers to questions.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        model: CurrentModel,
        *,
        write_lock: AbstractContextManager[Any],
        follow: Callable[[], object],
    ) -> None:
        """Wire up the parts; `follow` lets the vector index follow a change."""
        self.pins = Pins(catalogue, model, write_lock=write_lock)
        self._catalogue = catalogue
        self._model = model
        self._write_lock = write_lock
        self._follow = follow

    def disable(self, chunk_id: str, *, teams: Teams, by: str) -> Chunk:
        """Take a passage out of search; it stays citable. Raises ChunkNotFound, InvalidCuration."""
        return self._change(chunk_id, teams, by, lambda edit: replace(edit, enabled=False))

    def enable(self, chunk_id: str, *, teams: Teams, by: str) -> Chunk:
        """Bring a disabled passage back. Raises ChunkNotFound, InvalidCuration."""
        return self._change(chunk_id, teams, by, lambda edit: replace(edit, enabled=True))

    def edit(self, chunk_id: str, text: str, *, teams: Teams, by: str) -> Chunk:
        """Put another text in a passage's place, also in later versions that hold the passage.

        Returns:
            The chunk that is searched and cited from now on; the one that was cited before stays readable.

        Raises:
            ChunkNotFound: There is no such chunk, or none that the reader may see.
            InvalidCuration: The text is empty or too long, or the chunk's version is not in force.
            EmbeddingFailed: The embedding model gives no vector; nothing was changed.
        """
        text = read_text(clean(text).strip(), "text", _LONGEST_CHUNK)
        return self._change(chunk_id, teams, by, lambda edit: replace(edit, text=text))

    def undo(self, chunk_id: str, *, teams: Teams, by: str) -> Chunk:
        """Put the passage back as the document has it. Raises ChunkNotFound, InvalidCuration."""
        return self._change(chunk_id, teams, by, lambda edit: replace(edit, text=None))

    def mark_stale(self, document_id: str, *, teams: Teams, by: str, note: str = "") -> Document:
        """Mark a document as out of date: answers that cite it say so. Raises DocumentNotFound."""
        marks = {
            "stale_at": utc_now(),
            "stale_by": read_text(by, "by", _LONGEST_NAME),
            "stale_note": read_text(note, "note", _LONGEST_NOTE) if note.strip() else None,
        }
        return self._mark(document_id, teams, marks)

    def unmark_stale(self, document_id: str, *, teams: Teams) -> Document:
        """Take the mark off. Raises DocumentNotFound."""
        return self._mark(document_id, teams, {"stale_at": None, "stale_by": None, "stale_note": None})

    def assign_owner(self, document_id: str, owner: str | None, *, teams: Teams) -> Document:
        """Say whom to ask about a document; with None that is whom the document itself names."""
        name = None if owner is None else read_text(owner, "owner", _LONGEST_NAME)
        return self._mark(document_id, teams, {"owner": name})

    def _mark(self, document_id: str, teams: Teams, marks: dict[str, object]) -> Document:
        with self._write_lock:
            document = self._catalogue.read_document(document_id, teams=teams)
            with write(self._catalogue.engine) as connection:
                connection.execute(update(documents).where(documents.c.id == document.id).values(marks))
        return self._catalogue.read_document(document.id, teams=teams)

    def _change(self, chunk_id: str, teams: Teams, by: str, change: Callable[[Edit], Edit]) -> Chunk:
        by = read_text(by, "by", _LONGEST_NAME)

        def work(embedder: Embedder) -> str:
            with self._write_lock:
                document, chunk = self._catalogue.read_chunk(chunk_id, teams=teams)
                _require_current(document, chunk, self._catalogue.read_document(document.id, teams=teams))
                with write(self._catalogue.engine) as connection:
                    standing = self._apply(connection, chunk, by, change, embedder)
                    publish(connection, document.id)
                self._follow()
            return standing

        return self._catalogue.read_chunk(self._model.use(work), teams=teams)[1]

    def _apply(
        self,
        connection: Connection,
        chunk: Chunk,
        by: str,
        change: Callable[[Edit], Edit],
        embedder: Embedder,
    ) -> str:
        """Change the passage, and the same passage wherever the document holds it, now or from a later day on."""

        def embed(text: str) -> bytes:
            self._model.claim(connection, embedder)
            return embedder.embed([text]).astype("<f4")[0].tobytes()

        row = connection.execute(select(chunks).where(chunks.c.id == chunk.id)).one()
        original = find_original(connection, row)
        edit = change(_read_edit(find_standing(connection, original), by))
        edit = replace(edit, text=None if edit.text == original.text else edit.text)
        remember_edit(connection, original, edit)
        standing = apply_edit(connection, original, edit, embed)
        for other in _read_same(connection, original):
            apply_edit(connection, other, edit, embed)
        return standing


def _read_edit(standing: Row[Any], by: str) -> Edit:
    """Return what holds of a passage now, as a change by somebody would leave it."""
    text = standing.text if standing.edit_of is not None else None
    return Edit(standing.enabled, text, by, utc_now())


def _read_same(connection: Connection, original: Row[Any]) -> list[Row[Any]]:
    same = (chunks.c.document_id == original.document_id) & (chunks.c.version >= original.version)
    query = select(chunks).where(same, chunks.c.text == original.text, chunks.c.edit_of.is_(None))
    return list(connection.execute(query.where(chunks.c.row != original.row)))


def _require_current(document: Document, chunk: Chunk, current: Document) -> None:
    if chunk.version < current.version:
        raise InvalidCuration(
            en=f"The passage is of version {chunk.version}; version {current.version} is in force. Choose one of its "
            "passages.",
            zh=f"该段落属于第 {chunk.version} 版，当前生效的是第 {current.version} 版，请选择当前版本中的段落。",
            parameter="chunk_id",
        )
