"""How an explained change is shown: figures, table, chart and the lines of its card."""

from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars
from tools.definitions import item
from tools.driver_ranking import MOST_CROSSED, Part, Ranking
from tools.metric_figures import change_unit, metric_unit
from tools.metric_kinds import Metric
from tools.noise import Noise
from tools.results import DefinitionItem, Figure, Text, format_value
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_BARS = 15
_MOST_NAMED = 3
_EXCHANGED = 0.2
Bounds = tuple[float, float] | None


def is_beyond(bounds: Bounds) -> bool:
    """Say whether an interval excludes zero."""
    return bounds is not None and not bounds[0] <= 0 <= bounds[1]


def part_text(scope: Scope, part: Part) -> Text:
    """Write the foremost segment for people, as "channel = Douyin × platform = Android"."""
    if not part.dimensions:
        return Text(zh="整体", en="overall")
    texts = [scope.segment_text(d, v) for d, v in zip(part.dimensions, part.values, strict=True)]
    return Text(zh=" × ".join(t.zh for t in texts), en=" × ".join(t.en for t in texts))


def noise_text(change: Figure, bounds: Bounds, unit: str) -> Text:
    """Say plainly whether a change is within noise."""
    if change.value is None:
        return Text(
            zh="至少一个时期没有可用的分母，无法计算变化。",
            en="One of the periods has no denominator; there is no change to explain.",
        )
    if bounds is None:
        return Text(zh="该指标未评估随机波动。", en="Chance variation is not assessed for this metric.")
    low, high = (Text(*(format_value(b, change_unit(unit), lang) for lang in ("zh", "en"))) for b in bounds)
    if is_beyond(bounds):
        return Text(
            zh=f"超出随机波动：95% 区间 {low.zh} 至 {high.zh} 不含 0",
            en=f"beyond noise: the 95% interval {low.en} to {high.en} excludes 0",
        )
    return Text(
        zh=f"变化在随机波动范围内（95% 区间 {low.zh} 至 {high.zh} 含 0），细分贡献可能只是噪声。",
        en=f"The change is within noise (95% interval {low.en} to {high.en} holds 0); contributions may be chance.",
    )


def segment_warnings(scope: Scope, ranking: Ranking, bounds: Bounds) -> list[Text]:
    """Say where the segments tell another story than the whole: noise that hides one, or a change that none carries."""
    named = _beyond(scope, ranking)
    m = ranking.considered
    if not is_beyond(bounds) and bounds is not None and named is not None:
        return [
            Text(
                zh=f"整体变化虽在随机波动范围内，但按 {m} 个细分校正后，仍有细分的贡献超出波动：{named.zh}。",
                en=f"Though the whole change is within noise, these contributions are beyond it, corrected for {m} "
                f"segments: {named.en}.",
            )
        ]
    foremost = [bool(b) for part in ranking.parts[:1] for b in part.table["beyond_noise"].head(1)]
    if is_beyond(bounds) and named is None and foremost == [False]:
        return [
            Text(
                zh=f"没有任何一个细分的贡献单独超出随机波动（按 {m} 个细分校正）：变化分散在各细分，排序仅供参考。",
                en=f"No single segment's contribution is beyond noise, corrected for {m} segments: the change is spread "
                "over them, and their order may be chance.",
            )
        ]
    return []


def _beyond(scope: Scope, ranking: Ranking) -> Text | None:
    """Name the first few segments whose contribution is beyond noise, but for those that replace one another."""
    texts = [
        scope.segment_text(part.dimensions[0], str(segment))
        for part in ranking.parts
        if len(part.dimensions) == 1 and not _is_exchanged(part)
        for segment in part.table.loc[part.table["beyond_noise"], "segment"]
    ]
    if not texts:
        return None
    more = len(texts) > _MOST_NAMED
    shown = texts[:_MOST_NAMED]
    return Text(
        zh="、".join(t.zh for t in shown) + ("等" if more else ""),
        en=", ".join(t.en for t in shown) + (" and others" if more else ""),
    )


def _is_exchanged(part: Part) -> bool:
    """Say whether segments take one another's place, as the releases of an app do: over a fifth moved between them."""
    before, after = part.table["weight_before"], part.table["weight_after"]
    return bool(before.any() and after.any() and (after - before).abs().sum() / 2 > _EXCHANGED)


