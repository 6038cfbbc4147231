"""Answers of any size fit into Slack's limits, and no text can act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Clarification, DefinitionLine, Evidence, EvidenceFigure
from bots.slack.blocks import answer_posts
from bots.slack.escaping import escape_markdown, escape_mrkdwn, link
from bots.slack.messages import plain_text, read_question
from bots.slack.paging import split_markdown

_ACTIVE = ("<!", "<@", "<#", "<http", "@channel", "@here", "@everyone", "&lt;!")


def answer(**fields: object) -> Answer:
    values = {"id": "a_1", "conversation_id": "c_1", "question": "?", "language": "en", "grounding": "both"}
    return Answer.model_validate(
        {"text": "Fine [1].", "model": "analyst", "elapsed_ms": 1, **values, **fields}
    )


def citation(number: int, **fields: object) -> Citation:
    values = {
        "document_id": "d_1",
        "version": 1,
        "chunk_id": "c_1",
        "collection": "cases",
        "section": ("A", "B"),
    }
    return Citation.model_validate(
        {"marker": str(number), "title": f"Case {number}", "quote": "word " * 50, **values, **fields}
    )


def evidence(figures: int) -> Evidence:
    return Evidence(
        marker="E1",
        tool="measure_metric",
        title="Retention",
        arguments={},
        definition=(DefinitionLine(label="Clock", value="calendar days"),),
        source="events",
        data_as_of="2026-09-28T23:59:00+08:00",
        figures=tuple(
            EvidenceFigure(
                name="r",
                value=0.4,
                unit="ratio",
                label=f"Day {n}",
                text="40.0%",
                n=1200,
                segment="iOS",
                period="2026-09-21/2026-09-27",
            )
            for n in range(figures)
        ),
        warnings=("Cohort 3 is immature.",),
    )


def test_everything_of_an_answer_is_shown() -> None:
    [post] = answer_posts(
        answer(
            citations=(citation(1, page=7, effective_date="2026-05-01", url="https://docs.io/a?b=1&c=2"),),
            evidence=(evidence(12),),
            warnings=("The model failed.",),
            follow_ups=("And on Android?",),
            clarification=Clarification(question="Which retention?", options=("day 1", "day 7")),
        )
    )
    shown = str(post.blocks)
    for expected in (
        "<https://docs.io/a?b=1&amp;c=2|Case 1>", " › A › B › p. 7 · 2026-05-01", "Day 9 · iOS · 2026-09-21 – 2026-09-27\\n*40.0%* (n = 1,200)",
        "2 more figures", "Clock: calendar days", "source: events", "data as of: 2026-09-28 23:59", "The model failed.", "Cohort 3 is immature.",
        "And on Android?", "*Which retention?*\\n• day 1\\n• day 7",
    ):  # fmt: skip
        assert expected in shown
    assert "Fine [1]." in post.text


def test_long_answer_keeps_the_limits() -> None:
    text = "\n\n".join(f"Paragraph {n}: " + "word " * 200 for n in range(60))
    posts = answer_posts(answer(text=text, citations=tuple(citation(n) for n in range(1, 121))))
    assert len(posts) > 5
    for post in posts:
        assert len(post.blocks) <= 50
        assert sum(len(block["text"]) for block in post.blocks if block["type"] == "markdown") <= 12_000
        for block in post.blocks:
            assert len(block.get("elements", ())) <= 10
            assert all(len(element["text"]) <= 3_000 for element in block.get("elements", ()))
    shown = "".join(post.text for post in posts)
    assert all(f"Paragraph {n}:" in shown for n in range(60))
    assert all(f"*Case {n}*" in shown for n in range(1, 121))


@given(st.text(alphabet="ab 留\n`", max_size=400), st.integers(40, 120))
def test_splitting_loses_no_word(text: str, longest: int) -> None:
    parts = split_markdown(text, longest=longest)
    assert all(len(part) <= longest for part in parts)
    kept = "".join(parts)
    assert [kept.count(c) for c in "ab留"] == [text.count(c) for c in "ab留"]


def test_code_block_goes_on_in_the_next_part() -> None:
    code = "```sql\n" + "".join(f"SELECT {n};\n" for n in range(40)) + "```\nafter"
    parts = split_markdown(code, longest=200)
    assert len(parts) > 2
    assert all(part.startswith("```sql\n") for part in parts[:-1])
    assert all(part.count("```") % 2 == 0 for part in parts)


@given(st.text(alphabet="<>!@#&;|lthcanerevyo:/ \\`[]()", max_size=120))
def test_no_text_can_act(text: str) -> None:
    for shown in (escape_markdown(text), escape_mrkdwn(text)):
        assert not any(sequence in shown for sequence in _ACTIVE if sequence != "&lt;!")
    assert "&lt;" not in escape_markdown(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("p < 0.05, R&D > 3", "p < 0.05, R&D > 3"),
        ("[ours](https://docs.io/a) and [theirs](https://evil.io)", "[ours](https://docs.io/a) and theirs"),
        ("![image](https://docs.io/a)", "image"),
        ("see https://docs.io/a。", "see https://docs.io/a。"),
        ("see https://docs.io/a.evil.io", "see https:\u2060//docs.io/a.evil.io"),
        ("> quoted", "> quoted"),
    ],
)
def test_markdown_keeps_what_is_harmless(text: str, shown: str) -> None:
    assert escape_markdown(text, links={"https://docs.io/a"}) == shown


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "https://a.io/|x>", "file:///etc/passwd"])
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert link(url, "a <b>") == "a &lt;b&gt;"


def test_question_is_what_the_asker_saw() -> None:
    assert plain_text("<@UBOT|yunce>: R&amp;D &lt;3 <@U2> <#C1|ops> <!here> <!subteam^S1|@ops>", "UBOT") == (
        "R&D <3 @U2 #ops @here @ops"
    )


def test_thread_and_message_of_a_question() -> None:
    body = {
        "event_id": "Ev1",
        "event": {"type": "message", "channel": "D1", "user": "U1", "ts": "2", "text": "hi"},
    }
    question = read_question(body, "UBOT")
    assert question is not None
    assert (question.thread_ts, question.direct, question.keys) == ("2", True, ("Ev1", "D1:2"))
