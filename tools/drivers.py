"""What moved a metric between two periods, in contributions that add up, and whether that is more than noise.

See `tools.decomposition` for the formulas. Dimensions are ranked by how much more their foremost segment
explains than its size alone would; segments that replace one another rank low. Noise: for a share of users Newcombe's interval of the difference; for a
sum Welch's interval of the difference of daily means; a change whose interval holds zero may be chance.
"""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.alignment import align_periods
from tools.charts import draw_bars
from tools.decomposition import concentration, decompose_ratio, decompose_sum
from tools.definitions import ComparisonArguments, item
from tools.errors import InvalidPeriod, NoData
from tools.intervals import welch_interval
from tools.metric_card import metric_card
from tools.metric_figures import change_bounds, change_unit, metric_unit, value_figures
from tools.metric_kinds import ActiveUsersMetric, Metric, RatioMetric, UniqueUsersMetric
from tools.named import find_metric, series_table
from tools.observation import Observation, is_proportion, observe
from tools.onset import find_onset
from tools.periods import Period
from tools.results import Figure, MetricResult, Text, format_value
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_BARS = 15


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

    The first `contribution` figure is the foremost segment: the one that explains most in the dimension that
    explains best. The figures and the rows of the other dimensions follow in order of rank.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    asked = _periods(arguments)
    dimensions = list(dict.fromkeys(arguments.dimensions or scope.source.dimensions))
    scope.check(arguments.filters, dimensions)
    periods, warnings = align_periods(scope, metric, asked)
    _check_comparison(periods, warnings)
    seen = [observe(scope, metric, p, filters=arguments.filters, dimensions=dimensions) for p in periods]
    warnings += [w for o in seen for w in o.warnings]
    figures = value_figures(scope, arguments.metric, metric, seen)
    change = next(f for f in figures if f.name == "change")
    bounds = _noise(scope, metric, arguments, periods, seen)
    parts = _decompose(seen, dimensions, float(change.value or 0))
    noise = _noise_text(change, bounds, metric_unit(scope.semantics, metric))
    title = scope.semantics.metric_text(arguments.metric)
    title = Text(zh=f"{title.zh}：变化归因", en=f"What moved {title.en}")
    figures = [_with_interval(change, bounds), *(f for f in figures if f.name != "change")]
    figures += _segment_figures(scope, metric, arguments, parts, str(change.period))
    card = metric_card(scope, arguments.metric, metric, asked, seen)
    table = _table(parts)
    if parts and _is_beyond(bounds):
        figures += find_onset(scope, metric, arguments.filters, periods, *_foremost(parts))
    return scope.finish(
        "explain_change",
        arguments,
        title=title,
        card=[*card, *_card(seen[0].is_ratio, noise)],
        figures=figures,
        table=table,
        chart=_chart(scope, metric, table, title),
        warnings=[*([noise] if not _is_beyond(bounds) else []), *warnings],
        n=seen[0].n + seen[1].n,
    )


def _periods(arguments: ChangeArguments) -> list[Period]:
    if arguments.comparison is None:
        raise InvalidPeriod(
            en="explain_change needs compare_start and compare_end: the period before the change.",
            zh="explain_change 需要 compare_start 与 compare_end，即变化之前的时期。",
            parameter="compare_start",
        )
    return [arguments.dates, arguments.comparison]


def _check_comparison(periods: list[Period], warnings: list[Text]) -> None:
    if len(periods) < 2:
        raise NoData(en=warnings[0].en, zh=warnings[0].zh, parameter="compare_start")


def _decompose(seen: list[Observation], dimensions: list[str], change: float) -> dict[str, "pd.DataFrame"]:
    """Decompose by each dimension; the one whose foremost segment stands out most comes first."""
    split = decompose_ratio if seen[0].is_ratio else decompose_sum
    parts = {d: split(seen[0].cells, seen[1].cells, d) for d in dimensions}
    return dict(sorted(parts.items(), key=lambda p: (-concentration(p[1], change), dimensions.index(p[0]))))


def _noise(
    scope: Scope, metric: Metric, arguments: ChangeArguments, periods: list[Period], seen: list[Observation]
) -> tuple[float, float] | None:
    """Bound the change by chance, where there is a way to; scaled to the period for a sum."""
    if is_proportion(metric):
        return change_bounds(metric, seen)
    daily = isinstance(metric, ActiveUsersMetric)
    same_length = periods[0].days == periods[1].days
    if isinstance(metric, RatioMetric | UniqueUsersMetric) or not (daily or same_length):
        return None
    interval = metric.interval if isinstance(metric, ActiveUsersMetric) else "day"
    series = [observe(scope, metric, p, filters=arguments.filters, interval=interval) for p in periods]
    tables = [series_table(scope, o, p, interval) for o, p in zip(series, periods, strict=True)]
    bounds = welch_interval(*(table["value"].tolist() for table in tables))
    days = 1 if daily else periods[0].days
    return None if bounds is None else (bounds[0] * days, bounds[1] * days)


