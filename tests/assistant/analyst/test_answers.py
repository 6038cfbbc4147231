"""The embedded analyst's answers over the sample company: figures, citations, language, honesty."""

import re
from datetime import date

import pytest

from assistant.access import OWNER, Principal
from assistant.answer import Answer
from tests.assistant.analyst.conftest import Ask
from tests.assistant.lantern_figures import measure_lantern

QUESTIONS = [
    "上周次日留存为什么掉了？",
    "Why did day-1 retention fall last week?",
    "How do we win back dormant users?",
    "怎么召回沉默用户？",
    "什么是 KOC？",
    "What is a KOC?",
    "8 月 11 日到 14 日安卓支付成功率是多少？",
    "9 月的日活和新增是多少？",
    "618 来的新客留住了吗？",
    "5.2 版本改了什么，谁批准的？",
    "舆情危机怎么处理？",
    "Did the July referral campaign work?",
    "Who owns payments?",
    "How large a sample do I need for an A/B test?",
    "Show the onboarding funnel by channel last week.",
    "留存有哪些打法？",
    "Suggest tactics for retention",
    "帮我写个提升次日留存的方案",
    "growth accounting by week in September",
]
UNANSWERABLE = [
    "红烧肉怎么做？",
    "怎么报销差旅费？",
    "什么是量子纠缠？",
    "what is the capital of France?",
    "How do I reset my VPN password?",
    "Who won the world cup in 2022?",
]
_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def answers(ask: Ask) -> dict[str, Answer]:
    return {question: ask(question) for question in QUESTIONS}


def figure(answer: Answer, tool: str, name: str) -> float:
    evidence = next(item for item in answer.evidence if item.tool == tool)
    value = next(f.value for f in evidence.figures if f.name == name)
    assert value is not None
    return value


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_numeral_has_a_source_and_every_citation_resolves(
    answers: dict[str, Answer], ask: Ask, question: str
) -> None:
    answer = answers[question]
    assert answer.grounding != "none"
    assert answer.warnings == ()
    assert "已隐去" not in answer.text
    assert "withheld" not in answer.text
    assert all(number.source for number in answer.numbers)
    markers = set(re.findall(r"\[(E?\d+)\]", answer.text))
    assert {c.marker for c in answer.citations} <= markers
    known = {c.marker for c in answer.citations} | {e.marker for e in answer.evidence}
    assert markers <= known
    for citation in answer.citations:
        _, chunk = ask.assistant.knowledge.chunk(citation.chunk_id, teams=None)  # type: ignore[attr-defined]
        assert citation.quote in chunk.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_in_the_askers_language(answers: dict[str, Answer], question: str) -> None:
    answer = answers[question]
    assert answer.language == ("zh" if _HAN.search(question) else "en")
    own_words = re.sub(r"[“《].*?[”》]|^- .*$", "", answer.text, flags=re.MULTILINE)
    if answer.language == "en":
        assert not _HAN.search(own_words)


@pytest.mark.parametrize("question", UNANSWERABLE)
def test_what_is_not_known_is_said_so(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert answer.grounding == "none"
    assert answer.citations == ()
    assert answer.evidence == ()


def test_the_fall_in_retention_is_measured_and_traced_to_its_channel(answers: dict[str, Answer]) -> None:
    lantern = measure_lantern()
    answer = answers["上周次日留存为什么掉了？"]
    now = lantern.retention(1, "2026-09-21", "2026-09-27")
    before = lantern.retention(1, "2026-09-14", "2026-09-20")
    assert figure(answer, "measure_metric", "d1_retention") == pytest.approx(now, abs=1e-12)
    assert figure(answer, "measure_metric", "d1_retention_before") == pytest.approx(before, abs=1e-12)
    contribution = next(
        f
        for e in answer.evidence
        if e.tool == "explain_change"
        for f in e.figures
        if f.name == "contribution"
    )
    assert contribution.segment == "channel=douyin"
    assert "抖音" in answer.text
    assert any("5.2" in c.title or "周会" in c.title for c in answer.citations)


@pytest.mark.parametrize("question", ["7月到9月每月的成交额", "GMV by month from July to September 2026"])
def test_each_month_of_a_series_is_shown(ask: Ask, question: str) -> None:
    answer = ask(question)
    rows = dict(row[:2] for row in answer.evidence[0].table["rows"] if not row[-1])
    assert all(f"{month}" in answer.text for month in ("2026-07", "2026-08", "2026-09"))
    assert f"{rows['2026-08']:,.2f}" in answer.text
    assert not {"unsupported"} & {numeral.status for numeral in answer.numbers}


def test_filters_and_periods_stand_beside_the_figure(answers: dict[str, Answer]) -> None:
    answer = answers["8 月 11 日到 14 日安卓支付成功率是多少？"]
    assert "61.3%" in answer.text
    assert "安卓" in answer.text
    assert "2026-08-11 至 2026-08-14" in answer.text


def test_steps_come_whole_and_in_order(answers: dict[str, Answer]) -> None:
    text = answers["How do we win back dormant users?"].text
    assert text.index("Fix the reason first.") < text.index("Plan the second week")


def test_a_definition_quotes_its_entry(answers: dict[str, Answer]) -> None:
    answer = answers["什么是 KOC？"]
    assert answer.citations[0].collection == "glossary"
    assert "KOC" in answer.citations[0].section[-1]


def test_a_conversation_goes_on(ask: Ask) -> None:
    ask("上周次日留存是多少？", conversation="follow-up")
    answer = ask("那安卓呢？", conversation="follow-up")
    arguments = answer.evidence[0].arguments
    assert arguments["metric"] == "d1_retention"
    assert arguments["filters"] == {"platform": ["android"]}
    assert arguments["start"] == date(2026, 9, 21).isoformat()


def test_a_backwards_period_is_named(ask: Ask) -> None:
    answer = ask("2026-09-27 到 2026-09-01 的 DAU")
    assert answer.grounding == "none"
    assert "早于" in answer.text


def test_a_restricted_document_is_not_told_of(ask: Ask) -> None:
    question = "抖音合同的最低消耗是多少？"
    finance = Principal(id="finance", teams=frozenset({"finance"}))
    nobody = Principal(id="nobody", teams=frozenset())
    restricted = {c.document_id for c in ask(question, finance).citations}
    titles = {d.title for d in ask.assistant.knowledge.documents(teams=None) if "finance" in d.teams}  # type: ignore[attr-defined]
    assert {c.title for c in ask(question, OWNER).citations} & titles
    assert restricted
    outside = ask(question, nobody)
    assert not {c.document_id for c in outside.citations} & restricted or not titles
    assert not any(title in outside.text for title in titles)


def test_greetings_and_help_need_no_source(ask: Ask) -> None:
    assert "运策" in ask("你好").text
    assert "Yunce" in ask("hello").text
    assert ask("what can you do").warnings == ()


@pytest.mark.parametrize(
    ("question", "owner"),
    [("安卓支付故障复盘的负责人是谁", "韩笑"), ("who wrote the referral campaign review?", "Gu Yan")],
)
def test_a_documents_owner_is_told(ask: Ask, question: str, owner: str) -> None:
    answer = ask(question)
    assert owner in answer.text
    assert len(answer.citations) == 1


@pytest.mark.parametrize(
    ("question", "said"), [("GMV in Japan last month", "“Japan”"), ("日本上个月的成交额", "“日本”")]
)
def test_no_figure_is_given_for_a_place_that_the_data_does_not_know(
    ask: Ask, question: str, said: str
) -> None:
    answer = ask(question)
    assert said in answer.text
    assert (answer.grounding, answer.numbers) == ("none", ())
