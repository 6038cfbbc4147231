"""What is to be expected of a series: level, drift, season and calendar, known from the past alone.

    value(t + h) = level + drift·(φ + φ² + … + φʰ) + season(phase of t + h) + effect(occasion of t + h) + error

on the scale of `tools.monitoring.scales`. The level is a random walk seen through noise (the local level model of
Harvey 1989, by `statsmodels`' `UnobservedComponents`, which passes over missing points), so that its gain is that
of exponential smoothing. The drift is the median slope (Sen 1968), damped (Gardner, McKenzie 1985). The
season is a robust mean of each phase's deviations from a running median: the classical decomposition, which unlike
STL takes gaps, hours that a change of clocks repeats, and coarse phases before fine ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DAMPING = 0.98
#: Times that a finer season is seen before it counts.
KNOWN_CYCLES = 2
_TRIM = 2.5
_PASSES = 3
_SLOPE_CYCLES = 12
_MAD = 1.4826
_SEEN_LEVELS = 400
_FAR, _MOST_MASKED = 4.0, 0.1
_STILL = 4
_GAINS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Variances of the noise and of the level's steps; `gain` is the weight of a new point in the level."""

    noise: float
    step: float

    @property
    def gain(self) -> float:
        """The gain in the steady state: (√(q² + 4q) - q)/2, with q the ratio of the variances."""
        if self.noise <= 0:
            return 1.0 if self.step > 0 else _GAINS[0]
        ratio = self.step / self.noise
        return float(((ratio**2 + 4 * ratio) ** 0.5 - ratio) / 2)

    def spread(self, steps: "np.ndarray") -> "np.ndarray":
        """Return the standard error of a forecast so many steps ahead."""
        import numpy as np

        filtered = self.gain * self.noise
        return np.sqrt(filtered + self.step * steps + self.noise)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A fitted model, at the moment before the point `at`.

    `unsure` holds the variances of what was estimated, level, drift and season: from little they are large.
    """

    at: int
    level: float
    drift: float
    seasons: tuple["np.ndarray", ...]
    dynamics: Dynamics
    unsure: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def spread(self, steps: "np.ndarray") -> "np.ndarray":
        """Return the standard error of a forecast so many steps ahead."""
        import numpy as np

        ahead = DAMPING * (1 - DAMPING**steps) / (1 - DAMPING)
        level, drift, season = self.unsure
        return np.sqrt(self.dynamics.spread(steps) ** 2 + level + season + drift * ahead**2)

    def season(self, phases: Sequence["np.ndarray"], points: "np.ndarray") -> "np.ndarray":
        """Return the season at points of the series."""
        import numpy as np

        found = np.zeros(len(points))
        for effects, phase in zip(self.seasons, phases, strict=True):
            found += effects[phase[points]]
        return found

    def project(self, phases: Sequence["np.ndarray"], points: "np.ndarray") -> "np.ndarray":
        """Return what is expected at the points from `at` on, occasions left out."""
        import numpy as np

        ahead = np.cumsum(DAMPING ** np.arange(1, len(points) + 1))
        return self.level + self.drift * ahead + self.season(phases, points)

    def move(self, error: float | None) -> "Expectation":
        """Take in the next point by its error; None passes over it."""
        level = self.level + self.drift * DAMPING
        if error is not None:
            level += self.dynamics.gain * error
        return replace(self, at=self.at + 1, level=level, drift=self.drift * DAMPING)


def fit_expectation(
    past: "np.ndarray",
    phases: Sequence["np.ndarray"],
    cycle: int,
    dynamics: Dynamics | None,
    outlying: "np.ndarray | None" = None,
) -> Expectation:
    """Fit to the points so far.

    Args:
        past: the scaled series, with NaN for gaps.
        phases: each point's place in a season, coarse before fine; shape of at least `past`. A finer one counts from
            its second time on.
        cycle: points of the longest season.
        dynamics: what is known of the noise; None to estimate it.
        outlying: points from which level and drift are not to be learnt. Seasons are: what stands out may be one that was
            not known yet, and what is none is trimmed.
    """
    import numpy as np

    seasons, rest = _fit_seasons(past, phases, cycle)
    rest = rest if outlying is None else np.where(outlying, np.nan, rest)
    drift = _slope(rest[-_SLOPE_CYCLES * cycle :], least=max(10, 4 * cycle))
    recent = rest[-_SEEN_LEVELS:]
    found = dynamics or estimate_dynamics(recent - drift * np.arange(len(recent)))
    level = _last_level(rest, found, drift)
    unsure = _doubts(rest, found, sum(bool(s.any()) * len(s) for s in seasons), _SLOPE_CYCLES * cycle)
    return Expectation(len(past), level, drift, tuple(np.asarray(s) for s in seasons), found, unsure)


def _doubts(rest: "np.ndarray", dynamics: Dynamics, effects: int, window: int) -> tuple[float, float, float]:
    """Return the variances of the level, beyond that in the long run, of the drift and of the season.

    Of so many effects from n points each has the variance noise·effects/n, and a level as old as n noise/n; a slope
    over n points has 12·noise/n³, and 6/5·step/n from the level's own steps.
    """
    import numpy as np

    n = max(int(np.isfinite(rest).sum()), 1)
    seen = min(n, window)
    settled = dynamics.gain * dynamics.noise
    level, drift = (
        max(dynamics.noise / n - settled, 0.0),
        12 * dynamics.noise / seen**3 + 1.2 * dynamics.step / seen,
    )
    return level, drift, dynamics.noise * effects / n


def _fit_seasons(
    past: "np.ndarray", phases: Sequence["np.ndarray"], cycle: int
) -> tuple[list["np.ndarray"], "np.ndarray"]:
    """Return each season's effects and what is left without them, by backfitting level and season in turn."""
    import numpy as np

    seasons = [np.zeros(int(p.max()) + 1) for p in phases]
    rest = past
    shown = [n for n, p in enumerate(phases) if n == 0 or len(past) >= KNOWN_CYCLES * len(seasons[n])]
    cycle = min(cycle, len(seasons[shown[-1]])) if shown else cycle
    for number in range(_PASSES if phases else 0):
        # At the ends a window has not every phase once: that does no harm where the season is known already.
        around = _running_median(rest, cycle, whole=number == 0)
        rest = past
        for place in shown:
            own = phases[place][: len(past)]
            seasons[place] = phase_effects(rest - around, own, len(seasons[place]))
            rest = rest - seasons[place][own]
    return seasons, rest


