"""Advice: which tactics fit what the data shows, ranked, each with its reasons and its card."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from assistant.errors import EXPECTED_ERRORS, InvalidRequest
from assistant.planning.changes import format_change
from assistant.planning.diagnosis import (
    Finding,
    diagnose,
    figure_value,
    find_figure,
    is_within_noise,
    mature_week,
    measure_week,
)
from assistant.planning.tactics import (
    GRADE_NAMES,
    STAGE_NAMES,
    BadCard,
    Condition,
    FiledCard,
    TacticCard,
    read_cards,
)
from assistant.turn import Turn
from knowledge import KnowledgeBase
from tools import Metrics
from tools.metric_figures import change_unit, metric_unit

#: How far a grade of evidence carries: what was tried here counts most.
_GRADE_WEIGHTS = {
    "own_experiment": 1.0,
    "own_before_after": 0.8,
    "published_case": 0.55,
    "expert_opinion": 0.35,
}
_CONDITION_WEIGHTS = {True: 1.0, None: 0.7, False: 0.3}
_SHOWN = 5


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Suggestion(_Record):
    """One ranked tactic; `marker` cites its card, `reasons` are in the answer's language."""

    card: TacticCard
    marker: str
    score: float
    reasons: tuple[str, ...]
    conditions_hold: bool | None
    expected_effect: str


class StageFinding(_Record):
    """One measured metric of a stage, in the answer's language."""

    stage: str
    metric: str
    label: str
    text: str
    marker: str
    beyond_noise: bool


class Advice(_Record):
    """The weak stage, why it is called so, and the tactics for it, best first."""

    stage: str
    stage_name: str
    reason: str
    findings: tuple[StageFinding, ...]
    suggestions: tuple[Suggestion, ...]
    warnings: tuple[str, ...] = ()


class Advisor:
    """Suggest tactics from a team's own cards and data."""

    def __init__(self, knowledge: KnowledgeBase, metrics: Metrics | None) -> None:
        self._knowledge = knowledge
        self._metrics = metrics

    def advise(
        self,
        turn: Turn,
        *,
        stage: str | None = None,
        metric: str | None = None,
        query: str | None = None,
        limit: int = _SHOWN,
    ) -> Advice:
        """Diagnose the weak stage (or take `stage`) and rank its cards, and any that move `metric`.

        Raises:
            InvalidRequest: `stage` is not a stage.
        """
        if stage is not None and stage not in STAGE_NAMES:
            known = ", ".join(STAGE_NAMES)
            raise InvalidRequest(
                en=f"Unknown stage {stage[:80]!r}; use one of {known}.",
                zh=f"未知的阶段 {stage[:80]!r}，可用：{known}。",
                parameter="stage",
            )
        findings = diagnose(self._metrics, turn, stage=stage) if self._metrics else []
        weakest = stage or (findings[0].stage if findings else "retention")
        cards, bad = read_cards(self._knowledge, teams=turn.principal.teams)
        matching = [c for c in cards if c.card.stage == weakest or c.card.effect.metric == metric]
        ranked = self._rank(matching, findings, turn, query, metric)
        return Advice(
            stage=weakest,
            stage_name=STAGE_NAMES[weakest][turn.language == "en"],
            reason=_stage_reason(weakest, stage, findings, turn),
            findings=tuple(
                _shown(f, self._metrics, turn) for f in findings if f.stage == weakest and self._metrics
            ),
            suggestions=tuple(ranked[:limit]),
            warnings=tuple(_bad_card_warning(card, turn) for card in bad),
        )

    def _rank(
        self,
        cards: Sequence[FiledCard],
        findings: Sequence[Finding],
        turn: Turn,
        query: str | None,
        metric: str | None,
    ) -> list[Suggestion]:
        relevance = self._relevance(query, turn)
        weights = {
            c.card.id: 0.6 + relevance.get(c.chunk.id, 0.0) + 0.4 * (c.card.effect.metric == metric)
            for c in cards
        }
        found = [self._suggest(card, findings, turn, weights[card.card.id]) for card in cards]
        return sorted(found, key=lambda s: (-s.score, s.card.id))

    def _relevance(self, query: str | None, turn: Turn) -> dict[str, float]:
        if not query:
            return {}
        results = self._knowledge.search(query, teams=turn.principal.teams, limit=50)
        return {result.chunk.id: result.score for result in results}

    def _suggest(self, filed: FiledCard, findings: Sequence[Finding], turn: Turn, fit: float) -> Suggestion:
        card = filed.card
        holds = self._conditions_hold(card.when, findings, turn)
        marker, effect = turn.cite(filed).marker, self._effect_text(card, turn)
        turn.readings[marker] = f"{effect}; {card.cost.low:,.0f}; {card.cost.high:,.0f}"
        score = _GRADE_WEIGHTS[card.evidence] * _CONDITION_WEIGHTS[holds] * fit
        return Suggestion(
            card=card,
            marker=marker,
            score=round(score, 3),
            reasons=tuple(_reasons(card, holds, turn)),
            conditions_hold=holds,
            expected_effect=effect,
        )

    def _conditions_hold(
        self, conditions: Sequence[Condition], findings: Sequence[Finding], turn: Turn
    ) -> bool | None:
        known = {f.metric: f for f in findings}
        results = [self._holds(condition, known, turn) for condition in conditions]
        if False in results:
            return False
        return None if None in results else True

    def _holds(self, condition: Condition, known: dict[str, Finding], turn: Turn) -> bool | None:
        if finding := known.get(condition.metric):
            return condition.holds(finding.value, finding.change)
        if self._metrics is None or condition.metric not in self._metrics.semantics.metrics:
            return None
        try:
            week = mature_week(self._metrics, turn, condition.metric)
            evidence = measure_week(self._metrics, turn, condition.metric, *week)
        except EXPECTED_ERRORS:
            return None
        return condition.holds(figure_value(evidence, "value"), figure_value(evidence, "change"))

    def _effect_text(self, card: TacticCard, turn: Turn) -> str:
        language = turn.language
        semantics = self._metrics.semantics.visible_to(turn.principal.teams) if self._metrics else None
        metric = semantics.metrics.get(card.effect.metric) if semantics else None
        if semantics is None or metric is None:  # nobody has said what it is measured in
            return f"{card.effect.metric} {card.effect.low:+g} ~ {card.effect.high:+g}"
        name = semantics.metric_text(card.effect.metric).in_language(language)
        unit = change_unit(metric_unit(semantics, metric))
        low, high = (format_change(v, unit, language) for v in (card.effect.low, card.effect.high))
        if not (card.effect.low or card.effect.high):
            return f"{name}不变" if language == "zh" else f"{name} unchanged"
        return f"{name} {low} ~ {high}" if language == "zh" else f"{name} {low} to {high}"


