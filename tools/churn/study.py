"""A time-split study: learn at earlier cut-offs, judge at the latest that can be judged, score at the end.

Cut-offs lie one silence apart, back from the last day, so that everything known at one (features and who churned) was
known before the next was judged:

    ... learn | learn | judge | score
              ^ each cut-off is followed by as many days as make a user churned
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tools.churn.design import Factor, list_factors, make_columns
from tools.churn.features import Outlook, count_users, read_users
from tools.churn.leakage import find_leaks
from tools.churn.model import ChurnModel, fit_model
from tools.errors import NoData
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_LEARNT = 5
_MOST_ROWS = 150_000
_PARTS = (1, 2, 3, 5, 7, 11, 17, 29, 53, 97, 193, 389, 769)
_LEAST_TO_LEARN, _LEAST_TO_JUDGE = 50, 20
_ROWS_PER_COLUMN = 10
BASELINE = ("recency",)


@dataclass(frozen=True, slots=True)
class Study:
    """What was learnt and how it did.

    Attributes:
        outlook: what was looked at.
        learnt: cut-offs that the judged model learnt from, the latest first.
        judged: cut-off at which it was judged.
        last: the cut-off of the scores.
        rows: rows learnt from (a user counts at each cut-off).
        factors: what the model uses.
        leaks: what it leaves out as suspect.
        simple: whether recorded data was left out because there is too little to learn from.
        tested: users of the judged cut-off, with `churned`.
        scores, baseline: probabilities for `tested`, by the model and from the days since last active alone.
        users: users at the end, with what is known of them.
        features: the same as the model takes it.
        model: learnt from all cut-offs, the judged one included.
    """

    outlook: Outlook
    learnt: tuple[int, ...]
    judged: int
    last: int
    rows: int
    factors: tuple[Factor, ...]
    leaks: tuple[Factor, ...]
    simple: bool
    tested: "pd.DataFrame"
    scores: "np.ndarray"
    baseline: "np.ndarray"
    users: "pd.DataFrame"
    features: "pd.DataFrame"
    model: ChurnModel

    @property
    def churned(self) -> "np.ndarray":
        """Who of `tested` churned, as 0 and 1."""
        return self.tested["churned"].to_numpy(int)

    @property
    def risk(self) -> "np.ndarray":
        """Probability of churn of each of `users`."""
        return self.model.score(self.features)


def conduct_study(scope: Scope, outlook: Outlook, last: int) -> Study:
    """Learn, judge and score.

    Raises:
        NoData: the history is too short or too few users churned (or stayed) to learn or to judge from.
    """
    first = scope.calendar.bucket(scope.source.coverage.start, "day")
    judged, learnt = place_cutoffs(outlook, first, last)
    sample = _choose_part(scope, outlook, last, len(learnt) + 1)
    test = read_users(scope, sample, judged, labelled=True)
    samples = [read_users(scope, sample, cutoff, labelled=True) for cutoff in learnt]
    past = _join(samples)
    _check_counts(past, test)
    every = list_factors(scope.semantics, outlook)
    columns = make_columns(past)
    leaks = find_leaks([*samples, test], every)
    factors, simple = _keep_learnable(tuple(f for f in every if f not in leaks), past)
    names = _columns(factors)
    tested = make_columns(test)
    model, recency = fit_model(columns, past, names), fit_model(columns, past, BASELINE)
    whole = _join([past, test])
    users = read_users(scope, outlook, last, labelled=False)
    return Study(
        outlook=sample,
        learnt=learnt,
        judged=judged,
        last=last,
        rows=len(past),
        factors=factors,
        leaks=leaks,
        simple=simple,
        tested=test,
        scores=model.score(tested),
        baseline=recency.score(tested),
        users=users,
        features=make_columns(users),
        model=fit_model(make_columns(whole), whole, names),
    )


def place_cutoffs(outlook: Outlook, first: int, last: int) -> tuple[int, tuple[int, ...]]:
    """Return the cut-off to judge at, and those to learn from, the latest first, with whole windows before each.

    Raises:
        NoData: the history from `first` to `last` is shorter than two silences and a window.
    """
    silence = outlook.silence
    cutoffs = [last - silence * k for k in range(1, _MOST_LEARNT + 2)]
    whole = [c for c in cutoffs if c - outlook.window + 1 >= first]
    if len(whole) < 2:
        needed, had = 2 * silence + outlook.window, last - first + 1
        raise NoData(
            en=f"With {silence} days of silence as churn, {needed} days of history are needed (a window to look at, "
            f"one silence to learn from and one to judge); there are {had}. Give a smaller silence_days or more history.",
            zh=f"以沉默 {silence} 天为流失，需要 {needed} 天历史（观察窗口、一段用于学习、一段用于检验），现有 {had} 天。"
            "请减小 silence_days 或提供更长的历史。",
            parameter="silence_days",
        )
    return whole[0], tuple(whole[1:])


def _choose_part(scope: Scope, outlook: Outlook, last: int, cutoffs: int) -> Outlook:
    rows = count_users(scope, outlook, last) * cutoffs
    part = next((p for p in _PARTS if rows <= _MOST_ROWS * p), _PARTS[-1])
    return replace(outlook, part=part)


def _check_counts(past: "pd.DataFrame", test: "pd.DataFrame") -> None:
    for users, least, en, zh in (
        (past, _LEAST_TO_LEARN, "learn from", "学习"),
        (test, _LEAST_TO_JUDGE, "judge by", "检验"),
    ):
        churned = int(users["churned"].sum())
        stayed = len(users) - churned
        if min(churned, stayed) < least:
            raise NoData(
                en=f"Too little data to {en}: {churned} cases of churn and {stayed} of staying (a user on a day is a case), and "
                f"{least} of each are needed; a score would be guesswork. Use days since last active, a longer history or other silence_days.",
                zh=f"数据太少，无法{zh}：{churned} 例流失、{stayed} 例留下（一名用户在一个截止日为一例），两类各需至少 {least} 例，否则评分只是猜测。"
                "请改看最近活跃天数、提供更长历史或调整 silence_days。",
            )


def _keep_learnable(factors: tuple[Factor, ...], past: "pd.DataFrame") -> tuple[tuple[Factor, ...], bool]:
    """Leave out recorded data where the rarer outcome is too rare for so many columns: ten for each (Peduzzi 1996)."""
    churned = int(past["churned"].sum())
    if min(churned, len(past) - churned) >= _ROWS_PER_COLUMN * len(_columns(factors)):
        return factors, False
    return tuple(f for f in factors if not f.recorded), True


def _columns(factors: Sequence[Factor]) -> list[str]:
    return [column for factor in factors for column in factor.columns]


def _join(frames: "Sequence[pd.DataFrame]") -> "pd.DataFrame":
    import pandas as pd

    return pd.concat(frames, ignore_index=True)
