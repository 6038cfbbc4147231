"""The published tool of this room."""

from tools.demands.arguments import DemandArguments
from tools.demands.ranking import rank_demands
from tools.publication import MetricTool
from tools.results import Text

DEMAND_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "rank_demands",
        Text("需求排序", "Rank demands"),
        Text(
            zh="按 RICE、ICE、加权或 KANO 问卷给需求清单（CSV、Excel、Jira、PingCode、Worktile 导出）排序：触达人数从数据统计，关联用户反馈主题，"
            "并检验分数稍有出入时名次是否稳固。",
            en="Rank a list of feature requests (CSV, Excel, an export of Jira, PingCode or Worktile) by RICE, ICE, weights or a Kano "
            "survey: reach counted in the data, joined with themes of feedback, and how firm the order is if scores are a "
            "little off.",
        ),
        (
            "需求排序", "需求优先级", "需求池", "需求清单", "哪些需求", "哪个需求", "需求…优先", "需求…先做", "先做哪些需求", "需求…排", "需求评分",
            "RICE", "ICE 评分", "按 ICE", "KANO", "卡诺", "卡诺模型", "必备需求", "魅力需求", "期望需求", "feature requests", "feature request",
            "rank…demands", "rank…backlog", "prioritize", "prioritise", "backlog", "requirements ranking", "which features first", "Kano",
            "must-be", "what should we build", "what to build next", "by ICE",
        ),
        (
            Text("哪些需求应该先做？", "Rank our feature requests by RICE"),
            Text("需求优先级怎么排？", "Which feature requests should we build first?"),
            Text("需求池按 KANO 怎么排？", "Which features are must-have by the Kano survey?"),
            Text("用加权法给需求排序", "Prioritize the backlog by weighted score"),
            Text("下个迭代先做哪些需求？", "What should we build next?"),
        ),
        DemandArguments,
        rank_demands,
        guards_groups=True,
    ),
)  # fmt: skip
