"""Someone who reads one answer closely: is a small group's size the only one that all its numbers allow?

Everything that an answer tells is a linear equation over sizes of groups, which are whole and not negative. For
each group of a few people the least and the greatest size that fits are sought; if they are the same, it leaks.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

Terms = dict[Any, float]


class Attacker:
    """The equations that an answer gives, over sizes with names."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.truth: dict[Any, float] = {}
        self.equations: list[tuple[Terms, float]] = []
        self.targets: list[Terms] = []

    def group(self, name: Any, truth: float, told: Any = None) -> None:
        """Add a group: its size, and what the answer says of it, if anything."""
        self.truth[name] = int(truth)
        if told is not None and told == told:
            self.tell({name: 1}, float(told))

    def tell(self, terms: Terms, value: float | None) -> None:
        """Add what the answer says of a sum; None is nothing."""
        if value is not None and value == value:
            self.equations.append((terms, float(value)))

    def aim(self, *targets: Terms) -> None:
        """Name sums that must not be found out where they are small."""
        self.targets += targets

    def leaks(self) -> list[tuple[Terms, float]]:
        """Find the small sums that only one size fits.

        Raises:
            AssertionError: the truth contradicts the equations, so that they are not what the answer says.
        """
        from scipy.optimize import LinearConstraint

        names = {name: i for i, name in enumerate(self.truth)}

        def row(terms: Terms) -> np.ndarray:
            found = np.zeros(len(names))
            for name, weight in terms.items():
                found[names[name]] += weight
            return found

        true = np.array(list(self.truth.values()), dtype=float)
        matrix = np.array([row(t) for t, _ in self.equations]).reshape(-1, len(names))
        told = np.array([v for _, v in self.equations])
        assert np.allclose(matrix @ true, told, atol=1e-6), [
            (t, v, m @ true)
            for (t, v), m in zip(self.equations, matrix, strict=True)
            if abs(m @ true - v) > 1e-6
        ]
        limits = LinearConstraint(matrix, told - 1e-6, told + 1e-6) if len(told) else ()
        found = []
        for target in self.targets:
            aim = row(target)
            value = float(aim @ true)
            if not 0 < value < self.least:
                continue
            if all(self._bound(sign * aim, limits) == sign * value for sign in (1, -1)):
                found.append((target, value))
        return found

    @staticmethod
    def _bound(aim: np.ndarray, limits: Any) -> float | None:
        """Return the least value of a sum that fits."""
        from scipy.optimize import Bounds, milp

        end = milp(c=aim, constraints=limits, integrality=np.ones(len(aim)), bounds=Bounds(0, 500))
        return round(end.fun, 3) if end.success else None


def partly_shown(table: pd.DataFrame, truth: pd.DataFrame, places: Iterable[str] = ()) -> list[int]:
    """List the rows of which some numbers are shown and others hidden."""
    numbers = [c for c in truth.select_dtypes("number") if c not in places]
    hidden = table[numbers].isna() & truth[numbers].notna()
    known = truth[numbers].notna()
    return [int(i) for i in np.flatnonzero(hidden.any(axis=1) & (known & ~hidden).any(axis=1))]
