"""What a team's event data means: the content of `metrics.yaml`.

Three lines make a start; everything else has a default:

    sources:
      purchases: {path: data/orders.csv, user: customer_id, time: ordered_at, event_name: purchase}

Models are frozen and refuse unknown keys; `load_semantics` turns a refusal into a sentence with the line and
the nearest right word.
"""

import codecs
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from tools.declarations import Day, Scalar
from tools.demands.declarations import DemandTable
from tools.experiments.declarations import ExperimentDefinition
from tools.exports import WORKSPACE_ZONE, fill_columns, standard_dimensions
from tools.identity import IdentityDefinition
from tools.market.declarations import MARKET, MarketDefinition
from tools.metric_kinds import Declaration, Metric, Name, Named, metric_events
from tools.monitoring.declaration import CalendarDefinition
from tools.results import Text
from tools.segments.rules import SegmentDefinition, rule_events, rule_segments
from tools.value.declarations import BudgetDefinition, SpendDefinition

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MEMBERSHIP = {"yes": Text("是", "yes"), "no": Text("否", "no")}
#: Values of dimensions that are not in the data.
_STAND_INS = {
    "(other)": Text("其他", "other"),
    "(none)": Text("（无）", "(none)"),
    "(unknown)": Text("（未知）", "(unknown)"),
}
Format = Literal["parquet", "csv", "excel", "jsonl", "ga4", "mixpanel", "amplitude"]
TimeUnit = Literal["s", "ms", "us", "ns", "date"]


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            "use a name such as Asia/Shanghai or UTC | 请使用 Asia/Shanghai 或 UTC 这样的时区名"
        ) from error
    return value


def _check_codec(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except (LookupError, ValueError) as error:
        raise ValueError(
            "use a name such as utf-8, gb18030 or utf-16 | 请使用 utf-8、gb18030 或 utf-16 这样的编码名"
        ) from error


class SourceDefinition(Declaration):
    """Where a table of events is and which column is what.

    Attributes:
        path: Parquet, CSV, Excel or JSON-lines file, relative to `metrics.yaml`; `*` allowed.
        frame: name of a pandas DataFrame that is given to `Metrics.open`.
        database, table: a table or view of a SQL database: its URL, or the name under which the settings have one
            (`YUNCE_METRICS__DATABASES`), so that no password need stand here. PostgreSQL does the heavy work itself.
        format: what the files are, where their name does not say; ga4, mixpanel and amplitude are raw exports, and
            fill in all columns and the usual dimensions (see `tools.exports`).
        sheet: of a workbook; by default the first.
        delimiter, encoding: of text; both are detected.
        user, time, event: columns. Rows without a user or a time are left out, and counted in a warning.
        event_name: the event that every row is, where no column says so.
        id: rows that share user, event and id are one event, at the earliest of their times.
        time_unit: of a time that is a number since 1970; detected. `date` is a number such as 20260301.
        time_zone: zone of times that carry none, `workspace` for the workspace's. By default that, but UTC for numbers
            since 1970.
        day_first: whether 03/04/2026 is the 3rd of April; only needed where no date tells.
        text: column with what people wrote, of a source of feedback (reviews, tickets, answers to surveys, posts): it is
            read by the feedback tools. A row without a user is kept there, as one from somebody else.
        rating, channel, language: of feedback, the columns with its stars, where it was given, and zh or en; the channel
            becomes the dimension `feedback_channel`, and a language that is not given is detected.
        received: column with the time at which an event reached the servers; late ones are found by it.
        where: rows to keep, as column -> value, list of values, or a comparison such as "> 0".
        identity: a table of aliases, so that what people did before they were known counts as theirs.
        teams: who may see the source; none means everyone.
        min_group: groups of fewer users are not shown (see `tools.privacy`); 1 shows all.
        user_rows: teams that may see rows of single users, in lists such as whom to win back; others get counts. The
            owner may, too; but with a `min_group` nobody may, unless this names a team.
    """

    repeats_columns: ClassVar[bool] = False

    path: str | None = None
    frame: str | None = None
    database: str | None = None
    table: str | None = None
    format: Format | None = None
    sheet: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    user: str | None = None
    time: str
    event: str | None = None
    event_name: Name | None = None
    id: str | None = None
    time_unit: TimeUnit | None = None
    time_zone: str | None = None
    day_first: bool | None = None
    received: str | None = None
    text: str | None = None
    rating: str | None = None
    channel: str | None = None
    language: str | None = None
    where: Mapping[str, Scalar | tuple[Scalar, ...]] = {}
    identity: IdentityDefinition | None = None
    teams: tuple[str, ...] = ()
    min_group: int = Field(default=1, ge=1, le=1_000_000)
    user_rows: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_columns(cls, value: Any) -> Any:
        return fill_columns(value)

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, value: str | None) -> str | None:
        return value if value in (None, WORKSPACE_ZONE) else _check_zone(value)

    @field_validator("encoding")
    @classmethod
    def _check_encoding(cls, value: str | None) -> str | None:
        return value if value is None else _check_codec(value)

    @model_validator(mode="after")
    def _check_alternatives(self) -> Self:
        if sum(given is not None for given in (self.path, self.frame, self.database)) != 1:
            raise ValueError(
                "give one of path, frame and database | 请在 path、frame 与 database 中恰好填写一个"
            )
        if (self.database is None) != (self.table is None):
            raise ValueError("database and table go together | database 与 table 须同时填写")
        if self.text is None and (self.event is None) == (self.event_name is None):
            raise ValueError("give either event or event_name | 请在 event 与 event_name 中恰好填写一个")
        if self.identity is not None and (self.user is None or self.database is not None):
            raise ValueError(
                "identity needs user, and a source of files or frames; in a database, join the aliases in a view | "
                "identity 需要 user 列且仅用于文件或数据框；数据库中请用视图关联别名"
            )
        if self.text is None and any((self.rating, self.channel, self.language)):
            raise ValueError(
                "rating, channel and language belong to feedback; give its text, too | "
                "rating、channel、language 属于用户反馈，请同时填写 text"
            )
        if self.min_group > 1 and self.user is None and self.text is None:
            raise ValueError("min_group needs user, to count people | min_group 需要 user 列来统计人数")
        return self

    def visible_to(self, teams: frozenset[str] | None) -> bool:
        """Say whether a reader in `teams` (None: the owner) may see the source."""
        return teams is None or not self.teams or bool(teams.intersection(self.teams))

    def shows_users_to(self, teams: frozenset[str] | None) -> bool:
        """Say whether a reader in `teams` (None: the owner) may see rows of single users."""
        if teams is None:
            return self.min_group <= 1 or bool(self.user_rows)
        return self.visible_to(teams) and bool(teams.intersection(self.user_rows))


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
        return _check_zone(value)

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
