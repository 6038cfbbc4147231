"""What a turn knows of those before it: what they said and showed, as far as the asker may still see it.

A turn is remembered as its asker saw it, under the markers it was shown with; what was gathered and not shown is not.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from assistant.access import Principal
from assistant.answer import Answer
from assistant.conversation.references import find_references, name_unknown
from assistant.replay.book import KeptAnswer, is_narrowed
from assistant.turn import Passage, Turn
from assistant.visibility import Visibility


def find_standing(earlier: Sequence[KeptAnswer], principal: Principal, seen: Visibility) -> list[KeptAnswer]:
    """Return the earlier answers of a thread up to the first that leans on what was withdrawn.

    Those after it were said with the withdrawn text in view and may repeat it, so they go with it.
    """
    seen.look_up(chunk_id for kept in earlier for chunk_id in kept.chunks)
    return list(takewhile(lambda kept: _stands(kept, principal, seen), earlier))


def recall(
    turn: Turn,
    standing: Sequence[KeptAnswer],
    seen: Visibility,
    *,
    forgotten: Sequence[KeptAnswer] = (),
    again: bool = False,
) -> None:
    """Let a turn lean on what the standing answers showed, and note which of it the question names.

    Args:
        turn: The turn.
        standing: Earlier answers of its thread.
        seen: What the asker may see.
        forgotten: Those of which nothing is recalled, but whose markers nothing else is to bear.
        again: Whether the question is the last one once more, and refers to what stood before that.
    """
    answers = [kept.answer for kept in standing]
    turn.recall(
        [passage for answer in answers for passage in _passages(answer, turn, seen)],
        [item for answer in answers for item in answer.evidence],
        shown={item.marker for kept in forgotten for item in kept.answer.shown},
    )
    before = answers[:-1] if again else answers
    turn.referred = find_references(turn.question, before)
    if before and before[-1].evidence and find_references(_taken(before[-1]), before[:-1]):
        turn.follows = before[-1].evidence[0].marker
    if answers and (unknown := name_unknown(turn.question, answers)):
        named = "".join(f"[{marker}]" for marker in unknown)
        turn.warn(
            turn.say(
                zh=f"这段会话里没有 {named}，或已不再可见。",
                en=f"This conversation has no {named}, or it may no longer be seen.",
            )
        )


def _stands(kept: KeptAnswer, principal: Principal, seen: Visibility) -> bool:
    """Tell whether the asker would still be given all that was gathered for an answer."""
    curated = kept.answer.curated
    return (
        all(map(seen.chunk, kept.chunks))
        and all(map(seen.source, kept.sources))
        and not any(is_narrowed(item, seen.metrics, principal) for item in kept.answer.evidence)
        and (curated is None or seen.curated(curated.pin_id, since=kept.asked_at))
    )


def _passages(answer: Answer, turn: Turn, seen: Visibility) -> Iterator[Passage]:
    """Yield the passages that an answer cites, under its markers; those of documents out of date are noted."""
    for citation in answer.citations:
        if (passage := seen.passage(citation.chunk_id)) is None:
            continue
        document, chunk = passage
        if document.stale:
            turn.stale[document.id] = document.stale
        cited = citation.model_dump(exclude={"quote"})
        yield Passage(**cited, kind=chunk.kind, language=chunk.language, text=chunk.text, score=0.0)


def _taken(answer: Answer) -> str:
    return answer.taken_as or answer.question
