"""Noticing that an index is damaged or missing, and building it anew from the catalogue without embedding."""

import logging
import shutil
from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock, RLock
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from knowledge.catalogue.database import is_damage, write
from knowledge.catalogue.reading import Catalogue
from knowledge.catalogue.schema import entries
from knowledge.documents import Notice
from knowledge.errors import CatalogueUnavailable, IndexDamaged
from knowledge.reports import IndexHealth
from knowledge.search.dense_search import DenseSearch
from knowledge.search.exact_search import count_waiting
from knowledge.search.held_vectors import exceeds_held
from knowledge.search.lexical_index import FORMAT, rebuild_terms
from knowledge.upkeep.alignment import (
    fill_index,
    forget_changes,
    probe_terms,
    probe_vectors,
    read_audiences,
    read_last_change,
)
from knowledge.upkeep.maintenance import Maintenance

_MOST_WAITING = 2000
_MOST_WAITING_UNASKED = 20_000
"""Changes that the index follows in less than ten seconds, should the process be killed before it does."""
_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


class Recovery:
    """Keeps both indexes in line with the catalogue: after changes, after a crash, after damage."""

    def __init__(self, catalogue: Catalogue, dense: DenseSearch, *, write_lock: RLock) -> None:
        """Wire up the parts; `write_lock` is held by whoever writes, and who holds it never waits for healing."""
        self._catalogue = catalogue
        self._dense = dense
        self._write_lock = write_lock
        self._healing = Lock()
        self._maintenance = Maintenance(lambda: self.heal(thorough=self._suspected).ok)
        self._suspected = True
        self._rebuilding = False
        self._turns = count()
        self._health: IndexHealth | None = None
        dense.suspect = self._suspect

    @property
    def rebuilding(self) -> bool:
        """Whether the vector index is being built anew at this moment."""
        return self._rebuilding

    @property
    def health(self) -> IndexHealth:
        """The health as last seen in the background, or as it is now where nothing watches."""
        if self._rebuilding:
            return _unwell("the vector index is being rebuilt", "正在重建向量索引")
        return self._health if self._health and self._maintenance.running else self.probe()

    def follow(self) -> None:
        """Let the vector index follow the catalogue if many documents wait for it.

        Where all vectors are held in memory (`held_vectors`), no search asks the index and more may wait: Chroma
        takes many at once in less time, during which it lets no other thread of Python work.
        """
        with self._catalogue.engine.connect() as connection:
            waiting = count_waiting(connection)
            most = _MOST_WAITING if exceeds_held(connection) else _MOST_WAITING_UNASKED
        if waiting >= most:
            self.align()

    def align(self) -> None:
        """Let the vector index follow the catalogue; one that is damaged is built anew.

        Where that is not possible the changes wait, and search finds them in the catalogue.
        """
        with self._write_lock:
            if not self._healing.acquire(blocking=False):
                return  # whoever heals lets the index follow
            try:
                if not self._dense.align():
                    self._rebuild_soon()
            finally:
                self._healing.release()

    def probe(self) -> IndexHealth:
        """Compare both indexes with the catalogue, by looking for known chunks of every audience."""
        return self._look(self._read_audiences())

    def heal(self, *, thorough: bool = True) -> IndexHealth:
        """Probe both indexes, build what is damaged anew, and let the vector index follow.

        Args:
            thorough: Look at every audience and read the lexical index through; else look at one audience,
                the next each time.

        Returns:
            The health after it; if the vector index could not be built, why.

        Raises:
            StorageFull: There is no room to rebuild.
        """
        with self._healing:
            mend_terms(self._catalogue, thorough=thorough)
            try:
                with self._write_lock:
                    self._dense.align()
                health = self._look(self._read_audiences() if thorough else self._next_audience())
                if not health.ok:
                    _LOG.warning("%s", health.detail.en)
                    self._rebuild_vectors()
                    health = self.probe()
            except IndexDamaged as error:
                health = IndexHealth(False, Notice(en=error.en, zh=error.zh))
            self._health, self._suspected = health, not health.ok
        return health

    def rebuild(self, *, terms: bool = True) -> None:
        """Build both indexes anew, or the vector index alone, the old ones serving meanwhile.

        Raises:
            IndexDamaged, StorageFull: The index cannot be built.
        """
        with self._healing:
            if terms:
                _rebuild_terms(self._catalogue)
            if self._dense.claim():
                self._rebuild_vectors()

    def mending(self, search: Callable[[], _T]) -> _T:
        """Do a search, once more if the lexical index proves to be damaged, which is built anew.

        Raises:
            CatalogueUnavailable: More than the index is damaged.
        """
        try:
            return search()
        except DatabaseError as error:
            if not is_damage(error):
                raise
        try:
            mend_terms(self._catalogue)
            return search()
        except DatabaseError as error:
            raise CatalogueUnavailable(
                en="The catalogue's file is damaged; restore it from a backup.",
                zh="目录库文件已损坏，请从备份恢复。",
            ) from error

    def watch(self, *, every: float = 60.0) -> None:
        """Heal in the background, now and every so many seconds until `close`; for processes that run long."""
        self._maintenance.start(every)

    def close(self) -> None:
        """End the background work."""
        self._maintenance.stop()

    def _suspect(self) -> None:
        self._suspected = True
        self._maintenance.wake()

    def _rebuild_soon(self) -> None:
        """Rebuild the index if it is this process's: in the background if there is one."""
        if self._maintenance.running:
            self._suspect()
        elif self._dense.claim():
            try:
                self._rebuild_vectors()
            except IndexDamaged:
                _LOG.warning("the vector index could not be rebuilt", exc_info=True)

    def _rebuild_vectors(self) -> None:
        """Build a new generation, which holds once it is whole; should this be cut short, the old does."""
        self._rebuilding = True
        fresh = self._dense.begin_generation()
        try:
            followed = read_last_change(self._catalogue)
            fill_index(self._catalogue, fresh)
            with self._write_lock:
                with write(self._catalogue.engine) as connection:
                    self._catalogue.set_state(connection, "generation", int(fresh.path.name))
                self._dense.change_over(fresh)
                forget_changes(self._catalogue, followed)
                self._dense.align()
        except BaseException:
            fresh.close()
            shutil.rmtree(fresh.path, ignore_errors=True)
            raise
        finally:
            self._rebuilding = False

    def _look(self, audiences: Sequence[int]) -> IndexHealth:
        with self._write_lock, self._catalogue.engine.connect() as connection:
            if not probe_terms(connection):
                return _unwell("the lexical index does not match the catalogue", "词汇索引与目录库不一致")
            total = connection.execute(select(func.count()).select_from(entries)).scalar_one()
            if not self._dense.claim():
                en = f"{total} chunks; another process keeps the vector index."
                return IndexHealth(True, Notice(en=en, zh=f"共 {total} 个段落；向量索引由另一个进程维护。"))
            index = self._dense.index  # taken once: a search may find it wanting meanwhile
            if index is None:
                return _unwell("the vector index is missing or damaged", "向量索引缺失或已损坏")
            if not probe_vectors(connection, index, audiences):
                return _unwell(
                    "the vector index does not find chunks that it should hold", "向量索引找不到应有的段落"
                )
        return IndexHealth(
            True, Notice(en=f"{total} chunks, all found.", zh=f"共 {total} 个段落，均可检索。")
        )

    def _read_audiences(self) -> list[int]:
        with self._catalogue.engine.connect() as connection:
            return read_audiences(connection)

    def _next_audience(self) -> list[int]:
        audiences = self._read_audiences()
        return [audiences[next(self._turns) % len(audiences)]] if audiences else []


def mend_terms(catalogue: Catalogue, *, thorough: bool = True) -> bool:
    """Build the lexical index anew if it is damaged, read through if `thorough`; return whether it was."""
    with write(catalogue.engine) as connection:
        if probe_terms(connection, thorough=thorough):
            return False
    _LOG.warning("the lexical index is damaged and is rebuilt")
    _rebuild_terms(catalogue)
    return True


def update_terms(catalogue: Catalogue) -> None:
    """Build the lexical index anew if its terms were cut in another way than they are now."""
    with catalogue.engine.connect() as connection:
        if catalogue.get_state(connection, "terms") == FORMAT:
            return
    with write(catalogue.engine) as connection:
        rebuild_terms(connection)
        catalogue.set_state(connection, "terms", FORMAT)


def _rebuild_terms(catalogue: Catalogue) -> None:
    with write(catalogue.engine) as connection:
        rebuild_terms(connection)


def _unwell(en: str, zh: str) -> IndexHealth:
    return IndexHealth(False, Notice(en=f"Index problem: {en}", zh=f"索引异常：{zh}"))
