"""What a goal is, from the call and from `targets` of metrics.yaml."""

from datetime import date

from pydantic import Field

from tools.declarations import Day
from tools.definitions import Breakdown, ToolArguments
from tools.errors import InvalidArgument, NoData, show
from tools.goals.pace import Kind, Pace
from tools.metric_kinds import (
    ConversionMetric,
    EventCountMetric,
    EventSumMetric,
    Metric,
    RatioMetric,
    RetentionMetric,
)
from tools.periods import Period
from tools.scope import Scope
from tools.semantics import TargetDefinition

#: A ratio beyond it was meant in percent.
_MOST_RATIO = 10


class GoalArguments(ToolArguments):
    """Arguments of `check_goal`; `start` and `end` bound the days whose value stands for now."""

    metric: str = Field(description="Name of a metric in metrics.yaml. metrics.yaml 中的指标名。")
    target: float | None = Field(
        default=None,
        description="Value to reach, 45 % as 0.45; null for the one in metrics.yaml. 目标值，45% 写作 0.45，null 取 "
        "metrics.yaml 的目标。",
    )
    by: Day | None = Field(default=None, description="Last day to reach it. 达成期限（含）。")
    since: Day | None = Field(
        default=None,
        description="First day of the goal; null for metrics.yaml's, else the start of the year of `by` or of the data. "
        "目标的起始日，null 取 metrics.yaml，否则为期限所在年的年初或数据起点。",
    )
    baseline: float | None = Field(
        default=None,
        description="Level at the start; null to measure it over the 28 days before. 起始水平，null 则取起始日前 28 天的实测。",
    )
    kind: Kind | None = Field(
        default=None,
        description="level: to be reached by the last day; cumulative: to be gathered over all days; null for cumulative "
        "of counts and sums, else level. level：到期时达到的水平；cumulative：期间累计；null 则次数与金额为累计，其余为水平。",
    )
    pace: Pace | None = Field(
        default=None,
        description="linear in time, or seasonal by weekday (cumulative only); null for linear. 进度按时间线性，或按星期几的常态"
        "（仅累计目标），null 为线性。",
    )
    breakdown: Breakdown = None


def find_target(scope: Scope, arguments: GoalArguments) -> TargetDefinition | None:
    """Return the declared target of a metric: the first not over by the end of the period, else the last."""
    own = [t for t in scope.semantics.targets if t.metric == arguments.metric]
    ahead = [t for t in own if t.by is None or t.by >= arguments.end]
    return ahead[0] if ahead else own[-1] if own else None


def settle_target(
    scope: Scope, metric: Metric, arguments: GoalArguments, declared: TargetDefinition | None
) -> float:
    """Return the value to reach.

    Raises:
        NoData: neither the call nor metrics.yaml has one.
        InvalidArgument: a share of users does not lie between 0 and 1.
    """
    if arguments.target is not None:
        _check_target(arguments.target, metric)
        return arguments.target
    if declared is not None:
        return declared.value
    others = list(dict.fromkeys(t.metric for t in scope.semantics.targets))
    zh = f"已有目标的指标：{'、'.join(map(show, others))}。" if others else ""
    en = f" Those with a target: {', '.join(map(show, others))}." if others else ""
    raise NoData(
        en=f"There is no target for {show(arguments.metric)}: give target and by, or declare it under targets in "
        f"metrics.yaml.{en}",
        zh=f"没有 {show(arguments.metric)} 的目标：请给出 target 与 by，或在 metrics.yaml 的 targets 中声明。{zh}",
        parameter="target",
    )


def _check_target(target: float, metric: Metric) -> None:
    if isinstance(metric, RatioMetric) and metric.unit == "ratio" and abs(target) > _MOST_RATIO:
        raise InvalidArgument(
            en=f"target {target:g} would be {target:,.0%}: this metric is a ratio; {target:g} % is written {target / 100:g}.",
            zh=f"target（{target:g}）相当于 {target:,.0%}：该指标是比值，{target:g}% 写作 {target / 100:g}。",
            parameter="target",
        )
    if isinstance(metric, RetentionMetric | ConversionMetric) and not 0 <= target <= 1:
        raise InvalidArgument(
            en=f"target {target:g} is no share: this metric lies between 0 and 1; 45 % is written 0.45.",
            zh=f"target（{target:g}）不是占比：该指标在 0 与 1 之间，45% 写作 0.45。",
            parameter="target",
        )


def settle_kind(metric: Metric, arguments: GoalArguments, declared: TargetDefinition | None) -> Kind:
    """Return what kind of goal it is.

    Raises:
        InvalidArgument: what does not add up over days cannot be gathered.
    """
    adds_up = isinstance(metric, EventCountMetric | EventSumMetric)
    kind = arguments.kind or (declared.kind if declared else None) or ("cumulative" if adds_up else "level")
    if kind == "cumulative" and not adds_up:
        raise InvalidArgument(
            en="kind: only counts and sums of events add up over days; this metric is a level.",
            zh="kind：只有事件次数与金额可以逐日累计，该指标请用 level。",
            parameter="kind",
        )
    return kind


def settle_dates(
    scope: Scope, arguments: GoalArguments, declared: TargetDefinition | None, kind: Kind
) -> Period:
    """Return the days of the goal.

    Raises:
        InvalidArgument: no last day is known, or it lies before the first, or nothing of the goal is known yet.
    """
    by = arguments.by or (declared.by if declared and arguments.target is None else None)
    if by is None and declared is not None:
        by = declared.by
    if by is None:
        raise InvalidArgument(
            en="by is missing: say by which day the target is to be reached.",
            zh="缺少 by：请说明目标的达成期限。",
            parameter="by",
        )
    first = scope.source.coverage.start
    since = arguments.since or (declared.since if declared else None)
    since = since or max(date(by.year, 1, 1), first)
    if since >= by or since > arguments.end:
        raise InvalidArgument(
            en=f"since {since} must lie before by {by} and not after the days measured (end {arguments.end}).",
            zh=f"since（{since}）须早于 by（{by}），且不晚于测量期的结束日（{arguments.end}）。",
            parameter="since",
        )
    return Period(since, by)
