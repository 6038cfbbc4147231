"""Anomalies that belong together, how severe they are, and what likely drove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tools.drivers import ChangeArguments, explain_change
from tools.errors import MetricError
from tools.metric_kinds import Metric
from tools.monitoring.occasions import OccasionDay
from tools.monitoring.series import Series
from tools.monitoring.walk import Walk
from tools.periods import Period
from tools.results import Figure, Text
from tools.scope import FilterValues, Scope

SEVERITIES = {
    "critical": Text("严重", "critical"),
    "major": Text("明显", "major"),
    "minor": Text("轻微", "minor"),
    "calendar": Text("日历", "calendar"),
}
_WEEKS_BACK = 8


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A point that chance hardly explains.

    Attributes:
        at: its place in the series.
        chance: of an error at least so large.
        up: whether it lies above what was expected.
        severity: by how rare it is; `calendar` in an occasion of which the data knows no precedent.
        begins_shift: whether a new level begins here.
    """

    at: int
    chance: float
    up: bool
    severity: str
    occasion: OccasionDay | None
    begins_shift: bool


def find_anomalies(series: Series, walk: Walk, first: int, rate: float) -> list[Anomaly]:
    """List the points from `first` on whose error has a lower probability than `rate`."""
    scaled, found = series.course(series.scale()).values, []
    new, begun = set(walk.unprecedented), {s.at for s in walk.shifts}
    for at in range(first, series.known):
        chance = float(walk.chance[at])
        if not chance < rate:
            continue
        ranks = ("critical", rate / 100), ("major", rate / 10), ("minor", rate)
        severity = "calendar" if at in new else next(name for name, limit in ranks if chance < limit)
        up = bool(scaled[at] > walk.expected[at])
        found.append(Anomaly(at, chance, up, severity, series.occasions[at], at in begun))
    return found


def group_episodes(anomalies: Sequence[Anomaly]) -> list[list[Anomaly]]:
    """Join anomalies that follow one another on the same side; the rarest episode comes first."""
    episodes: list[list[Anomaly]] = []
    for anomaly in anomalies:
        last = episodes[-1][-1] if episodes else None
        if last is not None and anomaly.at - last.at == 1 and anomaly.up == last.up:
            episodes[-1].append(anomaly)
        else:
            episodes.append([anomaly])
    return sorted(episodes, key=lambda e: (e[0].severity == "calendar", min(a.chance for a in e)))


def explain_episode(
    scope: Scope,
    name: str,
    metric: Metric,
    series: Series,
    episode: Sequence[Anomaly],
    unusual: Sequence[Anomaly],
    filters: FilterValues,
) -> list[Figure]:
    """Return the foremost segment's contribution and share, against the same weekdays before; none where none stands out."""
    days = _days(series, episode)
    before = _compared(scope, series, days, unusual)
    if before is None:
        return []
    asked = ChangeArguments(
        metric=name,
        start=days.start,
        end=days.end,
        compare_start=before.start,
        compare_end=before.end,
        filters={d: list(v) for d, v in filters.items()},
    )
    try:
        figures = explain_change(scope, asked).figures
    except MetricError:
        return []
    top = next((f for f in figures if f.name == "contribution"), None)
    if top is None or top.interval is None or top.interval[0] <= 0 <= top.interval[1]:
        return []
    own = [f for f in figures if f.segment == top.segment and f.name in ("contribution", "share_of_change")]
    return [_dated(f, days) for f in own]


def _dated(figure: Figure, days: Period) -> Figure:
    from dataclasses import replace

    when = str(days.start) if days.days == 1 else str(days)
    label = Text(zh=f"{when} 可能的来源 {figure.label.zh}", en=f"{when}, likely driver {figure.label.en}")
    return replace(figure, name=f"driver_{figure.name}", label=label)


def _days(series: Series, episode: Sequence[Anomaly]) -> Period:
    return Period(series.days[episode[0].at], series.last_day(episode[-1].at))


def _compared(scope: Scope, series: Series, days: Period, unusual: Sequence[Anomaly]) -> Period | None:
    """Return as many days, whole weeks before, that hold no anomaly and no occasion; else the nearest without anomaly."""
    bad = {series.days[a.at] for a in unusual}
    odd = {d for d, o in zip(series.days, series.occasions, strict=True) if o is not None}
    least = -(-days.days // 7)
    earlier = [
        Period(days.start - timedelta(days=7 * k), days.end - timedelta(days=7 * k))
        for k in range(least, least + _WEEKS_BACK)
    ]
    known = [p for p in earlier if p.start >= scope.source.coverage.start and not bad & _set(p)]
    return next((p for p in known if not odd & _set(p)), known[0] if known else None)


def _set(period: Period) -> set[date]:
    return {period.start + timedelta(days=n) for n in range(period.days)}
