"""`yunce ingest` and `yunce search`."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import print_json, wrap

if TYPE_CHECKING:
    from knowledge.documents import SearchResult


_STATUSES = ("added", "updated", "unchanged", "removed", "failed")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--collection", help="Collection of single files; a folder's own folders name theirs.")
@click.option("--team", "teams", multiple=True, help="Single files are for this team only (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def ingest(
    ctx: click.Context, paths: tuple[Path, ...], collection: str | None, teams: tuple[str, ...], as_json: bool
) -> None:
    """Read documents into the knowledge base: files, or whole folders; by default the workspace's library.

    A folder is mirrored: what was changed is updated, what is gone is removed. Nothing is read twice.

    \b
    Examples 例:
      yunce ingest
      yunce ingest 复盘.md --collection reviews --team growth
    """
    session: Session = ctx.obj
    targets = list(paths) or [session.workspace.library]
    _check_targets(targets, collection or teams)
    report = sync_library(session, targets, collection=collection, teams=teams or None)
    if as_json:
        print_json(report)
    else:
        print_report(session, report)
    ctx.exit(1 if report["failed"] else 0)


@click.command()
@click.argument("query")
@click.option("--limit", "-n", default=8, show_default=True, help="Results to show.")
@click.option("--collection", "collections", multiple=True, help="Only this collection (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(session: Session, query: str, limit: int, collections: tuple[str, ...], as_json: bool) -> None:
    """Search the documents for QUERY, in Chinese or English.

    \b
    Examples 例:
      yunce search "召回沉睡用户"
      yunce search "win back dormant users" -n 3 --collection cases
    """
    session.follow(query)
    with session.knowledge() as knowledge:
        results = knowledge.search(query, teams=None, limit=limit, collections=collections or None)
    if as_json:
        print_json({"results": [_record(result) for result in results]})
    elif not results:
        click.echo(session.say(zh="没有找到文档。", en="No documents were found."))
    for number, result in enumerate([] if as_json else results, 1):
        _print_result(number, result)


def _print_result(number: int, result: "SearchResult") -> None:
    title, section = result.document.title, result.chunk.section
    where = " › ".join((title, *(section[1:] if section[:1] == (title,) else section)))
    click.echo(
        click.style(f"{number}. {where}", bold=True) + f"  {result.score:.2f}  {result.document.source}"
    )
    text = " ".join(result.chunk.text.split())
    click.echo(wrap(f"{text[:200]}{'…' if len(text) > 200 else ''}", indent="   "))


def _check_targets(targets: Sequence[Path], single_files_only: object) -> None:
    """Refuse before anything is read."""
    from assistant.errors import InvalidRequest

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
) -> dict[str, Any]:
    """Ingest files and folders with a progress bar on standard error; return what happened."""
    from knowledge.documents import Failure
    from knowledge.errors import KnowledgeError

    report: dict[str, Any] = {"added": 0, "updated": 0, "unchanged": 0, "removed": 0, "failed": []}
    with session.knowledge() as knowledge:
        for target in targets:
            if target.is_dir():
                _sync_folder(knowledge, target, report)
                continue
            try:
                outcomes = knowledge.ingest_archive(target, collection=collection, teams=teams)
            except KnowledgeError as error:
                outcomes = [Failure(target.name, error)]
            for done in outcomes:
                if isinstance(done, Failure):
                    report["failed"].append(
                        {"source": str(target.parent / done.source), "en": done.error.en, "zh": done.error.zh}
                    )
                else:
                    report[done.status] += 1
    return report


def _sync_folder(knowledge: Any, folder: Path, report: dict[str, Any]) -> None:
    with click.progressbar(length=1, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def advance(progress: Any) -> None:
            bar.length = max(1, progress.total)
            bar.update(progress.done - bar.pos)

        done = knowledge.sync(folder, on_progress=advance)
    for name in ("added", "updated", "unchanged", "removed"):
        report[name] += len(getattr(done, name))
    report["failed"] += [{"source": f.source, "en": f.error.en, "zh": f.error.zh} for f in done.failed]


def print_report(session: Session, report: Mapping[str, Any]) -> None:
    """Print what an ingest did, and each file that could not be read with the reason."""
    names = session.say(zh="新增 更新 未变 移除 失败", en="added updated unchanged removed failed").split()
    counts = [len(report[key]) if key == "failed" else report[key] for key in _STATUSES]
    separator, order = session.say(zh="，", en=", "), session.say(zh="{name} {count}", en="{count} {name}")
    parts = [order.format(name=n, count=c) for n, c in zip(names, counts, strict=True) if c]
    nothing = session.say(zh="没有可读取的内容", en="nothing to read")
    click.echo(session.say(zh="文档：", en="Documents: ") + (separator.join(parts) or nothing))
    for failure in report["failed"]:
        click.echo(f"  {failure['source']}: {failure[session.language]}", err=True)


def _record(result: "SearchResult") -> dict[str, Any]:
    return {
        "chunk_id": result.chunk.id,
        "document_id": result.document.id,
        "title": result.document.title,
        "source": result.document.source_url or result.document.source,
        "section": list(result.chunk.section),
        "page": result.chunk.page,
        "text": result.chunk.text,
        "score": result.score,
        "dense_score": result.dense_score,
        "lexical_score": result.lexical_score,
    }
