"""What errors are usual, at each phase of a day: on the scale of the series, and by the hour in units of its values, too.

By the hour the noise has a season of its own: nights are stiller than days, rush hours wilder. So has what is worth a
look: on a scale of ratios a few events at night are as rare as a burst at noon, and where small hours swing by tens a
burst is hardly rare at all. An hour is therefore judged twice, by how far it is off on the scale and by how far in
units, and is as rare as twice the rarer of the two (Bonferroni). Days are judged once, on the scale: their phases
are near one another, and units grow as a company does.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tools.monitoring.expectation import phase_effects
from tools.monitoring.scales import Scale
from tools.monitoring.tails import Tail, fit_tail

if TYPE_CHECKING:
    import numpy as np

#: Errors from which a tail can be told.
LEAST_ERRORS = 10
_PRIOR = 10
_LEAST_SEEN = 4


@dataclass(frozen=True, slots=True)
class Noise:
    """The usual errors: their tail where a phase is like all, and by how much each phase's are larger or smaller."""

    tail: Tail
    unrest: "np.ndarray"

    def spread(self, phase: int, floor: float = 0.0) -> float:
        """Return the scale of errors. Smaller ones than a floor known otherwise count the more, the more they are."""
        scale, known = self.tail.scale * float(self.unrest[phase]), self.tail.n
        if scale >= floor:
            return scale
        return float(((known * scale**2 + _PRIOR * floor**2) / (known + _PRIOR)) ** 0.5)

    @property
    def is_known(self) -> bool:
        """Whether there were enough errors."""
        return self.tail.n >= LEAST_ERRORS


def no_noise(phases: int) -> Noise:
    """Return what is known before there is any error."""
    import numpy as np

    return Noise(Tail(0.0, 1e6, 0), np.ones(phases))


def fit_noise(
    errors: "np.ndarray", phase: "np.ndarray", known: Noise, recent: int, *, by_phase: bool
) -> Noise:
    """Fit to past errors.

    Args:
        errors: with NaN where there is none.
        phase: of each.
        known: what was known before; it stays where the recent errors are too few.
        recent: how many of the last points tell the tail.
        by_phase: whether phases may differ.
    """
    import numpy as np

    unrest = _fit_unrest(errors, phase, len(known.unrest)) if by_phase else known.unrest
    last = (errors / unrest[phase])[-recent:]
    if np.isfinite(last).sum() < LEAST_ERRORS:
        return known
    tail = fit_tail(last)
    if (unrest != 1).any():
        # A scale that is known from few errors of a phase has Student's uncertainty besides.
        seen = float(np.isfinite(errors).sum()) / len(unrest)
        tail = replace(tail, freedom=min(tail.freedom, seen - 1))
    return Noise(tail, unrest)


def _fit_unrest(errors: "np.ndarray", phase: "np.ndarray", count: int) -> "np.ndarray":
    """Return each phase's size of errors beside the usual: a season of their logarithms, drawn to none as any is."""
    import numpy as np

    sizes = np.log(np.where(errors == 0, np.nan, np.abs(errors)))
    if np.isfinite(sizes).sum() < _LEAST_SEEN * count:
        return np.ones(count)
    return np.asarray(np.exp(phase_effects(sizes, phase, count)))


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges errors by what was usual before; `units` is of errors in units of the values, None where they do not count."""

    own: Noise
    units: Noise | None
    scale: Scale

    def chance(self, value: float, expected: float, phase: int, spread: float) -> float:
        """Return the probability of an error at least so large, either way; NaN where it cannot be told."""
        import numpy as np

        if not self.own.is_known:
            return float("nan")
        found = float(self.own.tail.chance(value - expected, spread))
        if self.units is None or not self.units.is_known:
            return found
        away = np.diff(self.scale.back(np.array([expected, value])))[0]
        in_units = float(self.units.tail.chance(float(away), self.units.spread(phase)))
        return min(1.0, 2 * min(found, in_units))

    def bounds(self, expected: float, phase: int, spread: float, rate: float) -> tuple[float, float]:
        """Return the values beyond which a point has less than a probability."""
        import numpy as np

        both = self.units is not None and self.units.is_known
        share = rate / 2 if both else rate
        margin = self.own.tail.margin(share, spread)
        low, middle, high = self.scale.back(expected + np.array([-margin, 0.0, margin]))
        if self.units is not None and both:
            reach = self.units.tail.margin(share, self.units.spread(phase))
            low, high = max(low, middle - reach), min(high, middle + reach)
        return float(low), float(high)
