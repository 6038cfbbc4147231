"""One question's record of what was gathered: passages and metric results, each under a marker.

Markers are stable within a conversation: a later turn goes on counting and may lean on what an earlier one showed,
if the asker still may see it.
"""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from assistant.access import Principal
from assistant.answer import Citation, Clarification, Evidence, Replaced
from assistant.ledger.lexicon import EMPTY, Lexicon
from assistant.usage import Meter
from knowledge.documents import Mark, Stale

#: A marker as written in an answer's text: [1] or [E1].
MARKER = re.compile(r"\[(E?\d+)\]")
#: Several markers in one pair of brackets, or in Chinese ones, as models write them.
MARKERS = re.compile(r"[\[【［](E?\d+(?:\s*[,，、;；]\s*E?\d+)*)[\]】］]")


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
    #: Who edited it and on which day; None where it is as the document has it.
    edited_by: str | None = None
    edited_on: str | None = None
    #: Whom to ask about the document.
    owner: str | None = None

    def cite(self, marker: str, quote: str) -> Citation:
        """Return the citation of `quote`, which must stand in the passage byte for byte."""
        return Citation(
            marker=marker, document_id=self.document_id, version=self.version, chunk_id=self.chunk_id,
            title=self.title, collection=self.collection, section=self.section, page=self.page, quote=quote,
            effective_date=self.effective_date, url=self.url, edited_by=self.edited_by, edited_on=self.edited_on,
        )  # fmt: skip


@dataclass(slots=True)
class Turn:
    """The context of one run of the agent: who asks, what, and what was gathered for it."""

    principal: Principal
    question: str
    language: str
    #: What the asker wrote, where the question is what it was taken for.
    asked: str | None = None
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
    #: Names with digits in them, which the ledger must not take for numerals.
    names: Sequence[str] = ()
    #: The names of segments.
    lexicon: Lexicon = EMPTY
    #: Whether a draft went back to the model for figures without a source; it does so once.
    sent_back: bool = False
    answered_by: str | None = None
    model_calls: int = 0
    #: Which of the endpoints is asked, by its place in the settings.
    endpoint: int = 0
    #: Until when models may take, on the monotonic clock; None before the first is asked.
    deadline: float | None = None
    #: What the models counted.
    meter: Meter = field(default_factory=Meter)
    #: The system prompt that the model got, which is not for an answer to tell.
    instructions: str = ""
    #: Names of the tools that may be called.
    tools: frozenset[str] = frozenset()
    #: Ids of the tool calls that the model made, as against the analyst's.
    calls_of_model: set[str] = field(default_factory=set)
    follow_ups: list[str] = field(default_factory=list)
    clarification: Clarification | None = None
    #: Marks of documents that are out of date, by id.
    stale: dict[str, Stale] = field(default_factory=dict)
    #: Markers that earlier turns of the conversation showed: they are not given to anything else.
    shown: set[str] = field(default_factory=set)
    #: Markers of what earlier turns showed that the question refers to.
    referred: tuple[str, ...] = ()
    #: What the turn before measured, where its question referred to something: a follow-up leans on that.
    follows: str | None = None
    #: Answers of the conversation that this one takes the place of.
    replaces: tuple[Replaced, ...] = ()
    #: What people did to near duplicates of passages, by the passage's chunk.
    marks: dict[str, tuple[Mark, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def say(self, *, zh: str, en: str) -> str:
        """Return the sentence in the answer's language."""
        return zh if self.language == "zh" else en

    def warn(self, text: str) -> None:
        """Add a warning to the answer, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def warn_of_validity(self, cited: Iterable[Passage | Citation]) -> None:
        """Warn of each document that somebody marked as out of date, or that does not hold yet, and of such copies."""
        today = date.today().isoformat()
        for passage in cited:
            title, begins = passage.title, passage.effective_date
            if begins and begins > today:
                self.warn(
                    self.say(
                        zh=f"《{title}》自 {begins} 起生效，目前尚未生效",
                        en=f"“{title}” takes effect on {begins}; it does not hold yet",
                    )
                )
            if (mark := self.stale.get(passage.document_id)) is not None:
                day = mark.at.date().isoformat()
                zh, en = (f"：{mark.note}", f": {mark.note}") if mark.note else ("", "")
                self.warn(
                    self.say(
                        zh=f"《{title}》已被标记为过时（{mark.by}，{day}）{zh}",
                        en=f"“{title}” is marked as out of date ({mark.by}, {day}){en}",
                    )
                )
            for copied in self.marks.get(passage.chunk_id, ()):
                self.warn(f"[{passage.marker}] {copied.describe().in_language(self.language)}")

    def cite(self, result: Any, likelihood: float = 0.0) -> Passage:
        """Record a search result (or a (document, chunk) with a score) and return it under its marker.

        Args:
            result: What was found.
            likelihood: How likely it is that this search found the answer.
        """
        found = {"score": result.score, "likelihood": likelihood}
        with self._lock:
            if marks := getattr(result, "marks", ()):
                self.marks[result.chunk.id] = marks
            for passage in self.passages.values():
                if passage.chunk_id == result.chunk.id:  # scores are those of the search at hand
                    self.passages[passage.marker] = again = replace(passage, **found)
                    return again
            document, chunk = result.document, result.chunk
            if document.stale is not None:
                self.stale[document.id] = document.stale
            passage = Passage(
                marker=next_marker("", [*self.passages, *self.shown]),
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
                edited_by=chunk.edited_by,
                edited_on=chunk.edited_at.date().isoformat() if chunk.edited_at else None,
                owner=document.owner,
                **found,
            )
            self.passages[passage.marker] = passage
            return passage

    def record(self, result: Mapping[str, Any]) -> Evidence:
        """Record a metric result (its JSON form) and return it under its marker; the same result keeps its marker."""
        with self._lock:
            fields = {name: value for name, value in result.items() if name in Evidence.model_fields}
            evidence = Evidence(marker=next_marker("E", [*self.evidence, *self.shown]), **fields)
            for known in self.evidence.values():
                if known.model_copy(update={"marker": evidence.marker}) == evidence:
                    self.current.add(known.marker)
                    return known
            self.evidence[evidence.marker] = evidence
            self.current.add(evidence.marker)
            return evidence

    def recall(
        self, passages: Sequence[Passage], evidence: Sequence[Evidence], *, shown: Iterable[str] = ()
    ) -> None:
        """Take over what earlier turns of the conversation showed, and the markers that are taken."""
        self.passages |= {passage.marker: passage for passage in passages}
        self.evidence |= {item.marker: item for item in evidence}
        self.shown |= {*self.passages, *self.evidence, *shown}


def next_marker(lead: str, markers: Iterable[str]) -> str:
    """Return the marker after those of its kind: "E" leads evidence, nothing a passage.

    >>> next_marker("E", ["1", "2", "E1"]), next_marker("", ["2", "E5"]), next_marker("", [])
    ('E2', '3', '1')
    """
    numbers = [int(marker.lstrip("E")) for marker in markers if marker.startswith("E") == bool(lead)]
    return f"{lead}{1 + max(numbers, default=0)}"


def markers_of(text: str) -> list[str]:
    """Return the markers in a text, in order."""
    return [marker for found in MARKERS.finditer(text) for marker in re.findall(r"E?\d+", found[1])]
