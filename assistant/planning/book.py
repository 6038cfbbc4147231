"""The plans of a workspace, in SQLite. The owner sees all; a reader sees their own, as long as they may see its sources.

A plan quotes documents and figures. When one of these is withdrawn from a reader, so is the plan.
"""

import re
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assistant.access import Principal
from assistant.errors import PlanNotFound
from assistant.planning.plans import Plan
from assistant.storage import PlanRow
from assistant.visibility import Visibility
from knowledge import KnowledgeBase
from tools import Metrics

_ID = re.compile(r"p_[0-9a-f]{12}")


class PlanBook:
    """Save, list and find plans."""

    def __init__(self, engine: Engine, knowledge: KnowledgeBase, metrics: Metrics | None) -> None:
        self._engine = engine
        self._knowledge = knowledge
        self._metrics = metrics

    def save(self, plan: Plan, principal: Principal) -> None:
        """Save a new plan as the principal's."""
        row = PlanRow(
            id=plan.id,
            principal_id=principal.id,
            status=plan.status,
            created_at=datetime.now(UTC),
            plan=plan.model_dump(mode="json"),
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)

    def list(self, *, principal: Principal) -> list[Plan]:
        """Return the plans that the principal may see, newest first."""
        query = select(PlanRow).order_by(PlanRow.created_at.desc(), PlanRow.id)
        if principal.teams is not None:
            query = query.where(PlanRow.principal_id == principal.id)
        with Session(self._engine) as session:
            plans = [Plan.model_validate(row.plan) for row in session.scalars(query)]
        return [plan for plan in plans if self._is_visible(plan, principal)]

    def find(self, plan_id: str, *, principal: Principal) -> Plan:
        """Return one plan.

        Raises:
            PlanNotFound: There is none with this id that the principal may see.
        """
        with Session(self._engine) as session:
            row = session.get(PlanRow, plan_id) if _ID.fullmatch(plan_id) else None
        if row is not None and (principal.teams is None or row.principal_id == principal.id):
            plan = Plan.model_validate(row.plan)
            if self._is_visible(plan, principal):
                return plan
        shown = plan_id.encode("ascii", "replace").decode()[:80]
        raise PlanNotFound(
            en=f"There is no plan {shown}; list them with: yunce plan list",
            zh=f"没有计划 {shown}；可用 yunce plan list 查看已有计划。",
            parameter="plan_id",
        )

    def _is_visible(self, plan: Plan, principal: Principal) -> bool:
        if principal.teams is None:
            return True
        seen = Visibility(self._knowledge, self._metrics, principal.teams)
        return all(seen.chunk(line.chunk_id) for line in plan.citations) and all(
            seen.source(item.source) for item in plan.evidence
        )
