"""What is known of the files of a synced folder: how they were last seen, and which of them failed."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Delete, Engine, Table, and_, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from knowledge.catalogue.database import write
from knowledge.catalogue.schema import failures, files
from knowledge.folders.folder import FileState
from knowledge.reports import FailedFile
from knowledge.uploads import Failure

_BUFFERED = 64


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when it was last taken in."""

    size: int
    modified_ns: int
    content_hash: str


class FileRecords:
    """The records of one folder, read once and written in batches.

    Attributes:
        files: The last state of each file, by source.
        failed: The failures, by source: of a file, or of a document in an archive.
    """

    def __init__(self, engine: Engine, origin: str) -> None:
        self._engine = engine
        self._origin = origin
        self._files: dict[str, FileRecord | None] = {}
        self._failed: dict[str, FailedFile | None] = {}
        with engine.connect() as connection:
            seen = connection.execute(select(files).where(files.c.origin == origin))
            self.files = {row.source: FileRecord(row.size, row.modified_ns, row.content_hash) for row in seen}
        self.failed = {failure.source: failure for failure in read_failures(engine, origin=origin)}

    def note(self, source: str, state: FileState, content_hash: str) -> None:
        """Keep a file's state."""
        self._files[source] = FileRecord(state.size, state.modified_ns, content_hash)
        self._flush_when_full()

    def note_failure(self, failure: Failure) -> None:
        """Keep a failure and count the attempts."""
        earlier = self.failed.get(failure.source)
        self._failed[failure.source] = FailedFile(
            origin=self._origin,
            source=failure.source,
            code=failure.error.code,
            en=failure.error.en,
            zh=failure.error.zh,
            attempts=earlier.attempts + 1 if earlier else 1,
            failed_at=datetime.now(UTC),
        )
        self._flush_when_full()

    def clear_failure(self, source: str) -> None:
        """Forget the failure of what has succeeded or is gone."""
        if source in self.failed:
            self._failed[source] = None

    def forget(self, source: str) -> None:
        """Forget a file that is gone."""
        if source in self.files:
            self._files[source] = None
        self.clear_failure(source)

    def flush(self) -> None:
        """Write what was noted."""
        if not (self._files or self._failed):
            return
        with write(self._engine) as connection:
            for source, record in self._files.items():
                connection.execute(self._drop(files, source))
                if record:
                    state = {"size": record.size, "modified_ns": record.modified_ns}
                    values = {"origin": self._origin, "source": source, "content_hash": record.content_hash}
                    connection.execute(upsert(files).values(**state, **values))
            for source, failure in self._failed.items():
                connection.execute(self._drop(failures, source))
                if failure:
                    kept = {**asdict(failure), "failed_at": failure.failed_at.replace(tzinfo=None)}
                    connection.execute(upsert(failures).values(kept))
        self._files, self._failed = {}, {}

    def _flush_when_full(self) -> None:
        if len(self._files) + len(self._failed) >= _BUFFERED:
            self.flush()

    def _drop(self, table: Table, source: str) -> Delete:
        of_source: ColumnElement[bool] = and_(table.c.origin == self._origin, table.c.source == source)
        return delete(table).where(of_source)


def read_failures(engine: Engine, *, origin: str | None = None) -> list[FailedFile]:
    """List what could not be taken in from a folder, or from any."""
    query = select(failures).order_by(failures.c.origin, failures.c.source)
    if origin is not None:
        query = query.where(failures.c.origin == origin)
    with engine.connect() as connection:
        return [
            FailedFile(**{**row._mapping, "failed_at": row.failed_at.replace(tzinfo=UTC)})
            for row in connection.execute(query)
        ]
