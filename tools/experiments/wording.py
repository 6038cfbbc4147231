"""What figures and cards of experiments say of metrics, arms and windows."""

from tools.definitions import item
from tools.durations import write_window
from tools.experiments.declarations import ExperimentDefinition
from tools.experiments.outcomes import Kind, Window, kind_of
from tools.metric_kinds import (
    ActiveUsersMetric,
    ConversionMetric,
    EventSumMetric,
    Metric,
    RatioMetric,
    RetentionMetric,
)
from tools.results import DefinitionItem, Text, limits
from tools.semantics import Semantics

LIMITS = limits(
    "结果只说明实验期间、这些用户身上的平均效果，不能证明上线后长期、对其他人群或与其他改动叠加时仍是如此。",
    "The result is the average effect on these users in these days; it does not prove that the effect lasts, holds for "
    "others, or survives other changes made beside it.",
)


def unit_of(semantics: Semantics, metric: Metric) -> str:
    """Return the unit of a metric's value in an arm."""
    if isinstance(metric, RatioMetric | EventSumMetric):
        unit = semantics.resolve_unit(metric.unit)
        return unit if unit == "ratio" or unit.startswith("currency:") else "multiple"
    return "ratio" if kind_of(metric) == "share" else "multiple"


def metric_label(semantics: Semantics, name: str, window: Window) -> Text:
    """Name a metric as it is measured per user."""
    text, metric = semantics.metric_text(name), semantics.metrics[name]
    if isinstance(metric, RetentionMetric):
        return text
    days = window.after
    if kind_of(metric) == "mean":
        return Text(f"{text.zh}（{days} 日内人均）", f"{text.en} per user within {days} days")
    return Text(f"{text.zh}（{days} 日内）", f"{text.en} within {days} days")


ROLE_TEXT = {"metric": Text("决定指标", "metric"), "guardrail": Text("护栏", "guardrail")}
VERDICT_TEXT = {
    "better": Text("更好", "better"),
    "worse": Text("更差", "worse"),
    "unclear": Text("尚不明确", "unclear"),
    "safe": Text("未受损", "safe"),
    "harmed": Text("受损", "harmed"),
}


def arm_text(experiment: ExperimentDefinition, arm: str) -> Text:
    """Return what people call an arm."""
    declared = experiment.arms.get(arm)
    return declared.names.text(arm) if declared else Text(arm, arm)


def metric_item(semantics: Semantics, name: str, metric: Metric, window: Window) -> DefinitionItem:
    """Say how a metric is counted of the users of an arm."""
    label, days = semantics.metric_text(name), window.after
    match metric:
        case RetentionMetric():
            told = Text(
                f"进入后第 {metric.at} 个本地{_PERIODS[metric.period].zh}回访的用户占比",
                f"share of exposed users who return {metric.at} local {_PERIODS[metric.period].en}s after exposure",
            )
        case ConversionMetric():
            longest = write_window(metric.window)
            told = Text(
                f"进入后 {days} 日内按顺序完成全部步骤、且首步到末步不超过 {longest.zh}的用户占比（分母为全部进入用户）",
                f"share of all exposed users who do every step in order within {days} days, and within "
                f"{longest.en} of their first step",
            )
        case ActiveUsersMetric():
            told = _ACTIVE[kind_of(metric)]
        case RatioMetric():
            told = Text(
                "全组分子之和除以分母之和，方差按用户用 delta 法",
                "sum over sum of the arm, variance per user by the delta method",
            )
        case _:
            told = _PER_USER[kind_of(metric)]
    return item(label.zh, label.en, told)


def window_item(window: Window) -> DefinitionItem:
    """Say which days count."""
    return item(
        "观察窗口",
        "window",
        Text(
            zh=f"首次进入之后、含当日共 {window.after} 个本地日；只统计窗口已被数据完整覆盖的用户",
            en=f"after the first exposure, {window.after} local days with its own; only users whose whole window is in the data",
        ),
    )


_PERIODS = {"day": Text("日", "day"), "week": Text("周", "week"), "month": Text("月", "month")}
_PER_USER: dict[Kind, Text] = {
    "share": Text(
        "窗口内发生过的用户占比（分母为全部进入用户）",
        "share of all exposed users who do it within the window",
    ),
    "mean": Text(
        "窗口内的人均值（未发生的用户计 0）", "mean per exposed user within the window, those without it as 0"
    ),
    "ratio": Text("", ""),
}
_ACTIVE: dict[Kind, Text] = {
    "share": Text(
        "窗口内至少活跃一次的用户占比", "share of exposed users active at least once within the window"
    ),
    "mean": Text("窗口内人均活跃天数", "mean active days per exposed user within the window"),
    "ratio": Text("", ""),
}
