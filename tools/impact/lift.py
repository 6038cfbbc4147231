"""What a campaign did, where nobody drew lots: difference in differences, or a synthetic control."""

from typing import TYPE_CHECKING, Any

from tools.charts import draw_lines
from tools.definitions import interval_item, item, period_item
from tools.errors import show
from tools.impact.arguments import ImpactArguments
from tools.impact.difference import estimate_difference
from tools.impact.figures import (
    difference_figures,
    difference_warnings,
    mean_path,
    synthetic_figures,
    synthetic_warnings,
)
from tools.impact.panel import Panel, build_panel
from tools.impact.synthetic import synthesize
from tools.named import find_metric
from tools.periods import Period
from tools.results import DefinitionItem, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_LIMITS = limits(
    "没有随机分组：只有在没有活动时各组本会同步变化、且活动不波及对照组的前提下，差异才是活动的效果；这两点数据证明不了，同期的其他变化也分不开。",
    "Nobody drew lots: the difference is the campaign's effect only if the groups would have moved alike without it and it "
    "did not spill over, which data cannot prove; nor can it be told from whatever else happened to them then.",
)


def measure_impact(scope: Scope, arguments: ImpactArguments) -> MetricResult:
    """Compare how the groups that a campaign reached moved with how the others did."""
    metric = find_metric(scope.semantics, arguments.metric)
    scope.check(arguments.filters)
    scope.check({arguments.dimension: arguments.groups}, given="treated")
    if arguments.controls:
        scope.check({arguments.dimension: arguments.controls}, given="controls")
    told = (*scope.cover(arguments.dates), *_cut_before(scope, arguments))
    panel = build_panel(
        scope,
        metric,
        arguments.dates,
        before_days=arguments.before_days,
        interval=arguments.interval,
        dimension=arguments.dimension,
        treated=arguments.groups,
        controls=arguments.controls,
        filters=arguments.filters,
    )
    asked = arguments.model_copy(update={"interval": panel.interval})
    if arguments.method == "did":
        found = estimate_difference(panel)
        figures, warnings = (
            difference_figures(scope, asked, panel, found),
            difference_warnings(panel, found),
        )
        path = mean_path(panel)
        other = Text("对照组（移到同一起点）", "others, moved to the same start")
    else:
        fitted = synthesize(panel.wide, arguments.groups[0], panel.first_during, is_centred=panel.is_log)
        figures, warnings = (
            synthetic_figures(scope, asked, panel, fitted),
            synthetic_warnings(panel, fitted),
        )
        path, other = fitted.path, Text("合成对照", "synthetic control")
    table = _table(scope, panel, path)
    label = scope.semantics.metric_text(arguments.metric)
    title = Text(f"活动影响：{label.zh}", f"Impact on {label.en}")
    return scope.finish(
        "measure_impact",
        asked,
        title=title,
        card=_card(scope, asked, panel),
        figures=figures,
        table=table,
        chart=_draw(scope, table, title, label, other, figures[1].unit),
        warnings=(*warnings, *panel.warnings, *told),
        n=int(panel.cells["n"].sum()),
    )


def _cut_before(scope: Scope, arguments: ImpactArguments) -> list[Text]:
    """Say so where the data begins after the days that were asked for."""
    there = (arguments.start - scope.source.coverage.start).days
    if not 0 < there < arguments.before_days:
        return []
    return [
        Text(
            f"数据从 {scope.source.coverage.start} 开始：活动前只有 {there} 天可比，不足 {arguments.before_days} 天。",
            f"The data begins on {scope.source.coverage.start}: only {there} days before the campaign can be compared with, "
            f"not {arguments.before_days}.",
        )
    ]


def _table(scope: Scope, panel: Panel, path: "pd.DataFrame") -> "pd.DataFrame":
    """Return rows (period, during, actual, expected, gap, treated_n, control_n); logarithms are turned back."""
    import numpy as np

    shown = (path.apply(np.exp) if panel.is_log else path).round(9)  # 7 users are not 7.0000000001
    sizes = panel.cells.groupby(["bucket", "treated"])["n"].sum().unstack(fill_value=0).reindex(shown.index)
    rows = shown.rename(columns={"synthetic": "expected"})
    rows["gap"] = rows["actual"] - rows["expected"]
    rows["treated_n"], rows["control_n"] = sizes[True].astype("int64"), sizes[False].astype("int64")
    rows.insert(0, "period", [scope.calendar.label(int(b), panel.interval) for b in rows.index])
    rows.insert(1, "during", ["yes" if b >= panel.first_during else "no" for b in rows.index])
    return rows.reset_index(drop=True)


def _card(scope: Scope, arguments: ImpactArguments, panel: Panel) -> list[DefinitionItem]:
    dimension = scope.semantics.dimension_text(arguments.dimension)
    names = [scope.semantics.value_text(arguments.dimension, v) for v in arguments.groups]
    others = [u for u in panel.cells["unit"].unique() if u not in arguments.groups]
    compared = [scope.semantics.value_text(arguments.dimension, v) for v in sorted(others)][:12]
    first = scope.calendar.first_day(int(panel.cells["bucket"].min()), panel.interval)
    before = Period(first, scope.calendar.last_day(panel.first_during - 1, panel.interval))
    scale = (
        Text("取对数后比较，效果为相对变化", "logarithms, so that effects are relative")
        if panel.is_log
        else Text("按原值比较，效果为绝对变化", "as it is, so that effects are absolute")
    )
    return [
        item("指标", "metric", scope.semantics.metric_text(arguments.metric)),
        period_item(arguments.dates, "活动", "campaign"),
        period_item(before, "活动前", "before it"),
        interval_item(panel.interval),
        item(
            "受影响分组",
            "treated",
            Text(
                f"{dimension.zh}：{'、'.join(n.zh for n in names)}",
                f"{dimension.en}: {', '.join(n.en for n in names)}",
            ),
        ),
        item(
            "对照分组",
            "compared with",
            Text("、".join(show(n.zh) for n in compared), ", ".join(show(n.en) for n in compared)),
        ),
        item("方法", "method", _METHODS[arguments.method]),
        item("尺度", "scale", scale),
        _LIMITS,
    ]


def _draw(
    scope: Scope, table: "pd.DataFrame", title: Text, label: Text, other: Text, unit: str
) -> dict[str, Any]:
    actual = Text("受影响组", "treated")
    names = {"actual": actual.in_language(scope.language), "expected": other.in_language(scope.language)}
    long = table.melt(
        id_vars="period", value_vars=["actual", "expected"], var_name="series", value_name="value"
    )
    return draw_lines(
        long.assign(series=long["series"].map(names)),
        "period",
        "value",
        title=title,
        axes=(Text("时间", "period"), label),
        unit=unit,
        language=scope.language,
        series="series",
    )


_METHODS = {
    "did": Text(
        "双重差分：分组与时段双向固定效应，误差按分组聚类；安慰剂：把同样多的分组任意当作受影响组",
        "difference in differences with effects of groups and periods, errors clustered by group; placebo: any as many groups "
        "called treated",
    ),
    "synthetic_control": Text(
        "合成控制：其他分组的加权平均（权重非负、合计为 1），使活动前与受影响组最接近；安慰剂：把活动依次假设发生在其他分组",
        "synthetic control: weighted mean of the others, weights not negative and adding up to 1, closest to the treated before "
        "the campaign; placebo: the campaign given to each other group",
    ),
}
