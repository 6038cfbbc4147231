"""Retention: which share of a cohort comes back after n days, weeks or months, and what it brings.

See `tools.cohorts` for the definitions. A pooled figure is weighted, returned / members summed over the
cohorts that are old enough, or the simple mean of those cohorts' rates (PostHog offers the same two); a cohort
too young for a period is null in the table and in no average.
"""

from typing import TYPE_CHECKING, Any

from tools.charts import draw_lines
from tools.cohort_definition import RetentionDefinition, retention_definition
from tools.cohorts import count_returns
from tools.curves import FORMS, Form
from tools.definitions import item, period_item
from tools.periods import INTERVAL_TEXT
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.retention_arguments import RetentionArguments
from tools.retention_card import retention_card
from tools.retention_figures import (
    curve_rows,
    fit_retention,
    maturity_warnings,
    pool,
    pooled_figures,
    projection_figures,
    projection_item,
    projection_warnings,
)
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_MOST_SEGMENTS = 20


def measure_retention(scope: Scope, arguments: RetentionArguments) -> MetricResult:
    """Measure which share of each cohort returns in later periods."""
    definition = retention_definition(scope, arguments, arguments.value_property)
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    scope.check_property(arguments.value_property)
    warnings = list(scope.cover(arguments.dates))
    dimensions = [arguments.breakdown] if arguments.breakdown else []
    cells = count_returns(
        scope,
        definition,
        arguments.dates,
        brackets=arguments.brackets,
        filters=arguments.filters,
        dimensions=dimensions,
    )
    pooled = pool(cells, [*dimensions, "offset"], arguments.mean)
    title = Text(zh=f"{INTERVAL_TEXT[arguments.period].zh}留存", en=f"Retention by {arguments.period}")
    result: dict[str, Any] = {
        "card": _card(scope, arguments, definition),
        "figures": _figures(scope, arguments, definition, pooled),
        "chart": _chart(scope, arguments, pooled, title, arguments.breakdown),
        "warnings": [*warnings, *maturity_warnings(cells), *_value_warnings(arguments, cells)],
    }
    if arguments.project_to is not None:
        _project(scope, arguments, arguments.project_to, definition, cells, title, result)
    return scope.finish(
        "measure_retention",
        arguments,
        title=title,
        table=_table(scope, arguments, cells),
        n=int(cells.loc[cells["offset"] == arguments.brackets[0].first, "users"].sum()) if len(cells) else 0,
        **result,
    )


def _value_warnings(arguments: RetentionArguments, cells: "pd.DataFrame") -> list[Text]:
    """Say where people return by events that carry nothing of the property."""
    column = arguments.value_property
    if column is None or not cells["returned"].any() or cells["value"].fillna(0).any():
        return []
    return [
        Text(
            zh=f"返回事件都没有 {column} 的数值，故其和为 0；请用 return_event 指定带有该数值的事件。",
            en=f"No return event has any {column}, so its sum is 0; give an event that has it as return_event.",
        )
    ]


def _project(
    scope: Scope,
    arguments: RetentionArguments,
    offset: int,
    definition: RetentionDefinition,
    cells: "pd.DataFrame",
    title: Text,
    result: dict[str, Any],
) -> None:
    """Add a projection of all segments together to a result, or say why there is none."""
    pooled = pool(cells, ["offset"], arguments.mean)
    forms: list[Form] = list(FORMS) if arguments.curve == "best" else [arguments.curve]
    curves, refusal = fit_retention(pooled, forms)
    if refusal is not None:
        result["warnings"].append(refusal)
        return
    result["figures"] += projection_figures(definition, curves, offset, str(arguments.dates))
    result["card"].append(projection_item(curves))
    result["warnings"] += projection_warnings(pooled, curves[0], offset)
    if arguments.breakdown is None:
        measured, drawn = Text("实测", "measured"), Text("拟合与预测", "fitted and projected")
        names = measured.in_language(scope.language), drawn.in_language(scope.language)
        result["chart"] = _chart(
            scope, arguments, curve_rows(pooled, curves[0], offset, names), title, "kind"
        )


