"""Active users, by hand."""

import pandas as pd
import pytest

from tests.tools.conftest import Opener

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


def test_daily_counts_are_distinct_and_gaps_are_zero(open_workspace: Opener):
    rows = [
        (1, "v", "2026-03-01 08:00"),
        (1, "v", "2026-03-01 09:00"),
        (2, "v", "2026-03-01"),
        (1, "v", "2026-03-03"),
    ]
    result = open_workspace(rows).run("measure_active_users", start="2026-03-01", end="2026-03-03")
    assert result.table["active_users"].tolist() == [2, 0, 1]
    assert result.figures[0].value == 1.0
    assert result.figures[0].unit == "users"


def test_rolling_weeks_look_back_seven_days(open_workspace: Opener):
    # User 1 on 1 and 4 March, user 2 on 3 March. Active in the 7 days up to the 7th: both; 8th: both (1 by the
    # 4th); 9th: both; 10th: user 1 only; 11th: nobody.
    rows = [(1, "v", "2026-03-01"), (1, "v", "2026-03-04"), (2, "v", "2026-03-03"), (3, "v", "2026-03-31")]
    table = (
        open_workspace(rows)
        .run("measure_active_users", start="2026-03-07", end="2026-03-11", interval="week", window="rolling")
        .table
    )
    assert table["active_users"].tolist() == [2, 2, 2, 1, 0]


def test_incomplete_months_are_marked_and_left_out(open_workspace: Opener):
    # February is whole; March ends on the 10th.
    rows = [(1, "v", "2026-02-01"), (2, "v", "2026-02-28"), (1, "v", "2026-03-10")]
    result = open_workspace(rows).run(
        "measure_active_users", start="2026-02-01", end="2026-03-31", interval="month"
    )
    assert result.table["active_users"].tolist() == [2, 1]
    assert result.table["complete"].tolist() == [True, False]
    assert result.figures[0].value == 2.0


def test_stickiness_is_mean_dau_over_mean_rolling_mau(open_workspace: Opener):
    # Days 1 and 2: DAU 2 then 1, rolling MAU 2 and 2: 1.5 / 2.
    rows = [(1, "v", "2026-03-01"), (2, "v", "2026-03-01"), (1, "v", "2026-03-02")]
    values = open_workspace(rows).values("measure_active_users", start="2026-03-01", end="2026-03-02")
    assert values["stickiness"] == 0.75


@pytest.mark.parametrize("window", ["calendar", "rolling"])
def test_a_user_of_two_segments_counts_in_each(open_workspace: Opener, window):
    # Mixpanel, Amplitude and PostHog split by event property: user 1 was in x and y, user 2 in y only, so x 1 and
    # y 2, which is 3 of 2 users; the card says so.
    rows = [(1, "v", "2026-03-01 08:00", "x"), (1, "v", "2026-03-01 09:00", "y"), (2, "v", "2026-03-01", "y")]
    result = open_workspace(rows, extra="dimensions: {channel: {column: channel}}").run(
        "measure_active_users", start="2026-03-01", end="2026-03-01", breakdown="channel", window=window
    )
    assert dict(zip(result.table["segment"], result.table["active_users"], strict=True)) == {"x": 1, "y": 2}
    assert any("more than the whole" in d.value.en for d in result.definition)


@pytest.mark.parametrize("window", ["calendar", "rolling"])
@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_every_result_is_complete(open_workspace: Opener, interval, window):
    rows = [(1, "v", f"2026-03-{d:02}") for d in range(1, 32)]
    result = open_workspace(rows).run("measure_active_users", interval=interval, window=window, **MARCH)
    assert result.arguments["source"] == "events"
    assert result.chart["$schema"].startswith("https://vega.github.io/schema/vega-lite")
    assert {"time zone", "data as of", "active means"} <= {d.label.en for d in result.definition}
    assert all(d.label.zh and d.value.zh for d in result.definition)
    assert all(f.unit for f in result.figures)


