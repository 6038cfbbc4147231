"""The scale on which a series is modelled: where its ups and downs are of one size, whatever its level.

Logarithms, where nearly all values are above zero: seasons and festivals multiply. Square roots, where there are
more zeros than that: they make the noise of small counts even (Bartlett 1936). Plain values for shares, and where
some are negative. Unless the series itself tells otherwise: noise that grows as level^p is even after a power of
1 - p (Taylor 1961; Box, Cox 1964), so with p clearly below 3/4 roots take the place of logarithms, below 1/4 plain values.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

#: The share of zeros up to which they are taken for interruptions of a positive series.
_FEW_ZEROS = 0.02
_ROOT_BELOW, _PLAIN_BELOW = 0.75, 0.25
_LEAST_TOLD = 30
_SURE = 2.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale; `least` is what a logarithm takes for zero."""

    kind: Literal["log", "root", "plain"]
    least: float = 0.0
    top: float | None = None

    def forward(self, values: "np.ndarray") -> "np.ndarray":
        """Carry values to the scale."""
        import numpy as np

        if self.kind == "log":
            return np.log(np.maximum(values, self.least))
        return np.sqrt(np.maximum(values, 0.0)) if self.kind == "root" else np.asarray(values, dtype=float)

    def back(self, scaled: "np.ndarray") -> "np.ndarray":
        """Carry points of the scale back to values that the metric can have."""
        import numpy as np

        if self.kind == "log":
            return np.exp(np.minimum(scaled, 700.0))
        if self.kind == "root":
            return np.maximum(scaled, 0.0) ** 2
        return np.asarray(scaled) if self.top is None else np.clip(scaled, 0.0, self.top)

    def error(self, values: "np.ndarray", errors: "np.ndarray") -> "np.ndarray":
        """Carry standard errors of values to the scale (delta method)."""
        import numpy as np

        if self.kind == "log":
            return errors / np.maximum(values, self.least)
        # Bartlett: the root of a count has the error 1/2, also of few.
        return errors / (2 * np.sqrt(np.maximum(values, 1.0))) if self.kind == "root" else errors


#: Values as they are.
PLAIN = Scale("plain")


def choose_scale(values: "np.ndarray", *, is_share: bool, cycle: int = 1) -> Scale:
    """Choose the scale of a series whose season has so many points."""
    import numpy as np

    known = values[np.isfinite(values)]
    if is_share:
        return Scale("plain", top=1.0)
    if not len(known) or (known < 0).any():
        return PLAIN
    above, power = known[known > 0], noise_power(values, cycle)
    if power < _PLAIN_BELOW:
        return PLAIN
    if power >= _ROOT_BELOW and len(above) and len(known) - len(above) <= _FEW_ZEROS * len(known):
        return Scale("log", least=float(above.min()) / 2)
    return Scale("root")


def noise_power(values: "np.ndarray", cycle: int) -> float:
    """Return the largest p, in all likelihood, for which the noise grows as level^p; 1 where little tells it.

    Each point's level is the median of those one and two seasons before and after, the noise its distance from it.
    """
    import numpy as np
    import pandas as pd

    series = pd.Series(values)
    around = pd.concat([series.shift(k * cycle) for k in (-2, -1, 1, 2)], axis=1).median(axis=1, skipna=False)
    level, off = around.to_numpy(), np.abs(values - around.to_numpy())
    told = np.isfinite(off) & (level > 0) & (off > 0)
    if told.sum() < _LEAST_TOLD:
        return 1.0
    place, size = np.log(level[told]), np.log(off[told])
    place -= place.mean()
    spread = float((place**2).sum())
    if spread <= 0:
        return 1.0
    slope = float((place * size).sum()) / spread
    error = (float(((size - size.mean() - slope * place) ** 2).mean()) / spread) ** 0.5
    return slope + _SURE * error
