"""Anomalies and forecasts of a metric, from events to sentences."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools.errors import InvalidArgument, NoData, SemanticsError, UnknownMetric
from tools.monitoring.occasions import find_occasions
from tools.periods import Period
from tools.semantics import load_semantics

START = date(2026, 3, 2)
"""A Monday; there is no public holiday before 3 April."""
WEEK = (10, 12, 11, 13, 14, 20, 18)
METRICS = """
metrics:
  orders: {kind: event_count, event: buy, unit: orders}
  buyers: {kind: active_users, event: buy, interval: month}
  back: {kind: retention, cohort_event: buy, return_event: buy}
"""


def daily(counts: list[int], start: date = START, channel: str = "a") -> pd.DataFrame:
    """Make as many orders on each day, by as many users, the last at 23:59."""
    rows = []
    for number, count in enumerate(counts):
        day = pd.Timestamp(start + timedelta(days=number))
        rows += [
            (f"u{channel}{i}", "buy", day + pd.Timedelta(minutes=1439 - 7 * i), channel) for i in range(count)
        ]
    return pd.DataFrame(rows, columns=["user", "event", "at", "channel"])


def weeks(count: int) -> list[int]:
    return list(WEEK) * count


def arguments(**more: object) -> dict:
    return {"metric": "orders", "start": "2026-03-30", "end": "2026-04-26", **more}


def test_a_drop_is_found_with_what_was_expected(open_workspace: Opener) -> None:
    # Eight weeks alike but for Wednesday 22 April: 2 instead of 11. Nothing but the drawing of users is known to vary,
    # on logarithms by 1/√n, in the middle of all days 1/√13: log(11/2) = 1.70 is 6.1 times that.
    counts = weeks(8)
    counts[51] = 2
    result = open_workspace(daily(counts), extra=METRICS).run("detect_anomalies", **arguments())
    values = {f.name: f.value for f in result.figures}
    assert values["anomalies"] == 1
    assert values["anomaly"] == 2
    assert values["expected"] == pytest.approx(11)
    row = result.table[result.table["severity"] != ""].iloc[0]
    assert (row["period"], row["severity"], row["direction"]) == ("2026-04-22", "critical", "down")
    # 28 points were judged: by chance 0.28 of them would be called anomalies.
    assert values["expected_false_alarms"] == pytest.approx(0.28)
    label = next(f.label for f in result.figures if f.name == "anomaly")
    assert "偏低" in label.zh
    assert "adverse" in label.en


def test_the_segment_that_changed_is_named(open_workspace: Opener) -> None:
    # Channel b doubles on 22 April, channel a stays as it is: all of the change is b's.
    channel_b = [10] * 56
    channel_b[51] = 40
    events = pd.concat([daily(weeks(8)), daily(channel_b, channel="b")])
    extra = f"dimensions:\n  channel: {{column: channel}}\n{METRICS}"
    result = open_workspace(events, extra=extra).run("detect_anomalies", **arguments())
    driver = next(f for f in result.figures if f.name == "driver_contribution")
    assert driver.segment == "channel=b"
    assert driver.value == 30  # against the Wednesday before: 40 - 10
    none = open_workspace(events, extra=extra).run("detect_anomalies", **arguments(explain=False))
    assert not any(f.name.startswith("driver") for f in none.figures)


def test_a_festival_is_no_alarm_but_named(open_workspace: Opener) -> None:
    # 618: the data begins on 6 April; 16 to 18 June bring three times as many.
    counts = weeks(12)
    start = date(2026, 4, 6)
    for day in (16, 17, 18):
        counts[(date(2026, 6, day) - start).days] *= 3
    workspace = open_workspace(daily(counts, start), extra=METRICS)
    table = workspace.run("detect_anomalies", **arguments(start="2026-06-01", end="2026-06-28")).table
    found = table[table["severity"] != ""]
    assert found["period"].tolist() == ["2026-06-16", "2026-06-17", "2026-06-18"]
    assert set(found["severity"]) == {"calendar"}
    assert set(found["occasion"]) == {"618"}
    assert not table["new_level"].any()
    off = open_workspace(
        daily(counts, start), extra=f"calendar: {{commerce: false, country: null}}\n{METRICS}"
    )
    table = off.run("detect_anomalies", **arguments(start="2026-06-01", end="2026-06-28")).table
    assert table["new_level"].any()  # without the calendar three days in a row are a new level


def test_a_day_without_any_event_is_a_gap_not_a_zero(open_workspace: Opener) -> None:
    counts = weeks(8)
    counts[50] = 0
    result = open_workspace(daily(counts), extra=METRICS).run("detect_anomalies", **arguments())
    assert result.figures[0].value == 0
    assert result.table["value"].isna().sum() == 1
    assert any("2026-04-21" in w.zh and "缺口" in w.zh for w in result.warnings)


def test_a_day_with_other_events_only_is_a_zero(open_workspace: Opener) -> None:
    counts = weeks(8)
    counts[50] = 0
    other = pd.DataFrame(
        [("ua1", "view", pd.Timestamp("2026-04-21 12:00"), "a")], columns=["user", "event", "at", "channel"]
    )
    events = pd.concat([daily(counts), other])
    table = open_workspace(events, extra=METRICS).run("detect_anomalies", **arguments()).table
    assert table.loc[table["severity"] != "", ["period", "value"]].to_numpy().tolist() == [
        ["2026-04-21", 0.0]
    ]


def test_the_partial_last_day_is_left_out(open_workspace: Opener) -> None:
    # Days of 60 events end at 23:59; the last day has its first 5 and ends before noon.
    rows = [
        (f"u{i}", "buy", pd.Timestamp(START) + pd.Timedelta(days=d, minutes=1439 - 20 * i))
        for d in range(50)
        for i in range(60)
    ]
    rows += [(f"u{i}", "buy", pd.Timestamp(START) + pd.Timedelta(days=50, minutes=30 * i)) for i in range(5)]
    frame = pd.DataFrame(rows, columns=["user", "event", "at"])
    result = open_workspace(frame, extra=METRICS).run("detect_anomalies", **arguments(end="2026-04-21"))
    assert result.table["period"].max() == "2026-04-20"
    assert result.figures[0].value == 0
    forecast = open_workspace(frame, extra=METRICS).run("forecast_metric", **arguments(end="2026-04-22"))
    assert forecast.table.loc[forecast.table["forecast"].notna(), "period"].tolist() == [
        "2026-04-21",
        "2026-04-22",
    ]


def test_hours_pass_a_change_of_clocks(open_workspace: Opener) -> None:
    # New York skips an hour on 8 March 2026: 24·30 - 1 hours in 30 days. Of the 647 after two days and one more of errors
    # chance calls 1.94 anomalies at three in a thousand; by Poisson more than 7 would be one run in a thousand.
    zone = "America/New_York"
    hours = pd.date_range("2026-02-20", "2026-03-22", freq="h", tz=zone, inclusive="left")
    frame = pd.DataFrame({"at": hours.tz_convert("UTC").tz_localize(None)})
    counts = np.random.default_rng(2).poisson(hours.hour + 20)
    frame = frame.loc[frame.index.repeat(counts)].assign(user="u", event="buy")
    workspace = open_workspace(
        frame,
        timezone=zone,
        source="{frame: events, user: user, time: at, event: event, time_zone: UTC}",
        extra=METRICS,
    )
    asked = arguments(start="2026-02-20", end="2026-03-21", interval="hour")
    result = workspace.run("detect_anomalies", **asked)
    assert len(result.table) == 24 * 30 - 1
    assert (result.figures[0].value or 0) <= 7
    assert result.n == 647


def test_a_repeated_week_is_forecast(open_workspace: Opener) -> None:
    # Eight weeks alike sum to 98 each: so will the next two.
    result = open_workspace(daily(weeks(8)), extra=METRICS).run(
        "forecast_metric", **arguments(end="2026-05-10")
    )
    values = {f.name: f.value for f in result.figures}
    assert values["forecast"] == pytest.approx(196)
    assert values["naive_forecast"] == pytest.approx(196)
    assert any("劳动节" in w.zh for w in result.warnings)


def test_an_interval_of_a_forecast_holds_its_value(open_workspace: Opener) -> None:
    counts = [c + (7 * n) % 5 for n, c in enumerate(weeks(12))]
    result = open_workspace(daily(counts), extra=METRICS).run("forecast_metric", **arguments(horizon=10))
    ahead = result.table[result.table["forecast"].notna()]
    assert len(ahead) == 10
    assert (ahead["low"] <= ahead["forecast"]).all()
    assert (ahead["forecast"] <= ahead["high"]).all()
    whole = result.figures[0]
    assert whole.interval is not None
    assert whole.interval[0] < (whole.value or 0) < whole.interval[1]


def test_too_little_history_is_said(open_workspace: Opener) -> None:
    workspace = open_workspace(daily(weeks(2)[:10]), extra=METRICS)
    result = workspace.run("detect_anomalies", **arguments(start="2026-03-02", end="2026-03-11"))
    assert result.n == 0
    assert any("历史太短" in w.zh for w in result.warnings)
    with pytest.raises(NoData, match="10 known days"):
        workspace.run("forecast_metric", **arguments(start="2026-03-02", end="2026-03-11"))


def test_what_is_mostly_zero_is_not_forecast(open_workspace: Opener) -> None:
    # One order on every third day of eight weeks: 19 days of 56, the other 37 are zero.
    counts = [int(day % 3 == 0) for day in range(56)]
    visits = daily(weeks(8)).assign(event="visit")
    workspace = open_workspace(pd.concat([daily(counts), visits]), extra=METRICS)
    with pytest.raises(NoData, match="zero in 37 of 56 known days") as caught:
        workspace.run("forecast_metric", **arguments())
    assert "56 天中有 37 天为 0" in caught.value.zh
    told = workspace.run("detect_anomalies", **arguments()).warnings
    assert any("too sparse" in w.en for w in told)


def test_wrong_arguments_are_told_in_both_languages(open_workspace: Opener) -> None:
    workspace = open_workspace(daily(weeks(8)), extra=METRICS)
    for more, kind in (
        ({"metric": "order"}, UnknownMetric),
        ({"metric": "buyers"}, InvalidArgument),
        ({"metric": "back", "interval": "hour"}, InvalidArgument),
        ({"false_alarm_rate": 2}, InvalidArgument),
        ({"interval": "minute"}, InvalidArgument),
    ):
        with pytest.raises(kind) as caught:
            workspace.run("detect_anomalies", **arguments(**more))
        assert caught.value.zh != caught.value.en


def test_the_chinese_calendar() -> None:
    semantics = load_semantics(
        "sources: {a: {path: a.csv, user: u, time: t, event_name: x}}\n"
        "metrics: {m: {kind: event_count}, k: {kind: event_count}}\n"
        "calendar:\n  occasions:\n    - {names: {zh: 店庆}, start: 2026-06-17, metrics: [m]}\n"
    )
    found = find_occasions(semantics, "m", Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert found[date(2026, 2, 17)].key == ("春节", 0)  # lunar new year's day
    assert found[date(2026, 2, 14)].name.en == "Chinese New Year"
    assert found[date(2026, 5, 9)].name.zh == "调休上班日"
    assert found[date(2026, 11, 11)].key == ("双11", 10)
    assert found[date(2026, 6, 17)].name.zh == "店庆"
    other = find_occasions(semantics, "k", Period(date(2026, 6, 17), date(2026, 6, 17)))
    assert other[date(2026, 6, 17)].name.zh == "618"
    spring = find_occasions(semantics, "m", Period(date(2025, 1, 1), date(2025, 12, 31)))
    assert spring[date(2025, 1, 29)].key == ("春节", 0)


@pytest.mark.parametrize(
    ("calendar", "line"),
    [
        ("country: XX", 3),
        ("occasions: [{names: {zh: 店庆}, start: 2026-06-17, end: 2026-06-01}]", 3),
        ("occasions: [{names: {zh: 店庆}, start: 2026-06-17, metrics: [q]}]", 3),
        ("holidays: true", 3),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_line(calendar: str, line: int) -> None:
    text = f"sources: {{a: {{path: a.csv, user: u, time: t, event_name: x}}}}\ncalendar:\n  {calendar}\n"
    with pytest.raises(SemanticsError, match=f"line {line}") as caught:
        load_semantics(text)
    assert f"第 {line} 行" in caught.value.zh
