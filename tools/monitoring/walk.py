"""A series walked through from its start: each point is expected from those before it, and judged by past errors.

The same walk gives anomalies (one step ahead), forecasts (from its end) and their backtest (from each of its
origins): nothing in it has seen what it tells of. Once a cycle the model is fitted anew. A point beyond the margin
does not move the level; errors that go on to one side make a new one (`tools.monitoring.departures`), to which all
before is carried. What an occasion (a holiday, a festival) brought is expected again when the same one returns; an
unusual day of one teaches nothing of usual days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tools.monitoring.departures import Departure, Shift, runs_in, score_error
from tools.monitoring.expectation import Dynamics, Expectation, fit_expectation
from tools.monitoring.noise import Judge, fit_noise, no_noise
from tools.monitoring.scales import PLAIN, Scale

if TYPE_CHECKING:
    import numpy as np

_OUTLIER = 0.003
_REFITS = 4
_REMEMBERED = 4
_WINDOW, _WINDOW_LONG = 52, 8
_LONG = 50

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Course:
    """A series to walk through.

    Attributes:
        values: on their scale, with NaN for gaps.
        phases: each point's place in the season, coarse before fine; they reach as far ahead as is forecast.
        cycle: points of the longest season; 1 for none.
        occasions: name and day of the occasion that a point lies in, or None; as long as the phases.
        floor: standard error of each point by the drawing of users; zero where that is not known.
        scale: what the values are on.
        by_hour: whether points are hours, whose noise has a season and whose errors count in units, too.
    """

    values: "np.ndarray"
    phases: tuple["np.ndarray", ...]
    cycle: int
    occasions: Sequence[Key | None]
    floor: "np.ndarray"
    scale: Scale = PLAIN
    by_hour: bool = False

    @property
    def block(self) -> int:
        """Points from one fit to the next: a week of days, a day of hours, four weeks."""
        return self.cycle // 7 if self.cycle > _LONG else max(self.cycle, 4)

    def phase(self, points: "np.ndarray") -> "np.ndarray":
        """Return the places of points in the coarsest season; 0 where there is none."""
        return self.phases[0][points] if self.phases else points * 0

    @property
    def window(self) -> int:
        """Points that a fit looks back: a year of days, eight weeks of hours."""
        return _WINDOW_LONG * self.cycle if self.cycle > _LONG else _WINDOW * max(self.cycle, 7)


@dataclass(slots=True)
class Walk:
    """What was expected at each point, and how far off it was.

    Attributes:
        expected: on the scale; NaN before there is enough to tell.
        spread: scale of the usual error at each point.
        chance: probability of an error at least so large, either way; NaN where it cannot be told.
        judges: what was known of errors at each point.
        shifts: where new levels begin.
        unprecedented: points in an occasion of which none like it was seen before.
        origins: expectations at the points where the model was fitted anew.
        last: at the end.
        effects: where each occasion lay, and the deviation that it brought.
    """

    expected: "np.ndarray"
    spread: "np.ndarray"
    chance: "np.ndarray"
    judges: list[Judge]
    shifts: list[Shift] = field(default_factory=list)
    unprecedented: list[int] = field(default_factory=list)
    origins: list[Expectation] = field(default_factory=list)
    last: Expectation | None = None
    effects: dict[Key, list[tuple[int, float]]] = field(default_factory=dict)

    def effect(self, key: Key | None, before: int) -> float | None:
        """Return the median of what the same day of the occasion brought before a point; None if it is new."""
        from statistics import median

        seen = [e for at, e in self.effects.get(key, ()) if at < before] if key is not None else []
        return median(seen) if seen else None


def warm_up(cycle: int) -> int:
    """Return how many points come before the first that is expected: two weeks of days, two days of hours."""
    return max(2 * (cycle // 7 if cycle > _LONG else cycle), 8)


def walk_through(course: Course, *, known: int | None = None) -> Walk:
    """Walk through the points that are known (all, if not said otherwise)."""
    import numpy as np

    count = len(course.values) if known is None else known
    blank = np.full(count, np.nan)
    walk = Walk(blank.copy(), blank.copy(), blank.copy(), [])
    state = _State(course, walk, course.values[:count].copy())
    for at in range(count):
        if at >= warm_up(course.cycle) and (state.model is None or at - state.origin >= course.block):
            state.fit(at)
        state.step(at)
    state.fit(count)
    walk.last = state.model
    return walk


class _State:
    def __init__(self, course: Course, walk: Walk, clean: "np.ndarray") -> None:
        import numpy as np

        self.course, self.walk, self.clean = course, walk, clean
        self.model: Expectation | None = None
        self.origin, self.fits = 0, 0
        self.errors, self.scores, self.runs = np.full(len(clean), np.nan), np.full(len(clean), np.nan), 1.0
        self.departures = (Departure(1), Departure(-1))
        self.masked = np.zeros(len(clean), dtype=bool)
        blank = no_noise(int(course.phases[0].max()) + 1 if course.phases else 1)
        in_units = course.by_hour and course.scale.kind != "plain"
        self.judge = Judge(blank, blank if in_units else None, course.scale)

    def fit(self, at: int) -> None:
        import numpy as np

        start = max(0, at - self.course.window)
        phases = [p[start:] for p in self.course.phases]
        dynamics: Dynamics | None = None
        if self.model is not None and self.fits % _REFITS:
            dynamics = self.model.dynamics
        if np.isfinite(self.clean[:at]).sum() < 4:
            return
        fitted = fit_expectation(
            self.clean[start:at], phases, self.course.cycle, dynamics, self.masked[start:at]
        )
        self.model = replace(fitted, at=at)
        self.origin, self.fits = at, self.fits + 1
        self.walk.origins.append(self.model)
        self._fit_noise(start, at)
        self.runs = runs_in(
            self.scores[max(0, at - self.course.window // _REMEMBERED) : at], self.course.block
        )

    def _fit_noise(self, start: int, at: int) -> None:
        import numpy as np

        course, judge, errors = self.course, self.judge, self.errors[start:at]
        points = np.arange(start, at)
        phase, recent = course.phase(points), course.window // _REMEMBERED
        own = fit_noise(errors, phase, judge.own, recent, by_phase=course.by_hour)
        units = judge.units
        if units is not None:
            known = np.where(np.isfinite(errors), self.walk.expected[points], np.nan)
            away = course.scale.back(known + errors) - course.scale.back(known)
            units = fit_noise(away, phase, units, recent, by_phase=True)
        self.judge = replace(judge, own=own, units=units)

    def step(self, at: int) -> None:
        import numpy as np

        self.walk.judges.append(self.judge)
        if self.model is None:
            return
        key, value = self.course.occasions[at], self.course.values[at]
        usual = float(self.model.project(self.course.phases, np.array([at]))[0])
        effect = self.walk.effect(key, at)
        if key is not None and effect is None:
            self.walk.unprecedented.append(at)
        expected = usual + (effect or 0.0)
        phase = int(self.course.phase(np.array(at)))
        spread = self.judge.own.spread(phase, float(self.course.floor[at]))
        self.walk.expected[at], self.walk.spread[at] = expected, spread
        if not np.isfinite(value):
            self.model = self.model.move(None)
            return
        error = value - expected
        chance = self.judge.chance(value, expected, phase, spread)
        self.walk.chance[at] = chance
        if key is not None:
            self.walk.effects.setdefault(key, []).append((at, float(value - usual)))
            self.clean[at] = value - (effect or 0.0)
        self._learn(at, error, chance, is_usual=key is None)

    def _learn(self, at: int, error: float, chance: float, *, is_usual: bool) -> None:
        """Take a point in; pass over an outlier. Usual points alone tell of the noise and of new levels."""
        import numpy as np

        assert self.model is not None
        before, is_outlier = self.model, chance < _OUTLIER
        if is_outlier:
            self.masked[at] = True
        self.model = before.move(None if is_outlier else error)
        if not is_usual:
            return
        self.errors[at] = error
        if not np.isfinite(chance):
            return
        self.scores[at] = score_error(error, chance)
        for departure in self.departures:
            if departure.add(at, before, self.scores[at] / self.runs):
                self._shift(departure, at)
                break

    def _shift(self, departure: Departure, at: int) -> None:
        """Begin a new level where the departure did: forget the old one, and carry what came before to it."""
        import numpy as np

        assert self.model is not None
        assert departure.origin is not None
        points = np.arange(departure.start, at + 1)
        ahead = departure.origin.project(self.course.phases, points)
        points = points[np.isfinite(self.errors[points])]
        away = self.course.values[points] - ahead[points - departure.start]
        level = 0.0
        for number, value in enumerate(away, start=1):
            level += max(self.model.dynamics.gain, 1 / number) * (value - level)
        moved = float(np.median(away))
        self.walk.shifts.append(Shift(departure.start, moved))
        self.masked[points] = False
        self.clean[: departure.start] += moved
        usual = float(ahead[-1] - self.model.season(self.course.phases, np.array([at]))[0])
        self.model = replace(self.model, level=usual + level)
        self.departures = (Departure(1), Departure(-1))
