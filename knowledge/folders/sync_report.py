"""The report of a folder sync in the making."""

from collections.abc import Callable, Sequence

from knowledge.documents import Document, Notice, Status
from knowledge.reports import FailedFile, SyncProgress, SyncReport
from knowledge.uploads import Failure, Ingested


class ReportBuilder:
    """Collects what happened and tells of the progress.

    Attributes:
        failed: The failures so far.
    """

    def __init__(self, total: int, on_progress: Callable[[SyncProgress], None] | None) -> None:
        self.failed: list[Failure] = []
        self._total = total
        self._on_progress = on_progress
        self._done = 0
        self._documents: dict[Status, list[Document]] = {
            status: [] for status in ("added", "updated", "moved", "unchanged", "removed")
        }
        self._withheld: list[Document] = []
        self._failing: list[FailedFile] = []
        self._warnings: list[tuple[str, Notice]] = []

    def note_reading(self, source: str) -> None:
        """Tell that a file is being read."""
        self._tell(source, "reading")

    def note(self, outcome: Ingested | Failure) -> None:
        """Count the outcome of taking in a document."""
        if isinstance(outcome, Failure):
            self.failed.append(outcome)
            self._advance(outcome.source, "failed")
        else:
            source = outcome.document.source
            self._documents[outcome.status].append(outcome.document)
            self._warnings += [(source, warning) for warning in outcome.warnings]
            self._advance(source, outcome.status)

    def note_settled(self, file: str, documents: Sequence[Document], failing: Sequence[FailedFile]) -> None:
        """Count a file that has not changed, with what is kept of it and what failed in it."""
        self._documents["unchanged"] += documents
        self._failing += failing
        self._advance(file, "failed" if failing else "unchanged")

    def note_moved(self, documents: Sequence[Document]) -> None:
        """Count documents that have a new source."""
        self._documents["moved"] += documents
        self._advance(documents[0].source, "moved")

    def note_removed(self, document: Document) -> None:
        """Count a document that was removed."""
        self._documents["removed"].append(document)
        self._advance(document.source, "removed")

    def withhold(self, documents: Sequence[Document]) -> None:
        """Count documents that should have been removed and were kept."""
        self._withheld += documents

    def finish(self, skipped: tuple[str, ...]) -> SyncReport:
        """Return the report."""
        return SyncReport(
            added=tuple(self._documents["added"]),
            updated=tuple(self._documents["updated"]),
            moved=tuple(self._documents["moved"]),
            unchanged=tuple(self._documents["unchanged"]),
            removed=tuple(self._documents["removed"]),
            withheld=tuple(self._withheld),
            failed=tuple(self.failed),
            failing=tuple(self._failing),
            skipped=skipped,
            warnings=tuple(self._warnings),
        )

    def _advance(self, source: str, status: Status) -> None:
        self._done += 1
        self._total = max(self._total, self._done)  # an archive holds who knows how many documents
        self._tell(source, status)

    def _tell(self, source: str, status: Status) -> None:
        if self._on_progress:
            self._on_progress(SyncProgress(self._done, self._total, source, status))
