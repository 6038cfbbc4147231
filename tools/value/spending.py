"""What customers spend per purchase: the gamma-gamma model, fitted by maximum likelihood.

A customer's purchases have gamma amounts with shape p and rate ν, and over customers ν is gamma with shape q and
rate v; how often somebody buys says nothing of how much. Fader, Hardie and Lee (2005), "RFM and CLV: using iso-value
curves for customer base analysis", Journal of Marketing Research 42(4); Fader and Hardie (2013), "The gamma-gamma
model of monetary value": equation 1a is the likelihood, 5 the expectation.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tools.value.fitting import Fit, fit_positive

if TYPE_CHECKING:
    import numpy as np

_STARTS = [[6.0, 4.0, 4.0], [1.0, 2.0, 1.0]]


@dataclass(frozen=True, slots=True)
class SpendingModel:
    """A fitted gamma-gamma model."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float | None:
        """Mean amount per purchase of a customer of whom nothing is known; None where there is none (q at most 1)."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def expect(self, purchases: "np.ndarray", mean: "np.ndarray") -> "np.ndarray":
        """Return the mean amount per purchase to be expected of customers with so many purchases of such a mean."""
        return self.p * (self.v + purchases * mean) / (self.p * purchases + self.q - 1)


def log_likelihood(values: "np.ndarray", purchases: "np.ndarray", mean: "np.ndarray") -> "np.ndarray":
    """Return the log-likelihood of each customer's mean amount over so many purchases under p, q and v."""
    import numpy as np
    from scipy.special import gammaln

    p, q, v = values
    shape = p * purchases
    found = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
    return (
        found
        + (shape - 1) * np.log(mean)
        + shape * np.log(purchases)
        - (shape + q) * np.log(v + purchases * mean)
    )


def fit_spending(purchases: "np.ndarray", mean: "np.ndarray") -> tuple[SpendingModel, Fit]:
    """Fit the model to customers with a positive mean amount; `Fit.values` are p, q and v."""
    import numpy as np

    scale = float(np.average(mean, weights=purchases))
    found = fit_positive(partial(_loss, purchases, mean / scale), _STARTS, len(mean))
    values = found.values * np.array([1.0, 1.0, scale])
    shift = len(mean) * np.log(scale)
    fit = Fit(values, found.covariance, found.log_likelihood - shift, found.is_inside)
    return SpendingModel(*(float(v) for v in values)), fit


def _loss(purchases: "np.ndarray", mean: "np.ndarray", values: "np.ndarray") -> float:
    return -float(log_likelihood(values, purchases, mean).mean())