def _table(scope: Scope, arguments: RetentionArguments, cells: "pd.DataFrame") -> "pd.DataFrame":
    """Return rows (cohort, [segment,] users, <period>_<n>..., [<value_property>_<period>_<n>...,] immature).

    Rates, and values per member, are null where immature.
    """
    import pandas as pd

    keys = ["cohort", *([arguments.breakdown] if arguments.breakdown else [])]
    offsets = {b.first: f"{arguments.period}_{b}" for b in arguments.brackets}
    shares = {"returned": offsets}
    if arguments.value_property:
        shares["value"] = {o: f"{arguments.value_property}_{name}" for o, name in offsets.items()}
    columns = [name for names in shares.values() for name in names.values()]
    if cells.empty:
        segment = ["segment"] if arguments.breakdown else []
        return pd.DataFrame(columns=["cohort", *segment, "users", *columns, "immature"])
    parts = []
    for total, names in shares.items():
        rate = (cells[total] / cells["users"]).where(cells["mature"])
        wide = cells.assign(rate=rate).pivot(index=[*keys, "users"], columns="offset", values="rate")
        parts.append(wide.reindex(columns=list(names)).set_axis(list(names.values()), axis="columns"))
    table = pd.concat(parts, axis="columns").reset_index().rename_axis(columns=None)
    named = {b.first: str(b) for b in arguments.brackets}
    young = cells[~cells["mature"]].groupby("cohort")["offset"].unique()
    table["immature"] = [", ".join(named[o] for o in sorted(young.get(c, []))) for c in table["cohort"]]
    table["cohort"] = [scope.calendar.label(int(c), arguments.period) for c in table["cohort"]]
    return table.rename(columns={arguments.breakdown: "segment"}) if arguments.breakdown else table


def _figures(
    scope: Scope, arguments: RetentionArguments, definition: RetentionDefinition, pooled: "pd.DataFrame"
) -> list[Figure]:
    brackets, dimension = arguments.brackets, arguments.breakdown
    shared: dict[str, Any] = {"span": str(arguments.dates), "mean": arguments.mean}
    if dimension is None:
        return pooled_figures(scope, definition, pooled, brackets, **shared)
    first = pooled[pooled["offset"] == brackets[0].first]
    largest = first.sort_values("users", ascending=False, kind="stable")[dimension].head(_MOST_SEGMENTS)
    figures = []
    for segment in largest:
        rows = pooled[pooled[dimension] == segment]
        figures += pooled_figures(
            scope, definition, rows, brackets, segment=(dimension, str(segment)), **shared
        )
    return figures


def _chart(
    scope: Scope, arguments: RetentionArguments, rows: "pd.DataFrame", title: Text, series: str | None
) -> dict[str, Any]:
    unit = INTERVAL_TEXT[arguments.period]
    named = {b.first: str(b) for b in arguments.brackets}
    order = rows.sort_values("offset", kind="stable")
    return draw_lines(
        order.assign(offset=[named.get(o, str(o)) for o in order["offset"]]),
        "offset",
        "rate",
        title=title,
        axes=(Text(zh=f"第几{unit.zh}", en=f"{unit.en}s after the cohort's"), Text("留存率", "retention")),
        unit="ratio",
        language=scope.language,
        series=series,
    )


def _card(
    scope: Scope, arguments: RetentionArguments, definition: RetentionDefinition
) -> list[DefinitionItem]:
    card = [
        period_item(arguments.dates, "分群时间", "cohorts from"),
        *retention_card(scope, definition, arguments.mean),
    ]
    if arguments.breakdown:
        card.append(item("拆分", "split by", scope.semantics.dimension_text(arguments.breakdown)))
    return card
