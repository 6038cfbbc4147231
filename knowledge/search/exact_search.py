"""Dense search without an index: the catalogue's own vectors, read and compared with the question's one by one."""

from collections.abc import Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, select

from knowledge.catalogue.schema import entries, vector_changes, vectors

if TYPE_CHECKING:
    import numpy as np

_PAGE = 4096


def scan(
    connection: Connection,
    vector: "np.ndarray",
    *,
    audiences: Sequence[int],
    collections: Sequence[str] | None = None,
    limit: int,
    only_waiting: bool = False,
) -> list[int]:
    """Return the row numbers nearest to a vector, at most `limit` from each audience.

    Args:
        connection: A read transaction on the catalogue.
        vector: Of unit length.
        audiences: Ids of the audiences to search.
        collections: Search only these; None is all.
        limit: Number of rows wanted from each audience.
        only_waiting: Search only documents that the vector index has yet to follow.
    """
    query = _select_vectors(audiences, collections)
    if only_waiting:
        query = query.where(entries.c.document_id.in_(select(vector_changes.c.document_id)))
    return _scan_pages(connection, query, vector, limit)


def _scan_pages(connection: Connection, query: Select[Any], vector: "np.ndarray", limit: int) -> list[int]:
    import numpy as np

    best: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for found in connection.execute(query).partitions(_PAGE):
        # A vector of another length is of a model that the question was not embedded with.
        page = [row for row in found if len(row.vector) == vector.nbytes]
        if not page:
            continue
        rows = np.array([row.row for row in page])
        owners = np.array([row.audience_id for row in page])
        matrix = np.frombuffer(b"".join(row.vector for row in page), dtype="<f4").reshape(len(page), -1)
        cosines = np.vecdot(matrix, vector)
        for audience_id in np.unique(owners):
            of_audience = owners == audience_id
            earlier_rows, earlier_cosines = best.get(audience_id, (rows[:0], cosines[:0]))
            kept_rows = np.concatenate([earlier_rows, rows[of_audience]])
            kept_cosines = np.concatenate([earlier_cosines, cosines[of_audience]])
            nearest = np.argsort(-kept_cosines, kind="stable")[:limit]
            best[audience_id] = kept_rows[nearest], kept_cosines[nearest]
    return [int(row) for rows, _ in best.values() for row in rows]


def count_indexed(
    connection: Connection, audiences: Sequence[int], collections: Sequence[str] | None
) -> dict[int, int]:
    """Count, by audience, the chunks that the vector index should hold: all but those of waiting documents."""
    query = select(entries.c.audience_id, func.count()).where(entries.c.audience_id.in_(audiences))
    query = query.where(entries.c.document_id.not_in(select(vector_changes.c.document_id)))
    if collections is not None:
        query = query.where(entries.c.collection.in_(collections))
    return {row[0]: row[1] for row in connection.execute(query.group_by(entries.c.audience_id))}


def select_indexed(connection: Connection, found: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Leave out of the rows found in each audience those of waiting documents and those that are gone."""
    query = (
        "SELECT row, audience_id FROM entries WHERE row IN (SELECT value FROM json_each(?)) "
        "AND document_id NOT IN (SELECT document_id FROM vector_changes)"
    )
    rows = dumps([row for rows in found.values() for row in rows])
    owners = {row[0]: row[1] for row in connection.exec_driver_sql(query, (rows,))}
    return {name: [row for row in rows if owners.get(row) == name] for name, rows in found.items()}


def count_waiting(connection: Connection) -> int:
    """Count the chunks of documents that the vector index has yet to follow, and such documents."""
    [[changes]] = connection.exec_driver_sql("SELECT count(*) FROM vector_changes")
    if not changes:
        return 0
    waiting = select(vector_changes.c.document_id)
    query = select(func.count()).select_from(entries).where(entries.c.document_id.in_(waiting))
    return int(changes + connection.execute(query).scalar_one())


def _select_vectors(audiences: Sequence[int], collections: Sequence[str] | None) -> Select[Any]:
    query = select(entries.c.row, entries.c.audience_id, vectors.c.vector)
    query = query.join(vectors, vectors.c.row == entries.c.row).where(entries.c.audience_id.in_(audiences))
    if collections is not None:
        query = query.where(entries.c.collection.in_(collections))
    return query
