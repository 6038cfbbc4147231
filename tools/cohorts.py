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
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tools.metric_kinds import Clock, Cohort, Interval, RetentionMetric, ReturnMode
from tools.periods import Period
from tools.scope import FilterValues, Scope, first_values, keep, within

if TYPE_CHECKING:
    import ibis
    import pandas as pd

CLOCK_DAYS = {"day": 1, "week": 7}
_MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class RetentionDefinition:
    """Everything that decides who is in a cohort and who returned.

    Attributes:
        minimum: return events that a member needs within a bracket.
        value: numeric column whose sum over those events is the value that members bring.
    """

    cohort_event: str | None
    return_event: str | None
    period: Interval = "day"
    cohort: Cohort = "first_time"
    clock: Clock = "calendar"
    mode: ReturnMode = "on"
    minimum: int = 1
    value: str | None = None

    @property
    def measures(self) -> list[str]:
        """Columns that are counted or summed per user."""
        return ["hits", "value"] if self.value else ["hits"]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Consecutive periods after the cohort's, both ends included; often just one."""

    first: int
    last: int

    @classmethod
    def of(cls, offset: int) -> "Bracket":
        """Make a bracket of one period."""
        return cls(offset, offset)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def retention_definition(scope: Scope, metric: RetentionMetric) -> RetentionDefinition:
    """Fill in the workspace's default events."""
    return RetentionDefinition(
        cohort_event=metric.cohort_event or scope.semantics.default_cohort_event,
        return_event=metric.return_event or scope.semantics.default_event,
        period=metric.period,
        cohort=metric.cohort,
        clock=metric.clock,
        mode=metric.mode,
    )


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

    members = _members(scope, definition, period, filters, dimensions)
    keys = ["cohort", *dimensions]
    fetch = scope.source.engine.fetch
    sizes = fetch(members.group_by(keys).agg(users=members.count())).sort_values(keys, ignore_index=True)
    furthest = max(b.last for b in brackets)
    visits = _visits(scope, definition, members, keys, period, furthest)
    cells = _cells(sizes, fetch(_returns(definition, visits, keys, brackets)), keys, brackets, definition)
    mature = {
        (c, b.first): is_mature(scope, definition, int(c), b.last)
        for c in cells["cohort"].unique()
        for b in brackets
    }
    flags = [mature[pair] for pair in zip(cells["cohort"], cells["offset"], strict=True)]
    cells["mature"] = np.array(flags, dtype=bool)
    return cells


def is_mature(scope: Scope, definition: RetentionDefinition, cohort: int, offset: int) -> bool:
    """Say whether the data covers the whole of a cohort's n-th period, for its last member too."""
    calendar, covered = scope.calendar, scope.source.coverage.complete_through
    if definition.clock == "calendar":
        return calendar.last_day(cohort + offset, definition.period) <= covered
    wait = timedelta(days=(offset + 1) * CLOCK_DAYS[definition.period])
    # 24 hours are 24 hours: where a clock is put forward within them, they end an hour later by the clock.
    ends = calendar.instant(calendar.last_day(cohort, definition.period) + timedelta(days=1)) + wait
    return ends <= calendar.instant(covered + timedelta(days=1))


def _read(
    scope: Scope, definition: RetentionDefinition, event: str | None, filters: Any = None, *, plain: bool
) -> Any:
    """Read events where the time of day matters, else days, of which there are far fewer; of a plain question the
    days on which a user was active are enough.
    """
    if definition.clock == "24h":
        return scope.rows(event, filters)
    if not plain:
        return scope.days(event, filters)
    rows = scope.active_days(event, filters)
    return rows.mutate(at=rows.day, events=1)


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
    rows = _read(scope, definition, definition.cohort_event, {} if ever else filters, plain=plain)
    if definition.cohort == "recurring":
        rows = within(rows, period, scope.calendar)
    rows = rows.mutate(cohort=scope.calendar.bucket_column(rows, definition.period))
    if definition.cohort == "recurring":
        starts = rows.group_by("user", "cohort").agg(at=rows["at"].min())
    else:
        # The first event decides, so the period is applied to it and not to the rows.
        first = rows.group_by("user").agg(cohort=rows.cohort.min(), at=rows["at"].min(), day=rows.day.min())
        starts = within(first, period, scope.calendar).drop("day")
    wanted = dict.fromkeys((*(filters if ever else ()), *dimensions))
    chosen = first_values(rows, starts, wanted)
    if ever:
        chosen = keep(chosen, filters)
    return chosen.select("user", "cohort", started=chosen["at"], **{d: chosen[f"d_{d}"] for d in dimensions})


