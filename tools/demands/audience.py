"""How many users a demand reaches: those of a segment, an event, values of dimensions, or all of these at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tools.declarations import Named
from tools.definitions import ToolArguments
from tools.errors import show, suggest
from tools.periods import Period
from tools.results import Text
from tools.scope import Scope, keep, within
from tools.segments.selection import find_segment, find_segment_members

_EVERYBODY = frozenset(("*", "all", "all users", "everybody", "全部", "全部用户", "所有用户", "全体用户"))
_PARTS = re.compile(r"[;；\n]")
_EQUALS = re.compile(r"\s*[=＝:：]\s*")
_VALUES = re.compile(r"[|、,，]")


@dataclass(frozen=True)
class Audience:
    """Users of whom all of this is true in a period.

    Attributes:
        filters: dimension -> values.
        segments, events: names.
    """

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    segments: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def conditions(self) -> frozenset[Any]:
        """All that is asked of a user."""
        return frozenset((*self.filters, *self.segments, *self.events))


@dataclass(frozen=True)
class Reach:
    """How many users a demand reaches; None where that cannot be said, and why."""

    users: int | None = None
    problem: Text | None = None


class Audiences:
    """Counts audiences in the data of a call."""

    def __init__(self, scope: Scope, arguments: ToolArguments) -> None:
        self._scope, self._arguments = scope, arguments

    def measure(self, written: Sequence[str | None]) -> list[Reach]:
        """Count the users of each audience, each once; small groups and what would give them away are withheld."""
        found = {text: self._read(text) for text in dict.fromkeys(w for w in written if w is not None)}
        sizes = {
            a: self._count(a) for a in dict.fromkeys(a for a in found.values() if isinstance(a, Audience))
        }
        hidden = self._too_small(sizes)
        reaches: dict[str, Reach] = {}
        for text, audience in found.items():
            if not isinstance(audience, Audience):
                reaches[text] = Reach(problem=audience)
            elif audience in hidden:
                reaches[text] = Reach(problem=_withheld(self._scope.source.definition.min_group))
            else:
                reaches[text] = Reach(sizes[audience])
        return [Reach() if w is None else reaches[w] for w in written]

    @cached_property
    def everybody(self) -> int:
        """Users with any event in the period."""
        return self._count(Audience())

    def _read(self, text: str) -> Audience | Text:
        """Understand what a list says of an audience, or say what is not understood."""
        filters: dict[str, tuple[str, ...]] = {}
        segments, events = [], []
        source, semantics = self._scope.source, self._scope.semantics
        saved = {k: s for k, s in semantics.segments.items() if s.source in (None, source.name)}
        for part in (p.strip() for p in _PARTS.split(text) if p.strip()):
            if part.casefold() in _EVERYBODY:
                continue
            if (segment := _look_up(part, saved)) is not None:
                segments.append(segment)
            elif (event := _look_up(part, semantics.events, source.event_counts)) is not None:
                events.append(event)
            elif len(sides := _EQUALS.split(part, maxsplit=1)) == 2:
                read = self._read_values(part, *sides)
                if isinstance(read, Text):
                    return read
                filters |= read
            else:
                known = [*saved, *semantics.events, *source.event_counts]
                return _not_known(part, part, "人群或事件", "segment or event", known)
        return Audience(
            tuple(sorted(filters.items())), tuple(sorted(set(segments))), tuple(sorted(set(events)))
        )

    def _read_values(self, part: str, name: str, written: str) -> dict[str, tuple[str, ...]] | Text:
        source = self._scope.source
        dimensions = {k: d for k, d in self._scope.semantics.dimensions.items() if k in source.dimensions}
        dimension = _look_up(name, dimensions)
        if dimension is None:
            return _not_known(part, name, "维度", "dimension", dimensions)
        known = source.values(dimension)
        declared = {k: v for k, v in dimensions[dimension].values.items() if k in known}
        values = [(v, _look_up(v, declared, known)) for v in _VALUES.split(written) if v.strip()]
        lost = next((word for word, value in values if value is None), None)
        if lost is not None or not values:
            return _not_known(part, lost or written, "取值", "value", known)
        return {dimension: tuple(sorted(str(value) for _, value in values))}

    def _count(self, audience: Audience) -> int:
        scope, arguments = self._scope, self._arguments
        period = Period(arguments.start, arguments.end)
        days = [
            keep(scope.days(e, arguments.filters), dict(audience.filters)) for e in audience.events or (None,)
        ]
        rows = [within(table, period, scope.calendar) for table in days]
        users = rows[0].select("user").distinct()
        for more in rows[1:]:
            users = users.semi_join(more.select("user"), "user")
        for name in audience.segments:
            members = find_segment_members(scope, find_segment(scope, name), arguments)
            users = users.semi_join(members.filter("member").select("user"), "user")
        return int(scope.source.engine.fetch_row(users.agg(n=users.count()))["n"])

    def _too_small(self, sizes: Mapping[Audience, int]) -> set[Audience]:
        """List audiences of a few users, of all but a few, or of all but a few of a wider one."""
        least = self._scope.source.definition.min_group
        if least <= 1:
            return set()
        wider = {**sizes, Audience(): self.everybody}
        return {
            audience
            for audience, size in sizes.items()
            if 0 < size < least
            or any(
                0 < other - size < least
                for around, other in wider.items()
                if around.conditions < audience.conditions
            )
        }


def _look_up(word: str, declared: Mapping[str, Named], recorded: Any = ()) -> str | None:
    """Find what a word means: a key, a name or a synonym of a declaration, or a name in the data."""
    wanted = word.strip().casefold()
    for key, names in _spellings(declared):
        if wanted in names:
            return key
    return next((str(name) for name in recorded if str(name).casefold() == wanted), None)


def _spellings(declared: Mapping[str, Named]) -> Iterator[tuple[str, set[str]]]:
    for key, entry in declared.items():
        words = (key, entry.names.zh, entry.names.en, *entry.synonyms)
        yield key, {str(w).casefold() for w in words if w}


def _not_known(part: str, word: str, zh: str, en: str, known: Any) -> Text:
    near_en, near_zh = suggest(word.strip(), known)
    return Text(
        f"受众“{show(part)}”：没有{zh}“{show(word.strip())}”。{near_zh}",
        f"audience “{show(part)}”: there is no {en} “{show(word.strip())}”.{near_en}",
    )


def _withheld(least: int) -> Text:
    return Text(
        f"受众会透露不足 {least} 名用户的情况，不予显示",
        f"the audience would tell of fewer than {least} users and is withheld",
    )
