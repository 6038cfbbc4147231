"""Active users: distinct users with an event per day, week or month, and how sticky the product is.

Calendar counts take whole local days, weeks or months. Rolling counts look back from the end of each day
over 1, 7 or 30 days, as Amplitude's and Mixpanel's rolling WAU and MAU do. Stickiness is the mean daily
count over the mean rolling 30-day count of the same days (DAU/MAU); weeks and months have their own besides:
the mean daily count over the mean count of the week or month, calendar or rolling as the table is.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tools.active_counts import (
    ROLLING_DAYS,
    count_calendar,
    count_rolling,
    count_user_days,
    is_covered,
)
from tools.charts import draw_lines
from tools.definitions import Breakdown, EventName, ToolArguments, interval_item, item, period_item
from tools.grammar import chinese_list
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis
    import pandas as pd


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
    asked = _measured_period(scope, arguments, arguments.dates)
    warnings = list(scope.cover(asked))
    covered = scope.source.coverage.clip(asked)
    period = _measured_period(scope, arguments, covered)
    read = scope.arrivals if arguments.breakdown is None else scope.days
    rows = read(event, arguments.filters)
    rolled = None
    if arguments.breakdown is None:
        rolled = count_rolling(scope, rows, covered, ROLLING_DAYS["month"])
    table = _count(scope, arguments, rows, period, rolled)
    whole = table[table["complete"]]
    if len(whole) < len(table):
        warnings.append(_incomplete_text(arguments, table))
    used = whole if len(whole) else table
    figures = _figures(scope, arguments, used, period)
    if rolled is not None:
        stickiness, short = _stickiness(scope, arguments.dates, rolled)
        figures += [stickiness, *_bucket_stickiness(arguments, used, period)]
        warnings += short
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


def _measured_period(scope: Scope, arguments: ActiveUsersArguments, period: Period) -> Period:
    rolling = arguments.window == "rolling"
    return period if rolling else scope.calendar.widen(period, arguments.interval)


def _count(
    scope: Scope,
    arguments: ActiveUsersArguments,
    rows: "ibis.Table",
    period: Period,
    rolled: "pd.DataFrame | None",
) -> "pd.DataFrame":
    """Return rows (period, [segment,] active_users, [daily_mean,] complete), one per bucket and segment.

    `daily_mean` is the mean of daily active users over a week or month; in rolling windows, those of the day.
    `rolled` has rolling months, and with them each day's users.
    """
    import numpy as np

    rolling = arguments.window == "rolling"
    interval: Interval = "day" if rolling else arguments.interval
    if rolled is not None and arguments.interval == "day":
        counts = rolled.assign(active_users=rolled["active_that_day"])
    elif rolled is not None and rolling and arguments.interval == "month":
        counts = rolled.copy()
    elif rolling:
        counts = count_rolling(scope, rows, period, ROLLING_DAYS[arguments.interval], arguments.breakdown)
    else:
        counts = count_calendar(scope, rows, period, interval, arguments.breakdown)
    span = ROLLING_DAYS[arguments.interval] - 1 if rolling else 0
    covered = [is_covered(scope, int(b), interval, days_before=span) for b in counts["bucket"]]
    counts["complete"] = np.array(covered, dtype=bool)
    counts["period"] = [scope.calendar.label(int(b), interval) for b in counts["bucket"]]
    daily = arguments.interval != "day" and arguments.breakdown is None
    if daily and rolling:
        counts["daily_mean"] = counts["active_that_day"]
    elif daily:
        counts["daily_mean"] = count_user_days(scope, rows, counts["bucket"], interval)
    segment, mean = ["segment"] if arguments.breakdown else [], ["daily_mean"] if daily else []
    return counts[["period", *segment, "active_users", *mean, "complete"]]


def _stickiness(scope: Scope, period: Period, rolled: "pd.DataFrame") -> tuple[Figure, list[Text]]:
    """Divide mean daily active users by mean rolling 30-day active users.

    Both are means over the days of the period whose 30 days the data covers whole; where there is no such day,
    over all covered days, which a warning says.
    """
    coverage, calendar, days = scope.source.coverage, scope.calendar, ROLLING_DAYS["month"]
    label = Text(
        zh="粘性（日活 ÷ 滚动 30 天月活，期内均值）", en="stickiness (mean DAU / mean rolling 30-day MAU)"
    )
    end = min(period.end, coverage.end)
    whole = Period(max(period.start, coverage.start + timedelta(days=days - 1)), end)
    covered = whole if whole.end >= whole.start else Period(max(period.start, coverage.start), end)
    counts = rolled[rolled["bucket"].isin(calendar.buckets(covered, "day"))]
    daily, monthly = counts["active_that_day"].mean(), counts["active_users"].mean()
    short = Text(
        zh=f"数据不足 {days} 天，滚动月活只含已有的天数，粘性偏高。",
        en=f"The data has fewer than {days} days up to any day of the period, so that rolling MAU is low and "
        "stickiness overstated.",
    )
    value = float(daily / monthly) if len(counts) and monthly else None
    span = str(covered if len(counts) else period)
    figure = Figure("stickiness", value, "ratio", label, span, n=len(counts))
    return figure, [] if covered is whole else [short]


def _bucket_stickiness(arguments: ActiveUsersArguments, used: "pd.DataFrame", period: Period) -> list[Figure]:
    """Divide mean daily active users by mean weekly or monthly ones, as the table counts them."""
    rolling = arguments.window == "rolling"
    if arguments.interval == "day" or (rolling and arguments.interval == "month"):
        return []
    unit, short = INTERVAL_TEXT[arguments.interval], {"week": "WAU", "month": "MAU"}[arguments.interval]
    way = Text("滚动", "rolling") if rolling else Text("自然", "calendar")
    total = used["active_users"].mean()
    return [
        Figure(
            f"stickiness_{arguments.interval}_{arguments.window}",
            float(used["daily_mean"].mean() / total) if total else None,
            "ratio",
            Text(
                zh=f"粘性（日活 ÷ {way.zh}{unit.zh}活）", en=f"stickiness (mean DAU / mean {way.en} {short})"
            ),
            str(period),
            n=len(used),
        )
    ]


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
        zh=f"有 {len(partial)} 个时段数据未完整覆盖，未计入均值：{chinese_list(listed)}。",
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
    if arguments.breakdown is None:
        text = Text(
            zh="日活均值 ÷ 月活（滚动 30 天）均值，只取 30 天被数据完整覆盖的日子；按周、月时另列日活均值 ÷ 周活或月活均值",
            en="mean DAU / mean rolling 30-day MAU over the days whose 30 days the data covers whole; per week or "
            "month also mean DAU / mean WAU or MAU of the table",
        )
        card.append(item("粘性", "stickiness", text))
    if arguments.breakdown:
        split = scope.semantics.dimension_text(arguments.breakdown)
        text = Text(
            zh=f"{split.zh}（用户出现过的每个取值各计一次，合计可多于总数）",
            en=f"{split.en}; a user counts under every value shown, so they may add up to more than the whole",
        )
        card.append(item("拆分", "split by", text))
    return card
