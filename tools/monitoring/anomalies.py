"""Anomalies of a metric's series: which points chance hardly explains, how severe they are, and what drove them."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_band
from tools.definitions import ToolArguments, period_item
from tools.metric_card import metric_card
from tools.monitoring.anomaly_record import anomaly_card, anomaly_warnings, level_figures
from tools.monitoring.episodes import (
    SEVERITIES,
    Anomaly,
    explain_episode,
    find_anomalies,
    group_episodes,
)
from tools.monitoring.series import INTERVAL_TEXT, Interval, Series, read_series
from tools.monitoring.walk import Walk, walk_through
from tools.named import find_metric
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_MOST_SHOWN, _MOST_EXPLAINED = 8, 3
_RATES = {"hour": 0.003, "day": 0.01, "week": 0.01}


class AnomalyArguments(ToolArguments):
    """Arguments of `detect_anomalies`; `start` and `end` bound the days that are judged."""

    metric: str = Field(description="Name of a metric in metrics.yaml. metrics.yaml 中的指标名。")
    interval: Interval = Field(
        default="day", description="Interval of the series: hour, day, week. 时间序列的粒度：小时、天、周。"
    )
    false_alarm_rate: float | None = Field(
        default=None,
        gt=0,
        le=0.2,
        description="Share of usual points that may be called anomalies by chance; null for 0.01 by day and week, "
        "0.003 by hour. 正常点被误报为异常的比例，null 表示按天、周 0.01，按小时 0.003。",
    )
    explain: bool = Field(
        default=True,
        description="Whether to look for the likely driver of the rarest. 是否查找最主要异常的可能来源。",
    )


def detect_anomalies(scope: Scope, arguments: AnomalyArguments) -> MetricResult:
    """Judge each point of a metric's series against what those before it let expect.

    See `tools.monitoring.expectation` for the model and `tools.monitoring.walk` for how it goes through the series.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    scope.check(arguments.filters)
    warnings = list(scope.cover(arguments.dates))
    series = read_series(
        scope,
        arguments.metric,
        metric,
        interval=arguments.interval,
        end=arguments.end,
        filters=arguments.filters,
    )
    walk = walk_through(series.course(series.scale()))
    rate = arguments.false_alarm_rate or _RATES[series.interval]
    first = series.place(arguments.start)
    found = find_anomalies(series, walk, first, rate)
    drivers = _drivers(scope, arguments, series, walk, found, rate) if arguments.explain else []
    table = anomaly_table(series, walk, first, found, rate, scope.language)
    judged = int(table["chance"].notna().sum())
    name = scope.semantics.metric_text(arguments.metric)
    title = Text(zh=f"{name.zh}：异常检测", en=f"Anomalies of {name.en}")
    return scope.finish(
        "detect_anomalies",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, [arguments.dates], []),
            period_item(arguments.dates),
            *anomaly_card(series, rate),
        ],
        figures=[*_figures(scope, arguments, series, walk, table, found, rate), *drivers],
        table=table,
        chart=_chart(scope, series, table, title, name),
        warnings=[*anomaly_warnings(series, walk, first, judged, arguments), *warnings],
        n=judged,
    )


def _drivers(
    scope: Scope,
    arguments: AnomalyArguments,
    series: Series,
    walk: Walk,
    found: list[Anomaly],
    rate: float,
) -> list[Figure]:
    metric = find_metric(scope.semantics, arguments.metric)
    every = find_anomalies(series, walk, 0, rate)
    figures: list[Figure] = []
    for episode in group_episodes(found)[:_MOST_EXPLAINED]:
        figures += explain_episode(scope, arguments.metric, metric, series, episode, every, arguments.filters)
    return figures


