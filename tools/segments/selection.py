"""A saved segment in any call: as the filter `segment`, or as a dimension whose values are yes and no.

A tool need not know of it: it reads a source that is narrowed before the tool runs. Membership is decided once
per call, as of one day, and the same for a period and the one that it is compared with.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

from tools.definitions import ToolArguments, item
from tools.errors import InvalidArgument, NoData, show
from tools.grammar import chinese_list
from tools.metric_kinds import Interval
from tools.periods import Calendar
from tools.results import DefinitionItem, Text
from tools.scope import Scope
from tools.segments.membership import find_members, unknown_segment
from tools.segments.rules import SegmentDefinition
from tools.sorted_events import Packing
from tools.sources import EventSource
from tools.sources.assignments import SelectedAssignments
from tools.sources.user_days import Events, add_month, count_arrivals, count_own_returns

if TYPE_CHECKING:
    import ibis

SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class _SelectedDays:
    """The days of a source's users, narrowed like its events."""

    whole: Any
    select: "Callable[[ibis.Table], ibis.Table]"

    def table(self) -> "ibis.Table":
        return self.select(self.whole.table())

    def active(self, events: Events) -> "ibis.Table":
        return self.select(self.whole.active(events)).select("user", "day", "before", "first", "month")

    def arrivals(self, events: Events) -> "ibis.Table":
        return add_month(count_arrivals(self.active(events)))

    def returns(self, events: Events, calendar: Calendar, interval: Interval) -> "ibis.Table":
        return count_own_returns(self.active(events), calendar, interval)


@dataclass(frozen=True, slots=True)
class _SelectedTimes(_SelectedDays):
    """The times of a source's events, narrowed like them."""

    def codes(self) -> dict[str, int]:
        codes: dict[str, int] = self.whole.codes()
        return codes

    def packing(self) -> Packing | None:
        packing: Packing | None = self.whole.packing()
        return packing

    def among(self, rows: "ibis.Table", codes: Collection[int]) -> Any:
        return self.whole.among(rows, codes)

    def between(self, first: datetime | None, last: datetime | None) -> list[Any]:
        conditions: list[Any] = self.whole.between(first, last)
        return conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class _SelectedSource(EventSource):
    """A source of which some users are chosen, or told apart."""

    whole: EventSource
    segments: tuple[str, ...]

    def values(self, dimension: str) -> list[str]:
        return ["no", "yes"] if dimension in self.segments else self.whole.values(dimension)


def select_segments(scope: Scope, arguments: ToolArguments) -> tuple[Scope, ToolArguments]:
    """Narrow a scope to the segments that the arguments name.

    Returns:
        The scope that the tool reads, and its arguments without the filter `segment`.

    Raises:
        InvalidArgument: there is no such segment, or it belongs to another source.
        NoData: nobody is in the segments.
    """
    chosen = () if SEGMENT in scope.source.dimensions else tuple(arguments.filters.get(SEGMENT, ()))
    told_apart = _mentioned(scope, arguments)
    if not chosen and not told_apart:
        return scope, arguments
    definitions = {name: find_segment(scope, name, f"filters.{SEGMENT}") for name in (*chosen, *told_apart)}
    members = {name: find_segment_members(scope, d, arguments) for name, d in definitions.items()}
    if chosen:
        _refuse_empty(scope, arguments, [members[name] for name in chosen], definitions[chosen[0]])

    def select(table: "ibis.Table") -> "ibis.Table":
        if chosen:
            kept = reduce(
                lambda a, b: a.union(b), [members[n].filter("member").select("user") for n in chosen]
            )
            table = table.semi_join(kept, "user")
        for name in told_apart:
            answer = members[name].member.ifelse("yes", "no")
            table = table.inner_join(members[name].select("user", **{f"d_{name}": answer}), "user")
        return table

    rest = {k: v for k, v in arguments.filters.items() if k != SEGMENT}
    card = tuple(_as_of_item(scope, name, d, arguments) for name, d in definitions.items())
    narrowed = replace(
        scope,
        source=_narrow(scope.source, select, told_apart),
        segments=chosen,
        segment_card=card,
    )
    return narrowed, arguments.model_copy(update={"filters": rest}) if chosen else arguments


