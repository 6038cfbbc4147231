"""The forecast of a metric: what to expect of the days ahead, with the naive forecast and its own past errors beside it."""

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from tools.definitions import ToolArguments
from tools.errors import NoData
from tools.metric_card import metric_card
from tools.metric_kinds import EventCountMetric, EventSumMetric
from tools.monitoring.forecast_record import (
    forecast_card,
    forecast_chart,
    forecast_warnings,
    name_season,
    quality_figures,
)
from tools.monitoring.forecasting import Backtest, Forecast, backtest, make_forecast
from tools.monitoring.series import INTERVAL_TEXT, Interval, Series, read_series, watch_interval
from tools.monitoring.walk import walk_through, warm_up
from tools.named import find_metric
from tools.results import Figure, MetricResult, Text
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_HORIZONS = {"hour": 48, "day": 28, "week": 8}
_MOST_STEPS = {"hour": 336, "day": 366, "week": 104}
_SHOWN_CYCLES = 6


class ForecastArguments(ToolArguments):
    """Arguments of `forecast_metric`.

    What lies after the last known day up to `end` is forecast; where `end` is no later than that, `horizon` steps.
    """

    metric: str = Field(description="Name of a metric in metrics.yaml. metrics.yaml 中的指标名。")
    interval: Interval = Field(
        default="day", description="Interval of the series: hour, day, week. 时间序列的粒度：小时、天、周。"
    )
    horizon: int | None = Field(
        default=None,
        ge=1,
        le=366,
        description="Steps to forecast after the last known one; null for up to `end`, or 28 days, 8 weeks, 48 hours. "
        "在最后一个已知点之后预测多少步，null 表示到 end，或 28 天、8 周、48 小时。",
    )


def forecast_metric(scope: Scope, arguments: ForecastArguments) -> MetricResult:
    """Forecast a metric's series with 95 % intervals that its own past errors made.

    See `tools.monitoring.expectation` for the model, `tools.monitoring.forecasting` for intervals and backtest.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    scope.check(arguments.filters)
    horizon = _horizon(scope, arguments)
    series = read_series(
        scope,
        arguments.metric,
        metric,
        interval=arguments.interval,
        end=scope.source.coverage.end,
        filters=arguments.filters,
        ahead=_MOST_STEPS[watch_interval(metric, arguments.interval)],
    )
    beyond = arguments.end > scope.source.coverage.end
    horizon = horizon or (_steps_to(series, arguments.end) if beyond else 0) or _HORIZONS[series.interval]
    check_history(series)
    scale = series.scale()
    course = series.course(scale)
    walk = walk_through(course)
    tested = backtest(course, walk, scale, series.values, horizon)
    forecast = make_forecast(course, walk, scale, series.values, tested, horizon)
    table = forecast_table(series, forecast, scope.language)
    title = scope.semantics.metric_text(arguments.metric)
    title = Text(zh=f"{title.zh}：预测", en=f"Forecast of {title.en}")
    additive = isinstance(metric, EventCountMetric | EventSumMetric)
    return scope.finish(
        "forecast_metric",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, [], []),
            *forecast_card(series, horizon, tested),
        ],
        figures=_figures(scope, arguments, series, forecast, tested, additive=additive),
        table=table,
        chart=forecast_chart(scope, series, table, title),
        warnings=forecast_warnings(series, forecast, tested),
        n=series.known,
    )


def check_history(series: Series) -> None:
    """Refuse to forecast from too little.

    Raises:
        NoData: saying how much is there and how much would do.
    """
    import numpy as np

    least, known = warm_up(series.cycle), int(np.isfinite(series.values).sum())
    if known < least:
        unit = INTERVAL_TEXT[series.interval]
        raise NoData(
            en=f"There are {known} known {unit.en}s of this metric; a forecast needs at least {least}.",
            zh=f"该指标只有 {known} {unit.zh}的数据，预测至少需要 {least} {unit.zh}。",
            parameter="metric",
        )


def _horizon(scope: Scope, arguments: ForecastArguments) -> int | None:
    if arguments.horizon is None:
        return None
    metric = find_metric(scope.semantics, arguments.metric)
    return min(arguments.horizon, _MOST_STEPS[watch_interval(metric, arguments.interval)])


def _steps_to(series: Series, end: date) -> int:
    return sum(day <= end for day in series.days[series.known :])


def forecast_table(series: Series, forecast: Forecast, language: str) -> "pd.DataFrame":
    """Return rows (period, value, forecast, low, high, naive, occasion): the last few known ones, then those ahead."""
    import numpy as np
    import pandas as pd

    steps = len(forecast.middle)
    first = max(0, series.known - _SHOWN_CYCLES * max(series.cycle, 4))
    past, places = series.known - first, range(first, series.known + steps)
    empty, ahead = np.full(past, np.nan), np.full(steps, np.nan)
    return pd.DataFrame(
        {
            "period": [series.labels[p] for p in places],
            "value": np.concatenate([series.values[first:], ahead]),
            "forecast": np.concatenate([empty, forecast.middle]),
            "low": np.concatenate([empty, forecast.low]),
            "high": np.concatenate([empty, forecast.high]),
            "naive": np.concatenate([empty, forecast.naive]),
            "occasion": [o.name.in_language(language) if (o := series.occasions[p]) else "" for p in places],
            "n": [*series.n[first:].astype(int).tolist(), *([0] * steps)],
        }
    )


def _figures(
    scope: Scope,
    arguments: ForecastArguments,
    series: Series,
    forecast: Forecast,
    tested: Backtest,
    *,
    additive: bool,
) -> list[Figure]:
    import numpy as np

    steps, unit = len(forecast.middle), INTERVAL_TEXT[series.interval]
    first, last = series.labels[series.known], series.labels[series.known + steps - 1]
    span, name = f"{first}/{last}", scope.semantics.metric_text(arguments.metric)
    gather = np.sum if additive else np.mean
    whole = gather(forecast.paths, axis=1)
    low, high = (float(q) for q in np.quantile(whole, (0.025, 0.975)))
    kind = Text("合计", "total") if additive else Text(f"每{unit.zh}平均", f"mean per {unit.en}")
    figures = [
        Figure(
            "forecast",
            float(gather(forecast.middle)),
            series.unit,
            Text(
                zh=f"{name.zh}预测，{first} 至 {last} {kind.zh}",
                en=f"{name.en}, forecast {kind.en}, {first} to {last}",
            ),
            span,
            n=series.known,
            interval=(low, high),
        ),
        Figure(
            "naive_forecast",
            float(gather(forecast.naive)),
            series.unit,
            Text(
                zh=f"基线：重复上一{name_season(series).zh}，{kind.zh}",
                en=f"baseline: the last {name_season(series).en} repeated, {kind.en}",
            ),
            span,
            n=series.known,
        ),
    ]
    for step in dict.fromkeys((0, steps - 1)):
        place = series.labels[series.known + step]
        figures.append(
            Figure(
                "forecast_step",
                float(forecast.middle[step]),
                series.unit,
                Text(zh=f"{place} 预测", en=f"forecast for {place}"),
                place,
                n=series.known,
                interval=(float(forecast.low[step]), float(forecast.high[step])),
            )
        )
    return [*figures, *quality_figures(tested)]
