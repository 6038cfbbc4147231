"""Retention curves: a smooth decline fitted to what was measured, to say where it leads.

Two forms, both of them usual for retention: a power law a·n^-b, and an exponential with a floor, c + a·e^-bn,
whose floor is the share that stays. They are fitted by least squares, each point weighted by its users. The
band is the delta method's: the fit's covariance carried to the projected point, with Student's t at as many
degrees of freedom as there are points beyond parameters; where several forms fit, it spans the bands of all.
Points share users, of which the band does not tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tools.results import Text

if TYPE_CHECKING:
    import numpy as np

Form = Literal["power_law", "exponential"]
MIN_POINTS = 4
MIN_FIT = 0.8
_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class CurveForm:
    """A family of curves: its formula, how to compute it, where to begin and within which bounds."""

    text: Text
    formula: str
    compute: Callable[[Any, Any], Any]
    start: Callable[["np.ndarray"], list[float]]
    bounds: tuple[list[float], list[float]]


def _power_law(p: Any, n: Any) -> Any:
    return p[0] * n ** -p[1]


def _exponential(p: Any, n: Any) -> Any:
    import numpy as np

    return p[0] + p[1] * np.exp(-p[2] * n)


FORMS: dict[Form, CurveForm] = {
    "power_law": CurveForm(
        Text("幂律", "power law"),
        "{0:.4g} · n^-{1:.4g}",
        _power_law,
        lambda y: [max(float(y[0]), 0.01), 0.5],
        ([0.0, 0.0], [1.0, 5.0]),
    ),
    "exponential": CurveForm(
        Text("带下限的指数", "exponential with a floor"),
        "{0:.4g} + {1:.4g} · e^(-{2:.4g} n)",
        _exponential,
        lambda y: [float(y.min()) * 0.9, max(float(y.max() - y.min()), 0.01), 0.2],
        ([0.0, 0.0, 0.0], [1.0, 10.0, 10.0]),
    ),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """A fitted curve.

    Attributes:
        form: its family.
        parameters: in the order of the formula.
        covariance: of the parameters.
        fit: R², the weighted share of the variation between points that the curve accounts for.
        points: how many points it was fitted to.
    """

    form: Form
    parameters: tuple[float, ...]
    covariance: "np.ndarray"
    fit: float
    points: int

    @property
    def freedom(self) -> int:
        """Points beyond parameters."""
        return self.points - len(self.parameters)

    def formula(self) -> str:
        """Write the curve with its parameters."""
        return FORMS[self.form].formula.format(*self.parameters)

    def value(self, offset: float) -> float:
        """Compute retention at a period, within 0 to 1."""
        return min(1.0, max(0.0, float(FORMS[self.form].compute(self.parameters, float(offset)))))

    def band(self, offset: float) -> tuple[float, float]:
        """Bound the fitted curve at a period, 95 %, within 0 to 1."""
        import numpy as np
        from scipy.special import stdtrit

        base = np.array(self.parameters)
        slope = []
        for i in range(len(base)):
            step = np.zeros(len(base))
            step[i] = 1e-6 * max(abs(base[i]), 1e-3)
            ahead, behind = (FORMS[self.form].compute(base + s, float(offset)) for s in (step, -step))
            slope.append((ahead - behind) / (2 * step[i]))
        variance = float(np.array(slope) @ self.covariance @ np.array(slope))
        spread = float(stdtrit(self.freedom, 0.975)) * max(0.0, variance) ** 0.5
        return max(0.0, self.value(offset) - spread), min(1.0, self.value(offset) + spread)


def fit_curve(
    offsets: Sequence[float], rates: Sequence[float], users: Sequence[float], form: Form
) -> Curve | None:
    """Fit one form by least squares, weighted by users; None where there is nothing to fit.

    Args:
        offsets: periods after the cohort's, 1 or more.
        rates: measured retention at each, 0 to 1.
        users: members behind each rate.
        form: of the curve.

    Returns:
        The curve; None with fewer than four points, with one parameter per point, or when all rates are equal.
    """
    import numpy as np
    from scipy.optimize import least_squares

    n, y, weight = np.array(offsets, float), np.array(rates, float), np.array(users, float)
    family = FORMS[form]
    freedom = len(n) - len(family.bounds[0])
    if len(n) < MIN_POINTS or freedom < 1:
        return None
    weight = weight / weight.mean()
    spread = float((weight * (y - np.average(y, weights=weight)) ** 2).sum())
    if spread < _FLAT:
        return None
    found = least_squares(
        lambda p: np.sqrt(weight) * (family.compute(p, n) - y),
        np.clip(family.start(y), *family.bounds),
        bounds=family.bounds,
        xtol=1e-12,
        ftol=1e-12,
        gtol=1e-12,
    )
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * (2 * found.cost / freedom)
    parameters = tuple(float(p) for p in found.x)
    return Curve(form, parameters, covariance, 1 - 2 * float(found.cost) / spread, len(n))


def rank_curves(
    offsets: Sequence[float], rates: Sequence[float], users: Sequence[float], forms: Sequence[Form]
) -> list[Curve]:
    """Fit each form; the one whose R², adjusted for its number of parameters, is the highest comes first."""
    curves = [c for c in (fit_curve(offsets, rates, users, f) for f in forms) if c is not None]
    return sorted(curves, key=lambda c: (1 - c.fit) * (c.points - 1) / c.freedom)


def common_band(curves: Sequence[Curve], offset: float) -> tuple[float, float]:
    """Span the bands of several curves at a period: forms that fit alike may part ways beyond the points."""
    bands = [c.band(offset) for c in curves]
    return min(low for low, _ in bands), max(high for _, high in bands)


def differs_from(
    curve: Curve, offsets: Sequence[float], rates: Sequence[float], users: Sequence[float]
) -> bool:
    """Say whether points lie beside their curve by more than chance, by Pearson's chi-square at 1 %."""
    from scipy.special import chdtri

    expected = [min(max(curve.value(n), _FLAT), 1 - _FLAT) for n in offsets]
    square = sum(u * (y - e) ** 2 / (e * (1 - e)) for y, e, u in zip(rates, expected, users, strict=True))
    return bool(square > chdtri(curve.freedom, 0.01))
