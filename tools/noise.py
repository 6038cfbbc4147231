"""How far chance alone may carry a change, and the part of it that one segment contributes.

The variance of a change has two parts, as in a chart for overdispersed rates (Laney 2002, "Improved control
charts for attributes", Quality Engineering 14):

- sampling: users are drawn by chance; the delta method gives the variance of a sum or ratio over user-days
  (see `tools.terms`), for a share of users the binomial one;
- between periods: what the pairs of periods before show beyond their own sampling. From their changes d and
  sampling variances v it is median((d - median d)²)/0.4549 - median(v), at least 0; 0.4549 is the median of a
  squared standard normal. By medians one campaign among the pairs does not blind the tool, and steady growth
  is no noise. Changes of sums are taken relative to the level before.

The quantile is Student's, with the degrees of freedom of Satterthwaite (1946), where the second part counts as
known from (pairs - 1)/2 degrees (by simulation, pairs sharing a period). Several segments are judged at once: the
level is divided by their number (Bonferroni), so that by chance alone any of them stands out in 5 % of cases.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.intervals import CONFIDENCE

if TYPE_CHECKING:
    import numpy as np

LEAST_PAIRS = 6
_MEDIAN_SQUARE = 0.45493642311957283  # median of a chi-squared variable with one degree of freedom
_KNOWN = 1e9  # degrees of freedom of what is known, not estimated


@dataclass(frozen=True, slots=True)
class Noise:
    """Variances of changes, one per segment (or a single one).

    Attributes:
        sampling: by the drawing of users.
        between: beyond that, from one period to the next.
        pairs: how many pairs of periods the second is known from; 0 if from none.
    """

    sampling: "np.ndarray"
    between: "np.ndarray"
    pairs: int

    def margin(self, considered: int = 1) -> "np.ndarray":
        """Return half the width of the 95 % interval, simultaneous for as many changes as are considered."""
        import numpy as np
        from scipy.special import stdtrit

        whole = self.sampling + self.between
        freedom = np.full(whole.shape, _KNOWN)
        estimated = self.between > 0
        share = whole[estimated] / self.between[estimated]
        freedom[estimated] = np.minimum(_KNOWN, share**2 * (self.pairs - 1) / 2)
        return np.asarray(stdtrit(freedom, 1 - (1 - CONFIDENCE) / 2 / considered) * np.sqrt(whole))


def estimate_noise(changes: "np.ndarray", sampling: "np.ndarray", levels: "np.ndarray") -> Noise:
    """Tell the noise of the first pair's changes from the pairs after it.

    Args:
        changes: shape (pairs, segments); the pair asked about comes first.
        sampling: their sampling variances, of the same shape.
        levels: shape (pairs,): what a change is relative to; 1 for ratios.
    """
    import numpy as np

    usable = (levels > 0) & np.isfinite(changes).all(axis=1)
    usable[0] = False
    past, variances, scale = changes[usable], sampling[usable], levels[usable][:, None]
    if len(past) < LEAST_PAIRS:
        return Noise(sampling[0], np.zeros(changes.shape[1]), 0)
    relative = past / scale
    spread = np.median((relative - np.median(relative, axis=0)) ** 2, axis=0) / _MEDIAN_SQUARE
    beyond = spread - np.median(variances / scale**2, axis=0)
    return Noise(sampling[0], np.maximum(beyond, 0.0) * max(levels[0], 0.0) ** 2, len(past))
