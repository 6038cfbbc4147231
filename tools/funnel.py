"""Funnels: how many users go through a sequence of steps, how long it takes them, and what it could be.

See `tools.journeys` for the matching rules. A step's conversion is its users over those of the required step
before it; overall conversion is over those of the first step.
"""

from typing import TYPE_CHECKING

from tools.conversion import Conversions
from tools.funnel_arguments import FunnelArguments
from tools.funnel_card import funnel_card, view_card
from tools.funnel_segments import Outcome, measure_outcome
from tools.funnel_views import (
    any_text,
    describe_hours,
    draw_view,
    share,
    tabulate_steps,
    tabulate_times,
    tabulate_trend,
    trend_buckets,
)
from tools.intervals import wilson_interval
from tools.periods import Period
from tools.recovery import Recovery, find_recovery
from tools.results import Figure, MetricResult, Text, format_value
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FunnelArguments", "funnel_card", "measure_funnel"]

_MOST_SEGMENTS = 20
_HOURS = {
    "median_hours": Text("中位数", "median"),
    "mean_hours": Text("均值", "mean"),
    "p25_hours": Text("第 25 百分位", "25th percentile"),
    "p75_hours": Text("第 75 百分位", "75th percentile"),
    "p90_hours": Text("第 90 百分位", "90th percentile"),
}


def measure_funnel(scope: Scope, arguments: FunnelArguments) -> MetricResult:
    """Count users per step of a funnel: ordered, strict or in any order.

    Users enter in the period; later steps may lie after it, within the window.
    """
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    warnings = list(scope.cover(arguments.dates))
    trend = arguments.view == "trend"
    outcome = measure_outcome(scope, arguments, arguments.interval if trend else None)
    names = [scope.semantics.event_text(step) for step in arguments.steps]
    joint = " + " if arguments.order == "any" else " → "
    title = Text(
        zh="漏斗：" + joint.join(n.zh for n in names), en="Funnel: " + joint.join(n.en for n in names)
    )
    table = _tabulate(scope, arguments, outcome)
    return scope.finish(
        "measure_funnel",
        arguments,
        title=title,
        card=view_card(scope, arguments, names),
        figures=_figures(scope, arguments, outcome, table, names),
        table=table,
        chart=draw_view(scope, arguments, table, title),
        warnings=[*warnings, *_warnings(outcome)],
        n=len(outcome.whole.users),
    )


def _tabulate(scope: Scope, arguments: FunnelArguments, outcome: Outcome) -> "pd.DataFrame":
    if arguments.view == "trend":
        return tabulate_trend(scope, arguments, outcome)
    return (tabulate_times if arguments.view == "time" else tabulate_steps)(arguments, outcome)


def _warnings(outcome: Outcome) -> list[Text]:
    """Say how many entrants the data leaves undecided, who is out and who is in no segment."""
    lines = [
        (
            outcome.whole.open_entries,
            "有 {} 名用户尚在转化窗口内（数据截止早于窗口结束），转化率可能偏低。",
            "{} users have not converted while their window reaches past the data; conversion may be understated.",
        ),
        (
            outcome.whole.excluded,
            "有 {} 名用户因排除事件不计入漏斗。",
            "{} users are out because of an exclusion event.",
        ),
        (
            outcome.unattributed(),
            "有 {} 名用户未到归因步骤，不在任何细分中。",
            "{} users did not reach the attribution step and are in no segment.",
        ),
    ]
    return [Text(zh.format(f"{n:,}"), en.format(f"{n:,}")) for n, zh, en in lines if n]


def _figures(
    scope: Scope, arguments: FunnelArguments, outcome: Outcome, table: "pd.DataFrame", names: list[Text]
) -> list[Figure]:
    if arguments.view == "trend":
        return _trend_figures(scope, arguments, table)
    figures = [_overall(arguments, outcome.whole.counts())]
    if arguments.breakdown is not None:
        figures += _segment_figures(scope, arguments, outcome)
    elif arguments.view == "time":
        figures += _time_figures(arguments, outcome)
    else:
        figures += _step_figures(arguments, outcome.whole, names) + _time_figures(arguments, outcome)[:2]
    if outcome.whole.excluded:
        label = Text("因排除事件不计入的用户", "users out because of an exclusion event")
        figures.append(Figure("excluded_users", outcome.whole.excluded, "users", label, str(arguments.dates)))
    if arguments.view == "time":
        return figures
    return figures + _recovery_figures(scope, arguments, outcome)