def _is_beyond(bounds: tuple[float, float] | None) -> bool:
    return bounds is not None and not bounds[0] <= 0 <= bounds[1]


def _with_interval(change: Figure, bounds: tuple[float, float] | None) -> Figure:
    return Figure(
        change.name, change.value, change.unit, change.label, change.period, change.segment, change.n, bounds
    )


def _noise_text(change: Figure, bounds: tuple[float, float] | None, unit: str) -> Text:
    if change.value is None:
        return Text(
            zh="至少一个时期没有可用的分母，无法计算变化。",
            en="One of the periods has no denominator; there is no change to explain.",
        )
    if bounds is None:
        return Text(zh="该指标未评估随机波动。", en="Chance variation is not assessed for this metric.")
    low, high = (Text(*(format_value(b, change_unit(unit), lang) for lang in ("zh", "en"))) for b in bounds)
    if _is_beyond(bounds):
        return Text(
            zh=f"超出随机波动：95% 区间 {low.zh} 至 {high.zh} 不含 0",
            en=f"beyond noise: the 95% interval {low.en} to {high.en} excludes 0",
        )
    return Text(
        zh=f"变化在随机波动范围内（95% 区间 {low.zh} 至 {high.zh} 含 0），细分贡献可能只是噪声。",
        en=f"The change is within noise (95% interval {low.en} to {high.en} holds 0); contributions may be chance.",
    )


def _foremost(parts: dict[str, "pd.DataFrame"]) -> tuple[str, str]:
    dimension, table = next(iter(parts.items()))
    return dimension, str(table.iloc[0]["segment"])


def _segment_figures(
    scope: Scope, metric: Metric, arguments: ChangeArguments, parts: dict[str, "pd.DataFrame"], span: str
) -> list[Figure]:
    """Give the foremost segment of every dimension: contribution, share, value before and after."""
    unit = metric_unit(scope.semantics, metric)
    figures = []
    for dimension, table in parts.items():
        if table.empty:
            continue
        row = table.iloc[0]
        text, segment = scope.segment_text(dimension, str(row["segment"])), f"{dimension}={row['segment']}"
        n = int(row["n_before"] + row["n_after"])
        for name, value, kind, zh, en, count in (
            (
                "contribution",
                row["contribution"],
                change_unit(unit),
                "对变化的贡献",
                "contribution to the change",
                n,
            ),
            ("share_of_change", row["share"], "ratio", "占变化的比例", "share of the change", n),
            ("segment_before", row["before"], unit, "变化前", "before", int(row["n_before"])),
            ("segment_after", row["after"], unit, "变化后", "after", int(row["n_after"])),
        ):
            label = Text(zh=f"{text.zh}：{zh}", en=f"{text.en}: {en}")
            known = None if value != value else float(value)
            figures.append(Figure(name, known, kind, label, span, segment, n=count))
    return figures


def _table(parts: dict[str, "pd.DataFrame"]) -> "pd.DataFrame":
    import pandas as pd

    tables = [table.assign(dimension=dimension) for dimension, table in parts.items() if len(table)]
    if not tables:
        return pd.DataFrame(columns=["dimension", "segment", "before", "after", "contribution", "share"])
    whole = pd.concat(tables, ignore_index=True)
    return whole[["dimension", *(c for c in whole.columns if c != "dimension")]]


def _card(is_ratio: bool, noise: Text) -> list[Any]:
    ratio = Text(
        zh="比率效应=平均权重×比率变化；结构效应=权重变化×（该段平均比率−总体平均比率）；两者合计恰为总变化",
        en="rate effect = mean weight x change of rate; mix effect = change of weight x (mean rate - overall mean "
        "rate); together exactly the change",
    )
    volume = Text(
        zh="各细分前后之差，合计恰为总变化", en="each segment's difference; together exactly the change"
    )
    return [
        item("分解方法", "decomposition", ratio if is_ratio else volume),
        item("随机波动", "noise", noise),
    ]


def _chart(scope: Scope, metric: Metric, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    """Draw the contributions of the foremost dimension's segments: those of one dimension add up."""
    unit = change_unit(metric_unit(scope.semantics, metric))
    foremost = str(table["dimension"].iloc[0]) if len(table) else ""
    shown = table[table["dimension"] == foremost].head(_BARS)
    names = [
        scope.semantics.value_text(foremost, str(s)).in_language(scope.language) for s in shown["segment"]
    ]
    axes = (scope.semantics.dimension_text(foremost), Text("对变化的贡献", "contribution to the change"))
    return draw_bars(
        shown.assign(name=names),
        "name",
        "contribution",
        title=title,
        axes=axes,
        unit=unit,
        language=scope.language,
        lying=True,
    )
