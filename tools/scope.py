"""What one call may read: a source, its calendar and the words of `metrics.yaml`; every argument is checked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from tools.definitions import ToolArguments, item
from tools.errors import InvalidArgument, NoData, show, suggest
from tools.freshness import warn_of_age
from tools.limitations import LIMITS
from tools.metric_kinds import Interval
from tools.periods import Calendar, Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, to_json
from tools.semantics import Semantics
from tools.source_card import describe_source
from tools.sources import EventSource
from tools.sources.user_days import add_month, count_arrivals, find_active

if TYPE_CHECKING:
    import ibis
    import pandas as pd

FilterValues = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """A source in the light of the workspace's semantics.

    Attributes:
        segments: the saved segments that the source has been narrowed to (see `tools.segments.selection`).
        segment_card: what the definition card says of the segments that a call uses.
        open_source: opens another source that the reader may see.
        shows_users: whether the reader may see rows of single users (see `SourceDefinition.user_rows`).
    """

    semantics: Semantics
    source: EventSource
    calendar: Calendar
    language: str
    segments: tuple[str, ...] = ()
    segment_card: tuple[DefinitionItem, ...] = ()
    open_source: Callable[[str], EventSource] | None = None
    shows_users: bool = False

    def recorded_names(self, event: str | None) -> tuple[str, ...] | None:
        """Translate an event that people name into names in the data; None is every event.

        Raises:
            InvalidArgument: neither `metrics.yaml` nor the data knows the event.
        """
        if event is None:
            return None
        definition = self.semantics.events.get(event)
        if definition is None and event not in self.source.event_counts:
            raise _unknown("event", "事件", event, {*self.semantics.events, *self.source.event_counts})
        return tuple(sorted(self._expand(event, set())))

    def _expand(self, event: str, seen: set[str]) -> set[str]:
        definition = self.semantics.events.get(event)
        if definition is None or definition.any_of is None or event in seen:
            return {event}
        members = [self._expand(m, seen | {event}) for m in definition.any_of]
        return set().union(*members)

    def rows(self, event: str | None, filters: FilterValues | None = None) -> "ibis.Table":
        """Select the rows of an event that pass the filters."""
        return self._select(self.source.events, event, filters)

    def days(self, event: str | None, filters: FilterValues | None = None) -> "ibis.Table":
        """Select the same by user and local day (see `UserDays`), for what needs no time of day: far fewer rows."""
        return self._select(self.source.user_days.table(), event, filters)

    def active_days(self, event: str | None, filters: FilterValues | None = None) -> "ibis.Table":
        """Select the rows of an event that say who was active when (see `UserDays.active`)."""
        if filters:
            return add_month(find_active(self.days(event, filters)))
        return self.source.user_days.active(self._chosen(event))

    def arrivals(self, event: str | None, filters: FilterValues | None = None) -> "ibis.Table":
        """Count who was active when (see `UserDays.arrivals`)."""
        if filters:
            return add_month(count_arrivals(self.active_days(event, filters)))
        return self.source.user_days.arrivals(self._chosen(event))

    def returns(self, event: str | None, interval: Interval) -> "ibis.Table":
        """Count the users of each first day by the days on which they were back (see `UserDays.returns`)."""
        return self.source.user_days.returns(self._chosen(event), self.calendar, interval)

    def _chosen(self, event: str | None) -> frozenset[str] | None:
        """Return recorded names of an event; None if they are all that there are."""
        names = self.recorded_names(event)
        every = names is None or set(names) == set(self.source.event_counts)
        return None if every else frozenset(names or ())

    def _select(self, table: "ibis.Table", event: str | None, filters: FilterValues | None) -> "ibis.Table":
        names = self._chosen(event)
        if names is not None:
            table = table.filter(table.event.isin(sorted(names)))
        return keep(table, filters or {})

    def property_column(self, name: str) -> str:
        """Return the column of the rows that holds a numeric property.

        Raises:
            InvalidArgument: no metric or segment sums that column of the source.
        """
        known = [c.removeprefix("p_") for c in self.source.events.columns if c.startswith("p_")]
        if name in known:
            return f"p_{name}"
        en, zh = suggest(name, known)
        raise InvalidArgument(
            en=f"property: no metric or segment of metrics.yaml sums {show(name)} in source "
            f"{show(self.source.name)}; declare one (kind: event_sum).{en}",
            zh=f"property：metrics.yaml 没有指标或人群在数据源 {show(self.source.name)} 中对 {show(name)} 求和，"
            f"请先声明（kind: event_sum）。{zh}",
            parameter="property",
        )

    def check(
        self, filters: FilterValues, dimensions: Iterable[str | None] = (), *, given: str = "filters"
    ) -> None:
        """Make sure that filters, or what is `given` in their form, and dimensions name what is in the data.

        Raises:
            InvalidArgument: naming the nearest dimension or value.
        """
        for dimension in (*filters, *dimensions):
            if dimension is not None and dimension not in self.source.dimensions:
                raise _unknown("dimension", "维度", dimension, self.source.dimensions)
        for dimension, values in filters.items():
            known = self.source.values(dimension)
            zh = f"筛选 {dimension} 的取值" if given == "filters" else f" {given} 取值"
            for value in (v for v in values or ["[]"] if v not in known):
                raise _unknown(f"{given}.{dimension}", zh, value, known)

    def check_property(self, column: str | None) -> None:
        """Make sure that a numeric column can be summed.

        Raises:
            InvalidArgument: no metric of `metrics.yaml` sums it in this source; naming those that are summed.
        """
        known = [c.removeprefix("p_") for c in self.source.events.columns if c.startswith("p_")]
        if column is None or column in known:
            return
        en, zh = suggest(column, known)
        raise InvalidArgument(
            en=f"value_property: no metric of metrics.yaml sums the column {show(column)}; declare an event_sum of it.{en}",
            zh=f"value_property：metrics.yaml 中没有对列 {show(column)} 求和的指标，请先声明一个 event_sum 指标。{zh}",
            parameter="value_property",
        )

    def user_keys(self, numbers: Sequence[int]) -> list[str]:
        """Return what the data calls some users, in their order."""
        keys = self.source.user_keys
        if keys is None:
            return [str(number) for number in numbers]
        found = self.source.engine.fetch(keys.filter(keys.number.isin(list(numbers))))
        known = dict(zip(found["number"], found["user"], strict=True))
        return [str(known[number]) for number in numbers]

    def check_users(self) -> None:
        """Refuse to count users in a source that has none."""
        if self.source.definition.user is None:
            name = self.source.name
            raise InvalidArgument(
                en=f"Source {name} declares no user column, so users cannot be counted in it.",
                zh=f"数据源 {name} 未声明用户列，无法统计用户。",
                parameter="source",
            )

    def cover(self, period: Period, reach: Period | None = None) -> tuple[Text, ...]:
        """Compare a period with what the data spans.

        Returns:
            Warnings: the rows that the source left out, and the part of the period without data.

        Raises:
            NoData: no day of the period lies in the data.
        """
        coverage = self.source.coverage
        span = Period(coverage.start, coverage.end).text()
        if period.end < coverage.start or period.start > coverage.end:
            raise NoData(
                en=f"There is no data in {period.text().en}; the data spans {span.en}.",
                zh=f"{period.text().zh} 没有数据；数据覆盖 {span.zh}。",
                parameter="start" if period.start > coverage.end else "end",
            )
        outside = (
            Text(
                zh=f"时间范围 {period.text().zh} 超出数据范围（{span.zh}），超出部分没有数据。",
                en=f"The period {period.text().en} reaches beyond the data ({span.en}).",
            ),
        )
        early = (
            Text(
                zh=f"数据的最后一天 {coverage.end} 可能不完整（最新事件在 {coverage.data_as_of:%H:%M}）。",
                en=f"The last day of data, {coverage.end}, may be partial "
                f"(latest event at {coverage.data_as_of:%H:%M}).",
            ),
        )
        beyond = period.start < coverage.start or period.end > coverage.end
        partial = period.end >= coverage.end > coverage.complete_through
        return (outside if beyond else ()) + (early if partial else ())

    def finish(
        self,
        tool: str,
        arguments: ToolArguments,
        *,
        title: Text,
        card: Sequence[DefinitionItem],
        figures: Sequence[Figure],
        table: "pd.DataFrame",
        chart: dict[str, Any],
        warnings: Sequence[Text] = (),
        n: int,
    ) -> MetricResult:
        """Put a result together, adding the lines of the card that hold for every tool."""
        filters = arguments.filters | ({"segment": list(self.segments)} if self.segments else {})
        aged = warn_of_age(self.semantics, self.source.coverage, arguments.end)
        asked = {"source": self.source.name, "filters": filters}
        resolved = to_json(arguments.model_dump(mode="json")) | to_json(asked)
        return MetricResult(
            tool=tool,
            title=title,
            arguments=resolved,
            definition=(
                *card,
                *((LIMITS[tool],) if tool in LIMITS else ()),
                *self.segment_card,
                item("筛选", "filters", self.filters_text(arguments.filters)),
                *describe_source(self.source, self.semantics.timezone),
            ),
            figures=tuple(figures),
            table=table,
            source=self.source.name,
            data_as_of=self.source.coverage.data_as_of,
            chart=chart,
            warnings=tuple(dict.fromkeys((*warnings, *aged, *self.source.warnings))),
            n=n,
        )

    def filters_text(self, filters: FilterValues) -> Text:
        """Write filters for people."""
        if not filters:
            return Text(zh="无", en="none")
        parts = {"zh": [], "en": []}  # type: dict[str, list[str]]
        for dimension, values in filters.items():
            for language, words in parts.items():
                names = [self.semantics.value_text(dimension, v).in_language(language) for v in values]
                label = self.semantics.dimension_text(dimension).in_language(language)
                words.append(f"{label} = {' | '.join(show(n) for n in names)}")
        return Text(zh="；".join(parts["zh"]), en="; ".join(parts["en"]))

    def segment_text(self, dimension: str, value: str) -> Text:
        """Write a segment for people, as "channel = Douyin"."""
        label, name = self.semantics.dimension_text(dimension), self.semantics.value_text(dimension, value)
        return Text(zh=f"{label.zh} = {show(name.zh)}", en=f"{label.en} = {show(name.en)}")


def keep(table: "ibis.Table", filters: FilterValues) -> "ibis.Table":
    """Keep the rows whose dimensions have one of the listed values."""
    if not filters:
        return table
    return table.filter(reduce(and_, [table[f"d_{d}"].isin(list(v)) for d, v in filters.items()]))


def within(table: "ibis.Table", period: Period, calendar: Calendar) -> "ibis.Table":
    """Keep the rows of a period's local days."""
    first, last = (calendar.bucket(d, "day") for d in (period.start, period.end))
    return table.filter(table.day.between(first, last))


def first_values(rows: "ibis.Table", starts: "ibis.Table", dimensions: Iterable[str]) -> "ibis.Table":
    """Add to `starts` each dimension's value at the row where it starts.

    Args:
        rows: events with the columns of `starts`.
        starts: one row per key, with the earliest time of its rows as `at`; every other column is part of the key.
        dimensions: which to add, as columns `d_<dimension>`; of equal times the least value, not the first row.
    """
    columns = [f"d_{d}" for d in dimensions]
    if not columns:
        return starts
    keys = list(starts.columns)
    # Finding the earliest time first and its values after is far cheaper than an ordered aggregate.
    at_start = rows.select(*keys, *columns).semi_join(starts, keys)
    return at_start.aggregate(by=keys, **{c: at_start[c].min() for c in columns})


def _unknown(parameter: str, zh: str, value: str, known: Iterable[str]) -> InvalidArgument:
    en_clause, zh_clause = suggest(value, known)
    return InvalidArgument(
        en=f"{parameter}: {show(value)} is not known.{en_clause}",
        zh=f"未知的{zh}：{show(value)}。{zh_clause}",
        parameter=parameter,
    )
