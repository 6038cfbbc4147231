"""Every published tool is reached from plain questions, by the catalogue's own words, in both languages."""

import pytest

from assistant.analyst.clock import Clock
from assistant.analyst.gathering import Gathered, next_calls
from assistant.analyst.reading import Reading
from assistant.analyst.understanding import read_question
from assistant.analyst.vocabulary import Vocabulary
from assistant.language import asker_language
from assistant.workspace import Workspace
from tests.assistant.analyst.conftest import Ask
from tests.assistant.analyst.test_understanding import CLOCK
from tools import load_semantics
from tools.arguments import parse_arguments
from tools.catalog import TOOLS
from tools.semantics import Semantics

ARGUMENTS = {tool.name: tool.arguments for tool in TOOLS}
EXAMPLES = [
    (tool.name, text) for tool in TOOLS for example in tool.examples for text in (example.zh, example.en)
]
SEGMENTS = """
segments:
  high_value:
    names: {zh: 高价值, en: high value}
    synonyms: [高价值用户, 高价值人群, high-value]
    rule: {sum: amount, event: payment_success, days: 90, at_least: 500}
"""


@pytest.fixture(scope="module")
def semantics(demo_workspace: Workspace) -> Semantics:
    text = demo_workspace.metrics_file.read_text(encoding="utf-8")
    return load_semantics(text if "\nsegments:" in text else text + SEGMENTS)


@pytest.fixture(scope="module")
def vocabulary(semantics: Semantics) -> Vocabulary:
    return Vocabulary(semantics)


def read(vocabulary: Vocabulary, question: str) -> Reading:
    return read_question(
        question,
        language=asker_language(question),
        vocabulary=vocabulary,
        clock=Clock(CLOCK.today, CLOCK.today),
    )


def calls(vocabulary: Vocabulary, question: str) -> dict[str, dict]:
    reading = read(vocabulary, question)
    made = next_calls(reading, Gathered(), semantics=vocabulary.semantics, clock=CLOCK)
    return {call.tool: call.arguments for call in made}


@pytest.mark.parametrize(("tool", "question"), EXAMPLES)
def test_every_example_of_the_catalogue_calls_its_tool(
    vocabulary: Vocabulary, tool: str, question: str
) -> None:
    made = calls(vocabulary, question)
    assert tool in made
    parse_arguments(tool, ARGUMENTS[tool], made[tool])


@pytest.mark.parametrize(
    ("question", "tool", "stated"),
    [
        ("用户一般几点活跃？", "measure_activity_hours", {}),
        ("What hours are users most active?", "measure_activity_hours", {}),
        ("邀请裂变的K因子是多少？", "measure_referral", {"filters": None}),
        ("RFM 分层", "measure_rfm", {"event": "payment_success", "property": "amount"}),
        ("Which users are at risk?", "measure_lifecycle", {}),
        ("高价值用户有什么特征？", "describe_segment", {"segment": "high_value"}),
        ("从首页到下单最常见的路径", "measure_paths", {"event": "order_create", "direction": "to"}),
        ("用户浏览之后都做了什么？", "measure_paths", {"event": "view", "direction": None}),
        ("留存曲线长期会到多少？", "measure_retention", {"project_to": 90}),
        (
            "7日内至少下单两次的留存",
            "measure_retention",
            {"return_event": "order_create", "min_occurrences": 2, "periods": ["1-7"]},
        ),
        ("6 月新用户的 1、7、30 日留存", "measure_retention", {"periods": [1, 7, 30], "start": "2026-06-01"}),
        ("按渠道的漏斗", "measure_funnel", {"breakdown": "channel"}),
        ("浏览到下单要多久？", "measure_funnel", {"view": "time", "steps": ["view", "order_create"]}),
        ("哪一步流失最值得挽回？", "measure_funnel", {}),
        ("数据可信吗？", "check_data", {}),
        ("分享和发帖功能的采用率", "measure_feature_adoption", {"events": ["share", "post"]}),
        ("前 20% 的用户贡献了多少收入？", "measure_value_tiers", {"shares": [0.2], "property": "amount"}),
        (
            "近 30 天购买 3 次以上的有多少人？",
            "measure_segment",
            {"rule": {"count": "payment_success", "days": 30, "at_least": 3}},
        ),
        ("最近 7 天的活跃天数分布", "measure_power_users", {"window_days": 7}),
        ("9 月有多少用户活跃了 14 天以上？", "measure_power_users", {"at_least": 14, "window_days": 30}),
        (
            "高价值人群 9 月的成交额",
            "measure_metric",
            {"metric": "gmv", "filters": {"segment": ["high_value"]}},
        ),
    ],
)
def test_what_a_question_says_becomes_arguments(
    vocabulary: Vocabulary, question: str, tool: str, stated: dict
) -> None:
    made = calls(vocabulary, question)
    assert tool in made
    parse_arguments(tool, ARGUMENTS[tool], made[tool])
    assert {name: made[tool].get(name) for name in stated} == stated


def test_features_that_no_word_limits_are_all_declared_ones(vocabulary: Vocabulary) -> None:
    made = calls(vocabulary, "哪些功能使用率高？")["measure_feature_adoption"]
    assert {"share", "post", "view"} <= set(made["events"])
    assert "active" not in made["events"]  # that is several of the others together


@pytest.mark.parametrize(
    "question",
    ["怎么召回沉默用户？", "How do we win back dormant users?", "人群圈选规范写在哪里？", "什么是 RFM？"],
)
def test_what_was_written_is_still_looked_up(vocabulary: Vocabulary, question: str) -> None:
    assert set(calls(vocabulary, question)) == {"search_knowledge"}


def test_what_is_missing_is_asked_for(ask: Ask) -> None:
    answer = ask("feature adoption of coupon")
    assert answer.clarification is not None
    assert "Which events mean that the feature was used?" in answer.clarification.question
    assert "share" in answer.clarification.options
    assert answer.evidence == ()


@pytest.mark.parametrize("question", ["用户一般几点活跃？", "RFM segments", "7 月的 K 因子是多少？"])
def test_an_answer_stands_on_the_tools_figures(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert answer.grounding != "none"
    assert answer.warnings == ()
    assert all(number.source for number in answer.numbers)
