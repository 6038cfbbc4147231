"""Where the product is weak now: each stage's metrics, their last mature week against the one before and the target.

A week is mature for a metric when every cohort's return period, or every entry's window, has been seen whole; so the
weeks of two metrics may differ, and each figure names its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.answer import Evidence, EvidenceFigure
from assistant.errors import EXPECTED_ERRORS
from assistant.turn import Turn
from tools import Metrics


@dataclass(frozen=True, slots=True)
class Finding:
    """One metric of one stage, measured.

    Attributes:
        value, before: Last mature week and the week before, in the metric's unit.
        target: From metrics.yaml, if any.
        severity: How much worse than target or, beyond noise, than the week before, relative; 0 when not worse.
        beyond_noise: Whether the change is larger than chance would explain, where that is known.
        evidence: The metric result it was read from.
        start, end: First and last day of the week.
    """

    stage: str
    metric: str
    value: float
    before: float | None
    target: float | None
    severity: float
    beyond_noise: bool
    evidence: Evidence
    start: date
    end: date

    @property
    def change(self) -> float | None:
        """Absolute change from the week before."""
        return None if self.before is None else self.value - self.before


def diagnose(metrics: Metrics, turn: Turn, *, stage: str | None = None) -> list[Finding]:
    """Measure the staged metrics the asker may see, and return them worst first."""
    findings = list(_findings(metrics, turn, stage))
    return sorted(findings, key=lambda f: (not f.beyond_noise, -f.severity))


def last_full_week(today: date) -> tuple[date, date]:
    """Return the last Monday-to-Sunday week that ended before `today`."""
    end = today - timedelta(days=today.weekday() + 1)
    return end - timedelta(days=6), end


def mature_week(metrics: Metrics, turn: Turn, metric: str) -> tuple[date, date]:
    """Return the last week for which the metric can be told whole. Raises MetricError where there is none."""
    period = metrics.last_mature_period(metric, teams=turn.principal.teams)
    return period.start, period.end


def _findings(metrics: Metrics, turn: Turn, stage: str | None) -> Iterator[Finding]:
    semantics = metrics.semantics.visible_to(turn.principal.teams)
    targets = {t.metric: t.value for t in semantics.targets if t.kind != "cumulative"}
    for name, metric in semantics.metrics.items():
        if metric.stage is None or (stage and metric.stage != stage):
            continue
        try:
            start, end = mature_week(metrics, turn, name)
            evidence = measure_week(metrics, turn, name, start, end)
        except EXPECTED_ERRORS:
            continue  # not enough data for this metric, or not this asker's: the others still tell
        value, before = figure_value(evidence, "value"), figure_value(evidence, "before")
        if value is None:
            continue
        sign = 1 if metric.good == "up" else -1
        target, worse = targets.get(name), beyond_noise(evidence, sign)
        fall = _shortfall(value, before, sign) if worse else 0.0  # within noise, it is no fall
        severity = max(0.0, fall, _shortfall(value, target, sign))
        yield Finding(metric.stage, name, value, before, target, severity, worse, evidence, start, end)


def measure_week(metrics: Metrics, turn: Turn, metric: str, start: date, end: date) -> Evidence:
    """Measure a named metric over a period against the one of equal length before it."""
    days = (end - start).days + 1
    result = metrics.run(
        "measure_metric",
        {
            "metric": metric,
            "start": start.isoformat(),
            "end": end.isoformat(),
            "compare_start": (start - timedelta(days=days)).isoformat(),
            "compare_end": (start - timedelta(days=1)).isoformat(),
        },
        teams=turn.principal.teams,
        language=turn.language,
    )
    return turn.record(result.to_dict(turn.language))


def find_figure(evidence: Evidence, role: str) -> EvidenceFigure | None:
    """Return the figure of measure_metric's result with a role: value, before, change or relative_change."""
    if role == "value":
        return evidence.figures[0] if evidence.figures else None
    wanted = f"{evidence.arguments.get('metric')}_before" if role == "before" else role
    return next((f for f in evidence.figures if f.name == wanted and not f.segment), None)


def figure_value(evidence: Evidence, role: str) -> float | None:
    """Return the value of the figure with a role, or None."""
    figure = find_figure(evidence, role)
    return None if figure is None else figure.value


def beyond_noise(evidence: Evidence, sign: int = 1) -> bool:
    """Tell whether the change is adverse and its interval excludes zero; without an interval, 5 % counts."""
    change = find_figure(evidence, "change")
    if change is None or change.value is None:
        return False
    if change.interval is not None:
        low, high = change.interval
        return high < 0 if sign > 0 else low > 0
    before = figure_value(evidence, "before")
    return bool(before) and sign * change.value / abs(before or 1) < -0.05


def is_within_noise(evidence: Evidence) -> bool:
    """Tell whether the interval of the change holds zero; False where no interval is known."""
    change = find_figure(evidence, "change")
    return (
        change is not None and change.interval is not None and change.interval[0] <= 0 <= change.interval[1]
    )


def _shortfall(value: float, level: float | None, sign: int) -> float:
    return 0.0 if not level else sign * (level - value) / abs(level)
