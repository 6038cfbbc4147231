"""Calendar months of a daily forecast: known days and days ahead gathered, with one interval for all of a month."""

from typing import TYPE_CHECKING, Any

from tools.monitoring.forecasting import Forecast
from tools.monitoring.series import Series

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 12


def gather_months(series: Series, forecast: Forecast, *, adds_up: bool, language: str) -> "pd.DataFrame":
    """Gather days into months.

    The interval of a month is that of its days together, drawn as courses: their errors go together, so the bounds of days
    must not be added up. A month of which some days are known has these as they were.

    Args:
        series: by day.
        forecast: of the days after it.
        adds_up: whether a month is the sum of its days, rather than their mean.
        language: zh or en.

    Returns:
        Rows (period, value, forecast, low, high, naive, occasion, n, known_days): whole months as they were, the last
        twelve, then those with days ahead.
    """
    import pandas as pd

    months: dict[str, list[int]] = {}
    for place, day in enumerate(series.days[: series.known + len(forecast.middle)]):
        months.setdefault(f"{day:%Y-%m}", []).append(place)
    rows = [
        {"period": month, **_gather(series, forecast, places, adds_up=adds_up, language=language)}
        for month, places in months.items()
        if places[-1] >= series.known or series.days[places[0]].day == 1
    ]
    table = pd.DataFrame(rows)
    ahead = int(table["forecast"].notna().sum())
    return table.tail(_SHOWN + ahead).reset_index(drop=True)


def _gather(
    series: Series, forecast: Forecast, places: list[int], *, adds_up: bool, language: str
) -> dict[str, Any]:
    import numpy as np

    own = [p for p in places if p < series.known]
    steps = [p - series.known for p in places if p >= series.known]
    known = series.values[own][np.isfinite(series.values[own])]
    parts = 1 if adds_up else max(len(known) + len(steps), 1)
    row = {
        "value": np.nan,
        "forecast": np.nan,
        "low": np.nan,
        "high": np.nan,
        "naive": np.nan,
        "occasion": "",
        "n": int(series.n[own].sum()),
        "known_days": len(known),
    }
    if not steps:
        return row | {"value": known.sum() / parts if len(known) else np.nan}
    courses = (known.sum() + forecast.paths[:, steps].sum(axis=1)) / parts
    low, middle, high = (float(q) for q in np.quantile(courses, (0.025, 0.5, 0.975)))
    named = dict.fromkeys(
        o.name.in_language(language) for s in steps if (o := series.occasions[series.known + s])
    )
    return row | {
        "forecast": middle,
        "low": low,
        "high": high,
        "naive": float((known.sum() + forecast.naive[steps].sum()) / parts),
        "occasion": ("、" if language == "zh" else ", ").join(named),
    }
