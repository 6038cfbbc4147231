"""Questions asked one by one as a person would, and what came of each."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from statistics import mean
from time import perf_counter
from unicodedata import normalize

from knowledge.documents import Document, SearchResult
from knowledge.evaluation.measures import measure_ndcg, measure_recall, measure_reciprocal_rank
from knowledge.evaluation.questions import Question

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """What search says to a question.

    Attributes:
        results: Best first.
        answerable: Whether it found the answer to be there; None where it does not decide.
    """

    results: Sequence[SearchResult]
    answerable: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Attributes:
        question: The question.
        recall: Share of the expected among the first 1, 5 and 10 documents (or sections), by that number.
        ndcg: nDCG@10.
        reciprocal_rank: 1 / rank of the first expected one, 0 if none was found.
        found: Titles of the first documents found.
        answered: Whether search found the answer to be there; None where it does not decide.
        milliseconds: How long it took.
    """

    question: Question
    recall: dict[int, float]
    ndcg: float
    reciprocal_rank: float
    found: tuple[str, ...]
    answered: bool | None
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of all questions."""

    outcomes: tuple[Outcome, ...]

    @property
    def judged(self) -> list[Outcome]:
        """Those of questions that have an answer: the ranking is measured on them."""
        return [outcome for outcome in self.outcomes if outcome.question.answerable]

    def by_language(self) -> "dict[str, Evaluation]":
        """Return the parts by the questions' language."""
        parts: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in self.outcomes:
            parts[outcome.question.language].append(outcome)
        return {language: Evaluation(tuple(parts[language])) for language in sorted(parts)}

    def measure(self) -> dict[str, float]:
        """Return the means: recall@1, recall@5, recall@10, ndcg@10, mrr; and the shares that were right.

        `answered` is the share of answerable questions that were answered, `declined` that of the others that
        were declined. What nothing was measured on is left out.
        """
        judged = self.judged
        means: dict[str, float] = {}
        if judged:
            means |= {f"recall@{k}": mean(outcome.recall[k] for outcome in judged) for k in (1, 5, 10)}
            means["ndcg@10"] = mean(outcome.ndcg for outcome in judged)
            means["mrr"] = mean(outcome.reciprocal_rank for outcome in judged)
        decided = [outcome for outcome in self.outcomes if outcome.answered is not None]
        for name, answerable in (("answered", True), ("declined", False)):
            right = [o.answered == answerable for o in decided if o.question.answerable == answerable]
            if right:
                means[name] = mean(right)
        return means

    def time(self) -> dict[str, float]:
        """Return the median and the 95th percentile of the milliseconds, `p50` and `p95`."""
        import numpy as np

        p50, p95 = np.percentile([outcome.milliseconds for outcome in self.outcomes], [50, 95])
        return {"p50": float(p50), "p95": float(p95)}

    def worst(self, count: int) -> list[Outcome]:
        """Return the questions that went worst: not found first, then found late, then wrongly decided."""

        def badness(outcome: Outcome) -> float:
            wrong = outcome.answered is not None and outcome.answered != outcome.question.answerable
            found = outcome.ndcg if outcome.question.answerable else 1.0
            return found - 0.5 * wrong

        bad = [outcome for outcome in self.outcomes if badness(outcome) < 1]
        return sorted(bad, key=lambda outcome: (badness(outcome), outcome.question.line))[:count]


def ask_questions(
    questions: Sequence[Question],
    ask: Callable[[str], Reply],
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Ask every question and measure what comes.

    Args:
        questions: The questions.
        ask: Searches, by the path that people's questions take.
        on_progress: Told how many of how many were asked.
    """
    outcomes = []
    for number, question in enumerate(questions, start=1):
        start = perf_counter()
        reply = ask(question.text)
        outcomes.append(_judge(question, reply, (perf_counter() - start) * 1000))
        if on_progress:
            on_progress(number, len(questions))
    return Evaluation(tuple(outcomes))


def find_unknown(questions: Iterable[Question], documents: Sequence[Document]) -> list[tuple[Question, str]]:
    """Return what is expected but is no document's title, source or id, with its question."""
    known = {name for document in documents for name in _names(document)}
    return [(q, expected) for q in questions for expected in q.expected if _fold(expected) not in known]


def _judge(question: Question, reply: Reply, milliseconds: float) -> Outcome:
    ranking = _rank(question, reply.results)
    grades: dict[Hashable, int] = dict.fromkeys(range(len(question.expected)), 1)
    titles = dict.fromkeys(result.document.title for result in reply.results)
    judged = question.answerable
    return Outcome(
        question=question,
        recall={k: measure_recall(ranking, grades, k=k) if judged else 0.0 for k in (1, 5, 10)},
        ndcg=measure_ndcg(ranking, grades, k=10) if judged else 0.0,
        reciprocal_rank=measure_reciprocal_rank(ranking, grades),
        found=tuple(titles)[:_SHOWN],
        answered=reply.answerable,
        milliseconds=milliseconds,
    )


def _rank(question: Question, results: Iterable[SearchResult]) -> list[Hashable]:
    """Rank documents, or sections if one is expected, by their best chunk; the expected by their number."""
    wanted = {_fold(expected): number for number, expected in reversed(list(enumerate(question.expected)))}
    section = _fold(question.section) if question.section else None
    ranking: dict[Hashable, None] = {}
    for result in results:
        key: Hashable = result.document.id
        if section is not None:
            key = (result.document.id, result.chunk.section)
        matched = [wanted[name] for name in _names(result.document) if name in wanted]
        if matched and (section is None or section in map(_fold, result.chunk.section)):
            key = min(matched)
        ranking.setdefault(key)
    return list(ranking)


def _names(document: Document) -> list[str]:
    file_name = PurePosixPath(document.source).name
    names = (document.id, document.source, file_name, document.title, document.source_url)
    return [_fold(name) for name in names if name]


def _fold(name: str) -> str:
    return " ".join(normalize("NFKC", name).casefold().split())
