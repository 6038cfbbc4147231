"""Taking a change apart by segment, exactly.

A ratio R = Σ w·r is a sum over segments of weight (share of the denominator) times rate. Between two periods

    rate effect = (w₀ + w₁)/2 · (r₁ - r₀)
    mix effect  = (w₁ - w₀) · ((r₀ + r₁)/2 - (R₀ + R₁)/2)

add up to R₁ - R₀ without a remainder: the symmetric (midpoint) form of the decomposition of Kitagawa
(1955), with mix measured against the average rate, so that a growing segment counts for what it differs by.
A segment that exists in one period only has no rate in the other; it is given the one it has, so that all
of its effect is mix.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def decompose_ratio(after: "pd.DataFrame", before: "pd.DataFrame", key: str) -> "pd.DataFrame":
    """Split the change of a ratio by the segments of one dimension.

    Args:
        after, before: rows (key, numerator, denominator, n); segments may repeat, they are summed.
        key: the column of segments.

    Returns:
        Rows (segment, before, after, n_before, n_after, weight_before, weight_after, rate_effect, mix_effect,
        contribution, share), the largest contribution first. `contribution` sums to the change of the
        ratio, `share` to 1 (null where nothing changed). Empty where either denominator is zero.
    """
    both = _align(after, before, key, ["numerator", "denominator", "n"])
    den0, den1 = both["denominator_before"].sum(), both["denominator_after"].sum()
    if not den0 or not den1:
        return _ranked(both.head(0).assign(rate_effect=0.0, mix_effect=0.0), 0.0)
    w0, w1 = both["denominator_before"] / den0, both["denominator_after"] / den1
    r0 = both["numerator_before"] / both["denominator_before"].where(w0 > 0)
    r1 = both["numerator_after"] / both["denominator_after"].where(w1 > 0)
    known0, known1 = r0.fillna(r1).fillna(0), r1.fillna(r0).fillna(0)
    total0, total1 = both["numerator_before"].sum() / den0, both["numerator_after"].sum() / den1
    # A numerator without a denominator has a weight of nothing, yet it is part of the total.
    stray = (
        both["numerator_after"].where(w1 == 0, 0) / den1 - both["numerator_before"].where(w0 == 0, 0) / den0
    )
    both = both.assign(
        before=r0,
        after=r1,
        weight_before=w0,
        weight_after=w1,
        rate_effect=(w0 + w1) / 2 * (known1 - known0) + stray,
        mix_effect=(w1 - w0) * ((known0 + known1) / 2 - (total0 + total1) / 2),
    )
    return _ranked(both, float(total1 - total0))


def decompose_sum(after: "pd.DataFrame", before: "pd.DataFrame", key: str) -> "pd.DataFrame":
    """Split the change of a sum by the segments of one dimension: each contributes its own difference.

    Returns:
        Rows (segment, before, after, n_before, n_after, weight_before, weight_after, contribution, share),
        the largest contribution first.
    """
    both = _align(after, before, key, ["numerator", "n"])
    both = both.assign(before=both["numerator_before"], after=both["numerator_after"])
    for side in ("before", "after"):
        total = both[side].sum()
        both[f"weight_{side}"] = both[side] / total if total else 0.0
    both["contribution"] = both["after"] - both["before"]
    return _ranked(both, float(both["after"].sum() - both["before"].sum()))


def concentration(parts: "pd.DataFrame", change: float) -> float:
    """Say how much more the foremost segment explains than its size alone would, less what segments trade.

    (min(share, 1) - weight) / (Σ|contribution| / |change|)

    A change that all share alike gives 0: of a sum each segment then has its weight before as share, of a
    ratio its mean weight. The divisor is 1 where all segments move the same way, and large where they replace one
    another, as releases of an app do: there a segment "explains" many times a change that would have come anyhow.
    """
    if parts.empty or not change:
        return 0.0
    first = parts.iloc[0]
    before, after = float(first["weight_before"]), float(first["weight_after"])
    weight = (before + after) / 2 if "rate_effect" in parts else before
    offsetting = float(parts["contribution"].abs().sum()) / abs(change)
    return (min(float(first["contribution"]) / change, 1.0) - weight) / offsetting


def _align(after: "pd.DataFrame", before: "pd.DataFrame", key: str, columns: Sequence[str]) -> "pd.DataFrame":
    sides = [
        frame.groupby(key)[list(columns)].sum().add_suffix(f"_{side}")
        for frame, side in ((before, "before"), (after, "after"))
    ]
    both = sides[0].join(sides[1], how="outer").fillna(0).sort_index()
    return both.rename_axis("segment").reset_index()


def _ranked(parts: "pd.DataFrame", change: float) -> "pd.DataFrame":
    effects = [c for c in ("rate_effect", "mix_effect") if c in parts]
    if effects:
        parts = parts.assign(contribution=parts[effects].sum(axis=1))
    # The foremost segment is the one that moves the total its own way; an opposite one comes last.
    ahead = parts["contribution"] * (1 if change >= 0 else -1)
    parts = parts.assign(share=parts["contribution"] / change if change else float("nan"))
    parts = parts.loc[ahead.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
    counts = ["n_before", "n_after"]
    parts[counts] = parts[counts].astype(int)
    wanted = ["segment", "before", "after", *counts, "weight_before", "weight_after", *effects]
    return parts.reindex(columns=[*wanted, "contribution", "share"])
