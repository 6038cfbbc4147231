"""How a goal's standing is shown: title, figures, table, chart, card and warnings."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tools.charts import draw_band
from tools.goals.arguments import GoalArguments
from tools.goals.outlook import Outlook
from tools.goals.pace import Goal
from tools.metric_figures import change_unit, metric_unit
from tools.metric_kinds import Metric
from tools.monitoring.forecast_record import forecast_warnings, quality_figures
from tools.named import series_interval, series_table
from tools.observation import observe
from tools.periods import Period
from tools.results import Figure, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

LIKELY, UNLIKELY = 0.8, 0.2
_MOST_PARTS = 6
_VERDICTS = {
    "met": Text("已达成", "reached"),
    "missed": Text("未达成", "missed"),
    "on": Text("进度正常", "on track"),
    "risk": Text("有风险", "at risk"),
    "off": Text("按当前走势难以达成", "off track"),
    "ahead": Text("不落后于进度", "not behind the pace"),
    "behind": Text("落后于进度", "behind the pace"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal beside what is known of it.

    Attributes:
        now: the days whose value stands for now. before: those of the baseline.
        value, interval, n: what was measured over `now`.
        expected: what the pace asks over the same days.
        outlook: the forecast of the end, or why there is none.
    """

    goal: Goal
    now: Period
    before: Period
    value: float
    expected: float
    interval: tuple[float, float] | None
    n: int
    outlook: Outlook | Text

    @property
    def verdict(self) -> str:
        """Whether the target is reached, or likely to be; without a forecast, whether it is behind the pace."""
        over = self.now.end >= self.goal.by
        if over or (self.goal.kind == "cumulative" and self.goal.up and self.goal.is_met(self.value)):
            return "met" if self.goal.is_met(self.value) else "missed"
        if isinstance(self.outlook, Text):
            return "ahead" if self.goal.is_met(self.value, self.expected) else "behind"
        chance = self.outlook.probability
        return "on" if chance >= LIKELY else "off" if chance < UNLIKELY else "risk"


def goal_title(scope: Scope, name: str, standing: Standing) -> Text:
    """Name the metric and the verdict."""
    title, verdict = scope.semantics.metric_text(name), _VERDICTS[standing.verdict]
    return Text(zh=f"{title.zh}的目标进度：{verdict.zh}", en=f"Goal of {title.en}: {verdict.en}")


def goal_figures(
    scope: Scope, name: str, metric: Metric, standing: Standing, parts: "pd.DataFrame"
) -> list[Figure]:
    """Give now, target, what the pace asks, the gap, the end, its probability, and the gap's parts."""
    goal, unit = standing.goal, metric_unit(scope.semantics, metric)
    label, span, n = scope.semantics.metric_text(name), str(standing.now), standing.n
    gathered = goal.kind == "cumulative"
    now = Text("目标期内累计", "gathered so far") if gathered else Text("当前", "now")
    figures = [
        Figure(
            "actual",
            standing.value,
            unit,
            Text(f"{label.zh}（{now.zh}）", f"{label.en}, {now.en}"),
            span,
            n=n,
            interval=standing.interval,
        ),
        Figure(
            "target", goal.target, unit, Text(f"目标（{goal.by} 前）", f"target by {goal.by}"), str(goal.by)
        ),
        Figure(
            "expected",
            standing.expected,
            unit,
            Text("按进度此时应达到", "expected by now at this pace"),
            span,
        ),
        Figure(
            "ahead_of_pace",
            standing.value - standing.expected,
            change_unit(unit),
            Text("与进度之差（实际 − 应达到）", "actual less expected"),
            span,
            n=n,
        ),
        Figure(
            "gap_to_target",
            goal.target - standing.value,
            change_unit(unit),
            Text("距目标的差距（目标 − 实际）", "gap to the target (target less actual)"),
            span,
            n=n,
        ),
        Figure(
            "time_elapsed",
            goal.share(standing.now.end),
            "ratio",
            Text("进度应完成的比例", "share of the way that should be behind"),
            span,
        ),
    ]
    if not gathered:
        figures.append(
            Figure("baseline", goal.baseline, unit, Text("起始水平", "baseline"), str(standing.before))
        )
    if isinstance(standing.outlook, Outlook):
        ahead = standing.outlook
        figures += [
            Figure(
                "forecast",
                ahead.value,
                unit,
                Text(f"预测到 {goal.by}", f"forecast for {goal.by}"),
                str(goal.by),
                n=ahead.series.known,
                interval=(ahead.low, ahead.high),
            ),
            Figure(
                "probability",
                ahead.probability,
                "ratio",
                Text("按预测达成目标的概率", "probability of reaching the target, by the forecast"),
                str(goal.by),
                n=ahead.series.known,
            ),
        ]
    for row in parts.head(_MOST_PARTS).to_dict("records"):
        text = scope.segment_text(str(row["dimension"]), str(row["segment"]))
        figures.append(
            Figure(
                "gap_part",
                float(row["gap"]),
                change_unit(unit),
                Text(
                    f"{text.zh}：落后进度的部分（应达到 − 实际）",
                    f"{text.en}: part of what the pace lacks (expected less actual)",
                ),
                span,
                f"{row['dimension']}={row['segment']}",
                n=int(row["n_before"]) + int(row["n_after"]),
            )
        )
    return figures + (
        quality_figures(standing.outlook.tested) if isinstance(standing.outlook, Outlook) else []
    )


