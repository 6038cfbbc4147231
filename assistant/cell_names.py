"""What people read in a result's table in place of identifiers and bare shares: events, segments, states, weekdays."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.results import Text
    from tools.semantics import Semantics

#: Tools whose figures tell their table already, or whose table is for a chart; of others it is shown with an answer.
WITHOUT_TABLE = ("measure_metric", "explain_change", "measure_funnel", "measure_activity_hours")
_ARROW, _CROSS = " → ", " × "
_LEAST_P = 0.0001
#: Kinds of a persona's traits that are shares of users.
_SHARES = ("dimension", "behaviour")
#: Columns in the unit of the metric asked about, those of its differences, and bounds of whatever stands before them.
_LEVELS = ("value", "control_value", "value_before", "actual", "expected", "forecast", "naive")
_CHANGES = ("effect", "gap", "change", "contribution")
_BOUNDS = ("low", "high")
Row = dict[str, Any]


def name_cells(result: Mapping[str, Any], semantics: "Semantics", language: str) -> dict[str, Any]:
    """Return the table of a result with names in place of identifiers.

    Args:
        result: `table` and `arguments` of a metric result, as its `to_dict` gives them.
    """
    table, columns = result["table"], result["table"]["columns"]
    namers = _namers(result, semantics)

    def name(row: Row) -> list[Any]:
        if "trait" in row:
            row = _name_trait(row, semantics, language)
        elif "segment" in row and row.get("dimension"):
            row = _name_segment(row, semantics, language)
        row = _write_shares(row, result["arguments"], semantics, language)
        return [_name_cell(namers.get(column), value, language) for column, value in row.items()]

    return {**table, "rows": [name(dict(zip(columns, row, strict=True))) for row in table["rows"]]}


def _name_cell(namer: "Callable[[Any], Text] | None", value: Any, language: str) -> Any:
    if namer is None or value is None:
        return value
    if not isinstance(value, str):
        return namer(value).in_language(language)
    return _ARROW.join(namer(part).in_language(language) for part in value.split(_ARROW))


def _name_segment(row: Row, semantics: "Semantics", language: str) -> Row:
    """Name the dimension that a row is of, or the cross of several, and its value."""
    dimensions, values = str(row["dimension"]).split(_CROSS), str(row["segment"]).split(_CROSS)
    if len(dimensions) != len(values):
        return row
    names = [semantics.dimension_text(d).in_language(language) for d in dimensions]
    texts = [
        semantics.value_text(d, v).in_language(language) for d, v in zip(dimensions, values, strict=True)
    ]
    return row | {"dimension": _CROSS.join(names), "segment": _CROSS.join(texts)}


def _write_shares(row: Row, arguments: Mapping[str, Any], semantics: "Semantics", language: str) -> Row:
    """Write the values of a metric that is a share as percentages, differences of them as points."""
    from tools.metric_figures import change_unit, metric_unit
    from tools.results import format_value

    metric = semantics.metrics.get(str(row.get("metric") or arguments.get("metric")))
    if metric is None:
        return row
    unit = metric_unit(semantics, metric)
    # An experiment reads a count of users as the share of those exposed.
    if unit != "ratio" and not (unit == "users" and "effect" in row):
        return row
    written, before = dict(row), ""
    for column, value in row.items():
        if column not in _BOUNDS:
            before = "ratio" if column in _LEVELS else change_unit("ratio") if column in _CHANGES else ""
        if before and isinstance(value, float):
            written[column] = format_value(value, before, language)
    return written


def _name_trait(row: Row, semantics: "Semantics", language: str) -> Row:
    """Name what a persona compares, with shares as percentages."""
    from tools.results import format_value
    from tools.segments.persona import KIND_TEXT, trait_names

    trait, value = (
        t.in_language(language) for t in trait_names(semantics, row["kind"], row["trait"], row["value"])
    )
    named = row | {"trait": trait, "value": value, "kind": KIND_TEXT[row["kind"]].in_language(language)}
    if row["kind"] in _SHARES:
        named |= {side: format_value(row[side], "ratio", language) for side in ("segment", "rest")}
    few = {p: f"<{_LEAST_P:g}" for p in ("pvalue", "qvalue") if row[p] is not None and row[p] < _LEAST_P}
    return named | few


def _namers(result: Mapping[str, Any], semantics: "Semantics") -> dict[str, "Callable[[Any], Text]"]:
    from tools.activity_hours import WEEKDAYS
    from tools.churn.listing import BAND_TEXT
    from tools.experiments.wording import ROLE_TEXT, VERDICT_TEXT, arm_text
    from tools.monitoring.episodes import SEVERITIES
    from tools.quality.findings import CHECK_TEXT, SEVERITY_TEXT
    from tools.results import Text
    from tools.segments.lifecycle import STATES
    from tools.segments.rfm_groups import EIGHT, GRID
    from tools.segments.tags import MOVES
    from tools.semantics import MEMBERSHIP
    from tools.value.budget import STATUS

    def within(*known: Mapping[Any, Text]) -> Callable[[Any], Text]:
        return lambda name: next(
            (names[name] for names in known if name in names), Text(str(name), str(name))
        )

    if "trait" in result["table"]["columns"]:
        return {}
    breakdown = result["arguments"].get("breakdown")
    split = within(GRID, EIGHT)
    if breakdown is not None:
        split = lambda value: semantics.value_text(breakdown, value)  # noqa: E731
    kinds = {"path": Text("路径", "path"), "loop": Text("循环", "loop")}
    experiment = semantics.experiments.get(str(result["arguments"].get("experiment")))
    return {
        "arm": (lambda arm: arm_text(experiment, arm)) if experiment else within(),
        "band": within(BAND_TEXT),
        "check": within(CHECK_TEXT),
        "during": within(MEMBERSHIP),
        "metric": lambda metric: (
            semantics.metric_text(metric) if metric in semantics.metrics else within()(metric)
        ),
        "role": within(ROLE_TEXT),
        "status": within(STATUS),
        "verdict": within(VERDICT_TEXT),
        "event": semantics.event_text,
        "path": semantics.event_text,
        "dimension": semantics.dimension_text,
        "segment": split,
        "state": within(STATES),
        "move": within(MOVES),
        "severity": within(SEVERITY_TEXT, SEVERITIES),
        "direction": within({"up": Text("偏高", "high"), "down": Text("偏低", "low")}),
        "kind": within(kinds),
        "weekday": within(dict(enumerate(WEEKDAYS, start=1))),
    }
