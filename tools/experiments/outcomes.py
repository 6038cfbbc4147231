"""What came of each exposed user: a named metric as numbers per user, from the exposure on.

Everybody who was exposed counts, whatever they did afterwards, so that the arms stay comparable (intention to
treat). A user counts only if the data covers the whole time that the metric looks at after the exposure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from tools.errors import InvalidArgument, show
from tools.metric_kinds import (
    ActiveUsersMetric,
    ConversionMetric,
    EventCountMetric,
    EventSumMetric,
    Metric,
    RatioMetric,
    RetentionMetric,
    Term,
    UniqueUsersMetric,
)
from tools.scope import Scope

if TYPE_CHECKING:
    import ibis
    import pandas as pd

Kind = Literal["share", "mean", "ratio"]
VALUE, BASE, PRIOR, PRIOR_BASE = "value", "base", "prior", "prior_base"


@dataclass(frozen=True, slots=True)
class Window:
    """Days around an exposure: `after`, its own included, over which events count, and `before` for CUPED."""

    after: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A metric per user.

    Attributes:
        kind: a share of users, a mean per user, or a ratio of two means.
        users: rows `user, arm, value[, base][, prior[, prior_base]], d_<dimension>...`; `base` is what a ratio is
            divided by, `prior` and `prior_base` are the same before the exposure.
        columns: the number columns of `users`.
    """

    kind: Kind
    users: "ibis.Table"
    columns: tuple[str, ...]


def kind_of(metric: Metric) -> Kind:
    """Say what a metric is of the users of an arm."""
    match metric:
        case RatioMetric():
            return "ratio"
        case EventCountMetric() | EventSumMetric():
            return "mean"
        case ActiveUsersMetric():
            return "mean" if metric.interval == "day" else "share"
        case _:
            return "share"


def check_metric(name: str, metric: Metric) -> None:
    """Refuse a metric that says more than can be told of a user from the exposure on.

    Raises:
        InvalidArgument: naming what it says.
    """
    said = []
    if isinstance(metric, RetentionMetric):
        said = [f"clock: {metric.clock}"] * (metric.clock != "calendar") + ["min_occurrences"] * (
            metric.min_occurrences > 1
        )
    if isinstance(metric, ConversionMetric):
        said = [f"order: {metric.order}"] * (metric.order != "ordered") + ["exclusions"] * bool(
            metric.exclusions
        )
    if said:
        raise InvalidArgument(
            en=f"Metric {show(name)} cannot be read from an exposure on, because it declares {', '.join(said)}; declare "
            "a metric without.",
            zh=f"指标 {show(name)} 声明了 {'、'.join(said)}，无法从进入实验起统计；请另行声明不含这些设置的指标。",
            parameter="metric",
        )


def follow_up(scope: Scope, exposed: "ibis.Table", metric: Metric, window: Window) -> "ibis.Table":
    """Keep the users whose whole time after the exposure lies in the data."""
    calendar, last = scope.calendar, scope.source.coverage.complete_through
    if isinstance(metric, RetentionMetric):
        last_whole = calendar.bucket(last + timedelta(days=1), metric.period) - 1
        return exposed.filter(
            calendar.bucket_column(exposed, metric.period) + metric.bracket.last <= last_whole
        )
    return exposed.filter(exposed.day + window.after - 1 <= calendar.bucket(last, "day"))


def follow_up_days(metric: Metric, window: Window) -> int:
    """Return how many local days from the exposure on a metric looks at."""
    if isinstance(metric, RetentionMetric):
        return metric.bracket.last * {"day": 1, "week": 7, "month": 31}[metric.period] + 1
    return window.after


def observe_users(scope: Scope, exposed: "ibis.Table", metric: Metric, window: Window) -> Outcome:
    """Give each user's numbers of a metric.

    Args:
        scope: what is read.
        exposed: rows `user, arm, at, day, month, d_<dimension>...`, one per user.
        metric: a named metric.
        window: days that count.
    """
    users = follow_up(scope, exposed, metric, window)
    kind = kind_of(metric)
    match metric:
        case RetentionMetric():
            return _outcome(kind, users, [_returned(scope, users, metric)])
        case ConversionMetric():
            return _outcome(kind, users, [_converted(scope, users, metric, window)])
        case ActiveUsersMetric():
            return _outcome(kind, users, [_active(scope, users, metric, window)])
        case RatioMetric():
            terms = [metric.numerator, metric.denominator]
        case EventSumMetric():
            terms = [Term(event=metric.event, property=metric.property)]
        case EventCountMetric():
            terms = [Term(event=metric.event)]
        case UniqueUsersMetric():
            terms = [Term(event=metric.event or scope.semantics.default_event, count="users")]
    names = ((VALUE, PRIOR), (BASE, PRIOR_BASE))
    return _outcome(
        kind, users, [_sums(scope, users, t, n, window) for t, n in zip(terms, names, strict=False)]
    )


