"""How far from the expected value chance alone carries a point: Student's distribution of past forecast errors.

Student's t is fitted by maximum likelihood (Lange, Little, Taylor 1989, "Robust statistical modeling using the t
distribution"): past anomalies hardly move its scale, and errors with heavy tails get a wider margin. A heavier
tail must better the likelihood by as much as Akaike's criterion asks of a parameter.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_FREEDOMS = (2.5, 3.0, 4.0, 6.0, 10.0, 20.0, 1e6)
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Tail:
    """Scale and degrees of freedom of the errors, and from how many these are known."""

    scale: float
    freedom: float
    n: int

    def chance(
        self, deviation: "np.ndarray | float", scale: "np.ndarray | float | None" = None
    ) -> "np.ndarray":
        """Return the two-sided probability of an error at least so large."""
        import numpy as np
        from scipy.special import stdtr

        spread = np.asarray(self.scale if scale is None else scale, dtype=float)
        size = np.abs(np.asarray(deviation, dtype=float))
        # Where nothing ever varied, any difference but that of rounding is one.
        ratio = np.divide(size, spread, out=np.where(size > 1e-9, np.inf, 0.0), where=spread > 0)
        return 2 * stdtr(self._freedom, -ratio)

    def margin(self, chance: float, scale: float | None = None) -> float:
        """Return the error that is exceeded, either way, with a probability."""
        from scipy.special import stdtrit

        return float(-stdtrit(self._freedom, chance / 2)) * (self.scale if scale is None else scale)

    @property
    def _freedom(self) -> float:
        """A scale that is known from few errors has Student's uncertainty besides."""
        return min(self.freedom, max(self.n - 1, 1))


def fit_tail(errors: "np.ndarray") -> Tail:
    """Fit the distribution of errors around zero."""
    import numpy as np
    from scipy.special import gammaln

    known = errors[np.isfinite(errors)]
    n = len(known)
    size = float(np.sqrt(np.mean(known**2))) if n else 0.0
    if size <= 1e-12:
        return Tail(0.0, _FREEDOMS[-1], n)
    scales = size * np.geomspace(0.05, 1.5, _STEPS)
    freedoms = np.array(_FREEDOMS)[:, None, None]
    squares = (known / scales[:, None]) ** 2
    body = -(freedoms + 1) / 2 * np.log1p(squares[None] / freedoms)
    constant = gammaln((freedoms + 1) / 2) - gammaln(freedoms / 2) - np.log(freedoms) / 2
    likelihood = body.sum(axis=2) + n * (constant[:, :, 0] - np.log(scales)[None])
    likelihood[:-1] -= 1.0
    row, column = np.unravel_index(int(np.argmax(likelihood)), likelihood.shape)
    # The scale of few errors is too small on average, as a variance divided by n is.
    return Tail(float(scales[column]) * (n / max(n - 1, 1)) ** 0.5, float(_FREEDOMS[row]), n)
