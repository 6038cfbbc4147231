"""Budget against spending: plan, actual, run-rate and where the months will end.

The projection is what was spent plus the mean daily spending of the last days for every day left; its interval takes
days to vary by chance around that mean as they did. Plan, actual and projection of the lines add up to the total's.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_bars
from tools.definitions import item, period_item
from tools.errors import NoData
from tools.periods import EPOCH, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope
from tools.value.spend_tables import SpendArguments, Spending, read_budget, read_spending, spent_period

if TYPE_CHECKING:
    import pandas as pd

_Z = 1.959963984540054
STATUS = {
    "over": Text("已超支", "overspent"),
    "will_overrun": Text("预计超支", "will overrun"),
    "on_plan": Text("符合计划", "on plan"),
    "under": Text("预计未用完", "will be underspent"),
    "unplanned": Text("无预算", "unplanned"),
}

LIMITS = limits(
    "推算假设剩余各天的花费与最近几天相同，不能证明今后真会如此，也不能证明这笔预算花得值。",
    "The projection takes the days left to be like the last ones; it does not prove that they will be, nor that the money "
    "is well spent.",
)


class BudgetArguments(SpendArguments):
    """Arguments of `track_budget`; whole months are looked at, as of `end`."""

    budget: str | None = Field(
        default=None,
        description="Budget in metrics.yaml; null for the first. metrics.yaml 中的预算，null 取第一个。",
    )
    run_rate_days: int = Field(
        default=14,
        ge=2,
        le=92,
        description="Last days whose mean is the run-rate. 用最近多少天的日均花费推算。",
    )
    tolerance: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Share of the plan by which the projection may differ before it is alarming. 允许偏离计划的比例。",
    )


def track_budget(scope: Scope, arguments: BudgetArguments) -> MetricResult:
    """Set spending against the budget of the months that the period touches, and project it to their end."""
    scope.check(arguments.filters)
    name, plans, warnings = read_budget(scope, arguments.budget)
    spending = read_spending(scope, arguments.spend or scope.semantics.budgets[name].spend)
    spending = spending.narrow(scope, arguments.filters)
    _, as_of = spent_period(scope, spending, arguments.dates)
    months = scope.calendar.buckets(arguments.dates, "month")
    whole = Period(scope.calendar.first_day(months[0], "month"), scope.calendar.last_day(months[-1], "month"))
    kept = _keep(arguments, spending.dimension, plans[plans["month"].isin(list(months))])
    if kept.empty:
        raise NoData(
            en=f"The budget {name} has no amount for {whole.text().en}.",
            zh=f"预算 {name} 在 {whole.text().zh} 没有金额。",
            parameter="start",
        )
    table = project(
        kept.groupby("key")["amount"].sum(),
        plan_to_date(scope, kept, as_of),
        _daily(spending, whole, as_of),
        left=(whole.end - EPOCH).days - as_of,
        run_rate_days=arguments.run_rate_days,
        tolerance=arguments.tolerance,
    )
    day = EPOCH + timedelta(days=as_of)
    title = Text("预算执行", "Budget against spending")
    return scope.finish(
        "track_budget",
        arguments,
        title=title,
        card=_card(scope, arguments, name, spending, whole, str(day)),
        figures=_figures(scope, spending, table, whole),
        table=table.assign(dimension=spending.dimension)[["dimension", *table.columns.drop("variance")]],
        chart=_chart(scope, spending, table, title),
        warnings=[*warnings, *spending.warnings, *_alerts(scope, spending, table)],
        n=len(table),
    )


def _keep(arguments: BudgetArguments, dimension: str, rows: "pd.DataFrame") -> "pd.DataFrame":
    values = arguments.filters.get(dimension)
    return rows if values is None else rows[rows["key"].isin(values)]


def plan_to_date(scope: Scope, plans: "pd.DataFrame", as_of: int) -> "pd.Series":
    """Return the part of each key's monthly amounts that falls on days through `as_of`, each day of a month alike."""
    shares = {}
    for month in plans["month"].unique():
        first, last = (
            (scope.calendar.first_day(int(month), "month") - EPOCH).days,
            (scope.calendar.last_day(int(month), "month") - EPOCH).days,
        )
        shares[month] = min(max(as_of - first + 1, 0), last - first + 1) / (last - first + 1)
    return (plans["amount"] * plans["month"].map(shares)).groupby(plans["key"]).sum()


def _daily(spending: Spending, whole: Period, as_of: int) -> "pd.DataFrame":
    """Return spending by day (rows) and key (columns), nothing where no row says so."""
    first = (whole.start - EPOCH).days
    wide = spending.within(first, as_of).pivot_table(
        index="day", columns="key", values="amount", aggfunc="sum", fill_value=0.0
    )
    return wide.reindex(range(max(first, spending.first), as_of + 1), fill_value=0.0)


