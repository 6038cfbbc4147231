"""Who is in a cohort, how often and how much they return, and over which periods: by hand."""

import numpy as np
import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools.curves import Curve, differs_from
from tools.errors import InvalidArgument

END = ("end", "other", "2026-01-31 23:59", "z")
CHANNEL = "dimensions: {channel: {column: channel}}"
WEEK = {"start": "2026-01-01", "end": "2026-01-07", "cohort_event": "signup", "return_event": "visit"}


def run(workspace, **changed):
    return workspace.run("measure_retention", **{**WEEK, "periods": [1], **changed})


def pairs(result) -> list[tuple]:
    return [(f.value, f.n) for f in result.figures]


def test_first_time_first_ever_and_recurring_differ_by_what_the_filters_see(open_workspace: Opener):
    # User 1 signs up through y on 1 January and through x on the 2nd and 5th, and visits on the 3rd.
    # User 2 signs up through x on the 2nd. Filter: channel x.
    #   first_time: first sign-up through x. Both on the 2nd; user 1 is back on the 3rd: 1 of 2.
    #   first_ever: user 1's first sign-up was through y, which leaves user 2 alone: 0 of 1.
    #   recurring: members (1, the 2nd), (1, the 5th), (2, the 2nd); only the first is back next day: 1 of 3.
    rows = [
        (1, "signup", "2026-01-01", "y"),
        (1, "signup", "2026-01-02", "x"),
        (1, "signup", "2026-01-05", "x"),
        (1, "visit", "2026-01-03", "x"),
        (2, "signup", "2026-01-02", "x"),
        END,
    ]
    workspace = open_workspace(rows, extra=CHANNEL)
    asked = {"filters": {"channel": "x"}}
    assert pairs(run(workspace, cohort="first_time", **asked)) == [(1 / 2, 2)]
    assert pairs(run(workspace, cohort="first_ever", **asked)) == [(0.0, 1)]
    assert pairs(run(workspace, cohort="recurring", **asked)) == [(1 / 3, 3)]
    # Without a filter the two firsts are the same: user 1 on the 1st, not back on the 2nd; user 2 neither.
    assert pairs(run(workspace)) == pairs(run(workspace, cohort="first_ever")) == [(0.0, 2)]


def test_first_ever_looks_before_the_period(open_workspace: Opener):
    # User 1 signed up through x in December already; user 2 signs up through x on 2 January and is back on the 3rd.
    rows = [
        (1, "signup", "2025-12-20", "x"),
        (1, "signup", "2026-01-02", "x"),
        (2, "signup", "2026-01-02", "x"),
        (2, "visit", "2026-01-03", "x"),
        END,
    ]
    workspace = open_workspace(rows, extra=CHANNEL)
    for cohort in ("first_ever", "first_time"):
        assert pairs(run(workspace, cohort=cohort, filters={"channel": "x"})) == [(1.0, 1)]


def test_brackets_count_a_return_anywhere_in_them(open_workspace: Opener):
    # All sign up on 1 January. Returns: user 1 on days 1 and 3, user 2 on days 2 and 7, user 3 on day 8, 4 never.
    # Bracket 1: user 1. Brackets 2-7: users 1 and 2, each once. Bracket 8-30: user 3. Of four.
    returns = {1: (2, 4), 2: (3, 8), 3: (9,), 4: ()}
    rows = [(u, "signup", "2026-01-01") for u in returns]
    rows += [(u, "visit", f"2026-01-{d:02}") for u, days in returns.items() for d in days]
    workspace = open_workspace([*rows, END[:3]])
    result = run(workspace, periods=["8-30", 1, "2-7"])
    assert pairs(result) == [(1 / 4, 4), (2 / 4, 4), (1 / 4, 4)]
    assert [f.name for f in result.figures] == [f"retention_day_{b}" for b in ("1", "2-7", "8-30")]
    # The data ends on 31 January: day 30 of the cohort of the 1st is covered, day 31 is not.
    immature = run(workspace, periods=["2-7", "8-31"])
    assert immature.table["immature"].tolist() == ["8-31"]
    assert pairs(immature)[1] == (None, 0)
    # "3-3" is day 3: user 1 alone.
    assert pairs(run(workspace, periods=["3-3"])) == [(1 / 4, 4)]


