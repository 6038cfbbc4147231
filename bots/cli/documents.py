"""`yunce search`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import print_json, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.documents import SearchResult


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
        _print_result(session, number, result)


def _print_result(session: Session, number: int, result: "SearchResult") -> None:
    title, section = result.document.title, result.chunk.section
    where = " › ".join((title, *(section[1:] if section[:1] == (title,) else section)))
    click.echo(
        click.style(f"{number}. {where}", bold=True) + f"  {result.score:.2f}  {result.document.source}"
    )
    text = " ".join(result.chunk.text.split())
    click.echo(wrap(f"{text[:200]}{'…' if len(text) > 200 else ''}", indent="   "))
    for mark in _marks(session, result):
        click.echo(click.style(wrap(f"⚠ {mark}", indent="   ", hanging="     "), fg="yellow"))


def _marks(session: Session, result: "SearchResult") -> "Iterator[str]":
    """Say what people did to a result's document, to its passage, and to copies of the two."""
    chunk, stale = result.chunk, result.document.stale
    if stale is not None:
        note = stale.note and session.say(zh="：", en=": ") + stale.note
        day = stale.at.date()
        yield session.say(
            zh=f"已被标记为过时（{stale.by}，{day}）{note}",
            en=f"marked as out of date ({stale.by}, {day}){note}",
        )
    if chunk.edited_by and chunk.edited_at:
        day = chunk.edited_at.date()
        yield session.say(zh=f"{chunk.edited_by}于 {day} 编辑过", en=f"edited by {chunk.edited_by}, {day}")
    for mark in result.marks:
        yield mark.describe().in_language(session.language)


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
        "similar": list(result.similar),
        "stale": result.document.stale and asdict(result.document.stale),
        "edited_by": result.chunk.edited_by,
        "edited_at": result.chunk.edited_at,
        "marks": [asdict(mark) for mark in result.marks],
    }
