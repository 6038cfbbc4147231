"""What moved a metric: exact sums, a known effect, and silence about noise."""

import numpy as np
import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools.decomposition import decompose_ratio, decompose_sum
from tools.errors import InvalidPeriod
from tools.intervals import newcombe_interval, welch_interval, wilson_interval

PERIODS = {
    "start": "2026-03-15",
    "end": "2026-03-28",
    "compare_start": "2026-03-01",
    "compare_end": "2026-03-14",
}
EXTRA = """
dimensions: {channel: {column: channel}, platform: {column: platform}}
metrics:
  d1: {kind: retention, cohort_event: signup, return_event: visit}
  signups: {kind: event_count, event: signup}
"""


def cells(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["s", "numerator", "denominator", "n"])


def test_rate_and_mix_by_hand():
    # a: 100 of 200 → 80 of 200 (rate .5 → .4, weight .5 → .4); b: 20 of 200 → 30 of 300 (.1 → .1, .5 → .6).
    before, after = (
        cells([("a", 100, 200, 200), ("b", 20, 200, 200)]),
        cells([("a", 80, 200, 200), ("b", 30, 300, 300)]),
    )
    parts = decompose_ratio(after, before, "s").set_index("segment")
    # R: 120/400 = .3 → 110/500 = .22, mean .26. a: rate .45 * -.1 = -.045, mix -.1 * (.45 - .26) = -.019.
    assert parts.loc["a", "rate_effect"] == pytest.approx(-0.045)
    assert parts.loc["a", "mix_effect"] == pytest.approx(-0.019)
    # b: rate 0, mix .1 * (.1 - .26) = -.016. Together -.08.
    assert parts.loc["b", "rate_effect"] == pytest.approx(0)
    assert parts.loc["b", "mix_effect"] == pytest.approx(-0.016)
    assert parts["contribution"].sum() == pytest.approx(-0.08, abs=1e-12)
    assert parts["share"].sum() == pytest.approx(1)


def test_a_segment_of_one_period_is_mix_and_the_sum_stays_exact():
    before, after = (
        cells([("a", 50, 100, 100), ("old", 1, 50, 50)]),
        cells([("a", 40, 100, 100), ("new", 9, 30, 30)]),
    )
    parts = decompose_ratio(after, before, "s").set_index("segment")
    assert parts.loc["new", "rate_effect"] == 0
    assert parts["contribution"].sum() == pytest.approx(49 / 130 - 51 / 150, abs=1e-12)
    assert np.isnan(parts.loc["new", "before"])


def test_sums_split_into_differences():
    after, before = cells([("a", 5, 0, 5), ("c", 2, 0, 2)]), cells([("a", 9, 0, 9), ("b", 1, 0, 1)])
    parts = decompose_sum(after, before, "s").set_index("segment")
    assert parts["contribution"].to_dict() == {"a": -4, "b": -1, "c": 2}
    assert parts["share"].sum() == pytest.approx(1)


def test_nothing_to_divide_by_is_empty():
    assert decompose_ratio(cells([("a", 0, 0, 0)]), cells([("a", 1, 2, 2)]), "s").empty


def test_intervals_match_published_values():
    # Newcombe (1998), table II, case a, method 10; Wilson's 81 of 263 is from the same author's companion paper.
    assert newcombe_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 0) is None
    assert welch_interval([1.0], [1.0, 2.0]) is None


def make_signups(rng: np.random.Generator, *, drop: float) -> pd.DataFrame:
    """Make 28 days of sign-ups of three channels and two platforms; from 18 March douyin retains `drop` less."""
    n = 28 * 300
    days = np.repeat(np.arange(28), 300)
    channel = rng.choice(["douyin", "search", "organic"], n, p=[0.3, 0.3, 0.4])
    rate = 0.4 - drop * ((channel == "douyin") & (days >= 17))
    users = pd.DataFrame(
        {
            "user": np.arange(n),
            "event": "signup",
            "at": pd.Timestamp("2026-03-01 10:00") + pd.to_timedelta(days, unit="D"),
            "channel": channel,
            "platform": rng.choice(["android", "ios"], n, p=[0.7, 0.3]),
        }
    )
    visits = users[rng.random(n) < rate].assign(event="visit")
    visits["at"] += pd.Timedelta(days=1)
    return pd.concat([users, visits], ignore_index=True)


