"""What `metrics.yaml` may say of a segment (a tag): a rule on what each user did up to a day.

    segments:
      high_value:
        names: {zh: 高价值, en: high value}
        rule:
          all:
            - {sum: amount, event: purchase, days: 90, at_least: 1000}
            - {last_seen: "*", at_most: 14}
            - not: {dimension: channel, values: [referral], touch: first}

A condition states one thing; `all`, `any` and `not` combine conditions. `"*"` is any event.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from tools.grammar import chinese_list
from tools.metric_kinds import Declaration, Name, Named

ANY_EVENT = "*"
Bound = Annotated[float, Field(allow_inf_nan=False)]
_LONGEST = 3660
_STATEMENTS = ("all", "any", "not", "segment", "count", "sum", "last_seen", "first_seen", "dimension")
_BOUNDS = ("at_least", "at_most")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "count": ("days", *_BOUNDS),
    "sum": ("event", "days", *_BOUNDS),
    "last_seen": _BOUNDS,
    "first_seen": _BOUNDS,
    "dimension": ("values", "touch", "event", "days"),
}


class Rule(Declaration):
    """One condition, or several combined.

    Attributes:
        all, any: every one of the rules holds, or at least one.
        not_: the rule does not hold (`not` in the file).
        segment: the user is in another segment, as of the same day.
        count: how many events of this name, within `days`; nobody is left out, so that `at_most: 0` is "never".
        sum: the sum of this column, over the events named `event`, within `days`.
        last_seen, first_seen: how many days before the day of the rule the last or first event of this name
            lies (0 is that day); false for who never did it.
        dimension: whether an event within `days` has one of `values`, or (`touch`) the first or last one.
        days: length of the window that ends with the day of the rule; the whole history without it.
        at_least, at_most: bounds, both included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    all: tuple["Rule", ...] | None = Field(default=None, min_length=1, max_length=20)
    any: tuple["Rule", ...] | None = Field(default=None, min_length=1, max_length=20)
    not_: "Rule | None" = Field(default=None, alias="not")
    segment: Name | None = None
    count: Name | None = None
    sum: str | None = None
    last_seen: Name | None = None
    first_seen: Name | None = None
    dimension: str | None = None
    event: Name | None = None
    days: Annotated[int, Field(ge=1, le=_LONGEST)] | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    values: tuple[Name, ...] = ()
    touch: Literal["any", "first", "last"] = "any"

    @property
    def statement(self) -> str:
        """What the rule states: one of `all, any, not, segment, count, sum, last_seen, first_seen, dimension`."""
        return next(s for s in _STATEMENTS if getattr(self, _field(s)) is not None)

    @property
    def parts(self) -> tuple["Rule", ...]:
        """The rules that this one combines."""
        return self.all or self.any or ((self.not_,) if self.not_ is not None else ())

    def walk(self) -> Iterator["Rule"]:
        """List this rule and every one within it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def events(self) -> tuple[str, ...]:
        """The events that this rule itself names."""
        named = (self.count, self.last_seen, self.first_seen, self.event)
        return tuple(e for e in named if e is not None and e != ANY_EVENT)

    @model_validator(mode="after")
    def _check_statement(self) -> Self:
        stated = [s for s in _STATEMENTS if getattr(self, _field(s)) is not None]
        if len(stated) != 1:
            listed = ", ".join(_STATEMENTS)
            raise ValueError(f"say exactly one of {listed} | 须恰好填写其中一个：{chinese_list(listed)}")
        self._check_details(stated[0])
        return self

    def _check_details(self, statement: str) -> None:
        allowed = _ALLOWED.get(statement, ())
        fields = type(self).model_fields
        given = {name for name in fields if getattr(self, name) != fields[name].default}
        for extra in sorted(given - {_field(statement), *allowed}):
            may = ", ".join(allowed) or "-"
            raise ValueError(
                f"{extra} does not go with {statement}, which takes: {may} | "
                f"{extra} 不能与 {statement} 同用，{statement} 可用：{chinese_list(may)}"
            )
        if "at_least" in allowed and self.at_least is None and self.at_most is None:
            raise ValueError(f"{statement} needs at_least or at_most | {statement} 需要 at_least 或 at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least is above at_most; swap them | at_least 大于 at_most，请对调")
        if statement == "dimension" and not self.values:
            raise ValueError("dimension needs values | dimension 需要 values")


def _field(statement: str) -> str:
    return "not_" if statement == "not" else statement


class SegmentDefinition(Named):
    """A segment of users, by name.

    Attributes:
        source: the source whose events decide; without it, the source that is asked about.
        as_of: whether membership is decided by what was known before a call's (earliest) period starts, so that
            nobody is chosen by what the call measures, or by the end of its period.
    """

    source: str | None = None
    as_of: Literal["start", "end"] = "start"
    rule: Rule


def rule_events(rule: Rule) -> list[str]:
    """List the events that a rule names, those of the segments that it refers to aside."""
    return [event for part in rule.walk() for event in part.events]


def rule_properties(rule: Rule) -> list[str]:
    """List the numeric columns that a rule sums."""
    return [part.sum for part in rule.walk() if part.sum is not None]


def rule_segments(rule: Rule) -> list[str]:
    """List the segments that a rule refers to."""
    return [part.segment for part in rule.walk() if part.segment is not None]


def find_cycle(segments: Mapping[str, SegmentDefinition]) -> tuple[str, ...]:
    """Return segments that refer to each other in a circle, the first one again at the end; else nothing."""
    done: set[str] = set()

    def follow(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name in done or name not in segments:
            return ()
        for other in rule_segments(segments[name].rule):
            found = follow(other, (*path, name))
            if found:
                return found
        done.add(name)
        return ()

    return next((c for c in (follow(name, ()) for name in segments) if c), ())
