"""Active users, by hand."""

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


def test_a_user_of_two_segments_counts_in_the_first(open_workspace: Opener):
    rows = [(1, "v", "2026-03-01 08:00", "x"), (1, "v", "2026-03-01 09:00", "y"), (2, "v", "2026-03-01", "y")]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    table = workspace.run(
        "measure_active_users", start="2026-03-01", end="2026-03-01", breakdown="channel"
    ).table
    assert dict(zip(table["segment"], table["active_users"], strict=True)) == {"x": 1, "y": 1}


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
