"""Whether two shares, or two means, may well be equal."""

import math


def compare_shares(successes: int, trials: int, other_successes: int, other_trials: int) -> float:
    """Return the two-sided p-value of the pooled z test that two shares are equal.

    z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)), p the share of both together.

    >>> round(compare_shares(30, 100, 15, 100), 4)
    0.0111
    """
    pooled = (successes + other_successes) / (trials + other_trials)
    variance = pooled * (1 - pooled) * (1 / trials + 1 / other_trials)
    if variance == 0:
        return 1.0
    z = (successes / trials - other_successes / other_trials) / math.sqrt(variance)
    return math.erfc(abs(z) / math.sqrt(2))


def compare_means(
    mean: float, variance: float, n: int, other_mean: float, other_variance: float, other_n: int
) -> float:
    """Return the two-sided p-value of Welch's t test from moments; not a number with a single user on a side."""
    if min(n, other_n) < 2:
        return math.nan
    if not variance + other_variance > 0:
        return 1.0 if mean == other_mean else 0.0
    from scipy.stats import ttest_ind_from_stats

    stats = (mean, math.sqrt(variance), n, other_mean, math.sqrt(other_variance), other_n)
    return float(ttest_ind_from_stats(*stats, equal_var=False).pvalue)
