"""Two ways of searching compared question by question, so that noise is called noise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.evaluation.running import Evaluation, Outcome

if TYPE_CHECKING:
    import numpy as np

_LEVEL = 0.05
_RESAMPLES = 9_999
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of a measure between two evaluations of the same questions, second minus first.

    Attributes:
        measure: Name of the measure.
        difference: Mean of the paired differences.
        low: Lower end of the 95 % bootstrap interval of the mean.
        high: Its upper end.
        pvalue: Of the sign-flip permutation test: how often chance alone gives as large a difference.
        better: Questions that went better.
        worse: Questions that went worse.
    """

    measure: str
    difference: float
    low: float
    high: float
    pvalue: float
    better: int
    worse: int

    @property
    def is_noise(self) -> bool:
        """Whether chance alone may well have made the difference."""
        return self.pvalue >= _LEVEL or self.low <= 0 <= self.high


def compare(first: Evaluation, second: Evaluation) -> list[Comparison]:
    """Compare recall@5, nDCG@10 and reciprocal rank, and the decisions where both made them.

    Raises:
        ValueError: The two did not ask the same questions.
    """
    if [o.question for o in first.outcomes] != [o.question for o in second.outcomes]:
        raise ValueError("the two evaluations must ask the same questions in the same order")
    pairs = [(a, b) for a, b in zip(first.outcomes, second.outcomes, strict=True) if a.question.answerable]
    compared = []
    if pairs:
        compared += [
            compare_values("recall@5", [b.recall[5] - a.recall[5] for a, b in pairs]),
            compare_values("ndcg@10", [b.ndcg - a.ndcg for a, b in pairs]),
            compare_values("mrr", [b.reciprocal_rank - a.reciprocal_rank for a, b in pairs]),
        ]
    both = list(zip(first.outcomes, second.outcomes, strict=True))
    for name, answerable in (("answered", True), ("declined", False)):
        decided = [
            float(_is_right(b)) - float(_is_right(a))
            for a, b in both
            if a.question.answerable == answerable and None not in (a.answered, b.answered)
        ]
        if decided:
            compared.append(compare_values(name, decided))
    return compared


def _is_right(outcome: Outcome) -> bool:
    return outcome.answered == outcome.question.answerable


def compare_values(measure: str, differences: list[float]) -> Comparison:
    """Compare a measure by the differences of its pairs, second minus first; at least one."""
    import numpy as np

    values = np.asarray(differences)
    better, worse = int((values > 0).sum()), int((values < 0).sum())
    mean = float(values.mean())
    if not better and not worse:
        return Comparison(measure, 0.0, 0.0, 0.0, 1.0, 0, 0)
    generator = np.random.default_rng(0)
    samples = [generator.choice(values, len(values)).mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(samples, [2.5, 97.5])
    return Comparison(measure, mean, float(low), float(high), _test_sign_flips(values), better, worse)


def _test_sign_flips(values: "np.ndarray") -> float:
    """Return how often the mean is as far from 0 if the signs fall at random; 1 for a single difference."""
    import numpy as np
    from scipy.stats import permutation_test

    if len(values) < 2:
        return 1.0
    test = permutation_test(
        (values,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        rng=0,
    )
    return float(test.pvalue)
