"""When customers buy and stop buying: the BG/NBD model, fitted by maximum likelihood.

While alive a customer buys at a rate λ, and after each purchase stops for good with probability p; over customers λ
is gamma with shape r and rate α, and p is beta with parameters a and b. Fader, Hardie and Lee (2005), "Counting your
customers the easy way: an alternative to the Pareto/NBD model", Marketing Science 24(2): equation 6 is the
likelihood, 9 and 10 are the expectations. The likelihood is added up in logarithms as in Fader and Hardie (2019),
"A step-by-step derivation of the BG/NBD model". Expectations are integrals over p by Gauss and Jacobi's rule rather
than by the hypergeometric function, which loses digits for frequent buyers and is undefined at a = 1.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tools.value.fitting import Fit, fit_positive

if TYPE_CHECKING:
    import numpy as np

_NODES = 60
_STARTS = [[0.3, 1.0, 0.8, 2.5], [1.0, 1.0, 0.5, 5.0]]


@dataclass(frozen=True, slots=True)
class Histories:
    """Purchase histories, equal ones together; times in one unit, whichever.

    Attributes:
        frequency: repeat purchases, the first left out.
        recency: time from the first purchase to the last; 0 without a repeat.
        age: time from the first purchase to the end of observation.
        customers: how many have this history.
    """

    frequency: "np.ndarray"
    recency: "np.ndarray"
    age: "np.ndarray"
    customers: "np.ndarray"


@dataclass(frozen=True, slots=True)
class BuyingModel:
    """A fitted BG/NBD model; `alpha` and all times are in the unit of the histories."""

    r: float
    alpha: float
    a: float
    b: float

    def expect(self, time: float) -> float:
        """Return how many repeat purchases a new customer makes in a time from the first."""
        import numpy as np

        return float(self._expect_alive(time, np.array([0.0]), np.array([0.0]))[0])

    def chance_alive(self, histories: Histories) -> "np.ndarray":
        """Return the probability that customers with a history have not stopped."""
        import numpy as np

        x, age = histories.frequency, histories.age
        odds = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1)
        odds = odds + (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + histories.recency))
        return np.where(x > 0, 1 / (1 + np.exp(np.minimum(odds, 700))), 1.0)

    def expect_after(self, time: float, histories: Histories) -> "np.ndarray":
        """Return how many purchases customers with a history make in a time from the end of observation."""
        return self.chance_alive(histories) * self._expect_alive(time, histories.frequency, histories.age)

    def _expect_alive(self, time: float, frequency: "np.ndarray", age: "np.ndarray") -> "np.ndarray":
        """Integrate (1 - ((α + T) / (α + T + p t))^(r + x)) / p over p, beta with parameters a and b + x."""
        import numpy as np

        expected = np.empty(len(frequency))
        for x in np.unique(frequency):
            chosen = frequency == x
            p, weights = beta_rule(self.a, self.b + x)
            rate = p * time / (self.alpha + age[chosen])[:, None]
            stopped = -np.expm1(-(self.r + x) * np.log1p(rate))
            expected[chosen] = (stopped / p) @ weights
        return expected


def log_likelihood(values: "np.ndarray", histories: Histories) -> "np.ndarray":
    """Return the log-likelihood of each history under r, alpha, a and b."""
    import numpy as np
    from scipy.special import betaln, gammaln

    r, alpha, a, b = values
    x = histories.frequency
    bought = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + histories.age)
    repeated = np.maximum(x, 1)
    stopped = betaln(a + 1, b + repeated - 1) - betaln(a, b) - (r + x) * np.log(alpha + histories.recency)
    return bought + np.where(x > 0, np.logaddexp(alive, stopped), alive)


def fit_buying(histories: Histories) -> tuple[BuyingModel, Fit]:
    """Fit the model; `Fit.values` are r, alpha, a and b."""
    import numpy as np

    # Times near 1 make the likelihood equally steep along all parameters.
    scale = float(histories.age.max()) / 10 or 1.0
    scaled = Histories(
        histories.frequency, histories.recency / scale, histories.age / scale, histories.customers
    )
    total = float(histories.customers.sum())
    found = fit_positive(partial(_loss, scaled, total), _STARTS, total)
    values = found.values * np.array([1.0, scale, 1.0, 1.0])
    # The likelihood of times in another unit differs by a factor for each purchase.
    shift = float((histories.frequency * histories.customers).sum()) * np.log(scale)
    fit = Fit(values, found.covariance, found.log_likelihood - shift, found.is_inside)
    return BuyingModel(*(float(v) for v in values)), fit


def _loss(histories: Histories, total: float, values: "np.ndarray") -> float:
    return -float((log_likelihood(values, histories) * histories.customers).sum()) / total


def beta_rule(a: float, b: float, nodes: int = _NODES) -> tuple["np.ndarray", "np.ndarray"]:
    """Return points and weights that integrate over a beta distribution (Golub and Welsch 1969).

    >>> p, weights = beta_rule(2.0, 3.0)
    >>> round(float(p @ weights), 12), round(float(p**2 @ weights), 12)
    (0.4, 0.2)
    """
    import numpy as np
    from scipy.linalg import eigh_tridiagonal

    left, right = a - 1, b - 1  # exponents of p and of 1 - p
    k, both = np.arange(1, nodes, dtype=float), left + right
    middle = np.empty(nodes)
    middle[0] = (left - right) / (both + 2)
    middle[1:] = (left**2 - right**2) / ((2 * k + both) * (2 * k + both + 2))
    # Of the first the general form is 0/0 where the exponents add up to -1.
    first = 4 * (1 + left) * (1 + right) / ((2 + both) ** 2 * (3 + both))
    k = k[1:]
    later = 4 * k * (k + left) * (k + right) * (k + both)
    later = later / ((2 * k + both) ** 2 * (2 * k + both + 1) * (2 * k + both - 1))
    points, vectors = eigh_tridiagonal(middle, np.sqrt(np.concatenate([[first], later])))
    return np.clip((1 + points) / 2, 1e-300, 1.0), vectors[0] ** 2
