"""The result of reading an experiment: figures, table, chart, card and warnings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars, draw_intervals
from tools.definitions import item, period_item
from tools.experiments.arguments import ExperimentArguments
from tools.experiments.comparison import MISMATCH, SIGNIFICANCE, check_heterogeneity
from tools.experiments.declarations import ExperimentDefinition
from tools.experiments.effects import Effect
from tools.experiments.exposures import Exposures
from tools.experiments.outcomes import Window
from tools.experiments.warnings import warn_of_effects, warn_of_peeking
from tools.experiments.wording import LIMITS, arm_text, metric_item, metric_label, unit_of, window_item
from tools.intervals import wilson_interval
from tools.metric_figures import change_unit
from tools.periods import Period
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

TOOL = "analyze_experiment"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known before any effect is computed.

    Attributes:
        arguments: of the call, the experiment and its days filled in.
        name, experiment: what is read.
        exposures: who was in which arm.
        shares: what each arm was meant to get, relative to the others.
        pvalue: of the sample ratio.
        window: days that count.
        told: warnings so far.
    """

    arguments: ExperimentArguments
    name: str
    experiment: ExperimentDefinition
    exposures: Exposures
    shares: dict[str, float]
    pvalue: float
    window: Window
    told: tuple[Text, ...]

    @property
    def period(self) -> Period:
        """Days of the exposures."""
        return self.arguments.dates

    def title(self, scope: Scope) -> Text:
        """Name the experiment."""
        if self.name in scope.semantics.experiments:
            return scope.semantics.experiment_text(self.name)
        return scope.semantics.event_text(self.name)


def report_mismatch(scope: Scope, reading: Reading) -> MetricResult:
    """Refuse to show effects, and show how users fell into the arms."""
    name = reading.title(scope)
    refusal = Text(
        zh="样本比例失衡：各组人数与设计不符，差异几乎不可能出于偶然，因此不显示任何效果。请先查清分流、埋点或过滤的问题，再重新实验。",
        en="Sample ratio mismatch: users did not fall into the arms as designed, and chance hardly explains it, so no "
        "effect is shown. Find out what went wrong in assignment, logging or filtering, then run the test again.",
    )
    title = Text(f"{name.zh}：样本比例失衡", f"{name.en}: sample ratio mismatch")
    table = _split_table(reading)
    return scope.finish(
        TOOL,
        reading.arguments,
        title=title,
        card=[*_split_card(reading, name), LIMITS],
        figures=_split_figures(reading),
        table=table,
        chart=draw_bars(
            table, "arm", "users", title=title, axes=(Text("组别", "arm"), Text("用户", "users")), unit="users",
            language=scope.language,
        ),
        warnings=(refusal, *reading.told, *reading.exposures.warnings),
        n=reading.exposures.users,
    )  # fmt: skip


