"""Growth accounting: who is new, who returns, who comes back, who falls silent.

The states are PostHog's lifecycle (posthog.com/docs/product-analytics/lifecycle). In a day, week or month a
user is *new* with the first event ever, *returning* (retained) when active in the bucket before too,
*resurrected* when active before but not in the bucket before, and *dormant* (churned) in the first bucket
without an event after an active one. Opening is the active users of the bucket before, so that

    opening + new + resurrected - dormant = active (closing).

Quick ratio: (new + resurrected) / dormant, as in Social Capital's growth accounting.
"""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.active_counts import is_covered
from tools.charts import draw_bars
from tools.definitions import Breakdown, EventName, ToolArguments, interval_item, item, period_item
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope, first_values
from tools.sources.user_days import add_month, count_arrivals

if TYPE_CHECKING:
    import ibis
    import pandas as pd

STATES = {
    "new": Text("新增", "new"),
    "returning": Text("留存（回访）", "returning"),
    "resurrected": Text("回流", "resurrected"),
    "dormant": Text("沉默（流失）", "dormant (churned)"),
}
_MOST_SEGMENTS = 20


class GrowthAccountingArguments(ToolArguments):
    """Arguments of `measure_growth_accounting`."""

    event: EventName = None
    interval: Interval = Field(default="week", description="Bucket: day, week or month. 按日、周或月。")
    breakdown: Breakdown = None


def measure_growth_accounting(scope: Scope, arguments: GrowthAccountingArguments) -> MetricResult:
    """Split active users into new, returning and resurrected, and count those who went dormant.

    For every bucket: active = new + returning + resurrected, and
    opening + new + resurrected - dormant = active. History before the period decides who is new.
    """
    event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    period = scope.calendar.widen(arguments.dates, arguments.interval)
    warnings = list(scope.cover(period))
    table = _table(scope, arguments, event, period)
    unit = INTERVAL_TEXT[arguments.interval]
    title = Text(zh=f"用户增长核算（按{unit.zh}）", en=f"Growth accounting per {unit.en}")
    return scope.finish(
        "measure_growth_accounting",
        arguments,
        title=title,
        card=_card(scope, arguments, event, period),
        figures=_figures(scope, arguments, table, period),
        table=table,
        chart=draw_bars(
            _long(table, scope.language),
            "period",
            "users",
            title=title,
            axes=(unit, Text("用户", "users")),
            unit="users",
            language=scope.language,
            color="state",
        ),
        warnings=[*warnings, *_limits(scope, arguments, table, period)],
        n=int(table["active"].sum()),
    )


def _limits(
    scope: Scope, arguments: GrowthAccountingArguments, table: "pd.DataFrame", period: Period
) -> list[Text]:
    partial, begins = table.loc[~table["complete"], "period"].nunique(), scope.source.coverage.start
    warnings = []
    if partial:
        warnings.append(
            Text(
                zh=f"有 {partial} 个时段数据未完整覆盖，其沉默用户数偏高"
                f"{'，未计入汇总数字' if table['complete'].any() else ''}。",
                en=f"The data does not cover {partial} of the buckets whole; dormant is overstated there"
                f"{', and the figures leave them out' if table['complete'].any() else ''}.",
            )
        )
    if scope.calendar.widen(Period(begins, begins), arguments.interval).end >= period.start:
        warnings.append(
            Text(
                zh=f"数据始于 {begins}，此前的历史未知：首个时段的用户都计为新增。",
                en=f"The data begins on {begins} and nothing is known of before: all users of its first bucket "
                "count as new.",
            )
        )
    return warnings


