"""What the routes take and give, as the OpenAPI document shows it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, Self

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Citation, DefinitionLine, Evidence, EvidenceFigure
from assistant.planning.advice import Advice
from knowledge.documents import Chunk, Document, SearchResult

AnswerLanguage = Literal["zh", "en"]


class RequestModel(BaseModel):
    """What a route takes; an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ResponseModel(BaseModel):
    """What a route gives."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class AskRequest(RequestModel):
    """A question."""

    question: str = Field(
        description="The question, in Chinese or English.", examples=["上周次日留存为什么掉了？"]
    )
    conversation_id: str | None = Field(None, description="Goes on with an earlier answer's conversation_id.")
    language: AnswerLanguage | None = Field(
        None, description="Language of the answer; the question's when left out."
    )
    collections: list[str] | None = Field(None, max_length=50, description="Read only these collections.")
    replace: str | None = Field(
        None,
        description="Id of an earlier answer of one's own: the question takes the place of that one's, and of all after it "
        "in its conversation.",
    )
    stream: bool = Field(False, description="Answer as server-sent events; as Accept: text/event-stream.")


class SearchRequest(RequestModel):
    """What to look for."""

    q: str = Field(description="A question or words.")
    limit: int = Field(8, ge=1, le=100, description="Most results.")
    collection: list[str] | None = Field(None, description="Search only this collection; may be repeated.")


class TacticsRequest(RequestModel):
    """What to suggest tactics for."""

    stage: str | None = Field(
        None,
        description="acquisition, activation, retention, engagement, revenue or referral; else the weakest.",
    )
    query: str | None = Field(None, max_length=2_000, description="What matters, in words.")
    language: AnswerLanguage | None = Field(
        None, description="Language of the suggestions; the query's when left out."
    )


class UploadRequest(RequestModel):
    """A document, as a multipart form. What is left out is taken from its front matter."""

    file: UploadFile = Field(description="The file; its extension says how it is read.")
    collection: str | None = Field(None, description="Shelf, e.g. playbooks.")
    teams: list[str] | None = Field(
        None, description="Who may read it; repeated or separated by commas. Empty: all."
    )
    title: str | None = None
    tags: list[str] | None = Field(None, description="Free labels; repeated or separated by commas.")
    effective_date: str | None = Field(None, description="Day from which it holds, YYYY-MM-DD.")


class ListRequest(RequestModel):
    """Which documents to list."""

    collection: list[str] | None = Field(None, description="Only this collection; may be repeated.")
    limit: int = Field(100, ge=1, le=1_000)
    offset: int = Field(0, ge=0, le=10_000_000)


class StaleView(ResponseModel):
    """That a document is out of date, as somebody marked it."""

    at: datetime
    by: str
    note: str


class DocumentView(ResponseModel):
    """A document in its current version."""

    id: str
    title: str
    collection: str
    language: str = Field(description="zh-Hans, zh-Hant, en or und.")
    teams: tuple[str, ...] = Field(description="Who may read it; empty means everyone.")
    tags: tuple[str, ...]
    effective_date: date | None = Field(description="Day from which it holds; until then it is not searched.")
    waiting: bool = Field(description="That this day is still to come.")
    owner: str | None
    source: str = Field(description="File name, or path in its folder.")
    source_url: str | None
    content_hash: str
    version: int
    updated_at: datetime
    chunk_count: int
    stale: StaleView | None = Field(None, description="Set where a person marked it as out of date.")
    replaced_by: str | None = Field(None, description="Id of the document that took its place in search.")


class StoredDocument(DocumentView):
    """A document that was just taken in."""

    status: Literal["added", "updated", "unchanged"]
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document, status: str, warnings: Sequence[str]) -> Self:
        """Build the view of an ingested document."""
        fields = DocumentView.model_validate(document).model_dump()
        return cls.model_validate({**fields, "status": status, "warnings": tuple(warnings)})


class DocumentList(ResponseModel):
    """One page of the documents that the asker may read."""

    documents: tuple[DocumentView, ...]
    total: int


class ChunkView(ResponseModel):
    """A passage; its text is exactly what is cited."""

    id: str
    document_id: str
    version: int
    position: int
    section: tuple[str, ...] = Field(description="Headings from the outermost to the innermost.")
    page: int | None
    language: str
    kind: str = Field(description="prose, table, code, or the name of a fenced block such as tactic.")
    text: str
    enabled: bool = Field(description="Whether it is searched.")
    edited_by: str | None = Field(None, description="Who edited it; null: it is as the document has it.")
    edited_at: datetime | None = None

    @classmethod
    def of(cls, chunk: Chunk) -> Self:
        """Build the view of a chunk."""
        return cls.model_validate(chunk)


class ChunkList(ResponseModel):
    """The passages of a document in reading order."""

    chunks: tuple[ChunkView, ...]


class AcceptedUpload(ResponseModel):
    """A document that will be taken in; the job tells when and whether."""

    document_id: str | None = Field(description="None for an archive, whose job names its documents.")
    job_id: str


class FileFailure(ResponseModel):
    """A file of an archive that could not be taken in, and why."""

    source: str
    code: str
    detail: str


class StoredArchive(ResponseModel):
    """The documents that an archive held, and what in it could not be taken in."""

    documents: tuple[StoredDocument, ...]
    failures: tuple[FileFailure, ...]


class JobView(ResponseModel):
    """A job of this process."""

    state: Literal["queued", "running", "done", "failed"]
    progress: float = Field(ge=0, le=1)
    error: dict[str, Any] | None = Field(None, description="A problem document, where it failed.")
    result: StoredDocument | StoredArchive | None = Field(None, description="What was taken in, once it is.")


class MarkView(ResponseModel):
    """What somebody did to a document that says nearly the same."""

    kind: Literal["stale", "edited", "disabled"] = Field(
        description="stale: that document; edited, disabled: this very passage in it."
    )
    document_id: str
    title: str
    by: str
    at: datetime
    note: str


class SearchHit(ResponseModel):
    """A passage that was found. Scores are on absolute scales, 0 to 1."""

    chunk_id: str
    document_id: str
    title: str
    source: str = Field(description="File name, or path in its folder.")
    section: tuple[str, ...]
    page: int | None
    text: str
    score: float
    dense_score: float
    lexical_score: float
    similar: tuple[str, ...] = Field(description="Ids of older documents that say nearly the same.")
    stale: StaleView | None = Field(
        None, description="Set where a person marked the document as out of date."
    )
    edited_by: str | None = Field(
        None, description="Who edited the passage; null: it is as the document has it."
    )
    edited_at: datetime | None = None
    marks: tuple[MarkView, ...] = Field(
        (), description="What people did to documents that say nearly the same."
    )

    @classmethod
    def of(cls, result: SearchResult) -> Self:
        """Build the view of a search result."""
        document, chunk = result.document, result.chunk
        stale = StaleView.model_validate(document.stale) if document.stale else None
        return cls(
            chunk_id=chunk.id, document_id=document.id, title=document.title, source=document.source,
            section=chunk.section, page=chunk.page, text=chunk.text, score=result.score,
            dense_score=result.dense_score, lexical_score=result.lexical_score,
            similar=result.similar, stale=stale, edited_by=chunk.edited_by, edited_at=chunk.edited_at,
            marks=tuple(MarkView.model_validate(mark) for mark in result.marks),
        )  # fmt: skip


class SearchResponse(ResponseModel):
    """What was found, best first."""

    results: tuple[SearchHit, ...]
    answerable: bool = Field(
        description="Whether the answer is likely among them: `likelihood` is .5 or more."
    )
    likelihood: float = Field(description="How likely it is that they hold the answer, 0 to 1.")


class ResultTable(ResponseModel):
    """The rows behind the figures, at most 200 of them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total_rows: int


class MetricReport(ResponseModel):
    """A metric result: figures with their definition, table and chart."""

    tool: str
    title: str
    arguments: dict[str, Any] = Field(description="Every argument as it was used, defaults among them.")
    definition: tuple[DefinitionLine, ...] = Field(description="The definition card (口径卡).")
    figures: tuple[EvidenceFigure, ...] = Field(description="Headline first.")
    table: ResultTable
    chart: dict[str, Any] = Field(description="A Vega-Lite specification with its data.")
    source: str
    data_as_of: str
    warnings: tuple[str, ...]
    n: int


class TacticsResponse(Advice):
    """Tactics with what their markers cite: [1] a tactic card, [E1] a measurement."""

    language: AnswerLanguage
    citations: tuple[Citation, ...]
    evidence: tuple[Evidence, ...]


class Health(ResponseModel):
    """Whether the server answers, and how well: "degraded" searches more slowly while an index is rebuilt."""

    status: Literal["ok", "degraded"] = "ok"
    detail: str | None = None
