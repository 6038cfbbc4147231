"""Every published tool is reached from plain questions, by the catalogue's own words, in both languages."""

from datetime import date, timedelta

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


@pytest.fixture(scope="module")
def semantics(demo_workspace: Workspace) -> Semantics:
    return load_semantics(demo_workspace.metrics_file)


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
        ("短引导实验的结果显著吗？", "analyze_experiment", {"experiment": "short_onboarding"}),
        ("What was the result of the win-back experiment?", "analyze_experiment", {"experiment": "win_back"}),
        ("How long must the test run for d1 retention?", "design_experiment", {"metric": "d1_retention"}),
        (
            "7 月邀请渠道的新增用户，活动带来了多少增量？",
            "measure_impact",
            {"treated": {"channel": ["referral"]}, "metric": "new_users", "filters": None},
        ),
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


@pytest.mark.parametrize(
    ("question", "tool", "stated"),
    [
        ("DAU/MAU 是多少", "measure_active_users", {}),
        ("When during the day do people use the app most?", "measure_activity_hours", {}),
        ("哪个时段下单的人最多？", "measure_activity_hours", {"event": "order_create"}),
        ("大家最常用的功能是什么？", "measure_feature_adoption", {}),
        ("How many people use share and post?", "measure_feature_adoption", {"events": ["share", "post"]}),
        # 20 days are not more than 20 days; a month is four weeks of the window
        (
            "有多少用户一个月活跃超过 20 天？",
            "measure_power_users",
            {"at_least": 21, "window_days": 28, "event": "active"},
        ),
        ("8 月活跃天数分布", "measure_power_users", {"start": "2026-08-01", "end": "2026-08-31"}),
        # the share of users is no sharing
        (
            "What share of users is active 5+ days a week?",
            "measure_power_users",
            {"at_least": 5, "window_days": 7, "event": "active"},
        ),
        # the new ones are first seen, not those who signed up
        ("每月新增、留存、流失的人数", "measure_growth_accounting", {"interval": "month", "event": None}),
        ("How many users did we lose last month?", "measure_growth_accounting", {"interval": "month"}),
        ("邀请一个人平均带来几个新用户？", "measure_referral", {}),
        (
            "Retention of people who purchased, by week",
            "measure_retention",
            {"cohort_event": "payment_success"},
        ),
        ("按 24 小时算的次日留存", "measure_retention", {"clock": "24h", "cohort_event": "signup"}),
        (
            "Conversion from add to cart to payment on Android vs iOS",
            "measure_funnel",
            {"steps": ["add_to_cart", "payment_success"], "breakdown": "platform"},
        ),
        ("安卓和苹果从加购到支付的转化率", "measure_funnel", {"steps": ["add_to_cart", "payment_success"]}),
        (
            "Which step of onboarding loses most?",
            "measure_funnel",
            {"entry": "first", "window": "1d"},
        ),
        ("注册到首单哪一步流失最多？", "measure_funnel", {"steps": ["signup", "payment_success"]}),
        ("What do users do before they refund?", "measure_paths", {"event": "refund", "direction": "to"}),
        ("退款之前用户做了什么？", "measure_paths", {"event": "refund", "direction": "to"}),
        ("What is the most common path to purchase?", "measure_paths", {"event": "payment_success"}),
        ("Who are our best customers?", "measure_rfm", {"property": "amount"}),
        ("How many users are dormant?", "measure_lifecycle", {}),
        ("有多少用户快要流失了？", "measure_lifecycle", {}),
        (
            "What share of sales comes from the top 5% of customers?",
            "measure_value_tiers",
            {"shares": [0.05], "event": "payment_success", "property": "amount"},
        ),
        ("前 5% 的用户贡献了多少销售额？", "measure_value_tiers", {"shares": [0.05]}),
        ("80% 的成交额来自多少用户？", "measure_value_tiers", {"pareto": 0.8}),
        (
            "How many people bought twice or more in the last 60 days?",
            "measure_segment",
            {"rule": {"count": "payment_success", "days": 60, "at_least": 2}},
        ),
        ("高频买家有多少人？", "measure_segment", {"segment": "frequent_buyers"}),
        ("What are high-value users like?", "describe_segment", {"segment": "high_value"}),
        ("Are there duplicate events in the data?", "check_data", {}),
        ("数据有没有问题？", "check_data", {}),
        ("哪个渠道拖累了次日留存？", "explain_change", {"metric": "d1_retention"}),
        ("MAU by platform since June", "measure_metric", {"start": "2026-06-01", "end": "2026-09-28"}),
        ("高价值用户的日活", "measure_metric", {"metric": "dau", "filters": {"segment": ["high_value"]}}),
    ],
)
def test_what_operations_people_ask(vocabulary: Vocabulary, question: str, tool: str, stated: dict) -> None:
    made = calls(vocabulary, question)
    assert tool in made
    assert "search_knowledge" not in made  # no word is left to look for
    parse_arguments(tool, ARGUMENTS[tool], made[tool])
    assert {name: made[tool].get(name) for name in stated} == stated


