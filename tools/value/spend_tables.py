"""Spending and budgets as a call reads them: which table, of which days, under the dimension's own values."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from pydantic import Field

from tools.definitions import ToolArguments, item
from tools.errors import InvalidArgument, NoData, show, suggest
from tools.periods import EPOCH, Period
from tools.results import DefinitionItem, Text
from tools.scope import FilterValues, Scope
from tools.sources.small_values import OTHER_VALUE
from tools.value.declarations import AmountTable

if TYPE_CHECKING:
    import pandas as pd


class SpendArguments(ToolArguments):
    """Arguments of a tool that reads spending."""

    spend: str | None = Field(
        default=None,
        description="Spending table in metrics.yaml; null for the first. metrics.yaml 中的花费表，null 取第一个。",
    )


@dataclass(frozen=True, slots=True)
class Spending:
    """A table of spending.

    Attributes:
        name, dimension: as declared.
        rows: (key, day, amount).
        first, last: the days that it covers.
        warnings: what was left out.
    """

    name: str
    dimension: str
    rows: "pd.DataFrame"
    first: int
    last: int
    warnings: tuple[Text, ...]

    def within(self, first: int, last: int) -> "pd.DataFrame":
        """Select the rows of some days."""
        return self.rows[self.rows["day"].between(first, last)]

    def by_key(self, first: int, last: int) -> "pd.Series":
        """Add the amounts of some days up by key."""
        return self.within(first, last).groupby("key")["amount"].sum()

    def narrow(self, scope: Scope, filters: FilterValues) -> Self:
        """Keep what the filters keep.

        Raises:
            InvalidArgument: a filter or segment says nothing of spending, which is known by its dimension alone.
        """
        if scope.segments or set(filters) - {self.dimension}:
            raise InvalidArgument(
                en=f"filters: spending and budgets can only be narrowed by {self.dimension}.",
                zh=f"filters：花费与预算只能按 {self.dimension} 筛选。",
                parameter="filters",
            )
        values = filters.get(self.dimension)
        return self if values is None else replace(self, rows=self.rows[self.rows["key"].isin(values)])

    def card(self, scope: Scope) -> list[DefinitionItem]:
        """Describe it."""
        label = scope.semantics.dimension_text(self.dimension)
        return [
            item("花费表", "spending", scope.semantics.spend[self.name].names.text(self.name)),
            item("渠道维度", "by", label),
        ]


def read_spending(scope: Scope, name: str | None) -> Spending:
    """Read a table of spending, or the first.

    Raises:
        InvalidArgument: there is no such table.
        NoData: none is declared, or it is empty.
    """
    semantics = scope.semantics
    if not semantics.spend:
        raise NoData(
            en="metrics.yaml declares no spending; add spend: {channels: {path: ..., date: ..., amount: ..., dimension: "
            "channel, column: ...}}.",
            zh="metrics.yaml 没有声明花费表；请添加 spend: {channels: {path: ..., date: ..., amount: ..., dimension: channel, "
            "column: ...}}。",
            parameter="spend",
        )
    chosen = choose("spend", name, semantics.spend)
    declared = semantics.spend[chosen]
    scope.check({}, [declared.dimension])
    rows, warnings = _read(scope, chosen, declared, declared.dimension)
    return Spending(
        chosen, declared.dimension, rows, int(rows["day"].min()), int(rows["day"].max()), warnings
    )


def read_budget(scope: Scope, name: str | None) -> "tuple[str, pd.DataFrame, tuple[Text, ...]]":
    """Read a budget, or the first: its name, rows (key, month, amount), and what was left out.

    Raises:
        InvalidArgument: there is no such budget.
        NoData: none is declared, or it is empty.
    """
    semantics = scope.semantics
    if not semantics.budgets:
        raise NoData(
            en="metrics.yaml declares no budget; add budgets: {marketing: {path: ..., date: month, amount: ..., column: "
            "..., spend: ...}}.",
            zh="metrics.yaml 没有声明预算；请添加 budgets: {marketing: {path: ..., date: month, amount: ..., column: ..., "
            "spend: ...}}。",
            parameter="budget",
        )
    chosen = choose("budget", name, semantics.budgets)
    declared = semantics.budgets[chosen]
    rows, warnings = _read(scope, chosen, declared, semantics.spend[declared.spend].dimension)
    months = [scope.calendar.bucket(EPOCH + timedelta(days=int(d)), "month") for d in rows["day"]]
    summed = rows.assign(month=months).groupby(["key", "month"])["amount"].sum().reset_index()
    return chosen, summed, warnings


def choose(parameter: str, name: str | None, known: Iterable[str]) -> str:
    """Return a declared name, or the first.

    Raises:
        InvalidArgument: naming the nearest.
    """
    names = list(known)
    if name is None or name in names:
        return name or names[0]
    en, zh = suggest(name, names)
    raise InvalidArgument(
        en=f"{parameter}: metrics.yaml declares no {show(name)}.{en}",
        zh=f"{parameter}：metrics.yaml 没有声明 {show(name)}。{zh}",
        parameter=parameter,
    )


def _read(
    scope: Scope, name: str, declared: AmountTable, dimension: str
) -> "tuple[pd.DataFrame, tuple[Text, ...]]":
    ledger = scope.source.ledgers.get(name, declared)
    rows = ledger.rows
    if rows.empty:
        raise NoData(
            en=f"The table {name} has no usable row.", zh=f"表 {name} 没有可用的行。", parameter=name
        )
    if (rows["amount"] < 0).any():
        worst = rows[rows["amount"] < 0].iloc[0]["key"]
        raise NoData(
            en=f"The table {name} has negative amounts, e.g. of {show(worst)}; spending and budgets are at least 0.",
            zh=f"表 {name} 含负数金额（如 {show(worst)}）；花费与预算须不小于 0。",
            parameter=name,
        )
    known = scope.source.values(dimension) if dimension in scope.source.dimensions else []
    if OTHER_VALUE in known:
        # The values of a few users are one value in the events; so they are here.
        keys = rows["key"].where(rows["key"].isin(known), OTHER_VALUE)
        rows = rows.assign(key=keys).groupby(["key", "day"])["amount"].sum().reset_index()
    if not ledger.lacking:
        return rows, ()
    left = Text(
        f"表 {name} 有 {ledger.lacking} 行缺少日期、取值或金额，未计入。",
        f"{ledger.lacking} rows of the table {name} lack a day, a value or an amount, and are left out.",
    )
    return rows, (left,)


def spent_period(scope: Scope, spending: Spending, period: Period) -> tuple[int, int]:
    """Return the first and last day of a period that the spending covers.

    Raises:
        NoData: none of its days.
    """
    first, last = (scope.calendar.bucket(d, "day") for d in (period.start, period.end))
    if last < spending.first or first > spending.last:
        span = Period(*(scope.calendar.first_day(d, "day") for d in (spending.first, spending.last))).text()
        raise NoData(
            en=f"No spending is known in {period.text().en}; the table spans {span.en}.",
            zh=f"{period.text().zh} 没有花费数据；花费表覆盖 {span.zh}。",
            parameter="start",
        )
    return max(first, spending.first), min(last, spending.last)
