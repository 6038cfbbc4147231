"""Draft a plan: measure the baseline, find the gap, choose tactics within the budget, and say how to follow it."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

from assistant.analyst.vocabulary import Mention, Vocabulary
from assistant.answer import Evidence
from assistant.errors import EXPECTED_ERRORS, InvalidRequest
from assistant.planning.advice import Advice, Advisor, Suggestion
from assistant.planning.aims import (
    check_date,
    check_target,
    choose_budget,
    choose_target,
    read_baseline,
)
from assistant.planning.budgeting import choose_within_budget
from assistant.planning.changes import format_change
from assistant.planning.deadline import find_deadline
from assistant.planning.diagnosis import mature_week, measure_week
from assistant.planning.following import plan_measurement, plan_milestones, plan_risks
from assistant.planning.objective import moved_metric, read_objective
from assistant.planning.plans import Budget, Driver, Plan, PlanRequest, PlanTactic, Sourced, renumber
from assistant.quotes import best_quote
from assistant.turn import Turn
from knowledge import KnowledgeBase
from tools import Metrics
from tools.metric_figures import change_unit, metric_unit
from tools.results import format_value
from tools.semantics import Semantics

_WEEKS = 6
#: A case is cited when it bears on the objective at least this much (fused score).
_CASE_SCORE = 0.3


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
        semantics = metrics.semantics.visible_to(turn.principal.teams)
        mentions = Vocabulary(semantics).find(request.objective)
        metric = _find_metric(request, semantics, mentions)
        declared = semantics.metrics[metric]
        today = metrics.today(teams=turn.principal.teams)
        objective = read_objective(
            request.objective,
            metric=metric,
            unit=metric_unit(semantics, declared),
            good=declared.good,
            mentions=mentions,
            deadline=find_deadline(request.objective, today),
        )
        by = request.by or objective.by or today + timedelta(weeks=_WEEKS)
        check_date(by, today)
        limit = choose_budget(request, objective, metrics.semantics.currency, turn)
        week = mature_week(metrics, turn, metric)
        baseline_evidence = measure_week(metrics, turn, metric, *week)
        baseline = read_baseline(baseline_evidence)
        target = choose_target(request, objective, metric, baseline, baseline_evidence, turn, metrics)
        check_target(declared.good, target, baseline)
        advice = self._advisor.advise(
            turn, stage=declared.stage, metric=metric, query=request.objective, limit=20
        )
        fitting = [s for s in advice.suggestions if metric in (s.card.effect.metric, s.card.kpi)]
        chosen, budget = choose_within_budget(
            fitting or advice.suggestions, limit, metrics.semantics.currency, turn
        )
        owner = request.owner or turn.say(zh="待定", en="to be named")
        name = metrics.semantics.metric_text(metric).in_language(turn.language)
        drivers = self._drivers(metric, week, turn, declared.good)
        risks = plan_risks(chosen, budget, turn, owner)
        self._cite_cases(request.objective, name, turn)
        gap_value = (target.value or 0.0) - (baseline.value or 0.0)
        unit = change_unit(baseline.unit)
        plan = Plan(
            id=f"p_{uuid4().hex[:12]}",
            status="draft",
            language=request.language,
            created_on=today,
            title=_title(name, declared.good, turn),
            objective=request.objective,
            metric=metric,
            baseline=baseline,
            target=target,
            by=by,
            gap=Sourced(
                value=gap_value, unit=unit, text=format_change(gap_value, unit, turn.language), kind="derived",
                source=turn.say(zh="目标 − 基线", en="target − baseline"),
            ),
            drivers=drivers,
            tactics=tuple(_tactic(s, budget, turn) for s in chosen),
            expected_total=_expected_total(chosen, metric, unit, turn),
            owner=owner,
            budget=budget,
            milestones=tuple(plan_milestones(today, by, baseline, target, chosen, turn)),
            measurement=plan_measurement(baseline_evidence, name, baseline, declared.good, chosen, metrics, turn),
            risks=tuple(risks),
            citations=tuple(_citations(turn, chosen)),
            evidence=_used_evidence(turn, baseline_evidence, drivers),
            warnings=_warnings(chosen, advice, limit, turn),
        )  # fmt: skip
        return renumber(plan)

    def _require_metrics(self) -> Metrics:
        if self._metrics is None:
            raise InvalidRequest(
                en="A plan starts from a measured baseline; metrics.yaml declares no data yet.",
                zh="计划要从测得的基线出发，而 metrics.yaml 尚未声明数据。",
            )
        return self._metrics

    def _drivers(self, metric: str, week: tuple[date, date], turn: Turn, good: str) -> tuple[Driver, ...]:
        assert self._metrics is not None
        start, end = week
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
            value=top.value, unit=top.unit, text=format_change(top.value, top.unit, turn.language), kind="evidence",
            source=f"[{evidence.marker}]",
        )  # fmt: skip
        return (Driver(text=top.label, contribution=contribution),)

    def _cite_cases(self, objective: str, name: str, turn: Turn) -> None:
        results = self._knowledge.search(
            f"{objective[:300]} {name}", teams=turn.principal.teams, limit=3, collections=["cases", "reviews"]
        )
        for result in results:
            if result.score >= _CASE_SCORE:
                turn.cite(result)


def _find_metric(request: PlanRequest, semantics: Semantics, mentions: Sequence[Mention]) -> str:
    known = semantics.metrics
    named = request.metric or moved_metric(request.objective, mentions)
    if named in known:
        return str(named)
    listed = ", ".join(known)
    raise InvalidRequest(
        en=f"Name the metric to move; metrics.yaml has: {listed}.",
        zh=f"请说明要改善哪个指标；metrics.yaml 中有：{listed}。",
        parameter="metric",
    )


def _title(name: str, good: str, turn: Turn) -> str:
    if good == "down":
        return turn.say(zh=f"降低{name}", en=f"Lower {name}")
    return turn.say(zh=f"{name}提升计划", en=f"Raise {name}")


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
        format_change(sum(v), unit, turn.language) for v in zip(*((e.low, e.high) for e in own), strict=True)
    )
    return turn.say(
        zh=f"{low} 至 {high}（卡片区间之和；打法之间会重叠，实际多半更低）",
        en=f"{low} to {high} (sum of the cards' ranges; tactics overlap, so expect less)",
    )


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
    chosen: Sequence[Suggestion], advice: Advice, limit: Sourced | None, turn: Turn
) -> tuple[str, ...]:
    found = list(advice.warnings)
    if not chosen and advice.suggestions and limit is not None:
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
