"""Planning an experiment: how many users it needs, and how long they take to come, by what was measured before."""

import math
from typing import TYPE_CHECKING, Any

from tools.charts import draw_lines
from tools.definitions import item, period_item
from tools.errors import InvalidArgument, NoData, show
from tools.experiments.comparison import SIGNIFICANCE, Arm
from tools.experiments.design_arguments import DesignArguments
from tools.experiments.exposures import find_entries
from tools.experiments.outcomes import (
    PRIOR,
    Kind,
    Window,
    check_metric,
    describe_arms,
    follow_up_days,
    observe_users,
)
from tools.experiments.power import Plan, detectable_effect, users_needed
from tools.experiments.traffic import Traffic, measure_traffic
from tools.experiments.wording import metric_item, metric_label, unit_of, window_item
from tools.metric_figures import change_unit
from tools.metric_kinds import ConversionMetric, Metric, RetentionMetric
from tools.named import find_metric
from tools.results import DefinitionItem, Figure, MetricResult, Text, format_value, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_WEEKS = (1, 2, 3, 4, 6, 8, 12)
_LIMITS = limits(
    "样本量按过去的流量、均值与波动推算，不能证明效果真有这么大，也不能保证今后的流量与波动不变。",
    "The size follows from past traffic, level and noise; it does not prove that an effect of that size exists, nor that "
    "traffic and noise will stay.",
)


def design_experiment(scope: Scope, arguments: DesignArguments) -> MetricResult:
    """Work out sample size, duration and detectable effect from the users of a period."""
    metric = find_metric(scope.semantics, arguments.metric)
    check_metric(arguments.metric, metric)
    scope.check_users()
    scope.check(arguments.filters)
    warnings = list(scope.cover(arguments.dates))
    window = Window(arguments.follow_days, arguments.covariate_days)
    event = arguments.entry_event or _usual_entry(scope, metric)
    entries = find_entries(scope, event, arguments.dates, arguments.filters)
    traffic = measure_traffic(scope, entries, arguments.dates, arguments.traffic_share)
    outcome = observe_users(scope, entries, metric, window)
    past = _past(scope, arguments, outcome)
    baseline = past.value(outcome.kind)
    if baseline is None or not any(past.var.values()):
        raise NoData(
            en=f"Metric {show(arguments.metric)} is the same of every user of the period, so no sample size follows from it.",
            zh=f"指标 {show(arguments.metric)} 在期内每名用户上都相同，无法推算样本量。",
            parameter="metric",
        )
    effect = _checked_effect(arguments, outcome.kind, baseline)
    plan = Plan(arguments.power, arguments.arms, PRIOR in past.mean and past.var[PRIOR] > 0)
    needed = _needed(arguments, past, outcome.kind, effect, plan)
    table = _tabulate(past, outcome.kind, baseline, traffic, plan)
    label = metric_label(scope.semantics, arguments.metric, window)
    title = Text(f"实验设计：{label.zh}", f"Experiment design: {label.en}")
    wait = follow_up_days(metric, window)
    return scope.finish(
        "design_experiment",
        arguments.model_copy(update={"entry_event": event}),
        title=title,
        card=_card(scope, arguments, metric, window, event, plan),
        figures=_figures(
            scope, arguments, label, past, baseline, effect, needed, traffic, wait, outcome.kind
        ),
        table=table,
        chart=draw_lines(
            table,
            "days",
            "relative_effect",
            title=title,
            axes=(
                Text("招募天数", "days of enrolment"),
                Text("可检出的相对变化", "detectable relative change"),
            ),
            unit="ratio_change",
            language=scope.language,
        ),
        warnings=[*_duration_warnings(arguments, needed, traffic), *warnings],
        n=past.n,
    )


def _usual_entry(scope: Scope, metric: Metric) -> str | None:
    """Name the event with which users come to a metric."""
    if isinstance(metric, RetentionMetric):
        return metric.cohort_event or scope.semantics.default_cohort_event
    if isinstance(metric, ConversionMetric):
        return metric.steps[0]
    return scope.semantics.default_event


def _past(scope: Scope, arguments: DesignArguments, outcome: Any) -> Arm:
    rows = describe_arms(scope, outcome)
    if rows.empty or int(rows["n"].iloc[0]) < 2:
        raise NoData(
            en=f"Fewer than two users of {arguments.dates.text().en} have their whole window in the data; take an earlier or "
            "longer period.",
            zh=f"{arguments.dates.text().zh} 进入且观察窗口已完整的用户不足两名；请选更早或更长的时间范围。",
            parameter="start",
        )
    return Arm.of(rows.to_dict("records")[0], outcome.columns)


def _checked_effect(arguments: DesignArguments, kind: Kind, baseline: float) -> float:
    effect = arguments.effect(baseline)
    if kind == "share" and not 0 < baseline + effect < 1:
        by, level = change_unit("ratio"), format_value(baseline, "ratio", "en")
        raise InvalidArgument(
            en=f"A change of {format_value(effect, by, 'en')} would take the metric from {level} out of 0% to 100%; give a smaller one.",
            zh=f"变化 {format_value(effect, by, 'zh')}会使指标由 {level} 超出 0% 至 100% 的范围；请给更小的变化。",
            parameter=_effect_parameter(arguments),
        )
    return effect


def _effect_parameter(arguments: DesignArguments) -> str:
    return "relative_effect" if arguments.absolute_effect is None else "absolute_effect"


