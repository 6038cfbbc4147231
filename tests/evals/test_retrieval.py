"""The evaluation itself, on a set small enough to check by hand."""

import json
from pathlib import Path

import pytest

from knowledge.evaluation import measure_ndcg, measure_recall
from tests.evals.embedding_cache import CachedEmbedder
from tests.evals.retrieval import add_distractors, evaluate, load_question_set, main
from tests.knowledge.embedders import HashingEmbedder

CORPUS = {"p1": "coupon budget for spring", "p2": "refund rules", "p3": "weather in autumn"}
QUERIES = {"q1": "coupon budget", "q2": "autumn weather", "q3": "unjudged"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, texts in (("corpus", CORPUS), ("queries", QUERIES)):
        lines = [json.dumps({"_id": key, "title": "", "text": text}) for key, text in texts.items()]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tp1\t1\nq2\tp2\t1\nq2\tp3\t1\n")
    return tmp_path


def test_measures_by_hand() -> None:
    # Gains 3, 0, 2 in the order given: 3/1 + 2/2 = 4; ideal 3/1 + 2/log2(3) = 4.2619.
    assert measure_ndcg(["a", "x", "b"], {"a": 3, "b": 2}, k=10) == pytest.approx(4 / 4.261859507142915)
    assert measure_ndcg(["x", "a"], {"a": 1}, k=1) == 0
    assert measure_recall(["x", "a", "b"], {"a": 1, "b": 1, "c": 0}, k=2) == 0.5


def test_evaluates_judged_questions_through_the_live_path(folder: Path, tmp_path: Path) -> None:
    result = evaluate(load_question_set(folder), state=tmp_path / "state", embedder=HashingEmbedder())
    assert (result.questions, result.passages) == (2, 3)
    assert result.recall_at_5 == 1
    assert 0.9 < result.ndcg_at_10 <= 1


def test_distractors_and_foreign_questions_are_told_apart(folder: Path, tmp_path: Path) -> None:
    questions = load_question_set(folder)
    crowded = add_distractors(questions, questions)
    assert len(crowded.passages) == 6
    result = evaluate(
        crowded, state=tmp_path / "state", embedder=HashingEmbedder(), unanswerable=load_question_set(folder)
    )
    assert result.passages == 6
    assert result.answered is not None
    assert (
        result.answered + (result.declined or 0) == 1
    )  # the same questions: what is answered is not declined


def test_cached_vectors_are_the_model_s(tmp_path: Path) -> None:
    model = HashingEmbedder()
    for embedded in (2, 2, 3):
        cached = CachedEmbedder(model, tmp_path / "cache")
        texts = ["a b", "c", "a b"] if embedded == 2 else ["c", "d"]
        assert (cached.embed(texts) == HashingEmbedder().embed(texts)).all()
        assert model.embedded == embedded
        cached.close()


def test_prints_a_line_for_each_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    assert folder.name in capsys.readouterr().out
    assert main([]) == 2
