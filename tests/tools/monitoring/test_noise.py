"""Noise that has a season, and errors judged in units besides."""

import numpy as np
import pytest
from scipy.stats import t

from tools.monitoring.noise import Judge, Noise, fit_noise, no_noise
from tools.monitoring.scales import PLAIN, Scale, choose_scale
from tools.monitoring.tails import Tail
from tools.monitoring.walk import Course, Walk, walk_through

HOURS = 56 * 24
HOUR, WEEK = np.arange(HOURS) % 24, np.arange(HOURS) % 168
LEVEL = np.exp(3 + 0.8 * np.sin(HOUR * 2 * np.pi / 24))


def walk(values: np.ndarray, *, by_hour: bool = True) -> Walk:
    scale = choose_scale(values, is_share=False, cycle=24)
    course = Course(
        scale.forward(values), (HOUR, WEEK), 168, [None] * HOURS, np.zeros(HOURS), scale, by_hour=by_hour
    )
    return walk_through(course)


def test_a_phase_has_its_own_size_of_errors() -> None:
    # Phase 0 errs by 3 on either side, phase 1 by 1/3: logarithms ±ln 3 around their mean, with nothing left beside them.
    errors = np.tile([3.0, 1 / 3, -3.0, -1 / 3], 10)
    phase = np.arange(40) % 2
    found = fit_noise(errors, phase, no_noise(2), 40, by_phase=True)
    assert found.unrest == pytest.approx([3, 1 / 3])
    # Each of the two is known from 20 errors.
    assert found.tail.freedom == 19
    assert found.spread(0) / found.spread(1) == pytest.approx(9)
    alike = fit_noise(errors, phase, no_noise(2), 40, by_phase=False)
    assert alike.unrest.tolist() == [1, 1]
    assert alike.spread(0) == alike.spread(1)


def test_noise_alike_at_all_phases_is_left_so_and_few_errors_tell_nothing() -> None:
    assert fit_noise(
        np.tile([1.0, -1.0], 30), np.arange(60) // 2 % 2, no_noise(2), 60, by_phase=True
    ).unrest.tolist() == [1, 1]
    known = Noise(Tail(2.0, 1e6, 30), np.ones(2))
    few = np.array([1.0] * 9 + [np.nan] * 20)
    assert fit_noise(few, np.arange(29) % 2, known, 29, by_phase=True) is known


def test_the_scale_of_errors_is_drawn_to_a_floor_known_otherwise() -> None:
    # Ten errors of size 3 beside a floor of 5 that counts as ten: √((10·9 + 10·25)/20) = √17.
    noise = Noise(Tail(3.0, 1e6, 10), np.ones(1))
    assert noise.spread(0, 5.0) == pytest.approx(17**0.5)
    assert noise.spread(0, 2.0) == 3


def test_an_hour_is_as_rare_as_twice_the_rarer_of_scale_and_units() -> None:
    own, units = Noise(Tail(0.5, 10, 50), np.ones(1)), Noise(Tail(4.0, 10, 50), np.ones(1))
    judge = Judge(own, units, Scale("root"))
    # From 3 to 5 on the root scale: 2/0.5 = 4 scales. In units from 9 to 25: 16/4 = 4 scales, too.
    assert judge.chance(5.0, 3.0, 0, 0.5) == pytest.approx(2 * 2 * t.sf(4, 10))
    # From 7 to 8 it is 2 scales, and 15/4 in units, which is rarer.
    assert judge.chance(8.0, 7.0, 0, 0.5) == pytest.approx(2 * 2 * t.sf(3.75, 10))
    assert Judge(own, None, Scale("root")).chance(8.0, 7.0, 0, 0.5) == pytest.approx(2 * t.sf(2, 10))
    # Beyond the bounds it is rarer than the rate, either way.
    low, high = judge.bounds(7.0, 0, 0.5, 0.01)
    for bound in (low, high):
        assert judge.chance(bound**0.5, 7.0, 0, 0.5) == pytest.approx(0.01)
    assert np.isnan(Judge(no_noise(1), None, PLAIN).chance(1.0, 0.0, 0, 1.0))


def test_a_burst_at_noon_counts_where_nights_swing() -> None:
    draw = np.random.default_rng(4)
    # Small hours swing by a factor of e on either side, the rest by a tenth.
    size = np.where(HOUR < 8, 1.0, 0.1)
    values = np.exp(np.log(LEVEL) + size * draw.normal(size=HOURS))
    values[50 * 24 + 12] *= 2
    found, alike = walk(values), walk(values, by_hour=False)
    assert found.chance[50 * 24 + 12] < 0.0005
    assert alike.chance[50 * 24 + 12] > 0.01


@pytest.mark.parametrize("kind", ["counts", "ratios", "steady"])
def test_hours_to_which_nothing_happens_are_called_as_rarely_as_asked(kind: str) -> None:
    draw, chances = np.random.default_rng(11), []
    for _ in range(3):
        values = {
            "counts": lambda: draw.poisson(LEVEL).astype(float),
            "ratios": lambda: LEVEL * np.exp(0.3 * draw.normal(size=HOURS)),
            "steady": lambda: 100 + LEVEL * draw.normal(size=HOURS),
        }[kind]()
        chances.append(walk(values).chance[HOURS // 2 :])
    found = np.concatenate(chances)
    # 2,016 hours: 1 % and three standard errors of it, .22 points each; .3 % and .12 points.
    assert (found < 0.01).mean() <= 0.0166
    assert (found < 0.003).mean() <= 0.0067
