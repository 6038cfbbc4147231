"""The conversations of a principal: listed, shown, asked again from some turn on, deleted. Each sees their own alone."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, delete, func, select, text
from sqlalchemy.orm import Session

from assistant.access import Principal
from assistant.answer import Answer, Replaced
from assistant.conversation.thread import Thread, open_thread
from assistant.errors import AnswerNotFound, ConversationNotFound, InvalidRequest
from assistant.replay.book import MOST_LISTED, AnswerBook, KeptAnswer
from assistant.storage import AnswerRow
from tools.errors import show


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class ConversationEntry(_Record):
    """A conversation in a list."""

    id: str
    title: str = Field(description="Its first question.")
    turns: int
    started_at: datetime
    updated_at: datetime


class ConversationTurn(_Record):
    """A question of a conversation and its answer."""

    number: int = Field(description="From 1 on.")
    answer_id: str
    asked_at: datetime
    question: str
    answer: Answer | None = Field(description="null where it leans on what may no longer be seen.")


class Conversation(_Record):
    """A conversation as it stands: what was asked anew stands in the place of what it replaced."""

    id: str
    turns: tuple[ConversationTurn, ...]


class ConversationBook:
    """Read and delete conversations, which are the answers given in them."""

    def __init__(self, answers: AnswerBook) -> None:
        self._answers = answers

    def list(self, *, principal: Principal, limit: int = MOST_LISTED) -> list[ConversationEntry]:
        """Return the principal's conversations, the latest first."""
        grouped = (
            select(
                AnswerRow.conversation_id.label("id"),
                func.count().label("turns"),
                func.min(AnswerRow.asked_at).label("started_at"),
                func.max(AnswerRow.asked_at).label("updated_at"),
            )
            .where(*self._own(principal), AnswerRow.replaced_by.is_(None))
            .group_by(AnswerRow.conversation_id)
            .subquery()
        )
        first = and_(
            AnswerRow.principal_id == principal.id,
            AnswerRow.conversation_id == grouped.c.id,
            AnswerRow.asked_at == grouped.c.started_at,
        )
        query = select(grouped, AnswerRow.question.label("title")).join(AnswerRow, first)
        with Session(self._answers.engine) as session:
            rows = session.execute(query.order_by(grouped.c.updated_at.desc(), grouped.c.id).limit(limit))
            return [
                ConversationEntry(
                    **{
                        **row._mapping,
                        "started_at": row.started_at.replace(tzinfo=UTC),
                        "updated_at": row.updated_at.replace(tzinfo=UTC),
                    }
                )
                for row in rows
            ]

    def show(self, conversation_id: str, *, principal: Principal) -> Conversation:
        """Return a conversation of the principal; answers that may no longer be shown are left out of it.

        Raises:
            ConversationNotFound: The principal has none with this id, or not any more.
        """
        kept = self._turns(conversation_id, principal)
        return Conversation(
            id=conversation_id,
            turns=tuple(
                ConversationTurn(
                    number=number,
                    answer_id=item.answer.id,
                    asked_at=item.asked_at,
                    question=item.answer.question,
                    answer=item.answer if self._answers.may_be_shown(item, principal) else None,
                )
                for number, item in enumerate(kept, 1)
            ),
        )

    def delete(self, conversation_id: str, *, principal: Principal) -> int:
        """Delete a conversation with all its answers, those that were replaced among them; return how many.

        Raises:
            ConversationNotFound: The principal has none with this id, or not any more.
        """
        doomed = delete(AnswerRow).where(*self._own(principal), AnswerRow.conversation_id == conversation_id)
        with Session(self._answers.engine) as session:
            count = int(session.execute(doomed).rowcount)  # type: ignore[attr-defined]
            session.commit()
            session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))  # nor is it left in the log
        if not count:
            raise _not_found(conversation_id)
        return count

    def thread_of(self, answer_id: str, *, principal: Principal, conversation: str | None) -> Thread:
        """Return the thread in which an answer may be replaced.

        Raises:
            AnswerNotFound: The principal was given none with this id, or not any more.
            InvalidRequest: It was replaced itself, or belongs to another conversation than the one named.
        """
        kept, _ = self._replaceable(answer_id, principal)
        if conversation not in (None, kept.answer.conversation_id):
            raise InvalidRequest(
                en=f"Answer {answer_id} belongs to the conversation {kept.answer.conversation_id}.",
                zh=f"回答 {answer_id} 属于会话 {kept.answer.conversation_id}。",
                parameter="replace",
            )
        return open_thread(principal, kept.answer.conversation_id)

    def turns_from(self, answer_id: str, *, principal: Principal) -> tuple[Replaced, ...]:
        """Return an answer of a conversation and those after it, as what another one takes the place of.

        Raises:
            AnswerNotFound, InvalidRequest: As `thread_of`.
        """
        _, kept = self._replaceable(answer_id, principal)
        ids = [item.answer.id for item in kept]
        return tuple(
            Replaced(id=item.answer.id, question=item.answer.question)
            for item in kept[ids.index(answer_id) :]
        )

    def _replaceable(self, answer_id: str, principal: Principal) -> tuple[KeptAnswer, tuple[KeptAnswer, ...]]:
        kept = self._answers.find(answer_id, principal=principal)
        try:
            turns = self._turns(kept.answer.conversation_id, principal)
        except ConversationNotFound:  # the owner finds the answers of others, and replaces none
            raise AnswerNotFound(
                en=f"Answer {answer_id} is not one of yours.",
                zh=f"回答 {answer_id} 不是你的。",
                parameter="replace",
            ) from None
        if answer_id not in {item.answer.id for item in turns}:
            raise InvalidRequest(
                en=f"Answer {answer_id} was replaced already; replace the one in its place.",
                zh=f"回答 {answer_id} 已被替换；请改为替换现在的那一条。",
                parameter="replace",
            )
        return kept, turns

    def _turns(self, conversation_id: str, principal: Principal) -> tuple[KeptAnswer, ...]:
        standing = (
            select(AnswerRow.record)
            .where(
                *self._own(principal),
                AnswerRow.conversation_id == conversation_id,
                AnswerRow.replaced_by.is_(None),
            )
            .order_by(AnswerRow.asked_at)
        )
        with Session(self._answers.engine) as session:
            kept = tuple(KeptAnswer.model_validate(record) for record in session.scalars(standing))
        if not kept:
            raise _not_found(conversation_id)
        return kept

    def _own(self, principal: Principal) -> tuple[ColumnElement[bool], ...]:
        return AnswerRow.principal_id == principal.id, AnswerRow.asked_at >= self._answers.oldest()


def _not_found(conversation_id: str) -> ConversationNotFound:
    shown = show(conversation_id)
    return ConversationNotFound(
        en=f"You have no conversation {shown}, or it is no longer kept; list them with: yunce conversations list",
        zh=f"你没有会话“{shown}”，或已超过保存期限；可用 yunce conversations list 查看。",
        parameter="conversation_id",
    )
