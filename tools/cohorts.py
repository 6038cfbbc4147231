"""Cohorts and who of them returns: the counting behind retention.

Definitions follow PostHog (posthog.com/docs/product-analytics/retention) and Mixpanel: *first time* cohorts
hold users by their first cohort event ever, *recurring* cohorts by every bucket in which they did it; *on*
means during the n-th period, *on or after* during it or later; periods are calendar buckets or multiples of
24 hours since the user's own cohort event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

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
    """Everything that decides who is in a cohort and who returned."""

    cohort_event: str | None
    return_event: str | None
    period: Interval = "day"
    cohort: Cohort = "first_time"
    clock: Clock = "calendar"
    mode: ReturnMode = "on"


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
    offsets: Sequence[int],
    filters: FilterValues,
    dimensions: Sequence[str] = (),
) -> "pd.DataFrame":
    """Count cohort members and those who return.

    Filters and dimensions hold the user's value at the cohort event, so that a user stays in one segment.

    Returns:
        Rows (cohort, [dimension...,] offset, users, returned, mature): one per cohort that has members,
        segment and offset. Counts of immature cells are what the data shows so far.
    """
    import numpy as np

    members = _members(scope, definition, period, filters, dimensions)
    keys = ["cohort", *dimensions]
    fetch = scope.source.engine.fetch
    sizes = fetch(members.group_by(keys).agg(users=members.count())).sort_values(keys, ignore_index=True)
    returns = fetch(_returns(scope, definition, members, keys, period, offsets))
    cells = _cells(sizes, returns, keys, offsets, definition.mode)
    mature = {
        (c, o): is_mature(scope, definition, int(c), int(o))
        for c in cells["cohort"].unique()
        for o in offsets
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
    return calendar.last_day(cohort, definition.period) + wait <= covered


def _members(
    scope: Scope,
    definition: RetentionDefinition,
    period: Period,
    filters: FilterValues,
    dimensions: Sequence[str],
) -> "ibis.Table":
    """Select rows (user, cohort, started, dimension...), one per user and cohort."""
    rows = scope.rows(definition.cohort_event)
    if definition.cohort == "first_time":
        # The first event ever decides, so the period is applied to it and not to the rows.
        first = rows.group_by("user").agg(at=rows["at"].min(), day=rows.day.min(), month=rows.month.min())
        first = within(first, period, scope.calendar)
        starts = first.mutate(cohort=scope.calendar.bucket_column(first, definition.period))
        starts = starts.select("user", "cohort", "at")
    else:
        rows = within(rows, period, scope.calendar)
    rows = rows.mutate(cohort=scope.calendar.bucket_column(rows, definition.period))
    if definition.cohort == "recurring":
        starts = rows.group_by("user", "cohort").agg(at=rows["at"].min())
    chosen = keep(first_values(rows, starts, dict.fromkeys((*filters, *dimensions))), filters)
    return chosen.select("user", "cohort", started=chosen["at"], **{d: chosen[f"d_{d}"] for d in dimensions})


def _returns(
    scope: Scope,
    definition: RetentionDefinition,
    members: "ibis.Table",
    keys: list[str],
    period: Period,
    offsets: Sequence[int],
) -> "ibis.Table":
    """Count members by the offset at which they return (mode on) or last return (mode on_or_after)."""
    rows = _near(scope, definition, scope.rows(definition.return_event), period, max(offsets))
    if definition.clock == "calendar":
        bucket = scope.calendar.bucket_column(rows, definition.period)
        met = members.inner_join(rows.select("user", bucket=bucket).distinct(), "user")
        met = met.mutate(offset=met.bucket - met.cohort)
    else:
        met = members.inner_join(rows.select("user", at=rows["at"]), "user")
        elapsed = met["at"].delta(met.started, unit="microsecond")
        unit = CLOCK_DAYS[definition.period] * _MICROSECONDS_A_DAY
        # Division rounds towards zero: an event before the start must not land in period 0.
        met = met.filter(elapsed >= 0).mutate(offset=elapsed // unit)
    met = met.filter(met.offset >= 0)
    if definition.mode == "on":
        hits = met.filter(met.offset.isin(list(offsets))).select("user", *keys, "offset").distinct()
    else:
        hits = met.group_by("user", *keys).agg(offset=met.offset.max())
    return hits.group_by(*keys, "offset").agg(returned=hits.count())


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


def _cells(
    sizes: "pd.DataFrame",
    returns: "pd.DataFrame",
    keys: list[str],
    offsets: Sequence[int],
    mode: ReturnMode,
) -> "pd.DataFrame":
    import pandas as pd

    cells = sizes.merge(pd.DataFrame({"offset": list(offsets)}), how="cross")
    if mode == "on":
        cells = cells.merge(returns, on=[*keys, "offset"], how="left")
    else:
        # The last return at offset m means a return "on or after" every offset up to m.
        reached = cells.merge(returns.rename(columns={"offset": "last"}), on=keys)
        reached = reached[reached["last"] >= reached["offset"]]
        totals = reached.groupby([*keys, "offset"], as_index=False)["returned"].sum()
        cells = cells.merge(totals, on=[*keys, "offset"], how="left")
    cells["returned"] = cells["returned"].fillna(0).astype("int64")
    return cells
