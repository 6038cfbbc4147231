"""Customers and their purchase histories: one row per buyer, counted in the engine."""

from typing import TYPE_CHECKING

from tools.periods import Period
from tools.scope import FilterValues, Scope, first_values, within
from tools.value.purchases import Purchases

if TYPE_CHECKING:
    import ibis
    import pandas as pd


def find_days(
    scope: Scope, purchases: Purchases, last: int, filters: FilterValues, dimension: str | None = None
) -> "ibis.Table":
    """Select rows `user, day, purchases, amount, first` of every day of buying through the day `last`.

    `first` is the user's first day of buying in the data; `d_<dimension>` the value then.
    """
    rows = purchases.rows(scope, filters)
    rows = rows.filter(rows.day <= last)
    days = rows.group_by("user", "day").agg(purchases=rows.events.sum(), amount=rows.amount.sum())
    days = days.mutate(first=days.day.min().over(group_by="user"))
    if dimension is None:
        return days
    starts = rows.group_by("user").agg(at=rows["at"].min())
    names = {f"d_{dimension}": f"d_{dimension}"}
    valued = first_values(rows, starts, [dimension]).select("user", **names).rename(customer="user")
    return days.inner_join(valued, days.user == valued.customer).drop("customer")


def fetch_customers(
    scope: Scope,
    purchases: Purchases,
    period: Period,
    *,
    filters: FilterValues,
    dimension: str | None,
    cut: int,
    horizon: int,
) -> "pd.DataFrame":
    """Fetch the customers whose first purchase lies in a period, and what they bought through its end.

    Args:
        scope: what is read.
        purchases: what counts as one; several on a day are one.
        period: days of the first purchase, and of observation.
        filters: of purchases.
        dimension: to tell the first purchase's value of, as `segment`.
        cut: a day of the period; what is bought through it is told apart from what is bought later.
        horizon: days from the first purchase whose amount is summed by itself.

    Returns:
        Rows (first, last, days, amount, first_amount, priced_days, priced_amount, early_amount, cut_last, cut_days
        [, segment]), one per customer; `priced_` are repeat days with an amount above 0, `early_` is within the horizon.
    """
    start, end = (scope.calendar.bucket(d, "day") for d in (period.start, period.end))
    days = find_days(scope, purchases, end, filters, dimension)
    days = days.filter(days["first"] >= start)
    again = (days.day > days["first"]) & (days.amount > 0)
    keys = ["user", "first", *([f"d_{dimension}"] if dimension else [])]
    grouped = days.group_by(keys).agg(
        last=days.day.max(),
        days=days.count(),
        amount=days.amount.sum(),
        first_amount=days.amount.sum(where=days.day == days["first"]).coalesce(0.0),
        priced_days=again.cast("int32").sum(),
        priced_amount=days.amount.sum(where=again).coalesce(0.0),
        early_amount=days.amount.sum(where=days.day < days["first"] + horizon).coalesce(0.0),
        cut_last=days.day.max(where=days.day <= cut).coalesce(-1),
        cut_days=(days.day <= cut).cast("int32").sum(),
    )
    grouped = grouped.order_by("user").drop("user")
    return scope.source.engine.fetch(grouped.rename(segment=f"d_{dimension}") if dimension else grouped)


def count_earlier(scope: Scope, purchases: Purchases, period: Period, filters: FilterValues) -> int:
    """Count the users of a period's purchases who had bought before it."""
    end = scope.calendar.bucket(period.end, "day")
    days = within(find_days(scope, purchases, end, filters), period, scope.calendar)
    start = scope.calendar.bucket(period.start, "day")
    early = days.filter(days["first"] < start)
    return int(scope.source.engine.fetch_row(early.agg(n=early.user.nunique()))["n"])
