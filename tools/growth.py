"""Growth accounting: who is new, who returns, who comes back, who falls silent.

The states are PostHog's lifecycle (posthog.com/docs/product-analytics/lifecycle). In a day, week or month a
user is *new* with the first event ever, *returning* when active in the bucket before too, *resurrected*
when active before but not in the bucket before, and *dormant* in the first bucket without an event after an
active one. Quick ratio: (new + resurrected) / dormant.
"""

from typing import TYPE_CHECKING

from pydantic import Field

from tools.activity import is_covered
from tools.charts import draw_bars
from tools.definitions import EventName, ToolArguments, interval_item, item, period_item
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

STATES = {
    "new": Text("新增", "new"),
    "returning": Text("留存（回访）", "returning"),
    "resurrected": Text("回流", "resurrected"),
    "dormant": Text("沉默", "dormant"),
}


class GrowthAccountingArguments(ToolArguments):
    """Arguments of `measure_growth_accounting`."""

    event: EventName = None
    interval: Interval = Field(default="week", description="Bucket: day, week or month. 按日、周或月。")


def measure_growth_accounting(scope: Scope, arguments: GrowthAccountingArguments) -> MetricResult:
    """Split active users into new, returning and resurrected, and count those who went dormant.

    For every bucket: active = new + returning + resurrected, and
    active(b) = active(b - 1) + new + resurrected - dormant. History before the period decides who is new.
    """
    event = arguments.event or scope.semantics.default_event
    scope.check_users()
    scope.check(arguments.filters)
    period = scope.calendar.widen(arguments.dates, arguments.interval)
    warnings = list(scope.cover(period))
    table = _table(scope, arguments, event, period)
    partial = int((~table["complete"]).sum())
    if partial:
        warnings.append(
            Text(
                zh=f"有 {partial} 个时段数据未完整覆盖，其沉默用户数偏高。",
                en=f"The data does not cover {partial} of the buckets whole; dormant is overstated there.",
            )
        )
    unit = INTERVAL_TEXT[arguments.interval]
    title = Text(zh=f"用户增长核算（按{unit.zh}）", en=f"Growth accounting per {unit.en}")
    return scope.finish(
        "measure_growth_accounting",
        arguments,
        title=title,
        card=_card(scope, arguments, event, period),
        figures=_figures(table, period),
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
        warnings=warnings,
        n=int(table["active"].sum()),
    )


def _table(
    scope: Scope, arguments: GrowthAccountingArguments, event: str | None, period: Period
) -> "pd.DataFrame":
    """Return rows (period, new, returning, resurrected, dormant, active, complete), one per bucket of the data."""
    interval, calendar = arguments.interval, scope.calendar
    counts = _count_states(scope, arguments, event)
    last = calendar.bucket(scope.source.coverage.end, interval)
    buckets = [b for b in calendar.buckets(period, interval) if b <= last]
    table = counts.reindex(buckets, fill_value=0).reindex(columns=list(STATES), fill_value=0)
    table["active"] = table["new"] + table["returning"] + table["resurrected"]
    table["complete"] = [is_covered(scope, b, interval) for b in buckets]
    table.insert(0, "period", [calendar.label(b, interval) for b in buckets])
    return table.reset_index(drop=True)


def _count_states(scope: Scope, arguments: GrowthAccountingArguments, event: str | None) -> "pd.DataFrame":
    """Count users by bucket (rows) and state (columns)."""
    import ibis

    rows = scope.rows(event, arguments.filters)
    bucket = scope.calendar.bucket_column(rows, arguments.interval)
    active = rows.select("user", bucket=bucket.cast("int64")).distinct()
    order = ibis.window(group_by="user", order_by="bucket")
    seen = active.mutate(before=active.bucket.lag().over(order), after=active.bucket.lead().over(order))
    state = ibis.cases(
        (seen.before.isnull(), "new"), (seen.before == seen.bucket - 1, "returning"), else_="resurrected"
    )
    present = seen.group_by("bucket", state=state).agg(users=seen.count())
    left = seen.filter(seen.after.isnull() | (seen.after > seen.bucket + 1))
    silent = left.group_by(bucket=left.bucket + 1, state=ibis.literal("dormant")).agg(users=left.count())
    counts = scope.source.engine.fetch(ibis.union(present, silent))
    return counts.pivot_table(index="bucket", columns="state", values="users", aggfunc="sum", fill_value=0)


def _figures(table: "pd.DataFrame", period: Period) -> list[Figure]:
    totals = {state: int(table[state].sum()) for state in STATES}
    span = str(period)
    gained = totals["new"] + totals["resurrected"]
    ratio = gained / totals["dormant"] if totals["dormant"] else None
    quick = Text(zh="快速比率（(新增+回流)÷沉默）", en="quick ratio ((new + resurrected) / dormant)")
    net = Text(zh="净增活跃（新增+回流−沉默）", en="net change (new + resurrected - dormant)")
    return [
        Figure("quick_ratio", ratio, "multiple", quick, span, n=totals["dormant"]),
        *(Figure(state, totals[state], "users", STATES[state], span, n=len(table)) for state in STATES),
        Figure("net_change", gained - totals["dormant"], "users", net, span, n=len(table)),
    ]


def _long(table: "pd.DataFrame", language: str) -> "pd.DataFrame":
    signed = table.assign(dormant=-table["dormant"])
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
    ]
    if arguments.interval == "week":
        card.append(item("每周起始", "weeks start on", scope.calendar.week_start_text()))
    return card