def test_stickiness_counts_days_with_a_whole_month_behind_them(open_workspace: Opener):
    # User 1 is active on each of 1 March to 10 April, user 2 on 1 March only. Rolling 30 days up to 30 March: both;
    # from the 31st on: user 1. Of 29 to 31 March the 29th has no 30 days behind it: DAU 1, 1; MAU 2, 1: 2 / 3.
    days = pd.date_range("2026-03-01", "2026-04-10")
    rows = [(1, "v", str(d)) for d in days] + [(2, "v", "2026-03-01")]
    workspace = open_workspace(rows)
    asked = {"start": "2026-03-29", "end": "2026-03-31"}
    result = workspace.run("measure_active_users", **asked)
    figure = next(f for f in result.figures if f.name == "stickiness")
    assert (figure.value, figure.n) == (pytest.approx(2 / 3), 2)
    assert not any("overstated" in w.en for w in result.warnings)
    early = workspace.run("measure_active_users", start="2026-03-01", end="2026-03-02")
    assert any("stickiness overstated" in w.en for w in early.warnings)
    # The calendar month of March: user-days 31 + 1 over 31 days; 2 users: 32 / 31 / 2.
    monthly = workspace.values("measure_active_users", interval="month", **asked)
    assert monthly["stickiness_month_calendar"] == pytest.approx(32 / 31 / 2)


def test_weekly_stickiness_is_calendar_or_rolling(open_workspace: Opener):
    # User 1 on all of 2 to 15 March (two weeks from Monday), user 2 on Sunday the 8th.
    # Calendar: DAU 8 / 7 and 1, WAU 2 and 1: (8 / 7 + 1) / 3 = 5 / 7.
    # Rolling, 14 and 15 March: DAU 1, 1; of the 7 days up to the 14th 2 users, up to the 15th 1: 2 / 3.
    rows = [(1, "v", f"2026-03-{d:02}") for d in range(2, 16)] + [(2, "v", "2026-03-08")]
    workspace = open_workspace(rows)
    calendar = workspace.run("measure_active_users", start="2026-03-02", end="2026-03-15", interval="week")
    assert calendar.table["daily_mean"].tolist() == pytest.approx([8 / 7, 1])
    found = {f.name: f.value for f in calendar.figures}
    assert found["stickiness_week_calendar"] == pytest.approx(5 / 7)
    rolling = workspace.values(
        "measure_active_users", start="2026-03-14", end="2026-03-15", interval="week", window="rolling"
    )
    assert rolling["stickiness_week_rolling"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("window", ["calendar", "rolling"])
def test_a_breakdown_of_nobody_is_an_empty_table(open_workspace: Opener, window):
    # v is only done on the 1st, so that nobody of the 20th to the 22nd has a channel, in their days before either.
    rows = [(1, "v", "2026-03-01", "x"), (1, "w", "2026-03-25", "x")]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    result = workspace.run(
        "measure_active_users",
        start="2026-03-20",
        end="2026-03-22",
        event="v",
        window=window,
        breakdown="channel",
    )
    assert result.table.empty
    assert result.n == 0


@pytest.mark.parametrize("window", ["calendar", "rolling"])
@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_three_centuries_are_counted_where_there_is_data(open_workspace: Opener, window, interval):
    # The data spans 1 to 25 March 2026: 25 days, five weeks from Monday 23 February, one month.
    rows = [(1, "v", "2026-03-01", "x"), (2, "v", "2026-03-25", "x")]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    asked = {"start": "1900-01-01", "end": "2199-12-31", "interval": interval, "window": window}
    for breakdown in (None, "channel"):
        result = workspace.run("measure_active_users", breakdown=breakdown, **asked)
        buckets = 25 if window == "rolling" else {"day": 25, "week": 5, "month": 1}[interval]
        assert len(result.table) == buckets
        assert any("reaches beyond the data" in w.en for w in result.warnings)


def test_a_month_that_has_begun_is_counted_for_its_last_day(open_workspace: Opener):
    # The data ends on 25 March; who asks for the month of the 31st gets March so far: two users.
    rows = [(1, "v", "2026-03-01"), (2, "v", "2026-03-25")]
    result = open_workspace(rows).run(
        "measure_active_users", start="2026-03-31", end="2026-03-31", interval="month"
    )
    assert result.table[["period", "active_users", "complete"]].to_numpy().tolist() == [["2026-03", 2, False]]
