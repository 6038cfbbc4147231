"""Sample sizes worked out by hand, and traffic that is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.experiments.laboratory import METRICS, Laboratory
from tools.errors import MetricError, NoData
from tools.experiments.comparison import Arm
from tools.experiments.power import Plan, detectable_effect, users_needed
from tools.experiments.traffic import Traffic

PERIOD = {"start": "2026-03-02", "end": "2026-03-08"}


def open_past(laboratory: Laboratory):
    """100 users open on days 0 to 4, twenty a day; one in five buys on the same day, for 10, later in the day."""
    opens = [(f"u{i}", "open", i // 20) for i in range(100)]
    buys = [(f"u{i}", "buy", i // 20 + 0.1, 10.0) for i in range(0, 100, 5)]
    return laboratory.open([], [*opens, *buys], METRICS)


def test_users_days_and_level(laboratory: Laboratory) -> None:
    """p from .2 to .25: mean .225. (1.959964 √(2 · .225 · .775) + .841621 √(.25 · .75 + .2 · .8))² / .05²
    = (1.157459 + .496128)² / .0025 = 1093.7: 1,094 per arm, 2,188 in all.
    100 come within the 7 days looked at, then 100 / 7 a day: 2,188 are there on day 154 (7 + (2188 − 100) / 14.286 = 153.2),
    22 weeks; the last have six days more to be watched."""
    asked = {"metric": "buyers", "entry_event": "open", "absolute_effect": 0.05, **PERIOD}
    found = open_past(laboratory).run("design_experiment", **asked)
    values = {f.name: f.value for f in found.figures}
    assert (values["users_per_arm"], values["users_in_all"]) == (1094, 2188)
    assert (values["baseline"], values["relative_effect"]) == pytest.approx((0.2, 0.25))
    assert (values["enrolment_days"], values["duration_days"]) == (154, 160)
    assert any("154 days of enrolment are more than the 7 looked at" in w.en for w in found.warnings)
    half = open_past(laboratory).values("design_experiment", **asked, traffic_share=0.5)
    assert half["enrolment_days"] == 308
    never = open_past(laboratory).run("design_experiment", **asked, traffic_share=0.1)
    assert any("within a year" in w.en for w in never.warnings)


def test_more_arms_share_the_significance(laboratory: Laboratory) -> None:
    """Three arms, two comparisons, 2.5 % each: (2.241403 · .590551 + .496128)² / .0025 = 1324.7."""
    asked = {"metric": "buyers", "entry_event": "open", "absolute_effect": 0.05, **PERIOD}
    values = open_past(laboratory).values("design_experiment", **asked, arms=3)
    assert (values["users_per_arm"], values["users_in_all"]) == (1325, 3975)


def test_means_need_users_by_variance_over_squared_effect(laboratory: Laboratory) -> None:
    """Revenue is 10 for a fifth of the users: variance 100 · .2 · .8 · 100/99 = 16.162; to find 1:
    2 · 16.162 · (1.959964 + .841621)² = 253.7. That is half of the mean of 2 more, by which every user's value
    and the root of the variance are taken to grow: times 1 + .5 + .5²/2 = 1.625, 412.3."""
    asked = {"metric": "revenue", "entry_event": "open", "absolute_effect": 1.0, **PERIOD}
    assert open_past(laboratory).values("design_experiment", **asked)["users_per_arm"] == 413


@settings(max_examples=20, deadline=None)
@given(
    share=st.floats(0.02, 0.9), lift=st.floats(0.02, 0.09), power=st.floats(0.6, 0.95), arms=st.integers(2, 4)
)
def test_the_designed_effect_is_the_detectable_one(
    share: float, lift: float, power: float, arms: int
) -> None:
    past, plan = Arm(1000, {"value": share}, {"value": share * (1 - share)}, {}), Plan(power, arms)
    for kind in ("share", "mean"):
        users = users_needed(past, kind, lift, plan)
        assert detectable_effect(past, kind, users, plan) == pytest.approx(lift, rel=0.02)
        assert users_needed(past, kind, lift / 2, plan) > users


def test_traffic_goes_on_as_in_its_last_week() -> None:
    """1, 2 and 3 on three days, then 2 a day: 10 are there after five days."""
    traffic = Traffic((1, 2, 3), 1.0)
    assert [traffic.users_within(d) for d in (1, 3, 5)] == [1, 6, 10]
    assert traffic.days_for(10) == 5
    assert Traffic((1, 2, 3), 0.5).days_for(10) == 10


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"relative_effect": 0}, "effect of 0 cannot be found"),
        ({"relative_effect": 0.1, "absolute_effect": 0.1}, "either relative_effect or absolute_effect"),
        ({"absolute_effect": 0.9}, "out of 0% to 100%"),
        ({"power": 1.5}, "power cannot be 1.5"),
        ({"follow_days": 60}, "Fewer than two users"),
        ({"metric": "refunders"}, "the same of every user"),
        ({"metric": "buyer"}, "Did you mean: buyers"),
    ],
)
def test_designs_that_cannot_be_say_why(laboratory: Laboratory, change: dict, said: str) -> None:
    asked = {"metric": "buyers", "entry_event": "open", **PERIOD, **change}
    with pytest.raises(MetricError, match=said):
        open_past(laboratory).run("design_experiment", **asked)


def test_nothing_measured_is_nothing_to_plan_by(laboratory: Laboratory) -> None:
    with pytest.raises(NoData):
        open_past(laboratory).run("design_experiment", metric="buyers", start="2027-01-01", end="2027-01-31")
