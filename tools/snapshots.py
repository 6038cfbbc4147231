"""What a result was measured from: the data as it was, and what `metrics.yaml` said of whatever the arguments name."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tools.declarations import Table
from tools.market.declarations import MARKET
from tools.semantics import Semantics
from tools.source_definition import SourceDefinition

#: Kinds of declarations that are found by their names.
_KINDS = (
    "sources", "events", "dimensions", "metrics", "segments", "experiments", "spend", "budgets", "demands",
)  # fmt: skip
_GLOBAL = ("timezone", "week_start", "currency", "calendar")
#: Events that count where a call or a metric names none.
_DEFAULT_EVENTS = ("active", "signup")
#: Tables that are chosen among all of their kind where an argument names none.
_CHOSEN = {"spend": "spend", "budget": "budgets", "demands": "demands"}
#: What things are called and who may see them does not shape a number; where data is belongs to the data, and the
#: address of a database may hold a password.
_LEFT_OUT = frozenset(
    {"names", "synonyms", "teams", "user_rows", "path", "frame", "database", "table", "sheet"}
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a result was measured from.

    Attributes:
        data: fingerprint of each table that was read, by its place in `metrics.yaml`, e.g. `sources.events`: of files
            their names, sizes and times of change; of other data the number of events by name and what they span.
        events: number of events in the source; None for what has none.
        declared: what `metrics.yaml` says of all that the arguments name, by dotted key.
        min_group: groups of fewer users are not shown.
        shows_users: whether the reader may see rows of single users.
    """

    data: Mapping[str, str]
    events: int | None
    declared: Mapping[str, Any]
    min_group: int = 1
    shows_users: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the snapshot as JSON-safe values."""
        return {
            "data": dict(self.data),
            "events": self.events,
            "declared": dict(self.declared),
            "min_group": self.min_group,
            "shows_users": self.shows_users,
        }


def find_declared(semantics: Semantics, source: str, arguments: Mapping[str, Any]) -> dict[str, BaseModel]:
    """Find what a call leans on: all that its arguments name, and all that those declarations name, by dotted key."""
    if source == MARKET:
        return {MARKET: semantics.market} if semantics.market is not None else {}
    words = {source, *_DEFAULT_EVENTS, *_strings(arguments)}
    for argument, kind in _CHOSEN.items():
        if argument in arguments and arguments[argument] is None:
            words |= set(getattr(semantics, kind))
    found: dict[str, BaseModel] = {}
    while True:
        more = {
            f"{kind}.{name}": declared
            for kind in _KINDS
            for name, declared in getattr(semantics, kind).items()
            if name in words and f"{kind}.{name}" not in found
        }
        if not more:
            break
        found |= more
        words |= {word for declared in more.values() for word in _strings(_dump(declared))}
    targets = {t.metric: t for t in semantics.targets if f"metrics.{t.metric}" in found}
    return found | {f"targets.{name}": target for name, target in targets.items()}


def flatten_declared(semantics: Semantics, found: Mapping[str, BaseModel]) -> dict[str, Any]:
    """Return what shapes numbers in declarations as values by dotted key, with what holds for all of them."""
    general = semantics.model_dump(mode="json", include=set(_GLOBAL))
    leaves = dict(_leaves("", {name: general[name] for name in _GLOBAL}))
    for key, declared in found.items():
        leaves |= _leaves(key, _dump(declared))
    return dict(sorted(leaves.items()))


def list_tables(found: Mapping[str, BaseModel]) -> dict[str, SourceDefinition]:
    """Return where the tables among declarations are, those within them included, by dotted key."""
    tables: dict[str, SourceDefinition] = {}
    for key, declared in found.items():
        if isinstance(declared, SourceDefinition):
            tables[key] = declared
        elif isinstance(declared, Table):
            tables[key] = SourceDefinition.model_validate(
                {**declared.place(), "time": "", "event_name": "row"}
            )
        within = {name: getattr(declared, name) for name in type(declared).model_fields}
        nested = {f"{key}.{name}": value for name, value in within.items() if isinstance(value, Table)}
        tables |= list_tables(nested)
    return tables


def digest(value: object) -> str:
    """Return a short fingerprint of JSON values.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _dump(declared: BaseModel) -> dict[str, Any]:
    return declared.model_dump(mode="json", by_alias=True, exclude_none=True)


def _leaves(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield prefix, value
        return
    for name, item in value.items():
        if name not in _LEFT_OUT:
            yield from _leaves(f"{prefix}.{name}" if prefix else str(name), item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield str(name)
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