def project(
    plan: "pd.Series",
    to_date: "pd.Series",
    daily: "pd.DataFrame",
    *,
    left: int,
    run_rate_days: int,
    tolerance: float,
) -> "pd.DataFrame":
    """Project spending to the end.

    Args:
        plan: whole amount by key.
        to_date: the part of it that should be spent by now.
        daily: spending by day and key, through today.
        left: days after today.
        run_rate_days: last days that the run-rate is the mean of.
        tolerance: share of the plan that the projection may differ by.

    Returns:
        Rows (segment, plan, plan_to_date, actual, run_rate, projected, gap, status, variance), gap the projection less
        the plan; variance that of the projection.
    """
    import numpy as np
    import pandas as pd

    keys = sorted({*plan.index, *daily.columns})
    daily = daily.reindex(columns=keys, fill_value=0.0)
    recent = daily.tail(run_rate_days)
    spread = recent.var(ddof=1).fillna(0.0) if len(recent) > 1 else pd.Series(0.0, index=keys)
    table = pd.DataFrame({"plan": plan.reindex(keys, fill_value=0.0)}, index=keys)
    table["plan_to_date"] = to_date.reindex(keys, fill_value=0.0)
    table["actual"] = daily.sum()
    table["run_rate"] = recent.mean()
    table["projected"] = table["actual"] + table["run_rate"] * left
    table["gap"] = table["projected"] - table["plan"]
    limit = tolerance * table["plan"]
    choices = [
        (table["plan"] <= 0, "unplanned"),
        (table["actual"] > table["plan"], "over"),
        (table["gap"] > limit, "will_overrun"),
        (table["gap"] < -limit, "under"),
    ]
    table["status"] = np.select([c for c, _ in choices], [n for _, n in choices], "on_plan")
    table["variance"] = spread * (left + left**2 / max(len(recent), 1))
    return table.rename_axis("segment").reset_index()


def _figures(scope: Scope, spending: Spending, table: "pd.DataFrame", whole: Period) -> list[Figure]:
    money, span = scope.semantics.resolve_unit("currency"), str(whole)
    sums = table[["plan", "plan_to_date", "actual", "run_rate", "projected", "gap", "variance"]].sum()
    error = _Z * float(sums["variance"]) ** 0.5
    names = {
        "projected": Text("推算期末花费", "projected spending"),
        "plan": Text("预算", "plan"),
        "actual": Text("实际花费", "actual"),
        "plan_to_date": Text("按日应花", "plan to date"),
        "run_rate": Text("近期日均花费", "run-rate per day"),
        "gap": Text("推算 − 预算", "projected less plan"),
    }
    figures = [
        Figure(
            name,
            float(sums[name]),
            money,
            label,
            span,
            n=len(table),
            interval=(float(sums[name]) - error, float(sums[name]) + error)
            if name in ("projected", "gap")
            else None,
        )
        for name, label in names.items()
    ]
    plan = float(sums["plan"])
    used = Text("预算已用比例", "share of the plan spent")
    figures.append(Figure("used", float(sums["actual"]) / plan if plan > 0 else None, "ratio", used, span))
    for row in table.to_dict("records"):
        label = scope.segment_text(spending.dimension, row["segment"])
        status = STATUS[row["status"]]
        told = Text(
            f"{label.zh}：推算 − 预算（{status.zh}）", f"{label.en}: projected less plan ({status.en})"
        )
        off, key = _Z * row["variance"] ** 0.5, f"{spending.dimension}={row['segment']}"
        gap = float(row["gap"])
        figures.append(Figure("gap", gap, money, told, span, key, interval=(gap - off, gap + off)))
    return figures


def _alerts(scope: Scope, spending: Spending, table: "pd.DataFrame") -> list[Text]:
    """Name every line that is, or will be, beyond its plan."""
    from tools.results import format_value

    money, alerts = scope.semantics.resolve_unit("currency"), []
    for row in table[table["status"].isin(["over", "will_overrun", "unplanned"])].to_dict("records"):
        if row["projected"] <= 0:
            continue
        label, status = scope.segment_text(spending.dimension, row["segment"]), STATUS[row["status"]]
        gap = format_value(float(row["gap"]), money, "en")
        alerts.append(
            Text(
                f"超支预警：{label.zh}，{status.zh}，推算比预算多 {gap}。",
                f"Overrun alert: {label.en}, {status.en}; projected {gap} above the plan.",
            )
        )
    return alerts


def _card(
    scope: Scope, arguments: BudgetArguments, name: str, spending: Spending, whole: Period, day: str
) -> list[DefinitionItem]:
    days, part = arguments.run_rate_days, f"{arguments.tolerance:.0%}"
    return [
        period_item(whole, "预算月份", "months"),
        item("预算", "budget", scope.semantics.budgets[name].names.text(name)),
        *spending.card(scope),
        item("花费截至", "spent through", day),
        item("推算", "projected by", Text(
            f"实际 + 最近 {days} 天的日均 × 剩余天数", f"actual + the mean of the last {days} days x the days left")),
        item("容差", "tolerance", Text(f"预算的 {part}", f"{part} of the plan")),
        LIMITS,
    ]  # fmt: skip


def _chart(scope: Scope, spending: Spending, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    values = [
        scope.semantics.value_text(spending.dimension, v).in_language(scope.language)
        for v in table["segment"]
    ]
    return draw_bars(
        table.assign(segment=values),
        "segment",
        "gap",
        title=title,
        axes=(scope.semantics.dimension_text(spending.dimension), Text("推算 − 预算", "projected less plan")),
        unit=scope.semantics.resolve_unit("currency"),
        language=scope.language,
        lying=True,
    )
