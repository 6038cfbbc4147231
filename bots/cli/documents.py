"""`yunce ingest` and `yunce search`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session, print_json

if TYPE_CHECKING:
    from knowledge.documents import SearchResult


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--collection", help="Collection of single files; a folder's own folders name theirs.")
@click.option("--team", "teams", multiple=True, help="Only this team may see it (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def ingest(
    session: Session, paths: tuple[Path, ...], collection: str | None, teams: tuple[str, ...], as_json: bool
) -> None:
    """Read documents into the knowledge base: files, or whole folders; by default the workspace's library.

    A folder is mirrored: what was changed is updated, what is gone is removed. Nothing is read twice.
    """
    targets = list(paths) or [session.workspace.library]
    report = sync_library(session, targets, collection=collection, teams=teams or None)
    if as_json:
        print_json(report)
    else:
        print_report(report)
    sys.exit(1 if report["failed"] else 0)


@click.command()
@click.argument("query")
@click.option("--limit", "-n", default=8, show_default=True, help="Results to show.")
@click.option("--collection", "collections", multiple=True, help="Only this collection (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(session: Session, query: str, limit: int, collections: tuple[str, ...], as_json: bool) -> None:
    """Search the documents for QUERY, in Chinese or English."""
    with session.knowledge() as knowledge:
        results = knowledge.search(query, teams=None, limit=limit, collections=collections or None)
    if as_json:
        print_json({"results": [_record(result) for result in results]})
    elif not results:
        click.echo("No documents were found. 没有找到文档。")
    for number, result in enumerate([] if as_json else results, 1):
        below = result.chunk.section[1:] if result.chunk.section[:1] == (result.document.title,) else result.chunk.section
        where = " › ".join((result.document.title, *below))
        click.echo(
            click.style(f"{number}. {where}", bold=True) + f"  {result.score:.2f}  {result.document.source}"
        )
        text = " ".join(result.chunk.text.split())
        click.echo(f"   {text[:200]}{'…' if len(text) > 200 else ''}")


def sync_library(
    session: Session,
    targets: Sequence[Path],
    *,
    collection: str | None = None,
    teams: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Ingest files and folders with a progress bar on standard error; return what happened."""
    from knowledge.errors import KnowledgeError

    report: dict[str, Any] = {"added": 0, "updated": 0, "unchanged": 0, "removed": 0, "failed": []}
    with session.knowledge() as knowledge:
        for target in targets:
            if target.is_dir():
                _sync_folder(knowledge, target, report)
                continue
            try:
                done = knowledge.ingest_file(target, collection=collection, teams=teams)
                report[done.status] += 1
            except KnowledgeError as error:
                report["failed"].append({"source": str(target), "en": error.en, "zh": error.zh})
    return report


def _sync_folder(knowledge: Any, folder: Path, report: dict[str, Any]) -> None:
    with click.progressbar(length=1, label="Reading 读取", file=sys.stderr) as bar:

        def advance(progress: Any) -> None:
            bar.length = max(1, progress.total)
            bar.update(progress.done - bar.pos)

        done = knowledge.sync(folder, on_progress=advance)
    for name in ("added", "updated", "unchanged", "removed"):
        report[name] += len(getattr(done, name))
    report["failed"] += [{"source": f.source, "en": f.error.en, "zh": f.error.zh} for f in done.failed]


def print_report(report: dict[str, Any]) -> None:
    """Print what an ingest did, and each file that could not be read with the reason."""
    from assistant.settings import interface_language

    click.echo(
        f"Documents 文档: {report['added']} added 新增, {report['updated']} updated 更新, "
        f"{report['unchanged']} unchanged 未变, {report['removed']} removed 移除, {len(report['failed'])} failed 失败"
    )
    for failure in report["failed"]:
        click.echo(f"  {failure['source']}: {failure[interface_language()]}", err=True)


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
