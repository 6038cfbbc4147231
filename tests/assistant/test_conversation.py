"""Conversations: remembered across questions and restarts, shared with nobody, kept small."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from assistant.access import OWNER, Principal
from assistant.assistant import Assistant
from assistant.conversation.memory import find_standing
from assistant.conversation.thread import open_thread
from assistant.settings import Settings
from assistant.visibility import Visibility
from assistant.workspace import Workspace, create_workspace
from tests.assistant.checks import check_answer
from tests.assistant.conftest import model_settings
from tests.assistant.model_server import MODEL, Call, ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

_ANN = Principal(id="ann", teams=frozenset({"growth"}))
_BOB = Principal(id="bob", teams=frozenset({"growth"}))
_LARK = "The lark protocol asks for three reviewers."
_WREN = "The wren protocol asks for nine reviewers and a budget of 77 coins."


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of two documents; the second is for the team growth."""
    from knowledge import KnowledgeBase

    workspace = create_workspace(tmp_path_factory.mktemp("talk") / "workspace")
    shutil.rmtree(workspace.library)
    workspace.library.mkdir()
    knowledge = KnowledgeBase.open(workspace.state)
    knowledge.ingest_bytes("lark.md", f"# Lark protocol\n\n{_LARK}\n".encode())
    knowledge.ingest_bytes("wren.md", f"# Wren protocol\n\n{_WREN}\n".encode(), teams=["growth"])
    knowledge.close()
    return workspace


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talker(small: Workspace, _model: ModelServer) -> AsyncIterator[Assistant]:
    """An assistant with the scripted model over the small workspace."""
    assistant = Assistant.open(small, model_settings(_model))
    yield assistant
    await assistant.aclose()


def search(query: str) -> Reply:
    return Reply(calls=(Call("search_knowledge", {"query": query}),))


def last_messages(model: ModelServer) -> list[dict]:
    """Return the messages of the last request, before the model's own draft came back to it."""
    asked = [r["messages"] for r in model.requests if "figures of your draft" not in str(r["messages"][-1])]
    return asked[-1]


def questions_sent(model: ModelServer) -> list[str]:
    """Return the askers' questions in the last request."""
    return [m["content"] for m in last_messages(model) if m["role"] == "user"]


def sent(model: ModelServer) -> str:
    """Return everything in the last request."""
    return str(last_messages(model))


async def test_a_conversation_is_remembered(talker: Assistant, model: ModelServer) -> None:
    model.play(search("lark protocol"), Reply("It asks for three [1]."), Reply("As said, three [1]."))
    first = await talker.ask("What does the lark protocol ask for?", principal=OWNER)
    second = await talker.ask("How many again?", principal=OWNER, conversation=first.conversation_id)
    assert questions_sent(model) == ["What does the lark protocol ask for?", "How many again?"]
    assert second.conversation_id == first.conversation_id
    assert second.citations[0].chunk_id == first.citations[0].chunk_id
    check_answer(second, talker, OWNER)


async def test_without_an_id_each_question_stands_alone(talker: Assistant, model: ModelServer) -> None:
    model.play(Reply("One."))
    ids = {(await talker.ask("Hello there, one?", principal=OWNER)).conversation_id for _ in range(3)}
    assert len(ids) == 3
    assert questions_sent(model) == ["Hello there, one?"]


async def test_nothing_is_shared_between_principals(talker: Assistant, model: ModelServer) -> None:
    model.play(search("wren protocol"), Reply("Nine [1]."), Reply("I do not know [1]."))
    await talker.ask("What does the wren protocol ask for?", principal=_ANN, conversation="shared")
    answer = await talker.ask("How many?", principal=_BOB, conversation="shared")
    assert questions_sent(model) == ["How many?"]
    assert _WREN not in sent(model)
    assert not answer.citations


@pytest.mark.parametrize("teams", [frozenset(), frozenset({"growth", "finance"}), None])
async def test_nothing_is_remembered_after_a_change_of_teams(
    teams: frozenset[str] | None, talker: Assistant, model: ModelServer
) -> None:
    thread = f"moved-{len(teams) if teams is not None else 'all'}"
    model.play(search("wren protocol"), Reply("Nine [1]."), Reply("I do not know [1]."))
    await talker.ask("What does the wren protocol ask for?", principal=_ANN, conversation=thread)
    moved = Principal(id=_ANN.id, teams=teams)
    answer = await talker.ask("How many?", principal=moved, conversation=thread)
    assert _WREN not in sent(model)
    assert "wren" not in sent(model)
    assert not answer.citations
    model.play(Reply("Nine, as said [1]."))
    assert (await talker.ask("And?", principal=_ANN, conversation=thread)).citations


