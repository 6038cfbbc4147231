"""The names that people have for what stands in a result's table: events, segments, states."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.results import Text
    from tools.semantics import Semantics

_ARROW = " → "


def name_cells(result: Mapping[str, Any], semantics: "Semantics", language: str) -> dict[str, Any]:
    """Return the table of a result with names in place of identifiers."""
    table, columns = result["table"], result["table"]["columns"]
    namers = _namers(result, semantics)

    def name(column: str, value: Any) -> Any:
        namer = namers.get(column)
        if namer is None or not isinstance(value, str):
            return value
        return _ARROW.join(namer(part).in_language(language) for part in value.split(_ARROW))

    rows = [[name(c, v) for c, v in zip(columns, row, strict=True)] for row in table["rows"]]
    return {**table, "rows": rows}


def _namers(result: Mapping[str, Any], semantics: "Semantics") -> dict[str, Callable[[str], "Text"]]:
    from tools.quality.findings import SEVERITY_TEXT
    from tools.results import Text
    from tools.segments.lifecycle import STATES
    from tools.segments.rfm_groups import EIGHT, GRID
    from tools.segments.tags import MOVES

    def within(*known: Mapping[Any, Text]) -> Callable[[str], Text]:
        return lambda name: next((names[name] for names in known if name in names), Text(name, name))

    breakdown = result["arguments"].get("breakdown")
    split = within(GRID, EIGHT)
    if breakdown is not None:
        split = lambda value: semantics.value_text(breakdown, value)  # noqa: E731
    kinds = {"path": Text("路径", "path"), "loop": Text("循环", "loop")}
    return {
        "event": semantics.event_text,
        "path": semantics.event_text,
        "dimension": semantics.dimension_text,
        "segment": split,
        "state": within(STATES),
        "move": within(MOVES),
        "severity": within(SEVERITY_TEXT),
        "kind": within(kinds),
    }
