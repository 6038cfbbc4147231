"""Measures of a ranking: recall@k, nDCG@k and the reciprocal rank."""

from collections.abc import Hashable, Mapping, Sequence
from math import log2


def measure_recall(ranking: Sequence[Hashable], grades: Mapping[Hashable, int], *, k: int) -> float:
    """Share of what is relevant (grade above 0) that is among the first k.

    >>> measure_recall(["b", "a", "c"], {"a": 1, "z": 1}, k=2)
    0.5
    """
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:k])) / len(relevant)


def measure_ndcg(ranking: Sequence[Hashable], grades: Mapping[Hashable, int], *, k: int) -> float:
    """Normalised discounted cumulative gain: sum of grade / log2(rank + 1), over the best possible sum.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002, in the form of TREC.

    >>> round(measure_ndcg(["b", "a"], {"a": 1}, k=10), 4)
    0.6309
    """
    gains = [grades.get(item, 0) for item in ranking[:k]]
    ideal = sorted(grades.values(), reverse=True)[:k]
    return _discount(gains) / _discount(ideal)


def measure_reciprocal_rank(ranking: Sequence[Hashable], grades: Mapping[Hashable, int]) -> float:
    """Return 1 / rank of the first that is relevant, 0 if none is.

    >>> measure_reciprocal_rank(["b", "a"], {"a": 1})
    0.5
    """
    ranks = (rank for rank, item in enumerate(ranking, start=1) if grades.get(item, 0) > 0)
    return next((1 / rank for rank in ranks), 0.0)


def _discount(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
