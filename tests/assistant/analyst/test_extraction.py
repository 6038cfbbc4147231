"""Which sentences of passages are picked as the answer."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.analyst.answer_types import find_type, measure_fit
from assistant.analyst.extraction import Extractor, is_answered
from assistant.analyst.naming import find_named
from assistant.analyst.sentences import cut_sentences
from assistant.turn import Passage
from knowledge import KnowledgeBase


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder: Path = tmp_path_factory.mktemp("reader")
    with KnowledgeBase.open(folder) as base:
        yield base


def passage(text: str, *, title: str = "手册", language: str = "zh-Hans", score: float = 0.5) -> Passage:
    return Passage(
        marker="1", document_id=title, version=1, chunk_id=text, title=title, collection="documents",
        section=(), page=None, effective_date=None, url=None, kind="prose", language=language, text=text,
        score=score, likelihood=0.7,
    )  # fmt: skip


REFUNDS = passage(
    "退款一般在 3 个工作日内到账。\n\n| 支付方式 | 到账时间 | 手续费 |\n| --- | --- | --- |\n| 支付宝 | 1 天 | 无 |\n"
    "| 信用卡 | 7 天 | 0.5% |",
    title="退款处理手册",
)


def pick(question: str, reader: KnowledgeBase, *passages: Passage) -> str:
    return Extractor(question, passages, reader).ranked()[0].sentence.text


def test_a_table_row_is_told_under_its_heads(reader: KnowledgeBase) -> None:
    row = next(s for s in cut_sentences(REFUNDS) if "信用卡" in s.text)
    assert row.cells == (("支付方式", "信用卡"), ("到账时间", "7 天"), ("手续费", "0.5%"))
    assert pick("信用卡的手续费是多少？", reader, REFUNDS) == row.text


def test_a_sentence_need_not_repeat_what_its_passage_is_about(reader: KnowledgeBase) -> None:
    card = passage(
        "银卡会员是灯市的一档会员，银卡会员按年消费评定。生日当月送一张免邮券。银卡会员与金卡会员的权益不能叠加。"
    )
    assert pick("银卡会员生日送什么？", reader, card) == "生日当月送一张免邮券。"


def test_what_follows_a_question_answers_it(reader: KnowledgeBase) -> None:
    thread = passage("陈默：周年庆的优惠券什么时候到期？\n李雷：9 月 30 日 24 点，逾期不补发。")
    assert pick("周年庆的优惠券什么时候到期？", reader, thread).startswith("李雷")


def test_a_question_in_one_language_is_answered_from_the_other(reader: KnowledgeBase) -> None:
    english = passage(
        "The label is printed at home. Shoes may be returned within 45 days of delivery. Keep the box.",
        title="Return policy", language="en",
    )  # fmt: skip
    assert "45 days" in pick("鞋子几天内可以退货？", reader, english)
    assert "7 天" in pick("What is the arrival time for credit cards?", reader, REFUNDS)


def test_a_sentence_that_points_back_is_marked() -> None:
    text = "Su He wrote the plan in May. Her second chapter is on coupons. This year it was printed."
    first, second, third = cut_sentences(passage(text, language="en"))
    assert (first.points_back, second.points_back, third.points_back) == (False, True, False)


@pytest.mark.parametrize(
    ("question", "fits", "does_not"),
    [
        ("什么时候到期？", "9 月 30 日到期。", "逾期不补发。"),
        ("How many days do refunds take?", "Refunds take three days.", "Refunds are slow."),
        ("2025 年来了多少人？", "当年来了 4,005 人。", "2025 年人不多。"),
        ("谁负责投放？", "投放由陈默负责。", "投放很贵。"),
        ("Why did it fall?", "It fell because the form was long.", "It fell on Monday."),
        ("它又叫什么？", "也称为次留。", "它很低。"),
    ],
)
def test_the_kind_of_answer_asked_for_is_looked_for(question: str, fits: str, does_not: str) -> None:
    kind = find_type(question)
    assert kind is not None
    assert (measure_fit(kind, fits, question), measure_fit(kind, does_not, question)) == (1, 0)


def test_a_question_that_the_best_sentence_does_not_answer_is_declined(reader: KnowledgeBase) -> None:
    unsure = [replace(REFUNDS, likelihood=0.2)]
    about, beside = "信用卡退款几天到账？", "谁是公司的首席法务？"
    assert is_answered(unsure, Extractor(about, unsure, reader).ranked())
    assert not is_answered(unsure, Extractor(beside, unsure, reader).ranked())
    assert not is_answered([], [])


@pytest.mark.parametrize(
    "question",
    ["What did the August win-back test among dormant users show?", "8月沉睡用户召回测试的结果怎么样？"],
)
def test_a_document_is_known_by_its_title_in_either_language(question: str, reader: KnowledgeBase) -> None:
    test = passage("It showed little.", title="Win-back test among dormant users, August 2026", language="en")
    book = passage("Fix the reason first.", title="Win-back playbook for dormant users", language="en")
    assert find_named(question, [book, test], reader) == [test]
    assert find_named("How many users are dormant?", [book, test], reader) == []


@pytest.mark.parametrize(
    ("question", "is_named"),
    [
        ("618 效果怎么样？", True),
        ("618 大促结果如何？", True),
        ("How did the 618 promotion go?", True),
        ("618 是哪几天？", False),
        ("渠道效果怎么样？", False),
        ("效果怎么样？", False),
        ("How did it go?", False),
    ],
)
def test_what_came_of_an_event_is_asked_of_the_one_document_that_is_called_by_it(
    question: str, is_named: bool, reader: KnowledgeBase
) -> None:
    review = passage("新客没有留下来。", title="618 大促复盘（2026 年 6 月）")
    book = passage("大促先定目标。", title="转化与大促手册")
    assert find_named(question, [book, review], reader) == ([review] if is_named else [])


def test_marks_within_a_title_end_no_sentence() -> None:
    text = "《灯市来了！二》于 2025 年发行。The Rev. Paul Smith is its president."
    assert len(cut_sentences(passage(text))) == 2