async def test_a_passage_withdrawn_since_reaches_nobody(talker: Assistant, model: ModelServer) -> None:
    text = "# Kestrel protocol\n\nThe kestrel protocol asks for 88 coins.\n"
    document = talker.knowledge.ingest_bytes("kestrel.md", text.encode(), teams=["growth"]).document
    model.play(
        search("kestrel protocol"), Reply("It asks for 88 coins [1]."), Reply("It asks for 88 coins [1].")
    )
    first = await talker.ask("The kestrel protocol?", principal=_ANN, conversation="kestrel")
    assert first.citations
    talker.knowledge.ingest_bytes("kestrel.md", text.encode(), teams=["finance"])
    second = await talker.ask("How many coins?", principal=_ANN, conversation="kestrel")
    assert questions_sent(model) == ["How many coins?"]
    assert "kestrel" not in sent(model)
    assert "88" not in sent(model)
    assert document.id not in {citation.document_id for citation in second.citations}
    assert "88" not in second.text
    talker.knowledge.delete(document.id, teams=None)


async def test_turns_before_a_withdrawn_passage_stay_and_those_after_go(
    talker: Assistant, model: ModelServer
) -> None:
    text = "# Merlin protocol\n\nThe merlin protocol asks for 77 coins.\n"
    model.play(
        Reply("Good day."), search("merlin protocol"), Reply("It asks for 77 coins [1]."), Reply("Still 77.")
    )
    await talker.ask("Good day?", principal=_ANN, conversation="merlin")
    document = talker.knowledge.ingest_bytes("merlin.md", text.encode(), teams=["growth"]).document
    for question in ("The merlin protocol?", "How many?"):
        await talker.ask(question, principal=_ANN, conversation="merlin")
    talker.knowledge.delete(document.id, teams=None)
    await talker.ask("And now?", principal=_ANN, conversation="merlin")
    assert questions_sent(model) == ["Good day?", "And now?"]
    assert "77" not in sent(model)


async def test_evidence_of_a_source_out_of_sight_is_not_recalled(
    company: Workspace, scripted: Assistant, model: ModelServer
) -> None:
    measure = Call("measure_metric", {"metric": "d1_retention", "start": "2026-09-21", "end": "2026-09-27"})
    model.play(Reply(calls=(measure,)), lambda asked: Reply(f"{value_in(asked)} [E1]."))
    await scripted.ask("D1 retention?", principal=_ANN, conversation="board")
    kept = scripted.answers.thread(open_thread(_ANN, "board"))
    seen = Visibility(scripted.knowledge, scripted.metrics, _ANN.teams)
    assert find_standing(kept, _ANN, seen) == kept
    assert find_standing(kept, _ANN, Visibility(scripted.knowledge, None, _ANN.teams)) == []


async def test_an_old_version_stays_citable(talker: Assistant, model: ModelServer) -> None:
    talker.knowledge.ingest_bytes("heron.md", b"# Heron\n\nThe heron protocol asks for two coins.\n")
    model.play(search("heron protocol"), Reply("Two [1]."), Reply("Two, as said [1]."))
    await talker.ask("The heron protocol?", principal=OWNER, conversation="heron")
    talker.knowledge.ingest_bytes("heron.md", b"# Heron\n\nThe heron protocol asks for five coins.\n")
    answer = await talker.ask("How many?", principal=OWNER, conversation="heron")
    assert "two coins" in answer.citations[0].quote
    assert answer.citations[0].version == 1
    check_answer(answer, talker, OWNER)


async def test_two_questions_at_once_in_one_thread_are_both_remembered(
    talker: Assistant, model: ModelServer
) -> None:
    model.play(Reply("One.", piece=1))
    asked = [f"Question {word}?" for word in ("one", "two", "three")]
    await asyncio.gather(*(talker.ask(q, principal=OWNER, conversation="at-once") for q in asked))
    await talker.ask("And?", principal=OWNER, conversation="at-once")
    assert sorted(questions_sent(model)) == sorted([*asked, "And?"])


async def test_questions_of_different_threads_do_not_wait_for_each_other(
    talker: Assistant, model: ModelServer
) -> None:
    def script(asked: dict[str, Any]) -> Reply:
        held = "held" in str(asked["messages"][-1]["content"])
        return Reply("Held.", hang="before") if held else Reply("Free.")

    model.play(script)
    held = asyncio.create_task(talker.ask("held?", principal=OWNER, conversation="held"))
    while not model.requests:
        await asyncio.sleep(0.01)
    assert (await talker.ask("free?", principal=OWNER, conversation="free")).text == "Free."
    assert not held.done()
    model.release()
    assert (await held).text == "Held."


async def test_a_question_that_was_left_is_not_half_remembered(talker: Assistant, model: ModelServer) -> None:
    model.play(search("lark protocol"), Reply("Three [1]."))
    events = talker.events("Left?", principal=OWNER, conversation="left")
    async for event in events:
        if event.event == "step":
            break
    await events.aclose()
    model.play(Reply("Two."))
    answer = await talker.ask("Next?", principal=OWNER, conversation="left")
    assert answer.text == "Two."
    assert questions_sent(model)[-1] == "Next?"


async def test_a_restart_remembers(small: Workspace, model: ModelServer) -> None:
    model.play(search("lark protocol"), Reply("Three [1]."), Reply("Three, as said [1]."))
    for question in ("The lark protocol?", "How many?"):
        assistant = Assistant.open(small, model_settings(model))
        answer = await assistant.ask(question, principal=OWNER, conversation="restart")
        await assistant.aclose()
        assert answer.citations[0].quote == _LARK
    assert questions_sent(model) == ["The lark protocol?", "How many?"]


