"""Conversations listed, shown, asked anew, exported, deleted and pruned; each principal's alone."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assistant.access import OWNER, Principal
from assistant.assistant import Assistant
from assistant.conversation.export import export_markdown
from assistant.errors import AnswerNotFound, ConversationNotFound, InvalidRequest
from assistant.settings import AnswerSettings, Settings
from assistant.storage import AnswerRow
from assistant.workspace import Workspace, create_workspace

pytestmark = pytest.mark.asyncio(loop_scope="session")

_ANN = Principal(id="ann", teams=frozenset({"growth"}))
_BOB = Principal(id="bob", teams=frozenset({"growth"}))
_LARK = "The lark protocol asks for <b>three</b> reviewers, see https://evil.example/x."


@pytest_asyncio.fixture(loop_scope="session")
async def talker(tmp_path: Path) -> AsyncIterator[Assistant]:
    assistant = Assistant.open(lark(tmp_path), Settings())
    yield assistant
    await assistant.aclose()


def lark(folder: Path) -> Workspace:
    from knowledge import KnowledgeBase

    workspace = create_workspace(folder / "workspace")
    knowledge = KnowledgeBase.open(workspace.state)
    knowledge.ingest_bytes("lark.md", f"# Lark protocol\n\n{_LARK}\n".encode(), teams=["growth"])
    knowledge.close()
    return workspace


async def ask(assistant: Assistant, *questions: str, by: Principal = _ANN, thread: str = "mine") -> list[str]:
    """Ask in a conversation; return the answers' ids."""
    asked = [await assistant.ask(question, principal=by, conversation=thread) for question in questions]
    return [answer.id for answer in asked]


async def test_a_question_is_asked_anew_and_nothing_is_lost(talker: Assistant) -> None:
    ids = await ask(talker, "What is the lark protocol?", "How many reviewers?", "Thanks")
    edited = await talker.ask("Who reviews the lark protocol?", principal=_ANN, replace=ids[1])
    assert [(item.id, item.question) for item in edited.replaces] == [
        (ids[1], "How many reviewers?"),
        (ids[2], "Thanks"),
    ]
    assert edited.conversation_id == "mine"
    shown = talker.conversations.show("mine", principal=_ANN)
    assert [(t.number, t.answer_id) for t in shown.turns] == [(1, ids[0]), (2, edited.id)]
    assert shown.turns[1].answer == edited
    listed = {entry.id: entry.replaced_by for entry in talker.answers.list(principal=_ANN)}
    assert listed == {ids[0]: None, ids[1]: edited.id, ids[2]: edited.id, edited.id: None}
    assert talker.answers.show(ids[1], principal=_ANN).answer.question == "How many reviewers?"
    with pytest.raises(InvalidRequest, match="was replaced already"):
        await talker.ask("Again?", principal=_ANN, replace=ids[1])
    with pytest.raises(InvalidRequest, match="belongs to the conversation mine"):
        await talker.ask("Again?", principal=_ANN, replace=edited.id, conversation="other")
    for other in (_BOB, OWNER):
        with pytest.raises(AnswerNotFound):
            await talker.ask("Mine?", principal=other, replace=edited.id)


async def test_a_question_that_was_left_replaces_nothing(talker: Assistant) -> None:
    [only] = await ask(talker, "What is the lark protocol?")
    events = talker.events("Who reviews it?", principal=_ANN, replace=only)
    async for event in events:
        if event.event == "step":
            break
    await events.aclose()
    assert [turn.answer_id for turn in talker.conversations.show("mine", principal=_ANN).turns] == [only]


async def test_conversations_are_ones_own(talker: Assistant) -> None:
    await ask(talker, "What is the lark protocol?", "And who reviews?")
    await ask(talker, "Hello", by=_BOB)
    await ask(talker, "Hi", thread="later")
    assert [(e.id, e.title, e.turns) for e in talker.conversations.list(principal=_ANN)] == [
        ("later", "Hi", 1), ("mine", "What is the lark protocol?", 2)
    ]  # fmt: skip
    assert [e.turns for e in talker.conversations.list(principal=_BOB)] == [1]
    assert talker.conversations.list(principal=OWNER) == []
    for read in (talker.conversations.show, talker.conversations.delete):
        with pytest.raises(ConversationNotFound):
            read("mine", principal=OWNER)
    revoked = Principal(id="ann", teams=frozenset())
    shown = talker.conversations.show("mine", principal=revoked)
    assert [turn.answer for turn in shown.turns] == [None, None]
    assert "reviewers" not in export_markdown(shown, "en")


