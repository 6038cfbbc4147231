"""Levels that change and stay: small errors on one side that sum to more than chance would.

Page's cumulative sum (1954) of the errors' normal scores: max(0, S + score - 0.5) on either side, a change at more than
5.8. By Siegmund's approximation (1985), (e^(2kb) - 2kb - 1)/(2k²) with b = h + 1.166, noise alone brings one about in
1,050 points. A score counts for 3 at most: two outliers make no new level, three do.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.monitoring.expectation import Expectation

if TYPE_CHECKING:
    import numpy as np

_SLACK = 0.5
_LASTING = 5.8
_MOST = 3.0
_LEAST_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Shift:
    """A new level: at which point it begins, and by how much it differs on the scale."""

    at: int
    moved: float


@dataclass(slots=True)
class Departure:
    """Errors on one side (1 above, -1 below), summed since `start`, before which `origin` told what to expect."""

    side: int
    total: float = 0.0
    start: int = 0
    origin: Expectation | None = None

    def add(self, at: int, origin: Expectation, score: float) -> bool:
        """Take in a point's score, given the model before it; say whether the level has changed."""
        if self.total == 0:
            self.start, self.origin = at, origin
        self.total = max(0.0, self.total + self.side * score - _SLACK)
        return self.total > _LASTING


def score_error(error: float, chance: float) -> float:
    """Return the normal score of an error of so small a chance."""
    from scipy.special import ndtri

    return float(min(-ndtri(chance / 2), _MOST) * (1 if error > 0 else -1))


def runs_in(scores: "np.ndarray", block: int) -> float:
    """Return how much wider sums of scores over a block vary than if each were by itself; at least 1.

    Errors that come in runs (a season not quite as expected) would else pass for new levels.
    """
    import numpy as np

    whole = scores[len(scores) % block :].reshape(-1, block)
    known = np.isfinite(whole).sum(axis=1)
    kept = known * 2 >= block
    if kept.sum() < _LEAST_BLOCKS:
        return 1.0
    return max(1.0, float((np.nansum(whole[kept], axis=1) ** 2 / known[kept]).mean()) ** 0.5)
