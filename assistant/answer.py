"""The Answer: the same JSON from every door."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: "curated" is a person's answer that names no document.
Grounding = Literal["documents", "metrics", "both", "curated", "none"]
NumberStatus = Literal["evidence", "citation", "question", "derived", "curated", "unsupported"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(_Record):
    """A passage that the answer leans on; `quote` stands in the chunk byte for byte."""

    marker: str
    document_id: str
    version: int
    chunk_id: str
    title: str
    collection: str
    section: tuple[str, ...]
    page: int | None = None
    quote: str
    effective_date: str | None = None
    url: str | None = None
    #: Who edited the passage and on which day; None where it is as the document has it.
    edited_by: str | None = None
    edited_on: str | None = None

    @property
    def place(self) -> str:
        """Where the quote stands: the title and the headings below it."""
        below = self.section[1:] if self.section[:1] == (self.title,) else self.section
        return " › ".join((self.title, *below))


class EvidenceFigure(_Record):
    """One number of a metric result; `text` is how the answer writes it."""

    name: str
    value: float | None
    unit: str
    label: str
    text: str
    period: str | None = None
    segment: str | None = None
    n: int | None = None
    interval: tuple[float, float] | None = None


class DefinitionLine(_Record):
    """One line of the definition card (口径卡)."""

    label: str
    value: str


class Snapshot(_Record):
    """What a metric result was measured from; the same `data` is the same data."""

    data: dict[str, str] = Field(description="Fingerprint of each table, by its place in metrics.yaml.")
    events: int | None
    declared: dict[str, Any] = Field(description="What metrics.yaml said of all that the arguments name.")
    min_group: int
    shows_users: bool


class Evidence(_Record):
    """A metric result: what was computed, from what, under which definition."""

    marker: str
    tool: str
    title: str
    arguments: dict[str, Any]
    definition: tuple[DefinitionLine, ...]
    source: str
    data_as_of: str
    figures: tuple[EvidenceFigure, ...]
    table: dict[str, Any] | None = None
    chart: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    snapshot: Snapshot | None = None


class Numeral(_Record):
    """A numeral of the answer and where it comes from."""

    text: str
    value: float | None
    unit: str
    status: NumberStatus
    source: str | None = None


class Clarification(_Record):
    """A question back, asked only when the readings would differ materially."""

    question: str
    options: tuple[str, ...]


class Curated(_Record):
    """Whose answer it is, where a person wrote it: a curated answer is shown as such and as of its day."""

    pin_id: str
    owner: str
    updated_at: str
    review_by: str | None = None


class Usage(_Record):
    """What models counted of one answer, over all their replies; a model that failed half-way is in it."""

    input_tokens: int
    output_tokens: int
    cost: float | None = Field(None, description="By the prices of the settings; null where none are set.")
    currency: str | None = None
    complete: bool = Field(True, description="False where some reply was not counted by its endpoint.")


class Replaced(_Record):
    """An answer of the conversation that another one took the place of; it is still kept."""

    id: str
    question: str


class Answer(_Record):
    """What Yunce says, with everything that it leans on."""

    id: str
    conversation_id: str
    question: str
    taken_as: str | None = Field(
        None,
        description="What the question was taken for, where it stands for another one of the conversation.",
    )
    replaces: tuple[Replaced, ...] = Field(
        (),
        description="Answers of the conversation that this one takes the place of; the first had this question.",
    )
    language: Literal["zh", "en"]
    text: str = Field(description="Markdown, with [1] for documents and [E1] for evidence.")
    grounding: Grounding
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    numbers: tuple[Numeral, ...] = ()
    clarification: Clarification | None = None
    follow_ups: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    curated: Curated | None = None
    open_question: str | None = Field(
        None, description="Id of the unanswered question that this was noted as, where nothing answers it."
    )
    model: str
    usage: Usage | None = Field(
        None, description="Null where no model counted anything, as with the analyst."
    )
    elapsed_ms: int

    @property
    def shown(self) -> tuple[Evidence | Citation, ...]:
        """What it shows under a marker each."""
        everything: tuple[Evidence | Citation, ...] = (*self.evidence, *self.citations)
        return everything


EventName = Literal["step", "token", "evidence", "citation", "answer", "error"]


@dataclass(frozen=True, slots=True)
class AskEvent:
    """What happens while a question is answered.

    `step`: {tool, arguments} begins. `token`: {text, draft}; a higher draft number replaces what came before.
    `evidence`, `citation`: as in the Answer. `answer`: the whole Answer, always last and always right.
    """

    event: EventName
    data: dict[str, Any]
