"""Answers are kept as they were given; a replay says what changed since and why, and shows nothing that was withdrawn."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from assistant.access import OWNER, Principal
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.errors import AnswerNotFound, AnswerWithheld
from assistant.replay.findings import Replay
from assistant.settings import AnswerSettings, Settings
from assistant.storage import AnswerRow
from assistant.workspace import Workspace

RETENTION = {
    "zh": "2026-09-21 至 2026-09-27 的次日留存率是多少？",
    "en": "What was day-1 retention from 2026-09-21 to 2026-09-27?",
}
MARMOT = "# Marmot rule\n\nThe Marmot rule allows four coupons per buyer and week.\n"
ASKED = "How many coupons does the Marmot rule allow per buyer?"
GROWTH = Principal(id="slack:U1", teams=frozenset({"growth", "crm"}))


@pytest.fixture(scope="module")
def small(demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with one user in sixty."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("replay") / "small"
    shutil.copytree(demo_workspace.root, folder)
    for name in ("events", "orders"):
        file = folder / "data" / f"{name}.parquet"
        table = pd.read_parquet(file)
        table[table["user_id"].astype("int64") % 60 == 0].to_parquet(file)
    return folder


@pytest.fixture
def workspace(small: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(small, tmp_path / "company")
    return Workspace(tmp_path / "company")


@asynccontextmanager
async def opened(workspace: Workspace, settings: Settings | None = None) -> AsyncIterator[Assistant]:
    assistant = Assistant.open(workspace, settings or Settings())
    try:
        yield assistant
    finally:
        await assistant.aclose()


async def answer_to(workspace: Workspace, question: str, principal: Principal = OWNER) -> Answer:
    async with opened(workspace) as assistant:
        return await assistant.ask(question, principal=principal)


async def replay(workspace: Workspace, answer: Answer, principal: Principal = OWNER) -> Replay:
    async with opened(workspace) as assistant:
        return await assistant.replay(answer.id, principal=principal)


def rewrite(workspace: Workspace, old: str, new: str) -> None:
    text = workspace.metrics_file.read_text("utf-8")
    assert old in text
    workspace.metrics_file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_answer_is_shown_as_it_was_given_and_nothing_changed(workspace: Workspace, language: str):
    answer = await answer_to(workspace, RETENTION[language])
    async with opened(workspace) as assistant:
        kept = assistant.answers.show(answer.id, principal=OWNER)
        [entry] = assistant.answers.list(principal=OWNER)
        found = await assistant.replay(answer.id, principal=OWNER)
    assert kept.answer == answer
    assert answer.evidence[0].snapshot is not None
    assert (entry.id, entry.question, entry.language) == (answer.id, answer.question, language)
    assert not found.changed
    assert [item.status for item in found.evidence] == ["unchanged"] * len(answer.evidence)
    assert found.statement.startswith("没有变化" if language == "zh" else "Nothing changed")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_other_data_is_told_with_old_and_new_figures(workspace: Workspace, language: str):
    import pandas as pd

    answer = await answer_to(workspace, RETENTION[language])
    file = workspace.root / "data" / "events.parquet"
    events = pd.read_parquet(file)
    # Nobody comes back on the second half of the week.
    late = (events["ts"] >= "2026-09-24") & (events["ts"] < "2026-09-29") & (events["event"] != "signup")
    events[~late].to_parquet(file)
    found = await replay(workspace, answer)
    [item] = found.evidence
    assert found.reasons == item.reasons == ("data",)
    assert item.data is not None
    assert item.data.tables == ("sources.events",)
    assert (item.data.events_before, item.data.events_now) == (len(events), len(events) - int(late.sum()))
    headline = item.figures[0]
    assert headline.before == answer.evidence[0].figures[0].text
    assert headline.now is not None
    assert float(headline.now.rstrip("%")) < float((headline.before or "").rstrip("%"))
    assert item.statement == (
        "数值有变化，变化的是：数据。" if language == "zh" else "The figures differ. What changed: the data."
    )


async def test_data_that_was_merely_written_again_gives_the_same(workspace: Workspace):
    answer = await answer_to(workspace, RETENTION["en"])
    file = workspace.root / "data" / "events.parquet"
    file.touch()
    found = await replay(workspace, answer)
    assert not found.changed
    assert found.evidence[0].statement == "The data was updated since; the result is the same."


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_another_definition_is_told_by_its_lines(workspace: Workspace, language: str):
    answer = await answer_to(workspace, RETENTION[language])
    rewrite(workspace, "period: day\n    at: 1\n", "period: day\n    at: 3\n")
    found = await replay(workspace, answer)
    [item] = found.evidence
    assert found.reasons == item.reasons == ("definition",)
    assert [(line.label, line.before, line.now) for line in item.declared] == [
        ("metrics.d1_retention.at", "1", "3")
    ]
    kind = next(line for line in item.definition if line.label in ("类型", "kind"))
    assert ("1" in (kind.before or ""), "3" in (kind.now or "")) == (True, True)
    assert item.figures


async def test_a_change_that_no_line_of_the_card_shows_is_still_the_definition(workspace: Workspace):
    answer = await answer_to(workspace, RETENTION["en"])
    rewrite(workspace, "any_of: [visit, view, post]", "any_of: [post]")
    found = await replay(workspace, answer)
    [item] = found.evidence
    assert item.reasons == ("definition",)
    assert [line.label for line in item.declared] == ["events.active.any_of"]


async def test_a_metric_that_is_gone_cannot_be_measured_again(workspace: Workspace):
    answer = await answer_to(workspace, RETENTION["zh"])
    text = workspace.metrics_file.read_text("utf-8")
    workspace.metrics_file.write_text(text.replace("d1_retention", "first_day_retention"), "utf-8")
    found = await replay(workspace, answer)
    assert [(item.status, item.reasons) for item in found.evidence] == [("failed", ("definition",))]
    assert found.evidence[0].statement.startswith("现在无法按同样的参数重新计算：")


async def test_what_happened_to_a_document_is_told(workspace: Workspace):
    async with opened(workspace) as assistant:
        knowledge = assistant.knowledge
        document = knowledge.ingest_bytes("marmot.md", MARMOT.encode(), collection="playbooks").document
        answer = await assistant.ask(ASKED, principal=OWNER)
        place = next(i for i, cited in enumerate(answer.citations) if cited.document_id == document.id)

        async def look_up() -> tuple[tuple[str, ...], bool | None, str]:
            found = await assistant.replay(answer.id, principal=OWNER)
            item = found.citations[place]
            assert found.changed == bool(item.changes)
            return item.changes, item.quote_stands, item.statement

        assert await look_up() == ((), True, "Unchanged, still version 1.")
        chunk = answer.citations[place].chunk_id
        edited = knowledge.curation.edit(
            chunk, "The Marmot rule is being rewritten.", teams=None, by="Chen Mo"
        )
        assert await look_up() == (
            ("edited",), False, "The passage was edited. The quote no longer stands in it."
        )  # fmt: skip
        knowledge.curation.undo(edited.id, teams=None, by="Chen Mo")
        knowledge.curation.mark_stale(document.id, teams=None, by="Chen Mo", note="new rule")
        changes, _, statement = await look_up()
        assert changes == ("stale",)
        assert statement.startswith("The document was marked as out of date (Chen Mo, ")
        knowledge.curation.unmark_stale(document.id, teams=None)
        knowledge.ingest_bytes("marmot.md", MARMOT.replace("four", "six").encode(), collection="playbooks")
        changes, stands, statement = await look_up()
        assert (changes, stands) == (("newer_version",), False)
        assert statement.startswith("The document has a newer version: 1 was cited, 2 is in force")
        knowledge.delete(document.id, teams=None)
        assert (await look_up())[::2] == (("withdrawn",), "The document was deleted.")


async def test_what_may_no_longer_be_seen_is_not_shown(workspace: Workspace):
    text = f"---\nteams: [growth]\n---\n{MARMOT}"
    async with opened(workspace) as assistant:
        assistant.knowledge.ingest_bytes("marmot.md", text.encode(), collection="playbooks")
        answer = await assistant.ask(ASKED, principal=GROWTH)
        assert "four coupons" in answer.text
        assert assistant.answers.show(answer.id, principal=GROWTH).answer == answer

        revoked = Principal(id=GROWTH.id, teams=frozenset({"crm"}))
        with pytest.raises(AnswerWithheld) as caught:
            assistant.answers.show(answer.id, principal=revoked)
        assert caught.value.code == "answer_withheld"
        found = await assistant.replay(answer.id, principal=revoked)
        assert found.reasons == ("withdrawn",)
        told = found.model_dump_json()
        assert "Marmot" not in told.replace(ASKED, "")
        assert "four" not in told

        # A document of which only the readers changed is withdrawn just so.
        moved = text.replace("growth", "finance")
        assistant.knowledge.ingest_bytes("marmot.md", moved.encode(), collection="playbooks")
        with pytest.raises(AnswerWithheld):
            assistant.answers.show(answer.id, principal=GROWTH)
        found = await assistant.replay(answer.id, principal=GROWTH)
        assert "four" not in found.model_dump_json()


async def test_a_source_that_may_no_longer_be_seen_is_not_shown(workspace: Workspace):
    answer = await answer_to(workspace, RETENTION["zh"], GROWTH)
    rewrite(workspace, "    event: event\n", "    event: event\n    teams: [finance]\n")
    async with opened(workspace) as assistant:
        with pytest.raises(AnswerWithheld):
            assistant.answers.show(answer.id, principal=GROWTH)
        found = await assistant.replay(answer.id, principal=GROWTH)
    [item] = found.evidence
    assert (item.status, item.title, item.figures, item.declared) == ("withdrawn", None, (), ())
    assert item.statement == "数据源已被移除或对你不再可见，不予显示。"


async def test_groups_that_are_now_too_small_are_not_shown_even_to_the_owner(workspace: Workspace):
    answer = await answer_to(workspace, RETENTION["en"])
    rewrite(workspace, "    event: event\n", "    event: event\n    min_group: 5\n")
    async with opened(workspace) as assistant:
        with pytest.raises(AnswerWithheld):
            assistant.answers.show(answer.id, principal=OWNER)
        found = await assistant.replay(answer.id, principal=OWNER)
    assert [item.status for item in found.evidence] == ["withdrawn"]


async def test_nothing_is_shared_between_principals(workspace: Workspace):
    other = Principal(id="key:boss", teams=None, role="owner")
    answer = await answer_to(workspace, ASKED, GROWTH)
    async with opened(workspace) as assistant:
        assert assistant.answers.list(principal=other) == []
        for read in (assistant.answers.show, assistant.answers.find):
            with pytest.raises(AnswerNotFound):
                read(answer.id, principal=other)
        with pytest.raises(AnswerNotFound):
            await assistant.replay(answer.id, principal=other)
        assert [entry.id for entry in assistant.answers.list(principal=OWNER)] == [answer.id]
        for wrong in ("a_0123456789abcdef", "../etc", "回答"):
            with pytest.raises(AnswerNotFound):
                assistant.answers.find(wrong, principal=OWNER)


async def test_a_curated_answer_is_replayed(workspace: Workspace):
    async with opened(workspace) as assistant:
        pins = assistant.knowledge.curation.pins
        pin = pins.add(["水獭计划谁负责？"], "陈默负责。", owner="陈默", by="陈默", reader=None)
        answer = await assistant.ask("水獭计划谁负责？", principal=OWNER)
        assert not (await assistant.replay(answer.id, principal=OWNER)).changed
        pins.edit(pin.id, by="陈默", reader=None, answer="苏禾负责。")
        found = await assistant.replay(answer.id, principal=OWNER)
        assert found.reasons == ("curated",)
        pins.remove(pin.id, teams=None)
        found = await assistant.replay(answer.id, principal=OWNER)
        assert found.curated == "这条置顶回答已被移除或对你不再可见。"


async def test_answers_are_kept_for_as_many_days_as_the_settings_say(workspace: Workspace):
    async with opened(workspace) as assistant:
        first = await assistant.ask(ASKED, principal=OWNER)
        long_ago = datetime.now(UTC) - timedelta(days=91)
        with Session(assistant.storage) as session, session.begin():
            session.execute(update(AnswerRow).values(asked_at=long_ago))
        assert assistant.answers.list(principal=OWNER) == []
        second = await assistant.ask(ASKED, principal=OWNER)
        with Session(assistant.storage) as session:
            assert session.get(AnswerRow, first.id) is None
            assert session.get(AnswerRow, second.id) is not None
    settings = Settings(answers=AnswerSettings(keep_days=0))
    async with opened(workspace, settings) as assistant:
        third = await assistant.ask(ASKED, principal=OWNER)
        with Session(assistant.storage) as session:
            assert session.get(AnswerRow, third.id) is None
