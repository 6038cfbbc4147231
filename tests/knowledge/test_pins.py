"""Curated answers: kept, found by any of their phrasings, and seen by their teams alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.errors import DocumentNotFound, EmbeddingFailed, InvalidCuration, PinExists, PinNotFound
from tests.knowledge.embedders import HashingEmbedder

GROWTH, FINANCE = frozenset({"growth"}), frozenset({"finance"})
QUESTIONS = ["次日留存怎么算？", "How is day-1 retention calculated?"]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(tmp_path_factory.mktemp("pins")) as opened:
        yield opened


def test_pin_is_found_by_its_phrasings_and_their_like(real: KnowledgeBase) -> None:
    pin = real.curation.pins.add(QUESTIONS, "按**自然日**算。", by="张三", review_by=date(2027, 1, 1))
    assert (pin.owner, pin.updated_by, pin.language, pin.teams) == ("张三", "张三", "zh-Hans", ())
    for asked in (*QUESTIONS, "次日留存 怎么算", "請問次日留存率怎麼計算？"):
        assert real.curation.pins.match(asked, teams=frozenset()) == pin
    for asked in ("7日留存怎么算", "次日留存为什么掉了", "How is day-7 retention calculated?", "？", "hello"):
        assert real.curation.pins.match(asked, teams=frozenset()) is None
    edited = real.curation.pins.edit(pin.id, by="李四", reader=None, answer="By calendar days.")
    assert (edited.language, edited.owner, edited.updated_by) == ("en", "张三", "李四")
    assert edited.updated_at >= pin.updated_at
    real.curation.pins.remove(pin.id, teams=None)
    assert real.curation.pins.match(QUESTIONS[0], teams=None) is None


def test_pin_of_another_team_is_neither_found_nor_changed(base: KnowledgeBase) -> None:
    pin = base.curation.pins.add(["预算是多少"], "一百万", by="Li", teams=["finance"])
    assert base.curation.pins.match("预算是多少", teams=GROWTH) is None
    assert base.curation.pins.match("预算是多少？", teams=FINANCE) == pin
    assert base.curation.pins.all(teams=GROWTH) == []
    for change in (
        lambda: base.curation.pins.edit(pin.id, by="x", reader=GROWTH, answer="0"),
        lambda: base.curation.pins.remove(pin.id, teams=GROWTH),
        lambda: base.curation.pins.find(pin.id, teams=GROWTH),
    ):
        with pytest.raises(PinNotFound):
            change()


def test_answer_in_the_language_of_the_question_comes_first(base: KnowledgeBase) -> None:
    chinese = base.curation.pins.add(["KOC"], "关键意见消费者", by="Li")
    english = base.curation.pins.add(["koc"], "Key opinion consumer", by="Li")
    assert base.curation.pins.match("KOC?", teams=None) == english
    assert base.curation.pins.match("ＫＯＣ", teams=None) == english
    base.curation.pins.remove(english.id, teams=None)
    assert base.curation.pins.match("KOC?", teams=None) == chinese


@pytest.mark.parametrize(
    ("questions", "answer"),
    [([], "a"), (["？！"], "a"), (["q"], " "), (["q" * 600], "a"), (["q"], "a" * 10_001)],
)
def test_pin_that_says_nothing_is_refused(base: KnowledgeBase, questions: list[str], answer: str) -> None:
    with pytest.raises(InvalidCuration):
        base.curation.pins.add(questions, answer, by="Li")


def test_pin_rests_only_on_documents_that_its_author_sees(base: KnowledgeBase) -> None:
    secret = base.ingest_bytes("a.txt", b"secret", teams=["finance"]).document
    with pytest.raises(DocumentNotFound):
        base.curation.pins.add(["q"], "a", by="Li", reader=GROWTH, documents=[secret.id])
    assert base.curation.pins.add(["q"], "a", by="Li", documents=[secret.id]).documents == (secret.id,)


def test_pins_outlive_a_restart(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path) as base:
        base.curation.pins.add(["怎么开通会员"], "找客服", by="Li")
    with KnowledgeBase.open(tmp_path) as base:
        found = base.curation.pins.match("会员如何开通", teams=None)
        assert found is not None
        assert found.answer == "找客服"


def test_pin_is_found_word_for_word_while_the_embedding_model_fails(
    base: KnowledgeBase, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = base.curation.pins.add(["怎么开通会员"], "找客服", by="Li")

    def fail(_texts: object) -> None:
        raise EmbeddingFailed(en="down", zh="不可用")

    monkeypatch.setattr(embedder, "embed", fail)
    assert base.curation.pins.match("怎么开通会员？", teams=None) == pin
    assert base.curation.pins.match("会员如何开通", teams=None) is None


def test_second_answer_for_the_same_readers_is_refused_and_names_the_first(base: KnowledgeBase) -> None:
    pins = base.curation.pins
    first = pins.add(["怎么报销？", "报销找谁"], "找财务。", by="Li", teams=["growth"])
    with pytest.raises(PinExists, match=first.id) as refused:
        pins.add(["报销 找谁？"], "找小王。", by="Zhao", teams=["growth"], reader=GROWTH)
    assert "pin edit" in refused.value.zh
    for other in ({"teams": ["finance"]}, {}):
        pins.add(["报销找谁"], "找小王。", by="Zhao", **other)
    english = pins.add(["报销找谁"], "Ask finance.", by="Zhao", teams=["growth"])
    unseen = pins.add(["报销找谁"], "找小李。", by="Sun", teams=["growth"], reader=FINANCE)
    with pytest.raises(PinExists):
        pins.edit(english.id, by="Zhao", reader=None, answer="找财务。")
    pins.remove(unseen.id, teams=None)
    assert pins.edit(first.id, by="Li", reader=None, questions=["报销找谁"]).questions == ("报销找谁",)
