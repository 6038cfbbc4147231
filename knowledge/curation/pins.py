"""Curated answers: what a person says in answer to a question, shown as such with name and date."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Insert, Row, Update, delete, insert, select, update

from knowledge.catalogue.database import write
from knowledge.catalogue.reading import Catalogue, Teams
from knowledge.catalogue.revisions import utc_now
from knowledge.catalogue.schema import pins
from knowledge.curation.question_matching import LEAST_SIMILARITY, is_same, normalise
from knowledge.embedding.current_model import CurrentModel
from knowledge.embedding.embeddings import Embedder
from knowledge.errors import EmbeddingFailed, InvalidCuration, PinExists, PinNotFound, display
from knowledge.language import detect_language, strip_surrogates

_MOST_QUESTIONS = 50
_LONGEST_QUESTION = 500
_LONGEST_ANSWER = 10_000
_LONGEST_NAME = 200
_MOST_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class Pin:
    """A curated answer.

    Attributes:
        id: "p_" and sixteen hexadecimal digits.
        questions: The ways to ask, in either language.
        answer: Markdown.
        language: Of the answer.
        teams: Who gets it, sorted; empty means everyone.
        documents: Ids of the documents that it rests on, as far as the reader may see them.
        owner: Who answers for it.
        updated_at: When it was last changed, UTC; shown with the answer.
        updated_by: Who changed it last.
        review_by: Day on which it should be looked at again.
    """

    id: str
    questions: tuple[str, ...]
    answer: str
    language: str
    teams: tuple[str, ...]
    documents: tuple[str, ...]
    owner: str
    created_at: datetime
    updated_at: datetime
    updated_by: str
    review_by: date | None


class Pins:
    """The curated answers of a knowledge base."""

    def __init__(
        self, catalogue: Catalogue, model: CurrentModel, *, write_lock: AbstractContextManager[Any]
    ) -> None:
        """Wire up the parts."""
        self._catalogue = catalogue
        self._model = model
        self._write_lock = write_lock

    def add(
        self,
        questions: Sequence[str],
        answer: str,
        *,
        by: str,
        reader: Teams = None,
        owner: str | None = None,
        teams: Sequence[str] = (),
        documents: Sequence[str] = (),
        review_by: date | None = None,
    ) -> Pin:
        """Pin an answer to a question in one or more phrasings, best in both languages.

        Args:
            questions: The phrasings.
            answer: Markdown.
            by: Who pins it.
            reader: The teams of who pins it, None for the owner: the documents must be theirs to see.
            owner: Who answers for it; by default who pins it.
            teams: Who gets it; empty is everyone.
            documents: Ids of documents that it rests on.
            review_by: Day on which it should be looked at again.

        Raises:
            InvalidCuration: A value cannot be used.
            PinExists: The reader sees one for the same question, the same readers and in the same language.
            DocumentNotFound: A document does not exist, or the reader may not see it.
            EmbeddingFailed: The embedding model gives no vectors.
        """
        values = self._read({"questions": questions, "answer": answer, "owner": owner or by}, reader)
        values |= self._read({"teams": teams, "documents": documents, "review_by": review_by}, reader)
        now = utc_now()
        values |= {
            "id": f"p_{uuid4().hex[:16]}",
            "created_at": now,
            "updated_at": now,
            "updated_by": read_text(by, "by", _LONGEST_NAME),
        }
        self._refuse_second(values, reader)
        self._keep(insert(pins), values)
        return self.find(values["id"], teams=None)

    def edit(self, pin_id: str, *, by: str, reader: Teams, **changes: Any) -> Pin:
        """Change what is given of questions, answer, owner, teams, documents and review_by; else as `add`."""
        pin = self.find(pin_id, teams=reader)
        values = self._read(changes, reader) | {
            "updated_at": utc_now(),
            "updated_by": read_text(by, "by", _LONGEST_NAME),
        }
        kept = {"id": pin.id, "questions": pin.questions, "teams": pin.teams, "language": pin.language}
        self._refuse_second(kept | values, reader)
        self._keep(update(pins).where(pins.c.id == pin.id), values)
        return self.find(pin.id, teams=None)

    def remove(self, pin_id: str, *, teams: Teams) -> None:
        """Remove a curated answer. Raises PinNotFound."""
        pin = self.find(pin_id, teams=teams)
        with self._write_lock, write(self._catalogue.engine) as connection:
            connection.execute(delete(pins).where(pins.c.id == pin.id))

    def all(self, *, teams: Teams) -> list[Pin]:
        """List the curated answers that a reader may see, the newest first."""
        with self._catalogue.engine.connect() as connection:
            rows = _read_visible(connection, teams)
        named = {document_id for row in rows for document_id in row.documents}
        visible = {d.id for d in self._catalogue.read_documents(teams=teams, ids=named)} if named else set()
        return [_build_pin(row, visible) for row in rows]

    def find(self, pin_id: str, *, teams: Teams) -> Pin:
        """Return a curated answer. Raises PinNotFound."""
        found = next((pin for pin in self.all(teams=teams) if pin.id == pin_id), None)
        if found is None:
            raise PinNotFound(
                en=f"There is no curated answer {display(pin_id)}.", zh=f"没有置顶回答 {display(pin_id)}。"
            )
        return found

    def match(self, question: str, *, teams: Teams) -> Pin | None:
        """Return the curated answer to a question, None where no phrasing surely asks the same.

        Of several one for the reader's own team is taken before one for everyone, then the one in the
        question's language, then the newest.
        """
        with self._catalogue.engine.connect() as connection:
            rows = _read_visible(connection, teams)
        wanted = normalise(question)
        if not rows or not wanted:
            return None
        matching = [row for row in rows if any(normalise(q) == wanted for q in row.questions)]
        matching = matching or self._match_meaning(question, rows)
        language = detect_language(question)[:2]
        ranked = sorted(matching, key=lambda row: (not row.teams, row.language[:2] != language))
        return self.find(ranked[0].id, teams=teams) if ranked else None

    def _refuse_second(self, values: dict[str, Any], reader: Teams) -> None:
        """Raise PinExists where the reader sees another one that nobody could tell from this one by its question."""
        asked = {normalise(question): question for question in reversed(values["questions"])}
        with self._catalogue.engine.connect() as connection:
            rows = _read_visible(connection, reader)
        for row in rows:
            same = row.teams == list(values["teams"]) and row.language[:2] == values["language"][:2]
            shared = [asked[q] for q in map(normalise, row.questions) if q in asked]
            if same and shared and row.id != values["id"]:
                raise PinExists(
                    en=f"{display(shared[0])} has a curated answer for the same readers already: {row.id}, by "
                    f"{display(row.owner)}. Change that one (yunce pin edit, PATCH /v1/pins/{row.id}) or remove it.",
                    zh=f"问题{display(shared[0])}对同样的读者已有置顶回答 {row.id}（{display(row.owner)}）。请修改该回答"
                    f"（yunce pin edit，PATCH /v1/pins/{row.id}），或先将其移除。",
                    parameter="questions",
                )

    def _keep(self, statement: Insert | Update, values: dict[str, Any]) -> None:
        """Write a curated answer, with vectors of the model in use where its questions are given."""

        def keep(embedder: Embedder) -> None:
            made = {}
            if "questions" in values:
                made["vectors"] = embedder.embed(values["questions"]).astype("<f4").tobytes()
            with self._write_lock, write(self._catalogue.engine) as connection:
                if made:
                    self._model.claim(connection, embedder)
                connection.execute(statement.values(values | made))

        self._model.use(keep)

    def _match_meaning(self, question: str, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        import numpy as np

        try:
            [vector] = self._model.embed([question])
        except EmbeddingFailed:
            return []  # the phrasings still match word for word, and the question can be answered otherwise
        found = []
        for row in rows:
            matrix = np.frombuffer(row.vectors, dtype="<f4").reshape(len(row.questions), -1)
            if matrix.shape[1] != len(vector):
                continue  # of another embedding model; the phrasings still match word for word
            similarities = (matrix @ vector).tolist()
            pairs = zip(row.questions, similarities, strict=True)
            if any(c >= LEAST_SIMILARITY and is_same(question, phrasing, c) for phrasing, c in pairs):
                found.append(row)
        return found

    def _read(self, given: dict[str, Any], reader: Teams) -> dict[str, Any]:
        """Check what is given and return it as it is kept."""
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name == "questions":
                values["questions"] = _read_questions(value)
            elif name == "answer":
                values["answer"] = read_text(value, name, _LONGEST_ANSWER)
                values["language"] = detect_language(values["answer"])
            elif name == "owner":
                values["owner"] = read_text(value, name, _LONGEST_NAME)
            elif name == "teams":
                values["teams"] = sorted({read_text(team, name, _LONGEST_NAME) for team in value})
            elif name == "documents":
                found = [self._catalogue.read_document(i, teams=reader).id for i in dict.fromkeys(value)]
                values["documents"] = found[:_MOST_DOCUMENTS]
            elif name == "review_by":
                values["review_by"] = value
            else:
                raise TypeError(f"a pin has no {name}")
        return values


def _read_visible(connection: Connection, teams: Teams) -> list[Row[Any]]:
    rows = connection.execute(select(pins).order_by(pins.c.updated_at.desc(), pins.c.id)).all()
    return [row for row in rows if teams is None or not row.teams or not teams.isdisjoint(row.teams)]


def _build_pin(row: Row[Any], visible: set[str]) -> Pin:
    return Pin(
        id=row.id,
        questions=tuple(row.questions),
        answer=row.answer,
        language=row.language,
        teams=tuple(row.teams),
        documents=tuple(document_id for document_id in row.documents if document_id in visible),
        owner=row.owner,
        created_at=row.created_at.replace(tzinfo=UTC),
        updated_at=row.updated_at.replace(tzinfo=UTC),
        updated_by=row.updated_by,
        review_by=row.review_by,
    )


def _read_questions(values: Sequence[str]) -> list[str]:
    questions = [read_text(value, "questions", _LONGEST_QUESTION) for value in dict.fromkeys(values)]
    if not 1 <= len(questions) <= _MOST_QUESTIONS or not all(map(normalise, questions)):
        raise InvalidCuration(
            en=f"A curated answer needs 1 to {_MOST_QUESTIONS} phrasings of its question, in words.",
            zh=f"置顶回答需要 1 到 {_MOST_QUESTIONS} 种用文字写成的问法。",
            parameter="questions",
        )
    return questions


def read_text(value: str, parameter: str, longest: int) -> str:
    """Return a text without surrounding blanks, or raise InvalidCuration where it is empty or too long."""
    text = strip_surrogates(value).strip()
    if not text or len(text) > longest:
        raise InvalidCuration(
            en=f"{parameter} has {len(text):,} characters; it must have 1 to {longest:,}.",
            zh=f"{parameter} 有 {len(text):,} 个字符，应为 1 到 {longest:,} 个。",
            parameter=parameter,
        )
    return text
