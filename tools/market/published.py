"""The published tools of this room."""

from tools.market.changes import ChangesArguments, list_market_changes
from tools.market.matrix import MatrixArguments, compare_features
from tools.publication import MetricTool
from tools.results import Text

_WHO = ("竞品", "竞争对手", "友商", "competitor", "the competition")

MARKET_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "compare_features",
        Text("竞品功能对比", "Features of competitors"),
        Text(
            zh="竞品功能矩阵：截至某一天，每家竞品（与我方）每项功能或价格的最近记录，带记录日期与来源；标出过时、矛盾与未知。",
            en="Feature matrix of competitors (and ourselves) as of a day: what was last noted of each feature or price, with "
            "the day and the source of each; stale, contradictory and unknown ones are marked.",
        ),
        (*_WHO, "功能对比", "功能矩阵", "feature matrix", "feature comparison"),
        (
            Text("我们和竞品的功能对比", "How do we compare with competitors on live shopping?"),
            Text("哪些竞品有直播带货？", "Which competitors have live shopping?"),
        ),
        MatrixArguments,
        compare_features,
    ),
    MetricTool(
        "list_market_changes",
        Text("竞品变化", "Changes of competitors"),
        Text(
            zh="竞品变化记录：两个日期之间各竞品新增、下线、变更了什么，价格涨跌的方向与幅度，均带记录日期与来源。",
            en="Change log of competitors between two days: what each added, removed or changed, price moves with their "
            "direction, with the days and sources of the notes.",
        ),
        (*_WHO, "竞品动态", "竞品动作", "price moves", "change log"),
        (
            Text("竞品最近有什么动作？", "What have competitors changed lately?"),
            Text("9 月竞品的价格有哪些变动？", "Which prices did competitors change in September?"),
        ),
        ChangesArguments,
        list_market_changes,
    ),
)
