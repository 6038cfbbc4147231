"""The definition card of a goal."""

from tools.definitions import item, period_item
from tools.goals.arguments import GoalArguments
from tools.goals.goal_figures import LIKELY, UNLIKELY, Standing
from tools.metric_figures import metric_unit
from tools.periods import Period
from tools.results import DefinitionItem, Text, format_value, limits
from tools.scope import Scope


def goal_card(scope: Scope, arguments: GoalArguments, standing: Standing) -> list[DefinitionItem]:
    """Describe the goal, one line per parameter that shapes the numbers."""
    goal, unit = standing.goal, metric_unit(scope.semantics, scope.semantics.metrics[arguments.metric])
    source = (
        Text("本次给出", "given") if arguments.target is not None else Text("metrics.yaml", "metrics.yaml")
    )
    said = {lang: format_value(goal.target, unit, lang) for lang in ("zh", "en")}
    value = Text(f"{said['zh']}（{source.zh}）", f"{said['en']} ({source.en})")
    kind = {
        "level": Text("水平：到期时达到", "a level, to be reached by the last day"),
        "cumulative": Text("累计：目标期内合计", "an amount, gathered over all days"),
    }[goal.kind]
    pace = (
        Text("按星期几的常态分摊", "by the weekday's usual share")
        if goal.weights
        else Text("按时间线性", "even in time")
    )
    return [
        item("目标", "target", value),
        item("目标类型", "kind of goal", kind),
        period_item(Period(goal.since, goal.by), "目标期", "days of the goal"),
        period_item(standing.now, "实际统计", "days counted"),
        period_item(standing.before, "起始水平与拆分的对照期", "baseline days"),
        item("进度", "pace", pace),
        item("方向", "better is", Text("越高越好", "higher") if goal.up else Text("越低越好", "lower")),
        item(
            "判断",
            "verdict",
            Text(
                f"达成概率 ≥ {LIKELY:.0%} 为进度正常，< {UNLIKELY:.0%} 为难以达成，其间为有风险",
                f"on track from a probability of {LIKELY:.0%}, off track below {UNLIKELY:.0%}, at risk between",
            ),
        ),
        limits(
            "按过去规律外推，不含尚未发生的举措；差距所在的细分不等于原因。",
            "It takes the past to go on, without measures yet to come; the segment where the gap lies is not its cause.",
        ),
    ]
