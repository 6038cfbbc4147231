"""What the knowledge base holds and gives back: documents, chunks and search results."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from knowledge.errors import quote_chinese

Status = Literal["reading", "added", "updated", "moved", "unchanged", "removed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Stale:
    """That somebody marked a document as out of date: when (UTC), who, and why."""

    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one document.

    Attributes:
        id: Stable through updates, "d_" and sixteen hexadecimal digits.
        title: From the front matter, the first heading, or else the file's name.
        collection: Name of the shelf it stands on, e.g. "playbooks".
        language: "zh-Hans", "zh-Hant", "en" or "und".
        teams: Who may read it, sorted; empty means everyone.
        tags: Free labels, in the order given.
        effective_date: The date from which its content holds, if stated; until then it is not searched.
        owner: Whom to ask: as assigned by a person, else as the document states.
        source: File path relative to its folder, or the name under which it was uploaded.
        origin: The synced folder that it belongs to, or whatever its uploader keeps sources apart by; "" for none.
        source_url: Where the original lives, if stated.
        content_hash: SHA-256 over its bytes and the metadata given with them, hexadecimal.
        version: Counts from 1.
        updated_at: When this version was taken in, UTC.
        chunk_count: Number of chunks of this version.
        stale: That it is out of date, as marked by a person.
        replaced_by: Id of the document that took its place in search.
    """

    id: str
    title: str
    collection: str
    language: str
    teams: tuple[str, ...]
    tags: tuple[str, ...]
    effective_date: date | None
    owner: str | None
    source: str
    origin: str
    source_url: str | None
    content_hash: str
    version: int
    updated_at: datetime
    chunk_count: int
    stale: Stale | None = None
    replaced_by: str | None = None

    @property
    def waiting(self) -> bool:
        """Whether its effective date is still to come, so that it can be read and cited but is not searched."""
        return self.effective_date is not None and self.effective_date > date.today()


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One version in a document's history.

    Attributes:
        state: "in_force" is searched, "waiting" will be from its effective date on, "superseded" was.
        file_name: Name of the file that it was read from; "" where the file was not kept.
    """

    version: int
    title: str
    effective_date: date | None
    updated_at: datetime
    chunk_count: int
    content_hash: str
    file_name: str
    state: Literal["in_force", "waiting", "superseded"]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it was taken in."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class ChunkContext:
    """A chunk in its section.

    Attributes:
        text: The section, or of a long one the part around the chunk.
        start: Where the chunk begins in it.
        end: Where the chunk ends in it.
        original: The passage as it was extracted from the file, before cleaning and edits; None if not kept.
    """

    document: Document
    chunk: "Chunk"
    text: str
    start: int
    end: int
    original: str | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage that can be found and cited. Its text is exactly what is quoted.

    Attributes:
        id: "c_" and sixteen hexadecimal digits; a hash of document, version, position and text.
        document_id: The document it belongs to.
        version: The document's version that it belongs to.
        position: Counts from 0 within the version.
        section: Path of headings from the outermost to the innermost.
        page: Page number from 1 where the format has pages.
        language: "zh-Hans", "zh-Hant", "en" or "und".
        kind: "prose", "table", "code", "qa" for a question with its answer, or the info string of a fenced block, e.g. "tactic".
        text: The passage.
        enabled: Whether it is searched; a person may have disabled it.
        edited_by: Who edited it; None where it is as the document has it.
        edited_at: When, UTC.
    """

    id: str
    document_id: str
    version: int
    position: int
    section: tuple[str, ...]
    page: int | None
    language: str
    kind: str
    text: str
    enabled: bool = True
    edited_by: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody did to a document that says nearly the same as one that was found.

    Attributes:
        kind: "stale" for the document; "edited" or "disabled" for the very passage that was found.
        document_id: That document.
        title: Its title.
        by: Who did it.
        at: When, UTC.
        note: Why, where it was said.
    """

    kind: Literal["stale", "edited", "disabled"]
    document_id: str
    title: str
    by: str
    at: datetime
    note: str = ""

    def describe(self) -> "Notice":
        """Say it in a sentence without its end."""
        day, zh, en = self.at.date(), f"：{self.note}" * bool(self.note), f": {self.note}" * bool(self.note)
        if self.kind == "stale":
            return Notice(
                en=f"“{self.title}”, which says nearly the same, is marked as out of date ({self.by}, {day}){en}",
                zh=f"内容几乎相同的《{self.title}》已被标记为过时（{self.by}，{day}）{zh}",
            )
        did_zh = {"edited": "编辑", "disabled": "停用"}[self.kind]
        return Notice(
            en=f"in “{self.title}”, which says nearly the same, this passage was {self.kind} ({self.by}, {day})",
            zh=f"在内容几乎相同的《{self.title}》中，这段话已被{did_zh}（{self.by}，{day}）",
        )


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A chunk that was found, with its document and scores.

    Attributes:
        document: The document, in its current version.
        chunk: The passage.
        score: Fused score on an absolute scale, 0 to 1.
        dense_score: Similarity of meaning, 0 to 1.
        lexical_score: Similarity of words, by translation where the languages differ, 0 to 1.
        rerank_score: Relevance that the second stage gave, 0 to 1; None where there is none. Results that have
            one are ordered by it.
        similar: Ids of older documents that say nearly the same and are therefore not listed.
        marks: What people did to documents that say nearly the same, and to this passage in them.
    """

    document: Document
    chunk: Chunk
    score: float
    dense_score: float
    lexical_score: float
    rerank_score: float | None = None
    similar: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


ANSWERABLE = 0.5
"""From this likelihood on a question counts as answerable."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found.

    Attributes:
        results: Best first.
        likelihood: How likely it is that they hold the answer, 0 to 1 (see `answerability.judge`).
    """

    results: tuple[SearchResult, ...]
    likelihood: float

    @property
    def answerable(self) -> bool:
        """Whether the answer is likely among the results, rather than that the knowledge base lacks it."""
        return self.likelihood >= ANSWERABLE


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling a person, in both languages."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "zh", quote_chinese(self.zh))

    def in_language(self, language: str) -> str:
        """Return the Chinese text for "zh" (and its variants), else the English."""
        return self.zh if language.startswith("zh") else self.en