def goal_table(scope: Scope, metric: Metric, arguments: GoalArguments, standing: Standing) -> "pd.DataFrame":
    """Return rows (period, value, expected, forecast, low, high, n): per day or week, of an amount gathered so far."""
    import pandas as pd

    goal, interval = standing.goal, series_interval(metric, "day")
    span = Period(max(goal.since, scope.source.coverage.start), standing.now.end)
    seen = observe(scope, metric, span, filters=arguments.filters, interval=interval)
    known = series_table(scope, seen, span, interval)
    buckets = list(scope.calendar.buckets(span, interval))[-len(known) :]
    ends = [min(scope.calendar.last_day(b, interval), goal.by) for b in buckets]
    known["expected"] = [goal.expected(day) for day in ends]
    if goal.kind == "cumulative":
        known["value"] = known["value"].cumsum()
    known["n"] = known["n"].astype("int64")
    if not isinstance(standing.outlook, Outlook):
        return known
    return pd.concat([known, _ahead(standing, standing.outlook)], ignore_index=True)[
        ["period", "value", "expected", "forecast", "low", "high", "n"]
    ]


def _ahead(standing: Standing, outlook: Outlook) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    goal, series, forecast = standing.goal, outlook.series, outlook.forecast
    steps = len(forecast.middle)
    width = timedelta(days=6 if series.interval == "week" else 0)
    middle, low, high = forecast.middle, forecast.low, forecast.high
    if goal.kind == "cumulative":
        paths = standing.value + np.cumsum(forecast.paths, axis=1)
        low, middle, high = np.quantile(paths, (0.025, 0.5, 0.975), axis=0)
    days = series.days[series.known : series.known + steps]
    return pd.DataFrame(
        {
            "period": series.labels[series.known : series.known + steps],
            "value": np.full(steps, np.nan),
            "expected": [goal.expected(d + width) for d in days],
            "forecast": middle,
            "low": low,
            "high": high,
            "n": np.zeros(steps, dtype="int64"),
        }
    )


def goal_chart(
    scope: Scope, arguments: GoalArguments, metric: Metric, table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    """Draw the course beside the line of the pace, with the band of the forecast."""
    import numpy as np

    around = {c: np.nan for c in ("low", "high") if c not in table}
    return draw_band(
        table.assign(**around),
        "period",
        "value",
        middle="expected",
        band=("low", "high"),
        title=title,
        axes=(Text("日期", "date"), scope.semantics.metric_text(arguments.metric)),
        unit=metric_unit(scope.semantics, metric),
        language=scope.language,
        note=Text("虚线为进度要求，阴影为预测的 95% 区间", "broken line: what the pace asks; band: 95% interval of the forecast"),
    )  # fmt: skip


def goal_warnings(
    scope: Scope, arguments: GoalArguments, standing: Standing, parts: "pd.DataFrame"
) -> list[Text]:
    """Say why there is no forecast or no split, and what limits them."""
    goal, outlook = standing.goal, standing.outlook
    warnings = [outlook] if isinstance(outlook, Text) else []
    if isinstance(outlook, Outlook):
        warnings += forecast_warnings(outlook.series, outlook.forecast, outlook.tested)
    if goal.kind == "level" and goal.is_met(goal.baseline):
        warnings.append(
            Text(
                zh="起始水平已不逊于目标：按保持目标水平衡量；若目标应更高（或更低），请核对目标值与指标方向（good）。",
                en="The baseline is as good as the target already, which is taken as a level to hold; if more is meant, check "
                "its value and the metric's direction (good).",
            )
        )
    if parts.empty and scope.source.dimensions:
        warnings.append(
            Text(
                zh="差距未按维度拆分：起始水平并非实测、没有可比的前期数据，或涉及小群体。",
                en="The gap is not split: the baseline was not measured, there is nothing before to compare with, or small "
                "groups would show.",
            )
        )
    return warnings
