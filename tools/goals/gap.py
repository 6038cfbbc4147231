"""Where the gap to the pace lies: what each segment should have added, less what it did; the parts sum to the gap.

Of a level, a segment should have added its share of the way, by its weight in the baseline: w·(expected - baseline);
what it did add is its contribution to the change since the baseline (see `tools.decomposition`). Of an amount it
should have gathered its share, by its weight in the baseline.
"""

from typing import TYPE_CHECKING

from tools.decomposition import decompose_ratio, decompose_sum
from tools.metric_kinds import Metric
from tools.observation import observe
from tools.periods import Period
from tools.scope import FilterValues, Scope

if TYPE_CHECKING:
    import pandas as pd

_MOST_SEGMENTS = 30


def split_gap(
    scope: Scope,
    metric: Metric,
    *,
    now: Period,
    before: Period,
    wanted: float,
    cumulative: bool,
    dimension: str | None,
    filters: FilterValues,
) -> "pd.DataFrame":
    """Split `wanted` less the value over `now` by the segments of a dimension, by default of that which tells most.

    Returns:
        Rows (dimension, segment, before, after, n_before, n_after, gap), the largest part first; empty where
        there is no dimension, or nothing before to take shares from.
    """
    import pandas as pd

    best, best_score = pd.DataFrame(), float("-inf")
    for name in [dimension] if dimension else scope.source.dimensions:
        found = _split(scope, metric, now, before, wanted, cumulative, name, filters)
        if not found.empty and (dimension or len(found) <= _MOST_SEGMENTS):
            score = _telling(found)
            if score > best_score:
                best, best_score = found, score
    if best.empty:
        return best
    order = best["gap"].abs().sort_values(ascending=False, kind="stable").index
    return best.loc[order, ["dimension", "segment", "before", "after", "n_before", "n_after", "gap"]]


def _split(
    scope: Scope,
    metric: Metric,
    now: Period,
    before: Period,
    wanted: float,
    cumulative: bool,
    dimension: str,
    filters: FilterValues,
) -> "pd.DataFrame":
    seen = [observe(scope, metric, p, filters=filters, dimensions=[dimension]) for p in (now, before)]
    if any(o.value is None or o.cells.empty for o in seen):
        return seen[0].cells.head(0)
    split = decompose_ratio if seen[0].is_ratio else decompose_sum
    after, earlier = (o.cells.rename(columns={dimension: "segment"}) for o in seen)
    parts = split(after, earlier, "segment")
    base = float(seen[1].value or 0)
    if cumulative:
        gap = parts["weight_before"] * wanted - parts["after"]
    else:
        gap = parts["weight_before"] * (wanted - base) - parts["contribution"]
    return parts.assign(gap=gap, dimension=dimension)


def _telling(parts: "pd.DataFrame") -> float:
    """Say how much more of the gap the largest part is than its size, less what parts trade (see `tools.decomposition.concentration`)."""
    gap, size = float(parts["gap"].sum()), float(parts["gap"].abs().sum())
    if not gap or not size:
        return 0.0
    shares = (parts["gap"] / gap).to_numpy()
    top = int(shares.argmax())
    return (min(float(shares[top]), 1.0) - float(parts["weight_before"].iloc[top])) * abs(gap) / size
