"""Funnels: how many users go through a sequence of steps, and how long it takes them.

See `tools.journeys` for the matching rule. A step's conversion is its users over those of the step before;
overall conversion is over those of the first step.
"""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from tools.charts import draw_bars
from tools.conversion import Conversions, FunnelDefinition, count_conversions
from tools.definitions import Breakdown, ToolArguments, item, period_item
from tools.intervals import wilson_interval
from tools.metric_kinds import Entry, Window
from tools.results import DefinitionItem, Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST_SEGMENTS = 20


class FunnelArguments(ToolArguments):
    """Arguments of `measure_funnel`; `start` and `end` bound the first step."""

    steps: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=20,
            description="Events in order; a repeated one needs another event. 按顺序的事件；重复的步骤须为不同的事件。",
        ),
    ]
    window: Window = Field(
        default="7d",
        description="Longest time from first to last step, edge included: 30m, 24h, 7d. 首步到末步的最长时间（含边界）。",
    )
    entry: Entry = Field(
        default="first",
        description="first: only a user's first entry in the period counts; any: the best of all entries. "
        "first 只看期内首次进入，any 看任意一次进入。",
    )
    breakdown: Breakdown = None


def measure_funnel(scope: Scope, arguments: FunnelArguments) -> MetricResult:
    """Count users per step of an ordered funnel.

    Users enter with step one in the period; later steps may lie after it, within the window.
    """
    definition = FunnelDefinition(tuple(arguments.steps), arguments.window, arguments.entry)
    scope.check_users()
    scope.check(arguments.filters, [arguments.breakdown])
    warnings = list(scope.cover(arguments.dates))
    dimensions = [arguments.breakdown] if arguments.breakdown else []
    outcome = count_conversions(
        scope, definition, arguments.dates, filters=arguments.filters, dimensions=dimensions
    )
    warnings += open_warnings(outcome)
    names = [scope.semantics.event_text(step) for step in arguments.steps]
    table = _table(scope, arguments, outcome)
    title = Text(
        zh="漏斗：" + " → ".join(n.zh for n in names), en="Funnel: " + " → ".join(n.en for n in names)
    )
    return scope.finish(
        "measure_funnel",
        arguments,
        title=title,
        card=_card(scope, arguments, definition, names),
        figures=_figures(scope, arguments, outcome, names),
        table=table,
        chart=_chart(scope, arguments, table, title),
        warnings=warnings,
        n=len(outcome.users),
    )


def open_warnings(outcome: Conversions) -> list[Text]:
    """Say how many entrants the data leaves undecided."""
    if not outcome.open_entries:
        return []
    n = f"{outcome.open_entries:,}"
    return [
        Text(
            zh=f"有 {n} 名用户尚在转化窗口内（数据截止早于窗口结束），转化率可能偏低。",
            en=f"{n} users have not converted while their window reaches past the data; conversion may be understated.",
        )
    ]


def count_reached(depth: "np.ndarray", steps: int) -> list[int]:
    """Count the users who reached each step."""
    return [int((depth > step).sum()) for step in range(steps)]


def _table(scope: Scope, arguments: FunnelArguments, outcome: Conversions) -> "pd.DataFrame":
    """Return rows ([segment,] step, event, users, step_conversion, conversion, median_hours)."""
    import pandas as pd

    if arguments.breakdown is None:
        rows = _step_rows(arguments, outcome.users["depth"].to_numpy())
        for row, seconds in zip(rows, outcome.seconds, strict=True):
            row["median_hours"] = _median_hours(seconds)
        return pd.DataFrame(rows)
    groups = outcome.users.groupby(arguments.breakdown)
    order = groups.size().sort_values(ascending=False, kind="stable").index
    rows = [
        {"segment": segment} | row
        for segment in order
        for row in _step_rows(arguments, groups.get_group(segment)["depth"].to_numpy())
    ]
    return pd.DataFrame(rows, columns=["segment", "step", "event", "users", "step_conversion", "conversion"])


def _step_rows(arguments: FunnelArguments, depth: "np.ndarray") -> list[dict[str, Any]]:
    counts = count_reached(depth, len(arguments.steps))
    return [
        {
            "step": position + 1,
            "event": event,
            "users": users,
            "step_conversion": _ratio(users, counts[max(position - 1, 0)]),
            "conversion": _ratio(users, counts[0]),
        }
        for position, (event, users) in enumerate(zip(arguments.steps, counts, strict=True))
    ]


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _median_hours(seconds: "np.ndarray") -> float | None:
    import numpy as np

    return float(np.median(seconds)) / 3600 if len(seconds) else None


