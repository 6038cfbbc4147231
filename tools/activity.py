"""Active users: distinct users with an event per day, week or month, and how sticky the product is.

Calendar counts take whole local days, weeks or months. Rolling counts look back from the end of each day
over 1, 7 or 30 days, as Amplitude's and Mixpanel's rolling WAU and MAU do. Stickiness is the mean daily
count over the mean rolling 30-day count of the same days (DAU/MAU).
"""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tools.charts import draw_lines
from tools.definitions import Breakdown, EventName, ToolArguments, interval_item, item, period_item
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import FilterValues, Scope, first_values

if TYPE_CHECKING:
    import ibis
    import pandas as pd

ROLLING_DAYS = {"day": 1, "week": 7, "month": 30}


class ActiveUsersArguments(ToolArguments):
    """Arguments of `measure_active_users`."""

    event: EventName = None
    interval: Interval = Field(
        default="day", description="Count per day, week or month (DAU, WAU, MAU). 按日、周或月统计。"
    )
    window: Literal["calendar", "rolling"] = Field(
        default="calendar",
        description="calendar: whole days, weeks, months; rolling: the 1, 7 or 30 days up to each day. "
        "calendar 为自然日/周/月，rolling 为截至每天的 1/7/30 天。",
    )
    breakdown: Breakdown = None


def measure_active_users(scope: Scope, arguments: ActiveUsersArguments) -> MetricResult:
    """Count distinct active users per day, week or month.

    A user is active in a bucket with at least one event in it. A week or month that the period only touches
    is counted whole; one that the data does not cover whole is marked and left out of the mean.
    """
    event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    period = _measured_period(scope, arguments)
    warnings = list(scope.cover(period))
    table = _count(scope, arguments, event, period)
    whole = table[table["complete"]]
    if len(whole) < len(table):
        warnings.append(_incomplete_text(arguments, table))
    used = whole if len(whole) else table
    figures = _figures(scope, arguments, used, period)
    if arguments.breakdown is None:
        figures.append(measure_stickiness(scope, event, arguments.filters, arguments.dates))
    title = Text(
        zh=f"活跃用户（{INTERVAL_TEXT[arguments.interval].zh}）",
        en=f"Active users per {arguments.interval}",
    )
    return scope.finish(
        "measure_active_users",
        arguments,
        title=title,
        card=_card(scope, arguments, event, period),
        figures=figures,
        table=table,
        chart=draw_lines(
            table,
            "period",
            "active_users",
            title=title,
            axes=(INTERVAL_TEXT[arguments.interval], Text("活跃用户", "active users")),
            unit="users",
            language=scope.language,
            series="segment" if arguments.breakdown else None,
        ),
        warnings=warnings,
        n=int(used["active_users"].sum()),
    )


def _measured_period(scope: Scope, arguments: ActiveUsersArguments) -> Period:
    rolling = arguments.window == "rolling"
    return arguments.dates if rolling else scope.calendar.widen(arguments.dates, arguments.interval)


def _count(
    scope: Scope, arguments: ActiveUsersArguments, event: str | None, period: Period
) -> "pd.DataFrame":
    """Return rows (period, [segment,] active_users, complete), one per bucket and segment."""
    import numpy as np

    rows = scope.rows(event, arguments.filters)
    rolling = arguments.window == "rolling"
    interval: Interval = "day" if rolling else arguments.interval
    if rolling:
        counts = count_rolling(scope, rows, period, ROLLING_DAYS[arguments.interval], arguments.breakdown)
    else:
        counts = count_calendar(scope, rows, period, interval, arguments.breakdown)
    span = ROLLING_DAYS[arguments.interval] - 1 if rolling else 0
    covered = [is_covered(scope, int(b), interval, days_before=span) for b in counts["bucket"]]
    counts["complete"] = np.array(covered, dtype=bool)
    counts["period"] = [scope.calendar.label(int(b), interval) for b in counts["bucket"]]
    columns = ["period", *(["segment"] if arguments.breakdown else []), "active_users", "complete"]
    return counts[columns]


