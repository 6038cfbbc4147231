"""`yunce ask`."""

import logging
from typing import TYPE_CHECKING, Unpack

import click

from bots.cli.session import Session, run
from bots.cli.terminal import print_json, read_input

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.assistant import AskOptions
    from tools.semantics import Semantics


@click.command()
@click.argument("question", required=False)
@click.option("--conversation", "-c", help="Go on with a conversation: any name, the same for each question.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), help="Language of the answer; by default the question's."
)
@click.option(
    "--collection", "collections", multiple=True, help="Only documents of this collection (repeatable)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole Answer as JSON.")
@click.pass_obj
def ask(
    session: Session,
    question: str | None,
    conversation: str | None,
    language: str | None,
    collections: tuple[str, ...],
    as_json: bool,
) -> None:
    """Answer QUESTION (or standard input) from the documents and the data, with sources.

    \b
    Examples 例:
      yunce ask "上周次日留存为什么掉了？" -c mine
      yunce ask "那安卓呢？" -c mine
      yunce ask "Monthly active users since June" --json
    """
    text = question if question is not None else read_input()
    session.follow(text, language)
    found = run(
        ask_question(
            session, text, conversation=conversation, language=language, collections=collections or None
        )
    )
    print_answer(*found, as_json=as_json)


async def ask_question(
    session: Session, question: str, **options: "Unpack[AskOptions]"
) -> "tuple[Answer, Semantics | None]":
    """Ask as the owner of the workspace; return the answer, and what names the cells of its tables."""
    from assistant.access import OWNER

    # Standard error is for sentences to people; that a model failed stands in the answer's warnings.
    logging.getLogger("assistant").addHandler(logging.NullHandler())
    async with session.assistant() as assistant:
        answer = await assistant.ask(question, principal=OWNER, **options)
        return answer, assistant.metrics.semantics if assistant.metrics else None


def print_answer(answer: "Answer", semantics: "Semantics | None", *, as_json: bool) -> None:
    """Print an answer."""
    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    from bots.cli.rendering import render_answer

    click.echo(render_answer(answer, semantics))
