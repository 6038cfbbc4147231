"""Golden questions asked one by one as a person would, each in a conversation of its own."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean
from time import perf_counter

from assistant.access import OWNER, Principal
from assistant.answer import Answer, Usage
from assistant.assistant import Assistant
from assistant.evaluation.golden import GoldenQuestion
from assistant.evaluation.scoring import MEASURES, Score, name_document, score_answer
from knowledge.errors import ChunkNotFound


@dataclass(frozen=True, slots=True)
class AnswerEvaluation:
    """What came of all questions."""

    scores: tuple[Score, ...]

    def by(self, key: Callable[[Score], str]) -> "dict[str, AnswerEvaluation]":
        """Return the parts by a key, in its order; without a key a score is in no part."""
        parts: dict[str, list[Score]] = defaultdict(list)
        for score in self.scores:
            parts[key(score)].append(score)
        return {name: AnswerEvaluation(tuple(parts[name])) for name in sorted(parts) if name}

    def measure(self) -> dict[str, float]:
        """Return the mean of each measure over the questions that it says something about.

        `numbers` and `citation_precision` are shares of all numerals and of all citations, not means of answers.
        """
        means: dict[str, float] = {}
        for name in MEASURES:
            judged = [(s.measures[name], _weight(s, name)) for s in self.scores if name in s.measures]
            if judged:
                means[name] = sum(value * weight for value, weight in judged) / sum(w for _, w in judged)
        return means

    def time(self) -> dict[str, dict[str, float]]:
        """Return the median and the 95th percentile of the milliseconds, of all and by what the answers rest on."""
        import numpy as np

        parts = {"all": self, **self.by(lambda score: score.answer.grounding)}
        return {
            name: dict(
                zip(("p50", "p95"), map(float, np.percentile(part._milliseconds(), [50, 95])), strict=True)
            )
            for name, part in parts.items()
        }

    def tokens(self) -> float | None:
        """Return the tokens that a question took on average; None where no model counted any."""
        counted = [score.tokens for score in self.scores if score.tokens is not None]
        return mean(counted) if counted else None

    def cost(self) -> tuple[float, str] | None:
        """Return what a question cost on average, and in which currency; None where no price is set."""
        costs = [score.cost for score in self.scores if score.cost is not None]
        currency = next((u.currency for score in self.scores for u in score.usages if u.currency), None)
        return (mean(costs), currency) if costs and currency else None

    def worst(self, count: int) -> list[Score]:
        """Return the questions that went worst."""
        bad = [score for score in self.scores if score.faults]
        return sorted(bad, key=lambda score: (-score.badness, score.question.line))[:count]

    def _milliseconds(self) -> list[float]:
        return [score.milliseconds for score in self.scores]


def _weight(score: Score, measure: str) -> int:
    counts = {"numbers": len(score.answer.numbers), "citation_precision": len(score.answer.citations)}
    return counts.get(measure, 1)


async def ask_golden(
    questions: Sequence[GoldenQuestion],
    assistant: Assistant,
    *,
    principal: Principal = OWNER,
    on_progress: Callable[[int], None] | None = None,
) -> AnswerEvaluation:
    """Ask every question and score the answers.

    Args:
        questions: The questions.
        assistant: Answers them.
        principal: Who asks.
        on_progress: Told how many were asked.
    """
    documents = assistant.knowledge.documents(teams=principal.teams)
    names = {d.id: name_document(d.id, d.source, d.title) for d in documents}

    def text_of(chunk_id: str) -> str | None:
        try:
            return assistant.knowledge.chunk(chunk_id, teams=principal.teams)[1].text
        except ChunkNotFound:
            return None

    await assistant.ask(questions[0].turns[0], principal=principal)  # loading is no question's to wait for
    scores = []
    for number, question in enumerate(questions, start=1):
        answer, milliseconds, usages = await _converse(question, assistant, principal)
        scores.append(
            score_answer(
                question,
                answer,
                text_of=text_of,
                names_of=lambda document_id: names.get(document_id, ()),
                milliseconds=milliseconds,
                usages=usages,
            )
        )
        if on_progress:
            on_progress(number)
    return AnswerEvaluation(tuple(scores))


async def _converse(
    question: GoldenQuestion, assistant: Assistant, principal: Principal
) -> tuple[Answer, float, list[Usage]]:
    conversation, usages = None, []
    for turn in question.turns:
        start = perf_counter()
        answer = await assistant.ask(turn, principal=principal, conversation=conversation)
        milliseconds = (perf_counter() - start) * 1000
        conversation = answer.conversation_id
        usages += [answer.usage] if answer.usage else []
    return answer, milliseconds, usages
