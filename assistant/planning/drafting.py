"""Draft a plan: measure the baseline, find the gap, choose tactics within the budget, and say how to follow it."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

from assistant.analyst.vocabulary import Vocabulary
from assistant.answer import Evidence
from assistant.errors import EXPECTED_ERRORS, InvalidRequest
from assistant.numerals import find_numerals
from assistant.planning.advice import Advice, Advisor, Suggestion
from assistant.planning.diagnosis import figure_value, find_figure, last_full_week, measure_week
from assistant.planning.plans import (
    Budget,
    BudgetLine,
    Driver,
    Measurement,
    Milestone,
    Plan,
    PlanRequest,
    PlanRisk,
    PlanTactic,
    Sourced,
)
from assistant.quotes import best_quote
from assistant.turn import Turn
from knowledge import KnowledgeBase
from tools import Metrics
from tools.results import format_value

_WEEKS = 6
_MOST_TACTICS = 3
_CONTINGENCY = 0.1
_ROUNDING = 100


class PlanDrafter:
    """Draft plans over one workspace."""

    def __init__(self, knowledge: KnowledgeBase, metrics: Metrics | None, advisor: Advisor) -> None:
        self._knowledge = knowledge
        self._metrics = metrics
        self._advisor = advisor

    def draft(self, request: PlanRequest, turn: Turn) -> Plan:
        """Return a draft plan.

        Raises:
            InvalidRequest: No metric is named, it cannot be measured now, or the target is already reached.
        """
        metrics = self._require_metrics()
        metric = self._metric(request, metrics)
        today = metrics.today(teams=turn.principal.teams)
        by = request.by or today + timedelta(weeks=_WEEKS)
        _check_date(by, today)
        baseline_evidence = measure_week(metrics, turn, metric, *last_full_week(today))
        baseline = _baseline(baseline_evidence)
        target = self._target(request, metric, baseline, baseline_evidence, turn)
        declared = metrics.semantics.metrics[metric]
        _check_target(declared.good, target, baseline)
        advice = self._advisor.advise(
            turn, stage=declared.stage, metric=metric, query=request.objective, limit=20
        )
        chosen, budget = _within_budget(advice.suggestions, request.budget, metrics.semantics.currency, turn)
        owner = request.owner or turn.say(zh="待定", en="to be named")
        name = metrics.semantics.metric_text(metric).in_language(turn.language)
        drivers = self._drivers(metric, today, turn, declared.good)
        risks = _risks(chosen, budget, turn, owner)
        self._cite_cases(request.objective, name, turn)
        gap_value = _minus(target.value, baseline.value)
        unit = _change_unit(baseline.unit)
        return Plan(
            id=f"p_{uuid4().hex[:12]}",
            status="draft",
            language=request.language,
            created_on=today,
            title=turn.say(zh=f"{name}提升计划", en=f"Plan to move {name}"),
            objective=request.objective,
            metric=metric,
            baseline=baseline,
            target=target,
            by=by,
            gap=Sourced(
                value=gap_value, unit=unit, text=format_value(gap_value, unit, turn.language), kind="derived",
                source=turn.say(zh="目标 − 基线", en="target − baseline"),
            ),
            drivers=drivers,
            tactics=tuple(_tactic(s, budget, turn) for s in chosen),
            expected_total=_expected_total(chosen, metric, unit, turn),
            owner=owner,
            budget=budget,
            milestones=tuple(_milestones(today, by, baseline, target, chosen, turn)),
            measurement=_measurement(baseline_evidence, name, baseline, declared.good, chosen, metrics, turn),
            risks=tuple(risks),
            citations=tuple(_citations(turn, chosen)),
            evidence=_used_evidence(turn, baseline_evidence, drivers),
            warnings=_warnings(chosen, advice, request, turn),
        )  # fmt: skip

    def _require_metrics(self) -> Metrics:
        if self._metrics is None:
            raise InvalidRequest(
                en="A plan starts from a measured baseline; metrics.yaml declares no data yet.",
                zh="计划要从测得的基线出发，而 metrics.yaml 尚未声明数据。",
            )
        return self._metrics

    def _metric(self, request: PlanRequest, metrics: Metrics) -> str:
        known = metrics.semantics.metrics
        named = request.metric or next(
            (m.name for m in Vocabulary(metrics.semantics).find(request.objective) if m.kind == "metric"),
            None,
        )
        if named in known:
            return str(named)
        listed = ", ".join(known)
        raise InvalidRequest(
            en=f"Name the metric to move; metrics.yaml has: {listed}.",
            zh=f"请说明要改善哪个指标；metrics.yaml 中有：{listed}。",
            parameter="metric",
        )

    def _target(
        self, request: PlanRequest, metric: str, baseline: Sourced, evidence: Evidence, turn: Turn
    ) -> Sourced:
        assert self._metrics is not None
        unit, marker = baseline.unit, f"[{evidence.marker}]"

        def sourced(value: float, kind: str, source: str) -> Sourced:
            return Sourced(
                value=value,
                unit=unit,
                text=format_value(value, unit, turn.language),
                kind=kind,
                source=source,
            )  # type: ignore[arg-type]

        asked = request.target if request.target is not None else _level_in(request.objective, unit)
        if asked is not None:
            return sourced(asked, "request", turn.say(zh="计划要求", en="as requested"))
        before, now = figure_value(evidence, "before"), baseline.value
        worse = (
            before is not None
            and now is not None
            and (before > now if self._metrics.semantics.metrics[metric].good == "up" else before < now)
        )
        if worse and before is not None:
            return sourced(
                before,
                "evidence",
                turn.say(zh=f"恢复到前一周的水平 {marker}", en=f"back to the week before {marker}"),
            )
        for declared in self._metrics.semantics.targets:
            if declared.metric == metric:
                return sourced(
                    declared.value, "target", turn.say(zh="metrics.yaml 的目标", en="target in metrics.yaml")
                )
        raise InvalidRequest(
            en="Give the level to reach (target): the metric did not fall, and metrics.yaml has no target for it.",
            zh="请给出要达到的水平（target）：该指标没有下降，metrics.yaml 中也没有它的目标。",
            parameter="target",
        )

    def _drivers(self, metric: str, today: date, turn: Turn, good: str) -> tuple[Driver, ...]:
        assert self._metrics is not None
        start, end = last_full_week(today)
        arguments = {
            "metric": metric, "start": start.isoformat(), "end": end.isoformat(),
            "compare_start": (start - timedelta(days=7)).isoformat(),
            "compare_end": (start - timedelta(days=1)).isoformat(),
        }  # fmt: skip
        try:
            result = self._metrics.run(
                "explain_change", arguments, teams=turn.principal.teams, language=turn.language
            )
        except EXPECTED_ERRORS:
            return ()
        evidence = turn.record(result.to_dict(turn.language))
        top = next(
            (f for f in evidence.figures if f.name.endswith("contribution") and f.value is not None), None
        )
        if top is None or top.value is None or (top.value > 0) == (good == "up"):
            return ()
        contribution = Sourced(
            value=top.value, unit=top.unit, text=top.text, kind="evidence", source=f"[{evidence.marker}]"
        )
        return (Driver(text=top.label, contribution=contribution),)

    def _cite_cases(self, objective: str, name: str, turn: Turn) -> None:
        results = self._knowledge.search(
            f"{objective[:300]} {name}", teams=turn.principal.teams, limit=3, collections=["cases", "reviews"]
        )
        for result in results:
            turn.cite(result)


def _baseline(evidence: Evidence) -> Sourced:
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


def _check_date(by: date, today: date) -> None:
    if by <= today:
        raise InvalidRequest(
            en=f"The date to reach the target by ({by}) is not after today ({today}).",
            zh=f"达成日期（{by}）应晚于今天（{today}）。",
            parameter="by",
        )


def _check_target(good: str, target: Sourced, baseline: Sourced) -> None:
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


def _change_unit(unit: str) -> str:
    return "ratio_change" if unit == "ratio" else unit


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _within_budget(
    suggestions: Sequence[Suggestion], limit: float | None, currency: str, turn: Turn
) -> tuple[list[Suggestion], Budget]:
    """Take the best tactics whose costs, with the contingency, stay within the limit."""
    chosen: list[Suggestion] = []
    lines: list[BudgetLine] = []
    for suggestion in suggestions:
        if len(chosen) == _MOST_TACTICS or suggestion.conditions_hold is False:
            continue
        cost = suggestion.card.cost
        amount = _rounded((cost.low + cost.high) / 2)
        spent = sum(line.amount for line in lines)
        if limit is not None and _with_contingency(spent + amount) > limit:
            amount = _rounded(cost.low)
            if _with_contingency(spent + amount) > limit:
                continue
        chosen.append(suggestion)
        lines.append(
            BudgetLine(
                item=suggestion.card.name.in_language(turn.language),
                amount=amount,
                source=turn.say(
                    zh=f"卡片区间 {cost.low:,.0f}–{cost.high:,.0f} [{suggestion.marker}]",
                    en=f"card's range {cost.low:,.0f}–{cost.high:,.0f} [{suggestion.marker}]",
                ),
            )
        )
    if lines:
        spent = sum(line.amount for line in lines)
        lines.append(
            BudgetLine(
                item=turn.say(zh="预备金", en="Contingency"),
                amount=_with_contingency(spent) - spent,
                source=turn.say(zh="以上合计的 10%", en="10% of the lines above"),
            )
        )
    return chosen, Budget(currency=currency, lines=tuple(lines), total=sum(line.amount for line in lines))


def _rounded(amount: float) -> int:
    return int(math.ceil(amount / _ROUNDING) * _ROUNDING)


def _with_contingency(amount: int) -> int:
    return amount + round(_CONTINGENCY * amount)


def _tactic(suggestion: Suggestion, budget: Budget, turn: Turn) -> PlanTactic:
    card = suggestion.card
    name = card.name.in_language(turn.language)
    amount = next(line.amount for line in budget.lines if line.item == name)
    unit = f"currency:{budget.currency}"
    return PlanTactic(
        card_id=card.id,
        name=name,
        marker=suggestion.marker,
        reasons=suggestion.reasons,
        steps=card.steps.in_language(turn.language),
        owner=card.owner_role.in_language(turn.language),
        expected_effect=suggestion.expected_effect,
        effort_days=card.effort_days,
        cost=Sourced(
            value=amount, unit=unit, text=format_value(amount, unit, turn.language), kind="citation",
            source=f"[{suggestion.marker}]",
        ),
    )  # fmt: skip


def _expected_total(chosen: Sequence[Suggestion], metric: str, unit: str, turn: Turn) -> str:
    own = [s.card.effect for s in chosen if s.card.effect.metric == metric]
    if not own:
        return turn.say(
            zh="所选打法没有给出对该指标的直接效果，请先小范围试验。",
            en="No chosen tactic states an effect on this metric; try them small first.",
        )
    low, high = (
        format_value(sum(v), unit, turn.language) for v in zip(*((e.low, e.high) for e in own), strict=True)
    )
    return turn.say(
        zh=f"{low} 至 {high}（卡片区间之和；打法之间会重叠，实际多半更低）",
        en=f"{low} to {high} (sum of the cards' ranges; tactics overlap, so expect less)",
    )


def _milestones(
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


def _measurement(
    evidence: Evidence,
    name: str,
    baseline: Sourced,
    good: str,
    chosen: Sequence[Suggestion],
    metrics: Metrics,
    turn: Turn,
) -> Measurement:
    guardrails = dict.fromkeys(g for s in chosen for g in s.card.guardrails)
    known = metrics.semantics.metrics
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


def _risks(chosen: Sequence[Suggestion], budget: Budget, turn: Turn, owner: str) -> list[PlanRisk]:
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


def _citations(turn: Turn, chosen: Sequence[Suggestion]) -> list:
    """Cite the chosen cards and the cases; cards that were only considered are left out."""
    cards = {s.marker: s.card.name.zh for s in chosen}
    found = []
    for marker, passage in turn.passages.items():
        if marker in cards or passage.kind != "tactic":
            found.append(passage.cite(marker, best_quote(cards.get(marker, turn.question), passage.text)))
    return found


def _used_evidence(turn: Turn, baseline: Evidence, drivers: Sequence[Driver]) -> tuple[Evidence, ...]:
    markers = {baseline.marker, *(d.contribution.source.strip("[]") for d in drivers)}
    return tuple(item for marker, item in turn.evidence.items() if marker in markers)


def _warnings(
    chosen: Sequence[Suggestion], advice: Advice, request: PlanRequest, turn: Turn
) -> tuple[str, ...]:
    found = list(advice.warnings)
    if not chosen and advice.suggestions and request.budget is not None:
        found.append(
            turn.say(
                zh="预算不够任何一张打法卡片的最低成本。",
                en="The budget is below the lowest cost of every matching tactic.",
            )
        )
    elif not chosen:
        found.append(
            turn.say(
                zh="资料库中没有条件相符的打法卡片；请补充 playbook，或调整目标。",
                en="No tactic card's conditions match; add one to a playbook, or change the objective.",
            )
        )
    return tuple(found)
