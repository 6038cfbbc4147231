"""What an ingest did, as JSON and in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import print_json

if TYPE_CHECKING:
    from knowledge import KnowledgeBase
    from knowledge.documents import Document, Notice
    from knowledge.reports import FailedFile, SyncReport
    from knowledge.uploads import Failure, Ingested

_COUNTED = ("added", "updated", "moved", "unchanged", "removed")
_MOST_WARNINGS = 20
_NAMES = {
    "added": ("新增", "added"),
    "updated": ("更新", "updated"),
    "moved": ("移动", "moved"),
    "unchanged": ("未变", "unchanged"),
    "removed": ("移除", "removed"),
    "failed": ("失败", "failed"),
    "failing": ("仍失败", "still failing"),
}


class Report:
    """The sum of several folder syncs and single files."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._failed: list[dict[str, str]] = []
        self._failing: list[dict[str, str]] = []
        self._warnings: list[dict[str, str]] = []
        self._skipped: Counter[str] = Counter()
        self._withheld = 0

    @property
    def tells_of_changes(self) -> bool:
        """Whether anything but what was already so is in it."""
        return bool(
            self._failed or self._withheld or any(self._counts[n] for n in _COUNTED if n != "unchanged")
        )

    def add(self, done: "SyncReport", *, settled: bool = True) -> None:
        """Add the report of a folder; without what is `settled`, only what was done in that run."""
        for name in ("added", "updated", "moved", "removed"):
            self._counts[name] += len(getattr(done, name))
        self._failed += [{"source": f.source, "en": f.error.en, "zh": f.error.zh} for f in done.failed]
        self._warnings += [{"source": source, "en": told.en, "zh": told.zh} for source, told in done.warnings]
        if settled:
            self._counts["unchanged"] += len(done.unchanged)
            self._failing += [{"source": f.source, "en": f.en, "zh": f.zh} for f in done.failing]
            self._skipped.update(PurePosixPath(source).suffix.lower() or source for source in done.skipped)
            self._withheld += len(done.withheld)

    def add_outcome(self, done: "Ingested | Failure", *, folder: Path) -> None:
        """Add the outcome of a single file."""
        from knowledge.uploads import Failure

        if isinstance(done, Failure):
            source = str(folder / done.source)
            self._failed.append({"source": source, "en": done.error.en, "zh": done.error.zh})
        else:
            self._counts[done.status] += 1
            self.warn(str(folder / done.document.source), done.warnings)

    def warn(self, source: str, notices: Iterable["Notice"]) -> None:
        """Add what a person should know of a document that was taken in."""
        self._warnings += [{"source": source, "en": told.en, "zh": told.zh} for told in notices]

    def warn_of_copies(self, knowledge: "KnowledgeBase", documents: "Sequence[Document]") -> None:
        """Add of which other documents those that were taken in are copies."""
        from knowledge.catalogue.history import tell_identical

        same = knowledge.history.identical([document.id for document in documents], teams=None)
        for document in documents:
            self.warn(document.source, tell_identical(same.get(document.id, ())))

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            **{name: self._counts[name] for name in _COUNTED},
            "withheld": self._withheld,
            "failed": self._failed,
            "failing": self._failing,
            "warnings": self._warnings,
            "skipped": dict(sorted(self._skipped.items())),
        }


def print_report(session: Session, report: Mapping[str, Any]) -> None:
    """Print what an ingest did, and each file that could not be read with the reason."""
    counts = {name: report[name] for name in _COUNTED}
    counts |= {name: len(report[name]) for name in ("failed", "failing")}
    separator, order = session.say(zh="，", en=", "), session.say(zh="{name} {count}", en="{count} {name}")
    parts = [
        order.format(name=session.say(zh=_NAMES[name][0], en=_NAMES[name][1]), count=count)
        for name, count in counts.items()
        if count
    ]
    nothing = session.say(zh="没有可读取的内容", en="nothing to read")
    click.echo(session.say(zh="文档：", en="Documents: ") + (separator.join(parts) or nothing))
    if report["skipped"]:
        kinds = separator.join(f"{kind} {count}" for kind, count in report["skipped"].items())
        click.echo(
            session.say(zh="不支持的格式，已跳过：", en="Skipped, of formats that cannot be read: ") + kinds
        )
    for warning in report["warnings"][:_MOST_WARNINGS]:
        click.echo(
            f"  {warning['source']}{session.say(zh='：', en=': ')}{warning[session.language]}", err=True
        )
    if (more := len(report["warnings"]) - _MOST_WARNINGS) > 0:
        click.echo(
            session.say(zh=f"  另有 {more} 条提示，见 --json", en=f"  {more} more; see --json"), err=True
        )
    for failure in report["failed"]:
        click.echo(f"  {failure['source']}: {failure[session.language]}", err=True)
    if report["failing"]:
        hint = session.say(
            zh="仍失败的文件自上次以来没有变化；查看：yunce ingest --failed，重试：yunce ingest --retry",
            en="Files that still fail have not changed; see: yunce ingest --failed; again: yunce ingest --retry",
        )
        click.echo(hint, err=True)
    if report["withheld"]:
        number = report["withheld"]
        hint = session.say(
            zh=f"有 {number} 个文档的文件已不在，但数量过多，可能是文件夹未挂载，故未移除。确认移除：yunce ingest --delete",
            en=f"The files of {number} documents are gone; they are so many that the folder may just not be mounted, "
            "so the documents were kept. To remove them: yunce ingest --delete",
        )
        click.echo(hint, err=True)


def print_failed(session: Session, failures: "Sequence[FailedFile]", *, as_json: bool) -> None:
    """Print the files that could not be read when they were last tried."""
    if as_json:
        names = ("origin", "source", "code", "en", "zh", "attempts", "failed_at")
        print_json([{name: getattr(failure, name) for name in names} for failure in failures])
    elif not failures:
        click.echo(session.say(zh="没有失败的文件。", en="No files failed."))
    for failure in [] if as_json else failures:
        times = "once" if failure.attempts == 1 else f"{failure.attempts} times"
        tried = session.say(zh=f"尝试 {failure.attempts} 次", en=f"tried {times}")
        when = failure.failed_at.astimezone().strftime("%Y-%m-%d %H:%M")
        reason = session.say(zh=failure.zh, en=failure.en)
        click.echo(click.style(failure.source, bold=True) + f"  {when}  {tried}\n  {reason}")
