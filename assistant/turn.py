"""One question's record of what was gathered: passages and metric results, each under a marker.

Markers are stable within a conversation: a later turn goes on counting and may lean on what an earlier one found,
if the asker still may see it.
"""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from assistant.access import Principal
from assistant.answer import Citation, Clarification, Evidence
from knowledge.documents import Stale

#: A marker as written in an answer's text: [1] or [E1].
MARKER = re.compile(r"\[(E?\d+)\]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was shown to the model, with what a citation needs; plain values, so it can be stored."""

    marker: str
    document_id: str
    version: int
    chunk_id: str
    title: str
    collection: str
    section: tuple[str, ...]
    page: int | None
    effective_date: str | None
    url: str | None
    kind: str
    language: str
    text: str
    score: float
    #: How likely it is that the search that found it found the answer, 0 to 1.
    likelihood: float = 0.0

    def cite(self, marker: str, quote: str) -> Citation:
        """Return the citation of `quote`, which must stand in the passage byte for byte."""
        return Citation(
            marker=marker, document_id=self.document_id, version=self.version, chunk_id=self.chunk_id,
            title=self.title, collection=self.collection, section=self.section, page=self.page, quote=quote,
            effective_date=self.effective_date, url=self.url,
        )  # fmt: skip


@dataclass(slots=True)
class Turn:
    """The context of one run of the agent: who asks, what, and what was gathered for it."""

    principal: Principal
    question: str
    language: str
    collections: tuple[str, ...] | None = None
    passages: dict[str, Passage] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    #: What structured passages (tactic cards) say in words, by marker, for the ledger.
    readings: dict[str, str] = field(default_factory=dict)
    #: Markers of the evidence that this turn measured, as against what earlier turns did.
    current: set[str] = field(default_factory=set)
    #: Sentences that this turn's tools returned as errors: they may be repeated as they are.
    statements: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    today: str | None = None
    answered_by: str | None = None
    model_calls: int = 0
    #: Ids of the tool calls that the model made, as against the analyst's.
    calls_of_model: set[str] = field(default_factory=set)
    follow_ups: list[str] = field(default_factory=list)
    clarification: Clarification | None = None
    #: Marks of documents that are out of date, by id.
    stale: dict[str, Stale] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def say(self, *, zh: str, en: str) -> str:
        """Return the sentence in the answer's language."""
        return zh if self.language == "zh" else en

    def warn(self, text: str) -> None:
        """Add a warning to the answer, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def warn_of_validity(self, document_ids: Iterable[str]) -> None:
        """Warn of each document that somebody marked as out of date, or that does not hold yet."""
        cited = {passage.document_id: passage for passage in self.passages.values()}
        titles = {document_id: passage.title for document_id, passage in cited.items()}
        for document_id in document_ids:
            begins = cited[document_id].effective_date if document_id in cited else None
            if begins and begins > date.today().isoformat():
                self.warn(
                    self.say(
                        zh=f"《{titles[document_id]}》自 {begins} 起生效，目前尚未生效",
                        en=f"“{titles[document_id]}” takes effect on {begins}; it does not hold yet",
                    )
                )
            if (mark := self.stale.get(document_id)) is not None:
                title, day = titles.get(document_id, document_id), mark.at.date().isoformat()
                zh, en = (f"：{mark.note}", f": {mark.note}") if mark.note else ("", "")
                self.warn(
                    self.say(
                        zh=f"《{title}》已被标记为过时（{mark.by}，{day}）{zh}",
                        en=f"“{title}” is marked as out of date ({mark.by}, {day}){en}",
                    )
                )

    def cite(self, result: Any, likelihood: float = 0.0) -> Passage:
        """Record a search result (or a (document, chunk) with a score) and return it under its marker.

        Args:
            result: What was found.
            likelihood: How likely it is that this search found the answer.
        """
        found = {"score": result.score, "likelihood": likelihood}
        with self._lock:
            for passage in self.passages.values():
                if passage.chunk_id == result.chunk.id:  # scores are those of the search at hand
                    self.passages[passage.marker] = again = replace(passage, **found)
                    return again
            document, chunk = result.document, result.chunk
            if document.stale is not None:
                self.stale[document.id] = document.stale
            passage = Passage(
                marker=str(_next(self.passages)),
                document_id=document.id,
                version=chunk.version,
                chunk_id=chunk.id,
                title=document.title,
                collection=document.collection,
                section=tuple(chunk.section),
                page=chunk.page,
                effective_date=document.effective_date.isoformat() if document.effective_date else None,
                url=document.source_url,
                kind=chunk.kind,
                language=chunk.language,
                text=chunk.text,
                **found,
            )
            self.passages[passage.marker] = passage
            return passage

    def record(self, result: Mapping[str, Any]) -> Evidence:
        """Record a metric result (its JSON form) and return it under its marker; the same result keeps its marker."""
        with self._lock:
            fields = {name: value for name, value in result.items() if name in Evidence.model_fields}
            evidence = Evidence(marker=f"E{_next(self.evidence)}", **fields)
            for known in self.evidence.values():
                if known.model_copy(update={"marker": evidence.marker}) == evidence:
                    self.current.add(known.marker)
                    return known
            self.evidence[evidence.marker] = evidence
            self.current.add(evidence.marker)
            return evidence

    def recall(self, passages: Sequence[Passage], evidence: Sequence[Evidence]) -> None:
        """Take over what earlier turns of the conversation gathered."""
        self.passages |= {passage.marker: passage for passage in passages}
        self.evidence |= {item.marker: item for item in evidence}


def _next(markers: Iterable[str]) -> int:
    return 1 + max((int(marker.lstrip("E")) for marker in markers), default=0)
