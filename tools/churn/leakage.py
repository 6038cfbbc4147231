"""Signs that a feature knows what came after: one that alone tells who churned, or that only those who churned have.

Features are computed from days up to a cut-off, but the data may itself have been written with hindsight: an
attribute of today copied onto old events ("status = lost"), or an event dated back. Such a feature does well in
every test and fails on the day it is needed (Kaufman et al. 2012, "Leakage in data mining").
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tools.churn.design import Factor, make_columns
from tools.results import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_ALONE = 0.9
TOO_GOOD = 0.98
_MANY = 30
_UNLIKELY = 1e-6


def find_leaks(samples: "Sequence[pd.DataFrame]", factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """List the factors that look as if they knew the outcome at any cut-off.

    A column of recorded data is one that alone ranks users with an AUC of .9 or more, either way; or one that 30
    users or more have of whom all churned, where chance would give that less than once in a million. Each cut-off is
    looked at by itself: what was written on the last day tells most of the latest.

    Args:
        samples: of each cut-off, users as `read_users` gives them.
        factors: which to look at.
    """
    looked = [(make_columns(users), users["churned"].to_numpy(int)) for users in samples if len(users)]
    return tuple(
        f
        for f in factors
        if f.recorded and any(_leaks(columns[c], churned) for columns, churned in looked for c in f.columns)
    )


def _leaks(values: "pd.Series", churned: "np.ndarray") -> bool:
    from sklearn.metrics import roc_auc_score

    if values.nunique() < 2 or churned.min() == churned.max():
        return False
    auc = float(roc_auc_score(churned, values))
    return max(auc, 1 - auc) >= MOST_ALONE or _is_pure(churned[(values != 0).to_numpy()], churned.mean())


def _is_pure(churned: "np.ndarray", rate: float) -> bool:
    return bool(len(churned) >= _MANY and churned.all() and rate ** len(churned) < _UNLIKELY)


def _within_quotes(chinese: str) -> str:
    """Let quotation marks inside quotation marks be single ones."""
    return chinese.replace("“", "‘").replace("”", "’")


def warn_of_leaks(leaks: Sequence[Factor]) -> Iterator[Text]:
    """Say which factors were left out, and why."""
    for factor in leaks:
        yield Text(
            f"疑似泄漏：“{_within_quotes(factor.label.zh)}”单独就几乎能判断谁流失，可能是事后写入的数据，已不用于评分；请核实它在截止日之前是否真的已知。",
            f"Suspected leakage: “{factor.label.en}” alone all but tells who churned, so it may have been recorded "
            "afterwards; the score leaves it out. Check that it was truly known before the cut-off.",
        )
