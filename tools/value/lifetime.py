"""Lifetime value: what customers have brought, and what they are still to bring by BG/NBD and gamma-gamma."""

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from tools.charts import draw_bars
from tools.definitions import Breakdown
from tools.errors import InvalidArgument, NoData
from tools.periods import Period
from tools.results import MetricResult, Text
from tools.scope import Scope
from tools.value.customers import count_earlier, fetch_customers
from tools.value.lifetime_report import describe_lifetime, lifetime_figures, lifetime_warnings
from tools.value.purchases import PurchaseArguments, Purchases, find_purchases
from tools.value.valuation import Outlook, Valuation

if TYPE_CHECKING:
    import pandas as pd

_BINS = (("1", 1), ("2", 2), ("3", 3), ("4-5", 5), ("6-10", 10), ("11+", None))


class LifetimeArguments(PurchaseArguments):
    """Arguments of `measure_lifetime_value`; customers are those who first buy from `start` to `end`."""

    breakdown: Breakdown = None
    horizon_days: int = Field(
        default=180, ge=1, le=1826, description="Days to look ahead from `end`. 从 end 起向前预测的天数。"
    )
    margin: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of an amount that is kept, 1 for revenue. 毛利占金额的比例，1 即按收入计。",
    )
    discount: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Discount rate per year, e.g. 0.1. 年折现率，如 0.1。",
    )
    holdout_days: int | None = Field(
        default=None,
        ge=0,
        le=1826,
        description="Last days of the period that the models are tried on, fitted without them; null for a quarter "
        "of the period, 0 for none. 期末用于检验的天数（模型不使用这些天拟合）；null 为四分之一，0 为不检验。",
    )

    @property
    def held_out(self) -> int:
        """Days that the models are tried on."""
        days = self.dates.days
        return days // 4 if self.holdout_days is None else self.holdout_days

    @model_validator(mode="after")
    def _check_holdout(self) -> Self:
        if self.holdout_days is not None and self.holdout_days >= self.dates.days:
            raise InvalidArgument(
                en=f"holdout_days ({self.holdout_days}) leaves nothing of the {self.dates.days} days to fit the models to; "
                "a quarter of them is usual.",
                zh=f"holdout_days（{self.holdout_days}）不小于时间范围的 {self.dates.days} 天，没有可用于拟合模型的数据；通常取四分之一。",
                parameter="holdout_days",
            )
        return self


def measure_lifetime_value(scope: Scope, arguments: LifetimeArguments) -> MetricResult:
    """Estimate what customers are worth: the past as it was, the future by BG/NBD and gamma-gamma."""
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    purchases = find_purchases(scope, arguments)
    warnings = list(scope.cover(arguments.dates))
    period = _observed(scope, arguments)
    end = scope.calendar.bucket(period.end, "day")
    customers = fetch_customers(
        scope,
        purchases,
        period,
        filters=arguments.filters,
        dimension=arguments.breakdown,
        cut=end - arguments.held_out,
        horizon=arguments.horizon_days,
    )
    _check_repeats(customers)
    outlook = Outlook(arguments.horizon_days, arguments.margin, arguments.discount)
    valuation = Valuation(customers, end, outlook)
    held_out = try_out(customers, end, arguments.held_out)
    table = _table(valuation, arguments.breakdown)
    title = Text("客户生命周期价值", "Customer lifetime value")
    earlier = count_earlier(scope, purchases, period, arguments.filters)
    return scope.finish(
        "measure_lifetime_value",
        arguments,
        title=title,
        card=describe_lifetime(scope, arguments, purchases, valuation, period),
        figures=lifetime_figures(scope, arguments, purchases, valuation, table, end, held_out, period),
        table=table,
        chart=_chart(scope, purchases, arguments, table, title),
        warnings=[*warnings, *lifetime_warnings(valuation, arguments, earlier, held_out, end)],
        n=len(customers),
    )


def try_out(customers: "pd.DataFrame", end: int, days: int) -> tuple[float, int, int] | None:
    """Fit to all but the last days, and set what is then expected in them against what was bought.

    Returns:
        Purchases expected, purchases made, and customers; None where too little is left to fit.
    """
    cut = end - days
    known = customers[customers["first"] <= cut]
    if not days or (known["cut_days"] > 1).sum() < 2:
        return None
    before = known.assign(last=known["cut_last"], days=known["cut_days"], priced_days=0, priced_amount=0.0)
    expected = Valuation(before, cut, Outlook(days)).purchases.sum()
    return float(expected), int((known["days"] - known["cut_days"]).sum()), len(known)


def _observed(scope: Scope, arguments: LifetimeArguments) -> Period:
    """Return the period as far as the data covers it whole: nobody is seen to buy where there is no data."""
    last = min(arguments.end, scope.source.coverage.complete_through)
    return Period(arguments.start, max(last, arguments.start))


def _check_repeats(customers: "pd.DataFrame") -> None:
    if (customers["days"] > 1).sum() < 2:
        raise NoData(
            en="Fewer than two customers of the period bought on a second day, so there is nothing to learn a lifetime "
            "from; take a longer period, or check event.",
            zh="该时间范围内不足两名客户在另一天再次购买，无法估计生命周期价值；请放宽时间范围，或检查 event。",
            parameter="start",
        )


def _table(valuation: Valuation, breakdown: str | None) -> "pd.DataFrame":
    """Return rows (segment or purchase_days, users, chance_alive, expected_purchases, and three values)."""
    import pandas as pd

    customers = valuation.customers
    margin = valuation.outlook.margin
    frame = pd.DataFrame(
        {
            "group": customers["segment"] if breakdown else _bins(customers["days"]),
            "chance_alive": valuation.chance_alive,
            "expected_purchases": valuation.purchases,
            "historical_value": customers["amount"] * margin,
            "future_value": valuation.value,
        }
    )
    grouped = frame.groupby("group", sort=False, observed=True)
    table = grouped.mean().assign(users=grouped.size().astype("int64"))
    table["lifetime_value"] = table["historical_value"] + table["future_value"]
    names = [name for name, _ in _BINS if name in table.index]
    table = table.sort_values("users", ascending=False, kind="stable") if breakdown else table.loc[names]
    first = "segment" if breakdown else "purchase_days"
    columns = ["chance_alive", "expected_purchases", "historical_value", "future_value", "lifetime_value"]
    return table.rename_axis(first).reset_index()[[first, "users", *columns]]


def _bins(days: "pd.Series") -> "pd.Series":
    import numpy as np

    ends = [last for _, last in _BINS if last is not None]
    names = np.array([name for name, _ in _BINS])
    return days.map(dict(zip(days.unique(), names[np.searchsorted(ends, days.unique())], strict=True)))


def _chart(
    scope: Scope, purchases: Purchases, arguments: LifetimeArguments, table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    first = str(table.columns[0])
    names = {"historical_value": Text("已实现", "so far"), "future_value": Text("预计未来", "expected")}
    long = table.melt(id_vars=first, value_vars=list(names), var_name="part", value_name="value")
    long["part"] = [names[p].in_language(scope.language) for p in long["part"]]
    axis = Text("购买天数", "days of buying")
    if arguments.breakdown:
        axis = scope.semantics.dimension_text(arguments.breakdown)
        long[first] = [
            scope.semantics.value_text(arguments.breakdown, v).in_language(scope.language)
            for v in long[first]
        ]
    return draw_bars(
        long,
        first,
        "value",
        title=title,
        axes=(axis, Text("人均价值", "value per customer")),
        unit=purchases.unit,
        language=scope.language,
        color="part",
    )
