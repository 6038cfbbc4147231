"""Maximum likelihood with positive parameters, and how far chance may carry what is computed from them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_BOUND = 12.0
_EDGE = 11.5
_STEP = 1e-4
_Z = 1.959963984540054

Loss = Callable[["np.ndarray"], float]


@dataclass(frozen=True, slots=True)
class Fit:
    """Estimated parameters.

    Attributes:
        values: the parameters.
        covariance: of their logarithms; None where the likelihood is too flat to tell.
        log_likelihood: of the data at `values`.
        is_inside: whether the optimiser came to rest, and away from the edge of what it may try.
    """

    values: "np.ndarray"
    covariance: "np.ndarray | None"
    log_likelihood: float
    is_inside: bool


def fit_positive(loss: Loss, starts: "list[list[float]]", n: float) -> Fit:
    """Find the positive parameters of least mean negative log-likelihood, from several starting points.

    Args:
        loss: mean negative log-likelihood of the parameters.
        starts: points to begin at; the best end is taken.
        n: observations that the mean is over.
    """
    import numpy as np
    from scipy.optimize import minimize

    def at_logarithms(logs: "np.ndarray") -> float:
        found = loss(np.exp(logs))
        return found if np.isfinite(found) else 1e10

    bounds = [(-_BOUND, _BOUND)] * len(starts[0])
    ends = [
        minimize(
            at_logarithms,
            np.log(s),
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
        )
        for s in starts
    ]
    best = min(ends, key=lambda end: end.fun)
    logs = best.x
    return Fit(
        values=np.exp(logs),
        covariance=_covariance(at_logarithms, logs, n),
        log_likelihood=-float(best.fun) * n,
        is_inside=bool(np.isfinite(best.fun) and np.abs(logs).max() < _EDGE),
    )


def spread_of(quantity: Callable[["np.ndarray"], float], fit: Fit) -> float | None:
    """Return the standard error of a function of the parameters, by the delta method."""
    import numpy as np

    if fit.covariance is None:
        return None
    logs = np.log(fit.values)
    steps = np.eye(len(logs)) * _STEP
    slope = np.array([(quantity(np.exp(logs + s)) - quantity(np.exp(logs - s))) / (2 * _STEP) for s in steps])
    variance = float(slope @ fit.covariance @ slope)
    return variance**0.5 if np.isfinite(variance) and variance >= 0 else None


def interval_around(value: float, *errors: float | None) -> tuple[float, float] | None:
    """Return the 95 % interval of a positive value with independent standard errors, on the scale of its logarithm."""
    import math

    known = [e for e in errors if e is not None]
    if len(known) < len(errors) or value <= 0:
        return None
    factor = math.exp(min(_Z * math.hypot(*known) / value, 50.0))
    return value / factor, value * factor


def _covariance(at_logarithms: Loss, logs: "np.ndarray", n: float) -> "np.ndarray | None":
    import numpy as np

    size, steps = len(logs), np.eye(len(logs)) * 1e-3
    curvature = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            corners = [
                sign * at_logarithms(logs + one * steps[i] + other * steps[j])
                for one, other, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            ]
            curvature[i, j] = curvature[j, i] = sum(corners) / (4 * 1e-6)
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        return None
    return np.linalg.inv(curvature * n)
