"""A few of the simulations of `tests.evals.experiments`; with so few, bounds that one in a thousand would miss."""

import pytest
from scipy.stats import binom

from tests.evals.experiments import TRUTH, measure_coverage, measure_power

RUNS = 150


@pytest.mark.parametrize("name", TRUTH)
def test_intervals_hold_the_truth(name: str) -> None:
    assert binom.cdf(round(measure_coverage(name, RUNS) * RUNS), RUNS, 0.95) > 0.0005


@pytest.mark.parametrize("name", ["share", "cuped"])
def test_designed_experiments_find_what_they_were_designed_for(name: str) -> None:
    power, _ = measure_power(name, RUNS)
    assert 0.0005 < binom.cdf(round(power * RUNS), RUNS, 0.8) < 0.9995
