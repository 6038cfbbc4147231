"""Following users through the steps of a funnel, on sorted arrays.

The rule is PostHog's sequential funnel (posthog.com/docs/product-analytics/funnels): steps in order, other
events may lie between, each step another event than the ones before and not earlier than the step before,
the last within the window of the first, its edge included. Events at the same instant are taken in the
order of the steps.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Journeys:
    """How far each entrant came.

    Attributes:
        entry: row of the entry that carried the user furthest, one per entrant (rows of the sorted input).
        depth: steps reached, 1 or more, one per entrant.
        seconds: per step, the seconds from entry to that step of the users who reached it.
    """

    entry: "np.ndarray"
    depth: "np.ndarray"
    seconds: tuple["np.ndarray", ...]


def follow_steps(
    users: "np.ndarray",
    times: "np.ndarray",
    masks: "np.ndarray",
    entries: "np.ndarray",
    *,
    steps: int,
    window: int,
) -> Journeys:
    """Match events to steps in linear time.

    For every row and step keep the latest entry from which a chain of distinct events leads here: if that
    one is outside the window, so are all others. A running maximum hands it on to later rows.

    Args:
        users: user numbers, sorted; rows of a user in order of time, then of the lowest step they match.
        times: microseconds.
        masks: bit k is set where the row matches step k.
        entries: rows that may start a journey (step 0, in the period).
        steps: number of steps.
        window: microseconds from the first step to the last.
    """
    import numpy as np

    rows = np.arange(len(users))
    begins = np.ones(len(users), dtype=bool)
    begins[1:] = users[1:] != users[:-1]
    first_row = np.maximum.accumulate(np.where(begins, rows, 0))
    origin = np.where(entries, rows, -1)
    entrants = users[_first_rows(users, origin)]
    best, depth = np.zeros(len(entrants), dtype=np.int64), np.zeros(len(entrants), dtype=np.int64)
    seconds = []
    for step in range(steps):
        if step:
            before = np.concatenate(([-1], np.maximum.accumulate(origin)[:-1])) if len(rows) else origin
            reached = ((masks >> step) & 1 == 1) & (before >= first_row)
            reached &= times - times[before] <= window
            origin = np.where(reached, before, -1)
        arrivals = _first_rows(users, origin)
        position = np.searchsorted(entrants, users[arrivals])
        best[position], depth[position] = origin[arrivals], step + 1
        seconds.append((times[arrivals] - times[origin[arrivals]]) / 1e6)
    return Journeys(entry=best, depth=depth, seconds=tuple(seconds))


def first_flags(users: "np.ndarray", flags: "np.ndarray") -> "np.ndarray":
    """Keep each user's first flag."""
    import numpy as np

    chosen = np.zeros(len(users), dtype=bool)
    chosen[_first_rows(users, np.where(flags, 0, -1))] = True
    return chosen


def _first_rows(users: "np.ndarray", origin: "np.ndarray") -> "np.ndarray":
    """Return each user's first row with an origin."""
    import numpy as np

    rows = np.flatnonzero(origin >= 0)
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = users[rows][1:] != users[rows][:-1]
    return rows[fresh]
