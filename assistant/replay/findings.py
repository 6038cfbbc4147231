"""What a replay finds: of each measurement, each citation and a curated answer, whether it changed and why."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.language import Language

#: Why a figure is another one. "other": neither data nor definition changed; the tool counts from today, or was updated.
Reason = Literal["data", "definition", "document", "curated", "withdrawn", "other"]
EvidenceStatus = Literal["unchanged", "changed", "failed", "withdrawn"]
CitationChange = Literal["newer_version", "edited", "disabled", "stale", "replaced", "withdrawn"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class FigureChange(_Record):
    """A figure as it was and as it is; null where there was or is none."""

    name: str
    label: str
    segment: str | None
    period: str | None
    before: str | None
    now: str | None


class LineChange(_Record):
    """A line of the definition card, or a key of metrics.yaml, as it was and as it is."""

    label: str
    before: str | None
    now: str | None


class DataChange(_Record):
    """The data as it was and as it is."""

    tables: tuple[str, ...] = Field(description="Places in metrics.yaml whose data is not what it was.")
    events_before: int | None
    events_now: int | None
    as_of_before: str
    as_of_now: str


class EvidenceReplay(_Record):
    """A measurement that was made again by the same tool with the same arguments."""

    marker: str
    title: str | None = Field(description="null where it may no longer be seen.")
    status: EvidenceStatus
    reasons: tuple[Reason, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    table_changed: bool = False
    definition: tuple[LineChange, ...] = Field((), description="Lines of the definition card that changed.")
    declared: tuple[LineChange, ...] = Field((), description="Keys of metrics.yaml that changed.")
    data: DataChange | None = None
    statement: str = Field(description="What became of it, in a sentence.")


class CitationReplay(_Record):
    """A quotation that was looked up again."""

    marker: str
    title: str | None = Field(description="null where it may no longer be seen.")
    document_id: str | None
    changes: tuple[CitationChange, ...] = ()
    version_before: int
    version_now: int | None = None
    quote_stands: bool | None = Field(None, description="Whether the quote stands in the document as it is.")
    statement: str


class Replay(_Record):
    """What became of an answer's evidence and citations."""

    id: str
    question: str
    language: Language
    asked_at: datetime
    replayed_at: datetime
    changed: bool
    reasons: tuple[Reason, ...]
    evidence: tuple[EvidenceReplay, ...]
    citations: tuple[CitationReplay, ...]
    curated: str | None = Field(None, description="What became of the curated answer, in a sentence.")
    statement: str
