"""What a series lets expect, by hand."""

from math import exp, log

import numpy as np
import pytest

from tools.monitoring.expectation import Dynamics, fit_expectation
from tools.monitoring.forecasting import backtest, make_forecast, seasonal_naive
from tools.monitoring.scales import Scale, choose_scale
from tools.monitoring.tails import Tail, fit_tail
from tools.monitoring.walk import Course, walk_through

WEEK = np.array([10.0, 12, 11, 13, 14, 20, 18])
"""A week's values; their mean is 98/7 = 14."""


def course(values: np.ndarray, *, cycle: int = 7, ahead: int = 60, occasions: dict | None = None) -> Course:
    count = len(values) + ahead
    phases = (np.arange(count) % cycle,) if cycle > 1 else ()
    named = [(occasions or {}).get(i) for i in range(count)]
    return Course(values, phases, cycle, named, np.zeros(len(values)))


def test_a_season_that_repeats_is_expected_exactly() -> None:
    # Five same weeks: level 14, effects value - 14, nothing left to chance.
    walk = walk_through(course(np.tile(WEEK, 5)))
    assert walk.last is not None
    assert walk.last.level == pytest.approx(14)
    assert walk.last.seasons[0] == pytest.approx(WEEK - 14)
    assert walk.expected[14:] == pytest.approx(np.tile(WEEK, 3))


def test_the_gain_is_that_of_the_steady_state() -> None:
    # q = 0.5: (√(0.25 + 2) - 0.5)/2 = (1.5 - 0.5)/2 = 0.5.
    assert Dynamics(noise=2.0, step=1.0).gain == pytest.approx(0.5)
    # And ahead: filtered variance 0.5·2 = 1, one step 1, noise 2: √4 = 2; four steps: √7.
    assert Dynamics(2.0, 1.0).spread(np.array([1, 4])) == pytest.approx([2.0, 7**0.5])


def test_drift_is_damped() -> None:
    # A straight line of 1 a day: the median slope is 1, of which 0.98, 0.98² … is expected further on.
    line = np.arange(50.0)
    model = fit_expectation(line, (), 1, Dynamics(0.0, 0.0))
    assert model.level == pytest.approx(49)
    assert model.drift == pytest.approx(1)
    ahead = model.project((), np.arange(50, 53))
    assert ahead == pytest.approx([49.98, 49.98 + 0.9604, 49.98 + 0.9604 + 0.941192])


def test_one_wild_point_moves_neither_level_nor_season() -> None:
    values = np.tile(WEEK, 8)
    values[30] = 1000
    walk = walk_through(course(values))
    assert walk.chance[30] == 0
    assert walk.expected[31:] == pytest.approx(np.tile(WEEK, 8)[31:])
    assert walk.shifts == []


def test_three_points_on_one_side_are_a_new_level() -> None:
    values = np.tile(WEEK, 10)
    values[40:] += 5
    walk = walk_through(course(values))
    assert [s.at for s in walk.shifts] == [40]
    assert (walk.chance[40:43] < 0.001).all()
    assert walk.expected[43:48] == pytest.approx(values[43:48])


def test_gaps_are_passed_over() -> None:
    values = np.tile(WEEK, 8)
    values[[20, 21, 33]] = np.nan
    walk = walk_through(course(values))
    assert np.isnan(walk.chance[[20, 21, 33]]).all()
    assert walk.expected[34:] == pytest.approx(np.tile(WEEK, 8)[34:])


def test_a_constant_series_has_no_anomaly_and_any_change_is_one() -> None:
    flat = np.full(40, 7.0)
    assert (walk_through(course(flat)).chance[28:] == 1).all()
    flat[35] = 8
    assert walk_through(course(flat)).chance[35] == 0


def test_what_a_festival_brought_is_expected_when_it_returns() -> None:
    # 100 above the usual on its first time; the second time that is no surprise.
    values = np.tile(WEEK, 12)
    values[[30, 65]] += 100
    walk = walk_through(course(values, occasions={30: ("618", 17), 65: ("618", 17)}))
    assert walk.unprecedented == [30]
    assert walk.chance[30] == 0
    assert walk.expected[65] == pytest.approx(WEEK[65 % 7] + 100)
    assert walk.chance[65] == 1


def test_a_short_series_is_not_judged() -> None:
    assert np.isnan(walk_through(course(np.tile(WEEK, 2))).chance).all()


