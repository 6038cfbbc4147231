"""`yunce documents`: what is in the knowledge base, and what people say of it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.chunks import by_option, name_author, print_chunk
from bots.cli.session import Session
from bots.cli.terminal import format_table, print_json, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge import Document


@click.group(invoke_without_command=True, short_help="List the documents; show, mark or own one.")
@click.option("--collection", "collections", multiple=True, help="Only this collection (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def documents(ctx: click.Context, collections: tuple[str, ...], as_json: bool) -> None:
    """List the documents, or look at one: its versions, passages and file; say who owns it and that it is stale.

    \b
    Examples 例:
      yunce documents --collection playbooks
      yunce documents show d_0123456789abcdef
      yunce documents stale d_0123456789abcdef --note "口径已变" --by 张三
    """
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    with session.knowledge() as knowledge:
        found = knowledge.documents(teams=None, collections=collections or None)
        similar = knowledge.history.all_near_duplicates(teams=None)
    if as_json:
        print_json([{**asdict(d), "waiting": d.waiting, "similar": similar.get(d.id, [])} for d in found])
    elif not found:
        none = session.say(zh="还没有文档。", en="There are no documents yet.")
        if collections:
            none = session.say(zh="这个集合里没有文档。", en="There are no documents in that collection.")
        click.echo(none)
    else:
        header = session.say(zh="编号 标题 集合 版本 标记", en="id title collection version marks").split()
        rows = [
            (d.id, d.title, d.collection, str(d.version), _marks(session, d, similar.get(d.id, [])))
            for d in found
        ]
        click.echo(format_table(header, rows))


def _marks(session: Session, document: "Document", similar: "Sequence[str]") -> str:
    marks = []
    if document.waiting:
        day = document.effective_date
        marks.append(session.say(zh=f"待 {day} 起生效", en=f"waits for {day}"))
    if document.stale:
        marks.append(session.say(zh="过时", en="stale"))
    if document.replaced_by:
        marks.append(
            session.say(zh=f"被 {document.replaced_by} 取代", en=f"replaced by {document.replaced_by}")
        )
    if similar:
        names = ", ".join(similar[:3]) + ("…" if len(similar) > 3 else "")
        marks.append(session.say(zh=f"近似 {names}", en=f"similar to {names}"))
    return session.say(zh="；", en="; ").join(marks)


@documents.command()
@click.argument("document_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(session: Session, document_id: str, as_json: bool) -> None:
    """Show a document: what is known of it, its versions, its passages."""
    with session.knowledge() as knowledge:
        document = knowledge.document(document_id, teams=None)
        versions = knowledge.history.versions(document_id, teams=None)
        chunks = knowledge.chunks(document_id, teams=None)
        similar = knowledge.history.near_duplicates(document_id, teams=None)
    if as_json:
        print_json(
            {
                **asdict(document),
                "waiting": document.waiting,
                "versions": [asdict(v) for v in versions],
                "chunks": [asdict(c) for c in chunks],
                "similar": [{"id": d.id, "title": d.title, "similarity": share} for d, share in similar],
            }
        )
        return
    click.echo(click.style(document.title, bold=True) + f"  {document.id}")
    for line in _describe(session, document):
        click.echo(wrap(line, indent="  ", hanging="    "))
    for other, share in similar:
        click.echo(
            session.say(zh="  近似文档：", en="  Nearly the same: ")
            + f"{other.title} ({share:.0%}) {other.id}"
        )
    states = {
        "in_force": session.say(zh="生效中", en="in force"),
        "waiting": session.say(zh="待生效", en="waits for its day"),
        "superseded": session.say(zh="已被取代", en="superseded"),
    }
    for version in versions:
        day = version.effective_date or version.updated_at.date()
        click.echo(f"  v{version.version}  {day}  {states[version.state]}  {version.file_name}")
    for chunk in chunks:
        print_chunk(session, chunk)


def _describe(session: Session, document: "Document") -> list[str]:
    teams = ", ".join(document.teams) or session.say(zh="所有人", en="everyone")
    lines = [
        session.say(zh=f"集合：{document.collection}；可见：{teams}；来源：{document.source}",
                    en=f"collection {document.collection}, for {teams}, from {document.source}"),
        session.say(zh=f"负责人：{document.owner or '未指定'}", en=f"owner {document.owner or 'not named'}"),
    ]  # fmt: skip
    if document.waiting:
        since = document.effective_date
        lines.append(
            session.say(
                zh=f"自 {since} 起生效，在此之前不会被检索到",
                en=f"holds from {since}; not searched until then",
            )
        )
    if (stale := document.stale) is not None:
        day, note = stale.at.date(), stale.note or session.say(zh="未说明", en="no reason given")
        lines.append(
            session.say(
                zh=f"{stale.by}于 {day} 标记为过时：{note}", en=f"stale since {day} ({stale.by}): {note}"
            )
        )
    if document.replaced_by:
        lines.append(
            session.say(
                zh=f"检索中已由 {document.replaced_by} 取代",
                en=f"replaced in search by {document.replaced_by}",
            )
        )
    return lines


@documents.command()
@click.argument("document_id")
@click.option("--version", type=int, help="By default the version in force.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="By default its own name."
)
@click.pass_obj
def file(session: Session, document_id: str, version: int | None, output: Path | None) -> None:
    """Write the file of a document, as it was taken in, into this folder."""
    with session.knowledge() as knowledge:
        kept = knowledge.history.original(document_id, teams=None, version=version)
    target = output or Path(Path(kept.name).name or document_id)
    if output is None and target.exists():
        from assistant.errors import InvalidRequest

        raise InvalidRequest(
            en=f"There is a file {target} already; name another with --output.",
            zh=f"已有文件 {target}，请用 --output 指定别的名字。",
            parameter="output",
        )
    target.write_bytes(kept.data)
    click.echo(str(target))


@documents.command()
@click.argument("document_id")
@click.option("--note", default="", help="Why; shown with every answer that cites the document.")
@click.option("--undo", is_flag=True, help="Take the mark off.")
@by_option
@click.pass_obj
def stale(session: Session, document_id: str, note: str, undo: bool, by: str | None) -> None:
    """Mark a document as out of date: answers that cite it carry a warning."""
    with session.knowledge() as knowledge:
        if undo:
            done = knowledge.curation.unmark_stale(document_id, teams=None)
            click.echo(
                session.say(zh=f"《{done.title}》不再标记为过时。", en=f"“{done.title}” is no longer marked.")
            )
        else:
            done = knowledge.curation.mark_stale(document_id, teams=None, by=name_author(by), note=note)
            click.echo(
                session.say(
                    zh=f"已将《{done.title}》标记为过时。", en=f"Marked “{done.title}” as out of date."
                )
            )


@documents.command()
@click.argument("document_id")
@click.argument("name", required=False)
@click.pass_obj
def owner(session: Session, document_id: str, name: str | None) -> None:
    """Say that NAME answers for a document; without NAME, that is whom the document itself names."""
    with session.knowledge() as knowledge:
        done = knowledge.curation.assign_owner(document_id, name, teams=None)
    who = done.owner or session.say(zh="未指定", en="nobody")
    click.echo(session.say(zh=f"《{done.title}》的负责人：{who}", en=f"Owner of “{done.title}”: {who}"))
