"""Forecasts from the end of a walk, and from each of its origins to tell how good they are.

The interval of a step is the model's standard error times a multiplier: the conformal quantile of |error|/standard
error over the backtest (Vovk 2005; Stankevičiūtė et al. 2021 for series), from steps between half and twice as far
ahead. Where there are too few of them it is Student's. Coverage is told of intervals whose multiplier was known at
their origin. The mean absolute error is scaled by that of repeating the last season (MASE, Hyndman, Koehler 2006).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.monitoring.courses import Togetherness, draw_courses
from tools.monitoring.expectation import Expectation
from tools.monitoring.scales import Scale
from tools.monitoring.walk import Course, Walk

if TYPE_CHECKING:
    import numpy as np

LEVEL = 0.95
_LEAST_SCORED = 20
_WHOLE = 0.9
_FEW = 2.6  # the quantile of Student's t with 5 degrees of freedom


@dataclass(frozen=True, slots=True)
class Backtest:
    """Forecasts that were made at origins of the past.

    Attributes:
        origins, steps, targets: where each was made, how far ahead, of which point.
        errors: on the scale. spreads: the model's standard errors.
        covered: 1 where the interval known at the origin held, 0 where not, NaN where none was known.
        absolute, naive: absolute errors of the forecast and of repeating the last season, in units of the values.
        unit: mean absolute change from season to season.
    """

    origins: "np.ndarray"
    steps: "np.ndarray"
    targets: "np.ndarray"
    errors: "np.ndarray"
    spreads: "np.ndarray"
    covered: "np.ndarray"
    absolute: "np.ndarray"
    naive: "np.ndarray"
    unit: float

    @property
    def n(self) -> int:
        """How many forecasts were compared with what came."""
        return len(self.errors)

    @property
    def mase(self) -> float | None:
        """Mean absolute scaled error; None where nothing was compared or the series repeats itself."""
        return float(self.absolute.mean()) / self.unit if self.n and self.unit > 0 else None

    @property
    def naive_mase(self) -> float | None:
        """The same of repeating the last season."""
        return float(self.naive.mean()) / self.unit if self.n and self.unit > 0 else None

    @property
    def coverage(self) -> tuple[float | None, int]:
        """Share of points within the intervals known at their origin, and of how many."""
        import numpy as np

        known = self.covered[np.isfinite(self.covered)]
        return (float(known.mean()) if len(known) else None), len(known)

    def togetherness(self, steps: int) -> Togetherness:
        """Tell how far the errors of so many steps go together."""
        import numpy as np

        if not self.n:
            return Togetherness()
        scores = self.errors / np.maximum(self.spreads, 1e-12)
        origins, place, counts = np.unique(self.origins, return_inverse=True, return_counts=True)
        whole = counts >= max(_WHOLE * steps, 2)
        square = float((scores**2).mean())
        if not whole.any() or not square:
            return Togetherness(square=square, n=self.n)
        means = np.bincount(place, scores)[whole] / counts[whole]
        singles = np.bincount(place, scores**2)[whole] / counts[whole]
        seen = float(origins[whole][-1] - origins[whole][0]) / steps + 1
        return Togetherness(float((means**2).mean() / singles.mean()), seen, square, self.n)

    def multiplier(self, step: int, before: int | None = None) -> float:
        """Return how many standard errors the interval of a step reaches either way, as known before a point."""
        import numpy as np

        near = (self.steps * 2 >= step) & (self.steps <= 2 * step)
        if before is not None:
            near &= self.targets < before
        return _quantile(np.abs(self.errors[near]) / np.maximum(self.spreads[near], 1e-12))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of the points ahead, in units of the values.

    Attributes:
        middle: medians. low, high: 95 % interval of each.
        naive: the last season repeated.
        paths: simulated courses, shape (paths, steps): sums and means over the points are told from them.
        unprecedented: steps that lie in an occasion of which the data knows none before.
    """

    middle: "np.ndarray"
    low: "np.ndarray"
    high: "np.ndarray"
    naive: "np.ndarray"
    paths: "np.ndarray"
    unprecedented: tuple[int, ...]


