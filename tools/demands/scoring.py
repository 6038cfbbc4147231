"""Scores of demands and their ranks.

RICE (McBride, Intercom, 2018): reach x impact x confidence / effort. ICE (Ellis): impact x confidence x ease, confidence
out of ten. Weighted: 100 times the weighted mean of the criteria, each over its largest value in the list; of a criterion
with a negative weight, of what is left of 1.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from tools.results import Text

if TYPE_CHECKING:
    import numpy as np

ScoreMethod = Literal["rice", "ice", "weighted"]
FIELDS: Mapping[str, tuple[str, ...]] = {
    "rice": ("reach", "impact", "confidence", "effort"),
    "ice": ("impact", "confidence", "ease"),
}
FORMULAS: Mapping[str, Text] = {
    "rice": Text("RICE = 触达 × 影响 × 信心 ÷ 投入", "RICE = reach × impact × confidence ÷ effort"),
    "ice": Text("ICE = 影响 × 信心（满分 10）× 易实现度", "ICE = impact × confidence (out of 10) × ease"),
}
_DIGITS = 9
_BITS = 36


def score(
    method: ScoreMethod, inputs: "Mapping[str, np.ndarray]", weights: "Mapping[str, np.ndarray | float]"
) -> "np.ndarray":
    """Score demands, along the last axis.

    Args:
        method: the formula.
        inputs: field -> values of the demands, confidence as a share; of one shape, all that the method needs.
        weights: criterion -> weight, for the weighted score.

    >>> import numpy as np
    >>> score("rice", {k: np.array([v]) for k, v in
    ...     {"reach": 500.0, "impact": 2.0, "confidence": 0.8, "effort": 4.0}.items()}, {}).tolist()
    [200.0]
    """
    if method == "rice":
        return inputs["reach"] * inputs["impact"] * inputs["confidence"] / inputs["effort"]
    if method == "ice":
        return inputs["impact"] * (10 * inputs["confidence"]) * inputs["ease"]
    import numpy as np

    total, whole = 0.0, 0.0
    for name, weight in weights.items():
        values, size = inputs[name], np.asarray(weight)[..., None]
        largest = values.max(axis=-1, keepdims=True)
        part = values / np.where(largest > 0, largest, 1.0)
        total = total + np.abs(size) * np.where(size < 0, 1 - part, part)
        whole = whole + np.abs(size)
    return 100 * total / np.broadcast_to(whole, np.shape(total))


def rank(scores: Sequence[float]) -> list[int]:
    """Rank scores, the highest first; equal ones share the best rank and the next ones are skipped.

    Scores are equal to 36 binary digits, so that neither the order of adding nor doubling all of them changes a rank.

    >>> rank([5.0, 7.0, 0.1 + 0.2, 5.0, 0.3])
    [2, 1, 4, 2, 4]
    """
    plain = [_round_binary(s) for s in scores]
    places = {value: place for place, value in reversed(list(enumerate(sorted(plain, reverse=True), 1)))}
    return [places[value] for value in plain]


def _round_binary(value: float) -> float:
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(math.ldexp(mantissa, _BITS)), exponent - _BITS) if math.isfinite(value) else value


def round_off(value: float) -> float:
    """Round to nine significant digits, so that the order of multiplying makes no difference.

    >>> round_off(0.1 + 0.2) == round_off(0.3)
    True
    """
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, _DIGITS - 1 - math.floor(math.log10(abs(value))))
