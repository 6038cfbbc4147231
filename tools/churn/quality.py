"""How good scores are on days that the model did not learn from, beside the days since each user was last active."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.intervals import wilson_interval

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BINS = 10
_Z = 1.959963984540054  # standard normal quantile at 0.975


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranking of users finds.

    Attributes:
        precision: share of the first k users who churned; of ties at the border, their share.
        weights: how far each user is among the first k, 0 to 1.
        auc: chance that a user who churned ranks above one who did not.
    """

    precision: float
    weights: "np.ndarray"
    auc: float


def rank_users(scores: "np.ndarray", churned: "np.ndarray", k: int) -> Ranking:
    """Rank users by falling score."""
    from sklearn.metrics import roc_auc_score

    weights = choose_first(scores, k)
    return Ranking(float((weights * churned).sum() / k), weights, float(roc_auc_score(churned, scores)))


def choose_first(scores: "np.ndarray", k: int) -> "np.ndarray":
    """Say how far each user is among the `k` of highest score: users tied at the border share what is left.

    >>> import numpy as np
    >>> choose_first(np.array([3, 2, 2, 1]), 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    import numpy as np

    border = np.sort(scores)[::-1][k - 1]
    above, tied = scores > border, scores == border
    return above + tied * ((k - above.sum()) / tied.sum())


def compare_rankings(first: Ranking, second: Ranking, churned: "np.ndarray", k: int) -> tuple[float, float]:
    """Bound the difference of two precisions of the same users at 95 %: users whom both choose cancel out.

    The difference is the mean over the k places of d = (w1 - w2) * churned; its variance that of the sum of d.
    """
    parts = (first.weights - second.weights) * churned
    difference = float(parts.sum() / k)
    spread = _Z * math.sqrt(float(((parts - parts.mean()) ** 2).sum())) / k
    return difference - spread, difference + spread


def brier_score(scores: "np.ndarray", churned: "np.ndarray") -> float:
    """Return the mean squared error of probabilities (Brier 1950): 0 is perfect."""
    return float(((scores - churned) ** 2).mean())


def tabulate_reliability(scores: "np.ndarray", churned: "np.ndarray") -> "pd.DataFrame":
    """Set predicted beside observed churn in tenths of the users by score.

    Returns:
        Rows (predicted_from, predicted_to, users, churned, predicted, observed, low, high), by rising score;
        users of equal score stay together, so there may be fewer rows. `low` and `high` bound `observed`.
    """
    import numpy as np
    import pandas as pd

    edges = np.unique(np.quantile(scores, np.arange(1, BINS) / BINS))
    frame = pd.DataFrame({"score": scores, "churned": churned, "bin": np.searchsorted(edges, scores, "left")})
    bins = frame.groupby("bin")
    table = pd.DataFrame(
        {
            "predicted_from": bins["score"].min(),
            "predicted_to": bins["score"].max(),
            "users": bins.size().astype("int64"),
            "churned": bins["churned"].sum().astype("int64"),
            "predicted": bins["score"].mean(),
            "observed": bins["churned"].mean(),
        }
    ).reset_index(drop=True)
    bounds = [
        wilson_interval(c, n) or (0.0, 1.0) for c, n in zip(table["churned"], table["users"], strict=True)
    ]
    return table.assign(low=[b[0] for b in bounds], high=[b[1] for b in bounds])


def calibration_error(reliability: "pd.DataFrame") -> float:
    """Return the mean distance of predicted and observed churn over the bins, by their users."""
    gaps = (reliability["predicted"] - reliability["observed"]).abs()
    return float((gaps * reliability["users"]).sum() / reliability["users"].sum())
