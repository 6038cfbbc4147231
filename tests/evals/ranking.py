"""Measures of ranked retrieval: recall@k and nDCG@k."""

from collections.abc import Mapping, Sequence
from math import log2


def measure_recall(ranking: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Share of the relevant documents (grade above 0) that are among the first k.

    >>> measure_recall(["b", "a", "c"], {"a": 1, "z": 1}, k=2)
    0.5
    """
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:k])) / len(relevant)


def measure_ndcg(ranking: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Normalised discounted cumulative gain: sum of grade / log2(rank + 1), over the best possible sum.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002, in the form of TREC.

    >>> round(measure_ndcg(["b", "a"], {"a": 1}, k=10), 4)
    0.6309
    """
    gains = [grades.get(document, 0) for document in ranking[:k]]
    ideal = sorted(grades.values(), reverse=True)[:k]
    return _discount(gains) / _discount(ideal)


def _discount(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
