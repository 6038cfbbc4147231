"""The published tool of this room."""

from tools.goals.arguments import GoalArguments
from tools.goals.progress import check_goal
from tools.publication import MetricTool
from tools.results import Text

GOAL_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "check_goal",
        Text("目标进度", "Goal progress"),
        Text(
            zh="对照目标检查一个指标：起始水平、目标、按进度此时应达到多少、到期预测与达成概率、差距来自哪些细分。",
            en="Check a metric against its target: baseline, target, what the pace asks by now, the forecast of the end with "
            "the probability of reaching it, and where the gap lies.",
        ),
        (
            "目标",
            "达成",
            "达标",
            "完成率",
            "完成进度",
            "能不能完成",
            "KPI 进度",
            "target",
            "goal",
            "on track",
            "off track",
            "behind plan",
            "pace",
        ),
        (
            Text("次日留存的目标能不能达成？", "Are we on track for day-1 retention?"),
            Text("GMV 目标完成得怎么样？", "Are we on track for GMV?"),
        ),
        GoalArguments,
        check_goal,
        looks_back=True,
    ),
)
