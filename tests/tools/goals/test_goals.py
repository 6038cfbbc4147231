"""Goals: the pace by hand, and a goal from events to its verdict."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.conftest import Opener
from tests.tools.monitoring.test_anomalies import daily, weeks
from tools.errors import InvalidArgument, NoData, SemanticsError
from tools.goals.pace import Goal
from tools.semantics import load_semantics

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
days = st.integers(min_value=0, max_value=400)
amounts = st.floats(min_value=-1e6, max_value=1e6)

METRICS = """
metrics:
  orders: {kind: event_count, event: buy, unit: orders}
  buyers: {kind: active_users, event: buy}
  returns: {kind: event_count, event: buy, good: down}
  again: {kind: retention, cohort_event: buy, return_event: buy}
  monthly: {kind: active_users, event: buy, interval: month}
  shared: {kind: ratio, numerator: {event: buy, count: users}, denominator: {event: buy}}
targets:
  - {metric: orders, value: 1000, since: 2026-03-30, by: 2026-05-24}
  - {metric: buyers, value: 20, since: 2026-03-30, by: 2026-05-24}
"""


def test_a_level_goes_evenly_from_the_baseline_to_the_target() -> None:
    # 31 days from 40 to 71: one a day. On the evening of the 10th 50, on the last day 71, before it begins 40.
    goal = Goal("level", *JANUARY, baseline=40, target=71)
    assert goal.expected(date(2026, 1, 10)) == pytest.approx(50)
    assert goal.expected(date(2026, 1, 31)) == pytest.approx(71)
    assert goal.expected(date(2025, 12, 31)) == pytest.approx(40)
    assert goal.expected(date(2026, 3, 1)) == pytest.approx(71)


def test_an_amount_may_follow_the_weekdays() -> None:
    # Thursday 1 to Wednesday 14 January: two weeks. Saturday and Sunday bring 3, other days 1: 11 a week. By Sunday 4
    # that is 1 + 1 + 3 + 3 = 8 of 22.
    weights = dict.fromkeys(range(5), 1.0) | {5: 3.0, 6: 3.0}
    goal = Goal("cumulative", date(2026, 1, 1), date(2026, 1, 14), 0, 2200, weights=weights)
    assert goal.expected(date(2026, 1, 4)) == pytest.approx(800)
    assert goal.expected(date(2026, 1, 7)) == pytest.approx(1100)


def test_lower_may_be_better_and_what_is_good_already_is_held() -> None:
    goal = Goal("level", *JANUARY, baseline=9, target=5, up=False)
    assert goal.is_met(5)
    assert not goal.is_met(5.1)
    held = Goal("level", *JANUARY, baseline=4, target=5, up=False)
    assert held.expected(date(2026, 1, 2)) == 5


@given(length=st.integers(2, 400), first=days, second=days, baseline=amounts, target=amounts)
def test_the_pace_is_linear_in_time(
    length: int, first: int, second: int, baseline: float, target: float
) -> None:
    since = date(2026, 1, 1)
    goal = Goal("level", since, since + timedelta(days=length - 1), baseline, target)
    places = [min(n, length) for n in (first, second)]
    at = [goal.expected(since + timedelta(days=n - 1)) for n in places]
    begun = goal.expected(since - timedelta(days=1))
    slope = (target - begun) / length
    assert at[1] - at[0] == pytest.approx(
        slope * (places[1] - places[0]), abs=1e-6 * (1 + abs(target) + abs(baseline))
    )


@given(first=days, second=days, weights=st.lists(st.floats(0.01, 100), min_size=7, max_size=7))
def test_the_share_behind_never_falls_and_stays_between_0_and_1(
    first: int, second: int, weights: list[float]
) -> None:
    since = date(2026, 1, 1)
    goal = Goal("cumulative", since, since + timedelta(days=99), 0, 1, weights=dict(enumerate(weights)))
    early, late = sorted((first, second))
    shares = [goal.share(since + timedelta(days=n - 50)) for n in (early, late)]
    assert 0 <= shares[0] <= shares[1] + 1e-12 <= 1 + 1e-9


def asked(**more: object) -> dict:
    return {"metric": "orders", "start": "2026-04-13", "end": "2026-04-26", **more}


def test_an_amount_is_gathered_and_forecast(open_workspace: Opener) -> None:
    # Four weeks of 98 before the goal, four within it: 392 of 1000 after 28 of its 56 days, where 500 should be. The
    # four weeks left bring as many: 784.
    result = open_workspace(daily(weeks(8)), extra=METRICS).run("check_goal", **asked())
    values = {f.name: f.value for f in result.figures}
    assert (values["actual"], values["target"], values["expected"]) == (392, 1000, 500)
    assert values["ahead_of_pace"] == -108
    assert values["gap_to_target"] == 608
    assert values["time_elapsed"] == pytest.approx(0.5)
    assert values["forecast"] == pytest.approx(784, rel=0.01)
    assert values["probability"] == 0
    assert "难以达成" in result.title.zh
    assert "off track" in result.title.en


def test_a_level_is_compared_with_the_line_over_the_same_days(open_workspace: Opener) -> None:
    # 14 users a day throughout. From 14 to 20 in 56 days: on day n of the goal 14 + 6·n/56; over days 15 to 28 the mean
    # of n is 21.5, so 14 + 6·21.5/56 = 16.304.
    result = open_workspace(daily(weeks(8)), extra=METRICS).run("check_goal", **asked(metric="buyers"))
    values = {f.name: f.value for f in result.figures}
    assert values["baseline"] == pytest.approx(14)
    assert values["actual"] == pytest.approx(14)
    assert values["expected"] == pytest.approx(14 + 6 * 21.5 / 56)


def test_a_reached_target_is_said(open_workspace: Opener) -> None:
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    assert (
        "已达成"
        in workspace.run("check_goal", **asked(target=392, by="2026-05-24", since="2026-03-30")).title.zh
    )
    over = workspace.run("check_goal", **asked(target=500, by="2026-04-26", since="2026-03-30"))
    assert "missed" in over.title.en
    fewer = workspace.run(
        "check_goal", **asked(metric="returns", target=5000, by="2026-05-24", since="2026-03-30")
    )
    assert "on track" in fewer.title.en  # less is better, and 784 are to be expected


def test_the_parts_sum_to_the_gap(open_workspace: Opener) -> None:
    # Channel a has 98 a week, b 70 before the goal and 35 in it. Shares of the baseline: 98/168 and 70/168. Of the 500
    # that the pace asks a should have 291.67 and has 392, b 208.33 and has 140.
    channel_b = [10] * 28 + [5] * 28
    events = pd.concat([daily(weeks(8)), daily(channel_b, channel="b")])
    extra = f"dimensions:\n  channel: {{column: channel}}\n{METRICS}"
    result = open_workspace(events, extra=extra).run("check_goal", **asked())
    parts = {f.segment: f.value for f in result.figures if f.name == "gap_part"}
    assert parts == pytest.approx({"channel=a": 500 * 98 / 168 - 392, "channel=b": 500 * 70 / 168 - 140})
    behind = next(f.value for f in result.figures if f.name == "ahead_of_pace")
    assert sum(parts.values()) == pytest.approx(-(behind or 0))


def test_a_seasonal_pace_and_a_given_baseline(open_workspace: Opener) -> None:
    # By Thursday 2 April the first four weekdays are over: 10 + 12 + 11 + 13 = 46 of the 784 of eight weeks.
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    result = workspace.run("check_goal", **asked(end="2026-04-02", start="2026-04-01", pace="seasonal"))
    assert next(f.value for f in result.figures if f.name == "expected") == pytest.approx(1000 * 46 / 784)
    given_one = workspace.run("check_goal", **asked(metric="buyers", baseline=10))
    assert next(f.value for f in given_one.figures if f.name == "baseline") == 10
    assert not any(f.name == "gap_part" for f in given_one.figures)


def test_a_goal_that_cannot_be_forecast_still_has_its_pace(open_workspace: Opener) -> None:
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    result = workspace.run(
        "check_goal", **asked(metric="monthly", target=50, by="2026-12-31", since="2026-03-30")
    )
    assert not any(f.name == "forecast" for f in result.figures)
    assert any("无法预测" in w.zh for w in result.warnings)
    assert "behind the pace" in result.title.en


@pytest.mark.parametrize(
    ("more", "kind", "parameter"),
    [
        ({"metric": "returns"}, NoData, "target"),
        ({"metric": "returns", "target": 5}, InvalidArgument, "by"),
        ({"kind": "cumulative", "metric": "buyers"}, InvalidArgument, "kind"),
        ({"since": "2026-06-01"}, InvalidArgument, "since"),
        # 45 % is written 0.45: a retention of 45 cannot be reached.
        ({"metric": "again", "target": 45, "by": "2026-12-31"}, InvalidArgument, "target"),
        ({"metric": "shared", "target": 95, "by": "2026-12-31"}, InvalidArgument, "target"),
        ({"pace": "fast"}, InvalidArgument, "pace"),
    ],
)
def test_wrong_arguments_are_told_in_both_languages(
    open_workspace: Opener, more: dict, kind: type[Exception], parameter: str
) -> None:
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    with pytest.raises(kind) as caught:
        workspace.run("check_goal", **asked(**more))
    assert caught.value.parameter == parameter  # type: ignore[attr-defined]
    assert caught.value.zh != str(caught.value)  # type: ignore[attr-defined]


def test_a_wrong_target_is_refused_with_its_line() -> None:
    text = (
        "sources: {a: {path: a.csv, user: u, time: t, event_name: x}}\nmetrics: {m: {kind: event_count}}\n"
        "targets:\n  - {metric: m, value: 1, since: 2026-05-01, by: 2026-04-01}\n"
    )
    with pytest.raises(SemanticsError, match="line 4") as caught:
        load_semantics(text)
    assert "since 须早于 by" in caught.value.zh