def report_effects(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> MetricResult:
    """Show what every arm did to every metric and guardrail."""
    name = reading.title(scope)
    table = _effect_table(scope, reading, effects)
    chart = _chart_rows(scope, reading, effects)
    return scope.finish(
        TOOL,
        reading.arguments,
        title=Text(f"实验结果：{name.zh}", f"Experiment: {name.en}"),
        card=[*_split_card(reading, name), *_effect_card(scope, reading, effects), LIMITS],
        figures=[*_all_figures(scope, reading, effects), *_split_figures(reading)],
        table=table,
        chart=_draw_effects(scope, chart, name),
        warnings=(
            *warn_of_peeking(scope, reading.experiment, reading.exposures),
            *warn_of_effects(scope, reading.experiment, reading.window, effects),
            *reading.told,
            *reading.exposures.warnings,
        ),
        n=reading.exposures.users,
    )


def report_segments(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> MetricResult:
    """Show what every arm did in every segment, and whether the segments differ by more than chance."""
    name, breakdown = reading.title(scope), str(reading.arguments.breakdown)
    split = scope.semantics.dimension_text(breakdown)
    table = _effect_table(scope, reading, effects)
    chart = _chart_rows(scope, reading, effects)
    tests = _heterogeneity(scope, reading, effects, split)
    warning = Text(
        zh=f"按{split.zh}拆分是事后探索：每个细分人数更少、比较更多，个别细分的高低多半是偶然；先看异质性检验。",
        en=f"A split by {split.en} is exploration after the fact: fewer users, more comparisons; single segments stand "
        "out mostly by chance, so look at the test of heterogeneity first.",
    )
    return scope.finish(
        TOOL,
        reading.arguments,
        title=Text(f"实验结果：{name.zh}，按{split.zh}", f"Experiment: {name.en}, by {split.en}"),
        card=[*_split_card(reading, name), *_effect_card(scope, reading, effects), LIMITS],
        figures=[
            *tests,
            *_all_figures(scope, reading, effects),
            *_split_figures(reading),
        ],
        table=table,
        chart=_draw_effects(scope, chart, name),
        warnings=(
            *warn_of_peeking(scope, reading.experiment, reading.exposures),
            warning,
            *reading.told,
            *reading.exposures.warnings,
        ),
        n=reading.exposures.users,
    )


def _heterogeneity(scope: Scope, reading: Reading, effects: Sequence[Effect], split: Text) -> list[Figure]:
    figures = []
    for metric, arm in dict.fromkeys((e.metric, e.arm) for e in effects):
        own = [e for e in effects if (e.metric, e.arm) == (metric, arm)]
        label, of = scope.semantics.metric_text(metric), arm_text(reading.experiment, arm)
        figures.append(
            Figure(
                f"heterogeneity_{metric}_{arm}",
                check_heterogeneity([e.found for e in own]),
                "pvalue",
                Text(
                    f"{label.zh}（{of.zh}）：各{split.zh}效果相同的 p 值",
                    f"{label.en} ({of.en}): p of equal effects across {split.en}",
                ),
                str(reading.period),
                n=sum(sum(e.users) for e in own),
            )
        )
    return figures


def _all_figures(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> list[Figure]:
    """Make the figures of all effects; the control's value stands there once."""
    figures = [f for e in effects for f in _effect_figures(scope, reading, e)]
    return list({(f.name, f.segment): f for f in reversed(figures)}.values())[::-1]


def _effect_figures(scope: Scope, reading: Reading, effect: Effect) -> list[Figure]:
    metric = scope.semantics.metrics[effect.metric]
    label = metric_label(scope.semantics, effect.metric, reading.window)
    arm, control = (arm_text(reading.experiment, a) for a in (effect.arm, reading.exposures.control))
    unit, span, found = unit_of(scope.semantics, metric), str(reading.period), effect.found
    breakdown = reading.arguments.breakdown
    segment = None if effect.segment is None else f"{breakdown}={effect.segment}"
    said = Text(f"{label.zh}：{arm.zh}相比{control.zh}", f"{label.en}: {arm.en} against {control.en}")
    n, key = sum(effect.users), f"{effect.metric}_{effect.arm}"
    figures = [
        Figure(
            f"effect_{key}", found.effect, change_unit(unit), _dashed(said, "差值", "difference"), span, segment, n, found.interval
        ),
        Figure(
            f"relative_{key}", found.relative, "ratio", _dashed(said, "相对变化", "relative change"), span, segment, n,
            found.relative_interval,
        ),
        Figure(f"pvalue_{key}", found.pvalue, "pvalue", _dashed(said, "p 值", "p"), span, segment, n),
    ]  # fmt: skip
    if effect.role == "metric":
        corrected = _dashed(said, "校正后 p 值", "corrected p")
        figures.append(Figure(f"corrected_{key}", effect.corrected, "pvalue", corrected, span, segment, n))
    if segment is not None:
        return figures
    for name, value, users in zip(
        (reading.exposures.control, effect.arm), (found.control, found.treatment), effect.users, strict=True
    ):
        text = arm_text(reading.experiment, name)
        bounds = (
            wilson_interval(round(value * users), users)
            if effect.kind == "share" and value is not None and found.adjusted is None
            else None
        )
        figures.append(
            Figure(
                f"{effect.metric}_in_{name}",
                value,
                unit,
                Text(f"{label.zh}：{text.zh}", f"{label.en}: {text.en}"),
                span,
                n=users,
                interval=bounds,
            )
        )
    if found.adjusted is not None:
        share = _dashed(said, "CUPED 减少的方差", "variance removed by CUPED")
        figures.append(Figure(f"variance_removed_{key}", found.adjusted, "ratio", share, span, n=n))
    return figures


def _dashed(text: Text, zh: str, en: str) -> Text:
    return Text(f"{text.zh}，{zh}", f"{text.en}, {en}")


def _effect_table(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> "pd.DataFrame":
    """Return one row per metric, arm and segment."""
    import pandas as pd

    rows = []
    for effect in effects:
        found, metric = effect.found, scope.semantics.metrics[effect.metric]
        low, high = found.interval or (None, None)
        row: dict[str, Any] = {"metric": effect.metric, "role": effect.role, "arm": effect.arm}
        row |= {} if effect.segment is None else {"segment": effect.segment}
        row |= {"control_users": effect.users[0], "users": effect.users[1]}
        row |= {
            "control_value": found.control,
            "value": found.treatment,
            "effect": found.effect,
            "low": low,
            "high": high,
        }
        row |= {"relative": found.relative, "pvalue": found.pvalue, "qvalue": effect.corrected}
        rows.append(row | {"verdict": effect.verdict(metric.good)})
    table = pd.DataFrame(rows)
    numbers = ["control_value", "value", "effect", "low", "high", "relative", "pvalue", "qvalue"]
    return table.astype(dict.fromkeys(numbers, "float64"))


def _chart_rows(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> "pd.DataFrame":
    import pandas as pd

    language, rows = scope.language, []
    for effect in effects:
        low, high = effect.found.relative_interval or (None, None)
        named = [scope.semantics.metric_text(effect.metric), arm_text(reading.experiment, effect.arm)]
        if effect.segment is not None:
            named.append(scope.semantics.value_text(str(reading.arguments.breakdown), effect.segment))
        what = " · ".join(n.in_language(language) for n in named)
        rows.append({"what": what, "relative": effect.found.relative, "low": low, "high": high})
    return pd.DataFrame(rows)


def _draw_effects(scope: Scope, rows: "pd.DataFrame", name: Text) -> dict[str, Any]:
    return draw_intervals(
        rows,
        "what",
        "relative",
        ("low", "high"),
        title=Text(f"{name.zh}：相对变化与 95% 区间", f"{name.en}: relative change with 95 % interval"),
        axes=(Text("指标与组别", "metric and arm"), Text("相对变化", "relative change")),
        unit="ratio_change",
        language=scope.language,
        lying=True,
    )


def _split_table(reading: Reading) -> "pd.DataFrame":
    import pandas as pd

    whole, users = sum(reading.shares.values()), reading.exposures.users
    rows = [
        {"arm": arm, "users": n, "share": n / users, "expected_share": reading.shares[arm] / whole}
        for arm, n in reading.exposures.counts.items()
    ]
    return pd.DataFrame(rows)


def _split_figures(reading: Reading) -> list[Figure]:
    span, users = str(reading.period), reading.exposures.users
    figures = [
        Figure(
            "sample_ratio_pvalue",
            reading.pvalue,
            "pvalue",
            Text("分组人数符合设计的 p 值", "p of the sample ratio"),
            span,
            n=users,
        )
    ]
    for arm, n in reading.exposures.counts.items():
        text = arm_text(reading.experiment, arm)
        figures.append(
            Figure(f"users_{arm}", n, "users", Text(f"{text.zh}人数", f"users in {text.en}"), span, n=users)
        )
    return figures


def _split_card(reading: Reading, name: Text) -> list[DefinitionItem]:
    whole = sum(reading.shares.values())
    parts = [(arm_text(reading.experiment, arm), share / whole) for arm, share in reading.shares.items()]
    listed = Text(
        "、".join(f"{text.zh} {share:.0%}" for text, share in parts),
        ", ".join(f"{text.en} {share:.0%}" for text, share in parts),
    )
    control = arm_text(reading.experiment, reading.exposures.control)
    return [
        item("实验", "experiment", name),
        period_item(reading.period, "进入日期", "exposed from"),
        item(
            "进入",
            "exposure",
            Text(
                "每名用户取首次进入；进入过多个组的用户不计入任何组",
                "a user's first; users who saw several arms are in none",
            ),
        ),
        item("分组（设计）", "arms as designed", listed),
        item("对照组", "control", control),
        item(
            "样本比例检验",
            "sample ratio",
            Text(
                f"先检验各组人数是否符合设计，p < {MISMATCH} 时不显示效果",
                f"tested first; with p < {MISMATCH} no effect is shown",
            ),
        ),
    ]


def _effect_card(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> list[DefinitionItem]:
    semantics, window = scope.semantics, reading.window
    metrics = [
        metric_item(semantics, m, semantics.metrics[m], window)
        for m in dict.fromkeys(e.metric for e in effects)
    ]
    compared = sum(e.role == "metric" for e in effects)
    margins = sorted({e.margin for e in effects if e.margin is not None})
    card = [
        window_item(window),
        *metrics,
        item(
            "检验",
            "tests",
            Text(
                f"双侧，95% 区间；占比用 z 检验（人数少时用 Fisher 精确检验），均值用 Welch t 检验，比值用 delta 法；共 {compared} 项比较，"
                f"p 值用 Holm 法校正，小于 {SIGNIFICANCE} 为有差异",
                f"two-sided, 95 % intervals; z test of shares (Fisher's exact test of few users), Welch's t test of means, "
                f"delta method of ratios; {compared} comparisons, p-values corrected by Holm's method, below {SIGNIFICANCE} differs",
            ),
        ),
    ]
    if window.before:
        told = Text(
            f"用进入日之前 {window.before} 日的同一指标校正",
            f"adjusted by the same metric over the {window.before} days before the exposure",
        )
        card.append(item("CUPED", "CUPED", told))
    if margins:
        listed = ", ".join(f"{m:.0%}" for m in margins)
        card.append(
            item(
                "护栏",
                "guardrails",
                Text(
                    f"区间整体变差为受损；区间不低于对照组的 -{listed} 为安全；其余为不确定；不做多重比较校正",
                    f"harmed if the whole interval is worse; safe if it ends above -{listed} of the control's value; "
                    "else unclear; not corrected for several",
                ),
            )
        )
    return card
