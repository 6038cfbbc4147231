"""Distinct users per bucket: calendar buckets, and windows that roll from day to day."""

from typing import TYPE_CHECKING

from tools.metric_kinds import Interval
from tools.periods import Period
from tools.scope import Scope
from tools.sources.user_days import count_arrivals

if TYPE_CHECKING:
    import ibis
    import pandas as pd

ROLLING_DAYS = {"day": 1, "week": 7, "month": 30}


def count_calendar(
    scope: Scope, rows: "ibis.Table", period: Period, interval: Interval, breakdown: str | None = None
) -> "pd.DataFrame":
    """Count distinct users per calendar bucket: rows (bucket, [segment,] active_users), empty buckets as 0.

    A user who shows several values of the breakdown in one bucket counts under each of them, as in Mixpanel,
    Amplitude and PostHog. `rows` are those of `Scope.arrivals`, with a breakdown those of `Scope.days`.
    """
    calendar = scope.calendar
    buckets = calendar.buckets(period, interval)
    if breakdown is None:
        firsts = calendar.first_in_bucket(rows, interval)
        counted = firsts.group_by("bucket").agg(active_users=firsts.users.sum())
    else:
        marked = rows.mutate(bucket=calendar.bucket_column(rows, interval))
        marked = marked.filter(marked.bucket.between(buckets[0], buckets[-1]))
        keys = {"bucket": marked.bucket, "segment": marked[f"d_{breakdown}"]}
        counted = marked.group_by(**keys).agg(active_users=marked.user.nunique())
    return _fill_gaps(scope.source.engine.fetch(counted), buckets)


def count_rolling(
    scope: Scope, rows: "ibis.Table", period: Period, days: int, breakdown: str | None = None
) -> "pd.DataFrame":
    """Count distinct users over the `days` days up to each day.

    Returns rows (bucket, [segment,] active_users, active_that_day); a user counts under every value shown. `rows` as
    for `count_calendar`.

    Each active day of a user counts for `days` days, less those for which the one before it does already: adding
    where a stretch begins and subtracting where it ends counts everybody once, in one pass over the active days.
    """
    import ibis
    import pandas as pd

    buckets = scope.calendar.buckets(period, "day")
    near = rows.filter(rows.day.between(buckets[0] - days + 1, buckets[-1]))
    keys = ["segment"] if breakdown else []
    if breakdown:
        active = near.select("user", "day", segment=f"d_{breakdown}").distinct()
        order = ibis.window(group_by=["user", *keys], order_by="day")
        near = count_arrivals(active.mutate(before=active.day.lag().over(order)), *keys)
    start = ibis.greatest(near.day, (near.before + days).coalesce(near.day))
    counted = near.group_by(*keys, "day", start=start).agg(users=near.users.sum().cast("int64"))
    found = scope.source.engine.fetch(counted)
    changes = pd.concat(
        [
            found.assign(bucket=found["start"], change=found["users"], active_that_day=0),
            found.assign(bucket=found["day"] + days, change=-found["users"], active_that_day=0),
            found.assign(bucket=found["day"], change=0, active_that_day=found["users"]),
        ]
    )
    days_seen = pd.DataFrame({"bucket": range(buckets[0] - days + 1, buckets[-1] + 1)})
    if keys:
        days_seen = _cross_segments(days_seen, changes)
    measures = ["change", "active_that_day"]
    sums = changes.groupby([*keys, "bucket"], as_index=False)[measures].sum()
    rolled = (
        days_seen.merge(sums, how="left")
        .fillna(dict.fromkeys(measures, 0))
        .astype(dict.fromkeys(measures, int))
    )
    change = rolled["change"]
    rolled["active_users"] = (change.groupby(rolled["segment"]) if keys else change).cumsum()
    kept = rolled[rolled["bucket"] >= buckets[0]].reset_index(drop=True)
    return kept[["bucket", *keys, "active_users", "active_that_day"]]


def count_user_days(
    scope: Scope, rows: "ibis.Table", buckets: "pd.Series[int]", interval: Interval
) -> "pd.Series[float]":
    """Return the mean number of daily active users of each bucket, over its days that the data covers.

    `rows` are those of `Scope.arrivals`.
    """
    calendar, coverage = scope.calendar, scope.source.coverage
    marked = rows.mutate(bucket=calendar.bucket_column(rows, interval))
    active = marked.filter(marked.bucket.between(int(buckets.min()), int(buckets.max())))
    sums = scope.source.engine.fetch(active.group_by("bucket").agg(n=active.users.sum()))
    totals = buckets.map(sums.set_index("bucket")["n"]).fillna(0)
    first = [max(calendar.first_day(int(b), interval), coverage.start) for b in buckets]
    last = [min(calendar.last_day(int(b), interval), coverage.end) for b in buckets]
    return totals / [max(1, (e - s).days + 1) for s, e in zip(first, last, strict=True)]


def _fill_gaps(counts: "pd.DataFrame", buckets: range) -> "pd.DataFrame":
    import pandas as pd

    wanted = pd.DataFrame({"bucket": list(buckets)})
    if "segment" in counts:
        wanted = _cross_segments(wanted, counts)
    filled = wanted.merge(counts, how="left")
    filled["active_users"] = filled["active_users"].fillna(0).astype(int)
    return filled


def _cross_segments(buckets: "pd.DataFrame", counts: "pd.DataFrame") -> "pd.DataFrame":
    """Pair every bucket with every segment of `counts`."""
    segments = counts[["segment"]].drop_duplicates().sort_values("segment")
    # A product with no segments forgets that they are text.
    return buckets.merge(segments, how="cross").astype(segments.dtypes.to_dict())


def is_covered(scope: Scope, bucket: int, interval: Interval, *, days_before: int = 0) -> bool:
    """Say whether the data has every day of a bucket, and of the `days_before` days before it."""
    coverage, calendar = scope.source.coverage, scope.calendar
    first = calendar.bucket(calendar.first_day(bucket, interval), "day") - days_before
    last = calendar.last_day(bucket, interval)
    return calendar.bucket(coverage.start, "day") <= first and last <= coverage.end
