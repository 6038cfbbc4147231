"""Levels that change and stay, and what is not known of a level from little data."""

import numpy as np
import pytest

from tools.monitoring.departures import Departure, runs_in, score_error
from tools.monitoring.expectation import Dynamics, Expectation, fit_expectation
from tools.monitoring.scales import choose_scale
from tools.monitoring.walk import Course, walk_through

NOTHING = Expectation(0, 0.0, 0.0, (), Dynamics(1.0, 0.0))


def count(scores: list[float], side: int = 1) -> int | None:
    """Return how many scores it takes to a new level."""
    departure = Departure(side)
    return next((n for n, s in enumerate(scores, 1) if departure.add(n, NOTHING, s)), None)


def test_errors_on_one_side_sum_to_a_new_level() -> None:
    # Scores of 1.5 leave 1.5 - 0.5 = 1 each: six are above 5.8, five are not. Scores of 0.5 leave nothing.
    assert count([1.5] * 20) == 6
    assert count([-1.5] * 20, side=-1) == 6
    assert count([0.5] * 1000) is None
    # An error back takes 1.5 + 0.5 = 2: 1, 2, 3, 1, 2 … 6 at the ninth.
    assert count([1.5, 1.5, 1.5, -1.5, *[1.5] * 10]) == 9
    # Two outliers leave 2·(3 - 0.5) = 5, three 7.5.
    assert count([3.0] * 5) == 3


def test_a_departure_starts_after_the_last_point_at_nothing() -> None:
    # 1 - 0.5 = 0.5, then 0.5 - 1 - 0.5 < 0: nothing; it starts anew at the third point.
    departure = Departure(1)
    for at, score in enumerate((1.0, -1.0, 2.0, 2.0)):
        departure.add(at, NOTHING, score)
    assert departure.start == 2
    assert departure.total == pytest.approx(3.0)


def test_scores_are_normal_and_bounded() -> None:
    # 5 % of normal errors are beyond 1.96 either way; one in a million million counts as 3.
    assert score_error(0.2, 0.05) == pytest.approx(1.96, abs=0.001)
    assert score_error(-0.2, 0.05) == pytest.approx(-1.96, abs=0.001)
    assert score_error(-7.0, 1e-12) == -3
    assert score_error(1.0, 0.0) == 3
    assert score_error(0.0, 1.0) == 0


def test_errors_that_come_in_runs_count_less() -> None:
    # Four blocks of 1, 1, 1, 1 and -1, -1, -1, -1: each sum squared over 4 is 16/4 = 4, its root 2.
    runs = np.repeat([1.0, -1.0, 1.0, -1.0], 4)
    assert runs_in(runs, 4) == pytest.approx(2)
    assert runs_in(np.tile([1.0, -1.0], 8), 4) == 1  # sums of nothing: never below 1
    assert runs_in(runs[:12], 4) == 1  # three blocks tell nothing


def test_a_change_that_no_single_day_shows_is_a_new_level() -> None:
    # A change by 1.8 of the noise's standard deviations: no day has a chance below 1 in 1,000, together they are found.
    values = 50 + np.random.default_rng(8).normal(size=200)
    values[120:] += 1.8
    course = Course(values, (np.arange(200) % 7,), 7, [None] * 200, np.zeros(200))
    walk = walk_through(course)
    assert (walk.chance[120:150] > 0.001).all()
    (shift,) = walk.shifts
    assert 117 <= shift.at <= 123
    assert shift.moved == pytest.approx(1.8, abs=0.6)
    # What came before is carried to the new level, so that it is expected at once: 50 + 1.8, within half a deviation.
    assert walk.expected[150:].mean() == pytest.approx(51.8, abs=0.5)


def test_the_same_noise_without_a_change_has_no_new_level() -> None:
    values = 50 + np.random.default_rng(8).normal(size=200)
    course = Course(values, (np.arange(200) % 7,), 7, [None] * 200, np.zeros(200))
    assert walk_through(course).shifts == []


def test_little_data_leaves_level_and_drift_unsure() -> None:
    # Ten points of noise 1 and no steps: the level has the variance 1/10, the slope 12/10³; a step ahead 0.98 of it
    # counts: 1 + 0.1 + 0.012·0.98².
    model = fit_expectation(np.array([1.0, -1.0] * 5), (), 1, Dynamics(1.0, 0.0))
    assert model.unsure == pytest.approx((0.1, 0.012, 0))
    assert model.spread(np.array([1]))[0] ** 2 == pytest.approx(1 + 0.1 + 0.012 * 0.98**2)
    # Two steps ahead the slope has counted 0.98 + 0.98² = 1.9404 times.
    assert model.spread(np.array([2]))[0] ** 2 == pytest.approx(1 + 0.1 + 0.012 * 1.9404**2)


def test_the_scale_is_where_noise_does_not_grow_with_the_level() -> None:
    draw, hours = np.random.default_rng(9), np.arange(60 * 24)
    level = 400 * np.exp(1.5 * np.sin(hours * 2 * np.pi / 24))
    noises = {"log": 0.1 * level, "root": np.sqrt(level), "plain": np.full(len(level), 5.0)}
    for kind, noise in noises.items():
        values = level + noise * draw.normal(size=len(level))
        assert choose_scale(values, is_share=False, cycle=24).kind == kind
