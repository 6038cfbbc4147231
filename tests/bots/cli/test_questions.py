"""`yunce ask`: grounded answers without a network and without a key."""

import json

import pytest

from assistant.answer import Answer

WHY = "上周次日留存为什么掉了？"


@pytest.fixture(scope="module")
def why(yunce, demo) -> Answer:
    """The answer to why retention fell, as JSON from the command."""
    done = yunce("ask", WHY, "-c", "story", "--json", cwd=demo)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(json.loads(done.stdout)) == set(Answer.model_fields)
    return Answer.model_validate_json(done.stdout)


def test_an_answer_shows_its_numbers_and_sources(why):
    assert (why.language, why.question, why.grounding) == ("zh", WHY, "both")
    assert {item.tool for item in why.evidence} >= {"measure_metric", "explain_change"}
    assert "抖音" in why.text
    assert not [n for n in why.numbers if n.status == "unsupported"]
    for item in (*why.evidence, *why.citations):
        assert f"[{item.marker}]" in why.text


def test_citations_resolve(why, invoke, demo):
    for cited in why.citations:
        found = json.loads(
            invoke("search", "-n", "50", "--json", "--", cited.quote[:200], folder=demo).output
        )
        [chunk] = [r for r in found["results"] if r["chunk_id"] == cited.chunk_id]
        assert cited.quote in chunk["text"]


def test_a_conversation_goes_on(why, yunce, demo):
    done = yunce("ask", "那安卓呢？", "-c", "story", "--json", cwd=demo)
    answer = Answer.model_validate_json(done.stdout)
    assert answer.conversation_id == why.conversation_id
    assert any(item.arguments.get("filters") == {"platform": ["android"]} for item in answer.evidence)


def test_a_terminal_shows_text_then_cards_then_sources(yunce, demo):
    done = yunce("ask", "How do we win back dormant users?", cwd=demo)
    assert (done.returncode, done.stderr) == (0, "")
    text, _, sources = done.stdout.partition("── Sources ─")
    assert "[1]" in text
    assert "\n[1] " in sources
    assert "\x1b[" not in done.stdout


def test_a_model_that_cannot_be_reached_is_said_in_the_answer(yunce, demo):
    model = {
        "YUNCE_MODEL__NAME": "m",
        "YUNCE_MODEL__BASE_URL": "http://127.0.0.1:9/v1",
        "YUNCE_MODEL__API_KEY": "k",
    }
    done = yunce("ask", "上周日活是多少？", cwd=demo, **model)
    assert (done.returncode, done.stderr) == (0, "")
    assert "[E1]" in done.stdout
    assert "⚠ 模型 m" in done.stdout


def test_a_question_on_standard_input(yunce, demo):
    question = "什么是 KOC？\n".encode("gb18030")
    done = yunce("ask", cwd=demo, stdin=question)
    assert done.returncode == 0
    assert "关键意见消费者" in done.stdout
    assert "── 引用 ─" in done.stdout


def test_a_lone_surrogate_is_dropped(yunce, demo):
    done = yunce("ask", b"\xff\xed\xa0\x80" + "什么是 KOC？".encode(), "--json", cwd=demo)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["question"] == "什么是 KOC？"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("", "The question is empty."), ("   ", "The question is empty."), ("留存" * 25_000, "问题有 50,000 个字符"), ("why " * 12_500, "The question has 49,999 characters")],
)  # fmt: skip
def test_questions_that_cannot_be_answered(invoke, demo, question, sentence):
    done = invoke("ask", question, folder=demo)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_documents_or_data_the_answer_says_so(yunce, company):
    (company / "metrics.yaml").unlink()
    done = yunce("ask", "What is our churn policy?", "--json", cwd=company)
    answer = Answer.model_validate_json(done.stdout)
    assert (done.returncode, answer.grounding, answer.citations) == (0, "none", ())
