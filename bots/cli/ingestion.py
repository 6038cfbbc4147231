"""`yunce ingest`."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from bots.cli.ingest_report import Report, print_failed, print_report
from bots.cli.progress import sync_progress
from bots.cli.session import Session
from bots.cli.terminal import print_json

if TYPE_CHECKING:
    from knowledge import KnowledgeBase


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--collection", help="Collection of single files; a folder's own folders name theirs.")
@click.option("--team", "teams", multiple=True, help="Single files are for this team only (repeatable).")
@click.option("--watch", is_flag=True, help="Go on mirroring one folder as it changes, until Ctrl-C.")
@click.option("--failed", "show_failed", is_flag=True, help="List the files that could not be read, and why.")
@click.option("--retry", is_flag=True, help="Try them again though they did not change.")
@click.option(
    "--delete", "--yes", is_flag=True, help="Remove documents though most files of a folder are gone."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def ingest(
    ctx: click.Context,
    paths: tuple[Path, ...],
    collection: str | None,
    teams: tuple[str, ...],
    watch: bool,
    show_failed: bool,
    retry: bool,
    delete: bool,
    as_json: bool,
) -> None:
    """Read documents into the knowledge base: files, or whole folders; by default the workspace's library.

    A folder is mirrored: what was changed is updated, what was renamed follows, what is gone is removed. Nothing
    is read twice, and a run that was cut short goes on where it was.

    \b
    Examples 例:
      yunce ingest
      yunce ingest --watch
      yunce ingest --retry
      yunce ingest 复盘.md --collection reviews --team growth
    """
    session: Session = ctx.obj
    if show_failed:
        with session.knowledge() as knowledge:
            print_failed(session, knowledge.failures(), as_json=as_json)
        return
    targets = list(paths) or [session.workspace.library]
    _check_targets(targets, collection or teams, watch=watch)

    def show(report: dict[str, Any]) -> None:
        if as_json:
            print_json(report)
        else:
            print_report(session, report)

    if watch:
        _watch(session, targets[0], retry=retry, confirm=_confirmation(session, delete, as_json), show=show)
        return
    confirm = _confirmation(session, delete, as_json)
    report = sync_library(
        session, targets, collection=collection, teams=teams or None, retry=retry, confirm=confirm
    )
    show(report)
    ctx.exit(1 if report["failed"] or report["withheld"] else 0)


def _check_targets(targets: Sequence[Path], single_files_only: object, *, watch: bool) -> None:
    """Refuse before anything is read."""
    from assistant.errors import InvalidRequest

    if watch and not (len(targets) == 1 and targets[0].is_dir()):
        raise InvalidRequest(
            en="--watch is for one folder.", zh="--watch 只用于一个文件夹。", parameter="paths"
        )
    for target in targets:
        if not target.exists():
            raise InvalidRequest(
                en=f"There is no file or folder {target}; nothing was read.",
                zh=f"没有文件或文件夹 {target}；未读取任何内容。",
                parameter="paths",
            )
        if single_files_only and target.is_dir():
            raise InvalidRequest(
                en=f"--collection and --team are for single files; {target} is a folder, whose documents say "
                "theirs in their front matter.",
                zh=f"--collection 与 --team 只用于单个文件；{target} 是文件夹，其中的文档请在各自的文件头写明。",
                parameter="paths",
            )


def sync_library(
    session: Session,
    targets: Sequence[Path],
    *,
    collection: str | None = None,
    teams: Sequence[str] | None = None,
    retry: bool = False,
    confirm: Callable[[int, int], bool] | None = None,
) -> dict[str, Any]:
    """Ingest files and folders with a progress bar on standard error; return what happened."""
    report = Report()
    with session.knowledge() as knowledge:
        for target in targets:
            if target.is_dir():
                with sync_progress() as advance:
                    done = knowledge.sync(target, retry=retry, confirm=confirm, on_progress=advance)
                report.add(done)
                report.warn_of_copies(knowledge, done.added)
            else:
                _ingest_file(knowledge, target, report, collection=collection, teams=teams)
    return report.as_dict()


def _ingest_file(knowledge: "KnowledgeBase", target: Path, report: Report, **given: Any) -> None:
    from knowledge.errors import KnowledgeError
    from knowledge.uploads import Failure, Ingested

    try:
        for outcome in knowledge.ingest_archive(target, **given):
            report.add_outcome(outcome, folder=target.parent)
            if isinstance(outcome, Ingested):
                report.warn_of_copies(knowledge, [outcome.document])
    except KnowledgeError as error:
        report.add_outcome(Failure(target.name, error), folder=target.parent)


def _watch(
    session: Session,
    folder: Path,
    *,
    retry: bool,
    confirm: Callable[[int, int], bool] | None,
    show: Callable[[dict[str, Any]], None],
) -> None:
    """Mirror a folder now and after each change, until interrupted; then tell what was done in all."""
    from knowledge.errors import KnowledgeError
    from knowledge.folders.watching import watch_folder

    total, stopped = Report(), Event()
    with session.knowledge() as knowledge:
        knowledge.recovery.watch()

        def mirror(*, retry: bool = False) -> None:
            try:
                with sync_progress() as advance:
                    done = knowledge.sync(folder, retry=retry, confirm=confirm, on_progress=advance)
            except KnowledgeError as error:  # such as a folder that is gone; it may come back
                click.echo(error.in_language(session.language), err=True)
                return
            report = Report()
            report.add(done)
            total.add(done, settled=False)
            if report.tells_of_changes:
                show(report.as_dict())

        try:
            mirror(retry=retry)
            waiting = session.say(
                zh=f"正在监视 {folder}，按 Ctrl-C 结束。", en=f"Watching {folder}; Ctrl-C ends."
            )
            click.echo(waiting, err=True)
            for _ in watch_folder(folder.resolve(), stopped=stopped):
                mirror()
        except KeyboardInterrupt:
            stopped.set()
            click.echo(session.say(zh="\n监视结束。总计：", en="\nStopped watching. In all:"), err=True)
            show(total.as_dict())


def _agree(_removed: int, _total: int) -> bool:
    return True


def _confirmation(session: Session, delete: bool, as_json: bool) -> Callable[[int, int], bool] | None:
    """Return what decides on a mass removal: the option, a person at a terminal, or nobody."""
    if delete:
        return _agree
    if as_json or not sys.stdin.isatty():
        return None

    def ask(removed: int, total: int) -> bool:
        question = session.say(
            zh=f"{total} 个文档中有 {removed} 个的文件已不在文件夹里。要移除这些文档吗？",
            en=f"The files of {removed} of {total} documents are gone from the folder. Remove these documents?",
        )
        return click.confirm(question, err=True)

    return ask
