"""How a plan is followed: milestones, measurement, and risks with trigger and response."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from assistant.answer import Evidence
from assistant.planning.advice import Suggestion
from assistant.planning.plans import Budget, Measurement, Milestone, PlanRisk, Sourced
from assistant.turn import Turn
from tools import Metrics
from tools.results import format_value


def plan_milestones(
    today: date, by: date, baseline: Sourced, target: Sourced, chosen: Sequence[Suggestion], turn: Turn
) -> list[Milestone]:
    """Kick-off, each tactic live, the level expected half-way (linear), and the review."""
    start = min(today + timedelta(days=7 - today.weekday()), by)
    found = [
        Milestone(
            on=start, what=turn.say(zh="启动：确认负责人与埋点", en="Kick-off: owners and tracking confirmed")
        )
    ]
    for suggestion in chosen:
        live = min(start + timedelta(days=math.ceil(suggestion.card.effort_days)), by)
        name = suggestion.card.name.in_language(turn.language)
        found.append(Milestone(on=live, what=turn.say(zh=f"上线：{name}", en=f"Live: {name}")))
    middle = start + (by - start) / 2
    found.append(
        Milestone(
            on=middle,
            what=turn.say(zh="中期检查", en="Mid-term check"),
            expected=_expected(0.5, baseline, target, turn),
        )
    )
    found.append(
        Milestone(
            on=by, what=turn.say(zh="复盘", en="Review"), expected=_expected(1.0, baseline, target, turn)
        )
    )
    return sorted(found, key=lambda milestone: milestone.on)


def _expected(share: float, baseline: Sourced, target: Sourced, turn: Turn) -> Sourced:
    assert baseline.value is not None
    assert target.value is not None
    value = baseline.value + share * (target.value - baseline.value)
    return Sourced(
        value=value, unit=baseline.unit, text=format_value(value, baseline.unit, turn.language), kind="derived",
        source=turn.say(zh="基线到目标的直线", en="straight line from baseline to target"),
    )  # fmt: skip


def plan_measurement(
    evidence: Evidence,
    name: str,
    baseline: Sourced,
    good: str,
    chosen: Sequence[Suggestion],
    metrics: Metrics,
    turn: Turn,
) -> Measurement:
    """Return the KPI with its definition, the cadence, the alert threshold and the guardrails."""
    guardrails = dict.fromkeys(g for s in chosen for g in s.card.guardrails)
    known = metrics.semantics.visible_to(turn.principal.teams).metrics
    return Measurement(
        kpi=name,
        definition=tuple(f"{line.label}: {line.value}" for line in evidence.definition),
        cadence=turn.say(
            zh="每周一，对比计划线与上一周", en="every Monday, against the plan line and the week before"
        ),
        alert=baseline.model_copy(
            update={
                "source": turn.say(
                    zh=f"{'低' if good == 'up' else '高'}于基线即预警 {baseline.source}",
                    en=f"alert when {'below' if good == 'up' else 'above'} the baseline {baseline.source}",
                )
            }
        ),
        guardrails=tuple(
            metrics.semantics.metric_text(g).in_language(turn.language) if g in known else g
            for g in guardrails
        ),
    )


def plan_risks(chosen: Sequence[Suggestion], budget: Budget, turn: Turn, owner: str) -> list[PlanRisk]:
    """Return the chosen cards\' risks, and that of overspending."""
    found = [
        PlanRisk(
            name=risk.name.in_language(turn.language),
            trigger=risk.trigger.in_language(turn.language),
            response=risk.response.in_language(turn.language),
            owner=suggestion.card.owner_role.in_language(turn.language),
            source=f"[{suggestion.marker}]",
        )
        for suggestion in chosen
        for risk in suggestion.card.risks
    ]
    limit = format_value(budget.total, f"currency:{budget.currency}", turn.language)
    found.append(
        PlanRisk(
            name=turn.say(zh="预算超支", en="Budget overrun"),
            trigger=turn.say(zh=f"已花与已承诺之和超过 {limit}", en=f"Spent plus committed exceeds {limit}"),
            response=turn.say(
                zh="暂停新增支出，由负责人决定缩减哪一项",
                en="Stop new spending; the owner decides what to cut",
            ),
            owner=owner,
            source=turn.say(zh="预算合计", en="budget total"),
        )
    )
    return found
