"""The answers of a workspace as they were given, in SQLite, for as many days and as many as the settings say.

A principal sees their own, the owner at this machine all. An answer is shown as it was given only while its reader
may see all that was gathered for it; what has changed is told by `assistant.replay.replaying`.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.access import OWNER, Principal
from assistant.answer import Answer, Evidence, Grounding
from assistant.conversation.thread import Thread, name_audience
from assistant.errors import EXPECTED_ERRORS, AnswerNotFound, AnswerWithheld
from assistant.language import Language
from assistant.storage import AnswerRow, open_memory
from assistant.turn import Turn
from assistant.visibility import Visibility
from knowledge import KnowledgeBase
from tools import Metrics

MOST_LISTED = 200
#: Turns of a conversation that are remembered.
MOST_REMEMBERED = 20
_ID = re.compile(r"a_[0-9a-f]{16}")
_LOG = logging.getLogger(__name__)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class KeptAnswer(_Record):
    """An answer as it was given, under which circumstances, and all that was gathered for it, used or not."""

    answer: Answer
    asked_at: datetime
    teams: tuple[str, ...] | None
    chunks: tuple[str, ...]
    sources: tuple[str, ...]
    version: str


class AnswerEntry(_Record):
    """An answer in a list."""

    id: str
    asked_at: datetime
    question: str
    language: Language
    grounding: Grounding
    replaced_by: str | None = Field(None, description="The answer that took its place in the conversation.")


class AnswerBook:
    """Keep, list and find answers."""

    def __init__(
        self,
        engine: Engine,
        knowledge: KnowledgeBase,
        metrics: Metrics | None,
        *,
        keep_days: int,
        keep_most: int,
    ) -> None:
        """Open the book.

        Args:
            engine: The storage.
            knowledge: What is cited.
            metrics: What is measured.
            keep_days: Days that answers are kept; with 0 they are kept in memory, for a day at most.
            keep_most: Most answers that are kept; the oldest go first.
        """
        self.engine = engine if keep_days else open_memory()
        self._knowledge = knowledge
        self._metrics = metrics
        self._keep = timedelta(days=keep_days or 1)
        self._keep_most = keep_most

    def keep(self, answer: Answer, turn: Turn) -> None:
        """Keep an answer, in the place of those that it replaces; that it cannot be kept costs the asker nothing."""
        now = datetime.now(UTC)
        teams = turn.principal.teams
        kept = KeptAnswer(
            answer=answer,
            asked_at=now,
            teams=None if teams is None else tuple(sorted(teams)),
            chunks=tuple(passage.chunk_id for passage in turn.passages.values()),
            sources=tuple(sorted({item.source for item in turn.evidence.values()})),
            version=version("yunce"),
        )
        row = AnswerRow(
            id=answer.id,
            principal_id=turn.principal.id,
            asked_at=now,
            question=answer.question,
            language=answer.language,
            grounding=answer.grounding,
            conversation_id=answer.conversation_id,
            audience=name_audience(teams),
            record=kept.model_dump(mode="json"),
        )
        replaced = AnswerRow.id.in_([item.id for item in answer.replaces])
        try:
            with Session(self.engine) as session, session.begin():
                session.execute(update(AnswerRow).where(replaced).values(replaced_by=answer.id))
                session.add(row)
                self._drop_old(session)
        except SQLAlchemyError:
            _LOG.warning("an answer was not kept", exc_info=True)

    def prune(self) -> None:
        """Drop the answers whose days are over, and the oldest of those that are too many."""
        try:
            with Session(self.engine) as session, session.begin():
                self._drop_old(session)
        except SQLAlchemyError:
            _LOG.warning("old answers were not dropped", exc_info=True)

    def _drop_old(self, session: Session) -> None:
        untracked = {"synchronize_session": False}
        old = delete(AnswerRow).where(AnswerRow.asked_at < self.oldest())
        session.execute(old, execution_options=untracked)
        newest_first = select(AnswerRow.asked_at).order_by(AnswerRow.asked_at.desc())
        beyond = session.scalar(newest_first.offset(self._keep_most).limit(1))
        if beyond is not None:
            too_many = delete(AnswerRow).where(AnswerRow.asked_at <= beyond)
            session.execute(too_many, execution_options=untracked)

    def thread(self, thread: Thread) -> list[KeptAnswer]:
        """Return the latest answers of a conversation that stand in it, in their order, whether or not they may be shown."""
        query = (
            select(AnswerRow.record)
            .where(
                AnswerRow.principal_id == thread.principal_id,
                AnswerRow.audience == thread.audience,
                AnswerRow.conversation_id == thread.conversation_id,
                AnswerRow.replaced_by.is_(None),
                AnswerRow.asked_at >= self.oldest(),
            )
            .order_by(AnswerRow.asked_at.desc())
            .limit(MOST_REMEMBERED)
        )
        with Session(self.engine) as session:
            return [KeptAnswer.model_validate(record) for record in session.scalars(query)][::-1]

    def list(self, *, principal: Principal, limit: int = MOST_LISTED) -> list[AnswerEntry]:
        """Return what the principal asked, the newest first; of the owner at this machine, what anybody did."""
        columns = (
            AnswerRow.id,
            AnswerRow.asked_at,
            AnswerRow.question,
            AnswerRow.language,
            AnswerRow.grounding,
            AnswerRow.replaced_by,
        )
        query = select(*columns).where(AnswerRow.asked_at >= self.oldest())
        if principal != OWNER:
            query = query.where(AnswerRow.principal_id == principal.id)
        with Session(self.engine) as session:
            rows = session.execute(query.order_by(AnswerRow.asked_at.desc(), AnswerRow.id).limit(limit))
            return [
                AnswerEntry(**{**row._mapping, "asked_at": row.asked_at.replace(tzinfo=UTC)}) for row in rows
            ]

    def find(self, answer_id: str, *, principal: Principal) -> KeptAnswer:
        """Return what is kept of an answer, whether or not it may be shown.

        Raises:
            AnswerNotFound: There is none with this id that the principal was given, or not any more.
        """
        with Session(self.engine) as session:
            row = session.get(AnswerRow, answer_id) if _ID.fullmatch(answer_id) else None
        if row is not None and (principal == OWNER or row.principal_id == principal.id):
            kept = KeptAnswer.model_validate(row.record)
            if kept.asked_at >= self.oldest():
                return kept
        shown = answer_id.encode("ascii", "replace").decode()[:80]
        raise AnswerNotFound(
            en=f"There is no answer {shown}, or it is no longer kept; list them with: yunce answers list",
            zh=f"没有回答 {shown}，或已超过保存期限；可用 yunce answers list 查看。",
            parameter="answer_id",
        )

    def show(self, answer_id: str, *, principal: Principal) -> KeptAnswer:
        """Return an answer as it was given.

        Raises:
            AnswerNotFound: As `find`.
            AnswerWithheld: It leans on what the principal may no longer see.
        """
        kept = self.find(answer_id, principal=principal)
        if self.may_be_shown(kept, principal):
            return kept
        raise AnswerWithheld(
            en=f"Answer {answer_id} leans on what was deleted or may no longer be seen, so it is not shown; "
            f"what has become of it tells: yunce answers replay {answer_id}",
            zh=f"回答 {answer_id} 的依据中有已被删除或不再可见的内容，因此不予显示；"
            f"可用 yunce answers replay {answer_id} 查看变化。",
            parameter="answer_id",
        )

    def may_be_shown(self, kept: KeptAnswer, principal: Principal) -> bool:
        """Tell whether the principal may see all that an answer leans on."""
        if any(is_narrowed(item, self._metrics, principal) for item in kept.answer.evidence):
            return False
        if principal.teams is None:
            return True
        seen = Visibility(self._knowledge, self._metrics, principal.teams)
        seen.look_up(kept.chunks)
        return (
            kept.teams is not None
            and principal.teams.issuperset(kept.teams)
            and all(map(seen.chunk, kept.chunks))
            and all(map(seen.source, kept.sources))
            and (kept.answer.curated is None or self._finds_pin(kept.answer.curated.pin_id, principal))
        )

    def _finds_pin(self, pin_id: str, principal: Principal) -> bool:
        try:
            self._knowledge.curation.pins.find(pin_id, teams=principal.teams)
        except EXPECTED_ERRORS:
            return False
        return True

    def oldest(self) -> datetime:
        """Return the time before which no answer is kept."""
        return datetime.now(UTC) - self._keep


def is_narrowed(item: Evidence, metrics: Metrics | None, principal: Principal) -> bool:
    """Tell whether the reader would get less of a measurement's source today: larger groups, or no single users."""
    if metrics is None or item.snapshot is None:
        return False
    definition = metrics.semantics.visible_to(principal.teams).sources.get(item.source)
    if definition is None:
        return False
    then = item.snapshot
    return definition.min_group > then.min_group or (
        then.shows_users and not definition.shows_users_to(principal.teams)
    )
