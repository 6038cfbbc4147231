"""A funnel's outcome, whole and by segment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.conversion import Conversions, count_conversions
from tools.funnel_arguments import FunnelArguments
from tools.metric_kinds import Interval
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Outcome:
    """The funnel of everybody, and the one whose users have a value of the breakdown.

    They differ only where each value has a funnel of its own (attribution by all steps).
    """

    whole: Conversions
    split: Conversions
    breakdown: str | None

    def segments(self) -> Iterator[tuple[str | None, "np.ndarray"]]:
        """Give each segment with its entrants among `split`, largest first; without a breakdown, None and all."""
        import numpy as np

        if self.breakdown is None:
            yield None, np.arange(len(self.split.users))
            return
        values = self.split.users[self.breakdown]
        sizes = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        for value in sizes.index:
            yield str(value), np.flatnonzero(values == value)

    def unattributed(self) -> int:
        """Count the entrants in no segment."""
        return int(self.split.users[self.breakdown].isna().sum()) if self.breakdown else 0


def measure_outcome(scope: Scope, arguments: FunnelArguments, interval: Interval | None = None) -> Outcome:
    """Count conversions as the arguments say; with `interval`, a user counts once per bucket of entry."""

    def count(dimensions: list[str]) -> Conversions:
        return count_conversions(
            scope,
            arguments.definition,
            arguments.dates,
            filters=arguments.filters,
            dimensions=dimensions,
            attribution=arguments.attribution,
            attribution_step=(arguments.attribution_step or 1) - 1,
            interval=interval,
        )

    if arguments.breakdown is None:
        whole = count([])
        return Outcome(whole, whole, None)
    split = count([arguments.breakdown])
    return Outcome(count([]) if arguments.attribution == "all_steps" else split, split, arguments.breakdown)
