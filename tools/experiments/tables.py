"""The tables of an experiment, and its chart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.charts import draw_intervals
from tools.experiments.effects import Effect
from tools.experiments.reading import Reading
from tools.experiments.wording import arm_text
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd


def effect_table(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> "pd.DataFrame":
    """Return one row per metric, arm and segment."""
    import pandas as pd

    rows = []
    for effect in effects:
        found, metric = effect.found, scope.semantics.metrics[effect.metric]
        low, high = found.interval or (None, None)
        row: dict[str, Any] = {"metric": effect.metric, "role": effect.role, "arm": effect.arm}
        row |= {} if effect.segment is None else {"segment": effect.segment}
        row |= {"control_users": effect.users[0], "users": effect.users[1]}
        row |= {
            "control_value": found.control,
            "value": found.treatment,
            "effect": found.effect,
            "low": low,
            "high": high,
        }
        row |= {"relative": found.relative, "pvalue": found.pvalue, "qvalue": effect.corrected}
        rows.append(row | {"verdict": effect.verdict(metric.good)})
    table = pd.DataFrame(rows)
    numbers = ["control_value", "value", "effect", "low", "high", "relative", "pvalue", "qvalue"]
    return table.astype(dict.fromkeys(numbers, "float64"))


def _chart_rows(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> "pd.DataFrame":
    import pandas as pd

    language, rows = scope.language, []
    for effect in effects:
        low, high = effect.found.relative_interval or (None, None)
        named = [scope.semantics.metric_text(effect.metric), arm_text(reading.experiment, effect.arm)]
        if effect.segment is not None:
            named.append(scope.semantics.value_text(str(reading.arguments.breakdown), effect.segment))
        what = " · ".join(n.in_language(language) for n in named)
        rows.append({"what": what, "relative": effect.found.relative, "low": low, "high": high})
    return pd.DataFrame(rows)


def draw_effects(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> dict[str, Any]:
    """Draw the relative effects with their intervals."""
    name = reading.title(scope)
    return draw_intervals(
        _chart_rows(scope, reading, effects),
        "what",
        "relative",
        ("low", "high"),
        title=Text(f"{name.zh}：相对变化与 95% 区间", f"{name.en}: relative change with 95 % interval"),
        axes=(Text("指标与组别", "metric and arm"), Text("相对变化", "relative change")),
        unit="ratio_change",
        language=scope.language,
        lying=True,
    )


def split_table(reading: Reading) -> "pd.DataFrame":
    """Return one row per arm."""
    import pandas as pd

    whole, users = sum(reading.shares.values()), reading.exposures.users
    rows = [
        {"arm": arm, "users": n, "share": n / users, "expected_share": reading.shares[arm] / whole}
        for arm, n in reading.exposures.counts.items()
    ]
    return pd.DataFrame(rows)