def _visits(
    scope: Scope,
    definition: RetentionDefinition,
    members: "ibis.Table",
    keys: list[str],
    period: Period,
    furthest: int,
) -> "ibis.Table":
    """Select rows (user, keys..., offset, hits, [value]): return events by member and period since the cohort's."""
    plain = definition.minimum == 1 and not definition.value
    rows = _read(scope, definition, definition.return_event, plain=plain)
    rows = _near(scope, definition, rows, period, furthest)
    value = {"value": rows[f"p_{definition.value}"]} if definition.value else {}
    if definition.clock == "calendar":
        bucket = scope.calendar.bucket_column(rows, definition.period)
        seen = rows.select("user", bucket=bucket, hits=rows.events, **value)
        sums = {m: seen[m].sum() for m in definition.measures}
        met = members.inner_join(seen.aggregate(by=["user", "bucket"], **sums), "user")
        met = met.mutate(offset=met.bucket - met.cohort)
        return met.filter(met.offset >= 0).select("user", *keys, "offset", *definition.measures)
    met = members.inner_join(rows.select("user", at=rows["at"], hits=1, **value), "user")
    elapsed = met["at"].delta(met.started, unit="microsecond")
    unit = CLOCK_DAYS[definition.period] * _MICROSECONDS_A_DAY
    # Division rounds towards zero: an event before the start must not land in period 0.
    met = met.filter(elapsed >= 0).mutate(offset=elapsed // unit)
    return met.select("user", *keys, "offset", *definition.measures)


def _near(
    scope: Scope, definition: RetentionDefinition, rows: "ibis.Table", period: Period, furthest: int
) -> "ibis.Table":
    """Keep the rows that can be a return: from the first cohort's bucket to the last one's furthest period."""
    calendar, interval = scope.calendar, definition.period
    first = calendar.first_day(calendar.bucket(period.start, interval), interval)
    # 24 hours from a start within a day reach into the day after.
    span = furthest + (definition.clock == "24h") + 1
    last = calendar.last_day(calendar.bucket(period.end, interval) + span, interval)
    if definition.mode == "on_or_after":
        last = max(last, scope.source.coverage.end)
    return within(rows, Period(first, last), calendar)


def _returns(
    definition: RetentionDefinition, visits: "ibis.Table", keys: list[str], brackets: Sequence[Bracket]
) -> "ibis.Table":
    """Count members, and sum their values, by the bracket in which they return (on) or last do (on or after)."""
    if definition.mode == "on_or_after":
        return _last_returns(definition, visits, keys)
    placed = visits.mutate(offset=_place(visits.offset, brackets))
    placed = placed.filter(placed.offset.notnull())
    sums = {m: placed[m].sum() for m in definition.measures}
    hits = placed.aggregate(by=["user", *keys, "offset"], **sums)
    hits = hits.filter(hits.hits >= definition.minimum)
    value = {"value": hits.value.sum()} if definition.value else {}
    return hits.aggregate(by=[*keys, "offset"], returned=hits.count(), **value)


def _place(offset: Any, brackets: Sequence[Bracket]) -> Any:
    """Name the bracket of each period by its first one; null outside of all."""
    import ibis

    if all(b.first == b.last for b in brackets):
        return offset.isin([b.first for b in brackets]).ifelse(offset, None)
    return ibis.cases(*((offset.between(b.first, b.last), b.first) for b in brackets))


def _last_returns(definition: RetentionDefinition, visits: "ibis.Table", keys: list[str]) -> "ibis.Table":
    """Count members by the latest period from which on they have the minimum of events.

    A member has returned on or after every period up to that one. What is spent later counts there too.
    """
    import ibis

    user = ["user", *keys]
    enough = visits
    if definition.minimum > 1:
        later = ibis.cumulative_window(group_by=user, order_by=ibis.desc("offset"))
        enough = visits.mutate(after=visits.hits.sum().over(later))
        enough = enough.filter(enough.after >= definition.minimum)
    reach = enough.group_by(user).agg(reach=enough.offset.max())
    counts = reach.group_by(*keys, offset="reach").agg(returned=reach.count())
    if definition.value is None:
        return counts
    spent = visits.inner_join(reach, user)
    spent = spent.mutate(offset=ibis.least(spent.offset, spent.reach))
    sums = spent.group_by(*keys, "offset").agg(value=spent.value.sum())
    return sums.left_join(counts, [*keys, "offset"]).select(
        *(sums[k] for k in (*keys, "offset", "value")), counts.returned.coalesce(0).name("returned")
    )


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