def _figures(
    scope: Scope, arguments: FunnelArguments, outcome: Conversions, names: list[Text]
) -> list[Figure]:
    depth = outcome.users["depth"].to_numpy()
    figures = [_overall(arguments, count_reached(depth, len(names)))]
    if arguments.breakdown is not None:
        return figures + _segment_figures(scope, arguments, outcome.users)
    counts, span = count_reached(depth, len(names)), str(arguments.dates)
    for position, (name, users) in enumerate(zip(names, counts, strict=True)):
        step = Text(zh=f"第 {position + 1} 步：{name.zh}", en=f"step {position + 1}: {name.en}")
        figures.append(Figure(f"step_{position + 1}_users", users, "users", step, span, n=counts[0]))
        if position:
            label = Text(
                zh=f"第 {position}→{position + 1} 步转化率",
                en=f"conversion of step {position} to {position + 1}",
            )
            rate = _ratio(users, counts[position - 1])
            figures.append(
                Figure(f"step_{position + 1}_conversion", rate, "ratio", label, span, n=counts[position - 1])
            )
    label = Text(zh="完成转化的用时中位数", en="median time to convert")
    seconds = outcome.seconds[-1]
    figures.append(Figure("median_time", _median_hours(seconds), "hours", label, span, n=len(seconds)))
    return figures


def _overall(
    arguments: FunnelArguments, counts: list[int], segment: str | None = None, text: Text | None = None
) -> Figure:
    label = Text(zh="总转化率", en="overall conversion")
    if text:
        label = Text(zh=f"{text.zh}：{label.zh}", en=f"{text.en}: {label.en}")
    return Figure(
        "conversion",
        _ratio(counts[-1], counts[0]),
        "ratio",
        label,
        str(arguments.dates),
        segment,
        n=counts[0],
        interval=wilson_interval(counts[-1], counts[0]),
    )


def _segment_figures(scope: Scope, arguments: FunnelArguments, users: "pd.DataFrame") -> list[Figure]:
    dimension = arguments.breakdown or ""
    largest = users[dimension].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return [
        _overall(
            arguments,
            count_reached(users.loc[users[dimension] == value, "depth"].to_numpy(), len(arguments.steps)),
            f"{dimension}={value}",
            scope.segment_text(dimension, str(value)),
        )
        for value in largest.index[:_MOST_SEGMENTS]
    ]


def _chart(scope: Scope, arguments: FunnelArguments, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    labelled = table.assign(
        name=[
            f"{s}. {scope.semantics.event_text(e).in_language(scope.language)}"
            for s, e in zip(table["step"], table["event"], strict=True)
        ]
    )
    return draw_bars(
        labelled,
        "name",
        "users",
        title=title,
        axes=(Text("步骤", "step"), Text("用户", "users")),
        unit="users",
        language=scope.language,
        color="segment" if arguments.breakdown else None,
        lying=True,
    )


def funnel_card(definition: FunnelDefinition, names: list[Text]) -> list[DefinitionItem]:
    """Describe a funnel, one line per parameter."""
    first = Text(zh="期内首次进入", en="the user's first entry in the period")
    any_entry = Text(zh="任意一次进入（取走得最远的一次）", en="any entry (the one that goes furthest)")
    return [
        item(
            "步骤（按顺序）",
            "steps, in order",
            Text(" → ".join(n.zh for n in names), " → ".join(n.en for n in names)),
        ),
        item("转化窗口", "window", definition.window_text()),
        item("进入", "entry", first if definition.entry == "first" else any_entry),
        item("重复步骤", "repeated steps", Text(zh="须为不同的事件", en="need distinct events")),
        item(
            "同一时刻的事件",
            "events at the same instant",
            Text(zh="按步骤顺序计", en="taken in the order of the steps"),
        ),
        item("分母", "denominator", Text(zh="进入第一步的用户", en="users at the first step")),
        item(
            "细分取值", "segments and filters", Text(zh="取进入事件时的值", en="the value at the entry event")
        ),
    ]


def _card(
    scope: Scope, arguments: FunnelArguments, definition: FunnelDefinition, names: list[Text]
) -> list[DefinitionItem]:
    card = [period_item(arguments.dates, "进入时间", "entry in"), *funnel_card(definition, names)]
    if arguments.breakdown:
        card.append(item("拆分", "split by", scope.semantics.dimension_text(arguments.breakdown)))
    return card