def test_brackets_of_24_hours(open_workspace: Opener):
    # Sign-up at 12:00 on the 1st; back at 11:59 on the 3rd: 47 h 59 min, the second 24 hours (period 1),
    # yet the second calendar day after.
    rows = [(1, "signup", "2026-01-01 12:00"), (1, "visit", "2026-01-03 11:59"), END[:3]]
    workspace = open_workspace(rows)
    periods = [1, "2-7"]
    assert [v for v, _ in pairs(run(workspace, periods=periods))] == [0.0, 1.0]
    assert [v for v, _ in pairs(run(workspace, periods=periods, clock="24h"))] == [1.0, 0.0]


def test_minimum_occurrences(open_workspace: Opener):
    # All sign up on the 1st. User 1 visits twice on day 1; user 2 once on day 1 and once on day 3; user 3 once on day 3.
    visits = [(1, 2), (1, 2), (2, 2), (2, 4), (3, 4)]
    rows = [(u, "signup", "2026-01-01") for u in (1, 2, 3)]
    rows += [(u, "visit", f"2026-01-{d:02} {h:02}:00") for h, (u, d) in enumerate(visits)]
    workspace = open_workspace([*rows, END[:3]])
    asked = {"periods": [1, 2, 3]}
    # Once: day 1 users 1, 2; day 2 nobody; day 3 users 2, 3. Twice within the day: user 1 on day 1 only.
    assert [v for v, _ in pairs(run(workspace, **asked))] == [2 / 3, 0, 2 / 3]
    assert [v for v, _ in pairs(run(workspace, min_occurrences=2, **asked))] == [1 / 3, 0, 0]
    # Twice from day 1 on: users 1 and 2 (days 1 and 3). Twice from day 2 on: nobody has two left.
    later = run(workspace, min_occurrences=2, mode="on_or_after", **asked)
    assert [v for v, _ in pairs(later)] == [2 / 3, 0, 0]
    # Twice in days 1 to 3: users 1 and 2. By the clock of 24 hours as well.
    for clock in ("calendar", "24h"):
        assert pairs(run(workspace, min_occurrences=2, periods=["1-3"], clock=clock)) == [(2 / 3, 3)]
    assert any("at least 2 return events" in d.value.en for d in later.definition)


VALUE = "metrics: {gmv: {kind: event_sum, event: pay, property: amount}}"


@pytest.fixture
def paying(open_workspace: Opener):
    # Users 1, 2, 3 sign up on the 1st, user 4 on the 2nd. Payments: user 1: 10 and 5 on day 1, 3 on day 2;
    # user 2: 20 on day 2; user 3: nothing; user 4: 8 on day 1.
    rows = [(u, "signup", "2026-01-01 10:00", 0.0) for u in (1, 2, 3)] + [
        (4, "signup", "2026-01-02 10:00", 0.0)
    ]
    rows += [(1, "pay", "2026-01-02 11:00", 10.0), (1, "pay", "2026-01-02 12:00", 5.0)]
    rows += [(1, "pay", "2026-01-03 11:00", 3.0), (2, "pay", "2026-01-03 11:00", 20.0)]
    rows += [(4, "pay", "2026-01-03 11:00", 8.0), ("end", "other", "2026-01-31 23:59", 0.0)]
    frame = pd.DataFrame(rows, columns=["user", "event", "at", "amount"])
    frame["at"], frame["user"] = pd.to_datetime(frame["at"]), frame["user"].astype(str)
    return open_workspace(frame, extra=VALUE)


def values(result) -> list[float]:
    return [f.value for f in result.figures if f.name.startswith("value_")]


