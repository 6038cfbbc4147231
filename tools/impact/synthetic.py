"""Synthetic control: a weighted mean of untouched groups that moved like the treated one before the campaign.

Weights are not negative and add up to 1 (Abadie, Diamond, Hainmueller 2010), found by pysyncon on the periods before,
all of which count the same. The placebo test gives every untouched group the same treatment and ranks the ratio of
the error during to the error before.
"""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.errors import NoData

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_FEWEST_DONORS = 2
_FEWEST_BEFORE = 4


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A synthetic control of one group.

    Attributes:
        weights: by donor group, largest first, those above 0.001.
        path: rows by bucket, columns `actual, synthetic`.
        effect: mean gap during the campaign.
        error_before: root mean squared gap before it.
        placebo: share of groups, the treated included, whose errors grew at least as much.
    """

    weights: dict[str, float]
    path: "pd.DataFrame"
    effect: float
    error_before: float
    placebo: float


def synthesize(
    wide: "pd.DataFrame", treated: str, first_during: int, *, is_centred: bool = False
) -> Synthetic:
    """Fit a synthetic control.

    Args:
        wide: values by bucket (rows) and group (columns), without gaps.
        treated: the treated group.
        first_during: first bucket of the campaign.
        is_centred: whether groups are compared by how they move around their own mean before the campaign, so that one
            that is larger than all others can be matched too (Ferman, Pinto 2021).

    Raises:
        NoData: too few groups or periods to fit one.
    """
    before = wide.index < first_during
    if treated not in wide.columns or wide.shape[1] <= _FEWEST_DONORS or before.sum() < _FEWEST_BEFORE:
        raise NoData(
            en=f"A synthetic control needs the treated group and {_FEWEST_DONORS} others with every period, and {_FEWEST_BEFORE} "
            "periods before the campaign; take more days before, a shorter interval, or method did.",
            zh=f"合成控制需要受影响分组与至少 {_FEWEST_DONORS} 个其他分组都有每个时段的数据，且活动前至少 {_FEWEST_BEFORE} 个时段；"
            "请增大 before_days、缩短 interval，或改用 method: did。",
            parameter="method",
        )
    level = float(wide.loc[before, treated].mean()) if is_centred else 0.0
    wide = wide - wide[before].mean() if is_centred else wide
    weights = _fit(wide[before], treated)
    path = _follow(wide, treated, weights)
    ratios = [_growth(path, before)]
    donors = wide.drop(columns=treated)
    if donors.shape[1] > _FEWEST_DONORS:
        placebos = ((donors, name) for name in donors.columns)
        ratios += [_growth(_follow(w, name, _fit(w[before], name)), before) for w, name in placebos]
    gap = path["actual"] - path["synthetic"]
    return Synthetic(
        {str(k): float(v) for k, v in weights.sort_values(ascending=False).items() if v > 0.001},
        path + level,
        float(gap[~before].mean()),
        _error(gap[before]),
        sum(r >= ratios[0] for r in ratios) / len(ratios),
    )


def _fit(before: "pd.DataFrame", treated: str) -> "pd.Series":
    import numpy as np
    import pandas as pd

    # What all groups share at a time changes no weight, and a time at which all are equal tells nothing.
    centred = before.sub(before.mean(axis=1), axis=0)
    spread = centred.std(axis=1)
    told = centred[spread > 1e-12]
    donors = told.drop(columns=treated)
    if told.empty:
        return pd.Series(1 / donors.shape[1], index=donors.columns)
    # pysyncon divides each period by its spread; these importances undo it.
    importance = (spread[told.index] / spread[told.index].mean()) ** 2
    model = _synth()
    model.fit(X0=donors, X1=told[treated], Z0=donors, Z1=told[treated], custom_V=importance.to_numpy())
    found = np.clip(np.asarray(model.W), 0, None)
    return pd.Series(found / found.sum(), index=donors.columns)


def _synth() -> Any:
    with warnings.catch_warnings():
        # A docstring of pysyncon has an escape that Python warns of when it first compiles the file: up to 3.11 as
        # deprecated, from 3.12 on as wrong syntax.
        for category in (DeprecationWarning, SyntaxWarning):
            warnings.filterwarnings("ignore", "invalid escape sequence", category)
        from pysyncon import Synth
    return Synth()


def _follow(wide: "pd.DataFrame", treated: str, weights: "pd.Series") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({"actual": wide[treated], "synthetic": wide[weights.index] @ weights})


def _growth(path: "pd.DataFrame", before: "np.ndarray") -> float:
    gap = path["actual"] - path["synthetic"]
    error = _error(gap[before])
    return _error(gap[~before]) / error if error > 0 else float("inf")


def _error(gap: "pd.Series") -> float:
    return float((gap**2).mean() ** 0.5)
