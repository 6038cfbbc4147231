"""Where a plan starts and where it should get to: the measured baseline, the target and their checks."""

from datetime import date

from assistant.answer import Evidence
from assistant.errors import InvalidRequest
from assistant.numerals import find_numerals
from assistant.planning.diagnosis import figure_value, find_figure
from assistant.planning.plans import PlanRequest, Sourced
from assistant.turn import Turn
from tools import Metrics
from tools.results import format_value


def read_baseline(evidence: Evidence) -> Sourced:
    """Return the measured value. Raises InvalidRequest where nothing mature was measured."""
    figure = find_figure(evidence, "value")
    if figure is None or figure.value is None:
        raise InvalidRequest(
            en="The baseline cannot be measured: the last full week has no mature data for this metric.",
            zh="无法测得基线：最近一个完整周里，该指标没有成熟的数据。",
            parameter="metric",
        )
    return Sourced(
        value=figure.value, unit=figure.unit, text=figure.text, kind="evidence", source=f"[{evidence.marker}]"
    )


def choose_target(
    request: PlanRequest, metric: str, baseline: Sourced, evidence: Evidence, turn: Turn, metrics: Metrics
) -> Sourced:
    """Return the level to reach: the one asked for, else that before a fall, else the declared target.

    Raises:
        InvalidRequest: There is none of these.
    """
    unit, marker = baseline.unit, f"[{evidence.marker}]"

    def sourced(value: float, kind: str, source: str) -> Sourced:
        return Sourced(
            value=value,
            unit=unit,
            text=format_value(value, unit, turn.language),
            kind=kind,
            source=source,
        )

    asked = request.target if request.target is not None else _level_in(request.objective, unit)
    if asked is not None:
        return sourced(asked, "request", turn.say(zh="计划要求", en="as requested"))
    before, now = figure_value(evidence, "before"), baseline.value
    worse = (
        before is not None
        and now is not None
        and (before > now if metrics.semantics.metrics[metric].good == "up" else before < now)
    )
    if worse and before is not None:
        return sourced(
            before,
            "evidence",
            turn.say(zh=f"恢复到前一周的水平 {marker}", en=f"back to the week before {marker}"),
        )
    for declared in metrics.semantics.targets:
        if declared.metric == metric:
            return sourced(
                declared.value, "target", turn.say(zh="metrics.yaml 的目标", en="target in metrics.yaml")
            )
    raise InvalidRequest(
        en="Give the level to reach (target): the metric did not fall, and metrics.yaml has no target for it.",
        zh="请给出要达到的水平（target）：该指标没有下降，metrics.yaml 中也没有它的目标。",
        parameter="target",
    )


def check_date(by: date, today: date) -> None:
    """Raise InvalidRequest unless `by` lies ahead."""
    if by <= today:
        raise InvalidRequest(
            en=f"The date to reach the target by ({by}) is not after today ({today}).",
            zh=f"达成日期（{by}）应晚于今天（{today}）。",
            parameter="by",
        )


def check_target(good: str, target: Sourced, baseline: Sourced) -> None:
    """Raise InvalidRequest unless the target is better than the baseline, and possible."""
    assert target.value is not None
    assert baseline.value is not None
    reached = target.value <= baseline.value if good == "up" else target.value >= baseline.value
    if reached or (baseline.unit == "ratio" and not 0 <= target.value <= 1):
        raise InvalidRequest(
            en=f"The target {target.text} makes no gap: the measured baseline is {baseline.text}. "
            "Give a level that is better than the baseline; 45 % is 0.45.",
            zh=f"目标 {target.text} 不构成差距：测得的基线是 {baseline.text}。请给出优于基线的水平；45% 写作 0.45。",
            parameter="target",
        )


def _level_in(text: str, unit: str) -> float | None:
    """Return the level that the objective names: a percentage for a ratio, an amount for the rest."""
    wanted = {"ratio": ("percent",)}.get(unit, ("money", "count"))
    numerals = [n for n in find_numerals(text) if n.kind in wanted and n.value is not None]
    if not numerals or numerals[-1].value is None:
        return None
    return numerals[-1].value / 100 if unit == "ratio" else numerals[-1].value


def change_unit(unit: str) -> str:
    """Return the unit of a difference of two values."""
    return "ratio_change" if unit == "ratio" else unit