@pytest.mark.parametrize("clock", ["calendar", "24h"])
def test_value_retention_is_the_sum_per_member(paying, clock):
    asked = {"return_event": "pay", "periods": [1, 2], "value_property": "amount", "clock": clock}
    # Day 1: 10 + 5 + 8 = 23 over 4 members; day 2: 3 + 20 = 23 over 4 as well.
    result = run(paying, **asked)
    assert values(result) == [23 / 4, 23 / 4]
    assert result.figures[1].unit == "currency:CNY"
    # By cohort: 15 / 3 and 8 / 1 on day 1, 23 / 3 and 0 on day 2; their simple means.
    assert result.table["amount_day_1"].tolist() == [5.0, 8.0]
    assert values(run(paying, mean="simple", **asked)) == pytest.approx([(5 + 8) / 2, 23 / 3 / 2])
    # From day 1 on: everything, 46 / 4; from day 2 on: 23 / 4.
    assert values(run(paying, mode="on_or_after", **asked)) == [46 / 4, 23 / 4]
    # Who paid twice on the day: user 1 on day 1, with 15.
    assert values(run(paying, min_occurrences=2, **asked)) == [15 / 4, 0]
    # On day 0 all sign up, without an amount: that is said.
    free = run(paying, **{**asked, "return_event": "signup", "periods": [0]})
    assert any("so its sum is 0" in w.en for w in free.warnings)
    assert not any("sum is 0" in w.en for w in result.warnings)
    # Twice from day 1 on: user 1, with 10 + 5 + 3; user 2 paid once. From day 2 on: nobody twice.
    assert values(run(paying, min_occurrences=2, mode="on_or_after", **asked)) == [18 / 4, 0]


def test_simple_mean_weighs_cohorts_alike(open_workspace: Opener):
    # Cohort of the 1st: 3 of 3 return; of the 2nd: 0 of 1. Weighted 3 / 4; simple (1 + 0) / 2.
    rows = [(u, "signup", "2026-01-01") for u in range(3)] + [(u, "visit", "2026-01-02") for u in range(3)]
    workspace = open_workspace([*rows, (9, "signup", "2026-01-02"), END[:3]])
    weighted, simple = run(workspace).figures[0], run(workspace, mean="simple").figures[0]
    assert (weighted.value, simple.value, simple.n) == (0.75, 0.5, 4)
    assert weighted.interval is not None
    assert simple.interval is None


def test_simple_mean_leaves_immature_cohorts_out(open_workspace: Opener):
    # Data ends on 8 January: day 7 is covered for the cohort of the 1st (1 of 1), not for that of the 2nd.
    rows = [(1, "signup", "2026-01-01"), (1, "visit", "2026-01-08"), (2, "signup", "2026-01-02")]
    assert pairs(run(open_workspace(rows), periods=[7], mean="simple")) == [(1.0, 1)]


def decline(shares: dict[int, int]) -> list[tuple]:
    """Make 200 users who sign up on 1 January; of each day, how many return."""
    rows = [(u, "signup", "2026-01-01") for u in range(200)]
    for day, returned in shares.items():
        at = str(pd.Timestamp("2026-01-01") + pd.Timedelta(days=day))
        rows += [(u, "visit", at) for u in range(returned)]
    return rows


def test_projection_by_a_power_law(open_workspace: Opener):
    # 100, 50, 25, 20 of 200 on days 1, 4, 16, 25: exactly 0.5 · n^-0.5. On day 100 it is 0.5 / 10.
    workspace = open_workspace([*decline({1: 100, 4: 50, 16: 25, 25: 20}), END[:3]])
    asked = {"periods": [1, 4, 16, 25], "project_to": 100}
    result = run(workspace, **asked)
    figure, fit = result.figures[-2:]
    assert figure.value == pytest.approx(0.05, abs=1e-6)
    alone = run(workspace, curve="power_law", **asked).figures[-2]
    assert alone.interval == pytest.approx((0.05, 0.05), abs=1e-4)
    assert "not measured" in figure.label.en
    assert "非实测" in figure.label.zh
    assert fit.value == pytest.approx(1.0)
    assert any("power law 0.5 · n^-0.5" in d.value.en for d in result.definition)
    # The exponential form is another curve, whose floor keeps it higher.
    floor = run(workspace, curve="exponential", **asked).figures[-2]
    assert floor.value > 0.08
    assert floor.interval[0] < floor.value < floor.interval[1]
    # Where both fit, the band spans both.
    assert figure.interval == pytest.approx((min(0.05, floor.interval[0]), floor.interval[1]), abs=1e-4)


