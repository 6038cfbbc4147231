"""Time to churn, by hand."""

import pandas as pd
import pytest

from tests.tools.conftest import SOURCE, Opener
from tools.churn.lifespan import merge_steps
from tools.errors import NoData

EXTRA = "dimensions: {channel: {column: channel}}\n"
# The data ends on 31 March; 10 days of silence, so who was last active by the 21st has churned.
# Days stayed, counting the first: a 1 (churned), b 5 (churned), c 5 (churned), d 11 (still there), e 20 (still there).
LIVES = [
    ("a", "visit", "2026-03-02", "ads"),
    ("b", "visit", "2026-03-02", "ads"),
    ("b", "visit", "2026-03-06", "web"),
    ("c", "visit", "2026-03-10", "web"),
    ("c", "visit", "2026-03-14", "web"),
    ("d", "visit", "2026-03-15", "web"),
    ("d", "visit", "2026-03-25", "web"),
    ("e", "visit", "2026-03-12", "web"),
    ("e", "visit", "2026-03-31", "web"),
    ("old", "visit", "2026-02-20", "web"),
]
ASKED = {"start": "2026-03-01", "end": "2026-03-31", "silence_days": 10, "days": [1, 4, 5, 20, 30]}


def test_the_curve_and_its_median(open_workspace: Opener):
    result = open_workspace(LIVES).run("measure_time_to_churn", **ASKED)
    found = {f.name: f.value for f in result.figures}
    # 5 at risk, 1 leaves: 4/5; then 4 at risk, 2 leave on day 5: 4/5 x 2/4 = .4; nobody after it.
    assert found["staying_day_1"] == pytest.approx(0.8)
    assert found["staying_day_4"] == pytest.approx(0.8)
    assert found["staying_day_5"] == pytest.approx(0.4)
    assert found["staying_day_20"] == pytest.approx(0.4)
    # Nobody was observed for 30 days.
    assert found["staying_day_30"] is None
    assert found["median_days"] == 5
    assert result.n == 5
    assert result.table["at_risk"].tolist() == [5, 4, 2, 1]
    # With 20 days of silence nobody but a and b (last on the 2nd and 6th) has left: 4/5 x 3/4 = .6.
    later = open_workspace(LIVES).run("measure_time_to_churn", **{**ASKED, "silence_days": 20})
    assert {f.name: f.value for f in later.figures}["staying_day_5"] == pytest.approx(0.6)
    assert {f.name: f.value for f in later.figures}["median_days"] is None


def test_groups_are_those_of_the_first_day(open_workspace: Opener):
    result = open_workspace(LIVES, extra=EXTRA).run("measure_time_to_churn", breakdown="channel", **ASKED)
    found = {(f.segment, f.name): f.value for f in result.figures}
    # ads: a and b; web: c, d, e, of whom c leaves.
    assert found["channel=ads", "staying_day_1"] == pytest.approx(0.5)
    assert found["channel=ads", "staying_day_5"] == 0
    assert found["channel=web", "staying_day_5"] == pytest.approx(2 / 3)
    # Nobody of web left or was lost sight of before.
    assert found["channel=web", "staying_day_1"] == 1
    # Day 1: 1 leaves of 5, 2 of ads: expected .4, variance .4 x .6 = .24. Day 5: 2 leave of 4, 1 of ads: expected .5,
    # variance 2 x 1/4 x 3/4 x (4 - 2) / 3 = .25. (2 - .9)^2 / .49 = 2.469 of chi-square 1: p = .1161.
    assert found[None, "logrank"] == pytest.approx(0.1161, abs=2e-4)


def test_where_nobody_churned_groups_are_not_compared(open_workspace: Opener):
    result = open_workspace(LIVES, extra=EXTRA).run(
        "measure_time_to_churn", breakdown="channel", **ASKED | {"silence_days": 35}
    )
    found = {(f.segment, f.name): f.value for f in result.figures}
    assert found["channel=web", "staying_day_5"] == 1
    assert found[None, "logrank"] is None


def test_nobody_new_is_said(open_workspace: Opener):
    with pytest.raises(NoData, match="first time"):
        open_workspace(LIVES).run("measure_time_to_churn", **{**ASKED, "start": "2026-03-20"})


def test_a_period_that_begins_with_the_data_is_warned_of(open_workspace: Opener):
    frame = pd.DataFrame(LIVES, columns=["user", "event", "at", "channel"])
    frame["at"] = pd.to_datetime(frame["at"])
    result = open_workspace(frame).run("measure_time_to_churn", **{**ASKED, "start": "2026-02-20"})
    assert any("begins with the data" in w.en for w in result.warnings)
    assert result.n == 6


def test_steps_of_few_users_are_merged():
    curve = pd.DataFrame({"day": [1, 2, 3, 4, 5], "at_risk": [20, 19, 15, 11, 4]})
    # 20 to 19 is one user; 20 to 15 five; 15 to 11 four; 4 are fewer than five.
    assert merge_steps(curve, 5)["day"].tolist() == [1, 3]
    assert merge_steps(curve, 1)["day"].tolist() == [1, 2, 3, 4, 5]


def test_few_users_are_not_told_of(open_workspace: Opener):
    source = SOURCE.replace("}", ", min_group: 4}")
    result = open_workspace(LIVES, source=source).run("measure_time_to_churn", **ASKED)
    # Of the five at risk on day 1, fewer than four leave before any later day.
    assert result.table["day"].tolist() == [1]