def test_a_planted_drop_is_found_named_and_dated(open_workspace: Opener):
    workspace = open_workspace(make_signups(np.random.default_rng(7), drop=0.25), extra=EXTRA)
    result = workspace.run("explain_change", metric="d1", **PERIODS)
    change = result.figures[0]
    assert change.name == "change"
    assert change.interval is not None
    assert change.interval[1] < 0
    foremost = next(f for f in result.figures if f.name == "contribution")
    assert foremost.segment == "channel=douyin"
    assert foremost.value == pytest.approx(change.value, abs=0.02)
    onset = next(f for f in result.figures if f.name == "onset_rate_after")
    assert onset.period == "2026-03-18"
    assert onset.value == pytest.approx(0.15, abs=0.04)
    for _, parts in result.table.groupby("dimension"):
        assert parts["contribution"].sum() == pytest.approx(change.value, abs=1e-12)
    assert any(d.value.en.startswith("beyond noise") for d in result.definition)


def test_a_change_within_noise_is_called_that(open_workspace: Opener):
    workspace = open_workspace(make_signups(np.random.default_rng(1), drop=0.0), extra=EXTRA)
    for metric in ("d1", "signups"):
        result = workspace.run("explain_change", metric=metric, **PERIODS)
        assert any("within noise" in w.en for w in result.warnings)
        assert not any(f.name.startswith("onset") for f in result.figures)


def test_counts_split_by_volume(open_workspace: Opener):
    workspace = open_workspace(make_signups(np.random.default_rng(1), drop=0.0), extra=EXTRA)
    result = workspace.run("explain_change", metric="signups", dimensions=["channel"], **PERIODS)
    assert "mix_effect" not in result.table
    assert result.table["contribution"].sum() == result.figures[0].value == 0


def test_open_windows_are_no_fall(open_workspace: Opener):
    # Everybody buys on the sixth day after sign-up; the data ends before the second week's have.
    days = pd.date_range("2026-03-01", "2026-03-14")
    rows = [(f"{d:%d}{u}", "signup", f"{d:%Y-%m-%d} 10:00") for d in days for u in range(50)]
    rows += [(u, "buy", str(pd.Timestamp(at) + pd.Timedelta(days=6))) for u, _, at in rows]
    rows = [r for r in rows if r[2] < "2026-03-15"]
    extra = "metrics: {buy: {kind: conversion, steps: [signup, buy], window: 7d}}"
    result = open_workspace(rows, extra=extra).run(
        "explain_change",
        metric="buy",
        start="2026-03-08",
        end="2026-03-14",
        compare_start="2026-03-01",
        compare_end="2026-03-07",
    )
    change, value, before = result.figures[:3]
    assert (change.value, value.value, value.n, before.value) == (None, None, 0, 1.0)
    assert any("350 users whose window" in w.en for w in result.warnings)


def test_a_comparison_is_needed(open_workspace: Opener):
    workspace = open_workspace(make_signups(np.random.default_rng(1), drop=0.0), extra=EXTRA)
    with pytest.raises(InvalidPeriod, match="needs compare_start"):
        workspace.run("explain_change", metric="d1", start="2026-03-01", end="2026-03-02")


def test_no_dimension_and_no_denominator_still_answer(open_workspace: Opener):
    rows = [("a", "signup", "2026-03-01"), ("a", "visit", "2026-03-28")]
    workspace = open_workspace(
        rows, extra="metrics: {d1: {kind: retention, cohort_event: signup, return_event: visit}}"
    )
    result = workspace.run("explain_change", metric="d1", **PERIODS)
    assert result.figures[0].value is None
    assert result.table.empty
    assert any("no denominator" in w.en for w in result.warnings)


def make_counts(days: dict[str, dict[tuple[str, str, str], int]]) -> pd.DataFrame:
    """Make as many events on each day as are given by (channel, version, campaign)."""
    rows = [(day, *values) for day, counts in days.items() for values, n in counts.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["at", "channel", "version", "campaign"])
    frame["at"] = pd.to_datetime(frame["at"])
    return frame.assign(user=np.arange(len(frame)), event="invite")


