"""When people come: events and users by local hour and weekday.

A cell of the week is an hour of the local wall clock on one weekday. Its means are over the days of that
weekday in the period that the data covers, days without an event included; daylight saving time neither adds
nor drops a cell, it only makes one of them longer or empty for a day.
"""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from tools.charts import draw_heatmap
from tools.definitions import EventName, ToolArguments, item, period_item
from tools.periods import EPOCH, Period
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope, within
from tools.sources.local_time import LocalTime

if TYPE_CHECKING:
    import pandas as pd

WEEKDAYS = tuple(
    Text(zh=f"周{zh}", en=en)
    for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)
_COUNTS = {"users": Text("用户", "users"), "events": Text("事件", "events")}


class ActivityHoursArguments(ToolArguments):
    """Arguments of `measure_activity_hours`."""

    event: EventName = None
    count: Literal["users", "events"] = Field(
        default="users",
        description="What the chart and the peak show: distinct users, or events. 图表与高峰按用户数还是事件数。",
    )


def measure_activity_hours(scope: Scope, arguments: ActivityHoursArguments) -> MetricResult:
    """Count events and distinct users by local hour and weekday, and their means per such weekday."""
    event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters)
    warnings = list(scope.cover(arguments.dates))
    coverage = scope.source.coverage
    period = Period(max(arguments.dates.start, coverage.start), min(arguments.dates.end, coverage.end))
    table = _table(scope, arguments, event, period)
    counted = _COUNTS[arguments.count]
    title = Text(zh=f"活跃时段（{counted.zh}）", en=f"Activity by hour and weekday ({counted.en})")
    card = [
        period_item(arguments.dates),
        *([] if period == arguments.dates else [period_item(period, "实际统计", "days counted")]),
        item("活跃事件", "active means", scope.semantics.event_text(event)),
        item(
            "时段",
            "hour",
            Text(zh="本地时间的整点起一小时", en="one hour of the local clock, from the full hour"),
        ),
        item("星期", "weekday", Text(zh="1 为周一，7 为周日", en="1 is Monday, 7 is Sunday")),
        item(
            "均值",
            "mean",
            Text(
                zh="期内该时段合计 ÷ 期内该星期几的天数（用户按天去重）",
                en="sum over the period / number of such weekdays in it (users distinct per day)",
            ),
        ),
    ]
    return scope.finish(
        "measure_activity_hours",
        arguments,
        title=title,
        card=card,
        figures=_figures(arguments, table, str(period)),
        table=table,
        chart=_chart(scope, arguments, table, title),
        warnings=warnings,
        n=int(table["events"].sum()),
    )


def _table(
    scope: Scope, arguments: ActivityHoursArguments, event: str | None, period: Period
) -> "pd.DataFrame":
    """Return 168 rows (weekday, hour, days, events, users, mean_events, mean_users), in the order of the week.

    `users` are distinct over the period, `mean_users` is the mean of each day's distinct users.
    """
    import pandas as pd

    calendar = scope.calendar
    local_time = LocalTime.over(calendar.zone, calendar.instant(period.start), calendar.instant(period.end))
    rows = within(scope.rows(event, arguments.filters), period, calendar)
    # 1970-01-01 was a Thursday, day 4; the multiple of 7 keeps days before it from dividing as negatives.
    placed = rows.mutate(
        hour=local_time.to_local(rows["at"]).hour().cast("int64"),
        weekday=((rows.day.cast("int64") + 3 + 7_000_000) % 7 + 1).cast("int64"),
    )
    keys = ["weekday", "hour"]
    fetch = scope.source.engine.fetch
    daily = fetch(placed.group_by(*keys, "day").agg(events=placed.count(), users=placed.user.nunique()))
    overall = fetch(placed.group_by(keys).agg(users=placed.user.nunique()))
    sums = daily.groupby(keys)[["events", "users"]].sum().rename(columns={"users": "daily_users"})
    week = [(calendar.week_start + i) % 7 + 1 for i in range(7)]
    cells = pd.MultiIndex.from_product([week, range(24)], names=keys)
    table = sums.join(overall.set_index(keys)).reindex(cells, fill_value=0).astype("int64").reset_index()
    table["days"] = table["weekday"].map(_weekday_counts(period))
    known = table["days"].where(table["days"] > 0)
    table["mean_events"], table["mean_users"] = table["events"] / known, table["daily_users"] / known
    return table[["weekday", "hour", "days", "events", "users", "mean_events", "mean_users"]]


def _weekday_counts(period: Period) -> dict[int, int]:
    first = (period.start - EPOCH).days + 3
    numbers = [(first + i) % 7 + 1 for i in range(period.days)]
    return {weekday: numbers.count(weekday) for weekday in range(1, 8)}


def _figures(arguments: ActivityHoursArguments, table: "pd.DataFrame", span: str) -> list[Figure]:
    means, counted = table[f"mean_{arguments.count}"].fillna(0), _COUNTS[arguments.count]
    mean = Text(zh=f"平均每小时{counted.zh}数", en=f"mean {counted.en} per hour")
    per_hour = float((means * table["days"]).sum() / table["days"].sum())
    figures = [Figure(f"mean_{arguments.count}", per_hour, arguments.count, mean, span, n=len(table))]
    if means.max() > 0:
        peak = table.iloc[int(means.argmax())]
        weekday, hour = WEEKDAYS[int(peak["weekday"]) - 1], int(peak["hour"])
        label = Text(
            zh=f"最活跃时段 {weekday.zh} {hour}:00–{hour + 1}:00，平均{counted.zh}数",
            en=f"busiest hour, {weekday.en} {hour}:00–{hour + 1}:00, mean {counted.en}",
        )
        value, days = float(means.max()), int(peak["days"])
        figures.insert(0, Figure(f"peak_{arguments.count}", value, arguments.count, label, span, n=days))
    return figures


def _chart(
    scope: Scope, arguments: ActivityHoursArguments, table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    names = [WEEKDAYS[int(w) - 1].in_language(scope.language) for w in table["weekday"]]
    counted = _COUNTS[arguments.count]
    return draw_heatmap(
        table.assign(name=names),
        "hour",
        "name",
        f"mean_{arguments.count}",
        title=title,
        axes=(Text("小时", "hour"), Text("星期", "weekday")),
        legend=Text(zh=f"平均{counted.zh}数", en=f"mean {counted.en}"),
        language=scope.language,
    )
