"""BG/NBD and gamma-gamma: values worked out by hand, and parameters found again."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.value import buying, spending
from tools.value.buying import BuyingModel, Histories, fit_buying
from tools.value.fitting import Fit, interval_around, spread_of
from tools.value.spending import SpendingModel, fit_spending

ONES = BuyingModel(1.0, 1.0, 1.0, 1.0)


def history(x: float, recency: float, age: float) -> Histories:
    return Histories(*(np.array([float(v)]) for v in (x, recency, age, 1)))


def test_likelihood_without_a_repeat():
    """r = α = a = b = 1, x = 0, T = 1: (α / (α + T))^r = 1/2."""
    found = buying.log_likelihood(np.ones(4), history(0, 0, 1))
    assert found == pytest.approx([math.log(1 / 2)])


def test_likelihood_with_a_repeat():
    """All parameters 1, x = 1 at 1 of T = 3. Γ(2)/Γ(1) = 1. Alive: B(1,2)/B(1,1) = 1/2, (1/(1+3))² = 1/16: 1/32.
    Stopped: B(2,1)/B(1,1) = 1/2, (1/(1+1))² = 1/4: 1/8. Together 5/32, and 1/5 of it is alive."""
    found = buying.log_likelihood(np.ones(4), history(1, 1, 3))
    assert found == pytest.approx([math.log(5 / 32)])
    assert ONES.chance_alive(history(1, 1, 3)) == pytest.approx([1 / 5])
    assert ONES.chance_alive(history(0, 0, 3)) == [1.0]


def test_expected_purchases_of_a_new_customer():
    """All parameters 1: ∫ (1 - 1/(1 + pt)) / p dp = ∫ t / (1 + pt) dp = ln(1 + t); the closed form is 0/0 here."""
    assert ONES.expect(4.0) == pytest.approx(math.log(5))
    assert ONES.expect(0.0) == 0.0


def test_expected_purchases_after_a_history():
    """x = 1 at 1 of 3, 4 ahead: p has density 2(1 - p), and (1 - (4/(4 + 4p))²)/p = (2 + p)/(1 + p)². With u = 1 + p
    the integral is ∫₁² (4/u² + 2/u - 2) du = 2 + 2 ln 2 - 2 = 2 ln 2; times the 1/5 who are alive."""
    assert ONES.expect_after(4.0, history(1, 1, 3)) == pytest.approx([2 * math.log(2) / 5])


def test_expectation_agrees_with_the_published_closed_form():
    """Equation 10 of Fader, Hardie and Lee (2005), by the hypergeometric function, at CDNOW's estimates: 1.226."""
    from scipy.special import hyp2f1

    r, alpha, a, b, x, recency, age, t = 0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86, 39
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    above = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * series)
    below = 1 + a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
    found = BuyingModel(r, alpha, a, b).expect_after(t, history(x, recency, age))
    assert found == pytest.approx([above / below], rel=1e-9)
    assert found == pytest.approx([1.226], abs=5e-4)


def test_very_frequent_buyers_stay_finite():
    model = BuyingModel(0.5, 3.0, 1e-4, 900.0)
    found = model.expect_after(365.0, history(2000, 4000, 4001))
    # Nobody stops: the rate is (r + x) / (α + T) = 2000.5 / 4004.
    assert found == pytest.approx([2000.5 / 4004 * 365], rel=1e-2)
    assert np.isfinite(buying.log_likelihood(np.array([0.5, 3.0, 1e-4, 900.0]), history(2000, 4000, 4001)))


def test_likelihood_of_amounts():
    """p = 1, q = 2, v = 3, two purchases of 1.5 on average: Γ(4)/(Γ(2)Γ(2)) · 3² · 1.5¹ · 2² / (3 + 3)⁴ = 324/1296."""
    found = spending.log_likelihood(np.array([1.0, 2.0, 3.0]), np.array([2.0]), np.array([1.5]))
    assert found == pytest.approx([math.log(1 / 4)])


