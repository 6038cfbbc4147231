"""The figures of a named metric: its value, the value before, and the change with its noise."""

from tools.intervals import newcombe_interval, wilson_interval
from tools.metric_kinds import (
    ConversionMetric,
    EventCountMetric,
    EventSumMetric,
    Metric,
    RatioMetric,
    RetentionMetric,
)
from tools.observation import Observation, is_proportion
from tools.results import Figure, Text, join_chinese
from tools.scope import Scope
from tools.semantics import Semantics


def metric_unit(semantics: Semantics, metric: Metric) -> str:
    """Return the unit of a metric's value."""
    match metric:
        case EventCountMetric() | EventSumMetric() | RatioMetric():
            return semantics.resolve_unit(metric.unit)
        case RetentionMetric() | ConversionMetric():
            return "ratio"
        case _:
            return "users"


def change_unit(unit: str) -> str:
    """Return the unit of a difference of two values."""
    return "ratio_change" if unit == "ratio" else unit


def value_figures(scope: Scope, name: str, metric: Metric, seen: list[Observation]) -> list[Figure]:
    """Make the figures of a value, and with a second observation those of the value before and of the change.

    A figure's period is the days that count, which may be fewer than were asked for.
    """
    unit, label = metric_unit(scope.semantics, metric), scope.semantics.metric_text(name)
    figures = [_value_figure(name, label, unit, metric, seen[0])]
    if len(seen) < 2:
        return figures
    before = Text(zh=f"{label.zh}（对比期）", en=f"{label.en} (compared period)")
    change = Text(zh=join_chinese(label.zh, "的变化"), en=f"change of {label.en}")
    relative = Text(zh=join_chinese(label.zh, "的相对变化"), en=f"relative change of {label.en}")
    now, then = seen[0].value, seen[1].value
    difference = None if now is None or then is None else now - then
    share = difference / then if difference is not None and then else None
    span, n = f"{seen[1].days} → {seen[0].days}", seen[0].n + seen[1].n
    bounds = change_bounds(metric, seen)
    return [
        *figures,
        _value_figure(f"{name}_before", before, unit, metric, seen[1]),
        Figure("change", difference, change_unit(unit), change, span, n=n, interval=bounds),
        Figure("relative_change", share, "ratio", relative, span, n=n),
    ]


def _value_figure(name: str, label: Text, unit: str, metric: Metric, seen: Observation) -> Figure:
    bounds = wilson_interval(seen.numerator, seen.denominator) if is_proportion(metric) else None
    return Figure(name, seen.value, unit, label, str(seen.days), n=seen.n, interval=bounds)


def change_bounds(metric: Metric, seen: list[Observation]) -> tuple[float, float] | None:
    """Bound the change of a share of users by Newcombe's interval, the first minus the second; else None."""
    if not is_proportion(metric):
        return None
    now, then = seen
    return newcombe_interval(now.numerator, now.denominator, then.numerator, then.denominator)
