"""The forecast of a metric: what to expect of the days ahead, with the naive forecast and its own past errors beside it."""

from datetime import timedelta

from pydantic import Field

from tools.definitions import ToolArguments
from tools.errors import NoData
from tools.maturity import whole_through
from tools.metric_card import metric_card
from tools.metric_kinds import (
    ActiveUsersMetric,
    EventCountMetric,
    EventSumMetric,
    Metric,
    UniqueUsersMetric,
)
from tools.monitoring.forecast_figures import Told, forecast_figures, forecast_table
from tools.monitoring.forecast_record import forecast_card, forecast_chart, forecast_warnings, quality_figures
from tools.monitoring.forecasting import backtest, make_forecast
from tools.monitoring.series import (
    INTERVAL_TEXT,
    Series,
    SeriesInterval,
    own_interval,
    read_series,
    watch_interval,
)
from tools.monitoring.sparsity import describe_zeros
from tools.monitoring.walk import walk_through, warm_up
from tools.named import find_metric
from tools.observation import observe
from tools.periods import Period
from tools.results import MetricResult, Text
from tools.scope import Scope

_HORIZONS = {"hour": 48, "day": 28, "week": 8, "month": 3}
_MOST_STEPS = {"hour": 336, "day": 366, "week": 104, "month": 24}
#: Kinds whose months are told from days: the sum, or for active users the mean, of each day's.
_OF_DAYS = (EventCountMetric, EventSumMetric, ActiveUsersMetric)


class ForecastArguments(ToolArguments):
    """Arguments of `forecast_metric`.

    Where `end` lies after the last known day, what is ahead up to `end` is forecast, and the figures tell `start` to
    `end`; else `horizon` steps.
    """

    metric: str = Field(description="Name of a metric in metrics.yaml. metrics.yaml 中的指标名。")
    interval: SeriesInterval = Field(
        default="day",
        description="Interval of the forecast: hour, day, week, month. 预测的粒度：小时、天、周、月。",
    )
    horizon: int | None = Field(
        default=None,
        ge=1,
        le=366,
        description="Steps to forecast after the last known one; null for up to `end`, or 28 days, 8 weeks, 3 months, "
        "48 hours. 在最后一个已知点之后预测多少步，null 表示到 end，或 28 天、8 周、3 个月、48 小时。",
    )


def forecast_metric(scope: Scope, arguments: ForecastArguments) -> MetricResult:
    """Forecast a metric's series with 95 % intervals that its own past errors made.

    See `tools.monitoring.expectation` for the model, `tools.monitoring.forecasting` for intervals and backtest, and
    `tools.monitoring.months` for months of days.
    """
    metric = find_metric(scope.semantics, arguments.metric)
    scope.check(arguments.filters)
    interval, said = _series_interval(scope, metric, arguments)
    by_month = interval == "day" and arguments.interval == "month"
    series = read_series(
        scope,
        arguments.metric,
        metric,
        interval=interval,
        end=scope.source.coverage.end,
        filters=arguments.filters,
        ahead=_MOST_STEPS[interval] + (31 if by_month else 0),
    )
    check_history(series)
    horizon = _horizon(scope, arguments, series, by_month=by_month)
    scale = series.scale()
    course = series.course(scale)
    walk = walk_through(course)
    tested = backtest(course, walk, scale, series.values, horizon)
    forecast = make_forecast(course, walk, scale, series.values, tested, horizon)
    steps, before = _asked(scope, arguments, series, horizon)
    told = Told(series, forecast, steps, before, _adds_up(scope, metric, series, arguments), by_month)
    table = forecast_table(told, scope.language)
    name = scope.semantics.metric_text(arguments.metric)
    title = Text(zh=f"{name.zh}：预测", en=f"Forecast of {name.en}")
    return scope.finish(
        "forecast_metric",
        arguments,
        title=title,
        card=[
            *metric_card(scope, arguments.metric, metric, [], []),
            *forecast_card(told, tested),
        ],
        figures=[*forecast_figures(told, name, table), *quality_figures(tested)],
        table=table,
        chart=forecast_chart(scope, told, table, title, name),
        warnings=[
            *said,
            *_cut_short(arguments, series, horizon),
            *forecast_warnings(series, forecast, tested),
        ],
        n=series.known,
    )


