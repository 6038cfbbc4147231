"""Sentiment of a text in Chinese or English: one logistic model over its meaning and its words.

The meaning is the vector of the sentence encoder, shared by both languages; the words (see `sentiment_terms`) tell what
the vector blurs, such as negation. The weights are in `sentiment.npz`, made by `tests/evals/sentiment.py`; what they were
made from is in `sentiment.md`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tools.feedback.encoder import LONGEST, encode
from tools.feedback.words import clean, sentiment_terms

if TYPE_CHECKING:
    import numpy as np

Sentiment = Literal["positive", "neutral", "negative", "mixed"]
SENTIMENTS: tuple[Sentiment, ...] = ("positive", "neutral", "negative", "mixed")
NEUTRAL = 0.2
"""Scores nearer to zero are neutral."""
OPPOSED = 0.4
"""A text is mixed where one of its clauses scores at least this, and another at most its negative."""

_WEIGHTS = Path(__file__).with_name("sentiment.npz")
_CLAUSE = re.compile(
    r"[。！？!?;；\n~…]+|\.(?=\s|$)|[,，]?\s*(?:但是|但|不过|可是|然而|可惜|就是|只是|美中不足)"
    r"|,?\s+\b(?:but|however|although|though|yet|except|unfortunately|only)\b",
    re.IGNORECASE,
)
_SHORTEST_CLAUSE = 3


@dataclass(frozen=True, slots=True)
class Model:
    """The weights.

    Attributes:
        vector: of the encoder's dimensions.
        terms: weight of each term, with its inverse document frequency.
        means: of the vectors of each language, over what the model was trained on.
        bias: of the logistic function.
        scale: of the terms beside the vector.
    """

    vector: "np.ndarray"
    terms: dict[str, tuple[float, float]]
    means: dict[str, "np.ndarray"]
    bias: float
    scale: float

    def score(self, texts: Sequence[str], vectors: "np.ndarray") -> "np.ndarray":
        """Return the score of each text, -1 (negative) to 1 (positive): twice the chance to be positive, less one.

        Of a text without letters, such as emoji, the vector says nothing.
        """
        import numpy as np

        spoken = np.array([any(c.isalnum() for c in text) for text in texts])
        words = np.array([self._read(text) for text in texts])
        return np.tanh((spoken * (vectors @ self.vector) + self.scale * words + self.bias) / 2)

    def _read(self, text: str) -> float:
        """Add up the weights of a text's terms: (1 + log tf) idf, to unit length."""
        counts = Counter(t for t in sentiment_terms(text[:LONGEST]) if t in self.terms)
        values = {term: (1 + log(n)) * self.terms[term][1] for term, n in counts.items()}
        length = sqrt(sum(v * v for v in values.values()))
        return sum(v * self.terms[t][0] for t, v in values.items()) / length if length else 0.0


@cache
def load_model() -> Model:
    """Read the weights that ship with the product."""
    import numpy as np

    with np.load(_WEIGHTS) as kept:
        terms = bytes(kept["terms"]).decode().split("\n")
        weights, idf = (kept[name].astype(float).tolist() for name in ("weights", "idf"))
        return Model(
            kept["vector"].astype(np.float32),
            {t: pair for t, *pair in zip(terms, weights, idf, strict=True)},  # type: ignore[misc]
            {language: kept[f"mean_{language}"].astype(np.float64) for language in ("zh", "en")},
            float(kept["bias"]),
            float(kept["scale"]),
        )


@dataclass(frozen=True, slots=True)
class Opinions:
    """What texts say: a score each, -1 to 1, and its name."""

    scores: "np.ndarray"
    labels: list[Sentiment]


def judge(texts: Sequence[str], vectors: "np.ndarray | None" = None) -> Opinions:
    """Judge the sentiment of texts.

    Args:
        texts: in Chinese or English.
        vectors: of the encoder, where they are known.

    Returns:
        The score and the name of each; a text without a word or a sign is neutral.
    """
    import numpy as np

    model, cleaned = load_model(), [clean(text) for text in texts]
    scores = model.score(cleaned, encode(cleaned) if vectors is None else vectors)
    scores = np.where([any(c.isalnum() or ord(c) > 0x2190 for c in text) for text in cleaned], scores, 0.0)
    labels = [_name(score) for score in scores]
    for place in _opposed(model, cleaned):
        labels[place] = "mixed"
    return Opinions(scores, labels)


def _name(score: float) -> Sentiment:
    if abs(score) < NEUTRAL:
        return "neutral"
    return "positive" if score > 0 else "negative"


def split_clauses(text: str) -> list[str]:
    """Cut a text where a sentence ends or turns; pieces of fewer than three letters are dropped.

    >>> split_clauses("质量很好，但是物流太慢了。"), split_clauses("Lovely quality but it came late.")
    (['质量很好', '物流太慢了'], ['Lovely quality', 'it came late'])
    """
    pieces = (piece.strip(" ,，") for piece in _CLAUSE.split(text))
    return [piece for piece in pieces if sum(c.isalnum() for c in piece) >= _SHORTEST_CLAUSE]


def _opposed(model: Model, texts: Sequence[str]) -> list[int]:
    """Find the texts that say both."""
    clauses = {i: found for i, text in enumerate(texts) if len(found := split_clauses(text[:LONGEST])) > 1}
    flat = [clause for found in clauses.values() for clause in found]
    scores = iter(model.score(flat, encode(flat)).tolist() if flat else ())
    each = {place: [next(scores) for _ in found] for place, found in clauses.items()}
    return [place for place, s in each.items() if max(s) >= OPPOSED and min(s) <= -OPPOSED]