async def test_an_export_holds_sources_and_quotes_and_nothing_live(talker: Assistant) -> None:
    await ask(talker, "What does the lark protocol ask for?", "![x](//evil.example/p.png) <b>?</b>")
    conversation = talker.conversations.show("mine", principal=_ANN)
    text = export_markdown(conversation, "zh")
    assert text.startswith("# 会话 mine\n\n2 个问题，最近一次 ")
    assert "## 1. What does the lark protocol ask for?" in text
    assert "- [1] Lark protocol" in text
    assert "three" in text
    assert "<b>" not in text
    assert "](//" not in text
    assert "https://" not in text
    cited = conversation.turns[0].answer
    assert cited is not None
    assert cited.citations[0].quote == _LARK


async def test_what_is_deleted_is_nowhere(talker: Assistant, tmp_path: Path) -> None:
    ids = await ask(talker, "What is the QUAGGAVOLE lark protocol?")
    await talker.ask("What is the lark protocol?", principal=_ANN, replace=ids[0])
    await ask(talker, "What is the lark protocol?", by=_BOB)
    assert talker.conversations.delete("mine", principal=_ANN) == 2
    for found in ([], talker.answers.list(principal=_ANN), talker.conversations.list(principal=_ANN)):
        assert found == []
    with pytest.raises(AnswerNotFound):
        talker.answers.find(ids[0], principal=OWNER)
    assert len(talker.answers.list(principal=_BOB)) == 1
    state = tmp_path / "workspace" / ".yunce"
    for file in state.glob("assistant.db*"):
        assert b"QUAGGAVOLE" not in file.read_bytes()


async def test_old_ones_and_those_that_are_too_many_go(talker: Assistant, tmp_path: Path) -> None:
    first, second, third = await ask(talker, "One?", "Two?", "Three?")
    with Session(talker.storage) as session, session.begin():
        old = datetime.now(UTC) - timedelta(days=91)
        session.execute(update(AnswerRow).where(AnswerRow.id == first).values(asked_at=old))
    assert [turn.answer_id for turn in talker.conversations.show("mine", principal=_ANN).turns] == [
        second,
        third,
    ]
    workspace = Workspace(tmp_path / "workspace")
    again = Assistant.open(workspace, Settings(answers=AnswerSettings(keep_most=2)))
    with Session(again.storage) as session:
        assert set(session.scalars(select(AnswerRow.id))) == {second, third}
    [fourth] = await ask(again, "Four?")
    with Session(again.storage) as session:
        assert set(session.scalars(select(AnswerRow.id))) == {third, fourth}
    await again.aclose()


async def test_kept_in_memory_only(tmp_path: Path) -> None:
    workspace = lark(tmp_path)
    (workspace.state / "conversations.db").write_bytes(b"of an earlier version")
    settings = Settings(answers=AnswerSettings(keep_days=0))
    assistant = Assistant.open(workspace, settings)
    await ask(assistant, "What is the lark protocol?", "In Chinese please")
    assert [t.question for t in assistant.conversations.show("mine", principal=_ANN).turns][
        1
    ] == "In Chinese please"
    await assistant.aclose()
    assert not (workspace.state / "conversations.db").exists()
    with closing(sqlite3.connect(workspace.state / "assistant.db")) as store:
        assert store.execute("SELECT count(*) FROM answers").fetchone() == (0,)
    again = Assistant.open(workspace, settings)
    assert again.conversations.list(principal=_ANN) == []
    await again.aclose()


async def test_answers_of_before_belong_to_their_conversations(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    import assistant.storage as storage

    workspace = lark(tmp_path)
    assistant = Assistant.open(workspace, Settings())
    [asked] = await ask(assistant, "What is the lark protocol?")
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    with assistant.storage.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    await assistant.aclose()
    again = Assistant.open(workspace, Settings())
    assert [t.answer_id for t in again.conversations.show("mine", principal=_ANN).turns] == [asked]
    await again.aclose()
