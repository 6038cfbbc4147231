"""Features as the model takes them: what each column of numbers is made of, and what people call it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.churn.features import SPANS, Outlook
from tools.errors import show
from tools.results import Text
from tools.semantics import Semantics

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Factor:
    """Something about a user that may be a reason: one or several columns of the model.

    Attributes:
        name: identifier.
        label: what people call it.
        columns: of the model.
        recorded: whether it comes from what the data says (events, sums, dimensions), and may have been written
            later than it is dated; what is computed from days cannot.
    """

    name: str
    label: Text
    columns: tuple[str, ...]
    recorded: bool


def list_factors(semantics: Semantics, outlook: Outlook) -> tuple[Factor, ...]:
    """List what the model looks at."""
    days = outlook.window
    spans = tuple(f"days_{n}" for n in range(SPANS))
    factors = [
        Factor(
            "activity",
            Text(
                f"近 {days} 天活跃天数与距上次活跃天数",
                f"active days in the last {days}, and days since the last",
            ),
            ("recency", "recency_log", "pace", *spans, "lately", "active_days", "rate"),
            False,
        ),
        Factor("trend", Text("活跃天数走势", "trend of active days"), ("trend",), False),
        Factor("tenure", Text("首次活跃距今天数", "days since first active"), ("tenure",), False),
        Factor(
            "breadth",
            Text(f"近 {days} 天用到的事件种类", f"kinds of events in the last {days} days"),
            ("breadth",),
            False,
        ),
    ]
    for number, event in enumerate(outlook.events):
        text = semantics.event_text(event)
        label = Text(f"近 {days} 天“{show(text.zh)}”次数", f"{show(text.en)} events in the last {days} days")
        factors.append(Factor(f"event:{event}", label, (f"event_{number}",), True))
    for number, column in enumerate(outlook.properties):
        name = show(column.removeprefix("p_"))
        label = Text(
            f"{name} 之和（近 {days} 天与全部历史）", f"sum of {name}, in the last {days} days and ever"
        )
        factors.append(Factor(f"sum:{name}", label, (f"recent_spent_{number}", f"spent_{number}"), True))
    for place, (dimension, values) in enumerate(outlook.values.items()):
        columns = tuple(f"value_{place}_{n}" for n in range(len(values)))
        factors.append(Factor(f"dimension:{dimension}", semantics.dimension_text(dimension), columns, True))
    return tuple(factors)


def make_columns(users: "pd.DataFrame") -> "pd.DataFrame":
    """Turn what `read_users` returns into the model's columns: amounts by their logarithm, values as shares.

    `rate` is the logarithm of active days per day since the first; `pace` that of the silence in units of the
    user's own usual gap; `trend` is (newer - older) / (newer + older + 1) of the active days of the two newer and
    the two older stretches.
    """
    import numpy as np
    import pandas as pd

    spans = [users[f"days_{n}"].to_numpy(float) for n in range(SPANS)]
    newer, older = sum(spans[: SPANS // 2]), sum(spans[SPANS // 2 :])
    silence, age, active = (users[c].to_numpy(float) for c in ("recency", "tenure", "active_days"))
    rate = active / (age + 1)
    columns: dict[str, Any] = {
        "recency": silence,
        "recency_log": np.log1p(silence),
        "pace": np.log1p(silence * rate),
        **{f"days_{n}": days for n, days in enumerate(spans)},
        "lately": np.sqrt(newer + older),
        "active_days": np.log1p(active),
        "rate": np.log(rate),
        "trend": (newer - older) / (newer + older + 1),
        "tenure": np.log1p(age),
        "breadth": np.log1p(users["breadth"].to_numpy(float)),
    }
    for name in users.columns:
        values = users[name].to_numpy(float)
        if name.startswith("value_"):
            columns[name] = values / users["all_events"].clip(lower=1).to_numpy(float)
        elif name.startswith(("event_", "spent_", "recent_spent_")):
            columns[name] = np.sign(values) * np.log1p(np.abs(values))
    return pd.DataFrame(columns, index=users.index)
