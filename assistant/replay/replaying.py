"""Replaying an answer: every measurement made again, every citation looked up, with the eyes of who reads it now."""

from datetime import UTC, datetime

from assistant.access import Principal
from assistant.answer import Answer
from assistant.errors import EXPECTED_ERRORS
from assistant.replay.book import KeptAnswer
from assistant.replay.findings import Reason, Replay
from assistant.replay.measurements import replay_evidence
from assistant.replay.quotations import replay_citation
from assistant.replay.sentences import Sentences
from assistant.visibility import Visibility
from knowledge import KnowledgeBase
from tools import Metrics


def replay_answer(
    kept: KeptAnswer, *, knowledge: KnowledgeBase, metrics: Metrics | None, principal: Principal
) -> Replay:
    """Say what became of all that an answer leans on.

    Data, definitions and documents are read as they are, and as the principal may see them now: of what they may not,
    no more is told than that.
    """
    answer = kept.answer
    sentences = Sentences(answer.language)
    seen = Visibility(knowledge, metrics, principal.teams)
    evidence = tuple(
        replay_evidence(item, metrics=metrics, seen=seen, principal=principal, sentences=sentences)
        for item in answer.evidence
    )
    citations = tuple(
        replay_citation(
            item, knowledge=knowledge, principal=principal, asked_at=kept.asked_at, sentences=sentences
        )
        for item in answer.citations
    )
    reasons: list[Reason] = [r for item in evidence if item.status != "unchanged" for r in item.reasons]
    for item in citations:
        reasons += ["withdrawn" if change == "withdrawn" else "document" for change in item.changes]
    curated = _replay_curated(kept, knowledge, principal, sentences)
    if curated is not None and curated[0]:
        reasons.append("curated")
    named = tuple(dict.fromkeys(reasons))
    return Replay(
        id=answer.id,
        question=answer.question,
        language=answer.language,
        asked_at=kept.asked_at,
        replayed_at=datetime.now(UTC),
        changed=bool(named),
        reasons=named,
        evidence=evidence,
        citations=citations,
        curated=curated and curated[1],
        statement=sentences.summary(named, leans=_leans(answer), changed=bool(named)),
    )


def _leans(answer: Answer) -> bool:
    return bool(answer.evidence or answer.citations or answer.curated)


def _replay_curated(
    kept: KeptAnswer, knowledge: KnowledgeBase, principal: Principal, sentences: Sentences
) -> tuple[bool, str] | None:
    """Tell whether a curated answer changed, and what became of it; None where the answer is none."""
    if (given := kept.answer.curated) is None:
        return None
    try:
        pin = knowledge.curation.pins.find(given.pin_id, teams=principal.teams)
    except EXPECTED_ERRORS:
        return True, sentences.curated(given.owner, None, changed=True)
    changed = pin.updated_at > kept.asked_at
    return changed, sentences.curated(pin.owner, pin.updated_at, changed=changed)
