"""The model of churn: a calibrated logistic regression, the recency baseline, and reasons for each score.

Log-odds are a sum over columns, so the part of each factor in a score is exact. Probabilities are calibrated by
Platt's sigmoid on predictions for users whom the fold did not learn from (Platt 1999; Niculescu-Mizil and
Caruana 2005). Nothing is drawn by chance: equal users in any order give equal scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.churn.design import Factor

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_FOLDS = 5
_SHRINKAGE = 0.1  # scikit-learn's C: smaller shrinks more
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class ChurnModel:
    """A fitted model.

    Attributes:
        columns: of the features, in order.
        scaler, logistic: standardised columns, and their weights.
        calibrated: gives probabilities.
    """

    columns: tuple[str, ...]
    scaler: Any
    logistic: Any
    calibrated: Any

    def score(self, features: "pd.DataFrame") -> "np.ndarray":
        """Return each user's probability of churn."""
        import numpy as np

        scaled = self.scaler.transform(features[list(self.columns)].to_numpy(float))
        return np.round(self.calibrated.predict_proba(scaled)[:, 1], _DIGITS)

    def attribute(self, features: "pd.DataFrame", factors: Sequence[Factor]) -> "pd.DataFrame":
        """Return what each factor adds to each user's log-odds, beside those of the average user."""
        import pandas as pd

        scaled = self.scaler.transform(features[list(self.columns)].to_numpy(float))
        parts = pd.DataFrame(
            scaled * self.logistic.coef_[0], columns=list(self.columns), index=features.index
        )
        sums = {f.name: parts[[c for c in f.columns if c in parts]].sum(axis=1) for f in factors}
        return pd.DataFrame(sums, index=features.index)


def fit_model(features: "pd.DataFrame", users: "pd.DataFrame", columns: Sequence[str]) -> ChurnModel:
    """Fit the model.

    Args:
        features: as `make_columns` gives them.
        users: the same rows with `user` and `churned`; a user may stand in several, of several cut-offs.
        columns: which features to use.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    values = features[list(columns)].to_numpy(float)
    churned = users["churned"].to_numpy(int)
    scaler = StandardScaler().fit(values)
    scaled = scaler.transform(values)
    logistic = LogisticRegression(C=_SHRINKAGE, solver="newton-cholesky", max_iter=200)
    folds = _split_users(users["user"].to_numpy())
    calibrated = CalibratedClassifierCV(logistic, method="sigmoid", cv=folds, ensemble=False)
    with threadpool_limits(
        limits=1
    ):  # matrices this narrow gain nothing from threads, which wait for one another
        calibrated.fit(scaled, churned)
    fitted = calibrated.calibrated_classifiers_[0].estimator
    return ChurnModel(tuple(columns), scaler, fitted, calibrated)


def _split_users(user: "np.ndarray") -> "list[tuple[np.ndarray, np.ndarray]]":
    """Split rows into folds, all of a user in one."""
    import numpy as np

    _, place = np.unique(user, return_inverse=True)
    folds = place % _FOLDS
    return [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(_FOLDS)]
