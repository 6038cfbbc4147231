"""Whether the knowledge base holds the answer: judged by how the best results stand out."""

from collections.abc import Sequence
from math import exp

from knowledge.retrieval import Hit


def judge(hits: Sequence[Hit]) -> float:
    """Return how likely it is that the hits, best first, hold the answer: 0 to 1."""
    if not hits:
        return 0.0
    best = hits[0]
    return 1 / (1 + exp(-(24.5 * best.score - 4.6)))
