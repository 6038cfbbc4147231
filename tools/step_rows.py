"""Rows of a funnel's events: sorted by user and time, with what follows what."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class StepRows:
    """Events that may matter to a funnel, with a row at the end that stands for none.

    Args:
        users: user numbers, sorted; rows of a user in order of time, then of the lowest step they match, those
            those that match more than that step after those that match less, those that match none last.
        times: microseconds.
        masks: which steps and exclusions a row matches, as bits.
    """

    def __init__(self, users: "np.ndarray", times: "np.ndarray", masks: "np.ndarray") -> None:
        import numpy as np

        self.none = len(users)
        self.users = np.append(users, -1)
        self.times = np.append(times, np.iinfo(np.int64).max)
        self.masks = np.append(masks, 0)
        self._rows: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def has(self, bit: int, rows: "np.ndarray") -> "np.ndarray":
        """Tell which rows match a bit."""
        matches: np.ndarray = self.masks[rows] >> bit & 1 == 1
        return matches

    def following(self, bit: int, rows: "np.ndarray") -> "np.ndarray":
        """Return for each row the first one from it on, of any user, that matches a bit."""
        import numpy as np

        if bit not in self._rows:
            matches = self.masks >> bit & 1 == 1
            passed = np.zeros(self.none + 2, dtype=np.int32)
            np.cumsum(matches, out=passed[1:])
            self._rows[bit] = passed, np.append(np.flatnonzero(matches), self.none)
        passed, matching = self._rows[bit]
        found: np.ndarray = matching[passed[rows]]
        return found

    def unused(self, bit: int, rows: "np.ndarray", used: Sequence["np.ndarray"]) -> "np.ndarray":
        """Return for each row the first one from it on that matches a bit and is none of those used."""
        import numpy as np

        found = self.following(bit, rows)
        for taken in np.sort(np.stack(used), axis=0) if used else []:
            found = np.where(found == taken, self.following(bit, taken + 1), found)
        return found

    def within(self, found: "np.ndarray", entries: "np.ndarray", window: int) -> "np.ndarray":
        """Replace rows of another user, or after the window of the entry, by none."""
        import numpy as np

        # The row that stands for none has a user of its own, so its time is never compared.
        fits = self.users[found] == self.users[entries]
        fits &= self.times[found] - window <= self.times[entries]
        return np.where(fits, found, self.none)

    @cached_property
    def instants(self) -> "np.ndarray":
        """Number each row's instant; those of a user follow one another."""
        import numpy as np

        begins = np.zeros(self.none + 1, dtype=np.int32)
        begins[1:] = (self.users[1:] != self.users[:-1]) | (self.times[1:] != self.times[:-1])
        return begins.cumsum(dtype=np.int32)

    @cached_property
    def _heads(self) -> "np.ndarray":
        """Row that begins each instant, and one past the last row."""
        import numpy as np

        return np.append(changes(self.instants), self.none + 1)

    def first_of_instant(self, rows: "np.ndarray") -> "np.ndarray":
        """Return for each row the first one of its user and instant."""
        first: np.ndarray = self._heads[self.instants[rows]]
        return first

    def after_instant(self, rows: "np.ndarray") -> "np.ndarray":
        """Return for each row the one after the last of its user and instant."""
        after: np.ndarray = self._heads[self.instants[rows] + 1]
        return after


def changes(sorted_values: "np.ndarray") -> "np.ndarray":
    """Return where a new value begins."""
    import numpy as np

    fresh = np.ones(len(sorted_values), dtype=bool)
    fresh[1:] = sorted_values[1:] != sorted_values[:-1]
    return np.flatnonzero(fresh)