def _table(
    scope: Scope, arguments: GrowthAccountingArguments, event: str | None, period: Period
) -> "pd.DataFrame":
    """Return one row per bucket of the data, and per segment, the largest segment first.

    Columns: period, [segment,] opening, new, returning, resurrected, dormant, active, quick_ratio, complete.
    """
    import pandas as pd

    interval, calendar = arguments.interval, scope.calendar
    counts = _count_states(scope, arguments, event)
    buckets = calendar.buckets(scope.source.coverage.clip(period), interval)
    names = [calendar.label(b, interval) for b in buckets]
    near = counts[counts["bucket"].between(buckets[0] - 1, buckets[-1])]
    parts = {}
    for segment in sorted(near["segment"].unique()) if arguments.breakdown else [""]:
        own = near[near["segment"] == segment]
        wide = own.pivot_table(index="bucket", columns="state", values="users", aggfunc="sum", fill_value=0)
        part = _account(wide.reindex([buckets[0] - 1, *buckets], fill_value=0)).iloc[1:]
        parts[segment] = part.assign(period=names, segment=segment)
    sizes = {segment: int(part[["active", "dormant"]].sum().sum()) for segment, part in parts.items()}
    order = sorted(parts, key=lambda segment: -sizes[segment])
    segment_column = ["segment"] if arguments.breakdown else []
    columns = ["period", *segment_column, "opening", *STATES, "active", "quick_ratio", "complete"]
    table = (
        pd.concat([parts[s] for s in order], ignore_index=True) if parts else pd.DataFrame(columns=columns)
    )
    covered = {n: is_covered(scope, b, interval) for n, b in zip(names, buckets, strict=True)}
    return table.assign(complete=table["period"].map(covered).astype(bool))[columns]


def _account(wide: "pd.DataFrame") -> "pd.DataFrame":
    """Fill in opening, active, dormant and the quick ratio of consecutive buckets."""
    table = wide.reindex(columns=list(STATES), fill_value=0).astype("int64")
    table["active"] = table["new"] + table["returning"] + table["resurrected"]
    table["opening"] = table["active"].shift(fill_value=0)
    # Whoever was active in the bucket before and does not return has gone.
    table["dormant"] = table["opening"] - table["returning"]
    gained, lost = table["new"] + table["resurrected"], table["dormant"]
    table["quick_ratio"] = gained / lost.where(lost > 0)
    return table


def _count_states(scope: Scope, arguments: GrowthAccountingArguments, event: str | None) -> "pd.DataFrame":
    """Return rows (bucket, segment, state, users) of the active; without a breakdown the one segment is called ""."""
    import ibis

    arrivals = _find_arrivals(scope, arguments, event)
    active = scope.calendar.first_in_bucket(arrivals, arguments.interval)
    keys = ["segment"] if arguments.breakdown else []
    state = ibis.cases(
        (active.previous.isnull(), "new"),
        (active.previous == active.bucket - 1, "returning"),
        else_="resurrected",
    )
    counts = scope.source.engine.fetch(
        active.group_by(*keys, "bucket", state=state).agg(users=active.users.sum().cast("int64"))
    )
    return counts if arguments.breakdown else counts.assign(segment="")


def _find_arrivals(scope: Scope, arguments: GrowthAccountingArguments, event: str | None) -> "ibis.Table":
    """Count who was active when (see `UserDays.arrivals`), by segment if there is a breakdown."""
    if arguments.breakdown is None:
        return scope.arrivals(event, arguments.filters)
    rows, days = scope.days(event, arguments.filters), scope.active_days(event, arguments.filters)
    # Only a segment that never changes lets every segment's account add up.
    starts = rows.group_by("user").agg(at=rows["at"].min())
    homes = first_values(rows, starts, [arguments.breakdown])
    days = days.inner_join(homes.select("user", segment=f"d_{arguments.breakdown}"), "user")
    return add_month(count_arrivals(days, "segment"))


def _figures(
    scope: Scope, arguments: GrowthAccountingArguments, table: "pd.DataFrame", period: Period
) -> list[Figure]:
    table, period = _whole(scope, arguments, table, period)
    if arguments.breakdown is None:
        return _segment_figures(table, str(period), None, None)
    figures = []
    for segment in table["segment"].drop_duplicates().head(_MOST_SEGMENTS):
        lead = scope.segment_text(arguments.breakdown, str(segment))
        rows = table[table["segment"] == segment]
        figures += _segment_figures(rows, str(period), f"{arguments.breakdown}={segment}", lead)
    return figures


