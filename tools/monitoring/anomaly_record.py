"""How a judgement of a series is shown: its warnings, definition card, and changes of level."""

from typing import TYPE_CHECKING

from tools.definitions import item
from tools.metric_figures import change_unit
from tools.monitoring.series import INTERVAL_TEXT, Series
from tools.monitoring.sparsity import describe_zeros
from tools.monitoring.walk import Walk, warm_up
from tools.periods import Period
from tools.results import DefinitionItem, Figure, Text, limits

if TYPE_CHECKING:
    from tools.monitoring.anomalies import AnomalyArguments

_HOURS = item(
    "误差的大小",
    "size of errors",
    Text(
        zh="按一天中的小时分别估计；既看尺度上的偏离，也看以指标单位计的偏离，取较少见者（概率加倍）",
        en="each hour of the day has its own; judged on the scale and in the metric's own unit, by the rarer of the two "
        "(its probability doubled)",
    ),
)


def anomaly_warnings(
    series: Series, walk: Walk, first: int, judged: int, arguments: "AnomalyArguments"
) -> list[Text]:
    """Say what limits the judgement: too little history, gaps, and new levels since the point `first`."""
    warnings = []
    unit = INTERVAL_TEXT[series.interval]
    if judged == 0:
        least = warm_up(series.cycle) + 10
        warnings.append(
            Text(
                zh=f"历史太短，无法判断：需要此前至少约 {least} {unit.zh}的数据。",
                en=f"There is too little history to judge: about {least} {unit.en}s before are needed.",
            )
        )
    if told := describe_zeros(series):
        warnings.append(told)
    gaps = [g for g in series.gaps if arguments.start <= g <= arguments.end]
    if gaps:
        named = "、".join(map(str, gaps[:5])), ", ".join(map(str, gaps[:5]))
        warnings.append(
            Text(
                zh=f"有 {len(gaps)} 天没有任何事件（{named[0]}），视为数据缺口，不作判断：请检查采集。",
                en=f"{len(gaps)} days have no event at all ({named[1]}): taken for gaps in the data and not judged; "
                "check the collection.",
            )
        )
    for shift in walk.shifts:
        if shift.at >= first:
            at = series.labels[shift.at]
            warnings.append(
                Text(
                    zh=f"自 {at} 起进入新的水平（误差持续偏向一侧，累积和超出限度），此后以新水平为常态。",
                    en=f"A new level begins at {at} (errors kept to one side beyond the limit of their cumulative sum); from "
                    "then on it is the usual one.",
                )
            )
    return warnings


def anomaly_card(series: Series, rate: float) -> list[DefinitionItem]:
    """Describe the judgement, one line per parameter that shapes it."""
    unit = INTERVAL_TEXT[series.interval]
    used = Period(series.days[0], series.last_day(series.known - 1)).text()
    season = {
        "hour": Text("一天中的小时、一周中的小时", "hour of the day, hour of the week"),
        "day": Text("星期几", "day of the week"),
        "week": Text("无", "none"),
    }[series.interval]
    kind = {
        "log": Text("对数（变化按比例）", "logarithms (changes are relative)"),
        "root": Text("平方根（小计数）", "square roots (small counts)"),
        "plain": Text("原值", "as they are"),
    }[series.scale().kind]
    return [
        item("时间粒度", "interval", unit),
        item("学习数据", "learnt from", used),
        item(
            "预期值",
            "expected value",
            Text(
                zh="仅由该点之前的数据得出：水平（局部水平模型）+ 趋势（阻尼中位斜率）+ 季节 + 日历效应",
                en="from the points before alone: level (local level model) + drift (damped median slope) + season + calendar",
            ),
        ),
        item("季节", "season", season),
        item("数值尺度", "scale", kind),
        *([_HOURS] if series.interval == "hour" else []),
        item(
            "判为异常",
            "anomaly",
            Text(
                zh=f"一步预测误差出现的概率 < {rate:g}（对过去误差拟合的 t 分布；且不小于用户抽样误差）",
                en=f"an error one step ahead of probability < {rate:g} (t distribution of past errors, no narrower than "
                "the drawing of users)",
            ),
        ),
        item(
            "新水平",
            "new level",
            Text(
                zh="误差（正态分数）偏向一侧的累积和 > 5.8（Page 1954）；仅凭偶然约每 1050 点出现一次",
                en="a cumulative sum of the errors' normal scores to one side > 5.8 (Page 1954), which chance alone brings "
                "about once in some 1,050 points",
            ),
        ),
        item(
            "严重程度",
            "severity",
            Text(
                zh=f"轻微 < {rate:g}，明显 < {rate / 10:g}，严重 < {rate / 100:g}；日历：恰逢数据中无先例的节假日或大促",
                en=f"minor < {rate:g}, major < {rate / 10:g}, critical < {rate / 100:g}; calendar: in a holiday or festival "
                "without precedent in the data",
            ),
        ),
        limits(
            "异常只说明该点不同寻常，不说明原因；可能的来源是同期变化最大的细分，不是因果。",
            "An anomaly says that a point is unusual, not why; the likely driver is the segment that changed most at the "
            "time, not a proven cause.",
        ),
    ]


def level_figures(series: Series, walk: Walk, start: int) -> list[Figure]:
    """Tell by how much each new level differs from the one before, on its first point."""
    scale, figures = series.scale(), []
    for shift in walk.shifts:
        if shift.at >= start:
            place, before = series.labels[shift.at], walk.expected[shift.at]
            change = float(scale.back(before + shift.moved) - scale.back(before))
            label = Text(f"{place} 起水平的变化", f"change of level since {place}")
            figures.append(Figure("level_change", change, change_unit(series.unit), label, place))
    return figures