def check_history(series: Series) -> None:
    """Refuse to forecast from too little, or from what is zero more often than not.

    Raises:
        NoData: saying how much is there and how much would do.
    """
    import numpy as np

    least, known = warm_up(series.cycle), int(np.isfinite(series.values).sum())
    if known < least:
        unit = INTERVAL_TEXT[series.interval]
        en, zh = _OF_MONTHS if series.interval == "month" else ("", "")
        raise NoData(
            en=f"There are {known} known {unit.en}s of this metric; a forecast needs at least {least}.{en}",
            zh=f"该指标只有 {known} {unit.zh}的数据，预测至少需要 {least} {unit.zh}。{zh}",
            parameter="metric",
        )
    if told := describe_zeros(series):
        raise NoData(en=told.en, zh=told.zh, parameter="metric")


_OF_MONTHS = (
    " A metric that is counted by day can be forecast for the coming months from fewer.",
    "按天统计的指标用更短的历史即可预测未来各月。",
)


def _series_interval(
    scope: Scope, metric: Metric, arguments: ForecastArguments
) -> tuple[SeriesInterval, list[Text]]:
    """Return the interval to forecast by, and what is to be said of it.

    Months come of days, of which there are more; what cannot be told from days comes of months where they suffice.
    """
    if own_interval(metric) == "month":
        return "month", []
    interval = watch_interval(metric, arguments.interval)
    if interval != "month":
        return interval, []
    known, least = _whole_months(scope, metric), warm_up(1)
    if isinstance(metric, _OF_DAYS):
        return "day", []
    if known >= least:
        return "month", []
    return "day", [
        Text(
            zh=f"只有 {known} 个完整月（直接预测月度值至少需要 {least} 个），因此由按天的预测汇总；除每天相加即得全月的指标外，"
            "给出的是每天数值的平均，不是全月的去重人数或整体比率。",
            en=f"There are {known} whole months, of {least} that a forecast of monthly values needs, so days are gathered: "
            "unless days add up, what is shown is their mean, not a month's distinct users or overall rate.",
        )
    ]


def _whole_months(scope: Scope, metric: Metric) -> int:
    calendar, coverage = scope.calendar, scope.source.coverage
    last = calendar.bucket(whole_through(scope, metric) + timedelta(days=1), "month")
    return max(0, last - calendar.bucket(coverage.start - timedelta(days=1), "month") - 1)


def _adds_up(scope: Scope, metric: Metric, series: Series, arguments: ForecastArguments) -> bool:
    """Say whether a period is the sum of its days; of distinct users, where nobody was counted on two days."""
    import numpy as np

    if not isinstance(metric, UniqueUsersMetric):
        return isinstance(metric, EventCountMetric | EventSumMetric)
    known = Period(series.days[0], series.last_day(series.known - 1))
    whole = observe(scope, metric, known, filters=arguments.filters).numerator
    return bool(whole == np.nansum(series.values))


def _horizon(scope: Scope, arguments: ForecastArguments, series: Series, *, by_month: bool) -> int:
    """Return how many steps to forecast: to `end` where that lies ahead, through whole months where these are told."""
    ahead = series.days[series.known :]
    beyond = sum(day <= arguments.end for day in ahead) if arguments.end > scope.source.coverage.end else 0
    if not by_month:
        steps = arguments.horizon or beyond or _HORIZONS[series.interval]
        return min(steps, _MOST_STEPS[series.interval])
    months = list(dict.fromkeys((day.year, day.month) for day in ahead))
    last = months[min(arguments.horizon or _HORIZONS["month"], len(months)) - 1]
    if beyond and arguments.horizon is None:
        last = (ahead[beyond - 1].year, ahead[beyond - 1].month)
    return min(sum((day.year, day.month) <= last for day in ahead), _MOST_STEPS["day"])


def _cut_short(arguments: ForecastArguments, series: Series, horizon: int) -> list[Text]:
    """Say where the period asked about reaches farther than is forecast."""
    last = series.last_day(series.known + horizon - 1)
    if arguments.end <= last or arguments.horizon is not None or horizon < _MOST_STEPS[series.interval]:
        return []
    return [
        Text(
            zh=f"最远只预测到 {last}，此后到 {arguments.end} 的部分没有计入。",
            en=f"Nothing is forecast beyond {last}: what lies between then and {arguments.end} is not counted.",
        )
    ]


def _asked(scope: Scope, arguments: ForecastArguments, series: Series, horizon: int) -> tuple[range, range]:
    """Return the steps ahead that are asked about, and the known points that belong to the period, too."""
    ahead = series.days[series.known : series.known + horizon]
    if arguments.end <= scope.source.coverage.end or arguments.horizon is not None:
        return range(horizon), range(0)
    last = sum(day <= arguments.end for day in ahead) or horizon
    first = min(sum(day < arguments.start for day in ahead), last - 1)
    start = max(arguments.start, series.days[0])
    return range(first, last), range(min(series.place(start), series.known), series.known)
