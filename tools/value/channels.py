"""What channels cost and bring: CAC, ROAS, ROI, payback and contribution.

Of the users acquired in the period: CAC is spending over them; ROAS their revenue over spending; contribution their
margin less spending; ROI contribution over spending. Payback is the first day after acquisition by which the margin of
an acquired user, as old as that, has reached the CAC.
"""

from typing import TYPE_CHECKING

from pydantic import Field

from tools.errors import NoData
from tools.results import MetricResult, Text
from tools.scope import FilterValues, Scope, first_values, keep
from tools.value.channel_report import FEWEST_OLD, channel_card, channel_chart, channel_figures
from tools.value.purchases import PurchaseArguments, Purchases, find_purchases
from tools.value.spend_tables import SpendArguments, Spending, read_spending, spent_period

if TYPE_CHECKING:
    import ibis
    import pandas as pd


class ChannelArguments(PurchaseArguments, SpendArguments):
    """Arguments of `measure_channel_returns`; `start` and `end` bound spending and acquisition."""

    acquired_event: str | None = Field(
        default=None,
        description="Event whose first time is the acquisition; null for sign-up. 首次发生即为获客的事件，null 为注册。",
    )
    margin: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of an amount that is kept, 1 for revenue. 毛利占金额的比例，1 即按收入计。",
    )
    follow_days: int | None = Field(
        default=None,
        ge=1,
        le=730,
        description="Days from acquisition over which purchases count, and only days of acquisition whose users the data "
        "covers as long; null for all until the data ends. 获客后计入多少天的购买（只计数据完整覆盖的获客日）；null 为至数据末尾。",
    )


def measure_channel_returns(scope: Scope, arguments: ChannelArguments) -> MetricResult:
    """Set what each channel cost against the users it brought and what they bought."""
    scope.check_users()
    scope.check(arguments.filters)
    spending = read_spending(scope, arguments.spend).narrow(scope, arguments.filters)
    purchases = find_purchases(scope, arguments)
    warnings = [*scope.cover(arguments.dates), *spending.warnings]
    reach = scope.calendar.bucket(scope.source.coverage.complete_through, "day")
    first, last = spent_period(scope, spending, arguments.dates)
    last = min(last, reach if arguments.follow_days is None else reach - arguments.follow_days + 1)
    if last < first:
        raise NoData(
            en=f"No user acquired in the period has been there for {arguments.follow_days} days; take fewer follow_days or "
            "an earlier period.",
            zh=f"该时间范围内获得的用户都还不满 {arguments.follow_days} 天；请减小 follow_days 或提前时间范围。",
            parameter="follow_days",
        )
    acquired = find_acquired(
        scope, arguments.acquired_event, arguments.filters, spending.dimension, first, last
    )
    table, ages, arrivals = _measure(scope, arguments, spending, purchases, acquired, (first, last, reach))
    table["payback_days"] = [
        find_payback(row["cac"] / arguments.margin, *_curve(ages, arrivals, row["segment"], reach))
        for row in table.to_dict("records")
    ]
    if arguments.follow_days is None:
        warnings.append(_unequal())
    title = Text("渠道成本与回报", "Cost and return of channels")
    return scope.finish(
        "measure_channel_returns",
        arguments,
        title=title,
        card=channel_card(scope, arguments, spending, purchases, first, last),
        figures=channel_figures(scope, arguments, spending, purchases, table),
        table=table.drop(columns="square"),
        chart=channel_chart(scope, spending, table, title),
        warnings=warnings,
        n=int(table["users"].sum()),
    )


def find_payback(cost: float, revenue: "pd.Series", users: "pd.Series") -> float:
    """Return the first age in days at which the revenue per user has reached a cost; NaN if it never does, or is none.

    Args:
        cost: per user.
        revenue: by age, of all users of that age.
        users: by age, how many users have been there as long.
    """
    if not cost > 0:
        return float("nan")
    old = users[users >= min(FEWEST_OLD, users.max())] if len(users) else users
    per_user = (revenue.reindex(old.index, fill_value=0.0) / old).cumsum()
    reached = per_user[per_user >= cost * (1 - 1e-12)]
    return float(reached.index[0]) if len(reached) else float("nan")


