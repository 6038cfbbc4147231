"""From which day on, or from which day to which, a segment differs: by least squares over its daily values.

Days within a stretch have one level, the others another (the "epidemic" alternative of Levin and Kline 1985); a
stretch that reaches to the last day is a step (Hinkley 1970). The stretch is where the weighted squares left over
are least. Its gain is half of what it takes off them, in units of the sampling variance, which is the
log-likelihood ratio for normal values; where days scatter more than sampling tells, divided by how much more.
"""

from typing import TYPE_CHECKING

from tools.driver_figures import part_text
from tools.driver_ranking import Part
from tools.metric_figures import metric_unit
from tools.metric_kinds import ActiveUsersMetric, Metric
from tools.observation import Observation, observe
from tools.periods import Period
from tools.results import Figure, Text
from tools.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

# A gain of 8 is a likelihood ratio of 3000: over a few weeks of days chance rarely gives that (Worsley 1983).
_LEAST_GAIN = 8.0
# A stretch that ends has one more place to be found in: it must gain this much more than a step.
_END_GAIN = 3.0
_COLUMNS = ["numerator", "denominator", "n", "numerator_square", "product", "denominator_square"]


def find_onset(
    scope: Scope,
    metric: Metric,
    filters: dict[str, list[str]],
    periods: list[Period],
    seen: "Sequence[Observation]",
    part: Part,
) -> list[Figure]:
    """Find since when a segment's daily value differs the way it contributed; nothing if no day is clear.

    Args:
        scope, metric, filters: what is measured.
        periods: whose days are looked at; a metric of whole weeks or months has none.
        seen: the observations of the periods.
        part: whose foremost segment is looked at.

    Returns:
        The values on the other days (onset_rate_before) and since (onset_rate_after); both have the first day as
        their period. Of counts and sums they are means per day.
    """
    days = _daily(scope, metric, filters, periods, seen, part)
    if days is None or len(days) < 2:
        return []
    values, variances = _values(days, seen[0].is_ratio)
    rise = float(part.table["contribution"].iloc[0]) > 0
    stretch = find_stretch(values, variances, rise=rise)
    if stretch is None:
        return []
    return _figures(scope, metric, days, stretch, part, seen[0].is_ratio)


def find_stretch(
    values: "Sequence[float]", variances: "Sequence[float]", *, rise: bool
) -> tuple[int, int] | None:
    """Return the positions, the second excluded, between which values are clearly higher (rise) or lower than elsewhere.

    >>> find_stretch([50, 52, 20, 19], [25, 25, 25, 25], rise=False)
    (2, 4)
    >>> find_stretch([50, 52, 20, 19, 51, 49], [9] * 6, rise=False)
    (2, 4)
    >>> find_stretch([50, 49, 51, 50], [25, 25, 25, 25], rise=False) is None
    True
    """
    import numpy as np

    y, weight = np.asarray(values, dtype=float), 1 / np.asarray(variances, dtype=float)
    best, found = _LEAST_GAIN, None
    for end in (len(y), *range(2, len(y))):
        for start in range(1, end):
            within = np.zeros(len(y), dtype=bool)
            within[start:end] = True
            gain = _gain(y, weight, within, rise) - (_END_GAIN if end < len(y) else 0.0)
            if gain >= best:
                best, found = gain, (start, end)
    return found


def _gain(y: "np.ndarray", weight: "np.ndarray", within: "np.ndarray", rise: bool) -> float:
    import numpy as np

    means = [np.average(y[side], weights=weight[side]) for side in (within, ~within)]
    if (means[0] > means[1]) != rise:
        return 0.0
    left = sum(_squares(y[side], weight[side]) for side in (within, ~within))
    return (_squares(y, weight) - left) / 2 / max(1.0, left / max(len(y) - 2, 1))


def _squares(values: "np.ndarray", weights: "np.ndarray") -> float:
    return float((weights * (values - (weights * values).sum() / weights.sum()) ** 2).sum())


def _daily(
    scope: Scope,
    metric: Metric,
    filters: dict[str, list[str]],
    periods: list[Period],
    seen: "Sequence[Observation]",
    part: Part,
) -> "pd.DataFrame | None":
    """Return one row per day of the foremost segment, in order; days without any are zero where days add up."""
    import pandas as pd

    if isinstance(metric, ActiveUsersMetric) and metric.interval != "day":
        return None
    cells = [o.cells for o in seen[:2]]
    if all("bucket" in c for c in cells):
        for dimension, value in zip(part.dimensions, part.values, strict=True):
            cells = [c[c[dimension] == value] for c in cells]
    else:
        narrowed = {**filters, **{d: [v] for d, v in zip(part.dimensions, part.values, strict=True)}}
        # Each period by itself, as in the change: a first entry must not be lost to the other period.
        cells = [observe(scope, metric, p, filters=narrowed, interval="day").cells for p in periods]
    whole = pd.concat(cells, ignore_index=True)
    columns = [c for c in _COLUMNS if c in whole]
    days = whole.groupby("bucket")[columns].sum()
    if not seen[0].is_ratio:
        covered = [b for p in periods for b in scope.calendar.buckets(p, "day")]
        days = days.reindex(sorted(set(covered)), fill_value=0)
    return days.sort_index()


def _values(days: "pd.DataFrame", is_ratio: bool) -> "tuple[list[float], list[float]]":
    """Return each day's value and its sampling variance, as it would be if all days were alike."""
    square = float(days["numerator_square"].sum())
    if not is_ratio:
        return days["numerator"].tolist(), [max(square / len(days), 1e-12)] * len(days)
    kept = days[days["denominator"] > 0]
    under = float(kept["denominator"].sum())
    rate = float(kept["numerator"].sum()) / under
    spread = (
        square - 2 * rate * float(kept["product"].sum()) + rate**2 * float(kept["denominator_square"].sum())
    )
    variances = max(spread, 1e-12) / under / kept["denominator"]
    return (kept["numerator"] / kept["denominator"]).tolist(), variances.tolist()


def _figures(
    scope: Scope, metric: Metric, days: "pd.DataFrame", stretch: tuple[int, int], part: Part, is_ratio: bool
) -> list[Figure]:
    import pandas as pd

    if is_ratio:
        days = days[days["denominator"] > 0]
    start, end = stretch
    first, last = (scope.calendar.first_day(int(days.index[i]), "day") for i in (start, end - 1))
    text, unit = part_text(scope, part), metric_unit(scope.semantics, metric)
    mean = Text("", "") if is_ratio else Text("，日均", ", per day")
    ended = end < len(days)
    labels = (
        Text(zh="其余各日", en="other days") if ended else Text(zh=f"{first} 之前", en=f"before {first}"),
        Text(zh=f"{first} 至 {last}", en=f"from {first} to {last}")
        if ended
        else Text(zh=f"自 {first} 起", en=f"from {first} on"),
    )
    sides = (pd.concat([days.iloc[:start], days.iloc[end:]]), days.iloc[start:end])
    figures = []
    for name, label, side in zip(("onset_rate_before", "onset_rate_after"), labels, sides, strict=True):
        below = float(side["denominator"].sum()) if is_ratio else len(side)
        figures.append(
            Figure(
                name,
                float(side["numerator"].sum()) / below,
                unit,
                Text(zh=f"{text.zh}：{label.zh}{mean.zh}", en=f"{text.en}: {label.en}{mean.en}"),
                first.isoformat(),
                part.segment or None,
                n=int(side["n"].sum()),
            )
        )
    return figures