def _whole(
    scope: Scope, arguments: GrowthAccountingArguments, table: "pd.DataFrame", period: Period
) -> tuple["pd.DataFrame", Period]:
    """Return the buckets that the data covers whole, and the days that they span; all where it covers none."""
    calendar, interval = scope.calendar, arguments.interval
    whole = [
        b
        for b in calendar.buckets(scope.source.coverage.clip(period), interval)
        if is_covered(scope, b, interval)
    ]
    if not whole:
        return table, period
    span = Period(calendar.first_day(whole[0], interval), calendar.last_day(whole[-1], interval))
    return table[table["complete"]], span


def _segment_figures(
    table: "pd.DataFrame", span: str, segment: str | None, lead: Text | None
) -> list[Figure]:
    totals = {state: int(table[state].sum()) for state in STATES}
    gained = totals["new"] + totals["resurrected"]
    ratio = gained / totals["dormant"] if totals["dormant"] else None
    quick = Text(zh="快速比率（（新增＋回流）÷沉默）", en="quick ratio ((new + resurrected) / dormant)")
    net = Text(zh="净增活跃（新增+回流−沉默）", en="net change (new + resurrected - dormant)")

    def figure(name: str, value: Any, unit: str, label: Text, n: int) -> Figure:
        text = Text(zh=f"{lead.zh}：{label.zh}", en=f"{lead.en}: {label.en}") if lead else label
        return Figure(name, value, unit, text, span, segment, n=n)

    return [
        figure("quick_ratio", ratio, "multiple", quick, totals["dormant"]),
        *(figure(state, totals[state], "users", STATES[state], len(table)) for state in STATES),
        figure("net_change", gained - totals["dormant"], "users", net, len(table)),
    ]


def _long(table: "pd.DataFrame", language: str) -> "pd.DataFrame":
    summed = table.groupby("period", sort=False, as_index=False)[list(STATES)].sum()
    signed = summed.assign(dormant=-summed["dormant"])
    long = signed.melt(id_vars="period", value_vars=list(STATES), var_name="state", value_name="users")
    long["state"] = [STATES[s].in_language(language) for s in long["state"]]
    return long


def _card(
    scope: Scope, arguments: GrowthAccountingArguments, event: str | None, period: Period
) -> list[DefinitionItem]:
    unit = INTERVAL_TEXT[arguments.interval]
    card = [
        period_item(period),
        item("活跃事件", "active means", scope.semantics.event_text(event)),
        interval_item(arguments.interval),
        item(
            "新增",
            "new",
            Text(zh="全部历史数据中的首次活跃", en="first activity in the whole data, history included"),
        ),
        item(
            "回流",
            "resurrected",
            Text(zh=f"上一{unit.zh}不活跃、更早曾活跃", en=f"not active the {unit.en} before, but earlier"),
        ),
        item(
            "沉默",
            "dormant",
            Text(
                zh=f"上一{unit.zh}活跃、本{unit.zh}不活跃（只计首个{unit.zh}）",
                en=f"active the {unit.en} before and not in this one (first {unit.en} only)",
            ),
        ),
        item(
            "核算",
            "accounting",
            Text(
                zh=f"期初（上一{unit.zh}活跃）+ 新增 + 回流 − 沉默 = 期末（本{unit.zh}活跃）",
                en=f"opening (active the {unit.en} before) + new + resurrected - dormant = closing (active)",
            ),
        ),
    ]
    if arguments.breakdown:
        home = scope.semantics.dimension_text(arguments.breakdown)
        text = Text(
            zh=f"{home.zh}（取用户首次活跃时的值）", en=f"{home.en}, the user's value at the first activity"
        )
        card.append(item("拆分", "split by", text))
    if arguments.interval == "week":
        card.append(item("每周起始", "weeks start on", scope.calendar.week_start_text()))
    return card
