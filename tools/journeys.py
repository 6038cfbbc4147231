"""Following users through the steps of a funnel, on sorted arrays.

The rules are PostHog's (posthog.com/docs/product-analytics/funnels and its funnel-udf). A journey starts at an
entry and takes, step after step, the first event that will do: each step another event than the ones before
it, all within the window of the entry, its edge included.

- ordered: other events may lie between two steps ("sequential").
- strict: none may; those at the very instant of a step's event do not lie between.
- any: the required steps in whatever order; position k is the k-th of them that was done.

An optional step counts where its event lies between those of the required steps around it. A journey is
excluded when an exclusion event lies between two of its steps, or after the first of them up to the end of the
window if the second was not reached; strictly between, so one at the same instant as a step is not. Events at
the same instant are taken in the order of the steps.

Of a user's journeys the one that goes furthest counts, then the earliest to get there, then the one with the
latest entry (Mixpanel's "optimized re-entry"). A user all of whose furthest journeys are excluded is out.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

Order = Literal["ordered", "strict", "any"]


@dataclass(frozen=True, slots=True)
class Barrier:
    """An exclusion: rows with bit `bit` may not lie between the steps at positions `after` and `before`."""

    bit: int
    after: int
    before: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a journey.

    Attributes:
        bits: per step, the bit of a row's mask that says that the row matches it; repeated steps share one.
        optional: per step, whether it may be skipped; neither the first nor the last may.
        window: microseconds from the entry to the last step.
    """

    bits: tuple[int, ...]
    optional: tuple[bool, ...]
    window: int
    order: Order = "ordered"
    barriers: tuple[Barrier, ...] = ()

    @property
    def required(self) -> list[int]:
        """Positions of the steps that may not be skipped."""
        return [k for k, optional in enumerate(self.optional) if not optional]


@dataclass(frozen=True, slots=True)
class Journeys:
    """One journey per entry.

    Attributes:
        path: array (steps, journeys) of the rows taken; the number of rows where a step was not reached.
        depth: required steps reached, 1 or more.
        completion: row of the last of them.
        excluded: whether an exclusion event lies in the way.
    """

    path: "np.ndarray"
    depth: "np.ndarray"
    completion: "np.ndarray"
    excluded: "np.ndarray"

    def take(self, chosen: "np.ndarray") -> "Journeys":
        """Keep some of the journeys."""
        return Journeys(
            self.path[:, chosen], self.depth[chosen], self.completion[chosen], self.excluded[chosen]
        )


