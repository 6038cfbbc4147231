"""Dense search without an index: the catalogue's own vectors, each compared with the question's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, select, text

from knowledge.catalogue.schema import entries, vector_changes, vectors

if TYPE_CHECKING:
    import numpy as np

MOST_HELD = 2000
"""So many chunks are compared with a question one by one in less time than it takes to import Chroma."""
_PAGE = 4096
_LAST_CHANGE = text("SELECT seq FROM sqlite_sequence WHERE name = 'vector_changes'")


@dataclass(frozen=True, slots=True)
class _Held:
    """All that is searched, as of a change; nothing if it is more than is held."""

    last_change: int
    rows: "np.ndarray"
    owners: "np.ndarray"
    collections: "np.ndarray"
    matrix: "np.ndarray"


class ExactSearch:
    """Compares a question with the vectors of the catalogue, of which those of a small one are held in memory."""

    def __init__(self) -> None:
        self._held: _Held | None = None

    def scan(
        self,
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
        if not only_waiting:
            held = self._hold(connection)
            if held.matrix.shape[1] == len(vector):
                return _find_nearest(held, vector, audiences, collections, limit)
        query = _select_vectors(audiences, collections)
        if only_waiting:
            query = query.where(entries.c.document_id.in_(select(vector_changes.c.document_id)))
        return _scan_pages(connection, query, vector, limit)

    def _hold(self, connection: Connection) -> _Held:
        """Return what is held, read anew after any change: each is noted, also by another process."""
        last = connection.execute(_LAST_CHANGE).scalar() or 0
        held = self._held
        if held is None or held.last_change != last:
            held = self._held = _read_held(connection, last)
        return held


def _read_held(connection: Connection, last_change: int) -> _Held:
    import numpy as np

    query = select(entries.c.row, entries.c.audience_id, entries.c.collection, vectors.c.vector)
    query = query.join(vectors, vectors.c.row == entries.c.row).order_by(entries.c.row)
    found = connection.execute(query.limit(MOST_HELD + 1)).all()
    if len(found) > MOST_HELD or len({len(row.vector) for row in found}) != 1:
        found = []
    matrix = np.frombuffer(b"".join(row.vector for row in found), dtype="<f4")
    return _Held(
        last_change,
        np.array([row.row for row in found], dtype=int),
        np.array([row.audience_id for row in found], dtype=int),
        np.array([row.collection for row in found], dtype=object),
        matrix.reshape(len(found), -1) if found else matrix.reshape(0, 0),
    )


def _find_nearest(
    held: _Held, vector: "np.ndarray", audiences: Sequence[int], collections: Sequence[str] | None, limit: int
) -> list[int]:
    import numpy as np

    wanted = np.isin(held.owners, list(audiences))
    if collections is not None:
        wanted &= np.fromiter((name in collections for name in held.collections), dtype=bool)
    cosines = held.matrix @ vector
    found: list[int] = []
    for audience_id in np.unique(held.owners[wanted]):
        [places] = np.nonzero(wanted & (held.owners == audience_id))
        nearest = np.argsort(-cosines[places], kind="stable")[:limit]
        found += held.rows[places[nearest]].tolist()
    return found


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
        cosines = matrix @ vector
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
    waiting = select(vector_changes.c.document_id)
    query = select(func.count()).select_from(entries).where(entries.c.document_id.in_(waiting))
    changes = connection.execute(select(func.count()).select_from(vector_changes)).scalar_one()
    return changes and changes + connection.execute(query).scalar_one()


def _select_vectors(audiences: Sequence[int], collections: Sequence[str] | None) -> Select[Any]:
    query = select(entries.c.row, entries.c.audience_id, vectors.c.vector)
    query = query.join(vectors, vectors.c.row == entries.c.row).where(entries.c.audience_id.in_(audiences))
    if collections is not None:
        query = query.where(entries.c.collection.in_(collections))
    return query
