"""A series walked through from its start: each point is expected from those before it, and judged by past errors.

The same walk gives anomalies (one step ahead), forecasts (from its end) and their backtest (from each of its
origins): nothing in it has seen what it tells of. Once a cycle the model is fitted anew. A point beyond the margin
does not move the level; three in a row on the same side do: that is a new level. What an occasion (a holiday, a
festival) brought is expected again when the same one returns; an unusual day of one teaches nothing of usual days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tools.monitoring.expectation import Dynamics, Expectation, fit_expectation
from tools.monitoring.tails import Tail, fit_tail

if TYPE_CHECKING:
    import numpy as np

#: Points in a row beyond the margin on one side that make a new level.
SHIFT = 3
#: Errors from which a tail can be told.
LEAST_ERRORS = 10
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
    """

    values: "np.ndarray"
    phases: tuple["np.ndarray", ...]
    cycle: int
    occasions: Sequence[Key | None]
    floor: "np.ndarray"

    @property
    def block(self) -> int:
        """Points from one fit to the next: a week of days, a day of hours, four weeks."""
        return self.cycle // 7 if self.cycle > _LONG else max(self.cycle, 4)

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
        tails: what was known of errors at each point.
        shifts: points at which a new level begins.
        unprecedented: points in an occasion of which none like it was seen before.
        origins: expectations at the points where the model was fitted anew.
        last: at the end.
        effects: where each occasion lay, and the deviation that it brought.
    """

    expected: "np.ndarray"
    spread: "np.ndarray"
    chance: "np.ndarray"
    tails: list[Tail]
    shifts: list[int] = field(default_factory=list)
    unprecedented: list[int] = field(default_factory=list)
    origins: list[Expectation] = field(default_factory=list)
    last: Expectation | None = None
    effects: dict[Key, list[tuple[int, float]]] = field(default_factory=dict)

    @property
    def tail(self) -> Tail:
        """The last known distribution of errors."""
        return self.tails[-1] if self.tails else Tail(0.0, 1e6, 0)

    def effect(self, key: Key | None, before: int) -> float | None:
        """Return the median of what the same day of the occasion brought before a point; None if it is new."""
        from statistics import median

        seen = [e for at, e in self.effects.get(key, ()) if at < before] if key is not None else []
        return median(seen) if seen else None


def warm_up(cycle: int) -> int:
    """Return how many points come before the first that is expected."""
    return max(2 * cycle, 8)


def walk_through(course: Course, *, known: int | None = None) -> Walk:
    """Walk through the points that are known (all, if not said otherwise)."""
    import numpy as np

    count = len(course.values) if known is None else known
    blank = np.full(count, np.nan)
    walk = Walk(blank.copy(), blank.copy(), blank.copy(), [Tail(0.0, 1e6, 0)] * count)
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
        self.errors = np.full(len(clean), np.nan)
        self.run: list[int] = []
        self.tail = Tail(0.0, 1e6, 0)

    def fit(self, at: int) -> None:
        import numpy as np

        start = max(0, at - self.course.window)
        phases = [p[start:] for p in self.course.phases]
        dynamics: Dynamics | None = None
        if self.model is not None and self.fits % _REFITS:
            dynamics = self.model.dynamics
        if np.isfinite(self.clean[:at]).sum() < 4:
            return
        fitted = fit_expectation(self.clean[start:at], phases, self.course.cycle, dynamics)
        self.model = replace(fitted, at=at)
        self.origin, self.fits = at, self.fits + 1
        self.walk.origins.append(self.model)
        recent = self.errors[max(0, at - self.course.window // _REMEMBERED) : at]
        if np.isfinite(recent).sum() >= LEAST_ERRORS:
            self.tail = fit_tail(recent)

    def step(self, at: int) -> None:
        import numpy as np

        self.walk.tails[at] = self.tail
        if self.model is None:
            return
        key, value = self.course.occasions[at], self.course.values[at]
        usual = float(self.model.project(self.course.phases, np.array([at]))[0])
        effect = self.walk.effect(key, at)
        if key is not None and effect is None:
            self.walk.unprecedented.append(at)
        expected = usual + (effect or 0.0)
        spread = max(self.tail.scale, float(self.course.floor[at]))
        self.walk.expected[at], self.walk.spread[at] = expected, spread
        if not np.isfinite(value):
            self.model = self.model.move(None)
            return
        error = value - expected
        chance = float(self.tail.chance(error, spread)) if self.tail.n >= LEAST_ERRORS else np.nan
        self.walk.chance[at] = chance
        if key is not None:
            self.walk.effects.setdefault(key, []).append((at, float(value - usual)))
            self.clean[at] = value - (effect or 0.0)
        self._learn(at, error, chance, is_usual=key is None)

    def _learn(self, at: int, error: float, chance: float, *, is_usual: bool) -> None:
        """Take a point in; pass over an outlier, unless it is one of several usual days that make a new level."""
        import numpy as np

        assert self.model is not None
        if is_usual:
            self.errors[at] = error
        if not chance < _OUTLIER:
            self.run = []
            self.model = self.model.move(error)
            return
        self.clean[at] = np.nan
        self.model = self.model.move(None)
        if not is_usual:
            return
        if self.run and np.sign(error) != np.sign(self.walk_error(self.run[-1])):
            self.run = []
        self.run.append(at)
        if len(self.run) >= SHIFT:
            self._shift()

    def walk_error(self, at: int) -> float:
        return float(self.course.values[at] - self.walk.expected[at])

    def _shift(self) -> None:
        """Begin a new level at the first point of the run."""
        import numpy as np

        assert self.model is not None
        points = np.array(self.run)
        self.walk.shifts.append(int(points[0]))
        moved = float(np.median([self.walk_error(p) for p in self.run]))
        self.model = replace(self.model, level=self.model.level + moved)
        self.clean[points] = self.course.values[points]
        # A jump is one surprise, not as many as it has points.
        self.errors[points[1:]] = np.nan
        self.run = []
