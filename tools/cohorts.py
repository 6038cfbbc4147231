"""Cohorts and who of them returns: the counting behind retention.

Who is in a cohort follows PostHog (posthog.com/docs/product-analytics/retention; its source tells *first
occurrence matching filters* from *first ever occurrence*) and Mixpanel (mixpanel.com/help, "How is retention
calculated?"):

- *first time*: users by their first cohort event that passes the filters, all history considered;
- *first ever*: users by their first cohort event of all, kept if that very event passes the filters;
- *recurring*: users in every bucket in which they did a cohort event that passes the filters.

Periods are calendar buckets, or multiples of 24 hours since the user's own cohort event. A user returns in a
bracket of periods with at least `minimum` return events in it: *on* is the bracket itself, *on or after* is
everything from it to the end of the data (Mixpanel's "on or after", once "unbounded"). PostHog counts the
minimum within single intervals also there, and wants the return event to have the segment of the cohort event;
here a segment is the cohort event's alone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.cohort_definition import RetentionDefinition, is_mature
from tools.cohort_return import Bracket
from tools.cohort_visits import (
    count_by_bracket,
    count_own_visits,
    find_own_visits,
    find_visits,
    read_events,
    returns_to_same,
)
from tools.periods import Period
from tools.scope import FilterValues, Scope, first_values, keep, within

if TYPE_CHECKING:
    import ibis
    import pandas as pd


def count_returns(
    scope: Scope,
    definition: RetentionDefinition,
    period: Period,
    *,
    brackets: Sequence[Bracket],
    filters: FilterValues,
    dimensions: Sequence[str] = (),
) -> "pd.DataFrame":
    """Count cohort members and those who return.

    Dimensions hold the user's value at the cohort event, so that a user stays in one segment.

    Args:
        scope: what is read.
        definition: who is in a cohort and who returns.
        period: days of the cohort events.
        brackets: periods after the cohort's, in order and apart from each other.
        filters: of the cohort event.
        dimensions: to count by.

    Returns:
        Rows (cohort, [dimension...,] offset, users, returned, [value,] mature): one per cohort that has
        members, segment and bracket, which `offset`, its first period, names. Counts of immature cells are
        what the data shows so far.
    """
    import numpy as np

    keys = ["cohort", *dimensions]
    same = not filters and not dimensions and returns_to_same(definition)
    if same and definition.mode == "on" and all(b.first == b.last for b in brackets):
        sizes, returns = _count_own(scope, definition, period, brackets)
    else:
        members = _members(scope, definition, period, filters, dimensions)
        furthest = max(b.last for b in brackets)
        if same:
            visits = find_own_visits(scope, definition, period, furthest)
        else:
            visits = find_visits(scope, definition, members, keys, period, furthest)
        fetch = scope.source.engine.fetch
        sizes = fetch(members.group_by(keys).agg(users=members.count()))
        returns = fetch(count_by_bracket(definition, visits, keys, brackets))
    cells = _cells(sizes.sort_values(keys, ignore_index=True), returns, keys, brackets, definition)
    mature = {
        (c, b.first): is_mature(scope, definition, int(c), b.last)
        for c in cells["cohort"].unique()
        for b in brackets
    }
    flags = [mature[pair] for pair in zip(cells["cohort"], cells["offset"], strict=True)]
    cells["mature"] = np.array(flags, dtype=bool)
    return cells


def _count_own(
    scope: Scope, definition: RetentionDefinition, period: Period, brackets: Sequence[Bracket]
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Count members and those who return by the same event, from one small table; in period 0 are all members."""
    offsets = [b.first for b in brackets]
    counts = scope.source.engine.fetch(count_own_visits(scope, definition, period, [0, *offsets]))
    sizes = counts[counts["offset"] == 0].rename(columns={"returned": "users"})
    return sizes[["cohort", "users"]], counts[counts["offset"].isin(offsets)]


def _members(
    scope: Scope,
    definition: RetentionDefinition,
    period: Period,
    filters: FilterValues,
    dimensions: Sequence[str],
) -> "ibis.Table":
    """Select rows (user, cohort, started, dimension...), one per user and cohort."""
    ever = definition.cohort == "first_ever"
    plain = not dimensions and not (ever and filters)
    rows = read_events(scope, definition, definition.cohort_event, {} if ever else filters, plain=plain)
    if definition.cohort == "recurring":
        rows = within(rows, period, scope.calendar)
    rows = rows.mutate(cohort=scope.calendar.bucket_column(rows, definition.period))
    if definition.cohort == "recurring":
        starts = rows.group_by("user", "cohort").agg(at=rows["at"].min())
    else:
        # The first event decides, so the period is applied to it and not to the rows.
        starts = within(_first_rows(rows), period, scope.calendar).select("user", "cohort", "at")
    wanted = dict.fromkeys((*(filters if ever else ()), *dimensions))
    chosen = first_values(rows, starts, wanted)
    if ever:
        chosen = keep(chosen, filters)
    return chosen.select("user", "cohort", started=chosen["at"], **{d: chosen[f"d_{d}"] for d in dimensions})


def _first_rows(rows: "ibis.Table") -> "ibis.Table":
    """Return the first cohort, time and day of each user; of active days, it is known which is the first."""
    if "before" in rows.columns:
        return rows.filter(rows.before.isnull())
    return rows.group_by("user").agg(cohort=rows.cohort.min(), at=rows["at"].min(), day=rows.day.min())


def _cells(
    sizes: "pd.DataFrame",
    returns: "pd.DataFrame",
    keys: list[str],
    brackets: Sequence[Bracket],
    definition: RetentionDefinition,
) -> "pd.DataFrame":
    import pandas as pd

    measures = ["returned", *(["value"] if definition.value else [])]
    cells = sizes.merge(pd.DataFrame({"offset": [b.first for b in brackets]}), how="cross")
    if definition.mode == "on_or_after":
        # The last return at offset m means a return "on or after" every offset up to m.
        reached = cells.merge(returns.rename(columns={"offset": "last"}), on=keys)
        reached = reached[reached["last"] >= reached["offset"]]
        returns = reached.groupby([*keys, "offset"], as_index=False)[measures].sum()
    cells = cells.merge(returns, on=[*keys, "offset"], how="left")
    cells[measures] = cells[measures].fillna(0)
    return cells.astype({"returned": "int64"})
