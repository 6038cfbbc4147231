"""The figures of a campaign's impact, and what to know before relying on them."""

import math
from typing import TYPE_CHECKING

from tools.impact.arguments import ImpactArguments
from tools.impact.difference import Difference, Estimate
from tools.impact.panel import Panel
from tools.impact.synthetic import Synthetic
from tools.metric_figures import change_unit, metric_unit
from tools.results import Figure, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_SIGNIFICANCE = 0.05
_ENOUGH_GROUPS, _ENOUGH_TREATED = 30, 5


def _relative(panel: Panel, value: float) -> float:
    return math.expm1(value) if panel.is_log else value


def _effect_unit(scope: Scope, arguments: ImpactArguments, panel: Panel) -> str:
    if panel.is_log:
        return "ratio"
    return change_unit(metric_unit(scope.semantics, scope.semantics.metrics[arguments.metric]))


def _effect_label(scope: Scope, arguments: ImpactArguments, panel: Panel) -> Text:
    label = scope.semantics.metric_text(arguments.metric)
    kind = Text("相对变化", "relative change") if panel.is_log else Text("变化", "change")
    return Text(
        f"{label.zh}：活动带来的{kind.zh}（估计）", f"{label.en}: {kind.en} by the campaign (estimate)"
    )


def difference_figures(
    scope: Scope, arguments: ImpactArguments, panel: Panel, found: Difference
) -> list[Figure]:
    """Say by how much the treated moved apart, with its noise and the two checks."""
    unit, span, n = _effect_unit(scope, arguments, panel), str(arguments.dates), int(panel.cells["n"].sum())
    effect, trend = found.effect, found.trend
    bounds = None
    if isinstance(effect, Estimate):
        bounds = (_relative(panel, effect.interval[0]), _relative(panel, effect.interval[1]))
    slope = Text(
        "活动前：受影响组每时段多变化的幅度", "before it: how much more the treated moved per period"
    )
    figures = [
        Figure(
            "effect",
            _relative(panel, found.value),
            unit,
            _effect_label(scope, arguments, panel),
            span,
            n=n,
            interval=bounds,
        ),
        *_level_figures(scope, arguments, panel, mean_path(panel)),
        Figure(
            "pvalue",
            effect.pvalue if isinstance(effect, Estimate) else None,
            "pvalue",
            Text("p 值（按分组聚类）", "p, clustered by group"),
            span,
            n=n,
        ),
        Figure("placebo_pvalue", found.placebo, "pvalue", Text("安慰剂 p 值", "placebo p"), span, n=n),
    ]
    if trend is not None:
        figures += [
            Figure("pre_trend", _relative(panel, trend.value), unit, slope, span, n=n),
            Figure(
                "pre_trend_pvalue",
                trend.pvalue,
                "pvalue",
                Text("活动前趋势相同的 p 值", "p of equal trends before"),
                span,
                n=n,
            ),
        ]
    return [*figures, *_count_figures(span, panel)]


def synthetic_figures(
    scope: Scope, arguments: ImpactArguments, panel: Panel, fitted: Synthetic
) -> list[Figure]:
    """Say how far the treated went from the synthetic control, and what that is made of."""
    unit, span, n = _effect_unit(scope, arguments, panel), str(arguments.dates), int(panel.cells["n"].sum())
    fit = Text("活动前的拟合误差", "error of the fit before it")
    figures = [
        Figure(
            "effect", _relative(panel, fitted.effect), unit, _effect_label(scope, arguments, panel), span, n=n
        ),
        *_level_figures(scope, arguments, panel, fitted.path),
        Figure("placebo_pvalue", fitted.placebo, "pvalue", Text("安慰剂 p 值", "placebo p"), span, n=n),
        Figure("error_before", _relative(panel, fitted.error_before), unit, fit, span, n=n),
    ]
    for group, weight in fitted.weights.items():
        name = scope.semantics.value_text(arguments.dimension, group)
        label = Text(f"合成权重：{name.zh}", f"weight of {name.en}")
        figures.append(Figure(f"weight_{group}", weight, "ratio", label, span))
    return [*figures, *_count_figures(span, panel)]


