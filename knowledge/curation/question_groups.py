"""Unanswered questions as they are kept and told: groups of those that mean the same, and who is to be told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from knowledge.catalogue.reading import Teams
from knowledge.catalogue.schema import entries, question_groups, questions
from knowledge.curation.question_likeness import Likeness

State = Literal["open", "answered", "dismissed"]
_SAMPLES = 5
_COMPARED = 2_000  # newest open questions that a new one is compared with
_REVIEWED = 500  # open groups that one review looks at, the newest first


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Unanswered questions that mean the same.

    Attributes:
        id: "q_" and sixteen hexadecimal digits.
        teams: The teams of those who asked; empty means no team, None the owner.
        samples: Different phrasings, the newest first.
        count: How often it was asked.
        state: "open", "answered" by the document `document_id`, or "dismissed" by `closed_by`.
    """

    id: str
    teams: tuple[str, ...] | None
    samples: tuple[str, ...]
    count: int
    first_asked: datetime
    last_asked: datetime
    owner: str | None
    state: State
    document_id: str | None
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class DueNotice:
    """Somebody to be told that a document answers what they asked.

    Attributes:
        question_ids: The questions that the notice settles; see `Questions.mark_told`.
        text: The question as it was asked last.
        asker_teams: As they were when it was asked; what may be told is decided by what they are now.
        reply_to: Where to tell, in the words of the door that took the question.
    """

    question_ids: tuple[str, ...]
    text: str
    language: str
    asker: str
    asker_teams: tuple[str, ...] | None
    reply_to: str
    document_id: str


def find_group(
    connection: Connection, text: str, vector: Any, teams: list[str] | None, likeness: Likeness
) -> str | None:
    """Return the open or dismissed group of the same teams with the question most like this one."""
    import numpy as np

    query = select(questions.c.text, questions.c.vector, questions.c.group_id, question_groups.c.teams)
    query = query.join(question_groups).where(question_groups.c.state != "answered")
    rows = connection.execute(query.order_by(questions.c.asked_at.desc()).limit(_COMPARED)).all()
    best: tuple[float, str] | None = None
    for row in rows:
        if row.teams != teams or len(row.vector) != vector.nbytes:
            continue
        similarity = float(np.frombuffer(row.vector, dtype="<f4") @ vector)
        if (best is None or similarity > best[0]) and likeness.is_alike(text, row.text, similarity):
            best = (similarity, row.group_id)
    return best[1] if best else None


def read_open(connection: Connection) -> list[tuple[Row[Any], list[str]]]:
    """Return the open groups that were asked last, with their phrasings."""
    return _read_phrasings(connection, question_groups.c.state == "open")


def read_doubtful(connection: Connection, published: Collection[str]) -> list[tuple[Row[Any], list[str]]]:
    """Return the groups, with their phrasings, whose answering document was published anew or has left search."""
    searched = select(entries.c.row).where(entries.c.document_id == question_groups.c.document_id).exists()
    doubtful = or_(~searched, question_groups.c.document_id.in_(list(published)))
    return _read_phrasings(connection, (question_groups.c.state == "answered") & doubtful)


def _read_phrasings(
    connection: Connection, condition: ColumnElement[bool]
) -> list[tuple[Row[Any], list[str]]]:
    groups = connection.execute(select(question_groups).where(condition)).all()
    asked = read_asked(connection, [row.id for row in groups])
    newest = sorted(groups, key=lambda row: asked[row.id][0].asked_at, reverse=True)[:_REVIEWED]
    return [(row, _sample(asked[row.id])) for row in newest]


def read_asked(connection: Connection, group_ids: list[str]) -> dict[str, list[Row[Any]]]:
    """Return the questions of groups, the newest first."""
    query = select(questions).where(questions.c.group_id.in_(group_ids))
    found: dict[str, list[Row[Any]]] = {group_id: [] for group_id in group_ids}
    for row in connection.execute(query.order_by(questions.c.asked_at.desc(), questions.c.id)):
        found[row.group_id].append(row)
    return found


def _sample(asked: Sequence[Row[Any]]) -> list[str]:
    return [*dict.fromkeys(row.text for row in asked)][:_SAMPLES]


def may_see(asked_by: Sequence[str] | None, teams: Teams) -> bool:
    """Tell whether a reader may see what somebody of some teams asked."""
    if teams is None:
        return True
    return asked_by is not None and (not asked_by or not teams.isdisjoint(asked_by))


def build_group(row: Row[Any], asked: Sequence[Row[Any]]) -> QuestionGroup:
    """Build a group from its row and those of its questions, the newest first."""
    return QuestionGroup(
        id=row.id,
        teams=None if row.teams is None else tuple(row.teams),
        samples=tuple(_sample(asked)),
        count=len(asked),
        first_asked=asked[-1].asked_at.replace(tzinfo=UTC),
        last_asked=asked[0].asked_at.replace(tzinfo=UTC),
        owner=row.owner,
        state=row.state,
        document_id=row.document_id,
        closed_at=row.closed_at and row.closed_at.replace(tzinfo=UTC),
        closed_by=row.closed_by,
    )


def build_notice(asked: Sequence[Row[Any]]) -> DueNotice:
    """Build a notice from the rows of the questions that were asked in one place, the newest last."""
    last = asked[-1]
    return DueNotice(
        question_ids=tuple(row.id for row in asked),
        text=last.text,
        language=last.language,
        asker=last.asker,
        asker_teams=None if last.asker_teams is None else tuple(last.asker_teams),
        reply_to=last.reply_to,
        document_id=last.document_id,
    )
