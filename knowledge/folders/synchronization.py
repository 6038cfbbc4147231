"""Mirroring a folder: files become documents, changed files new versions, vanished files are removed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from time import time_ns

from knowledge.catalogue.reading import Catalogue
from knowledge.documents import Document
from knowledge.errors import (
    DocumentError,
    DocumentTooLarge,
    EmbedderChanged,
    StorageFull,
    UnreadableDocument,
    display,
)
from knowledge.folders.file_records import FileRecords
from knowledge.folders.folder import FileState, Listing, list_folder, look_at, read_upload
from knowledge.folders.renaming import rename_file
from knowledge.folders.sync_report import ReportBuilder
from knowledge.intake.ingestion import PIPELINE
from knowledge.loaders import is_archive
from knowledge.reports import FailedFile, SyncProgress, SyncReport
from knowledge.uploads import Failure, Ingested, Upload

_FEW = 20
_READS = 3
_JUST_NOW = 2_000_000_000

Ingest = Callable[[Iterable[Upload]], Iterator[Ingested | Failure]]
Confirm = Callable[[int, int], bool]


class FolderSync:
    """One run of mirroring a folder.

    What was stored and noted stays if the run is cut short; the next one goes on from there.
    """

    def __init__(
        self,
        root: Path,
        *,
        origin: str,
        catalogue: Catalogue,
        ingest: Ingest,
        remove: Callable[[str], None],
    ) -> None:
        """Look at the folder.

        Args:
            root: The folder.
            origin: The name under which its documents are kept.
            catalogue: Where they are kept.
            ingest: Takes uploads in and yields their outcomes.
            remove: Removes a document.

        Raises:
            FolderNotFound: There is no such folder.
        """
        self._root = root
        self._origin = origin
        self._catalogue = catalogue
        self._ingest = ingest
        self._remove = remove
        self._listing = list_folder(root)
        self._records = FileRecords(catalogue.engine, origin)
        self._kept: dict[str, list[Document]] = defaultdict(list)  # by file
        for document in catalogue.read_origin(origin):
            self._kept[_find_file(document.source, self._listing)].append(document)
        self._failed: dict[str, list[FailedFile]] = defaultdict(list)
        for failure in self._records.failed.values():
            self._failed[_find_file(failure.source, self._listing)].append(failure)
        self._gone = [file for file in self._kept if self._is_gone(file)]
        self._read: dict[str, tuple[FileState, str]] = {}
        self._unreadable: list[Failure] = []

    def run(
        self,
        *,
        retry: bool = False,
        confirm: Confirm | None = None,
        on_progress: Callable[[SyncProgress], None] | None = None,
    ) -> SyncReport:
        """Mirror the folder; arguments as in `KnowledgeBase.sync`.

        Raises:
            StorageFull, EmbedderChanged: Nothing more can be stored; what was stored stays.
        """
        total = len(self._listing.files) + sum(len(self._kept[file]) for file in self._gone)
        self._report = ReportBuilder(total, on_progress)
        try:
            to_read = [file for file in self._listing.files if not self._is_settled(file, retry=retry)]
            present: set[str] = set()
            for outcome in self._ingest(self._read_changed(to_read, retry=retry)):
                present.add(self._note(outcome))
            for failure in self._unreadable:
                self._note(failure)
            self._note_archives(present)
            self._remove_vanished(confirm)
        finally:
            self._records.flush()
        return self._report.finish(self._listing.skipped)

    def _is_gone(self, file: str) -> bool:
        """Whether a file vanished: one in a folder that could not be listed may still be there."""
        hidden = any(PurePosixPath(file).is_relative_to(folder) for folder in self._listing.unreadable)
        return file not in self._listing.files and not hidden

    def _is_settled(self, file: str, *, retry: bool) -> bool:
        """Report a file that is as it was when it was last taken in, or failed; tell whether it is."""
        state, record = self._listing.files[file], self._records.files.get(file)
        if record is None or (record.size, record.modified_ns) != (state.size, state.modified_ns):
            return False
        if not record.content_hash.startswith(f"{PIPELINE}:"):
            return False
        failures = self._failed[file]
        if (failures and retry) or not (failures or self._kept[file]):
            return False
        self._report.note_settled(file, self._kept[file], failures)
        return True

    def _read_changed(self, files: list[str], *, retry: bool) -> Iterator[Upload]:
        """Read files, and yield those whose bytes are others than before and not those of a vanished file."""
        vanished = {
            record.content_hash: file for file in self._gone if (record := self._records.files.get(file))
        }
        for file in files:
            self._report.note_reading(file)
            try:
                upload, state = self._read_at_rest(file)
            except DocumentError as error:
                if isinstance(error, DocumentTooLarge):
                    self._read[file] = self._listing.files[file], f"{PIPELINE}:"
                self._unreadable.append(Failure(file, error))
                continue
            content_hash = f"{PIPELINE}:{sha256(upload.data).hexdigest()}"
            self._read[file] = state, content_hash
            record = self._records.files.get(file)
            old = vanished.pop(content_hash, None) if not self._kept[file] else None
            if old is not None and self._moves(upload, old):
                continue
            same = record is not None and record.content_hash == content_hash
            failures = self._failed[file]
            if same and (not retry if failures else self._kept[file]):
                self._note_known(file)
                self._report.note_settled(file, self._kept[file], failures)
                continue
            yield upload

    def _read_at_rest(self, file: str) -> tuple[Upload, FileState]:
        """Read a file that nobody is writing. Raises DocumentError."""
        path = self._root / self._listing.files[file].path
        for _ in range(_READS):
            try:
                before = look_at(path, file)
                upload = read_upload(path, source=file, origin=self._origin)
                after = look_at(path, file)
            except FileNotFoundError:
                break
            if before == after and before.size == len(upload.data):
                return upload, after
        raise UnreadableDocument(
            en=f"The file {display(file)} was being written or removed while it was read; it will be read again.",
            zh=f"读取文件 {display(file)} 时它正被写入或删除，之后会再次读取。",
        )

    def _moves(self, upload: Upload, old: str) -> bool:
        """Let the documents of a vanished file be those of a new one with the same bytes."""
        file = upload.source or ""
        try:
            documents = rename_file(self._catalogue, upload, old)
        except DocumentError:
            return False
        self._gone.remove(old)
        self._records.forget(old)
        self._note_known(file)
        self._kept[file] = documents
        del self._kept[old]
        self._report.note_moved(documents)
        return True

    def _note(self, outcome: Ingested | Failure) -> str:
        """Report an outcome and keep it; return the source it is about."""
        if isinstance(outcome, Failure):
            if isinstance(outcome.error, StorageFull | EmbedderChanged):
                raise outcome.error
            self._records.note_failure(outcome)
            self._report.note(outcome)
            if isinstance(outcome.error, DocumentError):
                self._note_read(outcome.source)
            return outcome.source
        source = outcome.document.source
        self._records.clear_failure(source)
        self._note_read(source)
        self._report.note(outcome)
        return source

    def _note_read(self, file: str) -> None:
        """Keep the state of a file that is done with; one that was changed just now is read again next time."""
        if file in self._read and not is_archive(file):
            self._keep(file)

    def _note_known(self, file: str) -> None:
        """Keep the state of a file with the bytes of before; nothing of an archive is taken in or has left it."""
        self._keep(file)
        del self._read[file]

    def _keep(self, file: str) -> None:
        state, content_hash = self._read[file]
        if time_ns() - state.modified_ns < _JUST_NOW:  # a change within the tick of the clock would not show
            state = replace(state, modified_ns=-1)
        self._records.note(file, state, content_hash)

    def _note_archives(self, present: set[str]) -> None:
        """Keep the state of archives, whose documents are all stored now, and let go of what left them."""
        failed = {failure.source for failure in self._report.failed}
        for file in filter(is_archive, self._read):
            self._keep(file)
            if file in failed:
                continue
            for document in self._kept[file]:
                if document.source not in present:
                    self._remove(document.id)
                    self._report.note_removed(document)
            for failure in self._failed[file]:
                if failure.source not in present:
                    self._records.clear_failure(failure.source)

    def _remove_vanished(self, confirm: Confirm | None) -> None:
        """Remove the documents whose file vanished, unless they are so many that something else is likely wrong."""
        vanished = [document for file in self._gone for document in self._kept[file]]
        total = sum(map(len, self._kept.values()))
        if (
            len(vanished) > _FEW
            and 2 * len(vanished) > total
            and not (confirm and confirm(len(vanished), total))
        ):
            self._report.withhold(vanished)
            return
        for document in vanished:
            self._remove(document.id)
            self._report.note_removed(document)
        for file in filter(self._is_gone, self._records.files.keys() | self._failed.keys()):
            self._records.forget(file)
            for failure in self._failed[file]:
                self._records.clear_failure(failure.source)


def _find_file(source: str, listing: Listing) -> str:
    """Return the file that a source is in: itself, or the archive that holds it."""
    for path in map(str, PurePosixPath(source).parents):
        if is_archive(path) and source not in listing.files:
            return path
    return source
