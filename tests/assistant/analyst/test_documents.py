"""Answers from one document that a question names, whole or in short, and from the pages that say who is responsible."""

import pytest

from tests.assistant.analyst.conftest import Ask


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # by its kind and its day, in either language
        ("总结一下9月28号的周会", ["**决定**", "onboarding_strict", "下滑集中在抖音"]),
        ("这周周会定了什么？", ["国庆前不再改引导"]),
        ("What did the weekly of 17 August decide?", ["**Decisions**", "minute-level alerts"]),
        ("Summarise the review of the July referral campaign", ["**In short**", "**Stop** the banner"]),
        # what is asked may stand where search did not look
        ("618 复盘里三天成交额和花费各多少", ["98,813", "16,598"]),
        ("5.2 版本的引导是谁拍板上线的？", ["叶岚裁定"]),
        ("618 为什么没留住新客", ["引来的是比价的人"]),
    ],
)
def test_a_document_that_is_named_is_read_whole(ask: Ask, question: str, told: list[str]) -> None:
    answer = ask(question)
    assert [words for words in told if words not in answer.text] == []
    assert len({citation.document_id for citation in answer.citations}) == 1
    assert not answer.warnings


@pytest.mark.parametrize(
    ("question", "whom"),
    [
        ("支付的问题找谁？", "韩笑"),
        ("退款的事情问谁", "韩笑"),
        ("谁负责抖音投放", "苏禾"),
        ("Who is in charge of KOC, by the way?", "Zhou Ye"),
        ("Who do I ask about refunds?", "Han Xiao"),
    ],
)
def test_whom_to_ask_is_told_from_the_table_that_says_so(ask: Ask, question: str, whom: str) -> None:
    answer = ask(question)
    assert whom in answer.text
    assert len(answer.citations) == 1


def test_a_subject_that_nobody_is_named_for_is_declined(ask: Ask) -> None:
    assert ask("Who owns the coffee machine?").grounding == "none"


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("What did the win-back test conclude?", "And what did it cost?", "134 yuan"),
        ("Who owns payments?", "and win-back?", "Xu Ning"),
        ("安卓支付故障影响了多少笔订单？", "苹果呢？", "没有受影响"),
    ],
)
def test_a_follow_up_stays_with_the_document(ask: Ask, first: str, then: str, told: str) -> None:
    before = ask(first)
    answer = ask(then, conversation=before.conversation_id)
    assert told in answer.text
    assert answer.grounding == "documents"


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("我们的复购率口径是什么", "灯市指标口径标准"),
        ("我们的沉睡用户定义是什么", "灯市指标口径标准"),
    ],
)
def test_what_we_mean_by_a_word_is_told_as_the_company_has_it(ask: Ask, question: str, source: str) -> None:
    assert source in ask(question).citations[0].title


def test_a_figure_of_ours_is_not_defined_by_likeness(ask: Ask) -> None:
    assert ask("What is our stock price?").grounding == "none"
    assert ask("What is the average age of our users?").grounding == "none"
