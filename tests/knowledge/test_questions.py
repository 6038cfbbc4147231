"""Unanswered questions: grouped, seen by their teams, closed by a document, told to those who asked."""

from collections.abc import Iterator

import pytest

from knowledge.base import KnowledgeBase
from knowledge.curation.questions import QuestionGroup
from knowledge.errors import QuestionNotFound

GROWTH, FINANCE = frozenset({"growth"}), frozenset({"finance"})
ANSWER = "# 年会抽奖\n\n## 规则\n\n年会抽奖的规则：每人一张奖券，现场开奖，奖品当场领取。\n".encode()


@pytest.fixture
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(tmp_path_factory.mktemp("questions")) as opened:
        opened.ingest_bytes("koc.txt", "关键意见消费者(KOC)是乐于分享真实体验的普通用户。".encode())
        yield opened


def ask(
    base: KnowledgeBase,
    text: str,
    *,
    asker: str = "slack:U1",
    teams: frozenset[str] | None = GROWTH,
    reply_to: str | None = None,
) -> QuestionGroup:
    return base.questions.log(text, asker=asker, teams=teams, language="zh", reply_to=reply_to)


def test_questions_that_mean_the_same_are_one_group(real: KnowledgeBase) -> None:
    first = ask(real, "年会抽奖规则是什么？")
    assert ask(real, "年会抽奖的规则是怎样的").id == first.id
    assert ask(real, "年会的抽奖规则是什么", asker="slack:U2").id == first.id
    other = ask(real, "年会在哪里办？")
    assert other.id != first.id
    group = real.questions.groups(teams=GROWTH)[0]
    assert (group.id, group.count, group.teams, group.state) == (first.id, 3, ("growth",), "open")
    assert group.first_asked <= group.last_asked
    assert "年会抽奖规则是什么？" in group.samples


def test_questions_of_other_teams_are_neither_shown_nor_counted(real: KnowledgeBase) -> None:
    ours = ask(real, "年会抽奖规则是什么？")
    theirs = ask(real, "年会抽奖规则是什么？", teams=FINANCE)
    owners = ask(real, "年会抽奖规则是什么？", teams=None)
    assert len({ours.id, theirs.id, owners.id}) == 3
    assert [group.id for group in real.questions.groups(teams=GROWTH)] == [ours.id]
    assert {group.id for group in real.questions.groups(teams=None)} == {ours.id, theirs.id, owners.id}
    for change in (
        lambda: real.questions.assign(theirs.id, "Li", teams=GROWTH),
        lambda: real.questions.dismiss(owners.id, teams=GROWTH, by="Li"),
        lambda: real.questions.reopen("q_0", teams=GROWTH),
    ):
        with pytest.raises(QuestionNotFound):
            change()


def test_group_has_an_owner_and_can_be_dismissed(real: KnowledgeBase) -> None:
    group = ask(real, "年会抽奖规则是什么？", reply_to="slack:C1:1:U1")
    assert real.questions.assign(group.id, "Zhao", teams=GROWTH).owner == "Zhao"
    assert real.questions.dismiss(group.id, teams=GROWTH, by="Zhao").closed_by == "Zhao"
    assert real.questions.groups(teams=GROWTH) == []
    assert ask(real, "年会抽奖规则是什么").state == "dismissed"
    real.ingest_bytes("lottery.md", ANSWER)
    assert real.questions.due_notices() == []
    assert real.questions.reopen(group.id, teams=GROWTH).state == "open"


def test_document_that_answers_closes_the_group_and_askers_are_due_once(real: KnowledgeBase) -> None:
    group = ask(real, "年会抽奖规则是什么？", reply_to="slack:C1:1.5:U1")
    ask(real, "年会抽奖规则是怎样的", reply_to="slack:C1:1.5:U1")
    ask(real, "年会抽奖规则是什么", asker="slack:U2", reply_to="slack:C2:2.5:U2")
    ask(real, "年会抽奖规则是什么", asker="owner", teams=GROWTH)
    ask(real, "火星基地的电费多少钱？")
    real.ingest_bytes("else.txt", "食堂周二供应面条。".encode())
    assert real.questions.due_notices() == []
    document = real.ingest_bytes("lottery.md", ANSWER).document
    due = real.questions.due_notices()
    assert [(n.reply_to, n.document_id, n.asker) for n in due] == [
        ("slack:C1:1.5:U1", document.id, "slack:U1"),
        ("slack:C2:2.5:U2", document.id, "slack:U2"),
    ]
    closed = real.questions.find(group.id, teams=GROWTH)
    assert (closed.state, closed.document_id) == ("answered", document.id)
    assert len(real.questions.groups(teams=GROWTH)) == 1
    real.questions.mark_told(due[0].question_ids)
    assert [n.reply_to for n in real.questions.due_notices()] == ["slack:C2:2.5:U2"]


def test_document_of_another_team_answers_nothing(real: KnowledgeBase) -> None:
    group = ask(real, "年会抽奖规则是什么？", reply_to="slack:C1:1:U1")
    real.ingest_bytes("lottery.md", ANSWER, teams=["finance"])
    assert real.questions.due_notices() == []
    real.ingest_bytes("lottery.md", ANSWER, teams=["growth"])
    assert len(real.questions.due_notices()) == 1
    assert real.questions.find(group.id, teams=GROWTH).state == "answered"


def test_enabled_passage_answers_too(real: KnowledgeBase) -> None:
    document = real.ingest_bytes("lottery.md", ANSWER).document
    chunks = real.chunks(document.id, teams=None)
    for chunk in chunks:
        real.curation.disable(chunk.id, teams=None, by="Li")
    ask(real, "年会抽奖规则是什么？", reply_to="slack:C1:1:U1")
    assert real.questions.due_notices() == []
    for chunk in chunks:
        real.curation.enable(chunk.id, teams=None, by="Li")
    assert len(real.questions.due_notices()) == 1


def test_question_opens_again_when_its_document_is_deleted_or_says_it_no_more(real: KnowledgeBase) -> None:
    group = ask(real, "年会抽奖规则是什么？")
    document = real.ingest_bytes("lottery.md", ANSWER).document
    assert real.questions.review() == [group.id]
    [chunk] = real.chunks(document.id, teams=None)
    real.curation.disable(chunk.id, teams=None, by="Li")
    assert [found.state for found in real.questions.groups(teams=GROWTH)] == ["open"]
    real.curation.enable(chunk.id, teams=None, by="Li")
    assert real.questions.review() == [group.id]
    real.ingest_bytes("lottery.md", "# 食堂\n\n食堂周二供应面条。".encode())
    assert real.questions.groups(teams=GROWTH)[0].document_id is None
    real.ingest_bytes("lottery.md", ANSWER)
    copy = real.ingest_bytes("lottery copy.md", ANSWER + "\n奖品当天有效。\n".encode()).document
    assert real.questions.review() == [group.id]
    answering = real.questions.find(group.id, teams=GROWTH).document_id
    assert answering is not None
    real.delete(answering, teams=None)
    real.questions.review()
    left = real.questions.find(group.id, teams=GROWTH)
    assert left.document_id in ({document.id, copy.id} - {answering})
    assert left.document_id is not None
    real.delete(left.document_id, teams=None)
    assert [found.id for found in real.questions.groups(teams=GROWTH)] == [group.id]