def count_calendar(
    scope: Scope, rows: "ibis.Table", period: Period, interval: Interval, breakdown: str | None = None
) -> "pd.DataFrame":
    """Count distinct users per calendar bucket: rows (bucket, [segment,] active_users), empty buckets as 0.

    A user who shows several values of the breakdown in one bucket belongs to the first of them.
    """
    calendar = scope.calendar
    buckets = calendar.buckets(period, interval)
    marked = rows.mutate(bucket=calendar.bucket_column(rows, interval))
    marked = marked.filter(marked.bucket.between(buckets[0], buckets[-1]))
    if breakdown is None:
        counted = marked.group_by("bucket").agg(active_users=marked.user.nunique())
    else:
        starts = marked.group_by("bucket", "user").agg(at=marked["at"].min())
        users = first_values(marked, starts, [breakdown])
        counted = users.group_by("bucket", segment=f"d_{breakdown}").agg(active_users=users.count())
    return _fill_gaps(scope.source.engine.fetch(counted), buckets)


def count_rolling(
    scope: Scope, rows: "ibis.Table", period: Period, days: int, breakdown: str | None = None
) -> "pd.DataFrame":
    """Count distinct users over the `days` days up to each day.

    Returns rows (bucket, [segment,] active_users, active_that_day).

    Each active day of a user covers the days until the user's next one, at most `days`: adding where a
    stretch begins and subtracting where it ends counts everybody once, in one pass over the active days.
    """
    import ibis
    import pandas as pd

    buckets = scope.calendar.buckets(period, "day")
    near = rows.filter(rows.day.between(buckets[0] - days + 1, buckets[-1]))
    keys = ["segment"] if breakdown else []
    named = near.mutate(segment=near[f"d_{breakdown}"]) if breakdown else near
    active = named.select("user", "day", *keys).distinct()
    following = active.day.lead().over(ibis.window(group_by=["user", *keys], order_by="day"))
    stretches = active.mutate(stop=ibis.least(active.day + days, following.coalesce(active.day + days)))
    none = ibis.literal(0, type="int64")
    starts = stretches.group_by(*keys, bucket=stretches.day).agg(started=stretches.count(), stopped=none)
    stops = stretches.group_by(*keys, bucket=stretches.stop.cast("int32")).agg(
        started=none, stopped=stretches.count()
    )
    columns = [*keys, "bucket", "started", "stopped"]
    changes = scope.source.engine.fetch(ibis.union(starts.select(columns), stops.select(columns)))
    days_seen = pd.DataFrame({"bucket": range(buckets[0] - days + 1, buckets[-1] + 1)})
    if keys:
        days_seen = days_seen.merge(changes[keys].drop_duplicates().sort_values(keys), how="cross")
    sums = changes.groupby([*keys, "bucket"], as_index=False)[["started", "stopped"]].sum()
    rolled = days_seen.merge(sums, how="left").fillna({"started": 0, "stopped": 0})
    change = rolled["started"] - rolled["stopped"]
    rolled["active_users"] = (change.groupby(rolled["segment"]) if keys else change).cumsum().astype(int)
    rolled["active_that_day"] = rolled["started"].astype(int)
    kept = rolled[rolled["bucket"] >= buckets[0]].reset_index(drop=True)
    return kept[["bucket", *keys, "active_users", "active_that_day"]]


def _fill_gaps(counts: "pd.DataFrame", buckets: range) -> "pd.DataFrame":
    import pandas as pd

    wanted = pd.DataFrame({"bucket": list(buckets)})
    if "segment" in counts:
        wanted = wanted.merge(pd.DataFrame({"segment": sorted(counts["segment"].unique())}), how="cross")
    filled = wanted.merge(counts, how="left")
    filled["active_users"] = filled["active_users"].fillna(0).astype(int)
    return filled


def is_covered(scope: Scope, bucket: int, interval: Interval, *, days_before: int = 0) -> bool:
    """Say whether the data has every day of a bucket, and of the `days_before` days before it."""
    coverage, calendar = scope.source.coverage, scope.calendar
    first = calendar.bucket(calendar.first_day(bucket, interval), "day") - days_before
    last = calendar.last_day(bucket, interval)
    return calendar.bucket(coverage.start, "day") <= first and last <= coverage.end


