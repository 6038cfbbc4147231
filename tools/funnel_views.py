"""The tables and charts of a funnel: steps, time to convert, trend."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tools.charts import draw_bars, draw_lines
from tools.conversion import mature_before
from tools.funnel_arguments import FunnelArguments
from tools.funnel_definition import FunnelDefinition
from tools.funnel_segments import Outcome
from tools.results import Text
from tools.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_PERCENTILES = {"p25": 25, "median": 50, "p75": 75, "p90": 90}
# Named here, so that a table has its columns also where nobody entered.
_STEP_COLUMNS = ["segment", "step", "event", "users", "step_conversion", "conversion", "lost", "median_hours"]
_TIME_COLUMNS = ["segment", "from_step", "to_step", "event", "users", "mean_hours"]
_TIME_COLUMNS += [f"{name}_hours" for name in _PERCENTILES]
_TREND_COLUMNS = ["segment", "bucket", "entered", "converted", "conversion", "mature"]


def share(part: int, whole: int) -> float | None:
    """Divide, None by zero."""
    return part / whole if whole else None


def step_events(definition: FunnelDefinition) -> list[str]:
    """Name the event of each step; in any order a required one stands for all of them."""
    together = " | ".join(dict.fromkeys(definition.steps[k] for k in definition.required))
    joint = definition.order == "any"
    return [together if joint and k in definition.required else s for k, s in enumerate(definition.steps)]


def tabulate_steps(arguments: FunnelArguments, outcome: Outcome) -> "pd.DataFrame":
    """Return rows ([segment,] step, event, users, step_conversion, conversion, lost, median_hours).

    Conversion of a step is over the required step before it, `lost` are those who did not get from there to a
    required step (nobody at an optional one), and the median is of the time since the entry.
    """
    import pandas as pd

    definition = arguments.definition
    rows = []
    for segment, chosen in outcome.segments():
        counts = outcome.split.counts(chosen)
        for step, event in enumerate(step_events(definition)):
            previous = definition.previous(step)
            required = step not in definition.optional
            rows.append(
                {
                    "segment": segment,
                    "step": step + 1,
                    "event": event,
                    "users": counts[step],
                    "step_conversion": share(counts[step], counts[previous]),
                    "conversion": share(counts[step], counts[0]),
                    "lost": counts[previous] - counts[step] if required else 0,
                    "median_hours": describe_hours(outcome, step, 0, chosen)["median_hours"],
                }
            )
    return _without_segment(pd.DataFrame(rows, columns=_STEP_COLUMNS), outcome)


def tabulate_times(arguments: FunnelArguments, outcome: Outcome) -> "pd.DataFrame":
    """Return rows ([segment,] from_step, to_step, event, users, mean_hours, p25_hours, median_hours, p75_hours, p90_hours).

    One row per step, since the required step before it, and a last one from entry to end.
    """
    import pandas as pd

    definition = arguments.definition
    last = len(definition.steps) - 1
    spans = [(definition.previous(step), step) for step in range(1, last + 1)]
    rows = [
        {"segment": segment, "from_step": since + 1, "to_step": step + 1, "event": event}
        | describe_hours(outcome, step, since, chosen)
        for segment, chosen in outcome.segments()
        for (since, step) in [*spans, *([(0, last)] if spans[-1] != (0, last) else [])]
        for event in [step_events(definition)[step]]
    ]
    return _without_segment(pd.DataFrame(rows, columns=_TIME_COLUMNS), outcome)


def trend_buckets(scope: Scope, arguments: FunnelArguments) -> range:
    """List the buckets of a trend: those of the period that the data reaches."""
    return scope.calendar.buckets(scope.source.coverage.clip(arguments.dates), arguments.interval)


def tabulate_trend(scope: Scope, arguments: FunnelArguments, outcome: Outcome) -> "pd.DataFrame":
    """Return rows ([segment,] bucket, entered, converted, conversion, mature)."""
    import numpy as np
    import pandas as pd

    calendar, interval = scope.calendar, arguments.interval
    of_entry = np.asarray(calendar.bucket_column(outcome.split.users, interval))
    done = outcome.split.reached[-1]
    limit = mature_before(scope, arguments.definition.span)
    rows = []
    for segment, chosen in outcome.segments():
        for bucket in trend_buckets(scope, arguments):
            inside = chosen[of_entry[chosen] == bucket]
            last = min(calendar.last_day(bucket, interval), arguments.end)
            rows.append(
                {
                    "segment": segment,
                    "bucket": calendar.label(bucket, interval),
                    "entered": len(inside),
                    "converted": int(done[inside].sum()),
                    "conversion": share(int(done[inside].sum()), len(inside)),
                    "mature": calendar.instant(last + timedelta(days=1)) <= limit,
                }
            )
    return _without_segment(pd.DataFrame(rows, columns=_TREND_COLUMNS).astype({"mature": bool}), outcome)


def describe_hours(outcome: Outcome, step: int, since: int, chosen: "np.ndarray") -> dict[str, Any]:
    """Return users, mean and percentiles, in hours, of the time from one step to another; None where nobody has both."""
    import numpy as np

    hours = outcome.split.seconds(step, since, chosen) / 3600
    quantiles = (
        np.percentile(hours, list(_PERCENTILES.values())) if len(hours) else [None] * len(_PERCENTILES)
    )
    named = {f"{name}_hours": value for name, value in zip(_PERCENTILES, quantiles, strict=True)}
    return {"users": len(hours), "mean_hours": float(hours.mean()) if len(hours) else None} | named


def _without_segment(table: "pd.DataFrame", outcome: Outcome) -> "pd.DataFrame":
    return table if outcome.breakdown else table.drop(columns="segment")


def draw_view(scope: Scope, arguments: FunnelArguments, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    """Draw users per step, median time per step, or conversion over time."""
    if arguments.view == "trend":
        return _draw_trend(scope, arguments, table, title)
    if arguments.view == "time":
        return _draw_times(scope, arguments, table, title)
    return draw_bars(
        table.assign(name=[_step_label(scope, arguments, int(k) - 1) for k in table["step"]]),
        "name",
        "users",
        title=title,
        axes=(Text("步骤", "step"), Text("用户", "users")),
        unit="users",
        language=scope.language,
        color="segment" if arguments.breakdown else None,
        lying=True,
    )


def _draw_times(
    scope: Scope, arguments: FunnelArguments, table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    """Draw the median of each step, or of each segment from entry to end: medians do not add up."""
    if arguments.breakdown:
        drawn = table[(table["from_step"] == 1) & (table["to_step"] == len(arguments.steps))]
        labels = [
            scope.segment_text(arguments.breakdown, value).in_language(scope.language)
            for value in drawn["segment"]
        ]
    else:
        drawn = table
        labels = [
            f"{since} → {_step_label(scope, arguments, int(step) - 1)}"
            for since, step in zip(table["from_step"], table["to_step"], strict=True)
        ]
    what = Text("细分", "segment") if arguments.breakdown else Text("步骤", "step")
    return draw_bars(
        drawn.assign(name=labels),
        "name",
        "median_hours",
        title=title,
        axes=(what, Text("用时中位数（小时）", "median hours")),
        unit="hours",
        language=scope.language,
        lying=True,
    )


def _step_label(scope: Scope, arguments: FunnelArguments, step: int) -> str:
    definition = arguments.definition
    if definition.order == "any" and step not in definition.optional:
        return any_text(definition, step).in_language(scope.language)
    return f"{step + 1}. {scope.semantics.event_text(definition.steps[step]).in_language(scope.language)}"


def any_text(definition: FunnelDefinition, step: int) -> Text:
    """Name a required step of an any-order funnel by how many have been done."""
    done = definition.required.index(step) + 1
    return Text(f"任意 {done} 步", f"any {done} step{'s' if done > 1 else ''}")


def _draw_trend(
    scope: Scope, arguments: FunnelArguments, table: "pd.DataFrame", title: Text
) -> dict[str, Any]:
    mature, immature = (
        text.in_language(scope.language) for text in (Text("已成熟", "mature"), Text("未成熟", "immature"))
    )
    drawn = table.assign(state=[mature if m else immature for m in table["mature"]])
    if arguments.breakdown:
        drawn = drawn[drawn["mature"]]
    return draw_lines(
        drawn.dropna(subset="conversion"),
        "bucket",
        "conversion",
        title=title,
        axes=(Text("进入时间", "entry in"), Text("转化率", "conversion")),
        unit="ratio",
        language=scope.language,
        series="segment" if arguments.breakdown else "state",
    )