def estimate_dynamics(rest: "np.ndarray") -> Dynamics:
    """Estimate the variances of the local level model by maximum likelihood, outliers masked."""
    import numpy as np

    known = rest[np.isfinite(rest)]
    spread = float(np.std(known)) if len(known) else 0.0
    if spread <= 1e-12 or len(known) < 4:
        return Dynamics(0.0, 0.0)
    scaled = (rest - np.median(known)) / spread
    steps = np.diff(scaled[np.isfinite(scaled)])
    usual = _MAD * float(np.median(np.abs(steps)))
    with np.errstate(invalid="ignore"):
        far = np.abs(scaled - _running_median(scaled, 5)) > _FAR * usual
    masked = np.where(far, np.nan, scaled)
    noise, step = _likeliest(masked if usual > 0 and far.mean() < _MOST_MASKED else scaled)
    return Dynamics(noise * spread**2, step * spread**2)


def _likeliest(scaled: "np.ndarray") -> tuple[float, float]:
    """Average the variances over a few gains by how likely each is, the variance concentrated out of the likelihood.

    Before the data a gain g has the weight (1 - g)⁴: of few points, chance alone makes a level seem to move. It is
    at least a fiftieth: a level that never moved yet may do so.
    """
    import numpy as np
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    model = UnobservedComponents(scaled, level="llevel")
    found = []
    for gain in _GAINS:
        ratio = gain**2 / (1 - gain)
        model.update(np.array([1.0, ratio]))
        filtered = model.ssm.filter()
        own = np.isfinite(scaled)
        own[: np.flatnonzero(own)[0] + 1] = False  # the first point makes the level
        errors, variances = filtered.forecasts_error[0, own], filtered.forecasts_error_cov[0, 0, own]
        variance = max(float(np.mean(errors**2 / variances)), 1e-12)
        likelihood = -0.5 * (own.sum() * np.log(variance) + np.log(variances).sum())
        found.append((float(likelihood) + _STILL * np.log(1 - gain), variance, variance * ratio))
    table = np.array(found)
    weights = np.exp(table[:, 0] - table[:, 0].max())
    noise, step = (weights[:, None] * table[:, 1:]).sum(axis=0) / weights.sum()
    return float(noise), float(step)


