"""Mirroring a folder: files become documents, changed files new versions, vanished files are removed."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from knowledge.catalogue import Catalogue
from knowledge.documents import Document, Failure, Ingested, Notice, Status, SyncProgress, SyncReport, Upload
from knowledge.errors import DocumentError
from knowledge.folder import list_folder, read_upload


def sync_folder(
    root: Path,
    *,
    origin: str,
    catalogue: Catalogue,
    ingest: Callable[[Iterable[Upload]], Iterator[Ingested | Failure]],
    remove: Callable[[str], None],
    on_progress: Callable[[SyncProgress], None] | None = None,
) -> SyncReport:
    """Mirror the folder `root`.

    Args:
        root: The folder.
        origin: The name under which its documents are kept.
        catalogue: Where they are kept.
        ingest: Takes uploads in and yields their outcomes.
        remove: Removes a document.
        on_progress: Called after each file and each removal.

    Raises:
        FolderNotFound: There is no such folder; nothing is removed.
    """
    listing = list_folder(root)
    kept = catalogue.read_origin(origin)
    vanished = [document for document in kept if document.source not in listing.supported]
    total = len(listing.supported) + len(vanished)
    report = _Report(total, on_progress)
    unreadable: list[Failure] = []
    for outcome in ingest(_read_all(root, origin, listing.supported, unreadable)):
        report.note(outcome)
    for failure in unreadable:
        report.note(failure)
    for document in vanished:
        remove(document.id)
        report.note_removed(document)
    return report.finish(listing.skipped)


def _read_all(
    root: Path, origin: str, sources: tuple[str, ...], unreadable: list[Failure]
) -> Iterator[Upload]:
    for source in sources:
        try:
            yield read_upload(root / source, source=source, origin=origin)
        except DocumentError as error:
            unreadable.append(Failure(source, error))


class _Report:
    """A SyncReport in the making."""

    def __init__(self, total: int, on_progress: Callable[[SyncProgress], None] | None) -> None:
        self._total = total
        self._on_progress = on_progress
        self._done = 0
        self._documents: dict[Status, list[Document]] = {
            "added": [],
            "updated": [],
            "unchanged": [],
            "removed": [],
        }
        self._failed: list[Failure] = []
        self._warnings: list[tuple[str, Notice]] = []

    def note(self, outcome: Ingested | Failure) -> None:
        if isinstance(outcome, Failure):
            self._failed.append(outcome)
            self._advance(outcome.source, "failed")
        else:
            source = outcome.document.source
            self._documents[outcome.status].append(outcome.document)
            self._warnings += [(source, warning) for warning in outcome.warnings]
            self._advance(source, outcome.status)

    def note_removed(self, document: Document) -> None:
        self._documents["removed"].append(document)
        self._advance(document.source, "removed")

    def finish(self, skipped: tuple[str, ...]) -> SyncReport:
        return SyncReport(
            added=tuple(self._documents["added"]),
            updated=tuple(self._documents["updated"]),
            unchanged=tuple(self._documents["unchanged"]),
            removed=tuple(self._documents["removed"]),
            failed=tuple(self._failed),
            skipped=skipped,
            warnings=tuple(self._warnings),
        )

    def _advance(self, source: str, status: Status) -> None:
        self._done += 1
        if self._on_progress:
            self._on_progress(SyncProgress(self._done, self._total, source, status))