def test_the_tail_of_errors() -> None:
    # Student's with 1 degree of freedom (two errors known): P(|t| > 1) = 1/2.
    assert float(Tail(2.0, 1e6, 2).chance(2.0)) == pytest.approx(0.5)
    assert Tail(2.0, 1e6, 2).margin(0.5) == pytest.approx(2.0)
    normal = np.random.default_rng(3).normal(size=4000) * 0.3
    assert fit_tail(normal).scale == pytest.approx(0.3, rel=0.06)
    assert fit_tail(normal).freedom >= 20
    heavy = np.random.default_rng(3).standard_t(3, size=4000)
    assert fit_tail(heavy).freedom == pytest.approx(3, abs=1)


def test_scales() -> None:
    # Above zero: logarithms. With more zeros than one in fifty: roots. Below zero, or a share: as they are.
    values = np.array([1.0, 10, 100])
    assert choose_scale(values, is_share=False).forward(values) == pytest.approx([0, log(10), log(100)])
    assert choose_scale(np.array([0.0, 4, 9]), is_share=False).forward(np.array([4.0])) == pytest.approx([2])
    assert choose_scale(np.array([-1.0, 4]), is_share=False).kind == "plain"
    assert choose_scale(np.array([0.1, 0.2]), is_share=True).back(np.array([1.3])) == pytest.approx([1])
    assert Scale("log", 0.5).back(np.array([1.0])) == pytest.approx([exp(1)])
    # Errors by the delta method: 2/10 of ten, on logarithms; 2/(2·√16) = 1/4 on roots.
    assert Scale("log").error(np.array([10.0]), np.array([2.0])) == pytest.approx([0.2])
    assert Scale("root").error(np.array([16.0]), np.array([2.0])) == pytest.approx([0.25])


def test_the_naive_forecast_repeats_the_last_season() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 6])
    assert seasonal_naive(values, 3, 6, 4) == pytest.approx([4, 5, 6, 4])
    values[4] = np.nan  # a gap is filled from the season before
    assert seasonal_naive(values, 3, 6, 3) == pytest.approx([4, 2, 6])


def test_a_series_that_repeats_is_forecast_without_error() -> None:
    values = np.tile(WEEK, 10)
    series = course(values)
    walk = walk_through(series)
    tested = backtest(series, walk, Scale("plain"), values, 14)
    forecast = make_forecast(series, walk, Scale("plain"), values, tested, 14)
    assert forecast.middle == pytest.approx(np.tile(WEEK, 2))
    assert forecast.naive == pytest.approx(np.tile(WEEK, 2))
    assert tested.absolute.max() == pytest.approx(0, abs=1e-9)
    assert tested.mase is None  # repeating makes no error to scale by


def test_mase_by_hand() -> None:
    # Without season, the last value repeated: on a line of 1 a day the naive error h ahead is h; with a horizon of 2
    # its mean is 1.5, and the mean change from day to day is 1.
    values = np.arange(60.0)
    series = course(values, cycle=1)
    tested = backtest(series, walk_through(series), Scale("plain"), values, 2)
    assert tested.unit == pytest.approx(1)
    assert tested.naive_mase == pytest.approx(1.5)
    # The slope is told from ten points; of 1 a day, damping then loses 0.02 on the first and 0.06 on both, 0.04 a step.
    known = tested.absolute[tested.origins >= 30]
    assert known.mean() == pytest.approx(0.04, abs=0.01)


def test_false_alarms_are_as_rare_as_asked() -> None:
    # 12 series of noise, 142 points each from the fifth week on: at 0.02 some 34 alarms; by binomial bounds, and
    # since a scale known from few errors is wide on purpose, 0.5 % to 3 %.
    draw, alarms, judged = np.random.default_rng(11), 0, 0
    for _ in range(12):
        values = np.tile(WEEK, 25)[:170] + draw.normal(size=170)
        chance = walk_through(course(values)).chance[28:]
        alarms += int((chance < 0.02).sum())
        judged += len(chance)
    assert 0.005 < alarms / judged < 0.03


def test_intervals_cover_what_they_say() -> None:
    draw, held, total = np.random.default_rng(7), 0.0, 0
    for _ in range(8):
        values = np.tile(WEEK, 22) + draw.normal(size=154) + np.cumsum(draw.normal(size=154)) * 0.2
        series = course(values)
        tested = backtest(series, walk_through(series), Scale("plain"), values, 14)
        coverage, n = tested.coverage
        held, total = held + (coverage or 0) * n, total + n
    assert 0.92 < held / total < 0.995
