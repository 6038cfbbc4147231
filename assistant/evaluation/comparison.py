"""Two configurations compared answer by answer, so that noise is called noise."""

from assistant.evaluation.running import AnswerEvaluation
from assistant.evaluation.scoring import MEASURES
from knowledge.evaluation import Comparison, compare_values


def compare_answers(first: AnswerEvaluation, second: AnswerEvaluation) -> list[Comparison]:
    """Compare each measure over the questions on which both have it; second minus first.

    Raises:
        ValueError: The two did not ask the same questions.
    """
    if [s.question for s in first.scores] != [s.question for s in second.scores]:
        raise ValueError("the two evaluations must ask the same questions in the same order")
    pairs = list(zip(first.scores, second.scores, strict=True))
    compared = []
    for measure in MEASURES:
        values = [(a.measures.get(measure), b.measures.get(measure)) for a, b in pairs]
        differences = [b - a for a, b in values if a is not None and b is not None]
        if differences:
            compared.append(compare_values(measure, differences))
    return compared
