"""The kinds of metric that `metrics.yaml` may declare, and the parameters of each."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tools.results import Text

Interval = Literal["day", "week", "month"]
Stage = Literal["acquisition", "activation", "retention", "engagement", "revenue", "referral"]
Cohort = Literal["first_time", "recurring", "first_ever"]
Clock = Literal["calendar", "24h"]
ReturnMode = Literal["on", "on_or_after"]
Entry = Literal["first", "any"]
Window = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}(m|h|d)$")]
# A code that YAML reads as a number (a segment called 1) is still a name.
Name = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


class Declaration(BaseModel):
    """Something that `metrics.yaml` says; an unknown key in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(Declaration):
    """What people call something, per language."""

    zh: str | None = None
    en: str | None = None

    def text(self, fallback: str) -> Text:
        """Return both names, each falling back to the other and then to `fallback`."""
        return Text(zh=self.zh or self.en or fallback, en=self.en or self.zh or fallback)


class Named(Declaration):
    """A declaration that people have names for."""

    names: Names = Names()
    synonyms: tuple[Name, ...] = ()


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


class RetentionMetric(_Metric):
    """Share of a cohort that returns `at` periods later, pooled over the cohorts old enough to tell."""

    kind: Literal["retention"]
    cohort_event: Name | None = None
    return_event: Name | None = None
    period: Interval = "day"
    at: int = Field(default=1, ge=0, le=1000)
    cohort: Cohort = "first_time"
    clock: Clock = "calendar"
    mode: ReturnMode = "on"


class ConversionMetric(_Metric):
    """Share of users at the first of `steps` who reach the last within `window`, in order."""

    kind: Literal["conversion"]
    steps: tuple[Name, ...] = Field(min_length=2, max_length=20)
    window: Window = "7d"
    entry: Entry = "first"


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
]


def metric_events(metric: Metric) -> Iterable[str]:
    """List the events that a metric names."""
    match metric:
        case RetentionMetric():
            named = [metric.cohort_event, metric.return_event]
        case ConversionMetric():
            named = list(metric.steps)
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
