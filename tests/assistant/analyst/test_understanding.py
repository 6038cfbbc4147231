"""Questions are read as an operations person means them, in both languages."""

from datetime import date

import pytest

from assistant.analyst.clock import Clock
from assistant.analyst.follow_ups import take_topic
from assistant.analyst.reading import Reading
from assistant.analyst.understanding import read_question
from assistant.analyst.vocabulary import Vocabulary
from assistant.language import asker_language
from assistant.workspace import Workspace
from tools import load_semantics

CLOCK = Clock(today=date(2026, 9, 28), last_full_day=date(2026, 9, 28))


@pytest.fixture(scope="module")
def vocabulary(demo_workspace: Workspace) -> Vocabulary:
    return Vocabulary(load_semantics(demo_workspace.metrics_file))


def read(vocabulary: Vocabulary, question: str, before: Reading | None = None) -> Reading:
    language = asker_language(question)
    return read_question(question, language=language, vocabulary=vocabulary, clock=CLOCK, before=before)


@pytest.mark.parametrize(
    ("question", "intent", "metric"),
    [
        ("上周次日留存为什么掉了？", "explain", "d1_retention"),
        ("Why did day-1 retention fall last week?", "explain", "d1_retention"),
        ("抖音新客次留下降怎么办？", "explain", None),
        ("上週次日留存為什麼掉了？", "explain", "d1_retention"),
        ("上周留存是多少", "metric", "d1_retention"),
        ("What is our D1 retention?", "metric", "d1_retention"),
        ("What's our GMV?", "metric", "gmv"),
        ("What is GMV?", "define", None),
        ("明年的GMV会是多少", "forecast", "gmv"),
        ("谢谢", "thanks", None),
        ("上周日活是多少", "metric", "dau"),
        ("DAU last week", "metric", "dau"),
        ("How many sign-ups did we get in August?", "metric", "new_users"),
        ("9月各渠道的GMV", "metric", "gmv"),
        ("什么是 KOC？", "define", None),
        ("What is a KOC?", "define", None),
        ("KOC是什么意思", "define", None),
        ("What does CAC mean?", "define", None),
        ("LTV 是啥意思", "define", None),
        ("次日留存怎么算的？", "define", "d1_retention"),
        ("How do we define repurchase rate?", "define", None),
        ("how is GMV calculated?", "define", "gmv"),
        ("What is DAU/MAU stickiness?", "define", None),
        ("上个月卖了多少钱", "metric", "gmv"),
        ("Which city tier spent the most in August?", "metric", "gmv"),
        ("上周有多少人付了钱？", "metric", "paying_users"),
        ("怎么召回沉默用户？", "how_to", None),
        ("怎么提升次日留存？", "tactics", "d1_retention"),
        ("How can we improve day-1 retention?", "tactics", "d1_retention"),
        ("How long do refunds take?", "lookup", None),
        ("退款多久能到账？", "lookup", None),
        ("How do we win back dormant users?", "how_to", None),
        ("618 来的新客留住了吗？", "lookup", "new_users"),
        ("Who owns payments?", "lookup", None),
        ("留存有哪些打法？", "tactics", "d1_retention"),
        ("Suggest tactics for retention", "tactics", "d1_retention"),
        ("帮我写个提升次日留存的方案", "plan", "d1_retention"),
        ("Draft a plan to raise retention", "plan", "d1_retention"),
        ("growth accounting by week in September", "growth", None),
        ("Show the onboarding funnel by channel last week.", "funnel", None),
        ("你好", "greeting", None),
        ("hello!", "greeting", None),
        ("你能做什么？", "help", None),
        ("what can you do", "help", None),
    ],
)
def test_intent(vocabulary: Vocabulary, question: str, intent: str, metric: str | None) -> None:
    reading = read(vocabulary, question)
    assert reading.intent == intent
    if metric:
        assert reading.metric == metric


def test_segments_are_kept_and_dimensions_split(vocabulary: Vocabulary) -> None:
    kept = read(vocabulary, "What was payment success on Android from 11 to 14 August?")
    assert kept.filters == {"platform": ["android"]}
    assert kept.period is not None
    assert (kept.period.start, kept.period.end) == (date(2026, 8, 11), date(2026, 8, 14))
    assert read(vocabulary, "次日留存按渠道看").breakdown == "channel"
    assert read(vocabulary, "retention by platform").breakdown == "platform"


def test_several_metrics_are_all_read(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "9 月的日活和新增是多少？").metrics == ("dau", "new_users")


@pytest.mark.parametrize(
    ("follow_up", "filters", "breakdown"),
    [
        ("那安卓呢？", {"platform": ["android"]}, None),
        ("and by channel?", {}, "channel"),
        ("what about iOS?", {"platform": ["ios"]}, None),
        ("only Android", {"platform": ["android"]}, None),
        ("which channel brought the most?", {}, "channel"),
        ("compared with the week before?", {}, None),
    ],
)
def test_a_follow_up_leans_on_the_question_before(
    vocabulary: Vocabulary, follow_up: str, filters: dict[str, list[str]], breakdown: str | None
) -> None:
    before = read(vocabulary, "上周次日留存是多少？")
    reading = read(vocabulary, follow_up, before)
    assert reading.metric == "d1_retention"
    assert reading.period == before.period
    assert reading.filters == filters
    assert reading.breakdown == breakdown


