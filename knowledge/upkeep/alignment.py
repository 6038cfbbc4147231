"""Keeping the vector index in line with the catalogue: after changes, after a crash, after damage."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import DatabaseError

from knowledge.catalogue.database import write
from knowledge.catalogue.reading import Catalogue
from knowledge.catalogue.schema import entries, vector_changes, vectors
from knowledge.errors import IndexDamaged
from knowledge.search.lexical_index import check_terms
from knowledge.search.vector_index import VectorIndex

if TYPE_CHECKING:
    import numpy as np

_PAGE = 2000
_PROBES = 8
_NEIGHBOURS = 50
_DOCUMENTS = 500


def align_vectors(catalogue: Catalogue, index: VectorIndex) -> None:
    """Bring the index in line for all documents noted as changed, and forget the notes.

    Raises:
        IndexDamaged: It cannot be written; the notes are kept.
    """
    with catalogue.engine.connect() as connection:
        query = select(vector_changes).order_by(vector_changes.c.audience_id, vector_changes.c.id)
        changes = connection.execute(query).all()
        if not changes:
            return
        with index.changes():
            for audience_id, group in groupby(changes, key=lambda change: change.audience_id):
                document_ids = list(dict.fromkeys(change.document_id for change in group))
                for start in range(0, len(document_ids), _DOCUMENTS):
                    batch = document_ids[start : start + _DOCUMENTS]
                    rows, matrix = _read_vectors(connection, audience_id, document_ids=batch)
                    index.replace(audience_id, document_ids=batch, rows=rows, vectors=matrix)
    forget_changes(catalogue, max(change.id for change in changes))


def read_last_change(catalogue: Catalogue) -> int:
    """Return the number of the newest note of a change, 0 if there is none."""
    with catalogue.engine.connect() as connection:
        return connection.execute(select(func.max(vector_changes.c.id))).scalar() or 0


def forget_changes(catalogue: Catalogue, last: int) -> None:
    """Forget the notes of changes up to one that the index follows now."""
    with write(catalogue.engine) as connection:
        connection.execute(delete(vector_changes).where(vector_changes.c.id <= last))


def fill_index(catalogue: Catalogue, index: VectorIndex) -> None:
    """Fill an empty index from the catalogue as it is now, without embedding. Raises IndexDamaged."""
    with catalogue.engine.connect() as connection, index.changes():
        for audience_id in read_audiences(connection):
            after = 0
            while True:
                rows, matrix = _read_vectors(connection, audience_id, after=after)
                if not rows:
                    break
                index.add(audience_id, rows=rows, vectors=matrix)
                after = rows[-1][0]


def probe_terms(connection: Connection, *, thorough: bool = False) -> bool:
    """Whether the lexical index agrees with the catalogue, by its counts; `thorough` has FTS5 read it through."""
    try:
        return check_terms(connection, thorough=thorough)
    except DatabaseError:
        return False


def probe_vectors(connection: Connection, index: VectorIndex, audiences: Sequence[int] | None = None) -> bool:
    """Whether the vector index finds what it should hold.

    In each audience some known chunks are looked for by their own vectors, and as many neighbours must come
    back as there are chunks: a damaged index may count right and yet find nothing. One in eight may be missed,
    since a sound HNSW graph has, now and then, a chunk that no other one leads to. Audiences with documents that
    wait to be followed are left out.
    """
    waiting = set(connection.execute(select(vector_changes.c.audience_id).distinct()).scalars())
    looked_at = read_audiences(connection) if audiences is None else audiences
    try:
        index.open(looked_at)
        return all(_finds_known_chunks(connection, index, a) for a in looked_at if a not in waiting)
    except IndexDamaged:
        return False


def _finds_known_chunks(connection: Connection, index: VectorIndex, audience_id: int) -> bool:
    of_audience = entries.c.audience_id == audience_id
    rows = list(
        connection.execute(select(entries.c.row).where(of_audience).order_by(entries.c.row)).scalars()
    )
    if index.count(audience_id) != len(rows):
        return False
    step = max(len(rows) // _PROBES, 1)
    wanted = min(len(rows), _NEIGHBOURS)
    looked_for = {*rows[::step], rows[-1]}
    missed = 0
    for row in looked_for:
        _, matrix = _read_vectors(connection, audience_id, only=row)
        found = index.query(matrix[0], audiences=[audience_id], limit=wanted)[audience_id]
        missed += len(found) < wanted or not _holds(connection, found, row)
    return missed <= len(looked_for) // _PROBES


def _holds(connection: Connection, found: Sequence[int], row: int) -> bool:
    """Whether the row, or one with the very same vector, is among the found."""
    same = select(vectors.c.vector).where(vectors.c.row == row).scalar_subquery()
    query = select(func.count()).where(vectors.c.row.in_(found), vectors.c.vector == same)
    return connection.execute(query).scalar_one() > 0


def read_audiences(connection: Connection) -> list[int]:
    """List the audiences that have chunks to be searched."""
    return list(connection.execute(select(entries.c.audience_id).distinct()).scalars())


def _read_vectors(
    connection: Connection,
    audience_id: int,
    *,
    document_ids: Sequence[str] | None = None,
    only: int | None = None,
    after: int | None = None,
) -> "tuple[list[tuple[int, str, str]], np.ndarray]":
    """Read rows for `VectorIndex.add` with vectors: of some documents, one row, or a page after a row."""
    import numpy as np

    query = select(entries.c.row, entries.c.document_id, entries.c.collection, vectors.c.vector)
    query = query.join(vectors, vectors.c.row == entries.c.row).where(entries.c.audience_id == audience_id)
    if document_ids is not None:
        query = query.where(entries.c.document_id.in_(document_ids))
    if only is not None:
        query = query.where(entries.c.row == only)
    if after is not None:
        query = query.where(entries.c.row > after).limit(_PAGE)
    found = connection.execute(query.order_by(entries.c.row)).all()
    matrix = np.frombuffer(b"".join(row.vector for row in found), dtype="<f4")
    rows = [(row.row, row.document_id, row.collection) for row in found]
    return rows, matrix.reshape(len(found), -1) if found else matrix.reshape(0, 0)
