"""Evaluation: a team's own questions asked by the live path, measured, and two ways of searching compared."""

from knowledge.evaluation.comparison import Comparison, compare, compare_values
from knowledge.evaluation.entries import fault, read_entries
from knowledge.evaluation.measures import measure_ndcg, measure_recall, measure_reciprocal_rank
from knowledge.evaluation.questions import Question, read_questions
from knowledge.evaluation.running import Evaluation, Outcome, Reply, ask_questions

__all__ = [
    "Comparison",
    "Evaluation",
    "Outcome",
    "Question",
    "Reply",
    "ask_questions",
    "compare",
    "compare_values",
    "fault",
    "measure_ndcg",
    "measure_recall",
    "measure_reciprocal_rank",
    "read_entries",
    "read_questions",
]