def test_expected_amount_lies_between_own_mean_and_everybody():
    """p = 1, q = 2, v = 3: everybody 3/(2 - 1) = 3; of two purchases of 1.5: (3 + 3)/(2 + 1) = 2."""
    model = SpendingModel(1.0, 2.0, 3.0)
    assert model.mean == 3.0
    assert model.expect(np.array([2.0]), np.array([1.5])) == pytest.approx([2.0])
    assert SpendingModel(1.0, 1.0, 3.0).mean is None


def simulate(rng: np.random.Generator, n: int) -> Histories:
    r, alpha, a, b = 0.8, 6.0, 0.8, 2.5
    rows = []
    for rate, stop, age in zip(
        rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), rng.uniform(20, 40, n), strict=True
    ):
        x, at = 0, 0.0
        while (after := at + rng.exponential(1 / rate)) < age:
            x, at = x + 1, after
            if rng.random() < stop:
                break
        rows.append((x, at, age, 1.0))
    return Histories(*np.array(rows).T)


def test_known_parameters_are_found_again():
    histories = simulate(np.random.default_rng(3), 2000)
    model, fit = fit_buying(histories)
    assert fit.is_inside
    assert fit.covariance is not None
    off = np.log(fit.values / np.array([0.8, 6.0, 0.8, 2.5])) / np.sqrt(np.diag(fit.covariance))
    assert np.abs(off).max() < 3.5
    weeks = Histories(histories.frequency, histories.recency * 7, histories.age * 7, histories.customers)
    other, again = fit_buying(weeks)
    # In another unit of time only α changes, and the density by 7 for each purchase.
    assert (other.r, other.alpha, other.a, other.b) == pytest.approx(
        (model.r, model.alpha * 7, model.a, model.b), rel=1e-3
    )
    shift = float(histories.frequency.sum()) * math.log(7)
    assert again.log_likelihood == pytest.approx(fit.log_likelihood - shift)
    assert other.expect(70.0) == pytest.approx(model.expect(10.0), rel=1e-4)


def test_known_amounts_are_found_again():
    rng = np.random.default_rng(4)
    purchases = rng.integers(1, 12, 3000).astype(float)
    mean = rng.gamma(6.0 * purchases) / purchases / rng.gamma(4.0, 1 / 15.0, 3000)
    model, fit = fit_spending(purchases, mean)
    assert fit.covariance is not None
    off = np.log(fit.values / np.array([6.0, 4.0, 15.0])) / np.sqrt(np.diag(fit.covariance))
    assert np.abs(off).max() < 3.5
    assert model.mean == pytest.approx(6 * 15 / 3, rel=0.05)


@settings(deadline=None, max_examples=25)
@given(
    st.tuples(*[st.floats(0.05, 20.0)] * 4),
    st.integers(0, 200),
    st.floats(0.0, 1.0),
    st.floats(0.5, 500.0),
    st.floats(0.1, 300.0),
)
def test_expectations_are_sound(parameters: tuple, x: int, share: float, age: float, time: float):
    model, own = BuyingModel(*parameters), history(x, age * share if x else 0.0, age)
    alive = float(model.chance_alive(own)[0])
    near, far = (float(model.expect_after(t, own)[0]) for t in (time / 2, time))
    assert 0 <= alive <= 1
    assert 0 <= near <= far * (1 + 1e-9) <= time * (model.r + x) / (model.alpha + age) * (1 + 1e-6)


def test_error_of_a_function_of_parameters():
    """Var ln θ = 0.01: of θ² at θ = 3 the slope against ln θ is 2θ² = 18, so its error is 18 · 0.1 = 1.8."""
    fit = Fit(np.array([3.0]), np.array([[0.01]]), 0.0, is_inside=True)
    assert spread_of(lambda v: float(v[0] ** 2), fit) == pytest.approx(1.8, rel=1e-6)
    # e^(1.96 · 1.8/9) = 1.4799 either way.
    assert interval_around(9.0, 1.8) == pytest.approx((9 / 1.4799, 9 * 1.4799), rel=1e-4)
    assert interval_around(9.0, 1.8, None) is None
