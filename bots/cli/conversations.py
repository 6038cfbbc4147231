"""`yunce conversations`: what was asked under one name, shown, asked again, exported, deleted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.questions import ask_question, print_answer
from bots.cli.session import Session, run
from bots.cli.terminal import print_json, wrap

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversation.book import Conversation, ConversationTurn

_TURN = click.option(
    "--turn", "-t", type=click.IntRange(min=1), help="Number of the question; by default the last."
)


@click.group(short_help="Show, edit, export and delete conversations.")
def conversations() -> None:
    """Show, edit, export and delete your conversations.

    A conversation is what was asked under one name with `yunce ask -c NAME`. It is kept as long as its answers are: for as
    many days as the setting answers.keep_days says, and as many as answers.keep_most says.

    \b
    Examples 例:
      yunce conversations list
      yunce conversations edit mine "上上周次日留存为什么掉了？" --turn 1
      yunce conversations export mine --output mine.md
    """


@conversations.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="Most to list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_conversations(session: Session, limit: int, as_json: bool) -> None:
    """List your conversations, the latest first."""
    from assistant.access import OWNER

    async def read() -> None:
        async with session.assistant() as assistant:
            entries = assistant.conversations.list(principal=OWNER, limit=limit)
            if as_json:
                print_json([entry.model_dump(mode="json") for entry in entries])
                return
            width = max((len(entry.id) for entry in entries), default=0)
            for entry in entries:
                asked = f"{entry.updated_at.astimezone():%Y-%m-%d %H:%M}"
                click.echo(f"{entry.id:{width}}  {asked}  {entry.turns:>3}  {' '.join(entry.title.split())}")
            if not entries:
                click.echo(session.say(zh="没有会话。", en="There are no conversations."))
            click.echo(click.style(_retention(session, assistant), dim=True))

    run(read())


@conversations.command()
@click.argument("conversation_id", metavar="NAME")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(session: Session, conversation_id: str, as_json: bool) -> None:
    """Show the questions and answers of a conversation."""
    from bots.cli.rendering import render_answer
    from bots.cli.replays import render_head

    async def read() -> None:
        async with session.assistant() as assistant:
            found = _find(assistant, conversation_id)
            if as_json:
                print_json(found.model_dump(mode="json"))
                return
            semantics = assistant.metrics.semantics if assistant.metrics else None
            for turn in found.turns:
                language = turn.answer.language if turn.answer else session.language
                click.echo(render_head(f"{turn.number}. {turn.question}", language, turn.asked_at) + "\n")
                withheld = session.say(
                    zh=f"这个回答的依据中有不再可见的内容；见 yunce answers replay {turn.answer_id}\n",
                    en=f"This answer leans on what may no longer be seen; see yunce answers replay {turn.answer_id}\n",
                )
                click.echo(render_answer(turn.answer, semantics) if turn.answer else wrap(withheld))

    run(read())


@conversations.command()
@click.argument("conversation_id", metavar="NAME")
@click.argument("question")
@_TURN
@click.option("--json", "as_json", is_flag=True, help="Print the whole Answer as JSON.")
@click.pass_obj
def edit(session: Session, conversation_id: str, question: str, turn: int | None, as_json: bool) -> None:
    """Ask QUESTION in the place of an earlier one.

    It takes the place of that question and of all after it; what is replaced stays in `yunce answers`.
    """
    session.follow(question)
    _replace(session, conversation_id, turn, question, as_json=as_json)


@conversations.command()
@click.argument("conversation_id", metavar="NAME")
@_TURN
@click.option("--json", "as_json", is_flag=True, help="Print the whole Answer as JSON.")
@click.pass_obj
def retry(session: Session, conversation_id: str, turn: int | None, as_json: bool) -> None:
    """Ask a question again in the same words, on what is now."""
    _replace(session, conversation_id, turn, None, as_json=as_json)


@conversations.command()
@click.argument("conversation_id", metavar="NAME")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["md", "json"]),
    help="By default Markdown, or as the file is named.",
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A file; by default print it."
)
@click.pass_obj
def export(session: Session, conversation_id: str, kind: str | None, output: Path | None) -> None:
    """Write a conversation as Markdown or JSON.

    With the answers go their figures and definition cards, and their sources with what is quoted.
    """
    import json

    from assistant.conversation.export import export_markdown

    async def read() -> "Conversation":
        async with session.assistant() as assistant:
            return _find(assistant, conversation_id)

    found = run(read())
    as_json = kind == "json" or (kind is None and output is not None and output.suffix == ".json")
    text = (
        json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
        if as_json
        else export_markdown(found, session.language)
    )
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(session.say(zh=f"已写入 {output}。", en=f"Wrote {output}."))


@conversations.command()
@click.argument("conversation_id", metavar="NAME")
@click.pass_obj
def delete(session: Session, conversation_id: str) -> None:
    """Delete a conversation with all its answers, for good.

    Those that were replaced go too. What nothing answered stays noted in `yunce questions`.
    """
    from assistant.access import OWNER

    async def remove() -> int:
        async with session.assistant() as assistant:
            return assistant.conversations.delete(conversation_id, principal=OWNER)

    count = run(remove())
    click.echo(
        session.say(
            zh=f"已删除会话 {conversation_id}，共 {count} 个回答。",
            en=f"Deleted the conversation {conversation_id}: {count} answers.",
        )
    )


def _retention(session: Session, assistant: "Assistant") -> str:
    """Say how long conversations are kept."""
    kept = assistant.settings.answers
    if not kept.keep_days:
        return session.say(
            zh="answers.keep_days 为 0：会话只在运行期间保留在内存中。",
            en="answers.keep_days is 0: conversations last as long as the process that answers.",
        )
    return session.say(
        zh=f"保存 {kept.keep_days} 天，最多 {kept.keep_most:,} 个回答。",
        en=f"They are kept for {kept.keep_days} days, at most {kept.keep_most:,} answers.",
    )


def _replace(
    session: Session, conversation_id: str, number: int | None, question: str | None, *, as_json: bool
) -> None:
    async def choose() -> "ConversationTurn":
        async with session.assistant() as assistant:
            return _turn(_find(assistant, conversation_id), number)

    chosen = run(choose())
    words = chosen.question if question is None else question
    if question is None:
        session.follow(words)
    found = run(ask_question(session, words, conversation=conversation_id, replace=chosen.answer_id))
    print_answer(*found, as_json=as_json)


def _find(assistant: "Assistant", conversation_id: str) -> "Conversation":
    from assistant.access import OWNER

    return assistant.conversations.show(conversation_id, principal=OWNER)


def _turn(found: "Conversation", number: int | None) -> "ConversationTurn":
    from assistant.errors import InvalidRequest

    last = len(found.turns)
    if number is not None and number > last:
        raise InvalidRequest(
            en=f"The conversation {found.id} has {last} questions; there is no number {number}.",
            zh=f"会话 {found.id} 有 {last} 个问题，没有第 {number} 个。",
            parameter="turn",
        )
    return found.turns[(number or last) - 1]
