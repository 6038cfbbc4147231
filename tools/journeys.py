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
the same instant are taken in the order of the steps, whatever the order of their rows.

Of a user's journeys the one that goes furthest counts, then the earliest to get there, then the one with the
latest entry (Mixpanel's "optimized re-entry"). A user all of whose furthest journeys are excluded is out.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tools.step_rows import StepRows, changes

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

    @property
    def supersedes(self) -> bool:
        """Whether an entry gets wherever one gets that it follows at once."""
        return self.order == "ordered" and not self.barriers and self.bits.count(0) == 1


@dataclass(frozen=True, slots=True)
class Journeys:
    """One journey per entry.

    Attributes:
        path: array (steps, journeys) of the rows taken; the number of rows where a step was not reached.
        depth: required steps reached, 1 or more.
        completion: time of the last of them.
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
    completion = rows.times[np.where(reached, path[rules.required], -1).max(axis=0)]
    excluded = np.zeros(len(entries), dtype=bool)
    for barrier in rules.barriers:
        after = np.minimum(rows.after_instant(path[barrier.after]), rows.none)
        found = rows.within(rows.following(barrier.bit, after), entries, rules.window)
        excluded |= (found < rows.none) & (rows.times[found] < rows.times[path[barrier.before]])
    return Journeys(path, depth, completion, excluded)


def _follow_in_order(rows: StepRows, entries: "np.ndarray", rules: Rules) -> list["np.ndarray"]:
    import numpy as np

    path, current = [entries], entries
    shared = _shared_steps(rows, rules)

    def find(step: int) -> "np.ndarray":
        # The rows of a step that shares none with those before it come after theirs at the same instant.
        used = [path[k] for k in shared[step] if k < len(path)]
        since = rows.first_of_instant(current) if used else current + 1
        found = rows.unused(rules.bits[step], since, used)
        if rules.order == "strict":
            found = np.where(rows.instants[found] <= rows.instants[current] + 1, found, rows.none)
        return rows.within(found, entries, rules.window)

    for step in range(1, len(rules.bits)):
        found = find(step)
        if rules.optional[step]:
            target = find(next(k for k in rules.required if k > step))
            between = (found != target) & (rows.times[found] <= rows.times[target])
            found = np.where(between, found, rows.none)
            current = np.where(between, found, current)
        else:
            current = found
        path.append(found)
    return path


def _shared_steps(rows: StepRows, rules: Rules) -> list[list[int]]:
    """List for each step the earlier ones that an event of it may match as well."""
    import pandas as pd

    masks = [int(m) for m in pd.unique(rows.masks)]

    def share(one: int, other: int) -> bool:
        return one == other or any(m >> one & m >> other & 1 for m in masks)

    return [[k for k in range(step) if share(rules.bits[k], bit)] for step, bit in enumerate(rules.bits)]


def _follow_any_order(rows: StepRows, entries: "np.ndarray", rules: Rules) -> list["np.ndarray"]:
    import numpy as np

    path: list[np.ndarray] = [entries] * len(rules.bits)
    begin = rows.first_of_instant(entries)
    used: dict[int, list[np.ndarray]] = {}
    # Required steps come first to the events that several steps share.
    for step in sorted(range(len(rules.bits)), key=lambda k: (rules.optional[k], k)):
        bit = rules.bits[step]
        found = rows.unused(bit, begin, used.get(bit, []))
        if bit not in used:
            found = np.where(rows.has(bit, entries), entries, found)
        path[step] = rows.within(found, entries, rules.window)
        used.setdefault(bit, []).append(path[step])
    done = np.sort(np.stack([path[k] for k in rules.required]), axis=0)
    for position, step in enumerate(rules.required):
        path[step] = done[position]
    for step in set(range(len(rules.bits))) - set(rules.required):
        path[step] = np.where(rows.times[path[step]] <= rows.times[done[-1]], path[step], rows.none)
    return path


def drop_superseded(
    rows: StepRows, entries: "np.ndarray", groups: "np.ndarray", rules: Rules
) -> "np.ndarray":
    """Return which entries to follow, leaving out those that cannot count: another entry follows at once.

    It gets wherever they get. The first of a group stays, for those who get nowhere.
    """
    import numpy as np

    if not rules.supersedes or not len(entries):
        return np.arange(len(entries))
    after, plain = entries[1:], rows.masks[entries] == 1
    superseded = (after == entries[:-1] + 1) & (groups[1:] == groups[:-1]) & plain[1:] & plain[:-1]
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

    starts = changes(groups)
    if not len(starts):
        return starts, 0
    furthest = np.maximum.reduceat(journeys.depth, starts)
    sizes = np.diff(np.append(starts, len(groups)))
    candidates = np.flatnonzero((journeys.depth == np.repeat(furthest, sizes)) & ~journeys.excluded)
    heads = changes(groups[candidates])
    sizes = np.diff(np.append(heads, len(candidates)))
    # A later entry gets nowhere earlier, so the first candidate is the earliest to arrive.
    arrival = journeys.completion[candidates]
    tied = np.flatnonzero(arrival == np.repeat(arrival[heads], sizes))
    latest = np.append(changes(groups[candidates[tied]])[1:], len(tied)) - 1 if len(tied) else tied
    return candidates[tied[latest]], len(starts) - len(heads)


def first_entries(users: "np.ndarray", entries: "np.ndarray") -> "np.ndarray":
    """Keep the first of each user's entries."""
    first: np.ndarray = entries[changes(users[entries])]
    return first