def _running_median(values: "np.ndarray", cycle: int, *, whole: bool = False) -> "np.ndarray":
    """Return the median of the cycle around each point; NaN at the ends where only whole windows count."""
    import pandas as pd

    width = cycle if cycle % 2 else cycle + 1
    rolled = pd.Series(values).rolling(width, center=True, min_periods=max(1, width // 2)).median()
    found = rolled.to_numpy(copy=True)
    if whole and len(found) >= 2 * width:
        found[: width // 2], found[-(width // 2) :] = float("nan"), float("nan")
    return found


def phase_effects(deviations: "np.ndarray", phase: "np.ndarray", count: int) -> "np.ndarray":
    """Return each phase's mean deviation without outliers, all drawn to zero by what noise makes of them.

    The factor is the positive part of 1 - (variance of the means by noise)/(their mean square), after James
    and Stein (1961): a season that is not there is left out, a clear one is left alone.
    """
    import numpy as np

    known = np.isfinite(deviations)
    values, places = deviations[known], phase[known]
    off = np.abs(values - _group_medians(values, places, count)[places])
    reach = np.maximum(_TRIM * _MAD * _group_medians(off, places, count), 1e-12)
    kept = off <= reach[places]
    seen = np.bincount(places, minlength=count)
    used = np.maximum(np.bincount(places[kept], minlength=count), 1)
    effects = np.bincount(places[kept], values[kept], minlength=count) / used
    left = (values - effects[places])[kept] ** 2 * (used / np.maximum(used - 1, 1))[places[kept]]
    present = seen > 0
    if not present.any():
        return effects
    effects[present] -= effects[present].mean()
    size = float((effects[present] ** 2).mean())
    by_noise = float(left.mean()) * float((1 / seen[present]).mean())
    return effects * (max(0.0, 1 - by_noise / size) if size > 0 else 0.0)


def _group_medians(values: "np.ndarray", places: "np.ndarray", count: int) -> "np.ndarray":
    """Return the median of the values at each place; 0 where there is none."""
    import numpy as np

    ordered = values[np.lexsort((values, places))]
    sizes = np.bincount(places, minlength=count)
    ends = np.cumsum(sizes)
    present = sizes > 0
    first = (ends - sizes)[present]
    medians = np.zeros(count)
    low, high = first + (sizes[present] - 1) // 2, first + sizes[present] // 2
    medians[present] = (ordered[low] + ordered[high]) / 2
    return medians


def _slope(rest: "np.ndarray", least: int) -> float:
    """Return the median slope per point; none from too few of them, which would tell chance for drift."""
    import numpy as np

    points = np.flatnonzero(np.isfinite(rest))
    if len(points) < least:
        return 0.0
    # A hundred points tell a slope as well as a thousand, at a hundredth of the pairs.
    points = points[:: max(1, len(points) // 100)]
    first, second = np.triu_indices(len(points), 1)
    return float(np.median((rest[points[second]] - rest[points[first]]) / (points[second] - points[first])))


def _last_level(rest: "np.ndarray", dynamics: Dynamics, drift: float) -> float:
    """Filter the level up to the last point (Kalman 1960), from the first three on."""
    import numpy as np

    known = np.flatnonzero(np.isfinite(rest))
    if not len(known):
        return 0.0
    level, variance = float(np.median(rest[known[:3]])), dynamics.noise + dynamics.step
    for value in rest[known[0] :]:
        level, variance = level + drift, variance + dynamics.step
        if np.isfinite(value):
            weight = variance / (variance + dynamics.noise) if variance > 0 else 1.0
            level, variance = level + weight * (value - level), (1 - weight) * variance
    return level
