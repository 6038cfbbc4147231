"""`yunce pin`: curated answers."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from bots.cli.chunks import name_author
from bots.cli.session import Session
from bots.cli.terminal import print_json, wrap

if TYPE_CHECKING:
    from knowledge.curation.pins import Pin

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(short_help="Pin curated answers to questions.")
def pin() -> None:
    """Pin answers to questions: shown as they are written, with their owner and date.

    \b
    Examples 例:
      yunce pin add "次日留存怎么算？" -q "How is day-1 retention calculated?" --answer "按自然日……" --owner 张三
      yunce pin list
    """


@pin.command()
@click.argument("question")
@click.option("--question", "-q", "more", multiple=True, help="Another way to ask (repeatable).")
@click.option("--answer", required=True, help="The answer, in Markdown.")
@click.option("--owner", help="Who answers for it; by default your login name.")
@click.option(
    "--team", "teams", multiple=True, help="Only for this team (repeatable); by default for everyone."
)
@click.option(
    "--document", "documents", multiple=True, help="Id of a document that it rests on (repeatable)."
)
@click.option("--review-by", type=_DAY, help="Day on which to look at it again, YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def add(
    session: Session,
    question: str,
    more: tuple[str, ...],
    answer: str,
    owner: str | None,
    teams: tuple[str, ...],
    documents: tuple[str, ...],
    review_by: datetime | None,
    as_json: bool,
) -> None:
    """Pin an answer to QUESTION; give other phrasings with -q, best in both languages."""
    day = review_by.date() if review_by else None
    with session.knowledge() as knowledge:
        pinned = knowledge.curation.pins.add(
            [question, *more], answer, by=name_author(owner), teams=teams, documents=documents, review_by=day
        )
    _show(session, [pinned], as_json=as_json, alone=True)


@pin.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_pins(session: Session, as_json: bool) -> None:
    """List the curated answers, the newest first."""
    with session.knowledge() as knowledge:
        pins = knowledge.curation.pins.all(teams=None)
    if not pins and not as_json:
        click.echo(
            session.say(zh="还没有置顶回答：", en="No curated answers yet: ")
            + 'yunce pin add "…" --answer "…"'
        )
    _show(session, pins, as_json=as_json)


@pin.command()
@click.argument("pin_id")
@click.option(
    "--question", "-q", "questions", multiple=True, help="The ways to ask, in place of those before."
)
@click.option("--answer", help="The answer, in Markdown.")
@click.option("--owner", help="Who answers for it.")
@click.option("--team", "teams", multiple=True, help="Only for this team (repeatable).")
@click.option("--everyone", is_flag=True, help="For everyone.")
@click.option(
    "--document", "documents", multiple=True, help="Id of a document that it rests on (repeatable)."
)
@click.option("--review-by", type=_DAY, help="Day on which to look at it again, YYYY-MM-DD.")
@click.option("--by", help="Who makes the change; by default your login name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def edit(session: Session, pin_id: str, by: str | None, everyone: bool, as_json: bool, **given: Any) -> None:
    """Change what is given of a curated answer; its date becomes today."""
    changes = {name: value for name, value in given.items() if value}
    if everyone:
        changes["teams"] = ()
    if given["review_by"]:
        changes["review_by"] = given["review_by"].date()
    with session.knowledge() as knowledge:
        changed = knowledge.curation.pins.edit(pin_id, by=name_author(by), reader=None, **changes)
    _show(session, [changed], as_json=as_json, alone=True)


@pin.command()
@click.argument("pin_id")
@click.pass_obj
def remove(session: Session, pin_id: str) -> None:
    """Remove a curated answer."""
    with session.knowledge() as knowledge:
        knowledge.curation.pins.remove(pin_id, teams=None)
    click.echo(session.say(zh=f"已移除置顶回答 {pin_id}。", en=f"Removed the curated answer {pin_id}."))


def _show(session: Session, pins: "list[Pin]", *, as_json: bool, alone: bool = False) -> None:
    if as_json:
        print_json(asdict(pins[0]) if alone else [asdict(item) for item in pins])
        return
    for item in pins:
        teams = ", ".join(item.teams) or session.say(zh="所有人", en="everyone")
        review = (
            session.say(zh=f"，{item.review_by} 复核", en=f", review by {item.review_by}")
            if item.review_by
            else ""
        )
        lead = session.say(
            zh=f"{item.owner} · {item.updated_at.date()} · {teams}{review}",
            en=f"{item.owner} · {item.updated_at.date()} · for {teams}{review}",
        )
        click.echo(click.style(item.id, bold=True) + f"  {lead}")
        for question in item.questions:
            click.echo(wrap(f"? {question}", indent="  ", hanging="    "))
        click.echo(wrap(" ".join(item.answer.split()), indent="  "))
