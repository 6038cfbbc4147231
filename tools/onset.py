"""From which day on a segment's rate differs: one step, by maximum likelihood."""

import math
from typing import TYPE_CHECKING

from tools.metric_kinds import Metric
from tools.observation import is_proportion, observe
from tools.periods import Period
from tools.results import Figure, Text
from tools.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

# A gain of 8 is a likelihood ratio of 3000: over a few weeks of days chance rarely gives that (Worsley 1983).
_LEAST_GAIN = 8.0


def find_onset(
    scope: Scope,
    metric: Metric,
    filters: dict[str, list[str]],
    periods: list[Period],
    dimension: str,
    segment: str,
) -> list[Figure]:
    """Find the day on which the foremost segment's daily rate steps the way it changed; nothing if none is clear.

    Looks at shares of users only, over the days of both periods.
    """
    import pandas as pd

    if not is_proportion(metric):
        return []
    narrowed = {**filters, dimension: [segment]}
    # Each period by itself, as in the change: a first entry must not be lost to the other period.
    parts = [observe(scope, metric, p, filters=narrowed, interval="day").cells for p in periods]
    cells = pd.concat(parts, ignore_index=True).sort_values("bucket", ignore_index=True)
    step = split_rates(cells["numerator"].tolist(), cells["denominator"].tolist())
    if step is None:
        return []
    day = scope.calendar.first_day(int(cells["bucket"].iloc[step]), "day")
    text = scope.segment_text(dimension, segment)
    sides = [(int(c["numerator"].sum()), int(c["denominator"].sum())) for c in (cells[:step], cells[step:])]
    labels = (Text(zh=f"{day} 之前", en=f"before {day}"), Text(zh=f"自 {day} 起", en=f"from {day} on"))
    return [
        Figure(
            name,
            successes / trials if trials else None,
            "ratio",
            Text(zh=f"{text.zh}：{label.zh}", en=f"{text.en}: {label.en}"),
            day.isoformat(),
            f"{dimension}={segment}",
            n=trials,
        )
        for name, label, (successes, trials) in zip(
            ("onset_rate_before", "onset_rate_after"), labels, sides, strict=True
        )
    ]


def split_rates(successes: "Sequence[float]", trials: "Sequence[float]") -> int | None:
    """Return the position from which a rate differs most from before, by log-likelihood; None if not clearly.

    >>> split_rates([50, 50, 20, 20], [100, 100, 100, 100])
    2
    >>> split_rates([50, 49, 51, 50], [100, 100, 100, 100]) is None
    True
    """
    total_k, total_n = sum(successes), sum(trials)
    whole = _log_likelihood(total_k, total_n)
    best, place, k, n = 0.0, None, 0.0, 0.0
    for position in range(1, len(trials)):
        k, n = k + successes[position - 1], n + trials[position - 1]
        gain = _log_likelihood(k, n) + _log_likelihood(total_k - k, total_n - n) - whole
        if gain > best:
            best, place = gain, position
    return place if best >= _LEAST_GAIN else None


def _log_likelihood(successes: float, trials: float) -> float:
    if not 0 < successes < trials:
        return 0.0
    rate = successes / trials
    return successes * math.log(rate) + (trials - successes) * math.log(1 - rate)
