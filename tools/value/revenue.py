"""Revenue per user (ARPU) and per paying user (ARPPU), and how many pay.

ARPU is revenue over all users with the active event or a purchase in the bucket, ARPPU over those with a purchase in
it; ARPU is the paying share times ARPPU. Intervals are of the mean over users, by its normal approximation.
"""

import math
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_bars, draw_lines
from tools.definitions import Breakdown, interval_item, item, period_item
from tools.intervals import wilson_interval
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope, within
from tools.value.purchases import PurchaseArguments, Purchases, find_purchases

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_Z = 1.959963984540054

LIMITS = limits(
    "人均收入的变化不能证明定价或活动有效：用户构成的变化也会让它升降。",
    "A change of revenue per user does not prove that prices or campaigns work: a change of who the users are moves it, too.",
)


class RevenueArguments(PurchaseArguments):
    """Arguments of `measure_revenue`."""

    active_event: str | None = Field(
        default=None,
        description="Event that makes an active user; null for the workspace's. 活跃事件，null 为工作区默认。",
    )
    interval: Interval = Field(
        default="month", description="Bucket of the table: day, week, month. 表格粒度。"
    )
    breakdown: Breakdown = None


def measure_revenue(scope: Scope, arguments: RevenueArguments) -> MetricResult:
    """Measure revenue, ARPU, ARPPU, paying share and purchases per payer."""
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    purchases = find_purchases(scope, arguments)
    warnings = list(scope.cover(arguments.dates))
    whole = _fetch(scope, arguments, purchases, None)
    split = "segment" if arguments.breakdown else "period"
    table = _fetch(scope, arguments, purchases, split)
    title = Text("收入与人均收入", "Revenue, ARPU and ARPPU")
    return scope.finish(
        "measure_revenue",
        arguments,
        title=title,
        card=_card(scope, arguments, purchases),
        figures=_figures(scope, arguments, purchases, whole, table),
        table=table.drop(columns="square"),
        chart=_chart(scope, arguments, purchases, table, title),
        warnings=warnings,
        n=int(whole["users"].sum()),
    )


def _fetch(
    scope: Scope, arguments: RevenueArguments, purchases: Purchases, split: str | None
) -> "pd.DataFrame":
    """Return rows ([split,] users, payers, purchases, revenue, arpu, arppu, paying_share, square).

    `square` is the sum of the squares of each user's revenue.
    """
    sums = scope.source.engine.fetch(_sum_up(_add_up_users(scope, arguments, purchases, split), split))
    if split == "period":
        covered = _covered(scope, arguments)
        buckets = list(scope.calendar.buckets(covered, arguments.interval))
        sums = sums.set_index("period").reindex(buckets, fill_value=0).reset_index()
        sums["period"] = [scope.calendar.label(b, arguments.interval) for b in buckets]
    elif split:
        sums = sums.sort_values(["users", "segment"], ascending=[False, True], ignore_index=True)
    counts = ["users", "payers", "purchases"]
    sums[counts] = sums[counts].fillna(0).astype("int64")
    sums[["revenue", "square"]] = sums[["revenue", "square"]].fillna(0.0).astype(float)
    sums["arpu"] = sums["revenue"] / sums["users"].where(sums["users"] > 0)
    sums["arppu"] = sums["revenue"] / sums["payers"].where(sums["payers"] > 0)
    sums["paying_share"] = sums["payers"] / sums["users"].where(sums["users"] > 0)
    return sums


def _covered(scope: Scope, arguments: RevenueArguments) -> Period:
    coverage = scope.source.coverage
    return Period(max(arguments.start, coverage.start), min(arguments.end, coverage.end))


def _add_up_users(
    scope: Scope, arguments: RevenueArguments, purchases: Purchases, split: str | None
) -> "ibis.Table":
    """Select rows (user, [split,] revenue, purchases) of everybody active or buying."""
    rows = within(scope.days(None, arguments.filters), arguments.dates, scope.calendar)
    amount = rows[scope.property_column(purchases.property or "")].cast("float64").coalesce(0.0)
    rows = rows.mutate(
        buys=_is_any(scope, rows, purchases.event),
        acts=_is_any(scope, rows, arguments.active_event or scope.semantics.default_event),
        amount=amount,
    )
    if split == "period":
        rows = rows.mutate(period=scope.calendar.bucket_column(rows, arguments.interval))
    elif split:
        rows = rows.mutate(segment=rows[f"d_{arguments.breakdown}"])
    rows = rows.filter(rows.buys | rows.acts)
    return rows.group_by("user", *([split] if split else [])).agg(
        revenue=rows.amount.sum(where=rows.buys).coalesce(0.0),
        purchases=rows.events.sum(where=rows.buys).coalesce(0),
    )


def _is_any(scope: Scope, rows: "ibis.Table", event: str | None) -> Any:
    import ibis

    names = scope.recorded_names(event)
    return ibis.literal(True) if names is None else rows.event.isin(list(names))


