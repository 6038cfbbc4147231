"""Courses that a series may take, drawn so that each point is as uncertain as its interval says, and all together as well.

An error lasts, as steps of the level and a wrong drift do, or it is of its day alone. How much lasts decides how far the
error of a sum of days is less than the sum of their errors. The model says so, the backtest knows better the longer
it is: the two are averaged, the model counting as much as `_PRIOR` stretches as long as what is forecast. What is of its
day alone makes up the rest of the interval of a point: the few largest errors, by which that is made, tell nothing of
what lasts.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.monitoring.expectation import DAMPING, Expectation

if TYPE_CHECKING:
    import numpy as np

_PATHS = 2000
_PRIOR = 4.0
_NORMAL = 1.96
_UNSEEN = 20
_UNKNOWN = 2.6 / _NORMAL  # the quantile of Student's t with 5 degrees of freedom beside the normal one


@dataclass(frozen=True, slots=True)
class Togetherness:
    """How far the errors of several steps went together in a backtest.

    Attributes:
        share: mean square of the standardised errors' mean over the steps beside that of a single one: 1/steps if each
            was by itself, 1 if all were alike.
        seen: in how many stretches of so many steps, end to end, that was seen.
        square, n: mean square of a standardised error, and of how many.
    """

    share: float = 0.0
    seen: float = 0.0
    square: float = 0.0
    n: int = 0

    @property
    def size(self) -> float:
        """By what to multiply the model's standard errors; as for points before there are errors, which count as twenty."""
        return float(((self.n * self.square + _UNSEEN * _UNKNOWN**2) / (self.n + _UNSEEN)) ** 0.5)


def draw_courses(origin: Expectation, widths: "np.ndarray", tested: Togetherness) -> "np.ndarray":
    """Draw errors of the steps ahead, on the scale.

    Args:
        origin: the model.
        widths: how far the 95 % interval of each step reaches either way.
        tested: how errors went together in the backtest.

    Returns:
        Shape (paths, steps).
    """
    import numpy as np

    draw, steps = np.random.default_rng(20260101), len(widths)
    spread = origin.spread(np.arange(1, steps + 1))
    known = spread > 0
    if not known.all():
        return np.zeros((_PATHS, steps))
    lasting = _draw_lasting(origin, draw, steps) / spread
    # Of each step's variance, what lasts: the errors of a season do not, they cancel over a cycle.
    share = np.clip(1 - (origin.dynamics.noise + origin.unsure[2]) / spread**2, 0.0, 1.0)
    factor = _lasting_factor(float(lasting.mean(axis=1).var()), share, tested)
    scale = spread * factor * tested.size
    own = np.sqrt(np.maximum((widths / _NORMAL) ** 2 - scale**2 * share, 0.0))
    return np.asarray(scale * lasting + own * draw.normal(size=(_PATHS, steps)))


def _draw_lasting(origin: Expectation, draw: "np.random.Generator", steps: int) -> "np.ndarray":
    """Draw what lasts: the error of the level now, of the drift, and the level's steps to come."""
    import numpy as np

    dynamics, (of_level, of_drift, _) = origin.dynamics, origin.unsure
    start = draw.normal(size=(_PATHS, 1)) * (dynamics.gain * dynamics.noise + of_level) ** 0.5
    slope = draw.normal(size=(_PATHS, 1)) * of_drift**0.5 * DAMPING ** np.arange(1, steps + 1)
    moves = draw.normal(size=(_PATHS, steps)) * dynamics.step**0.5
    return np.asarray(start + np.cumsum(moves + slope, axis=1))


def _lasting_factor(variance: float, share: "np.ndarray", tested: Togetherness) -> float:
    """Return by what to multiply what lasts.

    With x standing for what lasts, of variance a in a step and v in the mean of all n, and e for the rest, the errors
    c·x + √(1 - c²a)·e have variance 1 each, and their mean c²·v + (1 - c²·ā)/n: solved for c².
    """
    steps = len(share)
    apart = variance - float(share.mean()) / steps
    if steps == 1 or apart <= 0:
        return 1.0
    model = 1 / steps + apart
    wanted = (tested.seen * tested.share + _PRIOR * model) / (tested.seen + _PRIOR)
    most = 1 / max(float(share.max()), 1e-12)
    return float(min(max((wanted - 1 / steps) / apart, 0.0), most)) ** 0.5