def anomaly_table(
    series: Series, walk: Walk, first: int, found: list[Anomaly], rate: float, language: str
) -> "pd.DataFrame":
    """Return rows (period, value, expected, low, high, chance, severity, direction, occasion, new_level, n)."""
    import numpy as np
    import pandas as pd

    scale, by_place = series.scale(), {a.at: a for a in found}
    places = range(first, series.known)
    judged = np.isfinite(walk.chance[first:])
    course = series.course(scale)
    phases = course.phase(np.arange(series.known))
    bounds = np.array(
        [walk.judges[p].bounds(walk.expected[p], int(phases[p]), walk.spread[p], rate) for p in places]
    ).reshape(-1, 2)
    own = [by_place.get(p) for p in places]
    new = {s.at for s in walk.shifts}
    return pd.DataFrame(
        {
            "period": series.labels[first : series.known],
            "value": series.values[first:],
            "expected": scale.back(walk.expected[first:]),
            "low": np.where(judged, bounds[:, 0], np.nan),
            "high": np.where(judged, bounds[:, 1], np.nan),
            "chance": walk.chance[first:],
            "severity": [a.severity if a else "" for a in own],
            "direction": [("up" if a.up else "down") if a else "" for a in own],
            "occasion": [
                o.name.in_language(language) if o else "" for o in series.occasions[first : series.known]
            ],
            "new_level": [p in new for p in places],
            "n": series.n[first:].astype("int64"),
        }
    )


def _figures(
    scope: Scope,
    arguments: AnomalyArguments,
    series: Series,
    walk: Walk,
    table: "pd.DataFrame",
    found: list[Anomaly],
    rate: float,
) -> list[Figure]:
    judged, span = int(table["chance"].notna().sum()), str(arguments.dates)
    unit, start = INTERVAL_TEXT[series.interval], series.known - len(table)
    figures = [
        Figure("anomalies", len(found), "anomalies", Text("异常点数", "anomalies"), span, n=judged),
        *level_figures(series, walk, start),
        Figure(
            "expected_false_alarms",
            judged * rate,
            "anomalies",
            Text("若一切正常，预计的误报数", "false alarms to expect if nothing happened"),
            span,
            n=judged,
        ),
    ]
    name = scope.semantics.metric_text(arguments.metric)
    order = sorted(found, key=lambda a: (a.severity == "calendar", a.chance))
    for anomaly in order[:_MOST_SHOWN]:
        row = table.iloc[anomaly.at - start]
        what = _anomaly_text(scope, arguments, anomaly)
        place = str(row["period"])
        label = Text(zh=f"{place} {name.zh}（{what.zh}）", en=f"{place} {name.en} ({what.en})")
        usual = Text(zh=f"{place} 预期值（每{unit.zh}）", en=f"{place} expected per {unit.en}")
        bounds = (float(row["low"]), float(row["high"]))
        figures += [
            Figure("anomaly", float(row["value"]), series.unit, label, place, n=int(row["n"])),
            Figure(
                "expected",
                float(row["expected"]),
                series.unit,
                usual,
                place,
                n=int(row["n"]),
                interval=bounds,
            ),
        ]
    return figures


def _anomaly_text(scope: Scope, arguments: AnomalyArguments, anomaly: Anomaly) -> Text:
    good = scope.semantics.metrics[arguments.metric].good
    severity = SEVERITIES[anomaly.severity]
    side = Text("偏高", "high") if anomaly.up else Text("偏低", "low")
    kind = Text("向好", "favourable") if anomaly.up == (good == "up") else Text("不利", "adverse")
    parts = [severity, side, kind]
    if anomaly.occasion is not None:
        parts.append(Text(f"恰逢{anomaly.occasion.name.zh}", f"in {anomaly.occasion.name.en}"))
    if anomaly.begins_shift:
        parts.append(Text("新水平的起点", "start of a new level"))
    return Text(zh="，".join(p.zh for p in parts), en=", ".join(p.en for p in parts))


def _chart(scope: Scope, series: Series, table: "pd.DataFrame", title: Text, name: Text) -> dict[str, Any]:
    marks = [SEVERITIES[s].in_language(scope.language) if s else "" for s in table["severity"]]
    return draw_band(
        table.assign(mark=marks),
        "period",
        "value",
        middle="expected",
        band=("low", "high"),
        title=title,
        axes=(INTERVAL_TEXT[series.interval], name),
        unit=series.unit,
        language=scope.language,
        note=Text("虚线为预期值，阴影为正常范围", "broken line: expected; band: usual range"),
        marked="mark",
    )
