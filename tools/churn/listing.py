"""Users by their risk: one by one with reasons, for readers who may see them, else counted by group."""

from typing import TYPE_CHECKING

from tools.churn.reasons import explain_scores
from tools.churn.study import Study
from tools.privacy import USER_KEY
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

#: From which probability on a user's risk has a name.
BANDS = (("high", 0.5), ("medium", 0.2), ("low", 0.0))
BAND_TEXT = {"high": Text("高", "high"), "medium": Text("中", "medium"), "low": Text("低", "low")}


def list_users(scope: Scope, study: Study, limit: int) -> "pd.DataFrame":
    """Return rows (user, risk, band, days_silent, reasons), the likeliest to churn first."""
    import pandas as pd

    users = study.users.assign(risk=study.risk)
    first = users.sort_values(["risk", "user"], ascending=[False, True]).head(limit)
    reasons = explain_scores(scope, study, first.index)
    return pd.DataFrame(
        {
            USER_KEY: scope.user_keys(first["user"].tolist()),
            "risk": first["risk"].tolist(),
            "band": [band_of(risk) for risk in first["risk"]],
            "days_silent": first["recency"].astype(int).tolist(),
            "reasons": [text.in_language(scope.language) for text in reasons],
        }
    )


def band_of(risk: float) -> str:
    """Name a risk.

    >>> band_of(0.5), band_of(0.49), band_of(0.1)
    ('high', 'medium', 'low')
    """
    return next(name for name, least in BANDS if risk >= least)


def tabulate_groups(scope: Scope, study: Study, breakdown: str | None) -> "pd.DataFrame":
    """Return rows (band or segment, users, mean_risk, expected_churn), the most expected churn first.

    Of a breakdown, a user belongs to the value that most of the user's events have, of equally many to the least.
    """
    key = "segment" if breakdown else "band"
    users = study.users[["user"]].assign(risk=study.risk)
    if breakdown:
        users = users.merge(_usual_values(scope, study, breakdown), on="user", how="left")
    else:
        users[key] = [band_of(risk) for risk in users["risk"]]
    groups = users.groupby(key)["risk"]
    table = groups.agg(users="size", mean_risk="mean", expected_churn="sum").round(6).reset_index()
    if breakdown:
        return table.sort_values(["expected_churn", key], ascending=[False, True], ignore_index=True)
    order = [name for name, _ in BANDS if name in set(table[key])]
    return table.set_index(key).loc[order].reset_index()


def _usual_values(scope: Scope, study: Study, dimension: str) -> "pd.DataFrame":
    rows = scope.days(None, study.outlook.filters)
    rows = rows.filter(rows.day <= study.last)
    value = rows[f"d_{dimension}"].name("segment")
    found: pd.DataFrame = scope.source.engine.fetch(
        rows.group_by("user", value).agg(events=rows.events.sum().cast("int64"))
    )
    ordered = found.sort_values(["user", "events", "segment"], ascending=[True, False, True])
    return ordered.drop_duplicates("user")[["user", "segment"]]
