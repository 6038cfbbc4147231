"""What the routes of curation take and give."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from bots.api.models import ChunkView, DocumentView, RequestModel, ResponseModel


class VersionView(ResponseModel):
    """One version in a document's history."""

    version: int
    title: str
    effective_date: date | None
    updated_at: datetime
    chunk_count: int
    content_hash: str
    file_name: str = Field(description="Empty where the file was not kept.")
    state: Literal["in_force", "waiting", "superseded"] = Field(
        description="waiting: will be searched from its effective date on."
    )


class VersionList(ResponseModel):
    """A document's versions, newest first."""

    versions: tuple[VersionView, ...]


class SimilarDocument(ResponseModel):
    """A document that says nearly the same as another."""

    document: DocumentView
    similarity: float = Field(description="Share of what the two have in common, 0.8 to 1.")


class SimilarList(ResponseModel):
    """Documents that say nearly the same, the most similar first."""

    documents: tuple[SimilarDocument, ...]


class ChunkInContext(ResponseModel):
    """A passage in its section: `text[start:end]` is the passage."""

    chunk: ChunkView
    document: DocumentView = Field(description="As of the version that the passage belongs to.")
    text: str = Field(description="The section, or of a long one the part around the passage.")
    start: int
    end: int
    original: str | None = Field(description="The passage as extracted from the file; null: not kept.")


class ChunkChange(RequestModel):
    """What to change of a passage; what is left out stays."""

    text: str | None = Field(None, description="The text in its place; null puts the document's own back.")
    enabled: bool | None = Field(None, description="false takes it out of search; it stays citable.")


class StaleMark(RequestModel):
    """Why a document is out of date."""

    note: str = Field("", max_length=1_000)


class DocumentChange(RequestModel):
    """What to mark on a document; what is left out stays."""

    owner: str | None = Field(None, description="Whom to ask; null: as the document itself says.")
    stale: StaleMark | None = Field(None, description="Marks it as out of date; null takes the mark off.")


class PinView(ResponseModel):
    """A curated answer."""

    id: str
    questions: tuple[str, ...]
    answer: str
    language: str
    teams: tuple[str, ...] = Field(description="Who gets it; empty means everyone.")
    documents: tuple[str, ...] = Field(description="Ids of documents that it rests on.")
    owner: str
    created_at: datetime
    updated_at: datetime
    updated_by: str
    review_by: date | None


class PinList(ResponseModel):
    """The curated answers that the asker may see, the newest first."""

    pins: tuple[PinView, ...]


class PinRequest(RequestModel):
    """A curated answer to pin."""

    questions: list[str] = Field(
        min_length=1,
        max_length=50,
        description="The ways to ask, best in both languages.",
        examples=[["次日留存怎么算？", "How is day-1 retention calculated?"]],
    )
    answer: str = Field(description="Markdown.")
    teams: list[str] = Field([], description="Who gets it; empty means everyone.")
    documents: list[str] = Field([], max_length=20, description="Ids of documents that it rests on.")
    owner: str | None = Field(None, description="Who answers for it; by default the key's name.")
    review_by: date | None = Field(None, description="Day on which to look at it again.")


class PinChange(RequestModel):
    """What to change of a curated answer; what is left out stays."""

    questions: list[str] | None = Field(None, min_length=1, max_length=50)
    answer: str | None = None
    teams: list[str] | None = None
    documents: list[str] | None = Field(None, max_length=20)
    owner: str | None = None
    review_by: date | None = Field(None, description="null: no such day.")


class QuestionView(ResponseModel):
    """Questions that nothing answered and that mean the same."""

    id: str
    samples: tuple[str, ...] = Field(description="Different phrasings, the newest first.")
    count: int
    first_asked: datetime
    last_asked: datetime
    teams: tuple[str, ...] | None = Field(description="Of those who asked; null: the owner.")
    owner: str | None = Field(description="Who looks after it.")
    state: Literal["open", "answered", "dismissed"]
    document_id: str | None = Field(description="The document that answered it, where the asker may see it.")
    closed_at: datetime | None
    closed_by: str | None


class QuestionList(ResponseModel):
    """Unanswered questions, the most asked first."""

    questions: tuple[QuestionView, ...]


class QuestionChange(RequestModel):
    """What to change of an unanswered question; what is left out stays."""

    owner: str | None = Field(None, description="Who looks after it; null: nobody.")
    state: Literal["open", "dismissed"] | None = None
