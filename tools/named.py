"""Named metrics: one value for a period, its change against another period, its series and its segments."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.alignment import align_periods
from tools.charts import draw_bars, draw_lines
from tools.definitions import Breakdown, ComparisonArguments, item
from tools.errors import UnknownMetric, show, suggest
from tools.metric_card import metric_card, segment_item
from tools.metric_figures import metric_unit, value_figures
from tools.metric_kinds import (
    ActiveUsersMetric,
    EventCountMetric,
    EventSumMetric,
    Interval,
    Metric,
    RetentionMetric,
)
from tools.observation import Observation, is_proportion, observe, sums_over_time
from tools.periods import INTERVAL_TEXT, Period
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope
from tools.semantics import Semantics

if TYPE_CHECKING:
    import pandas as pd

_MOST_SEGMENTS = 20
_SIZES: dict[Interval, int] = {"day": 1, "week": 2, "month": 3}
_INTERVAL = item(
    "变化的区间",
    "interval of the change",
    Text(
        zh="95%，Newcombe 法：只含抽样误差；变化归因（explain_change）另计时期之间的波动，可能更宽",
        en="95%, Newcombe: the drawing of users only; explain_change adds how such periods vary, and may be wider",
    ),
)


class MetricArguments(ComparisonArguments):
    """Arguments of `measure_metric`."""

    metric: str = Field(description="Name of a metric in metrics.yaml. metrics.yaml 中的指标名。")
    breakdown: Breakdown = None
    interval: Interval = Field(
        default="day", description="Interval of the series: day, week, month. 时间序列的粒度。"
    )


def find_metric(semantics: Semantics, name: str) -> Metric:
    """Return a metric by its name.

    Raises:
        UnknownMetric: naming the nearest metrics.
    """
    if name in semantics.metrics:
        return semantics.metrics[name]
    en, zh = suggest(name, semantics.metrics)
    raise UnknownMetric(
        en=f"There is no metric {show(name)} in metrics.yaml.{en}",
        zh=f"metrics.yaml 中没有指标 {show(name)}。{zh}",
        parameter="metric",
    )


def measure_metric(scope: Scope, arguments: MetricArguments) -> MetricResult:
    """Measure a named metric over a period, and its change against `compare_start` to `compare_end`.

    Change is the difference of the two values (of two ratios: in percentage points); relative change is
    that over the earlier value. A change of a share carries Newcombe's 95 % interval. Where the data does not
    reach to the end of the period, both periods are cut to as many days.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    scope.check(arguments.filters, [arguments.breakdown])
    asked = [p for p in (arguments.dates, arguments.comparison) if p is not None]
    periods, warnings = align_periods(scope, metric, asked)
    interval = series_interval(metric, arguments.interval)
    series = [observe(scope, metric, p, filters=arguments.filters, interval=interval) for p in periods]
    seen = series
    if not sums_over_time(metric):
        seen = [observe(scope, metric, p, filters=arguments.filters) for p in periods]
    warnings += [w for o in seen for w in o.warnings]
    figures = value_figures(scope, arguments.metric, metric, seen)
    warnings += _cut_buckets(scope, metric, series[0], interval)
    table = _series_of_periods(scope, series, periods, interval)
    title = scope.semantics.metric_text(arguments.metric)
    if arguments.breakdown is not None:
        table = _segments(scope, metric, arguments, arguments.breakdown, periods)
        figures += _segment_figures(scope, metric, arguments, table, str(seen[0].days))
    chart = _chart(scope, metric, arguments, table, title, interval)
    return scope.finish(
        "measure_metric",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, asked, seen),
            *([segment_item(metric)] if arguments.breakdown else []),
            *([_INTERVAL] if len(seen) > 1 and is_proportion(metric) else []),
        ],
        figures=figures,
        table=table,
        chart=chart,
        warnings=warnings,
        n=seen[0].n,
    )


def series_interval(metric: Metric, wanted: Interval) -> Interval:
    """Return the interval of a metric's series: its own, where that is coarser or the only one that makes sense."""
    if isinstance(metric, ActiveUsersMetric):
        return metric.interval
    if isinstance(metric, RetentionMetric) and _SIZES[metric.period] > _SIZES[wanted]:
        return metric.period
    return wanted


def _series_of_periods(
    scope: Scope, seen: list[Observation], periods: list[Period], interval: Interval
) -> "pd.DataFrame":
    """Return rows (period, value, n[, compared]), one per bucket, the compared period after the other."""
    import pandas as pd

    parts = [series_table(scope, o, p, interval) for o, p in zip(seen, periods, strict=True)]
    if len(parts) == 1:
        return parts[0]
    return pd.concat([p.assign(compared=bool(i)) for i, p in enumerate(parts)], ignore_index=True)


