"""A plan: objective, measured baseline, target, gap, tactics, budget, milestones, measurement and risks.

Every number says where it comes from: evidence ([E1]), a tactic card ([1]), the request, or a stated derivation.
"""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.answer import Citation, Evidence
from assistant.errors import InvalidRequest
from assistant.turn import MARKER

PlanStatus = Literal["draft", "approved", "running", "reviewed", "abandoned"]
SourceKind = Literal["evidence", "citation", "request", "derived", "target", "assumption"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanRequest(_Record):
    """What a plan is asked for."""

    objective: str = Field(
        min_length=2,
        max_length=2_000,
        description="What to achieve, in words; names a metric of metrics.yaml.",
    )
    metric: str | None = Field(None, description="Metric to move; taken from the objective when left out.")
    target: float | None = Field(None, description="Level to reach, in the metric's unit (45 % is 0.45).")
    by: date | None = Field(None, description="Day to reach it by; six weeks ahead when left out.")
    budget: float | None = Field(
        None, gt=0, description="Most that may be spent, in the workspace's currency."
    )
    owner: str | None = Field(None, max_length=120, description="Who answers for the plan.")
    language: Literal["zh", "en"] = "zh"


def plan_request(**fields: Any) -> PlanRequest:
    """Return a request from what a door was given.

    Raises:
        InvalidRequest: A field is missing, unknown or out of range; the sentence names it.
    """
    try:
        return PlanRequest.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidRequest(
            en=f"{name} cannot be used: {first['msg']}.",
            zh=f"{name} 无法使用：{first['msg']}。",
            parameter=name,
        ) from error


class Sourced(_Record):
    """A number with its text and where it comes from; `source` is a marker, or the derivation in words."""

    value: float | None
    unit: str
    text: str
    kind: SourceKind
    source: str


class Driver(_Record):
    """A segment's part in the gap."""

    text: str
    contribution: Sourced


class PlanTactic(_Record):
    """A chosen tactic; `marker` cites its card."""

    card_id: str
    name: str
    marker: str
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    owner: str
    expected_effect: str
    effort_days: float
    cost: Sourced


class BudgetLine(_Record):
    """One line of the budget, in whole units of the currency."""

    item: str
    amount: int = Field(ge=0)
    source: str


class Budget(_Record):
    """Lines that add up to the total; `limit` is the most that may be spent, where that was said."""

    currency: str
    limit: Sourced | None = None
    lines: tuple[BudgetLine, ...]
    total: int

    @model_validator(mode="after")
    def _adds_up(self) -> "Budget":
        if sum(line.amount for line in self.lines) != self.total:
            raise ValueError("the lines do not add up to the total")
        return self


class Milestone(_Record):
    """What is due on a day, and the level expected by then."""

    on: date
    what: str
    expected: Sourced | None = None


class Measurement(_Record):
    """How the plan is followed."""

    kpi: str
    definition: tuple[str, ...]
    cadence: str
    alert: Sourced
    guardrails: tuple[str, ...]


class PlanRisk(_Record):
    """What may go wrong, how it shows, what is done then and by whom."""

    name: str
    trigger: str
    response: str
    owner: str
    source: str


class Plan(_Record):
    """One plan."""

    id: str
    status: PlanStatus
    language: Literal["zh", "en"]
    created_on: date
    title: str
    objective: str
    metric: str
    baseline: Sourced
    target: Sourced
    by: date
    gap: Sourced
    drivers: tuple[Driver, ...]
    tactics: tuple[PlanTactic, ...]
    expected_total: str
    owner: str
    budget: Budget
    milestones: tuple[Milestone, ...]
    measurement: Measurement
    risks: tuple[PlanRisk, ...]
    citations: tuple[Citation, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...]


def renumber(plan: Plan) -> Plan:
    """Return the plan with its markers counted from 1 in the order of its sources; quotes are left as they are."""
    shown = {item.marker: f"E{i}" for i, item in enumerate(plan.evidence, 1)}
    shown |= {item.marker: str(i) for i, item in enumerate(plan.citations, 1)}

    def rewrite(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: rewrite(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [rewrite(item, key) for item in value]
        if not isinstance(value, str) or key in ("quote", "title", "objective"):
            return value
        return (
            shown.get(value, value)
            if key == "marker"
            else MARKER.sub(lambda m: f"[{shown.get(m[1], m[1])}]", value)
        )

    return Plan.model_validate(rewrite(plan.model_dump(mode="json")))
