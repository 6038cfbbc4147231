"""The figures of an experiment."""

from collections.abc import Sequence

from tools.experiments.comparison import check_heterogeneity
from tools.experiments.effects import Effect
from tools.experiments.reading import Reading
from tools.experiments.wording import arm_text, metric_label, unit_of
from tools.intervals import wilson_interval
from tools.metric_figures import change_unit
from tools.results import Figure, Text
from tools.scope import Scope


def heterogeneity_figures(
    scope: Scope, reading: Reading, effects: Sequence[Effect], split: Text
) -> list[Figure]:
    """Test whether an arm does the same in all segments, metric by metric."""
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


def effect_figures(scope: Scope, reading: Reading, effects: Sequence[Effect]) -> list[Figure]:
    """Make the figures of all effects; the control's value stands there once."""
    figures = [f for e in effects for f in _figures_of(scope, reading, e)]
    return list({(f.name, f.segment): f for f in reversed(figures)}.values())[::-1]


def _figures_of(scope: Scope, reading: Reading, effect: Effect) -> list[Figure]:
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


def split_figures(reading: Reading) -> list[Figure]:
    """Say how users fell into the arms."""
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
