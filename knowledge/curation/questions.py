"""Questions that got no answer: grouped by meaning, owned, and closed when a document answers them."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, insert, select, update

from knowledge.catalogue.database import write
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.catalogue.revisions import utc_now
from knowledge.catalogue.schema import publications, question_groups, questions
from knowledge.curation.pins import read_text
from knowledge.curation.question_groups import (
    DueNotice,
    QuestionGroup,
    State,
    build_group,
    build_notice,
    find_group,
    may_see,
    read_asked,
    read_doubtful,
    read_open,
)
from knowledge.curation.question_likeness import Likeness
from knowledge.documents import Findings, SearchResult
from knowledge.embedding.current_model import CurrentModel
from knowledge.embedding.embeddings import Embedder
from knowledge.errors import QuestionNotFound, display
from knowledge.language import strip_surrogates
from knowledge.search.dictionary import Dictionary

Search = Callable[[str, Teams], Findings]
"""Finds passages for a question as somebody may see them, best first."""
_LONGEST_QUESTION = 8_000
_LONGEST_NAME = 200
_LEAST_SHARE = 0.8
"""A passage answers if it scores at least this share of the best one."""


def find_answer(found: Findings, document_ids: Iterable[str] | None = None) -> SearchResult | None:
    """Return the best result (of these documents) if it answers the question that was searched for."""
    wanted = None if document_ids is None else set(document_ids)
    for result in found.results if found.answerable else ():
        if result.score < _LEAST_SHARE * found.results[0].score:
            break
        if wanted is None or not wanted.isdisjoint((result.document.id, *result.similar)):
            return result
    return None


class Questions:
    """The unanswered questions of a knowledge base.

    Groups are read with the reader's `teams`: what people of another team asked stays unseen.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        model: CurrentModel,
        *,
        write_lock: AbstractContextManager[Any],
        search: Search,
        dictionary: Dictionary,
    ) -> None:
        """Wire up the parts."""
        self._likeness = Likeness(dictionary)
        self._catalogue = catalogue
        self._model = model
        self._write_lock = write_lock
        self._search = search

    def log(
        self, text: str, *, asker: str, teams: Teams, language: str, reply_to: str | None = None
    ) -> QuestionGroup:
        """Keep a question that got no answer, with those of the same teams that mean the same.

        Args:
            text: The question.
            asker: Who asked.
            teams: The asker's teams, None for the owner.
            language: "zh" or "en".
            reply_to: Where the asker can be told later, in the words of the door.

        Returns:
            The group that it joined: an open one, or a dismissed one, which stays so.
        """
        text = read_text(text, "question", _LONGEST_QUESTION)
        asker, language = strip_surrogates(asker), strip_surrogates(language)
        reply_to = None if reply_to is None else strip_surrogates(reply_to)
        asked = {
            "asker": asker,
            "asker_teams": None if teams is None else sorted(teams),
            "reply_to": reply_to,
        }
        said = {"text": text, "language": language, "asked_at": utc_now()}
        group_id = self._model.use(lambda embedder: self._keep(said | asked, embedder))
        return self.find(group_id, teams=None)

    def _keep(self, asked: dict[str, Any], embedder: Embedder) -> str:
        """Keep a question with the group that it belongs to, of which the id is returned."""
        vector = embedder.embed([asked["text"]]).astype("<f4")[0]
        own = asked["asker_teams"]
        with self._write_lock, write(self._catalogue.engine) as connection:
            self._model.claim(connection, embedder)
            group_id = find_group(connection, asked["text"], vector, own, self._likeness)
            if group_id is None:
                group_id = f"q_{uuid4().hex[:16]}"
                connection.execute(insert(question_groups).values(id=group_id, teams=own, state="open"))
            kept = {"id": uuid4().hex, "group_id": group_id, "vector": vector.tobytes(), **asked}
            connection.execute(insert(questions).values(kept))
        return group_id

    def groups(self, *, teams: Teams, state: State | None = "open") -> list[QuestionGroup]:
        """List the groups that a reader may see, the most asked first; `state` None is all."""
        self.review()
        with self._catalogue.engine.connect() as connection:
            query = select(question_groups)
            if state is not None:
                query = query.where(question_groups.c.state == state)
            groups = [row for row in connection.execute(query) if may_see(row.teams, teams)]
            asked = read_asked(connection, [row.id for row in groups])
        built = [build_group(row, asked[row.id]) for row in groups]
        return sorted(built, key=lambda group: (-group.count, -group.last_asked.timestamp()))

    def find(self, group_id: str, *, teams: Teams) -> QuestionGroup:
        """Return a group. Raises QuestionNotFound."""
        with self._catalogue.engine.connect() as connection:
            query = select(question_groups).where(question_groups.c.id == strip_surrogates(group_id))
            row = connection.execute(query).first()
            if row is None or not may_see(row.teams, teams):
                raise QuestionNotFound(
                    en=f"There is no unanswered question {display(group_id)}.",
                    zh=f"没有待解答的问题 {display(group_id)}。",
                )
            return build_group(row, read_asked(connection, [row.id])[row.id])

    def assign(self, group_id: str, owner: str | None, *, teams: Teams) -> QuestionGroup:
        """Say who looks after a group, None for nobody. Raises QuestionNotFound."""
        name = None if owner is None else read_text(owner, "owner", _LONGEST_NAME)
        return self._change(group_id, teams, {"owner": name})

    def dismiss(self, group_id: str, *, teams: Teams, by: str) -> QuestionGroup:
        """Close a group without an answer; nobody is told. Raises QuestionNotFound."""
        closed = {
            "state": "dismissed",
            "closed_at": utc_now(),
            "closed_by": read_text(by, "by", _LONGEST_NAME),
            "document_id": None,
        }
        return self._change(group_id, teams, closed)

    def reopen(self, group_id: str, *, teams: Teams) -> QuestionGroup:
        """Open a closed group again. Raises QuestionNotFound."""
        opened = {"state": "open", "closed_at": None, "closed_by": None, "document_id": None}
        return self._change(group_id, teams, opened)

    def review(self) -> list[str]:
        """Close the open groups that a document which came into search since the last review answers.

        A group is answered when a search for one of its phrasings, as those who asked may see, finds the document
        with a passage that answers. One whose document has left search, or does not say so any more, is answered by
        another document or opens again. Cheap where nothing was published.

        Returns:
            Ids of the groups that were closed.
        """
        with self._catalogue.engine.connect() as connection:
            published = set(connection.execute(select(publications.c.document_id)).scalars())
            doubtful = read_doubtful(connection, published)
        self._settle({group.id: self._search_answer(group, asked) for group, asked in doubtful})
        if not published:
            return []
        with self._catalogue.engine.connect() as connection:
            waiting = read_open(connection)
        found = {group.id: self._search_answer(group, asked, published) for group, asked in waiting}
        answered = {group_id: document_id for group_id, document_id in found.items() if document_id}
        self._close(answered, published)
        return list(answered)

    def _search_answer(
        self, group: Row[Any], phrasings: Iterable[str], document_ids: set[str] | None = None
    ) -> str | None:
        teams = None if group.teams is None else frozenset(group.teams)
        found = (find_answer(self._search(text, teams), document_ids) for text in phrasings)
        result = next(filter(None, found), None)
        return result.document.id if result else None

    def due_notices(self) -> list[DueNotice]:
        """List who is to be told that a document answers their question, once for each place to tell."""
        self.review()
        told = questions.c.told_at.is_(None) & questions.c.reply_to.is_not(None)
        query = select(questions, question_groups.c.document_id).join(question_groups)
        query = query.where(question_groups.c.state == "answered", told).order_by(questions.c.asked_at)
        with self._catalogue.engine.connect() as connection:
            rows = connection.execute(query).all()
        by_place: dict[tuple[str, str], list[Row[Any]]] = {}
        for row in rows:
            by_place.setdefault((row.group_id, row.reply_to), []).append(row)
        return [build_notice(asked) for asked in by_place.values()]

    def mark_told(self, question_ids: Iterable[str]) -> None:
        """Note that those who asked were told."""
        statement = update(questions).where(
            questions.c.id.in_([strip_surrogates(name) for name in question_ids])
        )
        with self._write_lock, write(self._catalogue.engine) as connection:
            connection.execute(statement.values(told_at=utc_now()))

    def _change(self, group_id: str, teams: Teams, values: Mapping[str, object]) -> QuestionGroup:
        group = self.find(group_id, teams=teams)
        with self._write_lock, write(self._catalogue.engine) as connection:
            connection.execute(update(question_groups).where(question_groups.c.id == group.id).values(values))
        return self.find(group.id, teams=teams)

    def _settle(self, answers: Mapping[str, str | None]) -> None:
        """Note which document answers groups now, and open again those that none does."""
        if not answers:
            return
        opened = {"state": "open", "closed_at": None, "document_id": None}
        with self._write_lock, write(self._catalogue.engine) as connection:
            for group_id, document_id in answers.items():
                group = (question_groups.c.id == group_id) & (question_groups.c.state == "answered")
                values = opened if document_id is None else {"document_id": document_id}
                connection.execute(update(question_groups).where(group).values(values))

    def _close(self, answered: dict[str, str], published: Iterable[str]) -> None:
        with self._write_lock, write(self._catalogue.engine) as connection:
            for group_id, document_id in answered.items():
                is_open = (question_groups.c.id == group_id) & (question_groups.c.state == "open")
                closed = {"state": "answered", "document_id": document_id, "closed_at": utc_now()}
                connection.execute(update(question_groups).where(is_open).values(closed))
            reviewed = publications.c.document_id.in_(tuple(published))
            connection.execute(delete(publications).where(reviewed))
