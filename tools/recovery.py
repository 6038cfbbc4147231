"""The drop of a funnel that is most worth winning back: a what-if, not a forecast.

For a step k after step j, with n users at each step and N at the last: if the rate n_k / n_j rose to a target,
and those won back converted onwards like those who are there now (N / n_k), the funnel would have
n_j * (target - n_k / n_j) * N / n_k conversions more. The target is a stated benchmark; else the rate of the
best segment; else 1, which bounds from above what the step can cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A segment of fewer users at the step before has a rate that is mostly chance.
FEWEST_USERS = 30


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a step could win back.

    Attributes:
        step, previous: positions from 0.
        rate, target: conversion from the previous step, as it is and as it would be.
        segment: the segment whose rate the target is; None for a benchmark, or for nobody lost.
        stated: whether the target is a benchmark.
        conversions: conversions more.
        n: users at the previous step.
    """

    step: int
    previous: int
    rate: float
    target: float
    segment: str | None
    stated: bool
    conversions: float
    n: int


def find_recovery(
    counts: Sequence[int],
    required: Sequence[int],
    segments: Mapping[str, Sequence[int]],
    benchmarks: Mapping[int, float],
) -> Recovery | None:
    """Return the step with most to win back, None where no step falls short of its target.

    Args:
        counts: users per step.
        required: positions of the steps that may not be skipped.
        segments: users per step of each segment.
        benchmarks: rate per position.
    """
    found = [_recover(counts, previous, step, segments, benchmarks) for previous, step in pairwise(required)]
    gains = [r for r in found if r is not None and r.conversions > 0]
    return max(gains, key=lambda r: (r.conversions, -r.step), default=None)


def _recover(
    counts: Sequence[int],
    previous: int,
    step: int,
    segments: Mapping[str, Sequence[int]],
    benchmarks: Mapping[int, float],
) -> Recovery | None:
    if not counts[step] or (benchmarks and step not in benchmarks):
        return None
    rate = counts[step] / counts[previous]
    target, segment = _target(previous, step, segments, benchmarks)
    conversions = counts[previous] * (target - rate) * counts[-1] / counts[step]
    return Recovery(step, previous, rate, target, segment, step in benchmarks, conversions, counts[previous])


def _target(
    previous: int, step: int, segments: Mapping[str, Sequence[int]], benchmarks: Mapping[int, float]
) -> tuple[float, str | None]:
    """Return the rate that a step could reach, and the segment that reaches it."""
    if step in benchmarks:
        return benchmarks[step], None
    rates = {
        name: users[step] / users[previous]
        for name, users in segments.items()
        if users[previous] >= FEWEST_USERS
    }
    if not rates:
        return 1.0, None
    best = max(rates, key=lambda name: (rates[name], name))
    return rates[best], best
