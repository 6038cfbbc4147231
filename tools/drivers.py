"""What moved a metric between two periods, in contributions that add up, and whether that is more than noise.

See `tools.decomposition` for the formulas, `tools.driver_ranking` for the order of dimensions and crosses, and
`tools.noise` for the interval of the change and of each contribution.
"""

from collections.abc import Sequence

from pydantic import Field

from tools.alignment import align_periods
from tools.contributions import Cube
from tools.definitions import ComparisonArguments
from tools.driver_figures import (
    Bounds,
    driver_card,
    driver_chart,
    driver_table,
    is_beyond,
    noise_text,
    segment_figures,
    segment_warnings,
)
from tools.driver_ranking import foremost_part, rank_parts
from tools.errors import InvalidPeriod, NoData
from tools.intervals import newcombe_interval, stretch_interval, welch_interval
from tools.metric_card import metric_card, segment_item
from tools.metric_figures import metric_unit, value_figures
from tools.metric_kinds import ActiveUsersMetric, Metric, RatioMetric, UniqueUsersMetric
from tools.named import find_metric, series_table
from tools.noise import Noise
from tools.observation import Observation, is_proportion, observe
from tools.onset import find_onset
from tools.periods import Period
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope
from tools.windows import choose_windows, observe_windows


class ChangeArguments(ComparisonArguments):
    """Arguments of `explain_change`; the change is from the compared period to `start`..`end`."""

    metric: str = Field(description="Name of a metric in metrics.yaml. metrics.yaml 中的指标名。")
    dimensions: list[str] | None = Field(
        default=None,
        max_length=20,
        description="Dimensions to look at; null for all. 要分析的维度，null 为全部。",
    )


def explain_change(scope: Scope, arguments: ChangeArguments) -> MetricResult:
    """Split a metric's change between two periods into contributions of segments that add up exactly.

    The first `contribution` figure is the foremost segment: the one that explains most in the dimension, or the
    cross of two, that explains best. The figures and the rows of the others follow in order of rank.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    asked = _periods(arguments)
    dimensions = list(dict.fromkeys(arguments.dimensions or scope.source.dimensions))
    scope.check(arguments.filters, dimensions)
    periods, warnings = align_periods(scope, metric, asked)
    _check_comparison(periods, warnings)
    windows = choose_windows(scope.calendar, metric, periods, scope.source.coverage.start)
    observed = observe_windows(
        scope, metric, windows.periods, filters=arguments.filters, dimensions=dimensions
    )
    seen = observed[:2]
    warnings += [w for o in seen for w in o.warnings]
    cube = Cube(observed, windows.pairs)
    whole = cube.split([]).noise
    figures = value_figures(scope, arguments.metric, metric, seen)
    change = next(f for f in figures if f.name == "change")
    bounds = _bound(scope, metric, arguments, periods, seen, whole)
    ranking = rank_parts(cube, seen, dimensions, float(change.value or 0))
    noise = noise_text(change, bounds, metric_unit(scope.semantics, metric))
    title = scope.semantics.metric_text(arguments.metric)
    title = Text(zh=f"{title.zh}：变化归因", en=f"What moved {title.en}")
    figures = [_with_interval(change, bounds), *(f for f in figures if f.name != "change")]
    figures += segment_figures(scope, metric, ranking.parts, str(change.period))
    if is_beyond(bounds):
        foremost = foremost_part(ranking, float(change.value or 0))
        figures += find_onset(scope, metric, arguments.filters, periods, seen, foremost)
    doubts = [*([] if is_beyond(bounds) else [noise]), *segment_warnings(scope, ranking, bounds)]
    return scope.finish(
        "explain_change",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, asked, seen),
            segment_item(metric),
            *driver_card(scope, seen[0].is_ratio, noise, whole, ranking),
        ],
        figures=figures,
        table=driver_table(ranking.parts),
        chart=driver_chart(scope, metric, ranking.parts, title),
        warnings=[*doubts, *warnings],
        n=seen[0].n + seen[1].n,
    )


def _periods(arguments: ChangeArguments) -> list[Period]:
    before = arguments.comparison
    if before is None:
        raise InvalidPeriod(
            en="explain_change needs compare_start and compare_end: the period before the change.",
            zh="explain_change 需要 compare_start 与 compare_end，即变化之前的时期。",
            parameter="compare_start",
        )
    now = arguments.dates
    if now.start <= before.end and before.start <= now.end:
        same = now == before
        raise InvalidPeriod(
            en=f"The two periods {'are the same' if same else 'overlap'} ({now.text().en}"
            f"{'' if same else f' and {before.text().en}'}); compare with one that lies apart.",
            zh=f"两个时期{'相同' if same else '重叠'}（{now.text().zh}"
            f"{'' if same else f' 与 {before.text().zh}'}），请与不重叠的时期比较。",
            parameter="compare_start",
        )
    return [now, before]


def _check_comparison(periods: list[Period], warnings: list[Text]) -> None:
    if len(periods) < 2:
        raise NoData(en=warnings[0].en, zh=warnings[0].zh, parameter="compare_start")


def _bound(
    scope: Scope,
    metric: Metric,
    arguments: ChangeArguments,
    periods: list[Period],
    seen: Sequence[Observation],
    whole: Noise,
) -> Bounds:
    """Bound the change by chance: for a share of users Newcombe's interval, widened by what periods vary beyond it."""
    now, before = seen
    if now.value is None or before.value is None or not whole.sampling.size:
        return None
    margin, change = float(whole.margin()[0]), now.value - before.value
    if is_proportion(metric):
        bounds = newcombe_interval(now.numerator, now.denominator, before.numerator, before.denominator)
        widening = whole.quantile() / Noise(whole.sampling).quantile() * whole.dispersion**0.5
        return stretch_interval(change, bounds, widening) if bounds else None
    days = None if whole.pairs else _bound_by_days(scope, metric, arguments, periods)
    margin = margin if days is None else max(margin, (days[1] - days[0]) / 2)
    return change - margin, change + margin


def _bound_by_days(scope: Scope, metric: Metric, arguments: ChangeArguments, periods: list[Period]) -> Bounds:
    """Bound a change that has no pairs before it by how days vary; scaled to the period for a sum."""
    daily = isinstance(metric, ActiveUsersMetric)
    if isinstance(metric, RatioMetric | UniqueUsersMetric) or not (
        daily or periods[0].days == periods[1].days
    ):
        return None
    interval = metric.interval if isinstance(metric, ActiveUsersMetric) else "day"
    series = [observe(scope, metric, p, filters=arguments.filters, interval=interval) for p in periods]
    tables = [series_table(scope, o, p, interval) for o, p in zip(series, periods, strict=True)]
    bounds = welch_interval(*(table["value"].tolist() for table in tables))
    days = 1 if daily else periods[0].days
    return None if bounds is None else (bounds[0] * days, bounds[1] * days)


def _with_interval(change: Figure, bounds: Bounds) -> Figure:
    return Figure(
        change.name, change.value, change.unit, change.label, change.period, change.segment, change.n, bounds
    )
