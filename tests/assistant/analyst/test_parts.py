"""What questions ask of the parts of a figure: which is first, what share each has, how they changed; and of whom."""

import pytest

from assistant.analyst.earlier_periods import find_earlier
from assistant.analyst.ranking import read_ranking
from tests.assistant.analyst.conftest import Ask


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # 657 of 3,994 sign-ups of August; ¥218,256.08 of ¥550,895.94
        ("小红书8月拉来多少新用户，占全部新增的几成？", ["16.4%", "657", "3,994"]),
        ("What share of last month's GMV came from iOS?", ["39.6%", "¥218,256.08", "¥550,895.94"]),
        ("各渠道8月新增占比", ["渠道 = 抖音：新增用户数：1,267，占 31.7%", "占 7.3%"]),
        # both periods that are named, and each part in both
        (
            "Were orders higher in May or June, and on which platform?",
            ["3,714", "up 1,146", "2,568", "**Android** rose most", "2,225, 1,612 before, up 613"],
        ),
        ("上週新增是升了還是跌了？哪個渠道？", ["1,199", "1,135", "上升 64", "381，比对比期的 360 上升 21"]),
        # by how much it moved, not by how high it is
        ("上周退款率哪个渠道涨得最多", ["升得最多的是**抖音**"]),
        ("8月注册的用户里，哪个渠道7日留存最差？", ["最低的是**抖音**：14.1%"]),
        ("9月各渠道退款率哪个最好", ["最低的是**应用商店**"]),
        ("上周哪天 GMV 最高", ["最高的是 **2026-09-26**：¥26,590.79"]),
        # where a funnel loses them: 160 of the 346 who came as far
        ("Which onboarding step lost the most Douyin users last week?", ["**interests page passed**: 46.2%"]),
        ("上周抖音新手引导哪一步流失最多", ["**选择兴趣**", "46.2%"]),
    ],
)
def test_what_is_asked_of_the_parts_is_said(ask: Ask, question: str, told: list[str]) -> None:
    answer = ask(question)
    assert [words for words in told if words not in answer.text] == []
    assert not answer.warnings


def test_as_many_parts_as_are_asked_for_are_listed(ask: Ask) -> None:
    text = ask("top 3 channels by new users last week").text
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith("- ")] == [
        "- channel = Douyin",
        "- channel = Organic",
        "- channel = Xiaohongshu",
    ]


def test_a_follow_up_takes_the_period_before_the_one_spoken_of(ask: Ask) -> None:
    first = ask("GMV last week by channel")
    second = ask("and the week before?", conversation=first.conversation_id)
    third = ask("what about orders?", conversation=first.conversation_id)
    assert "¥159,471.51" in second.text
    assert "2026-09-14 to 2026-09-20" in third.text


def test_a_follow_up_keeps_the_split_that_its_limit_leaves(ask: Ask) -> None:
    first = ask("8月各渠道新增多少")
    second = ask("那只看一线城市呢", conversation=first.conversation_id)
    third = ask("前三名就行", conversation=first.conversation_id)
    assert "渠道 = 抖音：新增用户数：241" in second.text
    assert third.text.count("\n- ") == 3


@pytest.mark.parametrize(
    ("question", "whom"),
    [
        ("男用户和女用户谁的客单价高", "男用户"),
        ("What was AOV of female customers last week?", "female customers"),
        ("青禾市集的日活有多少", "青禾市集"),
        ("What's Nanzhi's retention rate?", "Nanzhi"),
    ],
)
def test_a_figure_of_others_is_not_given_for_whom_the_data_does_not_know(
    ask: Ask, question: str, whom: str
) -> None:
    answer = ask(question)
    assert answer.grounding == "none"
    assert whom in answer.text


def test_a_follow_up_about_people_the_data_does_not_know_is_declined(ask: Ask) -> None:
    first = ask("上周订单多少")
    second = ask("那订阅用户呢", conversation=first.conversation_id)
    assert second.grounding == "none"
    assert "订阅用户" in second.text


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("and the week before?", "week"),
        ("那再前一个月呢", "month"),
        ("the previous period", "period"),
        ("the week before last", None),
        ("the day before yesterday", None),
        ("before the release", None),
    ],
)
def test_the_period_before_is_told_from_other_words(text: str, unit: str | None) -> None:
    found = find_earlier(text)
    assert (found.unit if found else None) == unit


@pytest.mark.parametrize(
    ("text", "by", "most"),
    [
        ("前三名就行", "high", 3),
        ("the 5 lowest days", "low", 5),
        ("best two channels", "best", 2),
        ("前三个月的订单", None, None),
        ("最后一个星期", None, None),
        ("top 5% of customers", None, None),
    ],
)
def test_a_ranking_is_told_from_lengths_of_time(text: str, by: str | None, most: int | None) -> None:
    found = read_ranking(text)
    assert (found.by if found else None, found.most if found else None) == (by, most)


def test_a_campaign_of_two_dimensions_is_asked_about_and_one_of_one_measured(ask: Ask) -> None:
    asked = ask("七月邀请活动对抖音的安卓用户新增有没有效果")
    assert asked.clarification
    assert set(asked.clarification.options) == {"抖音", "安卓"}
    measured = ask("七月邀请活动对抖音新增有没有效果")
    assert [item.tool for item in measured.evidence] == ["measure_impact"]
    assert measured.evidence[0].arguments["treated"] == {"channel": ["douyin"]}
    assert measured.evidence[0].arguments["start"] == "2026-07-06"


def test_an_experiment_is_told_arm_by_arm_beside_control(ask: Ask) -> None:
    text = ask("Did the coupon beat the content push in the win-back test?").text
    assert "coupon 15.1%, control 8.8%, a difference of +6.3 pp (+3.7 pp to +8.8 pp), p <0.001" in text
    assert "not limited by" not in text
