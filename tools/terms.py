"""Counts, sums and distinct users of an event by bucket and segment, with the squares that their noise is told from.

What one user does on one day hangs together, so it is a user's day that is drawn by chance, not an event. A
cell's `numerator_square` is the sum over user-days of what each adds, squared: the variance of the cell's
numerator, as that of a compound Poisson sum. With `product` and `denominator_square` it gives the variance of
a ratio by the delta method (Deng, Knoblich, Lu 2018, "Applying the Delta Method in Metric Analytics").
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tools.metric_kinds import EventCountMetric, EventSumMetric, RatioMetric, Term, UniqueUsersMetric
from tools.scope import FilterValues, Scope, first_values

if TYPE_CHECKING:
    import ibis
    import pandas as pd

Bucketing = Callable[["ibis.Table"], Any]


def additive_term(scope: Scope, metric: EventCountMetric | EventSumMetric | UniqueUsersMetric) -> Term:
    """Write a metric that is no ratio as a term."""
    if isinstance(metric, UniqueUsersMetric):
        return Term(event=metric.event or scope.semantics.default_event, count="users")
    if isinstance(metric, EventSumMetric):
        return Term(event=metric.event, property=metric.property)
    return Term(event=metric.event)


def count_term(
    scope: Scope, term: Term, rows: "ibis.Table", bucketing: Bucketing | None, dimensions: Sequence[str]
) -> "pd.DataFrame":
    """Return rows ([bucket,] dimension..., numerator, numerator_square, n) of a count, a sum or distinct users.

    Args:
        scope: what is read.
        term: what is counted.
        rows: the user-days that count; see `Scope.days`.
        bucketing: gives each row its bucket; without it there is one.
        dimensions: to count by.
    """
    if is_of_users(term):
        counts = count_users(scope, rows, bucketing, dimensions)
        return counts.assign(numerator_square=counts["numerator"], n=counts["numerator"])
    # Rows are apart by every dimension of the source, also by those that are not asked about.
    kept = ["user", "day", "month", *(f"d_{d}" for d in dimensions)]
    units = rows.aggregate(by=kept, value=_sum(_value(rows, term)), events=_sum(rows.events))
    value, by = units["value"], _keys(units, bucketing, dimensions)
    found = units.aggregate(
        by=by, numerator=_sum(value), numerator_square=_square(value), n=_sum(units.events)
    )
    counts = scope.source.engine.fetch(found).fillna({"n": 0})
    return counts if _has_users(scope) else counts.assign(numerator_square=counts["numerator"].abs())


def count_ratio(
    scope: Scope,
    metric: RatioMetric,
    select: Callable[["ibis.Table"], "ibis.Table"],
    filters: FilterValues,
    bucketing: Bucketing | None,
    dimensions: Sequence[str],
) -> "pd.DataFrame":
    """Return rows ([bucket,] dimension..., numerator, denominator, n, and the squares) of a ratio.

    Args:
        scope: what is read.
        metric: the ratio.
        select: keeps the days that count.
        filters: of either event.
        bucketing, dimensions: as for `count_term`.
    """
    terms = (metric.numerator, metric.denominator)
    rows = [select(scope.days(t.event, filters)) for t in terms]
    if any(is_of_users(t) for t in terms):
        sides = [count_term(scope, t, r, bucketing, dimensions) for t, r in zip(terms, rows, strict=True)]
        return _join_terms(sides[0], sides[1], [*(["bucket"] if bucketing else []), *dimensions])
    kept = ["user", "day", "month", *(f"d_{d}" for d in dimensions)]
    over, under = (_value(r, t).cast("float64") for r, t in zip(rows, terms, strict=True))
    over = rows[0].select(*kept, over=over, under=0.0, count=0)
    under = rows[1].select(*kept, over=0.0, under=under, count=rows[1].events.cast("int32"))
    both = over.mutate(count=over["count"].cast("int32")).union(under)
    units = both.aggregate(by=kept, **{c: both[c].sum() for c in ("over", "under", "count")})
    found = units.aggregate(
        by=_keys(units, bucketing, dimensions),
        numerator=_sum(units.over),
        denominator=_sum(units.under),
        n=_sum(units["count"]),
        numerator_square=_square(units.over),
        product=_sum(units.over * units.under),
        denominator_square=_square(units.under),
    )
    counts: pd.DataFrame = scope.source.engine.fetch(found)
    return counts if _has_users(scope) else _assume_subset(counts)


def count_users(
    scope: Scope, rows: "ibis.Table", bucketing: Bucketing | None, dimensions: Sequence[str]
) -> "pd.DataFrame":
    """Return rows ([bucket,] dimension..., numerator) of distinct users, each in one segment per bucket.

    The segment is that of the user's first event in the bucket.
    """
    scope.check_users()
    if bucketing:
        rows = rows.mutate(bucket=bucketing(rows))
    keys = ["bucket"] if bucketing else []
    starts = rows.group_by(*keys, "user").agg(at=rows["at"].min())
    users = first_values(rows, starts, dimensions)
    by = [*(users[k] for k in keys), *(users[f"d_{d}"].name(d) for d in dimensions)]
    return scope.source.engine.fetch(users.aggregate(by=by, numerator=users.count()))


def is_of_users(term: Term) -> bool:
    """Say whether a term counts distinct users: these do not add up over time."""
    return term.property is None and term.count == "users"


def _value(rows: "ibis.Table", term: Term) -> Any:
    if term.property is None:
        return rows.events
    return rows[f"p_{term.property}"].cast("float64").coalesce(0.0)


def _sum(value: Any) -> Any:
    """Add up, as the kind of number that went in: engines widen sums of integers to decimals."""
    kind = "int64" if value.type().is_integer() else "float64"
    return value.sum().coalesce(0).cast(kind)


def _square(value: Any) -> Any:
    wide = value.cast("float64")
    return _sum(wide * wide)


def _keys(rows: "ibis.Table", bucketing: Bucketing | None, dimensions: Sequence[str]) -> list[Any]:
    bucket = [bucketing(rows).name("bucket")] if bucketing else []
    return [*bucket, *(rows[f"d_{d}"].name(d) for d in dimensions)]


def _has_users(scope: Scope) -> bool:
    return scope.source.definition.user is not None


def _assume_subset(counts: "pd.DataFrame") -> "pd.DataFrame":
    """Without users, take events as drawn one by one, and those above the line as some of those below."""
    over, under = counts["numerator"].abs(), counts["denominator"].abs()
    product = over.where(over < under, under)
    return counts.assign(numerator_square=over, product=product, denominator_square=under)


def _join_terms(over: "pd.DataFrame", under: "pd.DataFrame", keys: list[str]) -> "pd.DataFrame":
    """Put two terms side by side; that the same users may be in both is not known, so their noise adds up."""
    over = over.drop(columns="n")
    under = under.rename(columns={"numerator": "denominator", "numerator_square": "denominator_square"})
    joined = under.merge(over, on=keys, how="outer") if keys else under.join(over)
    values = dict.fromkeys(("numerator", "denominator", "numerator_square", "denominator_square"), 0.0)
    return joined.fillna({**values, "n": 0}).assign(product=0.0)
