"""The scale on which a series is modelled: where its ups and downs are of one size, whatever its level.

Logarithms, where nearly all values are above zero: seasons and festivals multiply. Square roots, where there are
more zeros than that: they make the noise of small counts even (Bartlett 1936). Plain values for shares, and where
some are negative.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

#: The share of zeros up to which they are taken for interruptions of a positive series.
_FEW_ZEROS = 0.02


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


def choose_scale(values: "np.ndarray", *, is_share: bool) -> Scale:
    """Choose the scale of a series."""
    import numpy as np

    known = values[np.isfinite(values)]
    if is_share:
        return Scale("plain", top=1.0)
    if not len(known) or (known < 0).any():
        return Scale("plain")
    above = known[known > 0]
    if len(above) and len(known) - len(above) <= _FEW_ZEROS * len(known):
        return Scale("log", least=float(above.min()) / 2)
    return Scale("root")
