"""Where a metric will be on the last day of a goal, if the past goes on, and how likely the target is reached."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.errors import InvalidArgument, NoData
from tools.goals.pace import Goal
from tools.metric_kinds import Metric
from tools.monitoring.forecast import check_history
from tools.monitoring.forecasting import Backtest, Forecast, backtest, make_forecast
from tools.monitoring.series import Series, read_series
from tools.monitoring.walk import walk_through
from tools.results import Text
from tools.scope import FilterValues, Scope

if TYPE_CHECKING:
    import numpy as np

_FARTHEST = 400


@dataclass(frozen=True, slots=True)
class Outlook:
    """The value at the end of a goal.

    Attributes:
        value, low, high: median and 95 % interval of the level over the last days, or of the amount gathered.
        probability: of reaching the target.
        series, forecast, tested: what it comes from.
    """

    value: float
    low: float
    high: float
    probability: float
    series: Series
    forecast: Forecast
    tested: Backtest


def look_ahead(
    scope: Scope,
    name: str,
    metric: Metric,
    goal: Goal,
    *,
    gathered: float,
    window: int,
    filters: FilterValues,
) -> Outlook | Text:
    """Forecast a goal's end; where that cannot be, say why.

    Args:
        scope, name, metric, filters: what is measured.
        goal: with its last day ahead.
        gathered: the amount so far, up to the last known day.
        window: days at the end over which a level is taken.
    """
    import numpy as np

    try:
        series = read_series(
            scope,
            name,
            metric,
            interval="day",
            end=scope.source.coverage.end,
            filters=filters,
            ahead=_FARTHEST,
        )
        check_history(series)
    except (InvalidArgument, NoData) as error:
        return Text(zh=f"无法预测到期值：{error.zh}", en=f"The end cannot be forecast: {error.en}")
    steps = sum(series.last_day(p) <= goal.by for p in range(series.known, len(series.days)))
    if steps == 0 or steps >= _FARTHEST:
        return Text(
            zh="期限已到或太远（超过 400 天），不作预测。",
            en="The last day is past or too far ahead (over 400 days): nothing is forecast.",
        )
    scale = series.scale()
    course = series.course(scale)
    walk = walk_through(course)
    tested = backtest(course, walk, scale, series.values, min(steps, 56))
    forecast = make_forecast(course, walk, scale, series.values, tested, steps)
    if goal.kind == "cumulative":
        ends = gathered + forecast.paths.sum(axis=1)
    else:
        ends = _last_level(series, forecast, max(1, window // (7 if series.interval == "week" else 1)))
    low, middle, high = (float(q) for q in np.quantile(ends, (0.025, 0.5, 0.975)))
    met = ends >= goal.target if goal.up else ends <= goal.target
    return Outlook(middle, low, high, float(met.mean()), series, forecast, tested)


def _last_level(series: Series, forecast: Forecast, window: int) -> "np.ndarray":
    """Return the mean of the last points up to the goal's end, known ones among them."""
    import numpy as np

    ahead = forecast.paths[:, -window:]
    missing = window - ahead.shape[1]
    if missing <= 0:
        return ahead.mean(axis=1)
    known = series.values[-missing:]
    known = np.tile(known[np.isfinite(known)], (len(ahead), 1))
    return np.concatenate([known, ahead], axis=1).mean(axis=1)