def test_whom_a_metric_cannot_be_limited_to_is_said(vocabulary: Vocabulary) -> None:
    assert "post" in read(vocabulary, "GMV of people who posted").unread  # GMV is of payments, whoever posts
    assert not read(vocabulary, "D7 retention of users who signed up").unread  # of sign-ups it is anyway


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


@pytest.mark.parametrize(
    ("question", "tool", "metric"),
    [
        ("次日留存目标是多少", "check_goal", "d1_retention"),
        ("DAU 年底能不能达成目标？", "check_goal", "dau"),
        ("Are we on track for GMV?", "check_goal", "gmv"),
        ("8月退款率有异常吗", "detect_anomalies", "refund_rate"),
        ("Anything unusual in sign-ups last week?", "detect_anomalies", "new_users"),
        ("下个月GMV预计是多少", "forecast_metric", "gmv"),
        ("What will DAU be next month?", "forecast_metric", "dau"),
    ],
)
def test_watching_and_goals_are_reached_with_their_metric(
    vocabulary: Vocabulary, question: str, tool: str, metric: str
) -> None:
    made = calls(vocabulary, question)
    assert made[tool]["metric"] == metric
    parse_arguments(tool, ARGUMENTS[tool], made[tool])


def test_what_lies_ahead_is_forecast_for_its_days(vocabulary: Vocabulary) -> None:
    # The clock stands at the end of September: next month is October, the next two weeks end on 12 October.
    asked = calls(vocabulary, "下个月GMV预计是多少")["forecast_metric"]
    assert (asked["start"], asked["end"]) == ("2026-10-01", "2026-10-31")
    asked = calls(vocabulary, "Forecast GMV for the next two weeks")["forecast_metric"]
    assert asked["end"] == (CLOCK.today + timedelta(days=14)).isoformat()


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("11 月的 GMV 会是多少", "2026-11-01", "2026-11-30"),  # the next one, not the one that has passed
        ("8月 GMV 预测", "2026-08-01", "2026-08-31"),
        ("今年年底前 GMV 预计多少", "2026-09-29", "2026-12-31"),
        ("下个季度 GMV 预测", "2026-10-01", "2026-12-31"),
        ("GMV forecast for the next 2 quarters", "2026-09-29", "2027-03-29"),
    ],
)
def test_months_ahead_are_the_next_ones(vocabulary: Vocabulary, question: str, start: str, end: str) -> None:
    asked = calls(vocabulary, question)["forecast_metric"]
    assert (asked["start"], asked["end"]) == (start, end)


@pytest.mark.parametrize(
    ("question", "sentiment"),
    [
        ("用户都在抱怨什么", "negative"),
        ("What are users complaining about?", "negative"),
        ("What do users like about us?", "positive"),
        ("最近的用户反馈有哪些新主题？", None),
    ],
)
def test_complaints_are_negative_feedback(
    vocabulary: Vocabulary, question: str, sentiment: str | None
) -> None:
    assert calls(vocabulary, question)["analyze_feedback"].get("sentiment") == sentiment


