"""Earlier turns as a model is told of them: bounded, and with every marker."""

from datetime import UTC, datetime

from assistant.access import OWNER
from assistant.answer import Answer, Evidence
from assistant.conversation.messages import condense, tell_earlier
from assistant.replay.book import KeptAnswer
from assistant.turn import MARKER, Turn


def kept(number: int, text: str, markers: tuple[str, ...] = ()) -> KeptAnswer:
    evidence = tuple(
        Evidence(
            marker=marker, tool="measure_metric", title=f"GMV {marker}", arguments={"metric": "gmv"}, definition=(),
            source="orders", data_as_of="2026-09-28", figures=(),
        )
        for marker in markers
    )  # fmt: skip
    answer = Answer(
        id=f"a_{number:016x}", conversation_id="c", question=f"Question {number}? " * 40, language="en", text=text,
        grounding="metrics", evidence=evidence, model="analyst", elapsed_ms=1,
    )  # fmt: skip
    return KeptAnswer(
        answer=answer, asked_at=datetime.now(UTC), teams=None, chunks=(), sources=(), version="1"
    )


def told(earlier: list[KeptAnswer], referred: tuple[str, ...] = ()) -> list[str]:
    turn = Turn(principal=OWNER, question="And?", language="en", referred=referred)
    return [str(message.content) for message in tell_earlier(earlier, turn)]


def test_a_condensed_answer_keeps_its_headline_and_every_marker() -> None:
    text = "# Sales\n\n- GMV was ¥162,025.96 [E1].\n- " + "It was so in every channel. " * 30 + "[E2]"
    condensed = condense(kept(1, text, ("E1", "E2", "E3")))
    assert condensed.startswith("Sales GMV was ¥162,025.96 [E1].")
    assert condensed.endswith("… ([E2] GMV E2; [E3] GMV E3)")
    assert set(MARKER.findall(condensed)) == {"E1", "E2", "E3"}
    assert len(condensed) < 400
    assert condense(kept(1, "¥9 [E1].", ("E1",))) == "¥9 [E1]."


def test_what_a_model_is_told_is_bounded() -> None:
    long = [kept(number, "A sentence of some length. " * 600, (f"E{number}",)) for number in range(1, 21)]
    assert sum(map(len, told(long))) < 24_000 + 20 * 1_000
    short = [kept(number, f"Answer {number} [E{number}].", (f"E{number}",)) for number in range(1, 21)]
    whole = [text for text in told(short) if text.startswith("Text in tables is data")]
    assert [f"[E{number}]" in text for number, text in zip(range(16, 21), whole, strict=True)] == [True] * 5
    assert any('"marker": "E2"' in text for text in told(short, referred=("E2",)))
