"""The kinds of metric that `metrics.yaml` may declare, and the parameters of each."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WrapValidator, model_validator

from tools.cohort_return import Bracket, CohortReturn, bracket_check, check_brackets
from tools.declarations import Declaration, Interval, Name, Named, Names, refuse_as_value_error
from tools.funnel_steps import FunnelSteps

Stage = Literal["acquisition", "activation", "retention", "engagement", "revenue", "referral"]


class _Metric(Named):
    source: str | None = None
    stage: Stage | None = None
    good: Literal["up", "down"] = "up"
    description: Names = Names()


class ActiveUsersMetric(_Metric):
    """Distinct users with the event per day, week or month; over a longer period the mean of these."""

    kind: Literal["active_users"]
    event: Name | None = None
    interval: Interval = "day"


class RetentionMetric(CohortReturn, _Metric):
    """Share of a cohort that returns `at` periods later, or in a bracket of them such as "2-7".

    It is pooled over the cohorts old enough to tell.
    """

    kind: Literal["retention"]
    at: Annotated[int | str, BeforeValidator(bracket_check("at"))] = 1

    @model_validator(mode="after")
    def _check_at(self) -> Self:
        check_brackets([self.bracket], self.mode, parameter="at")
        return self

    @property
    def bracket(self) -> Bracket:
        """The periods that a return may lie in."""
        return Bracket.parse(self.at)


class ConversionMetric(FunnelSteps, _Metric):
    """Share of users at the first of `steps` who reach the last within `window`."""

    kind: Literal["conversion"]


class UniqueUsersMetric(_Metric):
    """Distinct users with the event in the period."""

    kind: Literal["unique_users"]
    event: Name | None = None


class EventCountMetric(_Metric):
    """Number of events in the period; `unit` is the noun they are counted in."""

    kind: Literal["event_count"]
    event: Name | None = None
    unit: str = "events"


class EventSumMetric(_Metric):
    """Sum of a numeric column over the events of the period; `unit: currency` is the workspace's currency."""

    kind: Literal["event_sum"]
    event: Name | None = None
    property: str
    unit: str = "currency"


class Term(Declaration):
    """One side of a ratio: the sum of `property`, or the number of `count`."""

    event: Name | None = None
    property: str | None = None
    count: Literal["events", "users"] = "events"


class RatioMetric(_Metric):
    """One quantity divided by another, over the same period, e.g. revenue per order."""

    kind: Literal["ratio"]
    numerator: Term
    denominator: Term
    unit: str = "ratio"


Metric = Annotated[
    ActiveUsersMetric
    | RetentionMetric
    | ConversionMetric
    | UniqueUsersMetric
    | EventCountMetric
    | EventSumMetric
    | RatioMetric,
    Field(discriminator="kind"),
    WrapValidator(refuse_as_value_error),
]


def metric_events(metric: Metric) -> Iterable[str]:
    """List the events that a metric names."""
    match metric:
        case RetentionMetric():
            named = [metric.cohort_event, metric.return_event]
        case ConversionMetric():
            named = [*metric.steps, *(e.event for e in metric.exclusions)]
        case RatioMetric():
            named = [metric.numerator.event, metric.denominator.event]
        case _:
            named = [metric.event]
    return [name for name in named if name is not None]


def metric_properties(metric: Metric) -> Iterable[str]:
    """List the numeric columns that a metric sums."""
    if isinstance(metric, EventSumMetric):
        return [metric.property]
    terms = [metric.numerator, metric.denominator] if isinstance(metric, RatioMetric) else []
    return [term.property for term in terms if term.property is not None]
