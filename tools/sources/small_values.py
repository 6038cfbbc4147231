"""Values of a dimension that too few users have become one value, before anybody can ask for them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis

OTHER_VALUE = "(other)"


def merge_small_values(
    engine: AnyEngine, events: "ibis.Table", dimensions: Sequence[str], least: int
) -> "ibis.Table":
    """Replace the values of each dimension that fewer than `least` users have by `(other)`."""
    if least <= 1:
        return events
    merged = {}
    for dimension in dimensions:
        column = events[f"d_{dimension}"]
        counts = engine.fetch(events.group_by(value=column).agg(users=events.user.nunique()))

        def count_together(values: Sequence[str], column: "ibis.Column" = column) -> int:
            chosen = events.user.nunique(where=column.isin(list(values)))
            return int(engine.fetch_row(events.agg(users=chosen))["users"])

        pairs = [(str(v), int(n)) for v, n in counts[["value", "users"]].to_numpy()]
        small = find_small_values(pairs, least, count_together)
        if small:
            merged[f"d_{dimension}"] = column.isin(list(small)).ifelse(OTHER_VALUE, column)
    return events.mutate(**merged) if merged else events


def find_small_values(
    counts: Sequence[tuple[str, int]], least: int, count_together: Callable[[Sequence[str]], int]
) -> tuple[str, ...]:
    """Choose the values that become one.

    Args:
        counts: values with their numbers of users.
        least: the fewest users of a value that stands for itself.
        count_together: counts the users who have any of some values.

    Returns:
        The small values, smallest first, and the next smallest while they are one value only or fewer users
        together; nothing if no value is small.
    """
    ordered = [value for value, _ in sorted(counts, key=lambda c: (c[1], c[0]))]
    small = sum(users < least for _, users in counts)
    if not small:
        return ()
    taken = max(small, 2)
    while taken < len(ordered) and count_together(ordered[:taken]) < least:
        taken += 1
    return tuple(ordered[:taken])
