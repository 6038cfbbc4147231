"""How a goal stands: baseline, target, pace, what to expect by now and at the end, and where the gap lies."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.errors import NoData
from tools.goals.arguments import GoalArguments, find_target, settle_dates, settle_kind, settle_target
from tools.goals.gap import split_gap
from tools.goals.goal_card import goal_card
from tools.goals.goal_figures import (
    Standing,
    goal_chart,
    goal_figures,
    goal_table,
    goal_title,
    goal_warnings,
)
from tools.goals.outlook import look_ahead
from tools.goals.pace import Goal
from tools.intervals import wilson_interval
from tools.maturity import whole_through
from tools.metric_card import metric_card
from tools.metric_kinds import Metric
from tools.named import find_metric
from tools.observation import Observation, is_proportion, observe
from tools.periods import Period
from tools.results import MetricResult
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_BASELINE_DAYS = 28


def check_goal(scope: Scope, arguments: GoalArguments) -> MetricResult:
    """Compare a metric with the line from its baseline to its target, forecast its end, and split the gap.

    A level is taken over `start` to `end` and compared with the mean of the line over the same days; an amount is
    gathered from the goal's first day to `end`.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    scope.check(arguments.filters, [arguments.breakdown])
    warnings = list(scope.cover(arguments.dates))
    declared = find_target(scope, arguments)
    target, kind = settle_target(scope, metric, arguments, declared), settle_kind(metric, arguments, declared)
    days = settle_dates(scope, arguments, declared, kind)
    last = min(arguments.end, whole_through(scope, metric), days.end)
    now = _measured(arguments, kind == "cumulative", days, last)
    seen = observe(scope, metric, now, filters=arguments.filters)
    if seen.value is None:
        raise NoData(
            en=f"Nothing can be measured in {now.text().en} yet: no denominator.",
            zh=f"{now.text().zh} 尚无可用的分母，无法计算。",
            parameter="end",
        )
    before = _before(scope, days.start)
    base = observe(scope, metric, before, filters=arguments.filters)
    goal = Goal(
        kind=kind,
        since=days.start,
        by=days.end,
        baseline=0.0 if kind == "cumulative" else _baseline(arguments, declared, base),
        target=target,
        up=metric.good == "up",
        weights=_weights(scope, metric, before, arguments) if arguments.pace == "seasonal" else None,
    )
    expected = goal.expected(now.end) if kind == "cumulative" else goal.expected_over(now)
    outlook = look_ahead(
        scope,
        arguments.metric,
        metric,
        goal,
        gathered=float(seen.value),
        window=now.days,
        filters=arguments.filters,
    )
    parts = _split(scope, metric, arguments, now, before, base, expected, goal)
    standing = Standing(
        goal, now, before, float(seen.value), expected, _interval(metric, seen), seen.n, outlook
    )
    title = goal_title(scope, arguments.metric, standing)
    table = goal_table(scope, metric, arguments, standing)
    return scope.finish(
        "check_goal",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, [], []),
            *goal_card(scope, arguments, standing),
        ],
        figures=goal_figures(scope, arguments.metric, metric, standing, parts),
        table=table,
        chart=goal_chart(scope, arguments, metric, table, title),
        warnings=[*goal_warnings(scope, arguments, standing, parts), *seen.warnings, *warnings],
        n=seen.n,
    )


def _measured(arguments: GoalArguments, cumulative: bool, days: Period, last: date) -> Period:
    first = days.start if cumulative else max(arguments.start, days.start)
    if last < first:
        raise NoData(
            en=f"Nothing of the goal ({days.text().en}) is known by {last}.",
            zh=f"截至 {last}，目标期（{days.text().zh}）内还没有可用的数据。",
            parameter="end",
        )
    return Period(first, last)


def _before(scope: Scope, since: date) -> Period:
    """Return the 28 days before the goal, or the first 28 of the data where it does not reach back so far."""
    first = scope.source.coverage.start
    start = max(since - timedelta(days=_BASELINE_DAYS), first)
    end = since - timedelta(days=1)
    return Period(
        start, end if end >= start + timedelta(days=6) else start + timedelta(days=_BASELINE_DAYS - 1)
    )


def _baseline(arguments: GoalArguments, declared: object, base: Observation) -> float:
    given = arguments.baseline if arguments.baseline is not None else getattr(declared, "baseline", None)
    if given is not None:
        return float(given)
    if base.value is None:
        raise NoData(
            en="The baseline cannot be measured: there is no data before the goal; give baseline.",
            zh="无法测得起始水平：目标开始前没有数据，请给出 baseline。",
            parameter="baseline",
        )
    return float(base.value)


def _weights(
    scope: Scope, metric: Metric, before: Period, arguments: GoalArguments
) -> dict[int, float] | None:
    """Return each weekday's usual amount, from the days before the goal; None where one of them has none."""
    seen = observe(scope, metric, before, filters=arguments.filters, interval="day").cells
    amounts: dict[int, list[float]] = {n: [] for n in range(7)}
    for row in seen.to_dict("records"):
        amounts[scope.calendar.first_day(int(row["bucket"]), "day").weekday()].append(float(row["numerator"]))
    if not all(amounts.values()):
        return None
    return {weekday: sum(found) / len(found) for weekday, found in amounts.items()}


def _interval(metric: Metric, seen: Observation) -> tuple[float, float] | None:
    return wilson_interval(seen.numerator, seen.denominator) if is_proportion(metric) else None


def _split(
    scope: Scope,
    metric: Metric,
    arguments: GoalArguments,
    now: Period,
    before: Period,
    base: Observation,
    expected: float,
    goal: Goal,
) -> "pd.DataFrame":
    """Split the gap to the pace, unless a small group would be told of or the baseline was not measured."""
    import pandas as pd

    if base.value is None or (goal.kind == "level" and abs(goal.baseline - base.value) > 1e-9):
        return pd.DataFrame()
    parts = split_gap(
        scope,
        metric,
        now=now,
        before=before,
        wanted=expected,
        cumulative=goal.kind == "cumulative",
        dimension=arguments.breakdown,
        filters=arguments.filters,
    )
    least = scope.source.definition.min_group
    if least > 1 and not parts.empty and (parts[["n_before", "n_after"]] < least).any(axis=None):
        return parts.head(0)
    return parts
