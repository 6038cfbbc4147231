"""What people did to near duplicates of what is shown: their marks hold for the copy too, so they are told with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from json import dumps
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from knowledge.catalogue.database import is_among
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.catalogue.schema import chunk_edits
from knowledge.curation.chunk_edits import hash_text
from knowledge.documents import Document, Mark, SearchResult

_MARKED = (
    "SELECT document_id, other_id FROM near_duplicates JOIN documents ON documents.id = other_id "
    "WHERE document_id IN (SELECT value FROM json_each(?)) AND documents.replaced_by IS NOT document_id "
    "AND (stale_at IS NOT NULL OR EXISTS (SELECT 1 FROM chunk_edits WHERE chunk_edits.document_id = other_id))"
)
"""The near duplicates that have a mark; what the document itself replaces has been dealt with."""


def tell_marks(
    catalogue: Catalogue, results: Sequence[SearchResult], *, teams: Teams
) -> tuple[SearchResult, ...]:
    """Return the results with the marks of those near duplicates of their documents that the reader sees."""
    names = dumps(sorted({result.document.id for result in results}))
    with catalogue.engine.connect() as connection:
        pairs = [(row[0], row[1]) for row in connection.exec_driver_sql(_MARKED, (names,))]
        if not pairs:
            return tuple(results)
        edits = _read_edits(connection, {other for _, other in pairs}, results)
    seen = {d.id: d for d in catalogue.read_documents(teams=teams, ids={other for _, other in pairs})}
    marked = []
    for result in results:
        copies = [seen[other] for one, other in pairs if one == result.document.id and other in seen]
        marked.append(replace(result, marks=tuple(_find_marks(result, copies, edits))))
    return tuple(marked)


def _read_edits(
    connection: Connection, document_ids: Iterable[str], results: Iterable[SearchResult]
) -> dict[tuple[str, str], Row[Any]]:
    """Return what was done to passages of these documents that are shown, by document and hash of the passage."""
    hashes = {hash_text(result.chunk.text) for result in results}
    query = select(chunk_edits).where(is_among(chunk_edits.c.document_id, document_ids))
    rows = connection.execute(query.where(is_among(chunk_edits.c.text_hash, hashes)))
    return {(row.document_id, row.text_hash): row for row in rows}


def _find_marks(
    result: SearchResult, copies: Iterable[Document], edits: dict[tuple[str, str], Row[Any]]
) -> Iterator[Mark]:
    for copy in copies:
        if copy.stale is not None:
            yield Mark("stale", copy.id, copy.title, copy.stale.by, copy.stale.at, copy.stale.note)
        if (edit := edits.get((copy.id, hash_text(result.chunk.text)))) is not None:
            kind: Literal["disabled", "edited"] = "disabled" if edit.text is None else "edited"
            yield Mark(kind, copy.id, copy.title, edit.by, edit.at.replace(tzinfo=UTC))
