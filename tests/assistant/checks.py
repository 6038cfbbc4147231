"""What holds for every answer, whoever wrote it."""

import re
from collections.abc import Iterator

from assistant.access import Principal
from assistant.answer import Answer, AskEvent
from assistant.assistant import Assistant
from assistant.ledger.numerals import find_numerals

_MARKER = re.compile(r"\[(E?\d+)\]")
_LINKS = re.compile(r"\]\(|\]:|<[A-Za-z/!?]|https?:|javascript:|www\.", re.IGNORECASE)


def check_answer(answer: Answer, assistant: Assistant, principal: Principal) -> None:
    """Check promises 1 and 2, and that no link, image or HTML is shown."""
    assert answer.text
    shown = {item.marker for item in (*answer.citations, *answer.evidence)}
    assert set(_MARKER.findall(answer.text)) <= shown
    for citation in answer.citations:
        _, chunk = assistant.knowledge.chunk(citation.chunk_id, teams=principal.teams)
        assert citation.quote.strip()
        assert citation.quote.encode() in chunk.text.encode()
    assert all(number.status != "unsupported" for number in answer.numbers)
    recorded = [number.text for number in answer.numbers]
    for number in answer.numbers:
        assert number.source == "question" or number.source.split(".")[0].split(":")[0] in shown, number
    # What the writer leaves in the text is what the ledger recorded; names may hold digits.
    assert len(recorded) <= len(find_numerals(answer.text))
    assert not _LINKS.search(answer.text)


def check_events(events: list[AskEvent]) -> Answer:
    """Check the order of the events and that the last draft's tokens are the answer's text."""
    names = [event.event for event in events]
    answer = Answer.model_validate(events[-1].data)
    assert names.count("answer") == 1
    assert names[-1] == "answer"
    assert names[-1 - len(answer.citations) : -1] == ["citation"] * len(answer.citations)
    drafts = [event.data["draft"] for event in events if event.event == "token"]
    assert drafts == sorted(drafts)
    tokens = [e.data["text"] for e in events if e.event == "token" and e.data["draft"] == drafts[-1]]
    assert "".join(tokens).strip() == answer.text
    assert all(event.data["text"] for event in events if event.event == "token")
    return answer


def iter_pieces(text: str, size: int) -> Iterator[str]:
    """Cut a text into small pieces, as a stream would bring it."""
    for start in range(0, len(text), size):
        yield text[start : start + size]
