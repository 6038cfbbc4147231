"""The published tools of this room."""

from tools.impact.arguments import ImpactArguments
from tools.impact.lift import measure_impact
from tools.publication import MetricTool
from tools.results import Text

IMPACT_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "measure_impact",
        Text("活动影响", "Impact of a campaign"),
        Text(
            zh="没有随机分组时估计活动带来的变化：双重差分（聚类误差、平行趋势检验、安慰剂）或合成控制，并说明结果不能证明什么。",
            en="Estimate what a campaign changed where nobody was randomised: difference in differences with clustered errors, "
            "a check of the trends before and placebos, or a synthetic control; and what that does not prove.",
        ),
        ("活动影响", "活动效果", "增量", "双重差分", "合成控制", "带来了多少", "拉动了多少", "impact", "lift", "incremental", "difference in differences", "synthetic control", "campaign effect"),
        (
            Text("7 月 6 日到 26 日邀请渠道的新增用户，活动带来了多少增量？", "How much lift did the campaign of 6 to 26 July bring to new users of the referral channel?"),
            Text("9 月抖音渠道新增用户的增量有多大（双重差分）？", "What was the lift in new users of the Douyin channel in September, by difference in differences?"),
        ),
        ImpactArguments,
        measure_impact,
    ),
)  # fmt: skip
