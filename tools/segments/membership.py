"""Who is in a segment as of a day: one aggregate per user with a column per condition, then logic over these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from tools.errors import InvalidArgument, show, suggest
from tools.segments.amounts import user_amount
from tools.segments.rules import ANY_EVENT, Rule

if TYPE_CHECKING:
    import ibis

    from tools.scope import Scope


def find_members(
    scope: "Scope", rule: Rule, day: int, filters: Mapping[str, Sequence[str]] | None = None
) -> "ibis.Table":
    """Find the users who fit a rule at the end of a local day.

    Args:
        scope: what is read.
        rule: the rule.
        day: number of the local day (see `Calendar.bucket`); nothing after it counts.
        filters: events to read.

    Returns:
        One row per user of what is read: `user`, `member`, and `seen`, whether the user had any event by then.

    Raises:
        InvalidArgument: the rule names an event, a dimension or a column that the source does not have.
    """
    timed = any(part.touch == "last" for part in _every_part(scope, rule))
    # A day holds the time of its first event only.
    rows = scope.rows(None, filters) if timed else scope.days(None, filters)
    reading = _Reading(scope, rows, day)
    member = reading.state(rule)
    users = rows.group_by("user").agg(first_day=rows.day.min(), **reading.columns)
    return users.select("user", member=member, seen=users.first_day <= day)


def _every_part(scope: "Scope", rule: Rule) -> Iterator[Rule]:
    for part in rule.walk():
        yield part
        referred = scope.semantics.segments.get(part.segment or "")
        if referred is not None:
            yield from _every_part(scope, referred.rule)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The rows that conditions read, and the column per user that each of them needs."""

    scope: "Scope"
    rows: "ibis.Table"
    day: int
    columns: dict[str, Any] = field(default_factory=dict)

    def state(self, rule: Rule) -> Any:
        """Turn a rule into a condition on the columns of a user, adding those that it needs."""
        match rule.statement:
            case "all":
                return reduce(and_, [self.state(part) for part in rule.parts])
            case "any":
                return reduce(or_, [self.state(part) for part in rule.parts])
            case "not":
                return ~self.state(rule.parts[0])
            case "segment":
                return self.state(self._definition(str(rule.segment)))
            case "dimension":
                return self._dimension(rule)
            case _:
                return self._bounded(rule)

    def _definition(self, name: str) -> Rule:
        segments = self.scope.semantics.segments
        if name not in segments:
            raise unknown_segment(name, segments)
        return segments[name].rule

    def _add(self, column: Any) -> Any:
        from ibis import _

        name = f"c{len(self.columns)}"
        self.columns[name] = column
        return _[name]

    def _chosen(self, event: str | None, days: int | None = None) -> Any:
        """Say of each row whether it is one of the event's, within the window that ends with the day."""
        near = self.rows.day <= self.day
        if days is not None:
            near &= self.rows.day > self.day - days
        names = self.scope.recorded_names(None if event == ANY_EVENT else event)
        return near if names is None else near & self.rows.event.isin(names)

    def _bounded(self, rule: Rule) -> Any:
        value = self._add(self._measure(rule))
        checks = [value >= rule.at_least] if rule.at_least is not None else []
        checks += [value <= rule.at_most] if rule.at_most is not None else []
        # Who never did it has no day: neither near nor long ago.
        return reduce(and_, checks).fill_null(False)

    def _measure(self, rule: Rule) -> Any:
        rows = self.rows
        match rule.statement:
            case "count":
                where = self._chosen(rule.count, rule.days)
                counted = rows.events.sum(where=where) if "events" in rows.columns else where.sum()
                return counted.coalesce(0)
            case "sum":
                return user_amount(self.scope, rows, str(rule.sum), self._chosen(rule.event, rule.days))
            case "last_seen":
                return self.day - rows.day.max(where=self._chosen(rule.last_seen))
            case _:
                return self.day - rows.day.min(where=self._chosen(rule.first_seen))

    def _dimension(self, rule: Rule) -> Any:
        self.scope.check({}, [rule.dimension])
        where = self._chosen(rule.event, rule.days)
        matching = where & self.rows[f"d_{rule.dimension}"].isin(list(rule.values))
        if rule.touch == "any":
            return self._add(matching.sum().coalesce(0)) > 0
        # Of equal times any may match, so that the order of rows does not matter.
        at = self.rows["at"]
        ends = [at.min(where=w) if rule.touch == "first" else at.max(where=w) for w in (where, matching)]
        whole, part = (self._add(end) for end in ends)
        return (whole == part).fill_null(False)


def unknown_segment(name: str, known: Any, parameter: str = "segment") -> InvalidArgument:
    """Say that there is no such segment, and which are like it."""
    en, zh = suggest(name, known)
    none_en, none_zh = (
        ("", "")
        if known
        else (" metrics.yaml declares no segments.", "metrics.yaml 未声明人群（segments）。")
    )
    return InvalidArgument(
        en=f"There is no segment {show(name)}.{en}{none_en}",
        zh=f"没有人群 {show(name)}。{zh}{none_zh}",
        parameter=parameter,
    )
