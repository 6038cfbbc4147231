"""Answers that a person wrote: found for a question, and shown as theirs, with name and date."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from assistant.answer import Answer, AskEvent, Citation, Curated, Numeral
from assistant.errors import EXPECTED_ERRORS
from assistant.foreign import strip_foreign
from assistant.ledger.checking import build_record
from assistant.ledger.numerals import find_numerals
from assistant.quotations import make_inert
from assistant.quotes import score_quote
from assistant.turn import MARKER, Passage, Turn
from knowledge import Chunk, Document, KnowledgeBase
from knowledge.curation.pins import Pin

#: Name in an answer's `model`: nobody but its owner wrote it.
CURATED = "curated"
_COMPARED = 200


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage of a document that a curated answer rests on, as `Turn.cite` takes it."""

    document: Document
    chunk: Chunk
    score: float = 1.0


def find_curated(knowledge: KnowledgeBase, turn: Turn) -> Pin | None:
    """Return the curated answer to a turn's question; none where only some collections are asked."""
    if turn.collections:
        return None
    return knowledge.curation.pins.match(turn.question, teams=turn.principal.teams)


def write_curated(
    pin: Pin, knowledge: KnowledgeBase, turn: Turn, *, conversation: str, started: float
) -> Answer:
    """Return a curated answer as an Answer: its text as the owner wrote it, with what it rests on."""
    passages = [p for i in pin.documents if (p := _cite(pin, i, knowledge, turn)) is not None]
    urls = {passage.url for passage in passages if passage.url}
    body = strip_foreign(MARKER.sub("", pin.answer), urls).strip()
    citations = tuple(
        passage.cite(passage.marker, score_quote(pin.answer, passage.text)[1]) for passage in passages
    )
    _warn(pin, passages, knowledge, turn)
    day = pin.updated_at.date().isoformat()
    owner = make_inert(" ".join(pin.owner.split()))
    head = turn.say(zh=f"**置顶回答 · {owner} · {day}**", en=f"**Curated answer by {owner} · {day}**")
    return Answer(
        id=f"a_{uuid4().hex[:16]}",
        conversation_id=conversation,
        question=turn.asked or turn.question,
        taken_as=turn.question if turn.asked else None,
        replaces=turn.replaces,
        language=turn.language,
        text="\n\n".join(part for part in (head, body, _name_sources(citations, turn)) if part),
        grounding="documents" if citations else "curated",
        citations=citations,
        numbers=tuple(_account(body, pin)),
        warnings=tuple(turn.warnings),
        curated=Curated(
            pin_id=pin.id,
            owner=pin.owner,
            updated_at=day,
            review_by=pin.review_by.isoformat() if pin.review_by else None,
        ),
        model=CURATED,
        elapsed_ms=round(1000 * (time.monotonic() - started)),
    )


def curated_events(answer: Answer) -> Iterator[AskEvent]:
    """Yield the events of a curated answer, as those of any other."""
    yield AskEvent("token", {"text": answer.text, "draft": 1})
    for citation in answer.citations:
        yield AskEvent("citation", citation.model_dump(mode="json"))
    yield AskEvent("answer", answer.model_dump(mode="json"))


def _cite(pin: Pin, document_id: str, knowledge: KnowledgeBase, turn: Turn) -> Passage | None:
    """Return the passage of a document that says most of the answer; None where the asker may not see it."""
    try:
        document = knowledge.document(document_id, teams=turn.principal.teams)
    except EXPECTED_ERRORS:
        return None
    chunks = knowledge.chunks(document.id, teams=turn.principal.teams)[:_COMPARED]
    if not chunks:
        return None
    said = f"{turn.question} {pin.answer}"
    best = max(chunks, key=lambda chunk: (chunk.enabled, score_quote(said, chunk.text)[0]))
    return turn.cite(_Found(document, best))


def _name_sources(citations: tuple[Citation, ...], turn: Turn) -> str:
    named = [_name(citation, turn) for citation in citations]
    if not named:
        return ""
    return turn.say(zh=f"依据：{'、'.join(named)}", en=f"It rests on {', '.join(named)}.")


def _name(citation: Citation, turn: Turn) -> str:
    title, day = make_inert(citation.title), citation.effective_date
    zh, en = (f"（{day}）", f" ({day})") if day and day not in title else ("", "")
    return turn.say(zh=f"《{title}》{zh}[{citation.marker}]", en=f"“{title}”{en} [{citation.marker}]")


def _account(body: str, pin: Pin) -> Iterator[Numeral]:
    """Yield the numerals of the answer: they are the owner's, as of the day of the answer."""
    for numeral in find_numerals(body, names=()):
        yield build_record(numeral, "curated", pin.id)


def _warn(pin: Pin, passages: list[Passage], knowledge: KnowledgeBase, turn: Turn) -> None:
    if pin.review_by and pin.review_by < date.today():
        turn.warn(
            turn.say(
                zh=f"这条置顶回答应在 {pin.review_by} 前复核，至今没有更新，请向{pin.owner}确认。",
                en=f"This curated answer was to be reviewed by {pin.review_by} and was not; ask {pin.owner}.",
            )
        )
    for passage in passages:
        document = knowledge.document(passage.document_id, teams=turn.principal.teams)
        if document.updated_at > pin.updated_at:
            turn.warn(
                turn.say(
                    zh=f"《{document.title}》在这条置顶回答写成之后有过更新。",
                    en=f"“{document.title}” was updated after this curated answer was written.",
                )
            )
    turn.warn_of_validity(passages)