class StepRows:
    """Events that may matter to a funnel, with a row at the end that stands for none.

    Args:
        users: user numbers, sorted; rows of a user in order of time, then of the lowest step they match, those
            that match none last.
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
        """Return for each row the next one, of any user, that matches a bit."""
        import numpy as np

        if bit not in self._rows:
            matches = self.masks >> bit & 1 == 1
            matching = np.append(np.flatnonzero(matches), self.none)
            self._rows[bit] = np.cumsum(matches, dtype=np.int32), matching
        passed, matching = self._rows[bit]
        found: np.ndarray = matching[passed[rows]]
        return found

    def within(self, found: "np.ndarray", entries: "np.ndarray", window: int) -> "np.ndarray":
        """Replace rows of another user, or after the window of the entry, by none."""
        import numpy as np

        # The row that stands for none has a user of its own, so its time is never compared.
        fits = self.users[found] == self.users[entries]
        fits &= self.times[found] - window <= self.times[entries]
        return np.where(fits, found, self.none)

    def last_of_instant(self, rows: "np.ndarray") -> "np.ndarray":
        """Return for each row the last one of its user and instant."""
        import numpy as np

        ends = np.ones(self.none + 1, dtype=bool)
        ends[:-1] = (self.users[1:] != self.users[:-1]) | (self.times[1:] != self.times[:-1])
        where = np.flatnonzero(ends)
        last: np.ndarray = where[np.searchsorted(where, rows)]
        return last


def follow_entries(rows: StepRows, entries: "np.ndarray", rules: Rules) -> Journeys:
    """Follow the journey of each entry.

    Args:
        rows: the events.
        entries: sorted rows that start a journey.
        rules: the steps and what ties them together.
    """
    import numpy as np

    follow = _follow_any_order if rules.order == "any" else _follow_in_order
    path = np.stack(follow(rows, entries, rules))
    reached = path[rules.required] < rows.none
    depth = reached.sum(axis=0)
    completion = np.where(reached, path[rules.required], -1).max(axis=0)
    excluded = np.zeros(len(entries), dtype=bool)
    for barrier in rules.barriers:
        after = rows.last_of_instant(path[barrier.after])
        found = rows.within(rows.following(barrier.bit, after), entries, rules.window)
        excluded |= (found < rows.none) & (rows.times[found] < rows.times[path[barrier.before]])
    return Journeys(path, depth, completion, excluded)


def _follow_in_order(rows: StepRows, entries: "np.ndarray", rules: Rules) -> list["np.ndarray"]:
    import numpy as np

    def find(step: int, current: "np.ndarray") -> "np.ndarray":
        bit = rules.bits[step]
        if rules.order == "ordered":
            return rows.within(rows.following(bit, current), entries, rules.window)
        beside = np.minimum(current + 1, rows.none)
        return rows.within(np.where(rows.has(bit, beside), beside, rows.none), entries, rules.window)

    path, current = [entries], entries
    for step in range(1, len(rules.bits)):
        found = find(step, current)
        if rules.optional[step]:
            target = next(k for k in rules.required if k > step)
            found = np.where(found < find(target, current), found, rows.none)
            current = np.where(found < rows.none, found, current)
        else:
            current = found
        path.append(found)
    return path


def _follow_any_order(rows: StepRows, entries: "np.ndarray", rules: Rules) -> list["np.ndarray"]:
    import numpy as np

    path: list[np.ndarray] = [entries] * len(rules.bits)
    # Required steps come first to the events that several steps share.
    wanted = sorted(range(len(rules.bits)), key=lambda k: (rules.optional[k], k))
    last: dict[int, np.ndarray] = {}
    for step in wanted:
        bit = rules.bits[step]
        if bit in last:
            found = rows.following(bit, last[bit])
        else:
            found = np.where(rows.has(bit, entries), entries, rows.following(bit, entries))
        path[step] = last[bit] = rows.within(found, entries, rules.window)
    done = np.sort(np.stack([path[k] for k in rules.required]), axis=0)
    for position, step in enumerate(rules.required):
        path[step] = done[position]
    for step in set(wanted) - set(rules.required):
        path[step] = np.where(path[step] < done[-1], path[step], rows.none)
    return path


def drop_superseded(
    rows: StepRows, entries: "np.ndarray", groups: "np.ndarray", rules: Rules
) -> "np.ndarray":
    """Return which entries to follow, leaving out those that cannot count: another entry follows at once.

    It gets wherever they get. The first of a group stays, for those who get nowhere.
    """
    import numpy as np

    if rules.order != "ordered" or rules.barriers or rules.bits.count(0) > 1 or not len(entries):
        return np.arange(len(entries))
    after = entries[1:]
    superseded = (after == entries[:-1] + 1) & (groups[1:] == groups[:-1]) & (rows.masks[after] == 1)
    superseded[1:] &= groups[1:-1] == groups[:-2]
    superseded[:1] = False
    return np.flatnonzero(np.append(~superseded, True))


def choose_journeys(journeys: Journeys, groups: "np.ndarray") -> tuple["np.ndarray", int]:
    """Choose the journey that counts in each group.

    Args:
        journeys: in the order of their entries.
        groups: sorted; journeys of the same one compete.

    Returns:
        The chosen journeys, and how many groups are out because all their furthest journeys are excluded.
    """
    import numpy as np

    starts = _changes(groups)
    if not len(starts):
        return starts, 0
    furthest = np.maximum.reduceat(journeys.depth, starts)
    sizes = np.diff(np.append(starts, len(groups)))
    candidates = np.flatnonzero((journeys.depth == np.repeat(furthest, sizes)) & ~journeys.excluded)
    heads = _changes(groups[candidates])
    sizes = np.diff(np.append(heads, len(candidates)))
    # A later entry gets nowhere earlier, so the first candidate is the earliest to arrive.
    arrival = journeys.completion[candidates]
    tied = np.flatnonzero(arrival == np.repeat(arrival[heads], sizes))
    latest = np.append(_changes(groups[candidates[tied]])[1:], len(tied)) - 1 if len(tied) else tied
    return candidates[tied[latest]], len(starts) - len(heads)


def first_entries(users: "np.ndarray", entries: "np.ndarray") -> "np.ndarray":
    """Keep the first of each user's entries."""
    first: np.ndarray = entries[_changes(users[entries])]
    return first


def drop_beside(users: "np.ndarray", times: "np.ndarray", masks: "np.ndarray") -> "np.ndarray":
    """Return the rows without those that match nothing at the instant of one that does (rows sorted as in `StepRows`)."""
    import numpy as np

    begins = np.ones(len(users), dtype=bool)
    begins[1:] = (users[1:] != users[:-1]) | (times[1:] != times[:-1])
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(users)))
    return np.flatnonzero((masks != 0) | (np.repeat(masks[starts], sizes) == 0))


def _changes(sorted_values: "np.ndarray") -> "np.ndarray":
    """Return where a new value begins."""
    import numpy as np

    fresh = np.ones(len(sorted_values), dtype=bool)
    fresh[1:] = sorted_values[1:] != sorted_values[:-1]
    return np.flatnonzero(fresh)