@pytest.mark.parametrize("question", ["7 月的邀请活动有效果吗？", "Did the July referral campaign work?"])
def test_a_declared_campaign_is_measured_by_its_own_metrics(vocabulary: Vocabulary, question: str) -> None:
    # The calendar of metrics.yaml says when it was and what it was to move.
    reading = read(vocabulary, question)
    made = next_calls(reading, Gathered(), semantics=vocabulary.semantics, clock=CLOCK)
    measured = [c.arguments for c in made if c.tool == "measure_metric"]
    assert [m["metric"] for m in measured] == ["invites", "inviters", "referral_signups"]
    assert {(m["start"], m["end"], m["compare_start"]) for m in measured} == {
        ("2026-07-06", "2026-07-26", "2026-06-15")
    }
    assert "search_knowledge" in {c.tool for c in made}
    # Who was reached is told by the campaign alone, which nobody was in before: no comparison can be made with them.
    named = calls(vocabulary, "7 月邀请活动带来了多少新增用户？")["measure_metric"]
    assert (named["metric"], named["start"], named["end"]) == ("new_users", "2026-07-06", "2026-07-26")


@pytest.mark.parametrize("question", ["618 大促有没有效果？", "Did the 618 promotion work?"])
def test_of_a_campaign_without_a_metric_it_is_asked_for(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert answer.clarification is not None
    assert len(answer.clarification.options) > 5
    assert not answer.evidence


class _Covered(Clock):
    """A clock over data from 2 April to 28 September 2026."""

    def all_days(self) -> tuple[date, date]:
        return date(2026, 4, 2), date(2026, 9, 28)


@pytest.mark.parametrize(
    ("question", "compared"),
    [
        ("revenue in Q3", "2026-04-01"),
        ("revenue in Q2", None),  # the quarter before has no data, and nobody asked for it
        ("9月 GMV 同比涨了多少？", "2025-09-01"),  # asked for: that it is missing is told
        ("last week's GMV year on year", None),  # a level is given, and said that there is nothing to compare
    ],
)
def test_what_a_period_is_compared_with(vocabulary: Vocabulary, question: str, compared: str | None) -> None:
    clock = _Covered(CLOCK.today, CLOCK.last_full_day)
    call, *_ = next_calls(read(vocabulary, question), Gathered(), semantics=vocabulary.semantics, clock=clock)
    assert call.arguments.get("compare_start") == compared


@pytest.mark.parametrize(
    ("question", "tool", "told"),
    [
        ("Did the win-back experiment work?", "analyze_experiment", {"experiment": "win_back"}),
        ("召回实验有效吗？", "analyze_experiment", {"experiment": "win_back"}),
        # The experiment's name is no metric: all of its metrics are read out.
        ("Did the short onboarding experiment win?", "analyze_experiment", {"experiment": "short_onboarding", "metric": None}),
        ("谁可能会流失？", "predict_churn", {}),
        ("流失预测模型准吗？", "predict_churn", {"view": "calibration"}),
        ("How accurate is the churn model?", "predict_churn", {"view": "calibration"}),
        ("哪些因素影响流失？", "predict_churn", {"view": "factors"}),
        ("Predict churn for next month", "predict_churn", {}),
        ("Which users are at risk of leaving?", "predict_churn", {}),
        ("Which channel pays back fastest?", "measure_channel_returns", {}),
        ("各渠道的贡献", "measure_channel_returns", {}),
        ("Kano 分析结果", "rank_demands", {"method": "kano"}),
    ],
)  # fmt: skip
def test_who_what_will_be_and_what_came_of_it_are_asked_of_the_data(
    vocabulary: Vocabulary, question: str, tool: str, told: dict
):
    made = calls(vocabulary, question)
    assert tool in made
    assert {name: made[tool].get(name) for name in told} == told


@pytest.mark.parametrize(
    ("question", "name", "effect"),
    [
        ("要把次日留存提高 3%，需要多少样本？", "relative_effect", 0.03),
        ("检出次日留存 2 个百分点的提升，每组要多少用户？", "absolute_effect", 0.02),
        ("How many users per arm to detect a 2 point lift in day-1 retention?", "absolute_effect", 0.02),
        ("How many users per arm to find an 8% lift in day-1 retention?", "relative_effect", 0.08),
    ],
)
def test_the_change_that_an_experiment_is_to_find_is_read(
    vocabulary: Vocabulary, question: str, name: str, effect: float
):
    assert calls(vocabulary, question)["design_experiment"][name] == pytest.approx(effect)
