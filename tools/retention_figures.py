"""The figures of retention: pooled over cohorts, with intervals, values per member and a projection."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.cohort_definition import RetentionDefinition
from tools.cohort_return import Bracket
from tools.curves import FORMS, MIN_FIT, MIN_POINTS, Curve, Form, common_band, differs_from, rank_curves
from tools.definitions import item
from tools.intervals import wilson_interval
from tools.metric_kinds import EventSumMetric
from tools.periods import INTERVAL_TEXT
from tools.results import DefinitionItem, Figure, Text, format_value
from tools.retention_card import retention_text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

# How many times the last measured period a projection may reach before it is warned of.
_FAR = 2


def pool(cells: "pd.DataFrame", keys: list[str], mean: str = "weighted") -> "pd.DataFrame":
    """Pool mature cells over the cohorts.

    Returns:
        Rows (keys..., users, returned, rate, [value, worth]): sums of mature cells; rate is the share that
        returned and worth the value per member, NaN at users 0: of the sums (weighted), or the mean of the
        cohorts' own (simple).
    """
    totals = [c for c in ("users", "returned", "value") if c in cells]
    shares = {"rate": "returned", "worth": "value"}
    known = cells.assign(**{c: cells[c].where(cells["mature"], 0) for c in totals})
    for share, total in shares.items():
        if total in totals:
            known[share] = known[total] / known["users"].where(known["users"] > 0)
    present = [s for s in shares if s in known]
    groups = known.groupby(keys, sort=True)
    pooled = groups[totals].sum()
    for share in present:
        if mean == "simple":
            pooled[share] = groups[share].mean()
        else:
            pooled[share] = pooled[shares[share]] / pooled["users"].where(pooled["users"] > 0)
    return pooled.reset_index()


def maturity_warnings(cells: "pd.DataFrame") -> list[Text]:
    """Count the cells that are too young to tell."""
    immature = int((~cells["mature"]).sum())
    if cells.empty:
        return [Text(zh="该时间范围内没有任何用户进入分群。", en="No user entered a cohort in the period.")]
    if not immature:
        return []
    return [
        Text(
            zh=f"{len(cells)} 个留存单元中有 {immature} 个尚未成熟（数据未覆盖其完整周期），显示为空且不计入平均。",
            en=f"{immature} of {len(cells)} cohort cells are immature (the data does not yet cover their whole "
            "period); they are null and in no average.",
        )
    ]


def value_unit(scope: Scope, column: str) -> str:
    """Return the unit of a summed column, as a metric declares it; else the column's own name."""
    for metric in scope.semantics.metrics.values():
        if isinstance(metric, EventSumMetric) and metric.property == column:
            return scope.semantics.resolve_unit(metric.unit)
    return column


def pooled_figures(
    scope: Scope,
    definition: RetentionDefinition,
    pooled: "pd.DataFrame",
    brackets: Sequence[Bracket],
    *,
    span: str,
    mean: str,
    segment: tuple[str, str] | None = None,
) -> list[Figure]:
    """Make one figure per bracket, and one of value per member where a property is summed.

    Args:
        scope: what is read.
        definition: what was counted.
        pooled: rows of `pool`, of one segment.
        brackets: which periods.
        span: the days of the cohorts.
        mean: weighted or simple; only a weighted share has an interval.
        segment: dimension and value.
    """
    rows = pooled.set_index("offset").reindex([b.first for b in brackets])
    lead = scope.segment_text(*segment) if segment else None
    named = "=".join(segment) if segment else None
    figures = []
    for bracket, row in zip(brackets, rows.to_dict("records"), strict=True):
        users = 0 if row["users"] != row["users"] else int(row["users"])
        returned = int(row["returned"]) if users else 0
        label = retention_text(definition.period, str(bracket), definition.mode)
        bounds = wilson_interval(returned, users) if mean == "weighted" else None
        name, rate = f"retention_{definition.period}_{bracket}", row["rate"] if users else None
        figures.append(Figure(name, rate, "ratio", _led(lead, label), span, named, n=users, interval=bounds))
        if definition.value:
            unit, worth = value_unit(scope, definition.value), row["worth"] if users else None
            label, name = _value_label(definition, bracket), f"value_{definition.period}_{bracket}"
            figures.append(Figure(name, worth, unit, _led(lead, label), span, named, n=users))
    return figures


def _led(lead: Text | None, label: Text) -> Text:
    return Text(zh=f"{lead.zh}：{label.zh}", en=f"{lead.en}: {label.en}") if lead else label


def _value_label(definition: RetentionDefinition, bracket: Bracket) -> Text:
    unit, column = INTERVAL_TEXT[definition.period], definition.value
    later = Text(zh="及以后", en=" or later") if definition.mode == "on_or_after" else Text("", "")
    return Text(
        zh=f"第 {bracket} {unit.zh}{later.zh}人均 {column}",
        en=f"{column} per member, {unit.en} {bracket}{later.en}",
    )


