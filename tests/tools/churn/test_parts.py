"""Features, cut-offs, rankings and calibration, by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener
from tools.churn.design import Factor, make_columns
from tools.churn.features import Outlook, plan_outlook, read_users, span_of
from tools.churn.leakage import find_leaks
from tools.churn.quality import (
    brier_score,
    calibration_error,
    choose_first,
    compare_rankings,
    rank_users,
    tabulate_reliability,
)
from tools.churn.silence import usual_wait
from tools.churn.study import place_cutoffs
from tools.errors import NoData
from tools.results import Text
from tools.scope import Scope

EXTRA = """
dimensions: {channel: {column: channel}}
metrics: {sales: {kind: event_sum, event: buy, property: amount, unit: currency}}
"""
# The cut-off is 28 January 2026; with 14 days of silence, stretches are of 7 days: 22-28, 15-21, 8-14, 1-7 January.
ROWS = [
    ("a", "visit", "2026-01-01", "ads", None),
    ("a", "visit", "2026-01-10", "ads", None),
    ("a", "buy", "2026-01-22", "web", 10.0),
    ("a", "visit", "2026-01-22", "web", None),
    ("a", "visit", "2026-01-24", "web", None),
    ("a", "visit", "2026-02-11", "web", None),
    ("b", "visit", "2026-01-20", "ads", None),
    ("b", "buy", "2026-02-15", "ads", 99.0),
    ("c", "visit", "2026-01-05", "ads", None),
    ("d", "visit", "2026-02-01", "web", None),
]


def open_scope(open_workspace: Opener, rows: list[tuple], extra: str = EXTRA) -> Scope:
    frame = pd.DataFrame(rows, columns=["user", "event", "at", "channel", "amount"])
    frame["at"] = pd.to_datetime(frame["at"])
    metrics = open_workspace(frame, extra=extra).metrics
    return Scope(metrics.semantics, metrics._sources.get("events"), metrics._calendar, "en")


def day(scope: Scope, text: str) -> int:
    return scope.calendar.bucket(pd.Timestamp(text).date(), "day")


def test_features_of_a_user_at_a_cutoff(open_workspace: Opener):
    scope = open_scope(open_workspace, ROWS)
    outlook = plan_outlook(scope, None, {}, 14, 14, ["channel"])
    users = read_users(scope, outlook, day(scope, "2026-01-28"), labelled=True)
    # c was last active on the 5th, 23 days before and so has churned already; d came later.
    assert scope.user_keys(users["user"].tolist()) == ["a", "b"]
    a, b = (users.iloc[n] for n in range(2))
    # a: last on the 24th (4 days), first on the 1st (27 days); 1, 10, 22 and 24 January are 4 days.
    assert (a["recency"], a["tenure"], a["active_days"]) == (4, 27, 4)
    assert [a[f"days_{n}"] for n in range(4)] == [2, 0, 1, 1]
    # buy and visit; 1 buy and 4 visits of 5 events; 10 spent; of 5 events 2 came from ads and 3 from the web.
    assert (a["breadth"], a["event_0"], a["event_1"], a["all_events"]) == (2, 1, 4, 5)
    assert (a["spent_0"], a["recent_spent_0"], a["value_0_0"], a["value_0_1"]) == (10, 10, 2, 3)
    # a is back on 11 February, the 14th day after the cut-off; b on the 15th only, the 18th day.
    assert (a["churned"], b["churned"]) == (0, 1)
    columns = make_columns(users)
    # (2 + 0 - 1 - 1) / (4 + 1) = 0; 4 active days in 28 days; 3 of 5 events from the web.
    assert columns.loc[0, "trend"] == 0
    assert columns.loc[0, "rate"] == pytest.approx(math.log(4 / 28))
    assert columns.loc[0, "pace"] == pytest.approx(math.log1p(4 * 4 / 28))
    assert columns.loc[0, "value_0_1"] == pytest.approx(0.6)


def test_nothing_after_the_cutoff_is_in_a_feature(open_workspace: Opener):
    cutoff = "2026-01-28"
    later = [row for row in ROWS if row[2] > cutoff]
    changed = [(u, "buy", t, "ads", 1e6) for u, _, t, _, _ in later] + [
        ("b", "buy", "2026-01-29", "web", 5.0)
    ]
    found = []
    for rows in (ROWS, [r for r in ROWS if r not in later] + changed):
        scope = open_scope(open_workspace, rows)
        outlook = plan_outlook(scope, None, {}, 14, 14, ["channel"])
        found.append(read_users(scope, outlook, day(scope, cutoff), labelled=True).drop(columns="churned"))
    pd.testing.assert_frame_equal(found[0], found[1])


def test_stretches_are_a_week_or_a_quarter_of_the_silence_in_whole_weeks():
    # 28 / 4 = 7; 29 / 4 = 7.25 becomes 14; 91 / 4 = 22.75 becomes 28.
    assert [span_of(days) for days in (3, 28, 29, 91)] == [7, 7, 14, 28]


def test_the_usual_wait_is_the_week_by_which_95_percent_have_returned():
    # 100 returns: 94 within 7 days, 95 within 14.
    waits = pd.DataFrame({"wait": [1, 10, 40], "returns": [94, 1, 5]})
    assert usual_wait(waits) == 14
    # 5 of 99 take 40 days: 94 / 99 is under .95, so six weeks are needed.
    assert usual_wait(waits.iloc[[0, 2]]) == 42


def make_outlook(silence: int) -> Outlook:
    return Outlook(None, {}, silence, silence, (), (), {})


def test_cutoffs_lie_a_silence_apart_with_a_whole_window_before_each():
    # Last day 100, silence 14: 86, 72, 58, 44, 30; the window of 28 days before 30 is days 3 to 30.
    assert place_cutoffs(make_outlook(14), 3, 100) == (86, (72, 58, 44, 30))
    assert place_cutoffs(make_outlook(14), 4, 100) == (86, (72, 58, 44))
    # Two silences and the window are 56 days: days 45 to 100.
    assert place_cutoffs(make_outlook(14), 45, 100) == (86, (72,))
    with pytest.raises(NoData, match="56 days of history are needed") as caught:
        place_cutoffs(make_outlook(14), 46, 100)
    assert "需要 56 天历史" in caught.value.zh
    assert "现有 55 天" in caught.value.zh


def test_precision_shares_ties_and_its_difference_counts_who_is_in_one_only():
    churned = np.array([1, 1, 0, 0, 1])
    first = rank_users(np.array([0.9, 0.8, 0.7, 0.2, 0.1]), churned, 2)
    # By days of silence 5, 3, 3, 3, 1: one of three tied users stands for each of the second places: 1/3 each.
    second = rank_users(np.array([5.0, 3, 3, 3, 1]), churned, 2)
    assert first.precision == 1.0
    assert second.precision == pytest.approx((1 + 1 / 3) / 2)
    # Pairs of a churned and a staying user: 3 x 2. First: 0.9 and 0.8 beat both, 0.1 none: 4 / 6.
    assert first.auc == pytest.approx(4 / 6)
    # d = 0, 2/3, 0, 0, 0: mean 2/15; sum of squares 4/9 - 5 (2/15)^2 = 0.3556; root .5963; z .5963 / 2 = .5844.
    low, high = compare_rankings(first, second, churned, 2)
    assert (low, high) == pytest.approx((1 / 3 - 0.58436, 1 / 3 + 0.58436), abs=1e-4)


def test_brier_score_and_calibration():
    scores, churned = np.array([0.0, 0.5, 0.5, 1.0]), np.array([0, 0, 1, 0])
    # (0 + .25 + .25 + 1) / 4
    assert brier_score(scores, churned) == 0.375
    table = tabulate_reliability(scores, churned)
    # Equal scores stay together: 0, .5 (twice), 1. Gaps 0, 0 and 1, of 1, 2 and 1 users: 1 / 4.
    assert table["users"].tolist() == [1, 2, 1]
    assert table["observed"].tolist() == [0, 0.5, 0]
    assert calibration_error(table) == 0.25


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.data())
def test_chosen_users_add_up_to_k_and_none_is_passed_over(scores: list[int], data: st.DataObject):
    k = data.draw(st.integers(1, len(scores)))
    weights = choose_first(np.array(scores), k)
    assert weights.sum() == pytest.approx(k)
    assert ((weights >= 0) & (weights <= 1)).all()
    order = np.argsort(scores)
    assert (np.diff(weights[order]) >= -1e-12).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=40))
def test_reliability_counts_everybody_once(pairs: list[tuple[float, int]]):
    scores, churned = (np.array(side) for side in zip(*pairs, strict=True))
    table = tabulate_reliability(scores, churned)
    assert table["users"].sum() == len(pairs)
    assert table["churned"].sum() == churned.sum()
    assert 0 <= calibration_error(table) <= 1


def test_a_leak_is_what_ranks_alone_or_what_only_churned_users_have():
    churned = np.array([0, 1] * 100)
    rng = np.random.default_rng(1)
    zero = np.zeros(200)
    samples = {
        # Of amounts 1 for who churned, 0 for who stayed, one in twenty the wrong way: AUC .95.
        0: np.where(np.arange(200) % 40 < 2, 1 - churned, churned),
        # 40 users, all churned: .5^40 by chance; then 15 users, who say little.
        1: np.where(np.arange(200) < 80, churned, 0),
        2: np.where(np.arange(200) < 30, churned, 0),
        3: rng.random(200),
    }
    users = pd.DataFrame(
        {"churned": churned, "recency": 1, "tenure": 9, "active_days": 3, "breadth": 1, "all_events": 5}
    )
    users = users.assign(
        **{f"days_{n}": zero for n in range(4)}, **{f"event_{n}": v for n, v in samples.items()}
    )
    factors = [Factor(f"event_{n}", Text("", ""), (f"event_{n}",), True) for n in samples]
    # What is told by the days alone cannot have been written later.
    factors.append(Factor("days", Text("", ""), ("event_0",), False))
    harmless = users.assign(event_0=zero, event_1=zero)
    assert [f.name for f in find_leaks([harmless, users], factors)] == ["event_0", "event_1"]
    assert find_leaks([harmless], factors) == ()
