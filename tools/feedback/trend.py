"""Whether a theme is written about more or less than before: counts of two spans of days, compared as Poisson rates.

Given both counts, the later one is binomial with the later span's share of the days, if the rate is the same
(Przyborowski & Wilenski 1940). The p-values of all themes are corrected together (Holm 1979).
"""

from collections.abc import Sequence
from typing import Literal

from tools.results import Text

Trend = Literal["new", "rising", "steady", "falling", "unknown"]
TREND_TEXT: dict[Trend, Text] = {
    "new": Text("新出现", "new"),
    "rising": Text("上升", "rising"),
    "steady": Text("平稳", "steady"),
    "falling": Text("下降", "falling"),
    "unknown": Text("无法比较", "unknown"),
}
LEVEL = 0.05
NEW_AT_LEAST, NEW_RATE = 5, 0.1


def compare_rates(now: Sequence[int], before: Sequence[int], days: int, days_before: int) -> list[Trend]:
    """Tell of each theme how its texts a day moved.

    Args:
        now, before: texts of each theme in the two spans.
        days, days_before: how long these are; without days before nothing can be told.

    >>> compare_rates([12, 30, 7, 4], [1, 32, 30, 4], 14, 14)
    ['new', 'steady', 'falling', 'steady']
    """
    if days_before <= 0:
        return ["unknown"] * len(now)
    share = days / (days + days_before)
    values = holm([binomial_test(n, n + b, share) for n, b in zip(now, before, strict=True)])
    return [_name(n / days, b / days_before, n, p) for n, b, p in zip(now, before, values, strict=True)]


def _name(rate: float, rate_before: float, now: int, p: float) -> Trend:
    if p >= LEVEL:
        return "steady"
    if rate < rate_before:
        return "falling"
    return "new" if now >= NEW_AT_LEAST and rate_before <= NEW_RATE * rate else "rising"


def binomial_test(count: int, of: int, share: float, *, more: bool = False) -> float:
    """Return the exact p-value that `count` of `of` has a share (or a larger one, if `more`) by chance."""
    from scipy.stats import binomtest

    return float(binomtest(count, of, share, "greater" if more else "two-sided").pvalue) if of else 1.0


def holm(values: Sequence[float]) -> list[float]:
    """Correct p-values for their number.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    corrected, least = [0.0] * len(values), 0.0
    for place, i in enumerate(order):
        least = max(least, min(1.0, (len(values) - place) * values[i]))
        corrected[i] = least
    return corrected