def fit_retention(pooled: "pd.DataFrame", forms: Sequence[Form]) -> tuple[list[Curve], Text | None]:
    """Fit curves to the pooled points after period 0, the best first; without a good one, say why there is none."""
    points = pooled[(pooled["users"] > 0) & (pooled["offset"] > 0)]
    if len(points) < MIN_POINTS:
        return [], Text(
            zh=f"未作预测：成熟的留存点只有 {len(points)} 个，至少需要 {MIN_POINTS} 个，请增加 periods 或提前分群时间。",
            en=f"No projection: there are {len(points)} mature points after period 0 and at least {MIN_POINTS} "
            "are needed; ask for more periods or earlier cohorts.",
        )
    offsets, rates, users = (points[c].astype(float).tolist() for c in ("offset", "rate", "users"))
    curves = rank_curves(offsets, rates, users, forms)
    if not curves:
        return [], Text(
            zh="未作预测：各留存点相同，没有可拟合的下降曲线。",
            en="No projection: the points are all the same; there is no decline to fit.",
        )
    if curves[0].fit < MIN_FIT:
        return [], Text(
            zh=f"未作预测：拟合不佳（R² = {curves[0].fit:.2f}，至少需要 {MIN_FIT}）。",
            en=f"No projection: the curve fits poorly (R² = {curves[0].fit:.2f}; at least {MIN_FIT} is needed).",
        )
    return [c for c in curves if c.fit >= MIN_FIT], None


def projection_figures(
    definition: RetentionDefinition, curves: Sequence[Curve], offset: int, span: str
) -> list[Figure]:
    """Make the projected figure, by the first curve with the band of all, and the quality of the fit."""
    curve, band = curves[0], common_band(curves, offset)
    label, form = retention_text(definition.period, offset, definition.mode), FORMS[curve.form].text
    low, high = (format_value(v, "ratio", "en") for v in band)
    return [
        Figure(
            f"projected_retention_{definition.period}_{offset}",
            curve.value(offset),
            "ratio",
            Text(
                zh=f"预测：{label.zh}（{form.zh}外推，非实测；95% 区间 {low} 至 {high}）",
                en=f"projected {label.en} ({form.en}, not measured; 95 % band {low} to {high})",
            ),
            span,
            n=curve.points,
            interval=band,
        ),
        Figure(
            "projection_fit",
            curve.fit,
            "multiple",
            Text(zh="预测曲线的拟合优度 R²", en="R² of the projected curve"),
            span,
            n=curve.points,
        ),
    ]


def projection_warnings(pooled: "pd.DataFrame", curve: Curve, offset: int) -> list[Text]:
    """Say it where the band of a projection does not tell how wrong it may be: it takes the form of the curve as given.

    That is far beyond what was measured, and where the points lie beside the curve by more than chance: Pearson's
    chi-square of their binomial counts, at 1 %.
    """
    points = pooled[(pooled["users"] > 0) & (pooled["offset"] > 0)]
    last = int(points["offset"].max())
    far = Text(
        zh=f"预测到第 {offset} 个周期，而实测只到第 {last} 个：预测区间以曲线保持同一形状为前提，如此之远仅供参考。",
        en=f"The projection goes to period {offset} and the measured points to {last}: its band holds only if the curve "
        "keeps its form that far.",
    )
    beside = Text(
        zh="实测点偏离拟合曲线的程度超出随机波动：曲线形状不完全符合，预测区间偏窄。",
        en="The measured points lie beside the fitted curve by more than chance: its form is not quite theirs, and the "
        "projection's band is too narrow.",
    )
    is_beside = differs_from(curve, *(points[c].tolist() for c in ("offset", "rate", "users")))
    return [text for text, holds in ((far, offset > _FAR * last), (beside, is_beside)) if holds]


def projection_item(curves: Sequence[Curve]) -> DefinitionItem:
    """Describe a projection."""
    fits = {
        language: " | ".join(
            f"{FORMS[c.form].text.in_language(language)} {c.formula()}, R² = {c.fit:.3f}" for c in curves
        )
        for language in ("zh", "en")
    }
    return item(
        "预测",
        "projection",
        Text(
            zh=f"{fits['zh']}（n 为周期；按人数加权最小二乘拟合 {curves[0].points} 个成熟点，取第一条；"
            "区间为 95%，涵盖所列曲线，只含拟合误差）",
            en=f"{fits['en']} (n: period; least squares weighted by users over {curves[0].points} mature points; the "
            "first is used; the 95 % band spans the curves listed and holds the error of the fit only)",
        ),
    )


def curve_rows(pooled: "pd.DataFrame", curve: Curve, offset: int, names: tuple[str, str]) -> "pd.DataFrame":
    """Return rows (offset, rate, kind) of what was measured and of the fitted curve up to a period."""
    import pandas as pd

    offsets: list[Any] = sorted({*(o for o in pooled["offset"] if o > 0), offset})
    drawn = pd.DataFrame({"offset": offsets, "rate": [curve.value(o) for o in offsets], "kind": names[1]})
    return pd.concat([pooled[["offset", "rate"]].assign(kind=names[0]), drawn], ignore_index=True)
