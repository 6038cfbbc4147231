"""The published tools of this room."""

from tools.publication import MetricTool
from tools.results import Text
from tools.segments.lifecycle import LifecycleArguments, measure_lifecycle
from tools.segments.persona import PersonaArguments, describe_segment
from tools.segments.rfm import RfmArguments, measure_rfm
from tools.segments.tags import SegmentArguments, measure_segment
from tools.segments.value_tiers import ValueTierArguments, measure_value_tiers

SEGMENT_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "measure_rfm",
        Text("RFM 分群", "RFM segments"),
        Text(
            zh="按最近一次、频次、金额给用户打 1 至 5 分，归入冠军、忠诚、有流失风险等人群或重要价值客户等八类。",
            en="Score users 1 to 5 by recency, frequency and monetary value, and name the groups: champions, loyal, "
            "at risk, hibernating, or the eight of the Chinese convention.",
        ),
        (
            "RFM",
            "重要价值客户",
            "最有价值",
            "客户分层",
            "频次…金额",
            "忠诚客户",
            "champions",
            "best customers",
            "most valuable",
            "loyal customers",
            "recency",
            "by recency",
            "recency…spending",
            "recency…monetary",
            "hibernating",
        ),
        (
            Text("按近 90 天的购买做 RFM 分群", "RFM segments by the purchases of the last 90 days"),
            Text("重要挽留客户有多少？", "How many customers are important to win back?"),
        ),
        RfmArguments,
        measure_rfm,
        totals=("users",),
    ),
    MetricTool(
        "measure_lifecycle",
        Text("用户生命周期", "User lifecycle"),
        Text(
            zh="每个用户在某日所处的唯一状态：新、活跃、重新活跃、回流、有流失风险、沉睡，以及两日之间的流转。",
            en="The one state of every user on a day: new, current, reactivated, resurrected, at risk or dormant; "
            "and the moves between two days.",
        ),
        (
            "生命周期阶段",
            "流失风险",
            "快…流失",
            "沉睡",
            "沉默用户",
            "流转",
            "lifecycle states",
            "at risk",
            "at risk of churn",
            "risk of churning",
            "risk to dormant",
            "dormant users",
            "are dormant",
            "became dormant",
            "transitions",
        ),
        (
            Text("目前有多少用户处于流失风险？", "How many users are at risk now?"),
            Text("9 月用户状态如何流转？", "How did users move between states in September?"),
        ),
        LifecycleArguments,
        measure_lifecycle,
        totals=("users",),
        looks_back=True,
    ),
    MetricTool(
        "measure_value_tiers",
        Text("价值分层", "Value tiers"),
        Text(
            zh="按金额把用户分层（前 10%、20%…或按金额切分），给出各层金额占比与帕累托比例。",
            en="Tiers of users by amount (top 10 %, 20 %, ... or cut points), each one's share of the whole, and the "
            "Pareto share.",
        ),
        ("高价值用户", "头部用户", "二八", "帕累托", "value tiers", "whales", "Pareto", "top spenders"),
        (
            Text("前 10% 的用户贡献了多少收入？", "How much of revenue comes from the top 10 % of users?"),
            Text("多少用户贡献了 80% 的成交额？", "What share of users makes 80 % of sales?"),
        ),
        ValueTierArguments,
        measure_value_tiers,
        totals=("users", "amount"),
    ),
    MetricTool(
        "measure_segment",
        Text("人群规模", "Size of a segment"),
        Text(
            zh="某人群（标签）有多少用户，期内有多少人进入、离开；也可试算尚未保存的规则。",
            en="How many users a saved segment (tag) has and how many entered or left; or try a rule before saving.",
        ),
        ("人群", "标签", "圈选", "人群包", "segment", "tag", "audience", "size"),
        (
            Text("高价值人群现在有多少人？", "How many users are in the high-value segment?"),
            Text(
                "近 30 天购买 3 次以上的有多少人？", "How many users bought three times in the last 30 days?"
            ),
        ),
        SegmentArguments,
        measure_segment,
        totals=("members", "share"),
        looks_back=True,
    ),
    MetricTool(
        "describe_segment",
        Text("人群画像", "Persona of a segment"),
        Text(
            zh="某人群与其余用户相比差异最大的维度取值、行为与消费，附检验与多重比较校正。",
            en="Where a segment differs most from everybody else: dimensions, behaviours, spend; tested and corrected "
            "for many comparisons.",
        ),
        (
            "画像",
            "用户画像",
            "特征",
            "什么样",
            "TGI",
            "persona",
            "profile",
            "look like",
            "users like",
            "index",
        ),
        (
            Text("高价值人群有什么特征？", "What sets the high-value segment apart?"),
            Text("高价值人群的用户画像", "Persona of the high-value segment"),
        ),
        PersonaArguments,
        describe_segment,
        totals=("members", "others"),
    ),
)
