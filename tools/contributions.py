"""What each segment contributes to a change, over many pairs of periods at once, with its sampling variance.

A segment's score in a period is x = (num - R·den)/D of a ratio (D the whole denominator, R the mean of the ratios
of the two periods), and its numerator otherwise. Its contribution is the difference of its two scores: for a
ratio just the rate effect plus the mix effect of `tools.decomposition`. Being linear in the cells it adds up: over
the segments to the whole change, over a cross of two dimensions to each of its parents; and so does its
variance, Σ(num - R·den)²/D² over user-days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.noise import Noise, estimate_noise
from tools.observation import Observation

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SEPARATOR = " × "


@dataclass(frozen=True, slots=True)
class Contributions:
    """Segments of one dimension or cross.

    Attributes:
        names: the values of each segment, one per dimension.
        changes: contributions, shape (pairs, segments); the pair asked about comes first.
        sampling: their variances.
        weights: share of the denominator (of a sum: of the value) before and now, of the first pair, shape (2, segments).
        noise: of the first pair's contributions.
    """

    names: "pd.DataFrame"
    changes: "np.ndarray"
    sampling: "np.ndarray"
    weights: "np.ndarray"
    noise: Noise


class Cube:
    """The cells of several windows by all dimensions, ready to be summed by any of them."""

    def __init__(self, seen: Sequence[Observation], pairs: Sequence[tuple[int, int]]) -> None:
        import pandas as pd

        self._ratio, self._pairs = seen[0].is_ratio, list(pairs)
        self._count = len(seen)
        cells = [o.cells.assign(window=number) for number, o in enumerate(seen)]
        self._cells = pd.concat(cells, ignore_index=True)
        self._codes: dict[str, tuple[np.ndarray, pd.Index]] = {}

    def cardinality(self, dimension: str) -> int:
        """Return how many values a dimension has in these cells."""
        return len(self._factorize(dimension)[1])

    def split(self, dimensions: Sequence[str]) -> Contributions:
        """Sum by one dimension or a cross of several; by none for the whole."""
        import numpy as np
        import pandas as pd

        flat = np.zeros(len(self._cells), dtype="int64")
        for dimension in dimensions:
            codes, values = self._factorize(dimension)
            flat = flat * max(len(values), 1) + codes
        present, first, segment = np.unique(flat, return_index=True, return_inverse=True)
        names = self._cells[list(dimensions)].iloc[first].reset_index(drop=True)
        if not dimensions:
            names = pd.DataFrame(index=range(len(present)))
        return self._contribute(names, segment, len(present))

    def _factorize(self, dimension: str) -> "tuple[np.ndarray, pd.Index]":
        import pandas as pd

        if dimension not in self._codes:
            codes, values = pd.factorize(self._cells[dimension], sort=True)
            self._codes[dimension] = (codes, pd.Index(values))
        return self._codes[dimension]

    def _contribute(self, names: "pd.DataFrame", segment: "np.ndarray", segments: int) -> Contributions:
        import numpy as np

        place = self._cells["window"].to_numpy() * segments + segment
        shape = (self._count, segments)

        def total(column: str) -> np.ndarray:
            weights = self._cells[column].to_numpy(dtype=float)
            sums = np.bincount(place, weights, minlength=shape[0] * segments)
            return sums.astype(float).reshape(shape)  # of nothing they are integers

        now, before = (np.array([pair[side] for pair in self._pairs]) for side in (0, 1))
        over, squares = total("numerator"), total("numerator_square")
        under = total("denominator") if self._ratio else over
        if self._ratio:
            product, below = total("product"), total("denominator_square")
            with np.errstate(invalid="ignore", divide="ignore"):
                whole = under.sum(axis=1, keepdims=True)
                rates = over.sum(axis=1, keepdims=True) / whole
                mean = (rates[now] + rates[before]) / 2
                changes, sampling = np.zeros((2, len(self._pairs), segments))
                for side, sign in ((now, 1), (before, -1)):
                    changes += sign * (over[side] - mean * under[side]) / whole[side]
                    sampling += (squares[side] - 2 * mean * product[side] + mean**2 * below[side]) / whole[
                        side
                    ] ** 2
        else:
            changes, sampling = over[now] - over[before], squares[now] + squares[before]
        ends = under[[before[0], now[0]]]
        sums = ends.sum(axis=1, keepdims=True)
        weights = np.divide(ends, sums, out=np.zeros_like(ends), where=sums != 0)
        return Contributions(names, changes, sampling, weights, estimate_noise(changes, sampling))


def name_segments(names: "pd.DataFrame") -> list[str]:
    """Write each segment's values as one string, those of a cross joined."""
    return [SEPARATOR.join(map(str, row)) for row in names.itertuples(index=False, name=None)]
