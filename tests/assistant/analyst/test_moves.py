"""What a plain question wants moved: from where, to where, how much, and a clear sentence where a channel is unknown."""

import pytest

from assistant.analyst.clock import Clock
from assistant.analyst.gathering import Gathered, next_calls
from assistant.analyst.understanding import read_question
from assistant.analyst.vocabulary import Vocabulary
from assistant.language import asker_language
from assistant.workspace import Workspace
from tests.assistant.analyst.conftest import Ask
from tests.assistant.analyst.test_understanding import CLOCK
from tools import load_semantics
from tools.arguments import parse_arguments
from tools.value.moved_amount import ReallocationArguments

TOOL = "simulate_reallocation"
#: An amount of budget is a month's, since budgets are by month; any other is a week's.
MONTH, WEEK = "month", "week"


@pytest.fixture(scope="module")
def vocabulary(demo_workspace: Workspace) -> Vocabulary:
    return Vocabulary(load_semantics(demo_workspace.metrics_file))


@pytest.mark.parametrize(
    ("question", "source", "target", "amount"),
    [
        ("如果把抖音的 1 万预算挪到小红书会怎样？", "douyin", "xiaohongshu", (10_000, MONTH)),
        ("如果把抖音的一万块预算挪到小红书会怎样？", "douyin", "xiaohongshu", (10_000, MONTH)),
        ("从微信挪 5000 到应用商店，获客会变多少？", "wechat", "app_store", (5_000, WEEK)),
        ("如果抖音每月少投 5 千、小红书多投 5 千会怎么样？", "douyin", "xiaohongshu", (5_000, MONTH)),
        ("把两成抖音预算转给微信，新增用户会变多少？", "douyin", "wechat", 0.2),
        ("如果把抖音一半的预算挪到百度会怎样？", "douyin", "百度", 0.5),
        ("假如把百度的预算转到抖音呢？", "百度", "douyin", None),
        ("如果把预算从抖音挪到微信会怎样", "douyin", "wechat", None),
        ("What if we move 20% of Douyin's budget to search?", "douyin", "search", 0.2),
        ("What if half of the Xiaohongshu budget moved to Douyin?", "xiaohongshu", "douyin", 0.5),
        (
            "What happens to sign-ups if we shift ¥3,000 a month from app stores to WeChat?",
            "app_store",
            "wechat",
            (3_000, MONTH),
        ),
        ("move 500 per week from wechat into douyin", "wechat", "douyin", (500, WEEK)),
        ("What if we move 200 a day from Bing ads to Douyin?", "Bing ads", "douyin", (200, "day")),
        ("挪动预算会怎样改变获客？", None, None, None),
    ],
)
def test_a_question_says_what_to_move(
    vocabulary: Vocabulary,
    question: str,
    source: str | None,
    target: str | None,
    amount: tuple[float, str] | float | None,
) -> None:
    clock = Clock(CLOCK.today, CLOCK.today)
    reading = read_question(question, language=asker_language(question), vocabulary=vocabulary, clock=clock)
    made = next_calls(reading, Gathered(), semantics=vocabulary.semantics, clock=CLOCK)
    given = {call.tool: call.arguments for call in made}[TOOL]
    read = parse_arguments(TOOL, ReallocationArguments, given)
    assert (read.take_from, read.give_to, read.filters) == (source, target, {})
    told = (read.amount, read.per) if isinstance(amount, tuple) else read.share
    assert told == amount
    assert not reading.unread


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("9 月的预算会超支吗？", "track_budget"),
        ("8 月各渠道的 CAC 和 ROAS 是多少？", "measure_channel_returns"),
    ],
)
def test_questions_that_move_nothing_go_where_they_went(
    vocabulary: Vocabulary, question: str, tool: str
) -> None:
    clock = Clock(CLOCK.today, CLOCK.today)
    reading = read_question(question, language="zh", vocabulary=vocabulary, clock=clock)
    assert reading.tool == tool


def test_the_answer_states_the_amount_per_week_with_intervals(ask: Ask) -> None:
    answer = ask("如果把抖音的 1 万预算挪到小红书会怎样？")
    # 10,000 · 12 / 365.25 · 7 = 2,299.79 a week.
    assert "每周从抖音挪到小红书的花费（每月 ¥10,000.00）：¥2,299.79" in answer.text
    net = next(f for f in answer.evidence[0].figures if f.name == "net_change")
    assert net.interval is not None
    assert "每周获客净变化" in answer.text
    assert not any(number.status == "unsupported" for number in answer.numbers)


def test_an_unknown_channel_is_named_with_those_there_are(ask: Ask) -> None:
    answer = ask("What if we move 20% of Douyin's budget to search?")
    assert "nothing was spent on search, so nothing can be moved to it" in answer.text
    assert "Xiaohongshu" in answer.text
    answer = ask("如果把百度的预算挪到抖音会怎样？")
    assert "百度 没有花费，无法挪出" in answer.text
    assert "小红书" in answer.text
