"""Days with more of something than the days before them let expect: counts, limits and levels of alarm.

A day is held against the days before it, those that were alarming themselves left out. The limit is a quantile of the
predictive distribution of a Poisson count whose rate is known from those days, which is negative binomial; where the
days vary more than Poisson, wider by their dispersion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["none", "alert", "severe", "unknown"]
FEWEST_DAYS = 7
SEVERE_TIMES = 3.0


@dataclass(frozen=True, slots=True)
class Watched:
    """One day held against the days before it: what was expected, the limit, and how alarming it is."""

    expected: float | None
    limit: int | None
    level: Level


def watch_days(counts: Sequence[int], *, baseline: int, at_least: int, false_alarms: float) -> list[Watched]:
    """Hold each day's count against those before it.

    Args:
        counts: negative texts of consecutive days.
        baseline: how many days before count.
        at_least: fewest texts that alarm.
        false_alarms: chance that a usual day exceeds the limit.

    Returns:
        Per day the mean of the days before, the largest count that is usual, and the level: severe from three times
        the limit on.
    """
    watched: list[Watched] = []
    for place, count in enumerate(counts):
        days = range(max(0, place - baseline), place)
        usual = [counts[i] for i in days if watched[i].level not in ("alert", "severe")]
        if len(usual) < FEWEST_DAYS:
            watched.append(Watched(None, None, "unknown"))
            continue
        limit = largest_usual(usual, false_alarms)
        level: Level = "none"
        if count > limit and count >= at_least:
            level = "severe" if count >= SEVERE_TIMES * max(limit, 1) else "alert"
        watched.append(Watched(sum(usual) / len(usual), limit, level))
    return watched


def largest_usual(usual: Sequence[int], false_alarms: float) -> int:
    """Return the largest count that a day like these exceeds with at most the given chance.

    With a Jeffreys prior the next count after n days with the sum s is negative binomial with the shape s + 1/2 and the
    success chance n / (n + 1). Its variance is widened where the days are more dispersed than Poisson.

    >>> largest_usual([2] * 28, 0.001)
    8
    """
    from statistics import mean, variance

    from scipy.stats import nbinom

    n, total = len(usual), sum(usual)
    shape, chance = total + 0.5, n / (n + 1)
    average = shape * (1 - chance) / chance
    dispersion = variance(usual) / mean(usual) if total and n > 1 else 1.0
    if dispersion > 1:
        spread = average * (1 + 1 / n) * dispersion
        shape, chance = average**2 / (spread - average), average / spread
    return int(nbinom.ppf(1 - false_alarms, shape, chance))
