"""`yunce chunks`: a passage in its section, and what people do to it."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import print_json, read_input, wrap

if TYPE_CHECKING:
    from knowledge import Chunk, KnowledgeBase

_SHOWN = 200


def by_option(command: Any) -> Any:
    """Add the option that says who makes a change."""
    return click.option("--by", help="Who makes the change; by default your login name.")(command)


def name_author(by: str | None) -> str:
    """Return who makes a change: as given, else the login name."""
    import getpass

    try:
        return by or getpass.getuser()
    except (KeyError, OSError):
        return "owner"


@click.group(short_help="Show, edit, disable or enable a passage.")
def chunks() -> None:
    """Look at a passage in its section; edit, disable or enable it. What was cited stays readable.

    \b
    Examples 例:
      yunce chunks edit c_0123456789abcdef --text "退款需要七天。" --by 张三
      yunce chunks disable c_0123456789abcdef
    """


@chunks.command("show")
@click.argument("chunk_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_chunk(session: Session, chunk_id: str, as_json: bool) -> None:
    """Show a passage in its section."""
    with session.knowledge() as knowledge:
        context = knowledge.history.context(chunk_id, teams=None)
    if as_json:
        print_json(asdict(context))
        return
    print_chunk(session, context.chunk)
    before, passage = context.text[: context.start], context.text[context.start : context.end]
    shown = before + click.style(passage, bold=True) + context.text[context.end :]
    click.echo(f"\n{shown}")


@chunks.command()
@click.argument("chunk_id")
@click.option("--text", help="The text in its place; by default standard input, or an editor.")
@by_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def edit(session: Session, chunk_id: str, text: str | None, by: str | None, as_json: bool) -> None:
    """Put another text in a passage's place, also in versions to come that hold the same passage."""
    with session.knowledge() as knowledge:
        if text is None:
            _, known = knowledge.chunk(chunk_id, teams=None)
            text = click.edit(known.text) if sys.stdin.isatty() else read_input()
        if text is None:
            click.echo(session.say(zh="没有改动。", en="Nothing was changed."))
            return
        done = knowledge.curation.edit(chunk_id, text, teams=None, by=name_author(by))
    _tell_changed(session, done, as_json)


@chunks.command()
@click.argument("chunk_id")
@by_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def disable(session: Session, chunk_id: str, by: str | None, as_json: bool) -> None:
    """Take a passage out of search."""
    _change(session, "disable", chunk_id, by, as_json)


@chunks.command()
@click.argument("chunk_id")
@by_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def enable(session: Session, chunk_id: str, by: str | None, as_json: bool) -> None:
    """Bring a disabled passage back."""
    _change(session, "enable", chunk_id, by, as_json)


@chunks.command()
@click.argument("chunk_id")
@by_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def undo(session: Session, chunk_id: str, by: str | None, as_json: bool) -> None:
    """Put an edited passage back as the document has it."""
    _change(session, "undo", chunk_id, by, as_json)


def _change(session: Session, change: str, chunk_id: str, by: str | None, as_json: bool) -> None:
    with session.knowledge() as knowledge:
        _tell_changed(session, _carry_out(knowledge, change, chunk_id, name_author(by)), as_json)


def _carry_out(knowledge: "KnowledgeBase", change: str, chunk_id: str, by: str) -> "Chunk":
    done: Chunk = getattr(knowledge.curation, change)(chunk_id, teams=None, by=by)
    return done


def _tell_changed(session: Session, chunk: "Chunk", as_json: bool) -> None:
    if as_json:
        print_json(asdict(chunk))
    else:
        print_chunk(session, chunk)


def print_chunk(session: Session, chunk: "Chunk") -> None:
    """Print a passage in short, with what was done to it."""
    marks = [chunk.kind] if chunk.kind != "prose" else []
    if not chunk.enabled:
        marks.append(session.say(zh="已停用", en="disabled"))
    if chunk.edited_by:
        marks.append(session.say(zh=f"{chunk.edited_by}编辑过", en=f"edited by {chunk.edited_by}"))
    page = [session.say(zh=f"第 {chunk.page} 页", en=f"p. {chunk.page}")] if chunk.page else []
    click.echo(click.style("  ".join([chunk.id, " › ".join(chunk.section), *page, *marks]), dim=True))
    text = " ".join(chunk.text.split())
    click.echo(wrap(f"{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}", indent="  "))