def _needed(arguments: DesignArguments, past: Arm, kind: Kind, effect: float, plan: Plan) -> int:
    try:
        return users_needed(past, kind, effect, plan)
    except ValueError:
        # The solver finds no number of users of so little power.
        raise InvalidArgument(
            en=f"A change of {effect:+,.10g} is so large beside how users differ that any few of them would show it; "
            "give a smaller one.",
            zh=f"变化 {effect:+,.10g} 与用户之间的差异相比过大，几名用户就能看出；请给更小的变化。",
            parameter=_effect_parameter(arguments),
        ) from None


def _tabulate(past: Arm, kind: Kind, baseline: float, traffic: Traffic, plan: Plan) -> "pd.DataFrame":
    """Return rows (days, arm_users, effect, relative_effect) for some weeks of enrolment."""
    import pandas as pd

    rows = []
    for days in (7 * week for week in _WEEKS):
        users = int(traffic.users_within(days) // plan.arms)
        effect = detectable_effect(past, kind, users, plan)
        relative = effect / abs(baseline) if effect is not None and baseline else None
        rows.append({"days": days, "arm_users": users, "effect": effect, "relative_effect": relative})
    return pd.DataFrame(rows).astype({"effect": "float64", "relative_effect": "float64"})


def _figures(
    scope: Scope,
    arguments: DesignArguments,
    label: Text,
    past: Arm,
    baseline: float,
    effect: float,
    needed: int,
    traffic: Traffic,
    wait: int,
    kind: Kind,
) -> list[Figure]:
    unit, span = unit_of(scope.semantics, scope.semantics.metrics[arguments.metric]), str(arguments.dates)
    enrolment = traffic.days_for(needed * arguments.arms)
    whole = None if enrolment is None else _whole_weeks(enrolment)
    weeks = Text("招募天数（取整周）", "days of enrolment, in whole weeks")
    total = Text("总天数（招募与观察）", "days in all, with the last users' window")
    daily = Text("最近一周日均新进入用户", "new entering users a day in the last week")
    relative = effect / abs(baseline) if baseline else None
    return [
        Figure(
            "users_per_arm", needed, "users", Text("每组所需用户", "users needed per arm"), span, n=past.n
        ),
        Figure(
            "users_in_all",
            needed * arguments.arms,
            "users",
            Text("总共所需用户", "users needed in all"),
            span,
            n=past.n,
        ),
        Figure("enrolment_days", whole, "days", weeks, span, n=traffic.users),
        Figure(
            "duration_days", None if whole is None else whole + wait - 1, "days", total, span, n=traffic.users
        ),
        Figure(
            "baseline", baseline, unit, Text(f"{label.zh}：现状", f"{label.en} at present"), span, n=past.n
        ),
        Figure("effect", effect, change_unit(unit), Text("要检出的变化", "change to find"), span, n=past.n),
        Figure(
            "relative_effect",
            relative,
            "ratio",
            Text("要检出的相对变化", "relative change to find"),
            span,
            n=past.n,
        ),
        Figure("daily_users", traffic.daily, "users", daily, span, n=traffic.users),
    ]


def _whole_weeks(days: int) -> int:
    return math.ceil(days / 7) * 7


def _duration_warnings(arguments: DesignArguments, needed: int, traffic: Traffic) -> list[Text]:
    days = traffic.days_for(needed * arguments.arms)
    if days is None:
        return [
            Text(
                "按现有流量一年内凑不够所需用户；可放宽要检出的变化、减少组数、提高流量占比，或换波动更小的指标。",
                "At this traffic the users do not come together within a year; look for a larger change, take fewer arms or more "
                "of the traffic, or a metric with less noise.",
            )
        ]
    if days > len(traffic.arrivals):
        days = _whole_weeks(days)
        return [
            Text(
                f"招募所需的 {days} 天超过所看的 {len(traffic.arrivals)} 天，其后按最近一周的新进入用户外推；老用户会越来越少，实际可能更久。",
                f"The {days} days of enrolment are more than the {len(traffic.arrivals)} looked at; beyond, the last week's new users "
                "are carried on. Fewer and fewer are new, so it may take longer.",
            )
        ]
    return []


def _card(
    scope: Scope, arguments: DesignArguments, metric: Metric, window: Window, event: str | None, plan: Plan
) -> list[DefinitionItem]:
    share = f"{arguments.traffic_share:.0%}"
    card = [
        period_item(arguments.dates, "参照期", "past period"),
        item("进入事件", "entry", scope.semantics.event_text(event)),
        metric_item(scope.semantics, arguments.metric, metric, window),
        window_item(window),
        item("组数", "arms", str(plan.arms)),
        item("功效", "power", f"{plan.power:.0%}"),
        item(
            "显著性水平",
            "significance",
            Text(
                f"双侧 {SIGNIFICANCE:.0%}，平分给 {plan.arms - 1} 项比较（Bonferroni）",
                f"two-sided, {SIGNIFICANCE:.0%} shared by {plan.arms - 1} comparisons (Bonferroni)",
            ),
        ),
        item(
            "流量",
            "traffic",
            Text(
                f"参照期内首次进入的用户的 {share}",
                f"{share} of the users who first entered in the past period",
            ),
        ),
    ]
    if plan.cuped:
        before = arguments.covariate_days
        told = Text(
            f"用进入日之前 {before} 日的同一指标校正",
            f"adjusted by the same metric over the {before} days before",
        )
        card.append(item("CUPED", "CUPED", told))
    return [*card, _LIMITS]
