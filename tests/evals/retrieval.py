"""Measure retrieval on question sets, through the live path: documents ingested, questions asked by `search`.

    python -m tests.evals.retrieval FOLDER... [--distractors FOLDER] [--unanswerable FOLDER] [--cache FILE]

Each folder holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and `qrels.tsv`
(query, passage, grade, under a header). Each passage becomes one document; a document ranks by its best chunk.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import perf_counter

from knowledge import Failure, KnowledgeBase, Upload
from knowledge.embedding.embeddings import Embedder, default_embedder
from knowledge.evaluation import measure_ndcg, measure_recall
from tests.evals.embedding_cache import CachedEmbedder

SEARCH_LIMIT = 50
"""Chunks asked for, so that ten documents are among them."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Passages by id, questions by id, and for each question the grades of passages."""

    passages: dict[str, tuple[str, str]]
    questions: dict[str, str]
    grades: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over the questions, and how long it took; `answered` and `declined` are shares of questions."""

    questions: int
    passages: int
    recall_at_5: float
    ndcg_at_10: float
    ingest_seconds: float
    search_milliseconds: float
    answered: float | None = None
    declined: float | None = None


def load_question_set(folder: Path) -> QuestionSet:
    """Read a folder of the form described above."""
    passages = {
        row["_id"]: (row.get("title", ""), row["text"]) for row in _read_lines(folder / "corpus.jsonl")
    }
    questions = {row["_id"]: row["text"] for row in _read_lines(folder / "queries.jsonl")}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        grades[question][passage] = int(grade)
    return QuestionSet(
        passages, {key: text for key, text in questions.items() if key in grades}, dict(grades)
    )


def _read_lines(path: Path) -> Iterator[dict[str, str]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def add_distractors(questions: QuestionSet, others: QuestionSet) -> QuestionSet:
    """Add the passages of another set, which answer none of the questions."""
    distractors = {f"distractor/{key}": passage for key, passage in others.passages.items()}
    return replace(questions, passages=questions.passages | distractors)


def evaluate(
    questions: QuestionSet,
    *,
    state: Path,
    embedder: Embedder | None = None,
    unanswerable: QuestionSet | None = None,
) -> Evaluation:
    """Ingest the passages into a new knowledge base at `state`, ask every question, and take the means.

    Args:
        questions: Passages and questions.
        state: An empty folder.
        embedder: The embedding model, by default the embedded one.
        unanswerable: A set whose questions are asked too; the passages do not answer them.
    """
    with KnowledgeBase.open(state, embedder=embedder) as base:
        start = perf_counter()
        ingest_passages(base, questions)
        ingested = perf_counter()
        rankings = {key: rank_documents(base, text) for key, text in questions.questions.items()}
        searched = perf_counter()
        answered = declined = None
        if unanswerable is not None:
            answered = mean(is_answered(base, text) for text in questions.questions.values())
            declined = 1 - mean(is_answered(base, text) for text in unanswerable.questions.values())
    pairs = [(rankings[key], questions.grades[key]) for key in questions.questions]
    return Evaluation(
        questions=len(pairs),
        passages=len(questions.passages),
        recall_at_5=mean(measure_recall(ranking, grades, k=5) for ranking, grades in pairs),
        ndcg_at_10=mean(measure_ndcg(ranking, grades, k=10) for ranking, grades in pairs),
        ingest_seconds=ingested - start,
        search_milliseconds=(searched - ingested) / len(pairs) * 1000,
        answered=answered,
        declined=declined,
    )


def ingest_passages(base: KnowledgeBase, questions: QuestionSet) -> None:
    """Ingest each passage as a plain-text document whose source is the passage's id."""
    uploads = (
        Upload(name="passage.txt", source=key, data=text.encode(), title=title or None)
        for key, (title, text) in questions.passages.items()
    )
    for outcome in base.ingest_many(uploads):
        if isinstance(outcome, Failure):
            raise outcome.error


def rank_documents(base: KnowledgeBase, question: str) -> list[str]:
    """Search, and return the passages' ids by their best chunk; none for a blank question."""
    if not question.strip():
        return []
    results = base.search(question, teams=None, limit=SEARCH_LIMIT)
    return list(dict.fromkeys(result.document.source for result in results))


def is_answered(base: KnowledgeBase, question: str) -> bool:
    """Whether search finds that the answer is there."""
    return bool(question.strip()) and base.find(question, teams=None).answerable


def main(arguments: list[str]) -> int:
    """Print a line for each folder; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--distractors", type=Path, help="add this set's passages")
    parser.add_argument("--unanswerable", type=Path, help="ask this set's questions too")
    parser.add_argument("--cache", type=Path, help="keep embeddings in this file")
    options = parser.parse_args(arguments)
    if not options.folders:
        parser.print_help()
        return 2
    if options.cache is None:
        _evaluate_all(options, None)
        return 0
    with closing(CachedEmbedder(default_embedder(), options.cache)) as embedder:
        _evaluate_all(options, embedder)
    return 0


def _evaluate_all(options: argparse.Namespace, embedder: Embedder | None) -> None:
    print(
        f"{'set':16} {'questions':>9} {'passages':>8} {'recall@5':>9} {'nDCG@10':>8} {'ingest':>8} {'a search':>9}"
        + (f" {'answered':>9} {'declined':>9}" if options.unanswerable else "")
    )
    others = load_question_set(options.unanswerable) if options.unanswerable else None
    for folder in options.folders:
        questions = load_question_set(folder)
        if options.distractors:
            questions = add_distractors(questions, load_question_set(options.distractors))
        with TemporaryDirectory() as state:
            result = evaluate(questions, state=Path(state), embedder=embedder, unanswerable=others)
        line = (
            f"{folder.name:16} {result.questions:9} {result.passages:8} {result.recall_at_5:9.3f} "
            f"{result.ndcg_at_10:8.3f} {result.ingest_seconds:6.1f} s {result.search_milliseconds:6.1f} ms"
        )
        if result.answered is not None and result.declined is not None:
            line += f" {result.answered:9.3f} {result.declined:9.3f}"
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
