"""Repeat purchases: how many buyers buy again, how soon, and how often.

The repeat rate is the share of a period's buyers who bought at least twice in it (as for CDNOW in Fader and Hardie
2001). It rises with the length of the period; the rate within a window after the first purchase of all does not, since
only buyers whose window the data covers whole are in it.
"""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import Breakdown, item, period_item
from tools.intervals import wilson_interval
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope, within
from tools.value.customers import find_days
from tools.value.purchases import PurchaseArguments, Purchases, find_purchases

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_MOST = 6

LIMITS = limits(
    "复购多的客户本来就更忠诚：复购率不能证明促成第二次购买就会让客户留下，也不能证明任何活动的效果。",
    "Those who buy again were the more loyal to begin with: the rate does not prove that bringing about a second purchase "
    "keeps a customer, nor that any campaign worked.",
)


class RepeatArguments(PurchaseArguments):
    """Arguments of `measure_repeat_purchases`."""

    breakdown: Breakdown = None
    once_per: Literal["day", "event"] = Field(
        default="day",
        description="day: purchases of one local day are one; event: each event is one. "
        "day 为同一天的购买算一次，event 为每个事件算一次。",
    )
    window_days: int = Field(
        default=30,
        ge=1,
        le=730,
        description="Days after the first purchase of all within which a new buyer should buy again. "
        "首购后多少天内再次购买。",
    )


def measure_repeat_purchases(scope: Scope, arguments: RepeatArguments) -> MetricResult:
    """Measure the share of buyers who buy again, within the period and within days of their first purchase."""
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    purchases = find_purchases(scope, arguments, priced=False)
    warnings = list(scope.cover(arguments.dates))
    counts = _count_buyers(scope, arguments, purchases)
    fresh = _count_new(scope, arguments, purchases)
    gap = _median_gap(scope, arguments, purchases)
    table = _by_segment(counts, fresh) if arguments.breakdown else _by_times(counts)
    late = int(fresh["late"].sum())
    if late:
        warnings.append(
            Text(
                f"有 {late:,} 名新买家首购后的 {arguments.window_days} 天尚未被数据完整覆盖，未计入该窗口的复购率。",
                f"{late:,} users first bought too late for the data to cover their {arguments.window_days} days; they are "
                "left out of the rate within that window.",
            )
        )
    title = Text("复购", "Repeat purchases")
    return scope.finish(
        "measure_repeat_purchases",
        arguments,
        title=title,
        card=_card(scope, arguments, purchases),
        figures=_figures(scope, arguments, counts, fresh, gap, table),
        table=table,
        chart=_chart(scope, arguments, table, title),
        warnings=warnings,
        n=int(counts["users"].sum()),
    )


def _days(scope: Scope, arguments: RepeatArguments, purchases: Purchases) -> "ibis.Table":
    """Select every day of buying of the data, each with the buyer's `segment`."""
    import ibis

    last = scope.calendar.bucket(scope.source.coverage.end, "day")
    days = find_days(scope, purchases, last, arguments.filters, arguments.breakdown)
    segment = days[f"d_{arguments.breakdown}"] if arguments.breakdown else ibis.literal("")
    return days.mutate(segment=segment)


def _count_buyers(scope: Scope, arguments: RepeatArguments, purchases: Purchases) -> "pd.DataFrame":
    """Return rows (segment, times, users, amount): buyers of the period by how often they bought in it."""
    days = within(_days(scope, arguments, purchases), arguments.dates, scope.calendar)
    once = days.count() if arguments.once_per == "day" else days.purchases.sum()
    users = days.group_by("user", "segment").agg(times=once.cast("int64"), amount=days.amount.sum())
    capped = users.mutate(bought=users.times, times=(users.times >= _MOST).ifelse(_MOST, users.times))
    grouped = capped.group_by("segment", "times").agg(
        users=capped.count(), purchases=capped.bought.sum(), amount=capped.amount.sum()
    )
    return scope.source.engine.fetch(grouped.order_by("segment", "times"))


def _count_new(scope: Scope, arguments: RepeatArguments, purchases: Purchases) -> "pd.DataFrame":
    """Return rows (segment, users, again, late): who first bought in the period, and who again within the window.

    `users` and `again` are of buyers whose window the data covers whole, `late` are the others.
    """
    reach = scope.calendar.bucket(scope.source.coverage.complete_through, "day")
    window = arguments.window_days
    start, end = (scope.calendar.bucket(d, "day") for d in (arguments.start, arguments.end))
    days = _days(scope, arguments, purchases)
    days = days.filter(days["first"].between(start, end) & (days.day <= days["first"] + window))
    own = days.group_by("user", "segment", "first").agg(
        times=days.count() if arguments.once_per == "day" else days.purchases.sum()
    )
    is_mature = own["first"] + window <= reach
    grouped = own.group_by("segment").agg(
        users=is_mature.cast("int32").sum(),
        again=(is_mature & (own.times > 1)).cast("int32").sum(),
        late=(~is_mature).cast("int32").sum(),
    )
    return scope.source.engine.fetch(grouped.order_by("segment"))


