"""Intervals that say how far chance alone may carry a figure; all at 95 %.

Wilson's score interval for a proportion (Wilson 1927); Newcombe's hybrid score interval for the difference
of two independent proportions (Newcombe 1998, method 10); Welch's interval for the difference of two means.
"""

import math
from collections.abc import Sequence

CONFIDENCE = 0.95
_Z = 1.959963984540054  # standard normal quantile at 0.975


def wilson_interval(successes: float, trials: float) -> tuple[float, float] | None:
    """Bound a proportion: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n); None without trials.

    >>> [round(v, 4) for v in wilson_interval(10, 100)]
    [0.0552, 0.1744]
    """
    if trials <= 0:
        return None
    rate, square = successes / trials, _Z * _Z
    middle = rate + square / (2 * trials)
    # Rounding may carry the radicand of a rate of 0 or 1 below zero.
    spread = _Z * math.sqrt(max(0.0, rate * (1 - rate) / trials + square / (4 * trials * trials)))
    scale = 1 + square / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def newcombe_interval(
    successes: float, trials: float, base_successes: float, base_trials: float
) -> tuple[float, float] | None:
    """Bound the difference of two independent proportions, the first minus the second.

    >>> [round(v, 4) for v in newcombe_interval(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    after, before = wilson_interval(successes, trials), wilson_interval(base_successes, base_trials)
    if after is None or before is None:
        return None
    p1, p0 = successes / trials, base_successes / base_trials
    low = math.hypot(p1 - after[0], before[1] - p0)
    high = math.hypot(after[1] - p1, p0 - before[0])
    return p1 - p0 - low, p1 - p0 + high


def welch_interval(after: Sequence[float], before: Sequence[float]) -> tuple[float, float] | None:
    """Bound the difference of two means, the first minus the second; None with fewer than two values each."""
    if len(after) < 2 or len(before) < 2:
        return None
    from scipy.special import stdtrit

    means = [sum(v) / len(v) for v in (after, before)]
    errors = [
        sum((x - m) ** 2 for x in v) / (len(v) - 1) / len(v)
        for v, m in zip((after, before), means, strict=True)
    ]
    total = sum(errors)
    if total == 0:
        return means[0] - means[1], means[0] - means[1]
    freedom = total**2 / (errors[0] ** 2 / (len(after) - 1) + errors[1] ** 2 / (len(before) - 1))
    spread = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * math.sqrt(total)
    return means[0] - means[1] - spread, means[0] - means[1] + spread


def stretch_interval(middle: float, bounds: tuple[float, float], factor: float) -> tuple[float, float]:
    """Widen an interval around a value by a factor.

    >>> stretch_interval(2.0, (1.0, 4.0), 2.0)
    (0.0, 6.0)
    """
    return middle - (middle - bounds[0]) * factor, middle + (bounds[1] - middle) * factor
