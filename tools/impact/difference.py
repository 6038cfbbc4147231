"""Difference in differences with two-way fixed effects, errors clustered by group, and two checks.

value = group + period + effect · (treated and during) + noise, by least squares; the groups' effects are taken out
by their means (Frisch, Waugh, Lovell), so that they do not count as parameters nested in the clusters. Errors are
clustered by group, with t quantiles of one degree less than groups (Bertrand, Duflo, Mullainathan 2004).
"""

import math
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

from tools.impact.panel import Panel
from tools.intervals import CONFIDENCE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_PLACEBOS = 2000
_SEED = 20260928


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its clustered error."""

    value: float
    error: float
    interval: tuple[float, float]
    pvalue: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference in differences.

    Attributes:
        effect: of the campaign, on the panel's scale; the error is None with fewer than three groups.
        trend: by how much more the treated moved per period before the campaign; None with too few periods or groups.
        placebo: share of all ways to call as many groups treated that give an effect as large.
        groups, treated: their numbers.
    """

    effect: Estimate | float
    trend: Estimate | None
    placebo: float
    groups: int
    treated: int

    @property
    def value(self) -> float:
        """The effect."""
        return self.effect.value if isinstance(self.effect, Estimate) else self.effect


def estimate_difference(panel: Panel) -> Difference:
    """Estimate what the campaign did, and check it."""
    cells = panel.cells
    groups, treated = cells["unit"].nunique(), len(panel.treated)
    exposure = (cells["treated"] & cells["during"]).astype(float)
    effect = _regress(cells, exposure)
    before = cells[~cells["during"]]
    steps = before["bucket"].rank(method="dense")
    trend = None
    if before["bucket"].nunique() >= 3 and groups >= 3:
        found = _regress(before, before["treated"].astype(float) * steps)
        trend = found if isinstance(found, Estimate) else None
    return Difference(effect, trend, _permute(cells), groups, treated)


def _regress(cells: "pd.DataFrame", regressor: "pd.Series") -> Estimate | float:
    """Regress the value on a variable, with effects of groups and periods."""
    import pandas as pd
    from scipy.special import stdtr, stdtrit
    from statsmodels.regression.linear_model import OLS

    units = cells["unit"]
    periods = pd.get_dummies(cells["bucket"], drop_first=True, dtype=float)
    design = pd.concat([regressor.rename("x"), periods], axis=1)
    within = design - design.groupby(units).transform("mean")
    value = cells["value"] - cells.groupby(units)["value"].transform("mean")
    model = OLS(value.to_numpy(), within.to_numpy())
    codes = units.astype("category").cat.codes.to_numpy()
    clusters = int(codes.max()) + 1
    if clusters < 3:
        return float(model.fit().params[0])
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": codes})
    slope, variance = float(fitted.params[0]), float(fitted.cov_params()[0, 0])
    if not variance > 0:
        return slope
    error, freedom = math.sqrt(variance), clusters - 1
    spread = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * error
    pvalue = 2 * float(stdtr(freedom, -abs(slope / error)))
    return Estimate(slope, error, (slope - spread, slope + spread), pvalue)


def _permute(cells: "pd.DataFrame") -> float:
    """Return the share of placebos at least as large: other groups called treated, as many as there are."""
    import numpy as np

    means = cells.groupby(["unit", "during"])["value"].mean().unstack().dropna()
    changes = (means[True] - means[False]).to_numpy()
    treated = set(cells.loc[cells["treated"], "unit"])
    chosen = np.array([unit in treated for unit in means.index])
    actual = abs(changes[chosen].mean() - changes[~chosen].mean())
    effects = np.array([_contrast(changes, mask) for mask in _assignments(len(changes), int(chosen.sum()))])
    return float((np.abs(effects) >= actual - 1e-12).mean())


def _contrast(changes: "np.ndarray", mask: "np.ndarray") -> float:
    return float(changes[mask].mean() - changes[~mask].mean())


def _assignments(groups: int, treated: int) -> "list[np.ndarray]":
    """List every choice of so many groups, or a seeded sample where there are too many."""
    import numpy as np

    if comb(groups, treated) <= _MOST_PLACEBOS:
        choices: Any = combinations(range(groups), treated)
    else:
        rng = np.random.default_rng(_SEED)
        choices = (rng.choice(groups, treated, replace=False) for _ in range(_MOST_PLACEBOS))
    masks = []
    for choice in choices:
        mask = np.zeros(groups, dtype=bool)
        mask[list(choice)] = True
        masks.append(mask)
    return masks
