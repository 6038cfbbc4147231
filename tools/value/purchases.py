"""Which events are purchases and what they are worth; one row per customer and local day of buying."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.definitions import EventName, ToolArguments, item
from tools.errors import InvalidArgument
from tools.metric_kinds import EventSumMetric
from tools.results import DefinitionItem, Text
from tools.scope import FilterValues, Scope
from tools.segments.amounts import amount_unit
from tools.semantics import Semantics

if TYPE_CHECKING:
    import ibis


class PurchaseArguments(ToolArguments):
    """Arguments of a tool that reads purchases."""

    event: EventName = Field(
        default=None,
        description="Event of a purchase; null for the event of the first metric that sums money. "
        "购买事件，null 则取首个金额指标的事件。",
    )
    property: str | None = Field(
        default=None,
        description="Numeric column with the amount; null for that of the first metric that sums money. "
        "金额列，null 则取首个金额指标的列。",
    )


@dataclass(frozen=True, slots=True)
class Purchases:
    """What counts as a purchase.

    Attributes:
        event: its name; None is any event.
        property: column with the amount; None where amounts are unknown.
        unit: of the amount.
    """

    event: str | None
    property: str | None
    unit: str

    def rows(self, scope: Scope, filters: FilterValues) -> "ibis.Table":
        """Select the user-days of a purchase, each with `amount`, and dimensions as they are."""
        import ibis

        days = scope.days(self.event, filters)
        amount = ibis.literal(0.0) if self.property is None else days[scope.property_column(self.property)]
        return days.mutate(amount=amount.cast("float64").coalesce(0.0))

    def card(self, scope: Scope) -> list[DefinitionItem]:
        """Describe them."""
        column = self.property or ""
        amount = (
            Text(f"{column} 之和", f"sum of {column}") if column else Text("无金额列", "no column of amounts")
        )
        return [
            item("购买事件", "purchase event", scope.semantics.event_text(self.event)),
            item("金额", "amount", amount),
        ]


def find_money(
    semantics: Semantics, event: str | None = None, source: str | None = None
) -> EventSumMetric | None:
    """Return the first metric that sums money, of an event and a source if given."""
    sums = [m for m in semantics.metrics.values() if isinstance(m, EventSumMetric) and _is_money(m)]
    fitting = [m for m in sums if event in (None, m.event) and (source is None or m.source in (None, source))]
    return fitting[0] if fitting else None


def find_purchases(scope: Scope, arguments: Any, *, priced: bool = True) -> Purchases:
    """Find what a call takes for purchases.

    Args:
        scope: what is read.
        arguments: with `event` and `property`.
        priced: whether amounts are needed.

    Raises:
        InvalidArgument: neither the call nor `metrics.yaml` says which event is a purchase, or its amount.
    """
    semantics, source = scope.semantics, scope.source.name
    metric = find_money(semantics, arguments.event, source)
    event = arguments.event or (metric.event if metric else None)
    if metric is None and arguments.event is None and scope.source.definition.event_name is None:
        raise InvalidArgument(
            en="event: which event is a purchase? Name it, or declare a metric that sums money (kind: event_sum, "
            "unit: currency).",
            zh="event：哪个事件是购买？请指定，或在 metrics.yaml 声明金额指标（kind: event_sum，unit: currency）。",
            parameter="event",
        )
    column = arguments.property or (metric.property if metric else None)
    if column is None and priced:
        raise InvalidArgument(
            en="property: which column holds the amount? Declare a metric that sums it (kind: event_sum, unit: "
            "currency), and name it here if there are several.",
            zh="property：金额在哪一列？请在 metrics.yaml 声明对其求和的指标（kind: event_sum，unit: currency）；如有多列，请在此指定。",
            parameter="property",
        )
    if column is not None:
        scope.property_column(column)
    unit = amount_unit(semantics, column) if column else semantics.resolve_unit("currency")
    return Purchases(event or scope.source.definition.event_name, column, unit)


def _is_money(metric: EventSumMetric) -> bool:
    return metric.unit == "currency" or metric.unit.startswith("currency:")
