"""Evaluation of answers: questions with what a right answer holds, asked by the live path and scored."""

from assistant.evaluation.comparison import compare_answers
from assistant.evaluation.golden import ExpectedFigure, GoldenQuestion, read_golden_set
from assistant.evaluation.running import AnswerEvaluation, ask_golden
from assistant.evaluation.scoring import MEASURES, Score, score_answer

__all__ = [
    "MEASURES",
    "AnswerEvaluation",
    "ExpectedFigure",
    "GoldenQuestion",
    "Score",
    "ask_golden",
    "compare_answers",
    "read_golden_set",
    "score_answer",
]
