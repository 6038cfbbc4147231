"""Crosses of two dimensions are shown where they say more than their parents, and everything adds up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener
from tests.tools.test_drivers import EXTRA, PERIODS
from tools.contributions import SEPARATOR, Cube
from tools.driver_ranking import rank_parts
from tools.errors import InvalidArgument, InvalidPeriod, NoData
from tools.observation import Observation, binomial
from tools.periods import Period

MARCH = Period(pd.Timestamp("2026-03-01").date(), pd.Timestamp("2026-03-31").date())


def observed(rows: list[tuple], *, ratio: bool = True) -> Observation:
    cells = pd.DataFrame(rows, columns=["a", "b", "numerator", "denominator"])
    cells = binomial(cells) if ratio else cells.drop(columns="denominator")
    if not ratio:
        cells = cells.assign(n=cells["numerator"], numerator_square=cells["numerator"])
    return Observation(cells, ratio, MARCH)


def rank(now: Observation, before: Observation):
    change = (now.value or 0) - (before.value or 0)
    return rank_parts(Cube([now, before], [(0, 1)]), [now, before], ["a", "b"], change)


EVEN = [(a, b, 400, 1000) for a in "xy" for b in "uv"]


def test_a_change_of_one_cell_is_told_as_the_cross():
    # Only (x, u) falls, 400 -> 200 of 1000: R .4 -> .35. Its contribution is all of -.05. Either parent holds it
    # with weight .5, so that its share there gives half of -.05: the excess over both is -.025. Sampling: with mean
    # .375, (200*.390625 + 800*.140625 + 400*.390625 + 600*.140625) / 4000² = 431.25 / 1.6e7 of the cell, and of the
    # rest of a parent 2*(400*.390625 + 600*.140625) / 1.6e7 = 481.25 / 1.6e7: a quarter of both, sd .00378.
    now = [("x", "u", 200, 1000), *EVEN[1:]]
    ranking = rank(observed(now), observed(EVEN))
    first = ranking.parts[0]
    assert (first.dimensions, first.values) == (("a", "b"), ("x", "u"))
    assert first.segment == "a=x & b=u"
    row = first.table.iloc[0]
    assert row["contribution"] == pytest.approx(-0.05)
    assert row["beyond_noise"]
    # 2 + 2 segments and 4 cells: t at 1 - .05/16, 2.734 standard errors of √(431.25/1.6e7) = .005192.
    assert ranking.considered == 8
    assert row["high"] - row["contribution"] == pytest.approx(2.734369 * 0.00519164, abs=1e-7)


def test_a_change_of_a_whole_value_is_told_as_that():
    # x falls whatever b is: each cell of x has just its share.
    now = [("x", "u", 300, 1000), ("x", "v", 300, 1000), *EVEN[2:]]
    ranking = rank(observed(now), observed(EVEN))
    assert [p.dimensions for p in ranking.parts] == [("a",), ("b",)]
    assert ranking.parts[0].values == ("x",)


def test_a_change_of_few_is_not_told_as_a_cross():
    # The same fall as in the first case, among a hundredth of the users: .05 against a margin of .14.
    small = [(a, b, n // 100, d // 100) for a, b, n, d in EVEN]
    ranking = rank(observed([("x", "u", 2, 10), *small[1:]]), observed(small))
    assert [p.dimensions for p in ranking.parts if len(p.dimensions) > 1] == []


def test_counts_of_one_cell_are_told_as_the_cross():
    # 400 each, (x, u) falls to 100: of x's 800 -> 500 its share before, a half, gives -150 of -300; both parents.
    now = [("x", "u", 100, 0), *EVEN[1:]]
    ranking = rank(observed(now, ratio=False), observed(EVEN, ratio=False))
    assert (ranking.parts[0].values, ranking.parts[0].table["contribution"].iloc[0]) == (("x", "u"), -300)


def test_a_release_that_replaces_another_makes_no_cross():
    # y is replaced by z, with x's rate fallen: after, all of x is (x, z), so that it says no more than x itself.
    before = [("x", "y", 400, 1000), ("w", "y", 400, 1000)]
    now = [("x", "z", 200, 1000), ("w", "z", 400, 1000)]
    assert [p.dimensions for p in rank(observed(now), observed(before)).parts] == [("a",), ("b",)]


cell = st.tuples(st.sampled_from("xyz"), st.sampled_from("uvw"), st.integers(0, 50), st.integers(0, 50))
rows = st.lists(cell.map(lambda c: (c[0], c[1], min(c[2:]), max(c[2:]))), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(now=rows, before=rows, ratio=st.booleans(), data=st.data())
def test_every_part_adds_up_whatever_the_order(now, before, ratio, data):
    sides = [observed(r, ratio=ratio) for r in (now, before)]
    shuffled = [observed(data.draw(st.permutations(r)), ratio=ratio) for r in (now, before)]
    if any(side.value is None for side in sides):
        assert all(p.table.empty for p in rank(*sides).parts)
        return
    change = sides[0].value - sides[1].value
    cube = Cube(sides, [(0, 1)])
    for key in ([], ["a"], ["b"], ["a", "b"]):
        found = cube.split(key)
        assert found.changes[0].sum() == pytest.approx(change, abs=1e-9)
        assert found.sampling[0].sum() == pytest.approx(cube.split([]).sampling[0, 0], abs=1e-9)
        assert (found.sampling >= -1e-12).all()
    parts, again = rank(*sides).parts, rank(*shuffled).parts
    assert {p.name for p in parts} == {p.name for p in again}
    for part in parts:
        assert part.table["contribution"].sum() == pytest.approx(change, abs=1e-9)
        other = next(p for p in again if p.name == part.name).table.set_index("segment")
        assert other.loc[part.table["segment"], "contribution"].tolist() == pytest.approx(
            part.table["contribution"].tolist(), abs=1e-9
        )


def make_cross(rng: np.random.Generator) -> pd.DataFrame:
    """Make 28 days of sign-ups; from 18 March Android users from Douyin retain .3 less."""
    n = 28 * 300
    days = np.repeat(np.arange(28), 300)
    channel, platform = rng.choice(["douyin", "search"], n), rng.choice(["android", "ios"], n)
    rate = 0.45 - 0.3 * ((channel == "douyin") & (platform == "android") & (days >= 17))
    users = pd.DataFrame({"user": np.arange(n), "event": "signup", "channel": channel, "platform": platform})
    users["at"] = pd.Timestamp("2026-03-01 10:00") + pd.to_timedelta(days, unit="D")
    visits = users[rng.random(n) < rate].assign(event="visit")
    visits["at"] += pd.Timedelta(days=1)
    return pd.concat([users, visits], ignore_index=True)


def test_a_planted_cross_is_found_named_and_dated(open_workspace: Opener):
    frame = make_cross(np.random.default_rng(5))
    result = open_workspace(frame, extra=EXTRA).run("explain_change", metric="d1", **PERIODS)
    first = next(f for f in result.figures if f.name == "contribution")
    assert first.segment == "channel=douyin & platform=android"
    assert first.label.zh.startswith("channel = douyin × platform = android：")
    # A quarter of the users, 11 of 14 days of the period: .3 * .25 * 11/14 = .059.
    assert first.value == pytest.approx(-0.059, abs=0.015)
    onset = next(f for f in result.figures if f.name == "onset_rate_after")
    assert (onset.period, onset.segment) == ("2026-03-18", first.segment)
    assert onset.value == pytest.approx(0.15, abs=0.04)
    assert result.table["dimension"].iloc[0] == SEPARATOR.join(["channel", "platform"])
    for _, part in result.table.groupby("dimension"):
        assert part["contribution"].sum() == pytest.approx(result.figures[0].value, abs=1e-12)
    again = open_workspace(frame.sample(frac=1, random_state=1), extra=EXTRA)
    pd.testing.assert_frame_equal(again.run("explain_change", metric="d1", **PERIODS).table, result.table)


@pytest.mark.parametrize(
    ("changed", "error", "en", "zh"),
    [
        ({"dimensions": ["chanel"]}, InvalidArgument, "chanel is not known", "未知的维度：chanel"),
        ({"compare_start": "2026-03-10", "compare_end": "2026-03-20"}, InvalidPeriod, "overlap", "重叠"),
        ({"compare_start": "2026-03-15", "compare_end": "2026-03-28"}, InvalidPeriod, "the same", "相同"),
        ({"compare_start": "2025-03-01", "compare_end": "2025-03-14"}, NoData, "no data in", "没有数据"),
        ({"compare_end": None}, InvalidPeriod, "Give both", "同时给出"),
    ],
)
def test_bad_arguments_are_explained(open_workspace: Opener, changed, error, en, zh):
    workspace = open_workspace(make_cross(np.random.default_rng(5)), extra=EXTRA)
    with pytest.raises(error) as caught:
        workspace.run("explain_change", **({"metric": "d1"} | PERIODS | changed))
    assert en in caught.value.en
    assert zh in caught.value.zh


def make_shift(after: dict[str, float]) -> pd.DataFrame:
    """Make 14 + 14 days of 300 sign-ups a day, half of them each from two channels, which retain .4 and then `after`."""
    n = 28 * 300
    rng, days = np.random.default_rng(2), np.repeat(np.arange(28), 300)
    users = pd.DataFrame({"user": np.arange(n), "event": "signup", "channel": rng.choice([*after], n)})
    users["platform"] = rng.choice([f"p{k}" for k in range(12)], n)
    rate = np.where(days < 14, 0.4, users["channel"].map(after))
    users["at"] = pd.Timestamp("2026-03-01 10:00") + pd.to_timedelta(days, unit="D")
    visits = users[rng.random(n) < rate].assign(event="visit")
    visits["at"] += pd.Timedelta(days=1)
    return pd.concat([users, visits], ignore_index=True)


def test_noise_as_a_whole_may_hide_two_that_go_apart(open_workspace: Opener):
    workspace = open_workspace(make_shift({"a": 0.55, "b": 0.25}), extra=EXTRA)
    result = workspace.run("explain_change", metric="d1", **PERIODS)
    warnings = [w.en for w in result.warnings]
    assert "within noise" in warnings[0]
    assert warnings[1].startswith("Though the whole change is within noise")
    assert "channel = b" in warnings[1]
    assert "channel = a" in warnings[1]
    assert not any(f.name.startswith("onset") for f in result.figures)


def test_a_small_change_of_all_is_nobodys(open_workspace: Opener):
    # .4 -> .365 for everybody: about three standard errors of √(2 * .24 / 4200) = .0107 of the whole, under one and a
    # half of a channel's part, where three and a half would be needed.
    workspace = open_workspace(make_shift({"a": 0.365, "b": 0.365}), extra=EXTRA)
    result = workspace.run("explain_change", metric="d1", dimensions=["platform"], **PERIODS)
    assert result.figures[0].interval[1] < 0
    assert any(w.en.startswith("No single segment") and "分散" in w.zh for w in result.warnings)
    assert {f.segment for f in result.figures if f.name == "onset_rate_after"} <= {None}
