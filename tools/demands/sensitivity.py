"""How firm an order is: scores are judgements, so each is moved at random by as much as it may be off.

In each of 2,000 draws every judged input is multiplied by a factor of its own between 1 / (1 + u) and 1 + u, even on the
logarithmic scale; what was counted in the data stays as it is. The draws are the same for the same list.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.demands.scoring import ScoreMethod, score

if TYPE_CHECKING:
    import numpy as np

DRAWS = 2_000
_CELLS = 4_000_000
_SEED = 20_181_017


@dataclass(frozen=True)
class Firmness:
    """What is left of an order when scores move.

    Attributes:
        low, high: of each demand the ranks between which 90 % of its draws lie.
        in_top: of each the share of draws in which it is among the first.
        keeps: of each, best first, the share of draws in which it stays ahead of the next; one less than demands.
        draws: how many.
    """

    low: "np.ndarray"
    high: "np.ndarray"
    in_top: "np.ndarray"
    keeps: "np.ndarray"
    draws: int


def shake_order(
    method: ScoreMethod,
    inputs: "Mapping[str, np.ndarray]",
    judged: "Mapping[str, np.ndarray]",
    weights: Mapping[str, float],
    *,
    uncertainty: float,
    top: int,
) -> Firmness:
    """Move the inputs of ranked demands and see what becomes of their order.

    Args:
        method: the formula.
        inputs: field -> values, the best demand first.
        judged: field -> of which demands the value is a judgement.
        weights: of the weighted score; they are judgements, too.
        uncertainty: u, by how much a judgement may be off.
        top: how many count as the first.
    """
    import numpy as np
    from scipy.stats import rankdata

    count = len(next(iter(inputs.values())))
    draws = max(200, min(DRAWS, _CELLS // max(1, count)))
    rng, reach = np.random.default_rng(_SEED), math.log1p(uncertainty)

    def factors(shape: tuple[int, ...]) -> np.ndarray:
        return np.exp(rng.uniform(-reach, reach, shape))

    moved = {}
    for field in sorted(inputs):
        values = np.where(judged[field], inputs[field] * factors((draws, count)), inputs[field])
        moved[field] = np.minimum(values, 1.0) if field == "confidence" else values
    drawn = score(method, moved, {name: weights[name] * factors((draws,)) for name in sorted(weights)})
    places = rankdata(-drawn, method="min", axis=1)
    low, high = np.quantile(places, [0.05, 0.95], axis=0, method="inverted_cdf")
    keeps = (drawn[:, :-1] > drawn[:, 1:]).mean(axis=0)
    return Firmness(low.astype(int), high.astype(int), (places <= top).mean(axis=0), keeps, draws)


def judged_fields(fields: Collection[str], counted: "np.ndarray") -> "dict[str, np.ndarray]":
    """Say which values are judgements: all but what was counted, where `counted` says so of the reach."""
    import numpy as np

    never = frozenset(("feedback", "negative", "votes"))
    return {f: ~counted if f == "reach" else np.full(len(counted), f not in never) for f in fields}