def test_a_follow_up_of_a_period_alone_keeps_the_metric(vocabulary: Vocabulary) -> None:
    reading = read(vocabulary, "what about July?", read(vocabulary, "GMV last month"))
    assert (reading.intent, reading.tool, reading.metric) == ("metric", None, "gmv")
    assert reading.period is not None
    assert reading.period.start == date(2026, 7, 1)


@pytest.mark.parametrize("follow_up", ["那利润呢？", "and how many of them are women?"])
def test_a_follow_up_on_what_the_data_lacks_is_not_the_figure_before(
    vocabulary: Vocabulary, follow_up: str
) -> None:
    reading = read(vocabulary, follow_up, read(vocabulary, "上周 GMV 多少"))
    assert (reading.intent, reading.metrics) == ("lookup", ())


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("最近7天分享了多少次", "shares"),
        ("how many people bought something last week", "paying_users"),
        ("上周有多少人发帖", "posters"),
    ],
)
def test_what_people_do_is_counted_by_its_metric(vocabulary: Vocabulary, question: str, metric: str) -> None:
    reading = read(vocabulary, question)
    assert (reading.intent, reading.metric) == ("metric", metric)


def test_words_inside_words_are_not_mentions(vocabulary: Vocabulary) -> None:
    assert [m.name for m in vocabulary.find("the dauphin's iosefka")] == []


def test_without_data_there_is_no_vocabulary() -> None:
    assert Vocabulary(None).find("上周次日留存") == []


@pytest.mark.parametrize("question", ["Compare GMV in July and August", "7月和8月的GMV分别"])
def test_two_periods_are_a_comparison(vocabulary: Vocabulary, question: str) -> None:
    reading = read(vocabulary, question)
    assert reading.period is not None
    assert reading.compared is not None
    assert (reading.period.start, reading.compared.start) == (date(2026, 8, 1), date(2026, 7, 1))


def test_two_values_stand_beside_each_other(vocabulary: Vocabulary) -> None:
    reading = read(vocabulary, "Android vs iOS payment success in August")
    assert reading.filters == {"platform": ["android", "ios"]}
    assert reading.breakdown == "platform"


def test_what_is_excluded_is_not_kept(vocabulary: Vocabulary) -> None:
    kept = read(vocabulary, "除了抖音以外的渠道次日留存").filters["channel"]
    assert "douyin" not in kept
    assert "organic" in kept


@pytest.mark.parametrize(
    ("question", "unread"),
    [
        ("北京的GMV", ("北京",)),
        ("上周各渠道的GMV", ()),
        ("show DAU by platform last week", ()),
        ("次日留存口号是多少", ("口号",)),
        ("次日留存目标是多少", ()),
    ],
)
def test_what_no_rule_reads_is_known(vocabulary: Vocabulary, question: str, unread: tuple[str, ...]) -> None:
    assert read(vocabulary, question).unread == unread


@pytest.mark.parametrize(
    ("follow_up", "intent"),
    [("为什么", "explain"), ("why?", "explain"), ("那怎么办", "tactics"), ("按平台", "metric")],
)
def test_a_bare_follow_up_keeps_the_thread(vocabulary: Vocabulary, follow_up: str, intent: str) -> None:
    before = read(vocabulary, "上周次日留存是多少？")
    reading = read(vocabulary, follow_up, before)
    assert (reading.intent, reading.metric) == (intent, "d1_retention")


def test_a_second_period_is_set_beside_the_first(vocabulary: Vocabulary) -> None:
    before = read(vocabulary, "上周次日留存是多少？")
    reading = read(vocabulary, "和上上周比呢", before)
    assert reading.period == before.period
    assert reading.compared is not None
    assert reading.compared.start == date(2026, 9, 14)


@pytest.mark.parametrize(
    ("question", "direction"), [("日活为什么跌了", -1), ("why did DAU rise", 1), ("DAU", 0)]
)
def test_what_a_question_takes_for_granted(vocabulary: Vocabulary, question: str, direction: int) -> None:
    assert read(vocabulary, question).direction == direction


def test_new_users_that_a_channel_brought_are_no_referral(vocabulary: Vocabulary) -> None:
    reading = read(vocabulary, "上周小红书带来多少新用户")
    assert (reading.intent, reading.tool, reading.metric) == ("metric", None, "new_users")
    assert reading.filters == {"channel": ["xiaohongshu"]}


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("GMV in Japan last month", "Japan"),
        ("日本上个月的 GMV", "日本"),
        ("上海用户的次日留存是多少", "上海"),
        ("8月下沉市场的 GMV", None),
        ("GMV in August", None),
        ("what share of orders came from Android in August?", None),
    ],
)
def test_a_place_that_the_data_does_not_know(
    vocabulary: Vocabulary, question: str, place: str | None
) -> None:
    assert read(vocabulary, question).place == place


def test_a_question_to_documents_leans_on_the_one_before_it(vocabulary: Vocabulary) -> None:
    before = read(vocabulary, "What did the referral campaign cost?")
    told = take_topic(read(vocabulary, "Would we do it again?"), before)
    assert told.asked == "What did the referral campaign cost? Would we do it again?"
    own = take_topic(read(vocabulary, "Who approved the onboarding release?"), before)
    assert own.asked == own.question
    measured = take_topic(read(vocabulary, "GMV last week"), before)
    assert measured.topic == ""