def backtest(course: Course, walk: Walk, scale: Scale, values: "np.ndarray", horizon: int) -> Backtest:
    """Forecast from each origin of a walk and compare with what came; occasions without precedent are left out."""
    import numpy as np

    count, rows, covered = len(walk.expected), [], []
    starts = [o for o in walk.origins if o.at < count]
    for origin in starts:
        points = np.arange(origin.at, min(origin.at + horizon, count))
        middle, new = _project(course, walk, origin, points)
        steps = points - origin.at + 1
        kept = np.isfinite(course.values[points]) & ~new
        naive = seasonal_naive(values, course.cycle, origin.at, len(points))
        rows.append(
            np.stack(
                [
                    np.full(len(points), origin.at),
                    steps,
                    points,
                    course.values[points] - middle,
                    origin.spread(steps),
                    np.abs(values[points] - scale.back(middle)),
                    np.abs(values[points] - naive),
                ]
            )[:, kept & np.isfinite(naive)]
        )
    table = np.concatenate(rows, axis=1) if rows else np.zeros((7, 0))
    change = np.abs(values[course.cycle :] - values[: -course.cycle])
    unit = float(np.nanmean(change)) if np.isfinite(change).any() else 0.0
    blank = np.full(table.shape[1], np.nan)
    whole = (table[0].astype(int), table[1].astype(int), table[2].astype(int), table[3], table[4])
    found = Backtest(*whole, blank, table[5], table[6], unit)
    for origin in starts:
        covered.append(_cover(found, origin.at))
    return Backtest(*whole, np.concatenate(covered) if covered else blank, table[5], table[6], unit)


def make_forecast(
    course: Course, walk: Walk, scale: Scale, values: "np.ndarray", tested: Backtest, horizon: int
) -> Forecast:
    """Forecast the points after the last known one."""
    import numpy as np

    assert walk.last is not None
    count = len(walk.expected)
    points = np.arange(count, count + horizon)
    middle, new = _project(course, walk, walk.last, points)
    steps = np.arange(1, horizon + 1)
    widths = np.array([tested.multiplier(int(s)) for s in steps]) * walk.last.spread(steps)
    return Forecast(
        middle=scale.back(middle),
        low=scale.back(middle - widths),
        high=scale.back(middle + widths),
        naive=seasonal_naive(values, course.cycle, count, horizon),
        paths=scale.back(middle + draw_courses(walk.last, widths, tested.togetherness(horizon))),
        unprecedented=tuple(np.flatnonzero(new)),
    )


def seasonal_naive(values: "np.ndarray", cycle: int, at: int, horizon: int) -> "np.ndarray":
    """Repeat the last season before a point; a gap in it is filled from the season before."""
    import numpy as np

    last = values[max(0, at - cycle) : at].copy()
    for back in range(2, 5):
        earlier = values[max(0, at - back * cycle) : at - (back - 1) * cycle]
        if len(earlier) == len(last):
            last = np.where(np.isfinite(last), last, earlier)
    return np.resize(last, horizon) if len(last) else np.full(horizon, np.nan)


def _project(
    course: Course, walk: Walk, origin: Expectation, points: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray"]:
    """Return what is expected at points, and which lie in an occasion without precedent."""
    import numpy as np

    keys = [course.occasions[p] for p in points]
    effects = [walk.effect(k, origin.at) for k in keys]
    new = np.array([k is not None and e is None for k, e in zip(keys, effects, strict=True)], dtype=bool)
    return origin.project(course.phases, points) + np.array([e or 0.0 for e in effects]), new


def _cover(tested: Backtest, origin: int) -> "np.ndarray":
    import numpy as np

    own = tested.origins == origin
    steps, found = tested.steps[own], np.full(int(own.sum()), np.nan)
    if (tested.targets < origin).sum() < _LEAST_SCORED:
        return found
    known = {int(s): tested.multiplier(int(s), before=origin) for s in np.unique(steps)}
    reach = np.array([known[int(s)] for s in steps]) * tested.spreads[own]
    return (np.abs(tested.errors[own]) <= reach + 1e-9).astype(float)


def _quantile(scores: "np.ndarray") -> float:
    """Return the conformal quantile: the ⌈(n + 1)·level⌉-th smallest score."""
    import numpy as np

    n = len(scores)
    if n < _LEAST_SCORED:
        return max(_FEW, float(scores.max()) if n else 0.0)
    rank = min(int(np.ceil((n + 1) * LEVEL)), n)
    return float(np.sort(scores)[rank - 1])
