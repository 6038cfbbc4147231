"""Scoring of answers, worked out by hand."""

import pytest

from assistant.answer import Answer, Citation, Numeral
from assistant.evaluation import AnswerEvaluation, compare_answers, read_golden_set, score_answer
from assistant.evaluation.golden import GoldenQuestion
from knowledge.errors import InvalidQuestionSet

PASSAGE = "Only Fang Xu speaks to the press."


def build_answer(text, *, numbers=(), quotes=(), grounding="both", language="en"):
    citations = tuple(
        Citation(
            marker=str(n), document_id=document, version=1, chunk_id="c", title=document, collection="x",
            section=(), quote=quote,
        )
        for n, (document, quote) in enumerate(quotes, start=1)
    )  # fmt: skip
    numerals = tuple(
        Numeral(text=t, value=value, unit=unit, status=status) for t, value, unit, status in numbers
    )
    return Answer(
        id="a", conversation_id="c", question="?", language=language, text=text, grounding=grounding,
        citations=citations, numbers=numerals, model="m", elapsed_ms=1,
    )  # fmt: skip


def score(question, answer, milliseconds=10.0):
    return score_answer(
        GoldenQuestion.model_validate(question),
        answer,
        text_of=lambda chunk_id: PASSAGE if chunk_id == "c" else None,
        names_of=lambda document_id: (document_id, f"{document_id}.md"),
        milliseconds=milliseconds,
    )


def test_each_measure_by_hand():
    question = {
        "question": "How many, and who speaks?",
        "figures": [{"value": 38.78, "unit": "%"}, {"value": -5.53, "unit": "pp"}, {"value": 100}],
        "sources": ["who.md", "other.md"],
        "says": ["Fang Xu|方旭"],
        "must_not_say": ["anyone"],
    }
    answer = build_answer(
        "It is 38.8 %, down 5.5 points; 100 of them. Fang Xu speaks.",
        numbers=[
            ("38.8%", 38.8, "%", "evidence"),  # 38.78 is within half of the last digit
            ("5.5 points", 5.5, "pp", "derived"),  # a fall of 5.53, without its sign
            ("100", 100.0, "", "unsupported"),  # right, but from nowhere
            ("7", 7.0, "", "question"),
        ],
        quotes=[("who", PASSAGE), ("who", "Nobody speaks."), ("stray", PASSAGE)],
    )
    found = score(question, answer)
    assert found.measures == {
        "figures": pytest.approx(2 / 3),
        "numbers": 3 / 4,
        "citation_precision": pytest.approx(
            1 / 3
        ),  # the second quote does not stand there, the third is stray
        "citation_recall": 1 / 2,
        "completeness": pytest.approx(4 / 6),  # two of three figures, one of two sources, the words
        "clean": 1.0,
        "answered": 1.0,
        "language": 1.0,
    }
    assert ("citation_recall", "other.md") in found.faults
    assert ("figures", "100") in found.faults


@pytest.mark.parametrize(
    ("numeral", "figure", "right"),
    [
        (("38.7%", 38.7, "%", "evidence"), {"value": 38.78, "unit": "%"}, False),
        (("38.7%", 38.7, "%", "evidence"), {"value": 38.78, "unit": "%", "tolerance": 0.1}, True),
        (("38.8", 38.8, "", "evidence"), {"value": 38.78, "unit": "%"}, False),
        (("-2.4%", -2.4, "%", "evidence"), {"value": 2.4, "unit": "%"}, False),
        (("-2.4%", -2.4, "%", "evidence"), {"value": -2.4, "unit": "%"}, True),
    ],
)
def test_a_figure_is_right_in_value_unit_and_sign(numeral, figure, right):
    found = score({"question": "How many?", "figures": [figure]}, build_answer("x", numbers=[numeral]))
    assert found.measures["figures"] == float(right)


def test_refusal_and_language():
    unknown = {"question": "利润是多少？", "answerable": False, "must_not_say": "12"}
    assert score(unknown, build_answer("没有找到。", grounding="none", language="zh")).faults == ()
    wrong = score(unknown, build_answer("It is 12.", grounding="metrics"))
    assert {measure for measure, _ in wrong.faults} == {"declined", "clean", "language"}
    quoted = build_answer(f"按文档：{PASSAGE}", quotes=[("who", PASSAGE)], language="zh")
    assert score({"question": "谁发言？", "sources": "who"}, quoted).measures["language"] == 1


def test_shares_are_pooled_and_compared():
    question = {"question": "How many?", "figures": [{"value": 1}]}
    right = score(question, build_answer("1", numbers=[("1", 1.0, "", "evidence")]))
    wrong = score(question, build_answer("2 3", numbers=[("2", 2.0, "", "evidence")] * 3), milliseconds=30)
    first, second = AnswerEvaluation((wrong, wrong)), AnswerEvaluation((right, wrong))
    assert second.measure()["figures"] == 0.5
    assert second.time()["all"]["p50"] == 20
    assert second.worst(5) == [wrong]
    [figures] = [c for c in compare_answers(first, second) if c.measure == "figures"]
    assert (figures.difference, figures.better, figures.worse) == (0.5, 1, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "a"}', "answerable: false"),
        ('{"question": "a", "answerable": false, "says": "b"}', "is not answerable"),
        ('{"question": [], "says": "b"}', "question cannot be used"),
        ('{"question": "a", "figures": [{"value": 1, "unit": "kg"}]}', "figures.0.unit cannot be used"),
        ('{"question": "a", "expected": "b"}', "is none of question, figures"),
    ],
)
def test_a_bad_entry_is_refused_with_its_line(tmp_path, line, reason):
    (tmp_path / "g.jsonl").write_text('{"question": "a", "says": "b"}\n' + line, "utf-8")
    with pytest.raises(InvalidQuestionSet, match="Line 2") as raised:
        read_golden_set(tmp_path / "g.jsonl")
    assert reason in str(raised.value)


def test_turns_and_languages_are_read(tmp_path):
    (tmp_path / "g.yaml").write_text("- question: [GMV?, 那安卓呢？]\n  says: x\n", "utf-8")
    [question] = read_golden_set(tmp_path / "g.yaml")
    assert (question.turns, question.language, question.line) == (("GMV?", "那安卓呢？"), "zh", 1)