def _step_figures(arguments: FunnelArguments, whole: Conversions, names: list[Text]) -> list[Figure]:
    counts, span, definition = whole.counts(), str(arguments.dates), arguments.definition
    figures = []
    for position, users in enumerate(counts):
        name = names[position]
        if definition.order == "any" and position not in definition.optional:
            name = any_text(definition, position)
        label = Text(zh=f"第 {position + 1} 步：{name.zh}", en=f"step {position + 1}: {name.en}")
        figures.append(Figure(f"step_{position + 1}_users", users, "users", label, span, n=counts[0]))
        if position:
            previous = definition.previous(position)
            label = Text(
                zh=f"第 {previous + 1}→{position + 1} 步转化率",
                en=f"conversion of step {previous + 1} to {position + 1}",
            )
            n = counts[previous]
            rate, interval = share(users, n), wilson_interval(users, n)
            figures.append(
                Figure(f"step_{position + 1}_conversion", rate, "ratio", label, span, n=n, interval=interval)
            )
    return figures


def _time_figures(arguments: FunnelArguments, outcome: Outcome) -> list[Figure]:
    """Describe the time from entry to end: median, mean, percentiles."""
    import numpy as np

    everybody = np.arange(len(outcome.split.users))
    values = describe_hours(outcome, len(arguments.steps) - 1, 0, everybody)
    return [
        Figure(
            f"{name.removesuffix('_hours')}_time",
            values[name],
            "hours",
            Text(zh=f"完成转化的用时{text.zh}", en=f"{text.en} time to convert"),
            str(arguments.dates),
            n=values["users"],
        )
        for name, text in _HOURS.items()
    ]


def _overall(
    arguments: FunnelArguments, counts: list[int], segment: str | None = None, text: Text | None = None
) -> Figure:
    label = Text(zh="总转化率", en="overall conversion")
    if text:
        label = Text(zh=f"{text.zh}：{label.zh}", en=f"{text.en}: {label.en}")
    return Figure(
        "conversion",
        share(counts[-1], counts[0]),
        "ratio",
        label,
        str(arguments.dates),
        segment,
        n=counts[0],
        interval=wilson_interval(counts[-1], counts[0]),
    )


def _segment_figures(scope: Scope, arguments: FunnelArguments, outcome: Outcome) -> list[Figure]:
    dimension = arguments.breakdown or ""
    return [
        _overall(
            arguments,
            outcome.split.counts(chosen),
            f"{dimension}={value}",
            scope.segment_text(dimension, str(value)),
        )
        for value, chosen in list(outcome.segments())[:_MOST_SEGMENTS]
    ]


def _recovery_figures(scope: Scope, arguments: FunnelArguments, outcome: Outcome) -> list[Figure]:
    segments = {str(value): outcome.split.counts(chosen) for value, chosen in outcome.segments() if value}
    benchmarks = {step - 1: rate for step, rate in arguments.benchmarks.items()}
    counts = outcome.whole.counts()
    found = find_recovery(counts, arguments.definition.required, segments, benchmarks)
    if found is None:
        return []
    return [
        Figure(
            "recoverable_conversions",
            found.conversions,
            "users",
            _recovery_text(scope, arguments, found),
            str(arguments.dates),
            n=found.n,
        )
    ]


def _recovery_text(scope: Scope, arguments: FunnelArguments, found: Recovery) -> Text:
    steps = f"{found.previous + 1}→{found.step + 1}"
    rate, target = (format_value(v, "ratio", "en") for v in (found.rate, found.target))
    reason = Text("无人流失，即上限", "nobody lost, an upper bound")
    if found.stated:
        reason = Text("给定的基准", "the stated benchmark")
    elif found.segment is not None and arguments.breakdown:
        best = scope.segment_text(arguments.breakdown, found.segment)
        reason = Text(f"最好的细分：{best.zh}", f"the best segment, {best.en}")
    return Text(
        zh=f"假设测算：最大可挽回流失在第 {steps} 步，若转化率由 {rate} 升至 {target}（{reason.zh}），可多转化",
        en=f"what-if: the largest recoverable drop is step {steps}; extra conversions if its rate rose from {rate} to "
        f"{target} ({reason.en})",
    )


def _trend_figures(scope: Scope, arguments: FunnelArguments, table: "pd.DataFrame") -> list[Figure]:
    """Give the conversion of all mature buckets, and of each where there is no breakdown."""
    mature = table[table["mature"]]
    label = Text("已成熟进入的转化率", "conversion of mature entries")
    entered, converted = int(mature["entered"].sum()), int(mature["converted"].sum())
    figures = [
        Figure(
            "conversion",
            share(converted, entered),
            "ratio",
            label,
            str(arguments.dates),
            n=entered,
            interval=wilson_interval(converted, entered),
        )
    ]
    if arguments.breakdown:
        return figures
    calendar, interval = scope.calendar, arguments.interval
    rows = zip(trend_buckets(scope, arguments), table.to_dict("records"), strict=True)
    return figures + [
        Figure(
            "bucket_conversion",
            row["conversion"],
            "ratio",
            Text(f"{row['bucket']} 进入的转化率", f"conversion of entries in {row['bucket']}"),
            str(Period(calendar.first_day(bucket, interval), calendar.last_day(bucket, interval))),
            n=row["entered"],
        )
        for bucket, row in rows
        if row["mature"] and row["entered"]
    ]
