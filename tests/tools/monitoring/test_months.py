"""Forecasts of months, and of the period that a question names, from days worked out by hand."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener
from tests.tools.monitoring.test_anomalies import arguments, daily, weeks
from tools.errors import NoData
from tools.monitoring.forecasting import Forecast
from tools.monitoring.months import gather_months
from tools.monitoring.series import Series

METRICS = """
metrics:
  orders: {kind: event_count, event: buy, unit: orders}
  people: {kind: unique_users, event: buy}
  monthly: {kind: active_users, event: buy, interval: month}
  size: {kind: ratio, numerator: {event: buy}, denominator: {event: buy, count: users}, unit: orders}
"""


def test_months_are_their_days_together(open_workspace: Opener) -> None:
    # Eight weeks alike of 10, 12, 11, 13, 14, 20, 18 from Monday 2 March to 26 April. April: 76 from Wednesday the 1st to
    # the 5th, three weeks of 98, and 10 + 12 + 11 + 13 ahead: 416. May begins on a Friday: 52 + 4 · 98 = 444; June on a
    # Monday: 4 · 98 + 22 = 414. March begins before the data does.
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    result = workspace.run("forecast_metric", **arguments(interval="month"))
    assert result.table["period"].tolist() == ["2026-04", "2026-05", "2026-06"]
    assert result.table["forecast"].tolist() == pytest.approx([416, 444, 414])
    assert result.table["known_days"].tolist() == [26, 0, 0]
    months = [f for f in result.figures if f.name == "forecast_month"]
    assert [f.value for f in months] == pytest.approx([416, 444, 414])
    assert "26 天已知" in months[0].label.zh
    assert next(f.value for f in result.figures if f.name == "forecast") == pytest.approx(46 + 444 + 414)


def test_the_period_asked_about_is_told_whole(open_workspace: Opener) -> None:
    # 20 April to 3 May: a week of 98 that is known, and one that is ahead. 4 to 10 May: one week, though two are forecast.
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    both = workspace.run("forecast_metric", **arguments(start="2026-04-20", end="2026-05-03"))
    figures = {f.name: f for f in both.figures}
    assert (figures["whole_period"].value, figures["forecast"].value) == (
        pytest.approx(196),
        pytest.approx(98),
    )
    assert both.figures[0].period == "2026-04-20/2026-05-03"
    # 366 days from 27 April end on 27 April of the next year.
    far = workspace.run("forecast_metric", **arguments(start="2027-01-01", end="2027-12-31"))
    assert any("beyond 2027-04-27" in w.en for w in far.warnings)
    later = workspace.run("forecast_metric", **arguments(start="2026-05-04", end="2026-05-10"))
    assert "whole_period" not in {f.name for f in later.figures}
    assert later.figures[0].value == pytest.approx(98)
    assert later.figures[0].period == "2026-05-04/2026-05-10"


def test_the_interval_of_a_month_is_not_its_days_bounds_added_up(open_workspace: Opener) -> None:
    # Errors of 28 days partly cancel: what holds the month is narrower than the days' bounds together, wider than nothing.
    noise = np.random.default_rng(4).integers(-4, 5, 84)
    counts = [max(c + int(e), 1) for c, e in zip(weeks(12), noise, strict=True)]
    workspace = open_workspace(daily(counts), extra=METRICS)
    low, high = workspace.run("forecast_metric", **arguments(horizon=28)).figures[0].interval
    days = workspace.run("forecast_metric", **arguments(horizon=28)).table.dropna(subset="forecast")
    assert 0 < high - low < 0.8 * (days["high"] - days["low"]).sum()


def test_distinct_users_add_up_only_where_nobody_returns(open_workspace: Opener) -> None:
    # The same people buy every day: 98 a week are 14 a day on average. Each a new one: May has 444.
    again = open_workspace(daily(weeks(8)), extra=METRICS)
    result = again.run("forecast_metric", **arguments(metric="people", start="2026-05-04", end="2026-05-10"))
    assert result.figures[0].value == pytest.approx(14)
    assert "每天平均" in result.figures[0].label.zh
    frame = daily(weeks(8))
    once = open_workspace(frame.assign(user=[f"u{n}" for n in range(len(frame))]), extra=METRICS)
    result = once.run("forecast_metric", **arguments(metric="people", start="2026-05-01", end="2026-05-31"))
    assert result.figures[0].value == pytest.approx(444)


def test_what_is_counted_by_month_needs_months(open_workspace: Opener) -> None:
    # 275 days from 2 March hold eight whole months, of 20 people each; 56 days hold none.
    workspace = open_workspace(daily((weeks(40))[:275]), extra=METRICS)
    result = workspace.run("forecast_metric", **arguments(metric="monthly"))
    assert result.n == 8
    assert result.figures[0].value == pytest.approx(20)
    assert result.table.dropna(subset="forecast")["period"].tolist() == ["2026-12", "2027-01", "2027-02"]
    assert any("年内季节" in w.zh for w in result.warnings)
    short = open_workspace(daily(weeks(20)), extra=METRICS)
    with pytest.raises(NoData, match="3 known months of this metric; a forecast needs at least 8"):
        short.run("forecast_metric", **arguments(metric="monthly", start="2026-07-01", end="2026-07-10"))
    # A rate of days has no month's rate from too few months: their mean is shown, and said to be one.
    rate = short.run("forecast_metric", **arguments(metric="size", interval="month"))
    assert any("3 whole months" in w.en for w in rate.warnings)
    assert rate.table.dropna(subset="forecast")["forecast"].tolist() == pytest.approx([1, 1, 1], abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 80), st.integers(1, 80), st.integers(0, 27), st.data())
def test_months_add_up_to_their_days(known: int, steps: int, offset: int, data: st.DataObject) -> None:
    values = np.array(data.draw(st.lists(st.integers(0, 50), min_size=known, max_size=known)), dtype=float)
    days = tuple(date(2026, 3, 1) + timedelta(days=offset + n) for n in range(known + steps))
    ahead = np.array(data.draw(st.lists(st.integers(0, 50), min_size=steps, max_size=steps)), dtype=float)
    labels, none = tuple(map(str, days)), (None,) * len(days)
    series = Series("day", labels, days, values, values, values, (), 7, none, "x", False, False, ())
    forecast = Forecast(ahead, ahead, ahead, ahead, np.tile(ahead, (3, 1)), ())
    table = gather_months(series, forecast, adds_up=True, language="en")
    shown = sum(
        v for d, v in zip(days, [*values, *ahead], strict=True) if f"{d:%Y-%m}" in set(table["period"])
    )
    assert table[["value", "forecast"]].sum().sum() == pytest.approx(shown)
    mean = gather_months(series, forecast, adds_up=False, language="en")
    assert mean[["value", "forecast"]].max(axis=None) <= 50 + 1e-9