def _median_gap(scope: Scope, arguments: RepeatArguments, purchases: Purchases) -> tuple[float | None, int]:
    """Return the median of the days between a buyer's days of buying, both in the period, and how many there are."""
    import ibis

    days = within(_days(scope, arguments, purchases), arguments.dates, scope.calendar)
    before = days.day.lag().over(ibis.window(group_by="user", order_by="day"))
    gaps = days.mutate(gap=days.day - before)
    gaps = gaps.filter(gaps.gap.notnull())
    found = scope.source.engine.fetch(gaps.group_by("gap").agg(n=gaps.count()).order_by("gap"))
    total = int(found["n"].sum())
    if not total:
        return None, 0
    reached = found["n"].cumsum()
    middle = [int(found["gap"][reached >= place].iloc[0]) for place in ((total + 1) // 2, total // 2 + 1)]
    return sum(middle) / 2, total


def _by_times(counts: "pd.DataFrame") -> "pd.DataFrame":
    """Return rows (purchases, users, share, amount_share)."""
    import pandas as pd

    sums = counts.groupby("times")[["users", "amount"]].sum()
    sums = sums.reindex(range(1, _MOST + 1), fill_value=0)
    total, amount = int(sums["users"].sum()), float(sums["amount"].sum())
    return pd.DataFrame(
        {
            "purchases": [str(t) if t < _MOST else f"{t}+" for t in sums.index],
            "users": sums["users"].astype("int64").to_numpy(),
            "share": sums["users"].to_numpy() / total if total else float("nan"),
            "amount_share": sums["amount"].to_numpy() / amount if amount > 0 else float("nan"),
        }
    )


def _by_segment(counts: "pd.DataFrame", fresh: "pd.DataFrame") -> "pd.DataFrame":
    """Return rows (segment, users, repeat_users, repeat_rate, new_buyers, window_rate), most users first."""
    again = counts["users"].where(counts["times"] > 1, 0)
    table = counts.assign(repeat_users=again).groupby("segment")[["users", "repeat_users"]].sum()
    table["repeat_rate"] = table["repeat_users"] / table["users"]
    own = fresh.set_index("segment").reindex(table.index, fill_value=0)
    table["new_buyers"] = own["users"].astype("int64")
    table["window_rate"] = own["again"] / own["users"].where(own["users"] > 0)
    return table.sort_values("users", ascending=False, kind="stable").reset_index()


def _figures(
    scope: Scope,
    arguments: RepeatArguments,
    counts: "pd.DataFrame",
    fresh: "pd.DataFrame",
    gap: tuple[float | None, int],
    table: "pd.DataFrame",
) -> list[Figure]:
    span, window = str(arguments.dates), arguments.window_days
    users, again = int(counts["users"].sum()), int(counts["users"].where(counts["times"] > 1, 0).sum())
    new, returned = int(fresh["users"].sum()), int(fresh["again"].sum())
    rate = Text("复购率（期内购买两次及以上）", "repeat rate (bought twice or more in the period)")
    within_window = Text(
        f"新买家首购后 {window} 天内的复购率", f"new buyers who buy again within {window} days"
    )
    figures = [
        Figure("repeat_rate", again / users if users else None, "ratio", rate, span, n=users, interval=wilson_interval(again, users)),
        Figure("buyers", users, "users", Text("购买用户", "buyers"), span, n=users),
        Figure("repeat_buyers", again, "users", Text("复购用户", "buyers who bought again"), span, n=users),
        Figure("window_rate", returned / new if new else None, "ratio", within_window, span, n=new, interval=wilson_interval(returned, new)),
        Figure("purchases_per_buyer", float(counts["purchases"].sum()) / users if users else None, "multiple",
               Text("人均购买次数", "purchases per buyer"), span, n=users),
        Figure("median_gap", gap[0], "days", Text("两次购买间隔的中位数", "median days between purchases"), span, n=gap[1]),
    ]  # fmt: skip
    if arguments.breakdown is None:
        return figures
    for row in table.to_dict("records"):
        label = scope.segment_text(arguments.breakdown, row["segment"])
        n, repeated = int(row["users"]), int(row["repeat_users"])
        figures.append(
            Figure(
                "repeat_rate",
                repeated / n,
                "ratio",
                label,
                span,
                f"{arguments.breakdown}={row['segment']}",
                n,
                wilson_interval(repeated, n),
            )
        )
    return figures


def _card(scope: Scope, arguments: RepeatArguments, purchases: Purchases) -> list[DefinitionItem]:
    once = {
        "day": Text("同一客户同一本地日的购买算一次", "all of a customer's purchases of one local day"),
        "event": Text("每个购买事件算一次", "each purchase event"),
    }[arguments.once_per]
    card = [
        period_item(arguments.dates),
        *purchases.card(scope),
        item("一次购买", "one purchase", once),
        item(
            "复购率",
            "repeat rate",
            Text(
                "期内购买两次及以上的用户 ÷ 期内购买用户",
                "buyers with two purchases or more / buyers of the period",
            ),
        ),
        item(
            "窗口复购率",
            "rate within the window",
            Text(
                f"历史首购在期内、且首购后 {arguments.window_days} 天已被数据完整覆盖的用户中，在窗口内再次购买的占比",
                f"of users whose first purchase of all lies in the period and whose {arguments.window_days} days after it the "
                "data covers whole, those who bought again by then",
            ),
        ),
    ]
    if arguments.breakdown:
        label = scope.semantics.dimension_text(arguments.breakdown)
        first = Text(f"{label.zh}（首购时的取值）", f"{label.en}, at the first purchase")
        card.append(item("拆分", "split by", first))
    return [*card, LIMITS]


def _chart(scope: Scope, arguments: RepeatArguments, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    if arguments.breakdown is None:
        axes = (Text("购买次数", "purchases"), Text("用户", "users"))
        return draw_bars(
            table, "purchases", "users", title=title, axes=axes, unit="users", language=scope.language
        )
    names = [
        scope.semantics.value_text(arguments.breakdown, v).in_language(scope.language)
        for v in table["segment"]
    ]
    return draw_bars(
        table.assign(segment=names),
        "segment",
        "repeat_rate",
        title=title,
        axes=(scope.semantics.dimension_text(arguments.breakdown), Text("复购率", "repeat rate")),
        unit="ratio",
        language=scope.language,
        lying=True,
    )
