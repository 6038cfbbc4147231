"""What a team's event data means: the content of `metrics.yaml`.

Three lines make a start; everything else has a default:

    sources:
      purchases: {path: data/orders.csv, user: customer_id, time: ordered_at, event_name: purchase}

Models are frozen and refuse unknown keys; `load_semantics` turns a refusal into a sentence with the line and
the nearest right word.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tools.declarations import Day
from tools.demands.declarations import DemandTable
from tools.experiments.declarations import ExperimentDefinition
from tools.exports import standard_dimensions
from tools.market.declarations import MARKET, MarketDefinition
from tools.metric_kinds import Declaration, Metric, Name, Named, metric_events
from tools.monitoring.declaration import CalendarDefinition
from tools.results import Text
from tools.segments.rules import SegmentDefinition, rule_events, rule_segments
from tools.source_definition import SourceDefinition, check_zone
from tools.value.declarations import BudgetDefinition, SpendDefinition

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MEMBERSHIP = {"yes": Text("是", "yes"), "no": Text("否", "no")}
#: Values of dimensions that are not in the data.
_STAND_INS = {
    "(other)": Text("其他", "other"),
    "(none)": Text("（无）", "(none)"),
    "(unknown)": Text("（未知）", "(unknown)"),
}


class EventDefinition(Named):
    """An event people speak of: one recorded name, or any of several (a virtual event)."""

    any_of: tuple[Name, ...] | None = Field(default=None, min_length=1)
    source: str | None = None


class ValueDefinition(Named):
    """What one value of a dimension is called."""


class DimensionDefinition(Named):
    """A column that people split by. Without `source` it belongs to every source that has the column.

    One that is `optional` is left out where the data lacks the column.
    """

    column: str
    source: str | None = None
    values: Mapping[Name, ValueDefinition] = {}
    optional: bool = False


class TargetDefinition(Declaration):
    """A value that a metric should reach by a day.

    Attributes:
        since: first day of the goal.
        baseline: level at its start; measured where it is left out.
        kind: `level`, to be reached by the day, or `cumulative`, to be gathered until then; by default cumulative
            of counts and sums, level of all else.
    """

    metric: str
    value: float
    by: Day | None = None
    since: Day | None = None
    baseline: float | None = None
    kind: Literal["level", "cumulative"] | None = None

    @model_validator(mode="after")
    def _check_dates(self) -> Self:
        if self.since is not None and self.by is not None and self.since >= self.by:
            raise ValueError("since must lie before by | since 须早于 by")
        return self


class Semantics(Declaration):
    """Everything `metrics.yaml` says."""

    timezone: str = "UTC"
    week_start: Weekday = "monday"
    relative_dates: Literal["data_end", "wall_clock"] = "wall_clock"
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    sources: Mapping[str, SourceDefinition] = Field(min_length=1)
    events: Mapping[Name, EventDefinition] = {}
    dimensions: Mapping[str, DimensionDefinition] = {}
    metrics: Mapping[str, Metric] = {}
    segments: Mapping[Name, SegmentDefinition] = {}
    experiments: Mapping[Name, ExperimentDefinition] = {}
    spend: Mapping[Name, SpendDefinition] = {}
    budgets: Mapping[Name, BudgetDefinition] = {}
    market: MarketDefinition | None = None
    demands: Mapping[Name, DemandTable] = {}
    targets: tuple[TargetDefinition, ...] = ()
    calendar: CalendarDefinition = CalendarDefinition()

    @model_validator(mode="before")
    @classmethod
    def _add_standard_dimensions(cls, value: Any) -> Any:
        standard = standard_dimensions(value.get("sources")) if isinstance(value, Mapping) else {}
        return {**value, "dimensions": standard | dict(value.get("dimensions") or {})} if standard else value

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, value: str) -> str:
        return check_zone(value)

    @model_validator(mode="after")
    def _check_market(self) -> Self:
        if self.market is not None and MARKET in self.sources:
            raise ValueError(
                f"with notes on competitors under {MARKET}, no source may be called that | "
                f"已在 {MARKET} 下声明竞品记录，数据源不能再叫这个名字"
            )
        return self

    @property
    def evidence_sources(self) -> frozenset[str]:
        """What results may be from: the sources, and the notes on competitors."""
        return frozenset(self.sources) | ({MARKET} if self.market else frozenset())

    def visible_to(self, teams: frozenset[str] | None) -> Self:
        """Leave out the sources that a reader in `teams` may not see, and all that belongs to them."""
        sources = {k: s for k, s in self.sources.items() if s.visible_to(teams)}
        if len(sources) == len(self.sources):
            return self._with_tables(teams)
        kept: dict[str, dict] = {
            kind: {k: v for k, v in getattr(self, kind).items() if v.source is None or v.source in sources}
            for kind in ("events", "dimensions", "metrics", "segments")
        }
        hidden = self._hidden_events(sources)
        kept["events"] = {k: e for k, e in kept["events"].items() if not e.any_of or set(e.any_of) - hidden}
        hidden |= set(self.events) - set(kept["events"])
        kept["metrics"] = {k: m for k, m in kept["metrics"].items() if hidden.isdisjoint(metric_events(m))}
        kept["segments"] = _readable_segments(kept["segments"], hidden, set(kept["dimensions"]))
        kept["experiments"] = {
            name: e
            for name, e in self.experiments.items()
            if (e.source is None or e.source in sources)
            and set(e.named_metrics) <= kept["metrics"].keys()
            and (e.exposure is None or e.exposure.event not in hidden)
        }
        targets = tuple(t for t in self.targets if t.metric in kept["metrics"])
        seen = self.model_copy(update={**kept, "sources": sources, "targets": targets})
        return seen._with_tables(teams)

    def _with_tables(self, teams: frozenset[str] | None) -> Self:
        """Leave out the tables that a reader may not see, spending by a dimension that one may not, and its budgets."""
        spend = {
            k: s for k, s in self.spend.items() if s.visible_to(teams) and s.dimension in self.dimensions
        }
        budgets = {k: b for k, b in self.budgets.items() if b.visible_to(teams) and b.spend in spend}
        demands = {k: d for k, d in self.demands.items() if d.visible_to(teams)}
        market = self.market if self.market is not None and self.market.visible_to(teams) else None
        kept: dict[str, Any] = {"spend": spend, "budgets": budgets, "demands": demands, "market": market}
        if all(getattr(self, name) == tables for name, tables in kept.items()):
            return self
        return self.model_copy(update=kept)

    def _hidden_events(self, sources: Mapping[str, SourceDefinition]) -> set[str]:
        """List the events that are declared for hidden sources only."""
        hidden = {k for k, e in self.events.items() if e.source is not None and e.source not in sources}
        hidden |= {s.event_name for k, s in self.sources.items() if k not in sources and s.event_name}
        return hidden - {s.event_name for s in sources.values() if s.event_name}

    @property
    def default_event(self) -> str | None:
        """Event that means "active": the declared event `active`, else None, which is any event."""
        return "active" if "active" in self.events else None

    @property
    def default_cohort_event(self) -> str | None:
        """Event that starts a cohort: the declared event `signup`, else the default event."""
        return "signup" if "signup" in self.events else self.default_event

    @property
    def latest_experiment(self) -> str | None:
        """The experiment that started last."""
        return max(self.experiments, key=lambda name: self.experiments[name].start, default=None)

    def event_text(self, name: str | None) -> Text:
        """Return what people call an event; None is any event."""
        if name is None:
            return Text(zh="任意事件", en="any event")
        definition = self.events.get(name)
        return definition.names.text(name) if definition else Text(zh=name, en=name)

    def dimension_text(self, name: str) -> Text:
        """Return what people call a dimension; a segment is one whose values are yes and no."""
        definition = self.dimensions.get(name) or self.segments.get(name)
        return definition.names.text(name) if definition else Text(zh=name, en=name)

    def value_text(self, dimension: str, value: str) -> Text:
        """Return what people call a value of a dimension."""
        definition = self.dimensions.get(dimension)
        if definition is None and dimension in self.segments:
            return MEMBERSHIP.get(value, Text(zh=value, en=value))
        known = definition.values.get(value) if definition else None
        return known.names.text(value) if known else _STAND_INS.get(value, Text(zh=value, en=value))

    def segment_text(self, name: str) -> Text:
        """Return what people call a segment."""
        return self.segments[name].names.text(name)

    def experiment_text(self, name: str) -> Text:
        """Return what people call an experiment."""
        return self.experiments[name].names.text(name)

    def metric_text(self, name: str) -> Text:
        """Return what people call a metric."""
        return self.metrics[name].names.text(name)

    def resolve_unit(self, unit: str) -> str:
        """Turn `currency` into the workspace's currency, e.g. "currency:CNY"."""
        return f"currency:{self.currency}" if unit == "currency" else unit


def _readable_segments(
    segments: Mapping[str, SegmentDefinition], hidden: AbstractSet[str], dimensions: AbstractSet[str]
) -> dict[str, SegmentDefinition]:
    """Leave out segments whose rule names a hidden event or dimension, directly or through another segment."""
    kept = {
        name: s
        for name, s in segments.items()
        if hidden.isdisjoint(rule_events(s.rule))
        and all(part.dimension is None or part.dimension in dimensions for part in s.rule.walk())
    }
    while lost := [n for n, s in kept.items() if any(r not in kept for r in rule_segments(s.rule))]:
        for name in lost:
            del kept[name]
    return kept


def load_semantics(source: Path | str) -> Semantics:
    """Read `metrics.yaml` from a file, or from its text.

    Args:
        source: a Path to the file, or the YAML itself.

    Raises:
        SemanticsError: the file is missing, is not YAML, or says something that is not understood; the
            sentence names the line, the key and the nearest right word.
    """
    from tools.semantics_file import read_semantics

    return read_semantics(source)
