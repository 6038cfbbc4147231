"""How far chance alone may carry a change, and the part of it that one segment contributes.

The variance of a change is its sampling variance times a dispersion, as in a chart for rates that scatter more
than binomial ones (Laney 2002, "Improved control charts for attributes", Quality Engineering 14; quasi-likelihood,
Wedderburn 1974):

- sampling: users are drawn by chance; the delta method gives the variance of a sum or ratio over user-days
  (see `tools.terms`), for a share of users the binomial one;
- dispersion: what the pairs of periods before show. Of their changes d and sampling variances v it is
  median((d - median d)²/v)/0.4549, at least 1, with the inner median by segment, the outer one over all segments of
  a dimension; 0.4549 is the median of a squared standard normal. By medians one campaign among the pairs does
  not blind the tool, and steady growth is no noise.

Where there is more than sampling the quantile is Student's, with (pairs - 1)/2 degrees of freedom for each
segment: by simulation, of pairs that share a period, that holds the level. Several segments are judged at once: the
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
        dispersion: how many times that the changes of periods before vary; 1 if not more.
        pairs: how many pairs of periods this is known from; 0 if from none.
        freedom: degrees of freedom of the dispersion.
    """

    sampling: "np.ndarray"
    dispersion: float = 1.0
    pairs: int = 0
    freedom: float = _KNOWN

    def margin(self, considered: int = 1) -> "np.ndarray":
        """Return half the width of the 95 % interval, simultaneous for as many changes as are considered."""
        import numpy as np

        return self.quantile(considered) * np.sqrt(self.sampling * self.dispersion)

    def quantile(self, considered: int = 1) -> float:
        """Return how many standard errors half the interval is wide."""
        from scipy.special import stdtrit

        return float(stdtrit(self.freedom, 1 - (1 - CONFIDENCE) / 2 / considered))


def estimate_noise(changes: "np.ndarray", sampling: "np.ndarray") -> Noise:
    """Tell the noise of the first pair's changes from the pairs after it.

    Args:
        changes: shape (pairs, segments); the pair asked about comes first.
        sampling: their sampling variances, of the same shape.
    """
    import numpy as np

    usable = np.isfinite(changes).all(axis=1)
    usable[0] = False
    past, variances = changes[usable], sampling[usable]
    if len(past) < LEAST_PAIRS:
        return Noise(sampling[0])
    squares = (past - np.median(past, axis=0)) ** 2
    drawn = variances > 0
    if not drawn.any():
        return Noise(sampling[0], pairs=len(past))
    dispersion = float(np.median(squares[drawn] / variances[drawn])) / _MEDIAN_SQUARE
    if dispersion <= 1:
        return Noise(sampling[0], pairs=len(past))
    segments = int(drawn.any(axis=0).sum())
    return Noise(sampling[0], dispersion, len(past), (len(past) - 1) / 2 * segments)