def _sum_up(own: "ibis.Table", split: str | None) -> "ibis.Table":
    sums = {
        "users": own.count(),
        "payers": (own.purchases > 0).cast("int32").sum(),
        "purchases": own.purchases.sum(),
        "revenue": own.revenue.sum(),
        "square": (own.revenue * own.revenue).sum(),
    }
    return own.group_by(split).agg(**sums) if split else own.agg(**sums)


def mean_interval(total: float, square: float, n: int) -> tuple[float, float] | None:
    """Bound a mean by its normal approximation, from the sum and the sum of squares.

    None with fewer than two, and where so few bring so much that what was earned would be bounded by a loss.

    >>> [round(v, 4) for v in mean_interval(12.0, 56.0, 3)]
    [1.7368, 6.2632]
    >>> mean_interval(100.0, 10000.0, 3) is None
    True
    """
    if n < 2:
        return None
    mean = total / n
    error = math.sqrt(max(0.0, square - n * mean * mean) / (n - 1) / n)
    low, high = mean - _Z * error, mean + _Z * error
    return None if low < 0 < mean else (low, high)


def _figures(
    scope: Scope,
    arguments: RevenueArguments,
    purchases: Purchases,
    whole: "pd.DataFrame",
    table: "pd.DataFrame",
) -> list[Figure]:
    row, span, money = whole.iloc[0], str(arguments.dates), purchases.unit
    users, payers = int(row["users"]), int(row["payers"])
    total, square = float(row["revenue"]), float(row["square"])
    bought = int(row["purchases"])

    def figure(name: str, value: float | None, unit: str, zh: str, en: str, n: int, **more: Any) -> Figure:
        return Figure(name, value, unit, Text(zh, en), span, n=n, **more)

    figures = [
        figure("revenue", total, money, "收入", "revenue", payers),
        figure("arpu", total / users if users else None, money, "ARPU（人均收入）", "ARPU (revenue per user)", users,
               interval=mean_interval(total, square, users)),
        figure("arppu", total / payers if payers else None, money, "ARPPU（付费用户人均收入）",
               "ARPPU (revenue per paying user)", payers, interval=mean_interval(total, square, payers)),
        figure("paying_share", payers / users if users else None, "ratio", "付费率", "paying share", users,
               interval=wilson_interval(payers, users)),
        figure("payers", payers, "users", "付费用户", "paying users", users),
        figure("purchases_per_payer", bought / payers if payers else None, "multiple", "付费用户人均购买次数",
               "purchases per paying user", payers),
        figure("amount_per_purchase", total / bought if bought else None, money, "单次购买金额",
               "amount per purchase", bought),
    ]  # fmt: skip
    if arguments.breakdown is None:
        return figures
    for own in table.to_dict("records"):
        label = scope.segment_text(arguments.breakdown, own["segment"])
        arpu = Text(f"ARPU，{label.zh}", f"ARPU, {label.en}")
        key, n = f"{arguments.breakdown}={own['segment']}", int(own["users"])
        bounds = mean_interval(own["revenue"], own["square"], n)
        figures.append(Figure("arpu", float(own["arpu"]), money, arpu, span, key, n, bounds))
    return figures


def _card(scope: Scope, arguments: RevenueArguments, purchases: Purchases) -> list[DefinitionItem]:
    active = scope.semantics.event_text(arguments.active_event or scope.semantics.default_event)
    split = interval_item(arguments.interval)
    if arguments.breakdown:
        split = item("拆分", "split by", scope.semantics.dimension_text(arguments.breakdown))
    return [
        period_item(arguments.dates),
        *purchases.card(scope),
        item("ARPU", "ARPU", Text(f"收入 ÷ 有「{active.zh}」或购买的用户", f"revenue / users with {active.en} or a purchase")),
        item("ARPPU", "ARPPU", Text("收入 ÷ 有购买的用户", "revenue / users with a purchase")),
        split,
        LIMITS,
    ]  # fmt: skip


def _chart(
    scope: Scope, arguments: RevenueArguments, purchases: Purchases, table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    if arguments.breakdown is None:
        names = {"arpu": "ARPU", "arppu": "ARPPU"}
        return draw_lines(
            table.rename(columns=names).melt("period", list(names.values()), "kind", "value"),
            "period",
            "value",
            title=title,
            axes=(INTERVAL_TEXT[arguments.interval], Text("金额", "amount")),
            unit=purchases.unit,
            language=scope.language,
            series="kind",
        )
    dimension = arguments.breakdown
    values = [scope.semantics.value_text(dimension, v).in_language(scope.language) for v in table["segment"]]
    return draw_bars(
        table.assign(segment=values),
        "segment",
        "arpu",
        title=title,
        axes=(scope.semantics.dimension_text(dimension), Text("ARPU", "ARPU")),
        unit=purchases.unit,
        language=scope.language,
        lying=True,
    )
