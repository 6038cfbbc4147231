"""`yunce answers`: what was answered, shown as it was given or replayed on what is now."""

from typing import TYPE_CHECKING

import click

from bots.cli.session import Session, run
from bots.cli.terminal import print_json

if TYPE_CHECKING:
    from assistant.replay.book import AnswerEntry, KeptAnswer
    from assistant.replay.findings import Replay
    from tools.semantics import Semantics


@click.group(short_help="Show earlier answers, and replay them on what is now.")
def answers() -> None:
    """Show earlier answers, and replay them: what changed since, and why.

    Each answer is kept with its evidence for as many days as the setting answers.keep_days says, and at most as many as
    answers.keep_most says.

    \b
    Examples 例:
      yunce answers list
      yunce answers replay a_0123456789abcdef
    """


@answers.command("list")
@click.option(
    "--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="Most answers to list."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_answers(session: Session, limit: int, as_json: bool) -> None:
    """List the answers that are kept, the newest first."""
    entries = run(_list(session, limit))
    if as_json:
        print_json([entry.model_dump(mode="json") for entry in entries])
    elif not entries:
        click.echo(session.say(zh="没有保存的回答。", en="No answers are kept."))
    for entry in [] if as_json else entries:
        asked = f"{entry.asked_at.astimezone():%Y-%m-%d %H:%M}"
        place = session.say(zh=f"（已由 {entry.replaced_by} 替换）", en=f" (replaced by {entry.replaced_by})")
        question = " ".join(entry.question.split())
        click.echo(f"{entry.id}  {asked}  {question}{place if entry.replaced_by else ''}")


@answers.command()
@click.argument("answer_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(session: Session, answer_id: str, as_json: bool) -> None:
    """Show an answer as it was given."""
    kept, semantics = run(_show(session, answer_id))
    if as_json:
        print_json(kept.model_dump(mode="json", include={"answer", "asked_at"}))
        return
    from bots.cli.rendering import render_answer
    from bots.cli.replays import render_head

    click.echo(render_head(kept.answer.question, kept.answer.language, kept.asked_at) + "\n")
    click.echo(render_answer(kept.answer, semantics))


@answers.command()
@click.argument("answer_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def replay(session: Session, answer_id: str, as_json: bool) -> None:
    """Measure an answer's figures again, look its citations up, and tell what changed and why.

    The exit status is 0 whether or not anything changed.
    """
    found = run(_replay(session, answer_id))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    from bots.cli.replays import render_replay

    click.echo(render_replay(found))


async def _list(session: Session, limit: int) -> "list[AnswerEntry]":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        return assistant.answers.list(principal=OWNER, limit=limit)


async def _show(session: Session, answer_id: str) -> "tuple[KeptAnswer, Semantics | None]":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        kept = assistant.answers.show(answer_id, principal=OWNER)
        return kept, assistant.metrics.semantics if assistant.metrics else None


async def _replay(session: Session, answer_id: str) -> "Replay":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        return await assistant.replay(answer_id, principal=OWNER)
