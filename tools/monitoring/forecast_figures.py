"""The figures and the table of a forecast: the period asked about as one, then its ends or its months."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.monitoring.forecast_record import name_season
from tools.monitoring.forecasting import Forecast
from tools.monitoring.months import gather_months
from tools.monitoring.series import INTERVAL_TEXT, Series
from tools.results import Figure, Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_SHOWN_CYCLES = 6
_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast, and what of it is asked about.

    Attributes:
        series, forecast: what is known and what is expected.
        steps: the steps ahead that are asked about.
        before: the known points that belong to the period asked about, too.
        adds_up: whether a longer period is the sum of its points, rather than their mean.
        by_month: whether days are told as months.
    """

    series: Series
    forecast: Forecast
    steps: range
    before: range
    adds_up: bool
    by_month: bool

    @property
    def span(self) -> tuple[str, str]:
        """The labels of the first and the last step asked about."""
        labels = self.series.labels[self.series.known :]
        return labels[self.steps[0]], labels[self.steps[-1]]

    def gather(self, points: "np.ndarray", known: "np.ndarray | None" = None) -> "np.ndarray":
        """Add up, or take the mean of, the steps asked about (last axis), and known values where given."""
        import numpy as np

        chosen = points[..., list(self.steps)]
        before = np.zeros(0) if known is None else known[np.isfinite(known)]
        total = chosen.sum(axis=-1) + before.sum()
        return np.asarray(total if self.adds_up else total / (chosen.shape[-1] + len(before)))

    @property
    def kind(self) -> Text:
        """What a longer period is of its points."""
        unit = INTERVAL_TEXT[self.series.interval]
        return Text("合计", "total") if self.adds_up else Text(f"每{unit.zh}平均", f"mean per {unit.en}")


def forecast_figures(told: Told, name: Text, table: "pd.DataFrame") -> list[Figure]:
    """Tell the period ahead that is asked about, its baseline, the whole period, and its steps or months."""
    series, kind, (first, last) = told.series, told.kind, told.span
    span = f"{first}/{last}"
    season = name_season(series)
    figures = [
        _drawn(
            told,
            "forecast",
            told.gather(told.forecast.paths),
            Text(
                zh=f"{name.zh}预测，{first} 至 {last} {kind.zh}",
                en=f"{name.en}, forecast {kind.en}, {first} to {last}",
            ),
            span,
        ),
        Figure(
            "naive_forecast",
            float(told.gather(told.forecast.naive)),
            series.unit,
            Text(
                zh=f"基线：重复上一{season.zh}，{kind.zh}",
                en=f"baseline: the last {season.en} repeated, {kind.en}",
            ),
            span,
            n=series.known,
        ),
    ]
    if len(told.before):
        figures.insert(0, _whole(told, name))
    return figures + (_months(told, table) if told.by_month else _ends(told))


def _drawn(told: Told, name: str, courses: "np.ndarray", label: Text, span: str) -> Figure:
    """Tell the middle and the 95 % interval of courses."""
    import numpy as np

    low, middle, high = (float(q) for q in np.quantile(courses, (0.025, 0.5, 0.975)))
    return Figure(name, middle, told.series.unit, label, span, n=told.series.known, interval=(low, high))


def _whole(told: Told, name: Text) -> Figure:
    """Tell the whole period asked about: what is known of it, and what is ahead."""
    series, kind, unit = told.series, told.kind, INTERVAL_TEXT[told.series.interval]
    first, last = series.labels[told.before[0]], told.span[1]
    known, ahead = len(told.before), len(told.steps)
    label = Text(
        zh=f"{name.zh}，{first} 至 {last} 全期{kind.zh}（已知 {known} {unit.zh}，预测 {ahead} {unit.zh}）",
        en=f"{name.en}, {kind.en} of all of {first} to {last} ({known} {unit.en}s known, {ahead} forecast)",
    )
    courses = told.gather(told.forecast.paths, series.values[list(told.before)])
    return _drawn(told, "whole_period", courses, label, f"{first}/{last}")


def _ends(told: Told) -> list[Figure]:
    """Tell the first and the last step asked about."""
    series, forecast = told.series, told.forecast
    figures = []
    for step in dict.fromkeys((told.steps[0], told.steps[-1])):
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
    return figures


def _months(told: Told, table: "pd.DataFrame") -> list[Figure]:
    """Tell each month asked about."""
    days = told.series.days[told.series.known :]
    asked = {f"{days[step]:%Y-%m}" for step in told.steps}
    figures = []
    for row in table[table["period"].isin(asked) & table["forecast"].notna()].to_dict("records"):
        known = int(row["known_days"])
        zh, en = (f"（其中 {known} 天已知）", f" ({known} days of it known)") if known else ("", "")
        label = Text(
            zh=f"{row['period']} 预测{told.kind.zh}{zh}",
            en=f"forecast {told.kind.en} for {row['period']}{en}",
        )
        bounds = (float(row["low"]), float(row["high"]))
        figures.append(
            Figure(
                "forecast_month",
                float(row["forecast"]),
                told.series.unit,
                label,
                str(row["period"]),
                n=told.series.known,
                interval=bounds,
            )
        )
    return figures[:_MOST_MONTHS]


def forecast_table(told: Told, language: str) -> "pd.DataFrame":
    """Return rows (period, value, forecast, low, high, naive, occasion): the last few known ones, then those ahead."""
    import numpy as np
    import pandas as pd

    series, forecast = told.series, told.forecast
    if told.by_month:
        return gather_months(series, forecast, adds_up=told.adds_up, language=language)
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