def find_acquired(
    scope: Scope, event: str | None, filters: FilterValues, dimension: str, first: int, last: int
) -> "ibis.Table":
    """Select rows (person, joined, segment) of users whose first event of all lies on some days and passes the filters."""
    rows = scope.days(event or scope.semantics.default_cohort_event)
    starts = rows.group_by("user").agg(at=rows["at"].min())
    valued = first_values(rows, starts, sorted({dimension, *filters}))
    days = rows.group_by("user").agg(joined=rows.day.min()).rename(person="user")
    found = valued.inner_join(days, valued.user == days.person)
    found = keep(found.filter(found.joined.between(first, last)), filters)
    return found.select("joined", person="user", segment=f"d_{dimension}")


def _measure(
    scope: Scope,
    arguments: ChannelArguments,
    spending: Spending,
    purchases: Purchases,
    acquired: "ibis.Table",
    days: tuple[int, int, int],
) -> "tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]":
    """Return the table, revenue by (segment, age), and users by (segment, joined)."""
    first, last, reach = days
    fetch = scope.source.engine.fetch
    arrivals = fetch(acquired.group_by("segment", "joined").agg(users=acquired.count()))
    bought = purchases.rows(scope, {})
    joined = bought.inner_join(acquired, bought.user == acquired.person)
    joined = joined.mutate(age=joined.day - joined.joined)
    longest = reach - first if arguments.follow_days is None else arguments.follow_days - 1
    joined = joined.filter(joined.age.between(0, longest) & (joined.day <= reach))
    ages = fetch(joined.group_by("segment", "age").agg(revenue=joined.amount.sum()))
    own = joined.group_by("segment", "user").agg(revenue=joined.amount.sum())
    sums = fetch(
        own.group_by("segment").agg(
            payers=own.count(), revenue=own.revenue.sum(), square=(own.revenue * own.revenue).sum()
        )
    )
    users = arrivals.groupby("segment")["users"].sum()
    spent = spending.by_key(first, last)
    table = sums.set_index("segment").reindex(sorted({*users.index, *spent.index}), fill_value=0)
    table = table.assign(users=users.reindex(table.index, fill_value=0).astype("int64"))
    table["payers"] = table["payers"].astype("int64")
    table["spend"] = spent.reindex(table.index, fill_value=0.0)
    table = table.sort_values(["spend", "users"], ascending=False, kind="stable").rename_axis("segment")
    return _ratios(table.reset_index(), spending.dimension, arguments.margin), ages, arrivals


def _ratios(table: "pd.DataFrame", dimension: str, margin: float) -> "pd.DataFrame":
    paid = table["spend"].where(table["spend"] > 0)
    table["dimension"] = dimension
    table["cac"] = paid / table["users"].where(table["users"] > 0)
    table["roas"] = table["revenue"] / paid
    table["contribution"] = table["revenue"] * margin - table["spend"]
    table["roi"] = table["contribution"] / paid
    columns = [
        "dimension",
        "segment",
        "spend",
        "users",
        "payers",
        "cac",
        "revenue",
        "roas",
        "contribution",
        "roi",
    ]
    return table[[*columns, "square"]]


def _curve(
    ages: "pd.DataFrame", arrivals: "pd.DataFrame", segment: str, reach: int
) -> "tuple[pd.Series, pd.Series]":
    """Return a segment's revenue by age, and how many of its users have been there as long."""
    import pandas as pd

    revenue = ages[ages["segment"] == segment].set_index("age")["revenue"].sort_index()
    own = arrivals[arrivals["segment"] == segment]
    if own.empty or revenue.empty:
        return pd.Series(dtype=float), pd.Series(dtype=float)
    range_ = range(int(revenue.index.max()) + 1)
    return revenue, pd.Series(
        [int(own.loc[own["joined"] + a <= reach, "users"].sum()) for a in range_], index=range_
    )


def _unequal() -> Text:
    return Text(
        "较早获得的用户有更长时间购买；要公平比较渠道或时期，请指定 follow_days。",
        "Users acquired earlier have had longer to buy; to compare channels or periods fairly, give follow_days.",
    )
