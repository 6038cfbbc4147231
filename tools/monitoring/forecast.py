"""The forecast of a metric: what to expect of the days ahead, with the naive forecast and its own past errors beside it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from tools.charts import draw_band
from tools.definitions import ToolArguments, item
from tools.errors import NoData
from tools.metric_card import metric_card
from tools.metric_kinds import EventCountMetric, EventSumMetric
from tools.monitoring.forecasting import Backtest, Forecast, backtest, make_forecast
from tools.monitoring.series import INTERVAL_TEXT, Interval, Series, read_series, watch_interval
from tools.monitoring.walk import walk_through, warm_up
from tools.named import find_metric
from tools.periods import Period
from tools.results import DefinitionItem, Figure, MetricResult, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

_HORIZONS = {"hour": 48, "day": 28, "week": 8}
_MOST_STEPS = {"hour": 336, "day": 366, "week": 104}
_SHOWN_CYCLES = 6
_NOMINAL, _LOW = 0.95, 0.88


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
    table = forecast_table(series, forecast)
    title = scope.semantics.metric_text(arguments.metric)
    title = Text(zh=f"{title.zh}：预测", en=f"Forecast of {title.en}")
    additive = isinstance(metric, EventCountMetric | EventSumMetric)
    return scope.finish(
        "forecast_metric",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, [], []),
            *_card(series, horizon, tested),
        ],
        figures=_figures(scope, arguments, series, forecast, tested, additive=additive),
        table=table,
        chart=_chart(scope, series, table, title),
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


def forecast_table(series: Series, forecast: Forecast) -> "pd.DataFrame":
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
            "occasion": [o.name.zh if (o := series.occasions[p]) else "" for p in places],
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
                zh=f"基线：重复上一{_season(series).zh}，{kind.zh}",
                en=f"baseline: the last {_season(series).en} repeated, {kind.en}",
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


def quality_figures(tested: Backtest) -> list[Figure]:
    """Tell how good such forecasts were: error beside that of the baseline, and coverage of the intervals."""
    coverage, judged = tested.coverage
    return [
        Figure(
            "mase",
            tested.mase,
            "multiple",
            Text("回测误差 MASE（< 1 优于季节性重复的平均变化）", "backtested error, MASE"),
            n=tested.n,
        ),
        Figure(
            "naive_mase",
            tested.naive_mase,
            "multiple",
            Text("基线的回测误差 MASE", "the baseline's MASE"),
            n=tested.n,
        ),
        Figure(
            "coverage",
            coverage,
            "ratio",
            Text("回测中 95% 区间的实际覆盖率", "backtested coverage of the 95% intervals"),
            n=judged,
        ),
    ]


def forecast_warnings(series: Series, forecast: Forecast, tested: Backtest) -> list[Text]:
    """Say what limits a forecast: occasions without precedent, a poor record, a short one."""
    warnings = []
    named = {o.name.zh: o.name for p in forecast.unprecedented if (o := series.occasions[series.known + p])}
    if named:
        zh, en = "、".join(named), ", ".join(n.en for n in named.values())
        warnings.append(
            Text(
                zh=f"预测期内有{zh}，数据中没有先例：按平常日预测，实际可能大不相同。",
                en=f"The days ahead hold {en}, of which the data has no precedent: they are forecast as usual days.",
            )
        )
    coverage, judged = tested.coverage
    if tested.mase is not None and tested.naive_mase is not None and tested.mase >= tested.naive_mase:
        warnings.append(
            Text(
                zh=f"回测中，预测（MASE {tested.mase:.2f}）不如直接重复上一周期（{tested.naive_mase:.2f}），请以基线为准。",
                en=f"In the backtest the forecast (MASE {tested.mase:.2f}) was no better than repeating the last season "
                f"({tested.naive_mase:.2f}): rely on the baseline.",
            )
        )
    if coverage is not None and coverage < _LOW:
        warnings.append(
            Text(
                zh=f"回测中 95% 区间只覆盖了 {coverage:.0%}（{judged} 个点），实际不确定性更大。",
                en=f"In the backtest the 95% intervals held {coverage:.0%} of {judged} points: the uncertainty is larger.",
            )
        )
    if coverage is None:
        warnings.append(
            Text(
                zh="历史太短，无法回测区间的覆盖率，区间按 t 分布给出。",
                en="There is too little history to backtest the intervals; they are Student's.",
            )
        )
    return warnings


def _season(series: Series) -> Text:
    return {
        1: Text("周的值", "value"),
        7: Text("周", "week"),
        24: Text("天", "day"),
        168: Text("周", "week"),
    }[series.cycle]


def _card(series: Series, horizon: int, tested: Backtest) -> list[DefinitionItem]:
    unit = INTERVAL_TEXT[series.interval]
    used = Period(
        series.days[0], series.days[series.known - 1] + timedelta(days=6 if series.interval == "week" else 0)
    )
    origins = len(set(tested.origins.tolist()))
    return [
        item("时间粒度", "interval", unit),
        item("学习数据", "learnt from", used.text()),
        item("预测步数", "steps ahead", Text(zh=f"{horizon} {unit.zh}", en=f"{horizon} {unit.en}s")),
        item(
            "模型",
            "model",
            Text(
                zh="水平（局部水平模型）+ 趋势（阻尼中位斜率）+ 季节 + 日历效应；预测值为中位数",
                en="level (local level model) + drift (damped median slope) + season + calendar; forecasts are medians",
            ),
        ),
        item(
            "区间",
            "interval of the forecast",
            Text(
                zh="95%，宽度由回测误差校准（共形分位数）",
                en="95%, its width made by the backtest's errors (conformal quantile)",
            ),
        ),
        item(
            "回测",
            "backtest",
            Text(
                zh=f"从过去 {origins} 个起点各向前预测，只用起点之前的数据；不含无先例的节假日",
                en=f"forecasts from {origins} past origins, each from the data before it; occasions without precedent left out",
            ),
        ),
        item(
            "基线",
            "baseline",
            Text(zh=f"重复上一{_season(series).zh}", en=f"the last {_season(series).en} repeated"),
        ),
        limits(
            "预测假定过去的规律延续，不包含未声明的活动、改版或外部冲击，也不说明怎样做才能达到。",
            "A forecast takes the past to go on: it knows of no campaign, release or shock that was not declared, and does "
            "not say what would bring the figure about.",
        ),
    ]


def _chart(scope: Scope, series: Series, table: "pd.DataFrame", title: Text) -> dict[str, Any]:
    return draw_band(
        table,
        "period",
        "value",
        middle="forecast",
        band=("low", "high"),
        title=title,
        axes=(INTERVAL_TEXT[series.interval], title),
        unit=series.unit,
        language=scope.language,
    )
