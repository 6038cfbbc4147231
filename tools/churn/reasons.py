"""Why a user's score is high: the factors that add most to it, each with the user's own number beside the usual."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.churn.design import Factor
from tools.churn.features import SPANS
from tools.churn.study import Study
from tools.errors import show
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_MOST = 3
_LEAST = 0.1  # log-odds


def explain_scores(scope: Scope, study: Study, rows: "pd.Index") -> list[Text]:
    """Say for each of some users what raises the score above the average user's, the strongest first.

    Args:
        scope: what was read.
        study: as made.
        rows: labels of `study.users`.
    """
    parts = study.model.attribute(study.features.loc[rows], study.factors)
    usual = study.users.drop(columns="user").median()
    factors = {f.name: f for f in study.factors}
    told = []
    for label in rows:
        ranked = sorted(parts.loc[label].items(), key=lambda part: (-part[1], part[0]))
        user = study.users.loc[label]
        raising = [factors[str(name)] for name, size in ranked if size >= _LEAST]
        telling = [
            f for f in raising if f.columns[0] not in user or user[f.columns[0]] != usual[f.columns[0]]
        ]
        texts = [_word(scope, study, factor, user, usual) for factor in telling[:_MOST]]
        told.append(_join(texts))
    return told


def weigh_factors(study: Study) -> "pd.DataFrame":
    """Return rows (factor, spread): how far each factor moves scores, as the standard deviation of its log-odds."""
    parts = study.model.attribute(study.features, study.factors)
    spread = parts.std(ddof=0).round(4).sort_values(ascending=False, kind="stable")
    return spread.rename_axis("factor").reset_index(name="spread")


def _join(texts: Sequence[Text]) -> Text:
    if not texts:
        return Text("没有明显高于平均的因素", "nothing stands out from the average")
    return Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts))


def _word(scope: Scope, study: Study, factor: Factor, user: "pd.Series", usual: "pd.Series") -> Text:
    days = study.outlook.window
    spans = [int(user[f"days_{n}"]) for n in range(SPANS)]
    match factor.name:
        case "activity":
            median = int(sum(usual[f"days_{n}"] for n in range(SPANS)))
            own, middle = int(user["recency"]), int(usual["recency"])
            return Text(
                f"近 {days} 天活跃 {sum(spans)} 天、距上次 {own} 天（中位数 {median}、{middle}）",
                f"active on {sum(spans)} of the last {days} days, last {own} days ago (medians {median} and {middle})",
            )
        case "trend":
            older, newer = sum(spans[SPANS // 2 :]), sum(spans[: SPANS // 2])
            half = days // 2
            return Text(
                f"活跃天数由前 {half} 天的 {older} 变为近 {half} 天的 {newer}",
                f"active days went from {older} to {newer} between the older and newer {half} days",
            )
        case "tenure":
            own, median = int(user["tenure"]), int(usual["tenure"])
            return Text(
                f"{own} 天前首次活跃（中位数 {median}）", f"first active {own} days ago (median {median})"
            )
        case name if name.startswith("dimension:"):
            return _word_value(scope, study, name.removeprefix("dimension:"), user)
    column = factor.columns[0]
    amount, common = (f"{float(v[column]):,.4g}" for v in (user, usual))
    return Text(
        f"{factor.label.zh}：{amount}（中位数 {common}）", f"{factor.label.en}: {amount} (median {common})"
    )


def _word_value(scope: Scope, study: Study, dimension: str, user: "pd.Series") -> Text:
    values = study.outlook.values[dimension]
    place = list(study.outlook.values).index(dimension)
    most = max(range(len(values)), key=lambda n: (user[f"value_{place}_{n}"], -n))
    text = scope.segment_text(dimension, values[most])
    return Text(show(text.zh), show(text.en))
