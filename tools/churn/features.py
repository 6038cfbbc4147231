"""What is known of each user at a cut-off, from the days up to it and no later, and whether the user then left.

One query per cut-off. What lies after the cut-off is read apart from what lies before, and only to say who
came back, so that no feature can know of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.scope import FilterValues, Scope
from tools.segments.amounts import PLACES

if TYPE_CHECKING:
    import ibis
    import pandas as pd

SPANS = 4
_WEEK = 7
_MOST_EVENTS = 20
_MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class Outlook:
    """What churn is and what is looked at: everything that holds for every cut-off.

    Attributes:
        event: what counts as active; None is any event.
        filters: of the events that are read.
        silence: days without activity that make a user churned.
        reach: whoever was active in this many days up to a cut-off is asked about; at most `silence`.
        events: recorded names whose counts are features.
        properties: numeric columns whose sums are features.
        values: dimension -> values whose shares of a user's events are features.
        part: of larger data, only users whose number this divides are learnt from.
    """

    event: str | None
    filters: FilterValues
    silence: int
    reach: int
    events: tuple[str, ...]
    properties: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    part: int = 1

    @property
    def span(self) -> int:
        """Days of each of the four latest stretches whose active days are counted: whole weeks."""
        return span_of(self.silence)

    @property
    def window(self) -> int:
        """Days that features of recent activity look back."""
        return SPANS * self.span


def span_of(silence: int) -> int:
    """Return the days of a stretch: a week, or a quarter of the silence in whole weeks where that is more."""
    return max(_WEEK, -(-silence // (_WEEK * SPANS)) * _WEEK)


def plan_outlook(
    scope: Scope,
    event: str | None,
    filters: FilterValues,
    silence: int,
    reach: int,
    dimensions: Sequence[str],
) -> Outlook:
    """Choose what becomes a feature: the most frequent events, every summed column, dimensions of few values."""
    counts = scope.source.event_counts
    frequent = sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_EVENTS]
    values = {d: tuple(scope.source.values(d)) for d in dimensions}
    return Outlook(
        event=event,
        filters=filters,
        silence=silence,
        reach=min(reach, silence),
        events=tuple(sorted(frequent)),
        properties=tuple(sorted(c for c in scope.source.events.columns if c.startswith("p_"))),
        values={d: v for d, v in values.items() if 1 < len(v) <= _MOST_VALUES},
    )


def read_users(scope: Scope, outlook: Outlook, cutoff: int, *, labelled: bool) -> "pd.DataFrame":
    """Return a row per user who was active lately, by user: `user`, `churned` if labelled, and what was done.

    Args:
        scope: what is read.
        outlook: what is looked at.
        cutoff: number of the last local day that is known.
        labelled: whether the days of silence after the cut-off are read, too, to tell who churned.
    """
    rows = scope.days(None, outlook.filters)
    known = _summarize(scope, rows.filter(rows.day <= cutoff), outlook, cutoff)
    if labelled:
        known = known.filter(known.user % outlook.part == 0) if outlook.part > 1 else known
        active = scope.days(outlook.event, outlook.filters)
        later = active.filter(active.day.between(cutoff + 1, cutoff + outlook.silence))
        back = later.select("user").distinct().mutate(back=1)
        joined = known.left_join(back, "user")
        known = joined.select(*known.columns, churned=joined.back.isnull().cast("int32"))
    users: pd.DataFrame = scope.source.engine.fetch(known)
    return users.sort_values("user", ignore_index=True)


def count_users(scope: Scope, outlook: Outlook, cutoff: int) -> int:
    """Count whom `read_users` returns, over the whole of the data."""
    active = scope.days(outlook.event, outlook.filters)
    lately = active.filter(active.day.between(cutoff - outlook.reach + 1, cutoff))
    return int(scope.source.engine.fetch_row(lately.agg(n=lately.user.nunique()))["n"])


def _summarize(scope: Scope, past: "ibis.Table", outlook: Outlook, cutoff: int) -> "ibis.Table":
    import ibis

    names = scope.recorded_names(outlook.event)
    active = ibis.literal(True) if names is None else past.event.isin(list(names))
    recent = past.day > cutoff - outlook.window
    sums: dict[str, Any] = {
        "active_days": past.day.nunique(where=active),
        "breadth": past.event.nunique(where=recent),
        "all_events": past.events.sum(),
    }
    for number in range(SPANS):
        newest = cutoff - number * outlook.span
        inside = past.day.between(newest - outlook.span + 1, newest)
        sums[f"days_{number}"] = past.day.nunique(where=active & inside)
    for number, event in enumerate(outlook.events):
        sums[f"event_{number}"] = past.events.sum(where=recent & (past.event == event))
    for number, column in enumerate(outlook.properties):
        sums[f"spent_{number}"] = past[column].sum().round(PLACES)
        sums[f"recent_spent_{number}"] = past[column].sum(where=recent).round(PLACES)
    for place, (dimension, values) in enumerate(outlook.values.items()):
        for number, value in enumerate(values):
            sums[f"value_{place}_{number}"] = past.events.sum(where=past[f"d_{dimension}"] == value)
    users = past.group_by("user").agg(
        recency=cutoff - past.day.max(where=active),
        tenure=cutoff - past.day.min(where=active),
        **{name: value.coalesce(0).cast("float64") for name, value in sums.items()},
    )
    return users.filter(users.recency < outlook.reach)