def measure_stickiness(scope: Scope, event: str | None, filters: FilterValues, period: Period) -> Figure:
    """Divide mean daily active users by mean rolling 30-day active users, over the covered days of a period."""
    coverage = scope.source.coverage
    covered = Period(max(period.start, coverage.start), min(period.end, coverage.end))
    label = Text(
        zh="粘性（日活 ÷ 滚动 30 天月活，期内均值）", en="stickiness (mean DAU / mean rolling 30-day MAU)"
    )
    if covered.end < covered.start:
        return Figure("stickiness", None, "ratio", label, str(period), n=0)
    rows = scope.rows(event, filters)
    counts = count_rolling(scope, rows, covered, ROLLING_DAYS["month"])
    daily, monthly = counts["active_that_day"].mean(), counts["active_users"].mean()
    value = float(daily / monthly) if monthly else None
    return Figure("stickiness", value, "ratio", label, str(covered), n=covered.days)


def _figures(
    scope: Scope, arguments: ActiveUsersArguments, used: "pd.DataFrame", period: Period
) -> list[Figure]:
    span = f"{period.start}/{period.end}"
    unit = INTERVAL_TEXT[arguments.interval]
    mean = Text(zh=f"{unit.zh}均活跃用户", en=f"mean active users per {unit.en}")
    if arguments.breakdown is None:
        latest = used.iloc[-1]
        values = used["active_users"]
        label = Text(zh=f"最近一{unit.zh}活跃用户", en=f"active users in the latest {unit.en}")
        return [
            Figure("active_users", float(values.mean()), "users", mean, span, n=len(used)),
            Figure("active_users_latest", int(latest["active_users"]), "users", label, str(latest["period"])),
        ]
    means = used.groupby("segment")["active_users"].mean().sort_values(ascending=False, kind="stable")
    return [
        Figure(
            "active_users",
            float(value),
            "users",
            _joined(scope.segment_text(arguments.breakdown, str(segment)), mean),
            span,
            segment=f"{arguments.breakdown}={segment}",
            n=int((used["segment"] == segment).sum()),
        )
        for segment, value in means.head(20).items()
    ]


def _joined(segment: Text, label: Text) -> Text:
    return Text(zh=f"{segment.zh}：{label.zh}", en=f"{segment.en}: {label.en}")


def _incomplete_text(arguments: ActiveUsersArguments, table: "pd.DataFrame") -> Text:
    partial = list(dict.fromkeys(table.loc[~table["complete"], "period"]))
    listed = ", ".join(partial[:5]) + ("…" if len(partial) > 5 else "")
    return Text(
        zh=f"有 {len(partial)} 个时段数据未完整覆盖，未计入均值：{listed}。",
        en=f"The data does not cover {len(partial)} of the {arguments.interval} buckets whole; "
        f"they are left out of the mean: {listed}.",
    )


def _card(
    scope: Scope, arguments: ActiveUsersArguments, event: str | None, period: Period
) -> list[DefinitionItem]:
    days = ROLLING_DAYS[arguments.interval]
    rolling = Text(zh=f"截至每天的最近 {days} 天（滚动）", en=f"the {days} days up to each day (rolling)")
    calendar = Text(zh="自然日/周/月（整周期）", en="whole calendar days, weeks or months")
    card = [
        period_item(period),
        item("活跃事件", "active means", scope.semantics.event_text(event)),
        interval_item(arguments.interval),
        item("窗口", "window", rolling if arguments.window == "rolling" else calendar),
        item("计数", "counts", Text(zh="去重用户数", en="distinct users")),
    ]
    if arguments.interval == "week":
        card.append(item("每周起始", "weeks start on", scope.calendar.week_start_text()))
    if arguments.breakdown:
        card.append(item("拆分", "split by", scope.semantics.dimension_text(arguments.breakdown)))
    return card