def test_projection_by_an_exponential_with_a_floor(open_workspace: Opener):
    # 0.1 + 0.8 · 2^-n: days 1 to 5 give 0.5, 0.3, 0.2, 0.15, 0.125: 100, 60, 40, 30, 25 of 200. Long run: 0.1.
    workspace = open_workspace([*decline({1: 100, 2: 60, 3: 40, 4: 30, 5: 25}), END[:3]])
    figure = run(workspace, periods=[1, 2, 3, 4, 5], project_to=365).figures[-2]
    assert figure.value == pytest.approx(0.1, abs=1e-5)
    assert "exponential" in figure.label.en


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({1: 100, 4: 50, 16: 25}, "3 mature points"),
        ({1: 50, 4: 50, 16: 50, 25: 50}, "all the same"),
        ({1: 20, 2: 100, 3: 20, 4: 100, 5: 20}, "fits poorly"),
    ],
)
def test_a_projection_without_ground_is_refused(open_workspace: Opener, shares, said):
    result = run(open_workspace([*decline(shares), END[:3]]), periods=list(shares), project_to=90)
    assert any(said in w.en and "未作预测" in w.zh for w in result.warnings)
    assert not any("projected" in f.name for f in result.figures)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"periods": ["2-"]}, "bracket"),
        ({"periods": ["7-2"]}, "bracket"),
        ({"periods": [1001]}, "1000"),
        ({"periods": [1, "1-7"]}, "overlap"),
        ({"periods": ["2-7"], "mode": "on_or_after"}, "on_or_after"),
        ({"periods": [1, "2-7"], "project_to": 90}, "single periods"),
        ({"periods": [1, 2, 3, 4], "mode": "on_or_after", "project_to": 90}, "mode on"),
        ({"min_occurrences": 0}, "min_occurrences"),
        ({"value_property": "amuont"}, "amount"),
        ({"project_to": 1}, "project_to"),
        ({"curve": "linear"}, "power_law"),
        ({"mean": "median"}, "weighted"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(paying, changed, said):
    with pytest.raises(InvalidArgument) as caught:
        run(paying, **changed)
    assert said in caught.value.en
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.zh)


# 0.5 · n^-0.5 at 1, 4, 16, 25 is 0.5, 0.25, 0.125, 0.1. With 400 users each, a first point of 0.6 adds
# 0.1² / (0.5 · 0.5 / 400) = 16 to the chi-square, one of 0.55 adds 4; the 1 % bound of 4 - 2 degrees is 9.21.
@pytest.mark.parametrize(("first", "differs"), [(0.5, False), (0.55, False), (0.6, True)])
def test_points_beside_their_curve_are_told_from_chance(first, differs):
    curve = Curve("power_law", (0.5, 0.5), np.zeros((2, 2)), 1.0, 4)
    assert differs_from(curve, [1, 4, 16, 25], [first, 0.25, 0.125, 0.1], [400] * 4) is differs


def test_a_projection_beyond_twice_what_was_measured_is_warned_of(open_workspace: Opener):
    # The last measured day is 25: day 50 is twice as far, day 51 farther.
    workspace = open_workspace([*decline({1: 100, 4: 50, 16: 25, 25: 20}), END[:3]])
    for day, warned in ((50, False), (51, True)):
        warnings = run(workspace, periods=[1, 4, 16, 25], project_to=day).warnings
        assert any("keeps its form" in w.en and "同一形状" in w.zh for w in warnings) is warned