def series_table(scope: Scope, seen: Observation, period: Period, interval: Interval) -> "pd.DataFrame":
    """Return rows (period, value, n), one per bucket; null where nothing of it counts: no data, no mature cohort."""
    import pandas as pd

    calendar, coverage = scope.calendar, scope.source.coverage
    buckets = [
        b
        for b in calendar.buckets(period, interval)
        if calendar.last_day(b, interval) >= coverage.start
        and calendar.first_day(b, interval) <= coverage.end
    ]
    cells = seen.cells.set_index("bucket").reindex(buckets)
    if seen.is_ratio:
        values = cells["numerator"] / cells["denominator"].where(cells["denominator"] > 0)
    else:
        used = calendar.buckets(seen.days, interval)
        values = cells["numerator"].fillna(0).where(cells.index.isin(used))
    labels = [calendar.label(b, interval) for b in buckets]
    counts = cells["n"].fillna(0).astype(int)
    return pd.DataFrame({"period": labels, "value": values.to_numpy(), "n": counts.to_numpy()})


def _cut_buckets(scope: Scope, metric: Metric, seen: Observation, interval: Interval) -> list[Text]:
    """Say which sums of the series are of less than a whole week or month: beside the others they look like a fall."""
    if interval == "day" or not isinstance(metric, EventCountMetric | EventSumMetric):
        return []
    calendar, days, unit = scope.calendar, seen.days, INTERVAL_TEXT[interval]
    cut = [
        calendar.label(bucket, interval)
        for bucket in calendar.buckets(days, interval)
        if calendar.first_day(bucket, interval) < days.start or calendar.last_day(bucket, interval) > days.end
    ]
    if not cut:
        return []
    return [
        Text(
            zh=f"{'、'.join(cut)} 不是完整的{unit.zh}：只计入 {days.text().zh} 的天数。",
            en=f"Not whole {unit.en}s: {', '.join(cut)}; only days of {days.text().en} are counted.",
        )
    ]


def _segments(
    scope: Scope, metric: Metric, arguments: MetricArguments, dimension: str, periods: list[Period]
) -> "pd.DataFrame":
    """Return rows (segment, value, n[, value_before, n_before, change]), the largest segment first."""
    parts = []
    for period in periods:
        seen = observe(scope, metric, period, filters=arguments.filters, dimensions=[dimension])
        cells = seen.cells.rename(columns={dimension: "segment"}).set_index("segment")
        below = cells["denominator"].where(cells["denominator"] > 0) if seen.is_ratio else 1
        parts.append(cells.assign(value=cells["numerator"] / below)[["value", "n"]])
    table = parts[0]
    if len(parts) > 1:
        table = table.join(parts[1].add_suffix("_before"), how="outer")
        table["change"] = table["value"] - table["value_before"]
    table = table.sort_index().sort_values("n", ascending=False, kind="stable")
    counts = [c for c in table.columns if c.startswith("n")]
    table[counts] = table[counts].fillna(0).astype(int)
    return table.reset_index()


def _segment_figures(
    scope: Scope, metric: Metric, arguments: MetricArguments, table: "pd.DataFrame", span: str
) -> list[Figure]:
    unit, dimension = metric_unit(scope.semantics, metric), str(arguments.breakdown)
    label = scope.semantics.metric_text(arguments.metric)
    figures = []
    for row in table.head(_MOST_SEGMENTS).to_dict("records"):
        text, segment = scope.segment_text(dimension, row["segment"]), f"{dimension}={row['segment']}"
        named = Text(zh=f"{text.zh}：{label.zh}", en=f"{text.en}: {label.en}")
        value = None if row["value"] != row["value"] else row["value"]
        figures.append(Figure(arguments.metric, value, unit, named, span, segment, n=int(row["n"])))
    return figures


def _chart(
    scope: Scope,
    metric: Metric,
    arguments: MetricArguments,
    table: "pd.DataFrame",
    title: Text,
    interval: Interval,
) -> dict[str, Any]:
    unit = metric_unit(scope.semantics, metric)
    if arguments.breakdown is not None:
        axes = (scope.semantics.dimension_text(arguments.breakdown), title)
        shown, dimension = table.head(_MOST_SEGMENTS), arguments.breakdown
        names = [
            scope.semantics.value_text(dimension, str(s)).in_language(scope.language)
            for s in shown["segment"]
        ]
        return draw_bars(
            shown.assign(name=names),
            "name",
            "value",
            title=title,
            axes=axes,
            unit=unit,
            language=scope.language,
            lying=True,
        )
    shown = table.drop_duplicates("period").sort_values("period")
    axes = (INTERVAL_TEXT[interval], title)
    return draw_lines(shown, "period", "value", title=title, axes=axes, unit=unit, language=scope.language)
