"""Which dimensions, and which crosses of two, a change is taken apart by, in what order.

A cross is worth showing where it says more than its parents. Of a change that a parent's users all share, a
cell (a, b) has the part s·c(a), with s its share of a; its excess c(a, b) - s·c(a) is therefore zero in
expectation (of Adtributor's "surprise", Bhagwan et al. 2014, NSDI, it takes the idea that what counts is the
deviation from what size alone would give). A cross is shown where the foremost cell's excess over *both*
parents goes the way of the change, beyond noise. s is the larger of the shares before and now, so that a
value that merely takes another's place, as the release of an app does, is no excess.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from tools.contributions import SEPARATOR, Contributions, Cube, name_segments
from tools.decomposition import concentration, decompose_ratio, decompose_sum
from tools.observation import Observation

if TYPE_CHECKING:
    import pandas as pd

MOST_CROSSED = 30
_WHOLE = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """One way to take the change apart.

    Attributes:
        dimensions: one, or the two of a cross.
        table: rows as `tools.decomposition` gives them, with the interval of the contribution (low, high) and
            whether it excludes zero (beyond_noise); the foremost segment first.
        values: the dimensions' values of the foremost segment.
    """

    dimensions: tuple[str, ...]
    table: "pd.DataFrame"
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """The dimensions' names, joined."""
        return SEPARATOR.join(self.dimensions)

    @property
    def segment(self) -> str:
        """The foremost segment, as "channel=douyin & platform=android"."""
        return " & ".join(f"{d}={v}" for d, v in zip(self.dimensions, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The parts in order, how many segments were considered for them, and the dimensions that tell nothing.

    Attributes:
        uniform: dimensions of one value, which has the whole change.
    """

    parts: list[Part]
    considered: int
    uniform: tuple[str, ...] = ()


def rank_parts(cube: Cube, seen: Sequence[Observation], dimensions: Sequence[str], change: float) -> Ranking:
    """Take a change apart by each dimension, and by the crosses that say more; the most telling part comes first.

    Args:
        cube: the cells of all windows.
        seen: the observations now and before.
        dimensions: which to look at; those of one value are left out, those of more than 30 are not crossed.
        change: what is taken apart.
    """
    uniform = tuple(d for d in dimensions if len({v for o in seen[:2] for v in o.cells[d].unique()}) == 1)
    dimensions = [d for d in dimensions if d not in uniform]
    singles: dict[tuple[str, ...], Contributions] = {(d,): cube.split([d]) for d in dimensions}
    crossed = [d for d in dimensions if 1 < cube.cardinality(d) <= MOST_CROSSED]
    crosses = {pair: cube.split(pair) for pair in combinations(crossed, 2)} if change else {}
    considered = max(1, sum(c.changes.shape[1] for c in (*singles.values(), *crosses.values())))
    telling = {k: c for k, c in crosses.items() if _says_more(k, c, singles, change, considered)}
    parts = [_part(k, c, seen, considered) for k, c in (singles | telling).items()]
    order = {p.name: (-concentration(p.table, change), n) for n, p in enumerate(parts)}
    return Ranking(sorted(parts, key=lambda p: order[p.name]), considered, uniform)


def foremost_part(ranking: Ranking, change: float) -> Part:
    """Return the first part if its foremost segment stands out of noise; else the whole, as a part without dimensions."""
    import pandas as pd

    if ranking.parts and len(ranking.parts[0].table) and ranking.parts[0].table["beyond_noise"].iloc[0]:
        return ranking.parts[0]
    return Part((), pd.DataFrame({"contribution": [change]}), ())


def _says_more(
    key: tuple[str, ...],
    cross: Contributions,
    singles: dict[tuple[str, ...], Contributions],
    change: float,
    considered: int,
) -> bool:
    import numpy as np

    direction = 1 if change > 0 else -1
    own = cross.changes[0] * direction
    if not np.isfinite(own).all():
        return False
    cell = int(np.argmax(own))
    for dimension in key:
        parent = singles[(dimension,)]
        at = int(np.flatnonzero(parent.names[dimension] == cross.names[dimension].iloc[cell])[0])
        wholes = parent.weights[:, at]
        shares = cross.weights[:, cell][wholes > 0] / wholes[wholes > 0]
        share = float(shares.max()) if len(shares) else 1.0
        if share > _WHOLE or share <= 0:
            return False
        rest = max(float(parent.sampling[0, at] - cross.sampling[0, cell]), 0.0)
        drawn = (1 - share) ** 2 * cross.noise.sampling[cell] + share**2 * rest
        noise = replace(cross.noise, sampling=np.array([drawn]))
        excess = own[cell] - share * direction * parent.changes[0, at]
        if excess <= float(noise.margin(considered)[0]):
            return False
    return True


def _part(key: tuple[str, ...], found: Contributions, seen: Sequence[Observation], considered: int) -> Part:
    import pandas as pd

    split = decompose_ratio if seen[0].is_ratio else decompose_sum
    now, before = (_keyed(o.cells, key) for o in seen[:2])
    table = split(now, before, "segment")
    margin = pd.Series(found.noise.margin(considered), index=name_segments(found.names))
    around = margin.reindex(table["segment"]).to_numpy(dtype=float)
    low, high = table["contribution"] - around, table["contribution"] + around
    table = table.assign(low=low, high=high, beyond_noise=(low > 0) | (high < 0))
    if table.empty:
        return Part(key, table, ())
    names = found.names.set_axis(name_segments(found.names))
    return Part(key, table, tuple(names.loc[table["segment"].iloc[0]]))


def _keyed(cells: "pd.DataFrame", key: tuple[str, ...]) -> "pd.DataFrame":
    return cells.assign(segment=name_segments(cells[list(key)]))
