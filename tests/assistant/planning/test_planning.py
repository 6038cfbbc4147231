"""Tactics and plans: diagnosed from the data, chosen within the budget, each number with its source."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.access import OWNER, Principal
from assistant.assistant import Assistant
from assistant.errors import InvalidRequest, PlanNotFound
from assistant.planning.advice import Advisor
from assistant.planning.diagnosis import diagnose, find_figure, is_within_noise
from assistant.planning.drafting import PlanDrafter
from assistant.planning.export import plan_markdown
from assistant.planning.plans import Budget, BudgetLine, Plan, PlanRequest, plan_request
from assistant.planning.tactics import Bilingual, Condition, read_cards
from assistant.turn import Turn
from assistant.visibility import Visibility
from assistant.workspace import Workspace
from tools import Metrics

_TWO_SOURCES = """
sources:
  events: {path: events.csv, user: u, time: t, event: e}
  payroll: {path: payroll.csv, user: u, time: t, event_name: pay, teams: [board]}
metrics:
  visits: {kind: event_count, event: visit}
  salaries: {kind: event_count, event: pay, source: payroll}
"""


@pytest.fixture(scope="module")
def assistant(demo_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("planning") / "workspace"
    shutil.copytree(demo_workspace.root, folder)
    opened = Assistant.open(Workspace(Path(folder)))
    yield opened
    asyncio.run(opened.aclose())


def draft(assistant: Assistant, objective: str, principal: Principal = OWNER, **fields: object) -> Plan:
    request = plan_request(objective=objective, **fields)
    return asyncio.run(assistant.draft_plan(request, principal=principal))


@pytest.fixture(scope="module")
def plan(assistant: Assistant) -> Plan:
    return draft(assistant, "把次日留存拉回来", language="zh")


def test_the_weak_stage_is_found_in_the_data(assistant: Assistant) -> None:
    advice, turn = asyncio.run(assistant.suggest_tactics(principal=OWNER, language="en"))
    assert advice.findings[0].beyond_noise
    assert advice.suggestions
    scores = [s.score for s in advice.suggestions]
    assert scores == sorted(scores, reverse=True)
    for suggestion in advice.suggestions:
        assert suggestion.card.stage == advice.stage
        assert suggestion.card.id in turn.passages[suggestion.marker].text


def test_own_evidence_with_conditions_met_ranks_first(assistant: Assistant) -> None:
    advice, _ = asyncio.run(assistant.suggest_tactics(principal=OWNER, stage="activation", language="zh"))
    assert advice.suggestions[0].card.evidence in ("own_experiment", "own_before_after")
    assert advice.suggestions[0].conditions_hold is not False


def test_an_effect_is_in_the_metrics_own_unit(assistant: Assistant) -> None:
    advisor = Advisor(assistant.knowledge, assistant.metrics)
    effects = {}
    for stage in ("acquisition", "engagement", "revenue"):
        turn = Turn(principal=OWNER, question="", language="zh")
        for suggestion in advisor.advise(turn, stage=stage, limit=50).suggestions:
            effects[suggestion.card.effect.metric, suggestion.card.effect.high] = suggestion.expected_effect
    assert effects["aov", 9] == "客单价 +¥3.00 ~ +¥9.00"
    assert effects["dau", 80] == "日活跃用户数 +20 ~ +80"
    assert effects["purchase_conversion", 0.004] == "付费转化率 +0.1 个百分点 ~ +0.4 个百分点"
    assert all(text.endswith("不变") for (_, high), text in effects.items() if high == 0)


def test_a_changed_count_carries_its_sign(assistant: Assistant) -> None:
    for language in ("zh", "en"):
        advice, turn = asyncio.run(
            assistant.suggest_tactics(principal=OWNER, stage="engagement", language=language)
        )
        for finding in advice.findings:
            change = find_figure(turn.evidence[finding.marker], "change")
            assert change is not None
            assert change.value is None or not change.value or re.search(r"[+-]", finding.text)


def test_an_unknown_stage_names_the_known_ones(assistant: Assistant) -> None:
    with pytest.raises(InvalidRequest, match="acquisition, activation"):
        asyncio.run(assistant.suggest_tactics(principal=OWNER, stage="retentoin"))


def test_a_condition_holds_fails_or_is_unknown() -> None:
    condition = Condition(metric="d1", below=0.4, change_below=-0.02, segment=Bilingual(zh="新客", en="new"))
    assert condition.holds(0.38, -0.05) is True
    assert condition.holds(0.42, -0.05) is False
    assert condition.holds(0.38, None) is None


def test_cards_of_a_team_are_for_that_team(assistant: Assistant) -> None:
    owner_cards, bad = read_cards(assistant.knowledge, teams=None)
    public_cards, _ = read_cards(assistant.knowledge, teams=frozenset())
    assert bad == []
    public = {document.id for document in assistant.knowledge.documents(teams=frozenset())}
    assert {c.document.id for c in public_cards} <= public
    assert len(public_cards) <= len(owner_cards)


def test_a_plan_starts_from_the_measured_baseline(plan: Plan) -> None:
    assert plan.metric == "d1_retention"
    measured = next(item for item in plan.evidence if item.tool == "measure_metric")
    assert plan.baseline.value == measured.figures[0].value
    assert plan.target.value == measured.figures[1].value  # back to the week before
    assert plan.gap.value == pytest.approx(plan.target.value - plan.baseline.value)
    assert plan.drivers
    assert "抖音" in plan.drivers[0].text


def test_a_plans_budget_adds_up(plan: Plan) -> None:
    assert plan.budget.total == sum(line.amount for line in plan.budget.lines)
    with pytest.raises(ValueError, match="add up"):
        Budget(currency="CNY", lines=(BudgetLine(item="a", amount=1, source="s"),), total=2)


def test_every_marker_of_a_plan_resolves(plan: Plan, assistant: Assistant) -> None:
    page = plan_markdown(plan)
    known = {c.marker for c in plan.citations} | {e.marker for e in plan.evidence}
    assert set(re.findall(r"\[(E?\d+)\]", page)) <= known
    assert sorted(int(c.marker) for c in plan.citations) == list(range(1, len(plan.citations) + 1))
    for citation in plan.citations:
        _, chunk = assistant.knowledge.chunk(citation.chunk_id, teams=None)
        assert citation.quote in chunk.text


def test_a_plan_has_all_its_parts(plan: Plan) -> None:
    assert plan.tactics
    assert all(tactic.steps and tactic.owner and tactic.reasons for tactic in plan.tactics)
    assert [m.on for m in plan.milestones] == sorted(m.on for m in plan.milestones)
    assert plan.milestones[-1].on == plan.by
    assert all(risk.trigger and risk.response and risk.owner for risk in plan.risks)
    assert plan.measurement.definition
    assert plan.status == "draft"


def test_a_plan_in_english_is_in_english(assistant: Assistant) -> None:
    plan = draft(assistant, "Win day-1 retention back to 45%", language="en", owner="Lin")
    assert plan.target.value == pytest.approx(0.45)
    assert plan.target.kind == "request"
    assert plan.owner == "Lin"
    own_words = re.sub(r"(?m)^- \[.*$", "", plan_markdown(plan))
    assert not re.search(r"[\u4e00-\u9fff]", own_words)


def test_an_objectives_own_numbers_are_used(assistant: Assistant) -> None:
    plan = draft(assistant, "6周内把次日留存从38%提升到45%，预算 2 万元，退款率不超过5%")
    assert (plan.target.value, plan.target.source) == (pytest.approx(0.45), "计划要求")
    assert plan.budget.limit is not None
    assert (plan.budget.limit.value, plan.budget.limit.source) == (20_000, "计划要求")
    assert plan.budget.total <= 20_000
    assert (plan.by - plan.created_on).days == 42
    assert "| 上限 | ¥20,000 | 计划要求 |" in plan_markdown(plan)


def test_a_change_counts_from_the_baseline(assistant: Assistant) -> None:
    points = draft(assistant, "Lift day-1 retention by 3 percentage points", language="en")
    assert points.gap.value == pytest.approx(0.03)
    assert points.target.source == "as requested: baseline +3.0 pp"
    share = draft(assistant, "把GMV提升10%")
    assert share.target.value == pytest.approx(1.1 * (share.baseline.value or 0))
    assert share.target.source == "计划要求：基线 +10%"


@pytest.mark.parametrize(
    ("objective", "days"), [("提升复购率到50%", 30), ("把30日留存提升到50%", 30), ("把7日留存提升到50%", 7)]
)
def test_a_baseline_is_of_a_mature_week(assistant: Assistant, objective: str, days: int) -> None:
    plan = draft(assistant, objective)
    assert assistant.metrics is not None
    measured = plan.evidence[0]
    last = date.fromisoformat(measured.arguments["end"])
    assert (assistant.metrics.coverage(teams=None).end - last).days >= days
    assert not any("成熟" in warning or "窗口" in warning for warning in measured.warnings)
    assert plan.baseline.source == f"[E1] {last - timedelta(days=6)} – {last}"


def test_findings_say_their_week_and_falls_are_beyond_noise(assistant: Assistant) -> None:
    assert assistant.metrics is not None
    turn = Turn(principal=OWNER, question="", language="zh")
    findings = diagnose(assistant.metrics, turn)
    assert {f.metric for f in findings} >= {"d1_retention", "d30_retention", "repurchase_rate"}
    assert len({f.end for f in findings}) > 1
    for finding in findings:
        change = find_figure(finding.evidence, "change")
        assert not (finding.beyond_noise and is_within_noise(finding.evidence))
        assert finding.severity == 0 or finding.beyond_noise or finding.target is not None
        assert change is not None
        assert not any("窗口" in w or "成熟" in w for w in finding.evidence.warnings)
    advice, _ = asyncio.run(assistant.suggest_tactics(principal=OWNER, stage="retention", language="en"))
    assert all(re.search(r"\d{4}-\d\d-\d\d to \d{4}", f.text) for f in advice.findings)


def test_a_title_says_which_way(assistant: Assistant) -> None:
    assert draft(assistant, "把退款率降到2%").title == "降低退款率"
    assert draft(assistant, "Lower refund rate to 2%", language="en").title == "Lower refund rate"


def test_explicit_fields_win_over_the_objective(assistant: Assistant) -> None:
    by = date(2026, 12, 24)
    plan = draft(assistant, "两周内把次日留存提升到45%，预算 2 万元", target=0.5, budget=30_000, by=by)
    assert plan.budget.limit is not None
    assert (plan.target.value, plan.budget.limit.value, plan.by) == (0.5, 30_000, by)


@pytest.mark.parametrize(
    ("objective", "both"),
    [
        ("把次日留存提升10%", r"\(\+10%\) or as .* \(\+10\.0 个百分点\)"),
        ("把次日留存提升到45%，或提升到48%", "45.0% or as 48.0%"),
        ("把次日留存提升到45%，预算 2 万元，或预算 3 万元", "20,000.00 or as ¥30,000.00"),
    ],
)
def test_two_readings_are_both_named(assistant: Assistant, objective: str, both: str) -> None:
    with pytest.raises(InvalidRequest, match=both):
        draft(assistant, objective)


def test_tactics_stay_within_the_budget(assistant: Assistant) -> None:
    assert draft(assistant, "把次日留存拉回来", budget=5_000).budget.total <= 5_000


def test_a_budget_below_every_card_is_said(assistant: Assistant) -> None:
    plan = draft(assistant, "提升日活", target=100_000, budget=1)
    assert plan.budget.total <= 1
    assert all(tactic.cost.value == 0 for tactic in plan.tactics)
    assert plan.tactics or plan.warnings


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"objective": "变得更好"}, "Name the metric"),
        ({"objective": "x y", "metric": "d1_retentoin"}, "Name the metric"),
        ({"objective": "把次日留存拉回来", "target": 0.1}, "makes no gap"),
        ({"objective": "把次日留存拉回来", "target": 45}, "makes no gap"),
        ({"objective": "把次日留存拉回来", "by": date(2026, 9, 1)}, "is not after today"),
        ({"objective": "把次日留存拉回来", "budget": -1}, "budget cannot be used"),
        ({"objective": ""}, "objective cannot be used"),
    ],
)
def test_bad_requests_are_named(assistant: Assistant, fields: dict[str, object], sentence: str) -> None:
    before = len(assistant.plans.list(principal=OWNER))
    with pytest.raises(InvalidRequest, match=sentence):
        draft(assistant, **fields)  # type: ignore[arg-type]
    assert len(assistant.plans.list(principal=OWNER)) == before


def test_metrics_of_an_unseen_source_are_not_named(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "metrics.yaml"
    path.write_text(_TWO_SOURCES)
    metrics = Metrics.open(path)
    drafter = PlanDrafter(assistant.knowledge, metrics, Advisor(assistant.knowledge, metrics))
    for objective in ("Do better", "Raise salaries"):
        turn = Turn(principal=Principal(id="r", teams=frozenset()), question=objective, language="en")
        with pytest.raises(InvalidRequest) as caught:
            drafter.draft(plan_request(objective=objective), turn)
        assert "visits" in caught.value.en
        assert "salaries" not in caught.value.en + caught.value.zh
    metrics.close()


def test_plans_are_saved_listed_and_private(assistant: Assistant, plan: Plan) -> None:
    assert assistant.plans.find(plan.id, principal=OWNER) == plan
    assert plan.id in [p.id for p in assistant.plans.list(principal=OWNER)]
    stranger = Principal(id="key:other", teams=frozenset({"growth"}))
    assert assistant.plans.list(principal=stranger) == []
    with pytest.raises(PlanNotFound):
        assistant.plans.find(plan.id, principal=stranger)
    with pytest.raises(PlanNotFound):
        assistant.plans.find("p_\ud800", principal=OWNER)


def test_a_plan_goes_with_the_right_to_see_its_sources(assistant: Assistant) -> None:
    reader = Principal(id="key:mover", teams=frozenset({"board"}))
    known = draft(assistant, "把次日留存拉回来", reader)
    assert assistant.plans.find(known.id, principal=reader) == known
    document = assistant.knowledge.document(known.citations[0].document_id, teams=None)
    library = Path(str(assistant.storage.url.database)).parent.parent / "library"
    assistant.knowledge.ingest_file(library / document.source, root=library, teams=["board"])
    assert assistant.plans.find(known.id, principal=reader) == known
    moved = Principal(id=reader.id, teams=frozenset())
    assert assistant.plans.list(principal=moved) == []
    with pytest.raises(PlanNotFound):
        assistant.plans.find(known.id, principal=moved)
    assert assistant.plans.find(known.id, principal=OWNER) == known
    assistant.knowledge.ingest_file(library / document.source, root=library)


@pytest.mark.parametrize(("source", "seen"), [("events", True), ("ledger_of_the_board", False)])
def test_a_source_may_be_seen_or_not(assistant: Assistant, source: str, seen: bool) -> None:
    assert Visibility(assistant.knowledge, assistant.metrics, frozenset()).source(source) is seen


def test_a_plan_request_has_described_fields() -> None:
    assert all(field.description for name, field in PlanRequest.model_fields.items() if name != "language")
