"""The plans of a workspace, in SQLite. A reader sees their own plans; the owner sees all."""

import re
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assistant.access import Principal
from assistant.errors import PlanNotFound
from assistant.planning.plans import Plan
from assistant.storage import PlanRow

_ID = re.compile(r"p_[0-9a-f]{12}")


class PlanBook:
    """Save, list and find plans."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
            return [Plan.model_validate(row.plan) for row in session.scalars(query)]

    def find(self, plan_id: str, *, principal: Principal) -> Plan:
        """Return one plan.

        Raises:
            PlanNotFound: There is none with this id that the principal may see.
        """
        with Session(self._engine) as session:
            row = session.get(PlanRow, plan_id) if _ID.fullmatch(plan_id) else None
            if row is None or (principal.teams is not None and row.principal_id != principal.id):
                shown = plan_id.encode("ascii", "replace").decode()[:80]
                raise PlanNotFound(
                    en=f"There is no plan {shown}; list them with: yunce plan list",
                    zh=f"没有计划 {shown}；可用 yunce plan list 查看已有计划。",
                    parameter="plan_id",
                )
            return Plan.model_validate(row.plan)
