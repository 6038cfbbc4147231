"""Experiments small enough to work out by hand."""

import pytest

from tests.tools.experiments.laboratory import Laboratory, declare
from tools.errors import InvalidArgument, InvalidPeriod, NoData, SemanticsError


def split(sizes: dict[str, int], day: float = 0.5) -> list[tuple]:
    return [(f"{arm}{i}", arm, day) for arm, n in sizes.items() for i in range(n)]


def test_difference_of_two_shares(laboratory: Laboratory) -> None:
    """a: 20 of 100, b: 35 of 100. Difference .15, standard error √(.2·.8/100 + .35·.65/100) = .062249;
    interval .15 ± 1.959964 · .062249 = (.02799, .27201); z = 2.40966, two-sided p = .01597."""
    buys = [(f"a{i}", "buy", 1) for i in range(20)] + [(f"b{i}", "buy", 1) for i in range(35)]
    found = laboratory.open(split({"a": 100, "b": 100}), buys).run("analyze_experiment")
    effect = next(f for f in found.figures if f.name == "effect_buyers_b")
    assert effect.value == pytest.approx(0.15)
    assert effect.interval == pytest.approx((0.02799, 0.27201), abs=1e-5)
    values = {f.name: f.value for f in found.figures}
    assert values["pvalue_buyers_b"] == pytest.approx(0.01597, abs=1e-5)
    assert values["relative_buyers_b"] == pytest.approx(0.75)
    assert (values["buyers_in_a"], values["buyers_in_b"]) == (0.2, 0.35)
    assert found.table["verdict"].tolist() == ["better"]
    assert found.definition[[i.label.en for i in found.definition].index("does not prove")].value.zh


def test_few_users_are_compared_exactly(laboratory: Laboratory) -> None:
    """0 of 4 against 4 of 4: of the C(8, 4) = 70 ways to place four buyers, two are as extreme: Fisher's p = 2/70."""
    buys = [(f"b{i}", "buy", 1) for i in range(4)]
    values = laboratory.open(split({"a": 4, "b": 4}), buys).values("analyze_experiment")
    assert values["pvalue_buyers_b"] == pytest.approx(2 / 70)
    assert values["effect_buyers_b"] == 1.0


def test_difference_of_two_means(laboratory: Laboratory) -> None:
    """Revenue 0 and 2 against 3 and 5: means 1 and 4, variances 2, standard error √(2/2 + 2/2) = √2,
    t = 3/√2 = 2.1213 with (1 + 1)² / (1 + 1) = 2 degrees of freedom: p = 1 − t/√(t² + 2) = .16795."""
    buys = [("a1", "buy", 1, 2.0), ("b0", "buy", 1, 3.0), ("b1", "buy", 1, 5.0)]
    values = laboratory.open(split({"a": 2, "b": 2}), buys, declare("[revenue]")).values("analyze_experiment")
    assert values["effect_revenue_b"] == pytest.approx(3.0)
    assert values["pvalue_revenue_b"] == pytest.approx(0.16795, abs=1e-5)


def test_ratio_of_means(laboratory: Laboratory) -> None:
    """a: 10 over 1 buy and 20 over 1: 30/2 = 15. b: 30 over 2 buys and 10 over 2: 40/4 = 10."""
    buys = [("a0", "buy", 1, 10.0), ("a1", "buy", 1, 20.0)]
    buys += [("b0", "buy", 1, 30.0), ("b0", "buy", 2, 0.0), ("b1", "buy", 1, 4.0), ("b1", "buy", 2, 6.0)]
    values = laboratory.open(split({"a": 2, "b": 2}), buys, declare("[basket]")).values("analyze_experiment")
    assert (values["basket_in_a"], values["basket_in_b"], values["effect_basket_b"]) == (15.0, 10.0, -5.0)


