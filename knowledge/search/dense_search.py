"""Dense search over whatever there is: the vector index while it is whole, else the catalogue's own vectors."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from knowledge.catalogue.reading import Catalogue
from knowledge.errors import IndexDamaged
from knowledge.search.exact_search import count_indexed, count_waiting, scan, select_indexed
from knowledge.search.held_vectors import HeldVectors
from knowledge.search.vector_index import VectorIndex
from knowledge.upkeep.alignment import align_vectors, read_audiences
from knowledge.upkeep.ownership import Ownership

if TYPE_CHECKING:
    import numpy as np

_LOOK_SECONDS = 1.0


class DenseSearch:
    """Finds the nearest chunks, whatever becomes of the vector index.

    Up to some size all vectors are held in memory, and the question is compared with each that the reader may see.
    Beyond it the index is asked, which belongs to one process at a time. While it is another's, or damaged, the
    catalogue's vectors are read and compared one by one, which finds the same, only slower. So are those of
    documents that the index has yet to follow: they are noted in the catalogue in the transaction of their change.

    Attributes:
        suspect: Called when the index was found wanting.
    """

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        """Wire up the parts; nothing is opened before it is needed.

        Args:
            catalogue: The truth.
            folder: Holds the vector index, each generation of it in a folder of its own.
        """
        self.suspect: Callable[[], None] = lambda: None
        self._catalogue = catalogue
        self._folder = folder
        self._ownership = Ownership(folder.with_suffix(".lock"))
        self._held = HeldVectors()
        self._claiming = Lock()
        self._index: VectorIndex | None = None  # None unless this process owns it and found it whole
        self._newest = 0
        self._looked = 0.0

    @property
    def index(self) -> VectorIndex | None:
        """The vector index, None while it cannot be used."""
        index = self._index
        return index if index is not None and index.is_untouched() else None

    def query(
        self,
        connection: Connection,
        vector: "np.ndarray",
        *,
        audiences: Sequence[int],
        collections: Sequence[str] | None = None,
        limit: int,
    ) -> list[int]:
        """Return the row numbers nearest to a vector, at most `limit` from each audience.

        Args:
            connection: A read transaction on the catalogue.
            vector: Of unit length.
            audiences: Ids of the audiences to search.
            collections: Search only these; None is all.
            limit: Number of rows wanted from each audience.
        """
        where: Any = {"audiences": audiences, "collections": collections, "limit": limit}
        held = self._held.query(connection, vector, **where)
        if held is not None:
            return held
        waiting = count_waiting(connection)
        found = self._ask_index(connection, vector, waiting=waiting, **where)
        if found is None:
            return scan(connection, vector, **where)
        return [*found, *scan(connection, vector, **where, only_waiting=True)] if waiting else found

    def align(self) -> bool:
        """Let the index follow the catalogue; return False if it is damaged or another process's."""
        if not self.claim() or (index := self.index) is None:
            return False
        try:
            align_vectors(self._catalogue, index)
        except IndexDamaged:
            self._distrust(index)
            return False
        return True

    def claim(self) -> bool:
        """Take hold of the index unless another process has it; return whether it is this one's.

        It is then compared with its checksums, and used only if it is whole.
        """
        with self._claiming:
            if self._ownership.held or not self._ownership.claim():
                return self._ownership.held
            with self._catalogue.engine.connect() as connection:
                self._newest = self._catalogue.get_state(connection, "generation") or 1
                expected = count_indexed(connection, read_audiences(connection), None)
            index = VectorIndex(self._folder / str(self._newest))
            if not expected:
                shutil.rmtree(index.path, ignore_errors=True)
            if not expected or index.is_whole():
                self._index = index
                self._drop_others(index)
            return True

    def set_aside(self) -> None:
        """Do without the index until it is built anew."""
        index, self._index = self._index, None
        if index is not None:
            index.close()

    def begin_generation(self) -> VectorIndex:
        """Return a new, empty index, to be filled and given to `change_over`."""
        self._newest += 1
        fresh = VectorIndex(self._folder / str(self._newest))
        shutil.rmtree(fresh.path, ignore_errors=True)
        return fresh

    def change_over(self, fresh: VectorIndex) -> None:
        """Use another index from now on, and delete all others."""
        old, self._index = self._index, fresh
        if old is not None:
            old.close()
        self._drop_others(fresh)

    def close(self) -> None:
        """Close the index and give it up."""
        with self._claiming:
            if self._index is not None:
                self._index.close()
            self._index = None
            self._ownership.release()

    def _ask_index(
        self,
        connection: Connection,
        vector: "np.ndarray",
        *,
        audiences: Sequence[int],
        collections: Sequence[str] | None,
        limit: int,
        waiting: int,
    ) -> list[int] | None:
        """Ask the index for what does not wait; None if there is none to be asked or it found less than there is."""
        if not audiences or (index := self._find_index()) is None:
            return None
        try:
            found = index.query(vector, audiences=audiences, collections=collections, limit=limit)
        except IndexDamaged:
            self._distrust(index)
            return None
        kept = select_indexed(connection, found) if waiting else found
        short = [audience_id for audience_id in audiences if len(kept[audience_id]) < limit]
        expected = count_indexed(connection, short, collections) if short else {}
        if any(len(found[audience_id]) < min(limit, number) for audience_id, number in expected.items()):
            self.suspect()
            return None
        if any(len(kept[audience_id]) < min(limit, number) for audience_id, number in expected.items()):
            return None  # what has changed since took the places of others
        return [row for rows in kept.values() for row in rows]

    def _find_index(self) -> VectorIndex | None:
        if self._index is not None and self._index.is_open:
            return self._look_after(self._index)
        self.claim()
        return self._index

    def _look_after(self, index: VectorIndex) -> VectorIndex | None:
        """Return the index unless its files are no longer what they were, at which it looks each second."""
        if monotonic() - self._looked < _LOOK_SECONDS:
            return index
        self._looked = monotonic()
        if self.index is None:
            self._distrust(index)
            return None
        return index

    def _drop_others(self, index: VectorIndex) -> None:
        for folder in self._folder.glob("*"):
            if folder != index.path:
                shutil.rmtree(folder, ignore_errors=True)

    def _distrust(self, index: VectorIndex) -> None:
        if self._index is index:
            self._index = None
        index.close()
        self.suspect()