def _level_figures(
    scope: Scope, arguments: ImpactArguments, panel: Panel, path: "pd.DataFrame"
) -> list[Figure]:
    """Say how high the treated were per period, and how high they would have been."""
    import numpy as np

    during = path[path.index >= panel.first_during]
    shown = during.apply(np.exp) if panel.is_log else during
    levels = shown.mean()
    unit = metric_unit(scope.semantics, scope.semantics.metrics[arguments.metric])
    span, each = str(arguments.dates), Text("活动期每时段均值", "mean per period of the campaign")
    figures = [
        Figure(
            "actual", float(levels["actual"]), unit, Text(f"受影响组{each.zh}", f"treated, {each.en}"), span
        ),
        Figure(
            "expected",
            float(levels["synthetic"]),
            unit,
            Text(f"若无活动的{each.zh}（估计）", f"without it, {each.en} (estimate)"),
            span,
        ),
    ]
    if panel.is_log and len(panel.treated) == 1:
        added = float((shown["actual"] - shown["synthetic"]).sum())
        told = Text("活动期各时段增量之和（估计）", "added by it, periods summed (estimate)")
        figures.append(Figure("added", added, unit, told, span))
    return figures


def _count_figures(span: str, panel: Panel) -> list[Figure]:
    treated = len(panel.treated)
    others = panel.cells["unit"].nunique() - treated
    return [
        Figure("treated_groups", treated, "groups", Text("受影响分组数", "groups treated"), span),
        Figure("control_groups", others, "groups", Text("对照分组数", "groups compared with"), span),
    ]


def difference_warnings(panel: Panel, found: Difference) -> list[Text]:
    """Say what the difference cannot be relied on for."""
    said = []
    if found.trend is None:
        said.append(
            Text(
                "活动前的时段或分组太少，无法检验趋势是否平行，结果只能当作线索。",
                "There are too few periods before it, or groups, to check for parallel trends; take the result as a hint.",
            )
        )
    elif found.trend.pvalue < _SIGNIFICANCE:
        said.append(
            Text(
                "活动前受影响组与对照组的趋势就不同，平行趋势的前提不成立，这个差异不能当作活动的效果。",
                "Treated and others moved apart before the campaign already, so the premise of parallel trends does not hold "
                "and the difference cannot be read as its effect.",
            )
        )
    if found.groups < _ENOUGH_GROUPS or found.treated < _ENOUGH_TREATED:
        said.append(
            Text(
                "分组太少，聚类误差偏小、区间偏窄；请以安慰剂 p 值为准，它最小只能到“恰好选中这些分组”的机会。",
                "With so few groups clustered errors are too small and the interval too narrow; go by the placebo p, which cannot "
                "be smaller than the chance of picking just these groups.",
            )
        )
    return said


def synthetic_warnings(panel: Panel, fitted: Synthetic) -> list[Text]:
    """Say what the synthetic control cannot be relied on for."""
    said = [
        Text(
            "合成控制没有通常意义的区间；安慰剂 p 值是把活动依次假设发生在每个分组时，误差放大得不比它小的占比，分组少时不可能很小。",
            "A synthetic control has no usual interval; the placebo p is the share of groups whose error grows as much when the "
            "campaign is given to them, and cannot be small with few groups.",
        )
    ]
    if fitted.error_before > abs(fitted.effect) / 2:
        said.append(
            Text(
                "活动前就拟合得不好（误差超过效果的一半），合成对照不可信。",
                "The fit before the campaign is poor (its error is more than half of the effect), so the control cannot be trusted.",
            )
        )
    return said


def mean_path(panel: Panel) -> "pd.DataFrame":
    """Return the means of treated and others by bucket, the others moved to the treated's level before."""
    import pandas as pd

    means = panel.cells.groupby(["bucket", "treated"])["value"].mean().unstack()
    before = means.index < panel.first_during
    shift = (means[True] - means[False])[before].mean()
    return pd.DataFrame({"actual": means[True], "synthetic": means[False] + shift})