def test_only_what_follows_the_first_exposure_within_the_window_counts(laboratory: Laboratory) -> None:
    """Exposed on day 0.5. Of b: b0 buys an hour before, b1 on day 6 (counts), b2 on day 7 (too late);
    b3 is exposed again on day 5, which changes nothing: its buy on day 8 is too late as well. 1 of 4."""
    assigned = [*split({"a": 4, "b": 4}), ("b3", "b", 5)]
    events = [("b0", "buy", 0.45), ("b1", "buy", 6.9), ("b2", "buy", 7.0), ("b3", "buy", 8.0)]
    lab = laboratory.open(assigned, events)
    assert lab.values("analyze_experiment")["buyers_in_b"] == 0.25
    assert lab.values("analyze_experiment", follow_days=8)["buyers_in_b"] == 0.5
    assert lab.values("analyze_experiment", follow_days=9)["buyers_in_b"] == 0.75


def test_users_of_two_arms_are_in_none_and_told(laboratory: Laboratory) -> None:
    """b0 is also in a: a has 3 users, b has 2, and the buy of b0 counts nowhere."""
    assigned = [*split({"a": 3, "b": 3}), ("b0", "a", 3)]
    found = laboratory.open(assigned, [("b0", "buy", 4), ("b1", "buy", 4)]).run("analyze_experiment")
    values = {f.name: f.value for f in found.figures}
    assert (values["users_a"], values["users_b"], values["buyers_in_b"]) == (3, 2, 0.5)
    assert any(w.en.startswith("1 user saw more than one arm") for w in found.warnings)
    assert any("1 名用户进入过多个组" in w.zh for w in found.warnings)


def test_users_exposed_too_late_do_not_count(laboratory: Laboratory) -> None:
    """Data to day 30 (1 April), its last day whole. With 28 days: 2 March + 27 reaches 29 March, fine; exposed on
    day 4 (6 March), the window ends on 2 April: left out. One of each arm stays."""
    assigned = [("a0", "a", 0), ("a1", "a", 4), ("b0", "b", 0), ("b1", "b", 4)]
    found = laboratory.open(assigned, [("b1", "buy", 5)]).run("analyze_experiment", follow_days=28)
    assert found.table[["control_users", "users"]].to_numpy().tolist() == [[1, 1]]
    assert any("2 users have not been exposed for long enough" in w.en for w in found.warnings)


def test_retention_and_active_days_count_from_the_exposure(laboratory: Laboratory) -> None:
    """b0 opens on days 1 and 2, b1 on day 2 only: next-day retention 1/2, active days (2 + 1)/2 = 1.5."""
    events = [("b0", "open", 1.1), ("b0", "open", 1.2), ("b0", "open", 2.0), ("b1", "open", 2.9)]
    values = laboratory.open(split({"a": 2, "b": 2}), events, declare("[next_day, active_days]")).values(
        "analyze_experiment"
    )
    assert (values["next_day_in_b"], values["active_days_in_b"]) == (0.5, 1.5)


def test_conversion_needs_the_steps_in_order_and_in_time(laboratory: Laboratory) -> None:
    """Steps open, buy within an hour: b0 does (30 minutes); b1 buys first; b2 takes two hours; b3 only opens. 1 of 4."""
    hour = 1 / 24
    events = [("b0", "open", 1), ("b0", "buy", 1 + hour / 2), ("b1", "buy", 1), ("b1", "open", 2)]
    events += [("b2", "open", 1), ("b2", "buy", 1 + 2 * hour), ("b3", "open", 1)]
    values = laboratory.open(split({"a": 4, "b": 4}), events, declare("[checkout]")).values(
        "analyze_experiment"
    )
    assert values["checkout_in_b"] == 0.25


def test_p_values_are_corrected_for_all_metrics_and_arms(laboratory: Laboratory) -> None:
    """Fisher: b 4 of 4 against 0 of 4: 2/70; c 0 of 4: 1. Holm over two: 2 · 2/70 = 4/70, and 1."""
    buys = [(f"b{i}", "buy", 1) for i in range(4)] + [("c0", "buy", 1)]
    values = laboratory.open(split({"a": 4, "b": 4, "c": 4}), buys).values("analyze_experiment")
    assert values["corrected_buyers_b"] == pytest.approx(4 / 70)
    assert values["corrected_buyers_c"] == 1.0