async def test_model_and_analyst_share_a_conversation(small: Workspace, model: ModelServer) -> None:
    by_rule = Assistant.open(small, Settings())
    first = await by_rule.ask("What is the lark protocol?", principal=OWNER, conversation="handed")
    await by_rule.aclose()
    assert first.citations
    model.play(Reply("Three [1]."))
    by_model = Assistant.open(small, model_settings(model))
    second = await by_model.ask("How many?", principal=OWNER, conversation="handed")
    await by_model.aclose()
    assert second.model == MODEL
    assert second.citations[0].chunk_id == first.citations[0].chunk_id


async def test_a_long_conversation_is_condensed_and_bounded(talker: Assistant, model: ModelServer) -> None:
    said = "It asks for three reviewers [1]. " + "And so on, as the protocol says. " * 40
    model.play(search("lark protocol"), Reply(said), Reply("Yes."))
    await talker.ask("The lark protocol?", principal=OWNER, conversation="long")
    for number in range(1, 8):
        await talker.ask(f"Question {number}?", principal=OWNER, conversation="long")
    assert questions_sent(model) == ["The lark protocol?", *(f"Question {n}?" for n in range(1, 8))]
    told = [message for message in last_messages(model) if message["role"] == "assistant"]
    assert told[0]["content"].startswith("It asks for three reviewers [1].")
    assert len(told[0]["content"]) < 400
    assert told[0]["content"].endswith(" …")
    assert _LARK not in sent(model)

    # A turn that the question names is told whole, wherever it stands.
    model.play(Reply("Three, as said [1]."))
    answer = await talker.ask("What exactly does [1] say?", principal=OWNER, conversation="long")
    assert _LARK in sent(model)
    assert answer.citations[0].quote == _LARK
    assert answer.citations[0].marker == "1"
    for number in range(30):
        await talker.ask(f"More {number}?", principal=OWNER, conversation="long")
    assert questions_sent(model) == [*(f"More {number}?" for number in range(9, 30))]


async def test_markers_go_on_counting_and_an_unknown_one_is_told(
    talker: Assistant, model: ModelServer
) -> None:
    model.play(
        search("lark protocol"), Reply("Three [1]."), search("heron protocol"), Reply("Two [2]. Three [1].")
    )
    talker.knowledge.ingest_bytes("heron.md", b"# Heron\n\nThe heron protocol asks for two coins.\n")
    first = await talker.ask("The lark protocol?", principal=OWNER, conversation="markers")
    second = await talker.ask("And the heron protocol, beside [7]?", principal=OWNER, conversation="markers")
    by_marker = {citation.marker: citation.title for citation in second.citations}
    assert by_marker[first.citations[0].marker] == "Lark protocol"
    assert len(by_marker) == 2
    assert second.warnings == ("This conversation has no [7], or it may no longer be seen.",)
    check_answer(second, talker, OWNER)


async def test_figures_of_an_earlier_turn_count_only_where_cited(
    company: Workspace, scripted: Assistant, model: ModelServer
) -> None:
    measure = Call("measure_metric", {"metric": "d1_retention", "start": "2026-09-21", "end": "2026-09-27"})
    model.play(Reply(calls=(measure,)), lambda asked: Reply(f"{value_in(asked)} [E1]."))
    first = await scripted.ask("D1 retention?", principal=OWNER, conversation="figures")
    value = first.evidence[0].figures[0].text
    assert value in first.text
    model.play(Reply(f"It is {value}."))
    uncited = await scripted.ask("And now?", principal=OWNER, conversation="figures")
    assert value not in uncited.text
    model.play(Reply(f"It was {value} [E1]."))
    cited = await scripted.ask("And then?", principal=OWNER, conversation="figures")
    assert value in cited.text
    assert cited.evidence[0].arguments == first.evidence[0].arguments


def value_in(asked: dict[str, Any]) -> str:
    """Return the first figure that a tool told the model."""
    told = "\n".join(str(m["content"]) for m in asked["messages"] if m["role"] == "tool")
    return re.findall(r'"text": "([^"]+)"', told)[0]


async def test_a_curated_answer_is_remembered_while_it_stands(talker: Assistant, model: ModelServer) -> None:
    pins = talker.knowledge.curation.pins
    pin = pins.add(["Who guards the heron gate?"], "The heron gate is guarded by Ada [1].", by="Li")
    first = await talker.ask("Who guards the heron gate?", principal=_ANN, conversation="heron")
    assert first.curated is not None
    model.play(Reply("No document says when."), Reply("No document says it."))
    await talker.ask("And at night?", principal=_ANN, conversation="heron")
    assert questions_sent(model) == ["Who guards the heron gate?", "And at night?"]
    assert "guarded by Ada" in sent(model)
    assert "Ada [1]" not in sent(model)
    pins.remove(pin.id, teams=None)
    model.play(Reply("No document says it."))
    await talker.ask("And by day?", principal=_ANN, conversation="heron")
    assert "guarded by Ada" not in sent(model)
    assert questions_sent(model) == ["And by day?"]