def find_segment(scope: Scope, name: str, parameter: str = SEGMENT) -> SegmentDefinition:
    """Return a saved segment.

    Raises:
        InvalidArgument: there is none of that name, or it belongs to another source.
    """
    definition = scope.semantics.segments.get(name)
    if definition is None:
        raise unknown_segment(name, scope.semantics.segments, parameter)
    if definition.source not in (None, scope.source.name):
        other, here = show(definition.source), show(scope.source.name)
        raise InvalidArgument(
            en=f"Segment {show(name)} belongs to source {other}, but the question is about {here}.",
            zh=f"人群 {show(name)} 属于数据源 {other}，而此处查询的是 {here}。",
            parameter=parameter,
        )
    return definition


def as_of_day(definition: SegmentDefinition, arguments: ToolArguments) -> date:
    """Return the local day at whose end membership is decided."""
    if definition.as_of == "end":
        return arguments.end
    starts = (arguments.start, getattr(arguments, "compare_start", None))
    return min(s for s in starts if s is not None) - timedelta(days=1)


def find_segment_members(
    scope: Scope, definition: SegmentDefinition, arguments: ToolArguments
) -> "ibis.Table":
    """Find the users of a saved segment as `find_members` does, as of `as_of_day`; once for a source as it is."""
    day = scope.calendar.bucket(as_of_day(definition, arguments), "day")
    return scope.source.kept.table(find_members(scope, definition.rule, day))


def _mentioned(scope: Scope, arguments: ToolArguments) -> tuple[str, ...]:
    """List the segments that the arguments use like a dimension."""
    asked: list[str | None] = [*arguments.filters, getattr(arguments, "breakdown", None)]
    asked += getattr(arguments, "dimensions", None) or ()
    return tuple(dict.fromkeys(str(name) for name in asked if name in scope.semantics.segments))


def _narrow(
    source: EventSource, select: "Callable[[ibis.Table], ibis.Table]", told_apart: Iterable[str]
) -> EventSource:
    kept = {f.name: getattr(source, f.name) for f in fields(source)}
    kept |= {
        "events": select(source.events),
        "user_days": _SelectedDays(source.user_days, select),
        "event_times": _SelectedTimes(source.event_times, select),
        "assignments": SelectedAssignments(source.assignments, select),
        "dimensions": (*source.dimensions, *told_apart),
    }
    return _SelectedSource(**kept, whole=source, segments=tuple(told_apart))


def _refuse_empty(
    scope: Scope, arguments: ToolArguments, members: "list[ibis.Table]", first: SegmentDefinition
) -> None:
    counts = [scope.source.engine.fetch_row(m.agg(n=m.member.sum())) for m in members]
    if any(count["n"] > 0 for count in counts):
        return
    names, day = ", ".join(show(n) for n in arguments.filters[SEGMENT]), as_of_day(first, arguments)
    raise NoData(
        en=f"Nobody is in segment {names} as of {day}; the data begins on {scope.source.coverage.start}. "
        "A segment with `as_of: end` is decided at the end of the period instead.",
        zh=f"截至 {day}，没有用户属于人群 {chinese_list(names)}；数据从 {scope.source.coverage.start} 开始。"
        "若人群设为 `as_of: end`，则改按时段结束时判定。",
        parameter=f"filters.{SEGMENT}",
    )


def _as_of_item(
    scope: Scope, name: str, definition: SegmentDefinition, arguments: ToolArguments
) -> DefinitionItem:
    text, day = scope.semantics.segment_text(name), as_of_day(definition, arguments)
    when = (
        Text("时段开始前", "before the period")
        if definition.as_of == "start"
        else Text("时段结束时", "at its end")
    )
    return item(
        "人群",
        "segment",
        Text(
            zh=f"{text.zh}：按截至 {day} 的规则判定（{when.zh}），期内不再变化",
            en=f"{text.en}: decided by the rule as of {day} ({when.en}) and kept for the whole period",
        ),
    )
