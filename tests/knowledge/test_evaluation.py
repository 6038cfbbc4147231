"""A team's own questions are read, asked, measured and compared."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import InvalidQuestionSet, KnowledgeBase
from knowledge.evaluation import Evaluation, Question, Reply, ask_questions, compare, read_questions
from knowledge.evaluation.running import find_unknown

ENTRIES = [
    {"question": "How are refunds approved?", "expected": "Refunds"},
    {"question": "优惠券预算是多少？", "expected": ["coupons.md", "Budget 2026"], "section": "Budget"},
    {"question": "How tall is the office?", "answerable": False, "language": "EN-gb"},
]


def write(folder: Path, suffix: str) -> Path:
    path = folder / f"questions{suffix}"
    if suffix == ".jsonl":
        path.write_text("\n\n".join(json.dumps(entry) for entry in ENTRIES), encoding="utf-8")
    elif suffix == ".csv":
        rows = io.StringIO()
        writer = csv.DictWriter(rows, ["question", "expected", "section", "answerable", "language"])
        writer.writeheader()
        for entry in ENTRIES:
            expected = entry.get("expected", "")
            joined = "; ".join(expected) if isinstance(expected, list) else expected
            writer.writerow({**entry, "expected": joined})
        path.write_bytes(b"\xef\xbb\xbf" + rows.getvalue().encode())
    else:
        path.write_text(json.dumps(ENTRIES, ensure_ascii=False, indent=1), encoding="utf-8")  # is YAML too
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".yaml", ".yml"])
def test_three_forms_say_the_same(tmp_path: Path, suffix: str) -> None:
    refunds, coupons, office = read_questions(write(tmp_path, suffix))
    assert (refunds.expected, refunds.section, refunds.language) == (("Refunds",), None, "en")
    assert (coupons.expected, coupons.section, coupons.language) == (
        ("coupons.md", "Budget 2026"),
        "Budget",
        "zh",
    )
    assert (office.expected, office.answerable, office.language) == ((), False, "en")
    assert refunds.line < coupons.line < office.line


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("q.jsonl", b'{"question": "a", "expected": "b"}\n{"question": ', "Line 2: it is not JSON"),
        ("q.jsonl", b'{"question": "a", "expected": "b"}\n[]', "Line 2: it is not an entry"),
        ("q.jsonl", b'{"question": "a"}', "Line 1: it says neither"),
        ("q.jsonl", b'{"question": " ", "expected": "b"}', "Line 1: the question is missing"),
        ("q.jsonl", b'{"question": ["a"], "expected": "b"}', "Line 1: question is not text"),
        ("q.jsonl", b'{"question": "a", "expected": {"b": 1}}', "Line 1: expected is not text"),
        ("q.jsonl", b'{"question": "a", "expected": "b", "answerable": "perhaps"}', "neither true nor false"),
        ("q.jsonl", b'{"question": "a", "expected": "b", "answerable": false}', "yet is not answerable"),
        ("q.jsonl", b'{"question": "a", "expectd": "b"}', "expectd"),
        ("q.jsonl", b"[" * 100_000, "Line 1: it is not JSON"),
        ("q.jsonl", b"ok\n\xff", "Line 2: it is neither UTF-8"),
        ("q.jsonl", b"\n\n", "holds no questions"),
        ("q.csv", b"question,expected\na,b,c\n", "Line 2: it has more cells"),
        ("q.csv", b'question,expected\n"a,b\n', "it is not CSV"),
        ("q.csv", b"q,expected\na,b\n", 'Line 1: "q" is none of'),
        ("q.csv", b"\xef\xbb\xbfexpected\nb\n", "Line 1: the header has no column question"),
        ("q.csv", b'question,expected\n"a\nb",c\n\nd,\n', "Line 5: it says neither"),
        ("q.csv", b'question,expected\nd,e\n"a\nb",\n', "Line 3: it says neither"),
        ("q.yaml", b"- question: a\n  expected: b\n- question: [\n", "it is not YAML"),
        ("q.yaml", b"- question: a\n  expected: b\n- 7\n", "Line 3: it is not an entry"),
        ("q.yaml", b"question: a\n", "not a list"),
        ("q.yaml", b"- !!python/object/apply:os.system [ls]\n", "Line 1"),
        ("q.txt", b"a", "not named as"),
        ("gone.jsonl", None, "cannot be read"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, name: str, text: bytes | None, reason: str) -> None:
    if text is not None:
        (tmp_path / name).write_bytes(text)
    with pytest.raises(InvalidQuestionSet, match=reason) as fault:
        read_questions(tmp_path / name)
    assert fault.value.zh != fault.value.en


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8-sig", "utf-16"])
def test_a_table_saved_by_chinese_excel_is_read(tmp_path: Path, encoding: str) -> None:
    text = "question,expected\r\n退款多久到账？,退款手册；旧手册\r\n"
    (tmp_path / "q.csv").write_bytes(text.encode(encoding))
    [question] = read_questions(tmp_path / "q.csv")
    assert (question.text, question.expected, question.line) == ("退款多久到账？", ("退款手册", "旧手册"), 2)


@pytest.fixture
def filled(base: KnowledgeBase) -> KnowledgeBase:
    base.ingest_bytes("refunds.md", b"# Refunds\n\n## Rules\n\nRefunds are approved by finance.\n")
    coupons = "# Coupons\n\n## Budget\n\n优惠券预算是三万元。\n\n## People\n\nMia hands out the coupons.\n"
    base.ingest_bytes("coupons.md", coupons.encode())
    base.ingest_bytes("weather.md", b"# Weather\n\nIt rains.\n")
    return base


def ask(base: KnowledgeBase, questions: Sequence[Question]) -> Evaluation:
    return ask_questions(questions, lambda text: Reply(base.search(text, teams=None)))


def test_questions_are_measured_on_what_search_finds(filled: KnowledgeBase, tmp_path: Path) -> None:
    questions = read_questions(write(tmp_path, ".jsonl"))
    evaluation = ask(filled, questions)
    refunds, coupons, office = evaluation.outcomes
    assert (refunds.recall[1], refunds.ndcg, refunds.reciprocal_rank) == (1, 1, 1)
    assert refunds.found[0] == "Refunds"
    assert (coupons.recall[1], coupons.recall[10]) == (0.5, 0.5)  # one of the two expected does not exist
    assert office not in evaluation.judged
    measures = evaluation.measure()
    assert measures["recall@1"] == 0.75
    assert "answered" not in measures
    assert set(evaluation.by_language()) == {"en", "zh"}
    assert evaluation.worst(5) == [coupons]
    assert evaluation.time()["p95"] >= evaluation.time()["p50"] > 0
    assert find_unknown(questions, filled.documents(teams=None)) == [(questions[1], "Budget 2026")]


def test_a_section_is_more_than_its_document(filled: KnowledgeBase) -> None:
    base = Question("优惠券预算", ("  COUPONS ",), "budget", "zh", True, 1)
    [right, wrong] = ask(filled, [base, replace(base, section="People")]).outcomes
    assert right.reciprocal_rank == 1
    assert wrong.reciprocal_rank < 1


def test_decisions_are_counted(filled: KnowledgeBase, tmp_path: Path) -> None:
    questions = read_questions(write(tmp_path, ".jsonl"))
    declining = ask_questions(questions, lambda _: Reply([], answerable=False))
    answering = ask_questions(questions, lambda _: Reply([], answerable=True))
    assert {key: declining.measure()[key] for key in ("answered", "declined")} == {
        "answered": 0,
        "declined": 1,
    }
    assert {c.measure: c.difference for c in compare(declining, answering)} == {
        "recall@5": 0,
        "ndcg@10": 0,
        "mrr": 0,
        "answered": 1,
        "declined": -1,
    }


def outcomes(ranks: Sequence[float]) -> Evaluation:
    questions = [Question(f"q{n}", ("x",), None, "en", True, n) for n in range(len(ranks))]
    empty = ask_questions(questions, lambda _: Reply([]))
    return Evaluation(
        tuple(
            replace(o, ndcg=rank, recall={5: rank}, reciprocal_rank=rank)
            for o, rank in zip(empty.outcomes, ranks, strict=True)
        )
    )


def test_noise_is_called_noise() -> None:
    first = outcomes([0.5] * 100)
    slight = outcomes([0.5 + 0.1 * (-1) ** n for n in range(100)])
    clear = outcomes([0.5 if n % 5 else 0.9 for n in range(100)])
    assert all(c.is_noise for c in compare(first, first))
    assert all(c.is_noise and (c.better, c.worse) == (50, 50) for c in compare(first, slight))
    for comparison in compare(first, clear):
        assert not comparison.is_noise
        assert comparison.difference == pytest.approx(0.08)
        assert 0 < comparison.low < 0.08 < comparison.high
    assert all(c.is_noise for c in compare(outcomes([0.5, 0.5]), outcomes([0.9, 0.9])))  # too few to tell


def test_other_questions_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same questions"):
        compare(outcomes([1.0]), outcomes([1.0, 1.0]))
