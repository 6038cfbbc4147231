"""The returns of cohort members: which of their periods they come back in, and how often."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.cohort_definition import CLOCK_DAYS, RetentionDefinition
from tools.cohort_return import Bracket
from tools.periods import Period, month_of
from tools.scope import Scope, within

if TYPE_CHECKING:
    import ibis

_MICROSECONDS_A_DAY = 86_400_000_000


def read_events(
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


def find_visits(
    scope: Scope,
    definition: RetentionDefinition,
    members: "ibis.Table",
    keys: list[str],
    period: Period,
    furthest: int,
) -> "ibis.Table":
    """Select rows (user, keys..., offset, hits, [value]): return events by member and period since the cohort's."""
    plain = definition.minimum == 1 and not definition.value
    rows = read_events(scope, definition, definition.return_event, plain=plain)
    rows = _near(scope, definition, rows, period, furthest)
    value = {"value": rows[f"p_{definition.value}"]} if definition.value else {}
    if definition.clock == "calendar":
        met = members.inner_join(_by_bucket(scope, definition, rows, value, plain=plain), "user")
        met = met.mutate(offset=met.bucket - met.cohort)
        return met.filter(met.offset >= 0).select("user", *keys, "offset", *definition.measures)
    met = members.inner_join(rows.select("user", at=rows["at"], hits=1, **value), "user")
    elapsed = met["at"].delta(met.started, unit="microsecond")
    unit = CLOCK_DAYS[definition.period] * _MICROSECONDS_A_DAY
    # Division rounds towards zero: an event before the start must not land in period 0.
    met = met.filter(elapsed >= 0).mutate(offset=elapsed // unit)
    return met.select("user", *keys, "offset", *definition.measures)


def returns_to_same(definition: RetentionDefinition) -> bool:
    """Say whether members return by the very event that makes them members, on days that know their first."""
    plain = definition.clock == "calendar" and definition.minimum == 1 and not definition.value
    return plain and definition.cohort != "recurring" and definition.cohort_event == definition.return_event


def find_own_visits(
    scope: Scope, definition: RetentionDefinition, period: Period, furthest: int
) -> "ibis.Table":
    """Select what `find_visits` does where `returns_to_same`: each active day tells whose first one it follows."""
    calendar, interval = scope.calendar, definition.period
    days = _near(scope, definition, scope.active_days(definition.return_event), period, furthest)
    firsts = {"day": days["first"], "month": month_of(days["first"])}
    days = days.mutate(cohort=calendar.bucket_column(firsts, interval))
    first, last = (calendar.bucket(day, "day") for day in (period.start, period.end))
    days = calendar.first_in_bucket(days.filter(days["first"].between(first, last)), interval)
    return days.select("user", "cohort", offset=days.bucket - days.cohort, hits=1)


def count_own_visits(
    scope: Scope, definition: RetentionDefinition, period: Period, offsets: Sequence[int]
) -> "ibis.Table":
    """Count what `find_own_visits` selects: rows (cohort, offset, returned), one per cohort and period of these."""
    calendar, interval = scope.calendar, definition.period
    days = scope.returns(definition.return_event, interval)
    first, last = (calendar.bucket(day, "day") for day in (period.start, period.end))
    days = days.filter(days["first"].between(first, last))
    cohort, bucket = (
        calendar.bucket_column({"day": day, "month": month_of(day)}, interval)
        for day in (days["first"], days.day)
    )
    placed = days.mutate(cohort=cohort, offset=bucket - cohort)
    kept = placed.filter(placed.offset.isin(list(offsets)))
    return kept.group_by("cohort", "offset").agg(returned=kept.users.sum().cast("int64"))


def _by_bucket(
    scope: Scope, definition: RetentionDefinition, rows: "ibis.Table", value: Any, *, plain: bool
) -> "ibis.Table":
    """Sum what each user did in each calendar bucket; of a plain question, that there was something is enough."""
    if plain:
        seen = scope.calendar.first_in_bucket(rows, definition.period)
        return seen.select("user", "bucket", hits=1)
    bucket = scope.calendar.bucket_column(rows, definition.period)
    seen = rows.select("user", bucket=bucket, hits=rows.events, **value)
    return seen.aggregate(by=["user", "bucket"], **{m: seen[m].sum() for m in definition.measures})


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


def count_by_bracket(
    definition: RetentionDefinition, visits: "ibis.Table", keys: list[str], brackets: Sequence[Bracket]
) -> "ibis.Table":
    """Count members, and sum their values, by the bracket in which they return (on) or last do (on or after)."""
    if definition.mode == "on_or_after":
        return _last_returns(definition, visits, keys)
    placed = visits.mutate(offset=_place(visits.offset, brackets))
    hits = placed.filter(placed.offset.notnull())
    if definition.clock == "24h" or any(b.first != b.last for b in brackets):
        sums = {m: hits[m].sum() for m in definition.measures}
        hits = hits.aggregate(by=["user", *keys, "offset"], **sums)
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
