"""What a reader of an experiment should know before acting on it."""

from collections.abc import Iterator, Sequence

from tools.experiments.declarations import ExperimentDefinition
from tools.experiments.effects import Effect
from tools.experiments.exposures import Exposures
from tools.experiments.outcomes import Window
from tools.experiments.wording import arm_text, unit_of
from tools.metric_figures import change_unit
from tools.results import Text, format_value, join_chinese
from tools.scope import Scope

# A difference of 1.96 + 0.84 standard errors is found in 80 of 100 experiments; half an interval is 1.96 of them.
_DETECTABLE = (1.959964 + 0.841621) / 1.959964


def warn_of_peeking(scope: Scope, experiment: ExperimentDefinition, exposures: Exposures) -> tuple[Text, ...]:
    """Warn where the experiment is read before its planned end or size."""
    last, end = scope.source.coverage.complete_through, experiment.end
    planned, fewest = experiment.planned_users, min(exposures.counts.values())
    risk = Text(
        "此时的 p 值与区间只对看一次有效，边看边停会把假阳性抬到 5% 以上；请到期再下结论",
        "p-values and intervals hold for one look only, and stopping at the first good one makes false positives of "
        "more than 5 %; decide at the end",
    )
    if last < end:
        return (
            Text(
                f"实验尚未结束（计划到 {end}，数据到 {last}）：{risk.zh}。",
                f"The experiment is still running (planned to {end}, data to {last}): {risk.en}.",
            ),
        )
    if planned is not None and fewest < planned:
        return (
            Text(
                f"最小的组有 {fewest:,} 人，未达到计划的每组 {planned:,} 人：{risk.zh}。",
                f"The smallest arm has {fewest:,} users of the {planned:,} planned: {risk.en}.",
            ),
        )
    return ()


def warn_of_effects(
    scope: Scope, experiment: ExperimentDefinition, window: Window, effects: Sequence[Effect]
) -> tuple[Text, ...]:
    """Say what harm there is, what was not found and how much could have been, and who is not counted yet."""
    said = [
        *_harms(scope, experiment, effects),
        *_unclear(scope, experiment, effects),
        *_immature(scope, effects),
    ]
    return tuple(dict.fromkeys([*said, *_without_past(scope, window, effects)]))


def _harms(scope: Scope, experiment: ExperimentDefinition, effects: Sequence[Effect]) -> Iterator[Text]:
    for effect in effects:
        verdict = effect.verdict(scope.semantics.metrics[effect.metric].good)
        metric, arm = scope.semantics.metric_text(effect.metric), arm_text(experiment, effect.arm)
        if verdict == "harmed":
            yield Text(
                f"护栏受损：{join_chinese(arm.zh, '的', metric.zh, '变差')}，且超出偶然。",
                f"A guardrail is harmed: {metric.en} got worse in {arm.en}, beyond chance.",
            )
        elif effect.role == "guardrail" and verdict == "unclear":
            yield Text(
                f"护栏不确定：{join_chinese(arm.zh, '的', metric.zh, '可能变差')}超过容许范围，数据还不足以排除。",
                f"A guardrail is unclear: {metric.en} in {arm.en} may have got worse by more than its margin; the data cannot "
                "rule it out.",
            )


def _unclear(scope: Scope, experiment: ExperimentDefinition, effects: Sequence[Effect]) -> Iterator[Text]:
    for effect in effects:
        bounds, metric = effect.found.interval, scope.semantics.metrics[effect.metric]
        if effect.role != "metric" or effect.verdict(metric.good) != "unclear":
            continue
        name, arm = scope.semantics.metric_text(effect.metric), arm_text(experiment, effect.arm)
        if bounds is None or effect.found.pvalue is None:
            yield Text(
                f"{join_chinese(arm.zh, '的', name.zh, '无法检验')}：人数太少，或所有用户取值相同。",
                f"{name.en} in {arm.en} cannot be tested: too few users, or all have the same value.",
            )
            continue
        least, unit = (bounds[1] - bounds[0]) / 2 * _DETECTABLE, change_unit(unit_of(scope.semantics, metric))
        zh, en = (format_value(least, unit, language).lstrip("+") for language in ("zh", "en"))
        yield Text(
            f"{join_chinese(arm.zh, '的', name.zh, '没有发现')}超出偶然的差异，这不等于没有差异：这样的人数有八成把握发现的差异至少是 {zh}。",
            f"No difference beyond chance was found in {name.en} of {arm.en}, which is not proof of none: of so many users, "
            f"8 of 10 experiments would find a difference of {en} or more.",
        )


def _immature(scope: Scope, effects: Sequence[Effect]) -> Iterator[Text]:
    for effect in effects:
        if effect.immature:
            name = scope.semantics.metric_text(effect.metric)
            yield Text(
                f"{name.zh}：有 {effect.immature:,} 名用户进入时间还不够长，未计入。",
                f"{name.en}: {effect.immature:,} users have not been exposed for long enough and are left out.",
            )


def _without_past(scope: Scope, window: Window, effects: Sequence[Effect]) -> Iterator[Text]:
    if window.before and all(e.found.adjusted is None for e in effects):
        yield Text(
            f"CUPED 没有作用：用户在进入前 {window.before} 日没有相应的数据，或该指标不支持。",
            f"CUPED did nothing: users have no such data in the {window.before} days before the exposure, or the metric does "
            "not take it.",
        )