def describe_arms(scope: Scope, outcome: Outcome, by: Sequence[str] = ()) -> "pd.DataFrame":
    """Return rows (arm, d_<dimension>..., n, mean_*, var_*, cov_*_*) of an outcome."""
    users, names = outcome.users, outcome.columns
    numbers = {c: users[c].cast("float64") for c in names}
    moments: dict[str, Any] = {"n": users.count()}
    moments |= {f"mean_{c}": numbers[c].mean() for c in names}
    moments |= {f"var_{c}": numbers[c].var(how="sample") for c in names}
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    moments |= {f"cov_{a}_{b}": numbers[a].cov(numbers[b], how="sample") for a, b in pairs}
    return scope.source.engine.fetch(users.aggregate(by=["arm", *(f"d_{d}" for d in by)], **moments))


def _outcome(kind: Kind, users: "ibis.Table", parts: "list[ibis.Table]") -> Outcome:
    """Put the numbers beside the users; one who has no row has 0."""
    names = [c for part in parts for c in part.columns if c != "user"]
    joined = users
    for part in parts:
        joined = joined.left_join(part, "user").drop("user_right")
    kept = [c for c in users.columns if c not in ("at", "day", "month")]
    return Outcome(
        kind,
        joined.select(*kept, **{c: joined[c].cast("float64").coalesce(0.0) for c in names}),
        tuple(names),
    )


def _events_of(scope: Scope, users: "ibis.Table", event: str | None) -> "ibis.Table":
    """Return an event's rows of some users, with their exposure as `exposed_at`, `exposed_day`, `exposed_month`."""
    exposure = users.select("user", exposed_at=users["at"], exposed_day=users.day, exposed_month=users.month)
    return scope.rows(event).inner_join(exposure, "user")


def _is_after(rows: "ibis.Table", window: Window) -> Any:
    return (rows["at"] >= rows.exposed_at) & (rows.day < rows.exposed_day + window.after)


def _sums(
    scope: Scope, users: "ibis.Table", term: Term, names: tuple[str, str], window: Window
) -> "ibis.Table":
    """Add up a term per user after the exposure and, if asked for, before the day of it."""
    import ibis

    rows = _events_of(scope, users, term.event)
    before = (rows.day < rows.exposed_day) & (rows.day >= rows.exposed_day - window.before)
    spans = {names[0]: _is_after(rows, window)} | ({names[1]: before} if window.before else {})
    value = (
        ibis.literal(1.0)
        if term.property is None
        else rows[f"p_{term.property}"].cast("float64").coalesce(0.0)
    )
    amounts = rows.mutate(**{name: span.ifelse(value, 0.0) for name, span in spans.items()})
    if term.property is None and term.count == "users":
        return amounts.group_by("user").agg(**{name: amounts[name].max() for name in spans})
    return amounts.group_by("user").agg(**{name: amounts[name].sum() for name in spans})


def _returned(scope: Scope, users: "ibis.Table", metric: RetentionMetric) -> "ibis.Table":
    calendar = scope.calendar
    rows = _events_of(scope, users, metric.return_event or scope.semantics.default_event)
    exposure: Any = {"day": rows.exposed_day, "month": rows.exposed_month}
    passed = calendar.bucket_column(rows, metric.period) - calendar.bucket_column(exposure, metric.period)
    first, last = metric.bracket.first, metric.bracket.last
    is_due = passed.between(first, last) if metric.mode == "on" else passed >= first
    due = rows.filter(is_due & (rows["at"] >= rows.exposed_at))
    return due.select("user").distinct().mutate(**{VALUE: 1.0})


def _active(scope: Scope, users: "ibis.Table", metric: ActiveUsersMetric, window: Window) -> "ibis.Table":
    """Count the days on which each user was active; for weeks and months, whether at all."""
    rows = _events_of(scope, users, metric.event or scope.semantics.default_event)
    before = (rows.day < rows.exposed_day) & (rows.day >= rows.exposed_day - window.before)
    spans = {VALUE: _is_after(rows, window)} | ({PRIOR: before} if window.before else {})
    days = {name: rows.day.nunique(where=span) for name, span in spans.items()}
    if kind_of(metric) == "share":
        days = {name: count.clip(upper=1) for name, count in days.items()}
    return rows.group_by("user").agg(**days)


def _converted(scope: Scope, users: "ibis.Table", metric: ConversionMetric, window: Window) -> "ibis.Table":
    """Find who did all steps in order, each at its first time after the one before."""
    reached = users.select("user", first=users["at"], last=users["at"])
    steps = [step for number, step in enumerate(metric.steps, start=1) if number not in metric.optional]
    for number, step in enumerate(steps):
        rows = _events_of(scope, users, step)
        rows = rows.filter(_is_after(rows, window)).select("user", "at").inner_join(reached, "user")
        again = number > 0 and step == steps[number - 1]
        later = rows.filter(rows["at"] > rows.last if again else rows["at"] >= rows.last)
        first = later["at"].min() if number == 0 else later.first.min()
        reached = later.group_by("user").agg(first=first, last=later["at"].min())
    limit = metric.definition.span // timedelta(microseconds=1)
    in_time = reached.filter(reached.last.delta(reached.first, unit="microsecond") <= limit)
    return in_time.select("user").mutate(**{VALUE: 1.0})