def segment_figures(scope: Scope, metric: Metric, parts: list[Part], span: str) -> list[Figure]:
    """Give the foremost segment of every part: contribution, share, value before and after."""
    unit = metric_unit(scope.semantics, metric)
    figures = []
    for part in parts:
        if part.table.empty:
            continue
        row, text = part.table.iloc[0], part_text(scope, part)
        before, after = int(row["n_before"]), int(row["n_after"])
        interval = (float(row["low"]), float(row["high"]))
        for name, value, kind, zh, en, n, around in (
            (
                "contribution",
                row["contribution"],
                change_unit(unit),
                "对变化的贡献",
                "contribution to the change",
                before + after,
                interval,
            ),
            (
                "share_of_change",
                row["share"],
                "ratio",
                "占变化的比例",
                "share of the change",
                before + after,
                None,
            ),
            ("segment_before", row["before"], unit, "变化前", "before", before, None),
            ("segment_after", row["after"], unit, "变化后", "after", after, None),
        ):
            label = Text(zh=f"{text.zh}：{zh}", en=f"{text.en}: {en}")
            known = None if value != value else float(value)
            figures.append(Figure(name, known, kind, label, span, part.segment, n=n, interval=around))
    return figures


def driver_table(parts: list[Part]) -> "pd.DataFrame":
    """Put the tables of all parts under one another, the most telling first."""
    import pandas as pd

    tables = [part.table.assign(dimension=part.name) for part in parts if len(part.table)]
    if not tables:
        return pd.DataFrame(columns=["dimension", "segment", "before", "after", "contribution", "share"])
    whole = pd.concat(tables, ignore_index=True)
    return whole[["dimension", *(c for c in whole.columns if c != "dimension")]]


def driver_chart(scope: Scope, metric: Metric, parts: list[Part], title: Text) -> dict[str, Any]:
    """Draw the contributions of the foremost part's segments: those of one part add up."""
    unit = change_unit(metric_unit(scope.semantics, metric))
    whole, part = driver_table(parts[:1]), parts[0] if parts else None
    shown = whole.head(_BARS)
    names = [_segment_name(scope, part, str(s)) if part else "" for s in shown["segment"]]
    axes = (_part_title(scope, part), Text("对变化的贡献", "contribution to the change"))
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


def _segment_name(scope: Scope, part: Part, segment: str) -> str:
    if len(part.dimensions) > 1:
        return segment
    return scope.semantics.value_text(part.dimensions[0], segment).in_language(scope.language)


def _part_title(scope: Scope, part: Part | None) -> Text:
    texts = [scope.semantics.dimension_text(d) for d in (part.dimensions if part else ())]
    return Text(zh=" × ".join(t.zh for t in texts), en=" × ".join(t.en for t in texts))


def driver_card(
    scope: Scope, is_ratio: bool, noise: Text, whole: Noise, ranking: Ranking
) -> list[DefinitionItem]:
    """Describe how the change is taken apart, and how its noise is told."""
    ratio = Text(
        zh="比率效应=平均权重×比率变化；结构效应=权重变化×（该段平均比率−总体平均比率）；两者合计恰为总变化",
        en="rate effect = mean weight x change of rate; mix effect = change of weight x (mean rate - overall mean "
        "rate); together exactly the change",
    )
    volume = Text(
        zh="各细分前后之差，合计恰为总变化", en="each segment's difference; together exactly the change"
    )
    crosses = Text(
        zh=f"维度两两交叉（取值不超过 {MOST_CROSSED} 个的维度）；仅列出其首要细分比两个上级维度按占比推算都更集中、且超出随机波动的交叉",
        en=f"pairs of dimensions of at most {MOST_CROSSED} values; shown only where the foremost segment says more than "
        "its share of either parent would give, beyond noise",
    )
    named = [scope.semantics.dimension_text(d) for d in ranking.uniform]
    uniform = Text(
        zh=f"只有一个取值的维度：{'、'.join(t.zh for t in named)}",
        en=f"dimensions of a single value: {', '.join(t.en for t in named)}",
    )
    return [
        *([item("未列出", "left out", uniform)] if named else []),
        item("分解方法", "decomposition", ratio if is_ratio else volume),
        item("交叉", "crosses", crosses),
        item("随机波动", "noise", noise),
        item("波动的估计", "noise is told from", _method(whole)),
        item(
            "多重比较",
            "segments considered",
            Text(
                zh=f"{ranking.considered} 个；细分贡献的 95% 区间按 Bonferroni 校正，同时成立",
                en=f"{ranking.considered}; the 95% intervals of contributions hold together (Bonferroni)",
            ),
        ),
    ]


def _method(whole: Noise) -> Text:
    if whole.pairs:
        return Text(
            zh=f"抽样误差（按用户日，delta 法）×此前 {whole.pairs} 对同样时期的离散系数 {whole.dispersion:.2f}（不小于 1；大于 1 "
            "时用 t 分布）",
            en=f"sampling error (of user-days, delta method) times the dispersion of {whole.pairs} pairs of such "
            f"periods before, {whole.dispersion:.2f} (at least 1; Student's t where it is more)",
        )
    return Text(
        zh="抽样误差（按用户日，delta 法）；未计时期之间的波动（此前同样时期不足，或该类指标不逐期回看）",
        en="sampling error (of user-days, delta method); the variation from one such period to the next is not in it "
        "(too few before, or a kind of metric of which they are not looked at)",
    )