@pytest.mark.parametrize(
    ("before", "after", "foremost", "contribution", "dimensions"),
    [
        # Invites 19 -> 72, +53. A campaign of one period: 0 -> 64 and none 19 -> 8; 64/53 counts as 1, weight before 0,
        # offsetting (64+11)/53 = 1.42: 1/1.42 = .71. The release: 1 -> 68, old 18 -> 4; 67/53 counts as 1, weight
        # 1/19, offsetting 81/53 = 1.53: .95/1.53 = .62. Channel: one value, which tells nothing.
        (
            {("app", "old", "none"): 18, ("app", "new", "none"): 1},
            {("app", "old", "none"): 4, ("app", "new", "none"): 4, ("app", "new", "july"): 64},
            "campaign=july",
            64,
            ["campaign", "version"],
        ),
        # Sign-ups 30 -> 36, +6. Channel: referral 2 -> 7, other 28 -> 29; 5/6 - 2/30 = .77, nothing offset. The
        # release: 2 -> 36, old 28 -> 0; 34/6 counts as 1, offsetting 62/6 = 10.3: (1 - 2/30)/10.3 = .09.
        (
            {("other", "old", "none"): 26, ("other", "new", "none"): 2, ("referral", "old", "none"): 2},
            {("other", "new", "none"): 29, ("referral", "new", "none"): 7},
            "channel=referral",
            5,
            ["channel", "version"],
        ),
    ],
)
def test_what_replaces_one_another_ranks_low(
    open_workspace: Opener, before, after, foremost, contribution, dimensions
):
    extra = """
dimensions: {version: {column: version}, campaign: {column: campaign}, channel: {column: channel}}
metrics: {invites: {kind: event_count, event: invite}}
"""
    workspace = open_workspace(make_counts({"2026-06-01": before, "2026-06-02": after}), extra=extra)
    result = workspace.run(
        "explain_change",
        metric="invites",
        start="2026-06-02",
        end="2026-06-02",
        compare_start="2026-06-01",
        compare_end="2026-06-01",
    )
    first = next(f for f in result.figures if f.name == "contribution")
    assert (first.segment, first.value) == (foremost, contribution)
    assert list(result.table["dimension"].unique()) == dimensions
    assert {f.segment.partition("=")[0] for f in result.figures if f.segment} == set(dimensions)
    left_out = next(line.value.en for line in result.definition if line.label.en == "left out")
    assert left_out.endswith({"channel": "campaign", "campaign": "channel"}[dimensions[0]])


def test_where_every_dimension_has_one_value_the_whole_is_told(open_workspace: Opener):
    workspace = open_workspace(
        make_counts({"2026-06-01": {("a", "b", "c"): 2}, "2026-06-02": {("a", "b", "c"): 5}}),
        extra="dimensions: {channel: {column: channel}}\nmetrics: {invites: {kind: event_count, event: invite}}",
    )
    days = {
        "start": "2026-06-02",
        "end": "2026-06-02",
        "compare_start": "2026-06-01",
        "compare_end": "2026-06-01",
    }
    result = workspace.run("explain_change", metric="invites", **days)
    assert (result.figures[0].name, result.figures[0].value) == ("change", 3)
    assert len(result.table) == 0


@pytest.mark.parametrize(
    "metric",
    [
        "{kind: event_count, event: v}",
        "{kind: active_users, event: v}",
        "{kind: conversion, steps: [v, w]}",
        "{kind: retention, cohort_event: v}",
        "{kind: ratio, numerator: {event: v}, denominator: {event: v, count: users}}",
    ],
)
def test_nothing_in_both_periods_is_no_change(open_workspace: Opener, metric):
    # v is done on the 1st and the 30th only: of the 10th to the 15th there is nothing to take apart.
    rows = [(1, "v", "2026-03-01", "x"), (1, "v", "2026-03-30", "x"), (1, "w", "2026-03-12", "x")]
    extra = f"dimensions: {{channel: {{column: channel}}}}\nmetrics: {{m: {metric}}}"
    result = open_workspace(rows, extra=extra).run(
        "explain_change",
        metric="m",
        start="2026-03-13",
        end="2026-03-15",
        compare_start="2026-03-10",
        compare_end="2026-03-12",
    )
    assert next(f for f in result.figures if f.name == "change").value in (0, None)
    assert not any(f.name == "contribution" for f in result.figures)
    assert result.table.empty