def test_mismatched_arms_are_refused_before_any_effect(laboratory: Laboratory) -> None:
    """120 of 160 users where half was meant: exact binomial p = 2 P(X ≥ 120 | 160, .5) ≈ 1.8e-10."""
    lab = laboratory.open(split({"a": 40, "b": 120}), [("b0", "buy", 1)])
    found = lab.run("analyze_experiment")
    assert {f.name for f in found.figures} == {"sample_ratio_pvalue", "users_a", "users_b"}
    assert found.figures[0].value == pytest.approx(1.8e-10, rel=0.2)
    assert list(found.table.columns) == ["arm", "users", "share", "expected_share"]
    assert "Sample ratio mismatch" in found.warnings[0].en
    assert "样本比例失衡" in found.warnings[0].zh
    asked = lab.run("analyze_experiment", metric="purchases", breakdown="channel")
    assert not any(f.name.startswith("effect") for f in asked.figures)


def test_uneven_arms_as_designed_are_read(laboratory: Laboratory) -> None:
    lab = laboratory.open(split({"a": 40, "b": 120}), [], declare(arms="{a: {share: 1}, b: {share: 3}}"))
    assert lab.values("analyze_experiment")["sample_ratio_pvalue"] > 0.9


def test_guardrails_tell_harm(laboratory: Laboratory) -> None:
    """Refunds 10 of 100 against 30 of 100, down is good: difference .2, interval .2 ± 1.96 · .0548 is above 0: harmed."""
    events = [(f"a{i}", "refund", 1) for i in range(10)] + [(f"b{i}", "refund", 1) for i in range(30)]
    lab = laboratory.open(split({"a": 100, "b": 100}), events, declare(guardrails="[refunders]"))
    found = lab.run("analyze_experiment")
    assert found.table.set_index("metric")["verdict"]["refunders"] == "harmed"
    assert any("A guardrail is harmed" in w.en for w in found.warnings)


def test_a_guardrail_is_safe_only_within_its_margin(laboratory: Laboratory) -> None:
    """50 of 100 each: interval ± .1386; with a margin of 30 % of .5 = .15 it is safe, of 20 % = .10 not yet."""
    events = [(f"{arm}{i}", "refund", 1) for arm in "ab" for i in range(50)]
    verdicts = []
    for margin in (0.3, 0.2):
        extra = declare(guardrails=f"[{{metric: refunders, margin: {margin}}}]")
        found = laboratory.open(split({"a": 100, "b": 100}), events, extra).run("analyze_experiment")
        verdicts.append(found.table.set_index("metric")["verdict"]["refunders"])
    assert verdicts == ["safe", "unclear"]


def test_effects_by_segment_with_a_test_of_heterogeneity(laboratory: Laboratory) -> None:
    """app: 10 of 40 against 30 of 40, +.5, variance (.25·.75 + .75·.25)/40 = .009375; web: 20 of 40 each, 0, variance
    2·.25/40 = .0125. Weights 106.67 and 80, mean effect .285714, Q = 106.67 · .214286² + 80 · .285714² = 11.4286,
    one degree of freedom: p = .00072."""
    rows = []
    for arm, channel, buyers in (("a", "app", 10), ("b", "app", 30), ("a", "web", 20), ("b", "web", 20)):
        for i in range(40):
            rows.append((f"{channel}-{arm}{i}", arm, channel, i < buyers))
    assigned = [(user, arm, 0.5) for user, arm, _, _ in rows]
    events = [(user, "open", -1, 0.0, channel) for user, _, channel, _ in rows]
    events += [(user, "buy", 1, 1.0, "elsewhere") for user, _, _, buys in rows if buys]
    found = laboratory.open(assigned, events).run("analyze_experiment", breakdown="channel")
    assert found.figures[0].name == "heterogeneity_buyers_b"
    assert found.figures[0].value == pytest.approx(0.00072, abs=1e-5)
    by_segment = found.table.set_index("segment")["effect"]
    assert (by_segment["app"], by_segment["web"]) == pytest.approx((0.5, 0.0))
    assert any("exploration after the fact" in w.en for w in found.warnings)


def test_reading_early_is_warned_of(laboratory: Laboratory) -> None:
    extra = declare(planned_users=50).replace("end: 2026-03-08", "end: 2026-06-01")
    found = laboratory.open(split({"a": 20, "b": 20}), [], extra).run("analyze_experiment")
    assert any("still running (planned to 2026-06-01" in w.en for w in found.warnings)
    ended = laboratory.open(split({"a": 20, "b": 20}), [], declare(planned_users=50)).run(
        "analyze_experiment"
    )
    assert any("20 users of the 50 planned" in w.en for w in ended.warnings)