def _reasons(card: TacticCard, holds: bool | None, turn: Turn) -> list[str]:
    condition = {
        True: turn.say(zh="使用条件与当前数据相符", en="its conditions match the data now"),
        None: turn.say(zh="使用条件中有未测到的指标", en="some of its conditions could not be measured"),
        False: turn.say(zh="使用条件目前不满足", en="its conditions do not hold now"),
    }[holds]
    grade = GRADE_NAMES[card.evidence][turn.language == "en"]
    evidence = turn.say(zh=f"依据：{grade}", en=f"evidence: {grade}")
    return (
        [condition, evidence, card.basis.in_language(turn.language)]
        if card.when
        else [evidence, card.basis.in_language(turn.language)]
    )


def _stage_reason(weakest: str, asked: str | None, findings: Sequence[Finding], turn: Turn) -> str:
    if asked:
        return turn.say(zh="按所问的阶段", en="the stage that was asked for")
    worst = next((f for f in findings if f.stage == weakest), None)
    if worst is None:
        return turn.say(zh="没有可用的数据，默认看留存", en="no data to diagnose from; retention is taken")
    name = worst.evidence.title
    if worst.beyond_noise:
        return turn.say(
            zh=f"{name} 较前一周变差，超出随机波动",
            en=f"{name} is worse than the week before by more than chance explains",
        )
    if worst.severity:
        return turn.say(zh=f"{name} 离目标最远", en=f"{name} is furthest from its target")
    return turn.say(zh="没有指标明显变差", en="no metric is clearly worse")


def _shown(finding: Finding, metrics: Metrics | None, turn: Turn) -> StageFinding:
    assert metrics is not None
    label = metrics.semantics.metric_text(finding.metric).in_language(turn.language)
    value = finding.evidence.figures[0].text
    moved = find_figure(finding.evidence, "change")
    change = (
        format_change(moved.value, moved.unit, turn.language) if moved and moved.value is not None else None
    )
    text = _dated(finding, value, change, turn)
    return StageFinding(
        stage=finding.stage, metric=finding.metric, label=label, text=text, marker=finding.evidence.marker,
        beyond_noise=finding.beyond_noise,
    )  # fmt: skip


def _dated(finding: Finding, value: str, change: str | None, turn: Turn) -> str:
    days = turn.say(zh=f"{finding.start} 至 {finding.end}", en=f"{finding.start} to {finding.end}")
    if change is None:
        return turn.say(zh=f"{value}（{days}）", en=f"{value} ({days})")
    noise = turn.say(zh="，在随机波动之内", en=", within noise") if is_within_noise(finding.evidence) else ""
    return turn.say(
        zh=f"{value}（{days}，较前一周 {change}{noise}）",
        en=f"{value} ({days}, {change} on the week before{noise})",
    )


def _bad_card_warning(card: BadCard, turn: Turn) -> str:
    return turn.say(
        zh=f"《{card.document.title}》中有一张打法卡片格式不对，未采用（{card.reason}）。",
        en=f"A tactic card in “{card.document.title}” is not valid and was left out ({card.reason}).",
    )
