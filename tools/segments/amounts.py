"""Sums of a column per user: their value, name and unit."""

from typing import TYPE_CHECKING, Any

from tools.errors import show
from tools.metric_kinds import EventSumMetric
from tools.results import Text
from tools.semantics import Semantics

if TYPE_CHECKING:
    import ibis

    from tools.scope import Scope

# Decimal fractions add up to slightly different sums in another order, which must not break a tie.
PLACES = 6


def user_amount(scope: "Scope", rows: "ibis.Table", name: str, where: Any = None) -> Any:
    """Sum a property over rows, 0 without any; the same in whatever order the rows are added.

    Raises:
        InvalidArgument: no metric or segment sums that column of the source.
    """
    return rows[scope.property_column(name)].sum(where=where).coalesce(0.0).round(PLACES)


def spending_event(semantics: Semantics, event: str | None, name: str | None) -> str | None:
    """Return the event that carries an amount where none is given: that of the first metric that sums it."""
    sums = (
        m.event for m in semantics.metrics.values() if isinstance(m, EventSumMetric) and m.property == name
    )
    return event or next(sums, None) or semantics.default_event


def amount_unit(semantics: Semantics, name: str) -> str:
    """Return the unit of a summed column: that of the first metric that sums it, else the currency."""
    units = [
        m.unit for m in semantics.metrics.values() if isinstance(m, EventSumMetric) and m.property == name
    ]
    return semantics.resolve_unit(units[0] if units else "currency")


def amount_text(semantics: Semantics, name: str) -> Text:
    """Name the sum of a column."""
    column = show(name)
    return Text(f"{column} 之和", f"sum of {column}")
