"""The vectors of all that is searched, held in memory while they are few enough: nearest neighbours, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from json import dumps
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, text

from knowledge.catalogue.schema import entries

if TYPE_CHECKING:
    import numpy as np

MOST_HELD = 20_000
"""A reader's share of so many chunks is compared with a question in less time than Chroma takes to answer."""
_LAST_CHANGE = text("SELECT seq FROM sqlite_sequence WHERE name = 'vector_changes'")
_SELECT_MODEL = text("SELECT value FROM state WHERE key = 'embedder'")
_SELECT_ENTRIES = "SELECT audience_id, row, collection FROM entries ORDER BY audience_id, row"
_SELECT_VECTORS = "SELECT row, vector FROM vectors WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"


@dataclass(frozen=True, slots=True)
class _Held:
    """All that is searched, as of a change.

    Attributes:
        last_change: Number of the newest change of `entries`.
        model: The embedding model, as the catalogue records it.
        rows: Row numbers, those of an audience together; nothing if there are more than are held.
        collections: The collection of each row.
        audiences: Where the rows of each audience stand.
        matrix: Array (rows, dimensions) of their vectors.
        is_empty: Whether nothing at all is searched.
    """

    last_change: int
    model: str | None
    rows: "np.ndarray"
    collections: "np.ndarray"
    audiences: dict[int, slice]
    matrix: "np.ndarray"
    is_empty: bool


class HeldVectors:
    """Compares questions with the vectors that it holds.

    Each change to what is searched is numbered in the catalogue, by whichever process; after one, the vectors of
    rows that are new are read, and the others kept: a row's vector never changes but with the model.
    """

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._reading = Lock()

    def query(
        self,
        connection: Connection,
        vector: "np.ndarray",
        *,
        audiences: Sequence[int],
        collections: Sequence[str] | None = None,
        limit: int,
    ) -> list[int] | None:
        """Return the row numbers nearest to a vector, at most `limit` from each audience.

        Args:
            connection: A read transaction on the catalogue.
            vector: Of unit length.
            audiences: Ids of the audiences to search.
            collections: Search only these; None is all.
            limit: Number of rows wanted from each audience.

        Returns:
            None if there is more than is held.
        """
        import numpy as np

        held = self._hold(connection)
        if held.is_empty:
            return []
        if held.matrix.shape[1] != len(vector):
            return None
        found: list[int] = []
        for audience_id in audiences:
            if (place := held.audiences.get(audience_id)) is None:
                continue
            cosines = np.vecdot(
                held.matrix[place], vector
            )  # by `@`, BLAS would wake threads, which takes longer
            if collections is not None:
                cosines[~np.isin(held.collections[place], list(collections))] = -np.inf
            nearest = np.argsort(-cosines, kind="stable")[:limit]
            found += held.rows[place][nearest[np.isfinite(cosines[nearest])]].tolist()
        return found

    def _hold(self, connection: Connection) -> _Held:
        last = connection.execute(_LAST_CHANGE).scalar() or 0
        held = self._held
        if held is not None and held.last_change == last:
            return held
        with self._reading:
            held = self._held
            if held is None or held.last_change != last:
                held = self._held = _read(connection, last, held)
            return held


def _read(connection: Connection, last_change: int, earlier: _Held | None) -> _Held:
    """Read what is searched, but of vectors only those that are not among the earlier ones."""
    import numpy as np

    model = connection.execute(_SELECT_MODEL).scalar()
    too_much = exceeds_held(connection)
    found = [] if too_much else connection.exec_driver_sql(_SELECT_ENTRIES).all()
    is_empty = not too_much and not found
    rows = np.array([row for _, row, _ in found], dtype=np.int64)
    matrix = _gather(connection, rows, earlier if earlier is not None and earlier.model == model else None)
    if matrix is None:
        found, rows, matrix = [], rows[:0], np.empty((0, 0), dtype=np.float32)
    audiences, start = {}, 0
    for audience_id, group in groupby(found, key=lambda row: row[0]):
        length = sum(1 for _ in group)
        audiences[audience_id] = slice(start, start + length)
        start += length
    collections = np.array([collection for *_, collection in found], dtype=object)
    return _Held(last_change, model, rows, collections, audiences, matrix, is_empty)


def exceeds_held(connection: Connection) -> bool:
    """Tell whether more is searched than is held, so that the index is asked."""
    return connection.execute(select(entries.c.row).offset(MOST_HELD).limit(1)).first() is not None


def _gather(connection: Connection, rows: "np.ndarray", earlier: _Held | None) -> "np.ndarray | None":
    """Return the vectors of rows in their order; None if there are none, or not all of one length."""
    import numpy as np

    numbers = rows[:0] if earlier is None else earlier.rows
    blocks = [] if earlier is None or not len(numbers) else [earlier.matrix]
    fresh = connection.exec_driver_sql(_SELECT_VECTORS, (dumps(np.setdiff1d(rows, numbers).tolist()),)).all()
    if fresh:
        length = len(fresh[0][1])
        if any(len(vector) != length for _, vector in fresh):
            return None
        read = np.frombuffer(b"".join(vector for _, vector in fresh), dtype="<f4")
        blocks.append(read.reshape(len(fresh), -1))
        numbers = np.concatenate([numbers, [row for row, _ in fresh]])
    if not len(rows) or not len(numbers) or len({block.shape[1] for block in blocks}) != 1:
        return None
    order = np.argsort(numbers)
    places = order[np.searchsorted(numbers, rows, sorter=order).clip(max=len(order) - 1)]
    if (numbers[places] != rows).any():
        return None
    both = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    return both[places]
