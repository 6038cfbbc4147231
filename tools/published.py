"""All published tools, in the order in which they are listed."""

from tools.churn.published import CHURN_TOOLS
from tools.demands.published import DEMAND_TOOLS
from tools.drivers import ChangeArguments, explain_change
from tools.experiments.published import EXPERIMENT_TOOLS
from tools.feedback.published import FEEDBACK_TOOLS
from tools.funnel import FunnelArguments, measure_funnel
from tools.goals.published import GOAL_TOOLS
from tools.impact.published import IMPACT_TOOLS
from tools.market.published import MARKET_TOOLS
from tools.monitoring.published import MONITORING_TOOLS
from tools.named import MetricArguments, measure_metric
from tools.path_arguments import PathArguments
from tools.paths import measure_paths
from tools.publication import MetricTool
from tools.quality.checkup import QUALITY_TOOLS
from tools.results import Text
from tools.segments.published import SEGMENT_TOOLS
from tools.usage_tools import USAGE_TOOLS
from tools.value.published import VALUE_TOOLS

TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "measure_metric",
        Text("查看指标", "Measure a metric"),
        Text(
            zh="计算 metrics.yaml 中的一个指标：期内数值、与对比期的变化、时间序列、按维度拆分。",
            en="Measure a metric of metrics.yaml: its value over a period, the change against another period, "
            "its series, its segments.",
        ),
        ("指标", "数值", "环比", "同比", "metric", "KPI", "value", "compare"),
        (
            Text(
                "上周次日留存是多少，和前一周比怎么样？",
                "What was day-1 retention last week against the week before?",
            ),
            Text("9 月各渠道的 GMV", "GMV by channel in September"),
        ),
        MetricArguments,
        measure_metric,
        totals=("*",),
    ),
    *USAGE_TOOLS,
    MetricTool(
        "measure_funnel",
        Text("漏斗", "Funnel"),
        Text(
            zh="漏斗（按顺序、严格顺序或任意顺序）：各步人数、转化率、转化用时与分位数、趋势、排除事件、可选步骤、"
            "按维度拆分与归因，以及最大可挽回流失的假设测算。",
            en="Funnel, ordered, strict or in any order: users and conversion per step, time to convert, trend, "
            "exclusions, optional steps, breakdown with attribution, and a what-if of the largest recoverable drop.",
        ),
        (
            "漏斗",
            "转化",
            "转化率",
            "流失步骤",
            "哪一步",
            "哪一步流失",
            "哪个步骤",
            "转化用时",
            "转化趋势",
            "funnel",
            "conversion",
            "drop-off",
            "which step",
            "which step…lose",
            "where…lose",
            "where…drop",
            "time to convert",
        ),
        (
            Text("浏览到下单的转化漏斗", "Funnel from view to order"),
            Text(
                "浏览到下单要多久？哪一步流失最值得挽回？",
                "How long from view to order, and which drop is worth winning back?",
            ),
        ),
        FunnelArguments,
        measure_funnel,
        totals=("conversion", "excluded_users"),
    ),
    MetricTool(
        "measure_paths",
        Text("用户路径", "User paths"),
        Text(
            zh="从某事件出发或到达某事件的最常见路径（按会话）、各步离开比例，以及来回循环。",
            en="The most frequent paths from or to an event, session by session, the drop-off at each step, and loops.",
        ),
        (
            "路径",
            "行为路径",
            "桑基图",
            "之后…什么",
            "之前…什么",
            "循环",
            "来回",
            "之后…去了哪里",
            "flows",
            "user journey",
            "what do…after",
            "what do…before",
            "what next",
            "loop",
            "path",
            "where do…go",
        ),
        (
            Text("用户浏览之后都做了什么？", "What do users do after a view?"),
            Text("下单前的常见路径", "The usual paths to an order"),
        ),
        PathArguments,
        measure_paths,
        totals=("paths", "path_users"),
    ),
    MetricTool(
        "explain_change",
        Text("变化归因", "Explain a change"),
        Text(
            zh="解释指标在两个时期之间的变化来自哪些细分或其两两交叉、从哪天起：各项贡献合计恰等于总变化；并判断是否在随机波动范围内。",
            en="Find which segments, or crosses of two, moved a metric between two periods and since when: "
            "contributions that add up to the whole change, and whether the change is within noise.",
        ),
        ("为什么", "原因", "归因", "下降", "上涨", "why", "drivers", "root cause", "drop", "rise"),
        (Text("上周次日留存为什么掉了？", "Why did day-1 retention drop last week?"),),
        ChangeArguments,
        explain_change,
        totals=("*",),
    ),
    *SEGMENT_TOOLS,
    *QUALITY_TOOLS,
    *EXPERIMENT_TOOLS,
    *IMPACT_TOOLS,
    *MONITORING_TOOLS,
    *GOAL_TOOLS,
    *FEEDBACK_TOOLS,
    *VALUE_TOOLS,
    *CHURN_TOOLS,
    *MARKET_TOOLS,
    *DEMAND_TOOLS,
)
