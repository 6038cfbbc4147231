"""`yunce questions`: what was asked and nothing answered."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bots.cli.chunks import name_author
from bots.cli.session import Session
from bots.cli.terminal import print_json, wrap

if TYPE_CHECKING:
    from knowledge.curation.questions import QuestionGroup


@click.group(invoke_without_command=True, short_help="List what was asked and nothing answered.")
@click.option(
    "--state",
    type=click.Choice(["open", "answered", "dismissed", "all"]),
    default="open",
    show_default=True,
    help="Which to list.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def questions(ctx: click.Context, state: str, as_json: bool) -> None:
    """List the questions that nothing answered, grouped by meaning; assign, dismiss or reopen them.

    A question is closed by itself when a document that answers it is taken in.

    \b
    Examples 例:
      yunce questions
      yunce questions assign q_0123456789abcdef 张三
    """
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    with session.knowledge() as knowledge:
        groups = knowledge.questions.groups(teams=None, state=None if state == "all" else state)  # type: ignore[arg-type]
    if as_json:
        print_json([asdict(group) for group in groups])
    elif not groups:
        click.echo(session.say(zh="没有待解答的问题。", en="There are no such questions."))
    for group in [] if as_json else groups:
        _show(session, group)


@questions.command()
@click.argument("question_id")
@click.argument("owner", required=False)
@click.pass_obj
def assign(session: Session, question_id: str, owner: str | None) -> None:
    """Say that OWNER looks after a question; without OWNER, nobody does."""
    with session.knowledge() as knowledge:
        _show(session, knowledge.questions.assign(question_id, owner, teams=None))


@questions.command()
@click.argument("question_id")
@click.option("--by", help="Who dismisses it; by default your login name.")
@click.pass_obj
def dismiss(session: Session, question_id: str, by: str | None) -> None:
    """Close a question without an answer."""
    with session.knowledge() as knowledge:
        _show(session, knowledge.questions.dismiss(question_id, teams=None, by=name_author(by)))


@questions.command()
@click.argument("question_id")
@click.pass_obj
def reopen(session: Session, question_id: str) -> None:
    """Open a closed question again."""
    with session.knowledge() as knowledge:
        _show(session, knowledge.questions.reopen(question_id, teams=None))


def _show(session: Session, group: "QuestionGroup") -> None:
    first, last = group.first_asked.date(), group.last_asked.date()
    owner = group.owner or session.say(zh="未指定", en="nobody")
    states = {
        "open": session.say(zh="待解答", en="open"),
        "answered": session.say(zh=f"已由 {group.document_id} 解答", en=f"answered by {group.document_id}"),
        "dismissed": session.say(zh=f"{group.closed_by}已忽略", en=f"dismissed by {group.closed_by}"),
    }
    times = "once" if group.count == 1 else f"{group.count} times"
    lead = session.say(
        zh=f"问过 {group.count} 次（{first} 至 {last}）· 负责人：{owner} · {states[group.state]}",
        en=f"asked {times} ({first} to {last}) · owner: {owner} · {states[group.state]}",
    )
    click.echo(click.style(group.id, bold=True) + f"  {lead}")
    for sample in group.samples:
        click.echo(wrap(f"? {' '.join(sample.split())}", indent="  ", hanging="    "))
