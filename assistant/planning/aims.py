"""Where a plan starts and where it should get to: the measured baseline, the target and their checks."""

from datetime import date

from assistant.answer import Evidence
from assistant.errors import InvalidRequest
from assistant.planning.changes import format_change
from assistant.planning.diagnosis import beyond_noise, figure_value, find_figure
from assistant.planning.objective import Objective, settle
from assistant.planning.plans import PlanRequest, Sourced, SourceKind
from assistant.turn import Turn
from tools import Metrics
from tools.metric_figures import change_unit
from tools.results import format_value


def read_baseline(evidence: Evidence) -> Sourced:
    """Return the measured value. Raises InvalidRequest where nothing mature was measured."""
    figure = find_figure(evidence, "value")
    if figure is None or figure.value is None:
        raise InvalidRequest(
            en="The baseline cannot be measured: the last mature week has no data for this metric.",
            zh="无法测得基线：最近一个成熟的完整周里，该指标没有数据。",
            parameter="metric",
        )
    return Sourced(
        value=figure.value, unit=figure.unit, text=figure.text, kind="evidence",
        source=f"[{evidence.marker}] {(figure.period or '').replace('/', ' – ')}".rstrip(),
    )  # fmt: skip


def choose_target(
    request: PlanRequest,
    objective: Objective,
    metric: str,
    baseline: Sourced,
    evidence: Evidence,
    turn: Turn,
    metrics: Metrics,
) -> Sourced:
    """Return the level to reach: the one asked for, else that before a fall, else the declared target.

    Raises:
        InvalidRequest: There is none of these, or the objective can be read as two levels.
    """
    unit, marker = baseline.unit, f"[{evidence.marker}]"

    def sourced(value: float, kind: SourceKind, source: str) -> Sourced:
        return Sourced(
            value=value,
            unit=unit,
            text=format_value(value, unit, turn.language),
            kind=kind,
            source=source,
        )

    if request.target is not None:
        return sourced(request.target, "request", as_requested(turn))
    if asked := _asked_level(objective, baseline, turn):
        return sourced(asked[0], "request", asked[1])
    before = figure_value(evidence, "before")
    sign = 1 if metrics.semantics.metrics[metric].good == "up" else -1
    if before is not None and beyond_noise(evidence, sign):
        return sourced(
            before,
            "evidence",
            turn.say(zh=f"恢复到前一周的水平 {marker}", en=f"back to the week before {marker}"),
        )
    for declared in metrics.semantics.targets:
        if declared.metric == metric and declared.kind != "cumulative":
            return sourced(
                declared.value, "target", turn.say(zh="metrics.yaml 的目标", en="target in metrics.yaml")
            )
    raise InvalidRequest(
        en="Give the level to reach (target): the metric did not get worse beyond noise, and metrics.yaml has no target for it.",
        zh="请给出要达到的水平（target）：该指标没有超出随机波动的变差，metrics.yaml 中也没有它的目标。",
        parameter="target",
    )


def as_requested(turn: Turn, change: str = "") -> str:
    """Return the source of a number that the request gives, with the change where it gives one."""
    return turn.say(
        zh=f"计划要求{f'：基线 {change}' if change else ''}",
        en=f"as requested{f': baseline {change}' if change else ''}",
    )


def choose_budget(request: PlanRequest, objective: Objective, currency: str, turn: Turn) -> Sourced | None:
    """Return the most that may be spent, as the request or its objective says; None where neither does.

    Raises:
        InvalidRequest: The objective names two budgets.
    """
    unit = f"currency:{currency}"
    texts = [format_value(value, unit, turn.language) for value in objective.budgets]
    value = request.budget if request.budget is not None else settle(objective.budgets, texts, "budget")
    if value is None:
        return None
    return Sourced(
        value=value, unit=unit, text=format_value(value, unit, turn.language), kind="request",
        source=as_requested(turn),
    )  # fmt: skip


def _asked_level(objective: Objective, baseline: Sourced, turn: Turn) -> tuple[float, str] | None:
    """Return the level that the objective asks for, with its source; a level outranks a change."""
    assert baseline.value is not None
    unit, language = baseline.unit, turn.language
    stated = [format_value(level, unit, language) for level in objective.levels]
    if (level := settle(objective.levels, stated, "target")) is not None:
        return level, as_requested(turn)
    shares = [f"{share * 100:+g}%" for share in objective.relative]
    steps = [format_change(change, change_unit(unit), language) for change in objective.changes]
    levels = [baseline.value * (1 + share) for share in objective.relative]
    levels += [baseline.value + change for change in objective.changes]
    named = [
        f"{format_value(level, unit, language)} ({step})"
        for level, step in zip(levels, shares + steps, strict=True)
    ]
    level = settle(levels, named, "target")
    return None if level is None else (level, as_requested(turn, (shares + steps)[0]))


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