def test_an_experiment_whose_exposure_is_an_event(laboratory: Laboratory) -> None:
    """The arm is a dimension of the event; b1 sees b first on day 3 and buys on day 2: before it, so it does not count."""
    events = [("a0", "seen", 0, 0.0, "a"), ("a1", "seen", 0, 0.0, "a"), ("b0", "seen", 0, 0.0, "b")]
    events += [("b1", "seen", 3, 0.0, "b"), ("b1", "buy", 2), ("b0", "buy", 1)]
    extra = declare().replace(
        "assignments: {path: assigned.csv, user: user, time: at, arm: arm}",
        "exposure: {event: seen, arm: channel}",
    )
    lab = laboratory.open([], events, extra)
    assert lab.values("analyze_experiment")["buyers_in_b"] == 0.5
    asked = {"exposure_event": "seen", "arm": "channel", "control": "a", "metric": "buyers"}
    values = lab.values("analyze_experiment", **asked, start="2026-03-02", end="2026-03-08")
    assert values["buyers_in_b"] == 0.5
    with pytest.raises(InvalidArgument, match="missing: start, end"):
        lab.run("analyze_experiment", **asked)


def test_questions_that_cannot_be_answered_say_why(laboratory: Laboratory) -> None:
    lab = laboratory.open(split({"a": 2, "b": 2}), [])
    with pytest.raises(InvalidArgument, match="no experiment tset\\. Did you mean: test"):
        lab.run("analyze_experiment", experiment="tset")
    with pytest.raises(InvalidPeriod, match="ran 2026-03-02 to 2026-03-08"):
        lab.run("analyze_experiment", start="2026-03-20", end="2026-03-25")
    with pytest.raises(NoData, match="Nobody was exposed"):
        lab.run("analyze_experiment", start="2026-03-04", end="2026-03-05")
    with pytest.raises(NoData, match="control arm a and in another"):
        laboratory.open(split({"x": 2, "b": 2}), []).run("analyze_experiment")
    with pytest.raises(InvalidArgument, match="declares no experiment"):
        laboratory.open([], [("u", "buy", 1)], "metrics: {}").run("analyze_experiment")


def test_users_that_all_do_the_same_are_not_tested(laboratory: Laboratory) -> None:
    found = laboratory.open(split({"a": 5, "b": 5}), []).run("analyze_experiment")
    values = {f.name: f.value for f in found.figures}
    assert (values["effect_buyers_b"], values["pvalue_buyers_b"]) == (0.0, None)
    assert any("cannot be tested" in w.en for w in found.warnings)


def test_small_arms_are_not_shown(laboratory: Laboratory) -> None:
    source = "{frame: events, user: user, time: at, event: event, min_group: 5}"
    events = [(f"{arm}{i}", "buy", 1) for arm in "ab" for i in range(30)]
    lab = laboratory.open(split({"a": 30, "b": 30}), events, source=source)
    assert lab.values("analyze_experiment")["users_a"] == 30
    small = laboratory.open(
        split({"a": 30, "b": 30, "c": 3}),
        events,
        declare(arms="{a: {share: 10}, b: {share: 10}, c: {}}"),
        source=source,
    )
    values = small.values("analyze_experiment")
    assert values["users_c"] is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            "metrics: [buyer]",
            "line 21: experiments.test names an unknown metric buyer\\. Did you mean: buyers",
        ),
        ("contorl: a", "unknown key contorl in experiments.test\\. Did you mean: control"),
        ("exposure: {event: buy, arm: channel}", "give either assignments or exposure"),
        ("start: 2026-04-08", "end is before start"),
    ],
)
def test_a_wrong_declaration_is_refused_by_line(laboratory: Laboratory, wrong: str, said: str) -> None:
    key = wrong.partition(":")[0]
    lines = [line for line in declare().splitlines() if not line.strip().startswith(f"{key}:")]
    if key == "metrics":
        lines = [line for line in declare().splitlines() if line != "    metrics: [buyers]"]
    with pytest.raises(SemanticsError, match=said):
        laboratory.open([], [], "\n".join([*lines, f"    {wrong}", ""]))
