"""`yunce ask`."""

import logging
from typing import TYPE_CHECKING

import click

from bots.cli.session import Session, run
from bots.cli.terminal import print_json, read_input

if TYPE_CHECKING:
    from assistant.answer import Answer
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
    # Standard error is for sentences to people; that a model failed stands in the answer's warnings.
    logging.getLogger("assistant").addHandler(logging.NullHandler())
    text = question if question is not None else read_input()
    session.follow(text, language)
    answer, semantics = run(_ask(session, text, conversation, language, collections))
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        from bots.cli.rendering import render_answer

        click.echo(render_answer(answer, semantics))


async def _ask(
    session: Session, text: str, conversation: str | None, language: str | None, collections: tuple[str, ...]
) -> "tuple[Answer, Semantics | None]":
    from assistant.access import OWNER

    async with session.assistant() as assistant:
        answer = await assistant.ask(
            text,
            principal=OWNER,
            conversation=conversation,
            language=language,
            collections=collections or None,
        )
        return answer, assistant.metrics.semantics if assistant.metrics else None
