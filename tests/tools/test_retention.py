"""Retention by hand: each parameter changes a case."""

import math

import pytest

from tests.tools.conftest import Opener
from tools.errors import InvalidArgument

# The data ends on 31 January (a stranger's event), so that cells up to there are mature.
END = ("end", "other", "2026-01-31 23:59")


def rate(result, column: str, cohort: str) -> float:
    return result.table.set_index("cohort").loc[cohort, column]


def run(workspace, **changed):
    asked = {"cohort_event": "signup", "return_event": "visit", "periods": [1]}
    return workspace.run(
        "measure_retention", **{"start": "2026-01-01", "end": "2026-01-07", **asked, **changed}
    )


def test_calendar_days_and_24_hours_differ(open_workspace: Opener):
    # Signs up at 23:30 and visits at 00:30: the next calendar day, yet within the first 24 hours.
    workspace = open_workspace([(1, "signup", "2026-01-01 23:30"), (1, "visit", "2026-01-02 00:30"), END])
    assert run(workspace).figures[0].value == 1.0
    assert run(workspace, clock="24h").figures[0].value == 0.0
    assert run(workspace, clock="24h", periods=[0]).figures[0].value == 1.0


def test_a_late_evening_belongs_to_its_local_day(open_workspace: Opener):
    # 23:30 on 1 January in Shanghai is 15:30 UTC; 00:30 there next day is 16:30 UTC, the same UTC day.
    rows = [
        (1, "signup", "2026-01-01 15:30Z"),
        (1, "visit", "2026-01-01 16:30Z"),
        ("end", "x", "2026-01-31 12:00Z"),
    ]
    assert run(open_workspace(rows, timezone="Asia/Shanghai")).figures[0].value == 1.0
    assert run(open_workspace(rows, timezone="UTC")).figures[0].value == 0.0


def test_a_day_of_25_hours_is_one_day(open_workspace: Opener):
    # New York left daylight saving time on 2026-11-01. Next-day visits 24.5 hours later are still next day.
    rows = [
        (1, "signup", "2026-10-31 23:45"),
        (1, "visit", "2026-11-01 23:15"),
        (2, "signup", "2026-11-01 00:15"),
        (2, "visit", "2026-11-01 23:45"),
        ("end", "x", "2026-11-30"),
    ]
    workspace = open_workspace(rows, timezone="America/New_York")
    period = {"start": "2026-10-31", "end": "2026-11-01"}
    table = run(workspace, **period).table.set_index("cohort")
    assert table["day_1"].to_dict() == {"2026-10-31": 1.0, "2026-11-01": 0.0}
    # By the clock user 1's visit is 24.5 hours after sign-up and user 2's 24.5 hours as well.
    table = run(workspace, clock="24h", **period).table.set_index("cohort")
    assert table["day_1"].to_dict() == {"2026-10-31": 1.0, "2026-11-01": 1.0}


def test_leap_day_is_a_day(open_workspace: Opener):
    rows = [(1, "signup", "2028-02-28"), (1, "visit", "2028-03-01"), ("end", "x", "2028-03-31")]
    result = run(open_workspace(rows), start="2028-02-28", end="2028-02-28", periods=[1, 2])
    assert [f.value for f in result.figures] == [0.0, 1.0]


def test_first_time_looks_at_all_history(open_workspace: Opener):
    # User 1 signed up in December: not a first-time member in January, but a recurring one.
    rows = [(1, "signup", "2025-12-20"), (1, "signup", "2026-01-02"), (1, "visit", "2026-01-03")]
    rows += [(2, "signup", "2026-01-02"), END]
    workspace = open_workspace(rows)
    first, recurring = run(workspace), run(workspace, cohort="recurring")
    assert (first.figures[0].value, first.figures[0].n) == (0.0, 1)
    assert (recurring.figures[0].value, recurring.figures[0].n) == (0.5, 2)


def test_recurring_cohorts_hold_a_user_once_a_period(open_workspace: Opener):
    # Visits on 1 (twice), 2 and 4 January. Day-1 pairs: 1→2 yes, 2→3 no, 4→5 no: 1 of 3.
    rows = [(1, "visit", f"2026-01-0{d} {h}:00") for d, h in ((1, 10), (1, 12), (2, 10), (4, 10))] + [END]
    result = run(open_workspace(rows), cohort_event="visit", cohort="recurring")
    assert (result.figures[0].value, result.figures[0].n) == (1 / 3, 3)


def test_on_or_after_counts_later_returns(open_workspace: Opener):
    rows = [(1, "signup", "2026-01-01"), (1, "visit", "2026-01-09"), (2, "signup", "2026-01-01"), END]
    workspace = open_workspace(rows)
    periods = [1, 8, 9]
    assert [f.value for f in run(workspace, periods=periods).figures] == [0.0, 0.5, 0.0]
    later = run(workspace, periods=periods, mode="on_or_after")
    assert [f.value for f in later.figures] == [0.5, 0.5, 0.0]


def test_weeks_and_months_are_calendar_buckets(open_workspace: Opener):
    # Sunday 4 January and Monday 5 January are adjacent weeks; 31 January and 1 February adjacent months.
    rows = [(1, "signup", "2026-01-04"), (1, "visit", "2026-01-05"), ("end", "x", "2026-03-31")]
    workspace = open_workspace(rows)
    assert run(workspace, period="week").figures[0].value == 1.0
    assert run(workspace, period="month").figures[0].value == 0.0
    sunday = open_workspace(rows, extra="week_start: sunday")
    assert run(sunday, period="week").figures[0].value == 0.0


def test_immature_cells_are_null_flagged_and_not_averaged(open_workspace: Opener):
    # Data ends on 8 January. Day 7 of the cohort of 1 January is covered, that of 2 January is not.
    rows = [(1, "signup", "2026-01-01"), (1, "visit", "2026-01-08"), (2, "signup", "2026-01-02")]
    result = run(open_workspace(rows), periods=[1, 7])
    assert math.isnan(rate(result, "day_7", "2026-01-02"))
    assert result.table.set_index("cohort")["immature"].to_dict() == {"2026-01-01": "", "2026-01-02": "7"}
    day_7 = result.figures[1]
    assert (day_7.value, day_7.n) == (1.0, 1)
    assert any("1 of 4 cohort cells are immature" in w.en for w in result.warnings)


def test_24_hour_cells_mature_a_day_later(open_workspace: Opener):
    rows = [(1, "signup", "2026-01-01 12:00"), (2, "visit", "2026-01-02 12:00")]
    workspace = open_workspace(rows)
    assert run(workspace).figures[0].n == 1
    assert run(workspace, clock="24h").figures[0].n == 0


def test_segments_hold_the_value_at_the_cohort_event(open_workspace: Opener):
    rows = [
        (1, "signup", "2026-01-01", "x"),
        (1, "visit", "2026-01-02", "y"),
        (2, "signup", "2026-01-01", "y"),
        ("end", "other", "2026-01-31", "x"),
    ]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    split = run(workspace, breakdown="channel")
    assert {f.segment: f.value for f in split.figures} == {"channel=x": 1.0, "channel=y": 0.0}
    assert run(workspace, filters={"channel": "x"}).figures[0].value == 1.0


def test_pooled_figure_is_weighted(open_workspace: Opener):
    # 3 of 3 return in one cohort, 0 of 1 in the other: 3 / 4, not the mean of 1 and 0.
    rows = [(u, "signup", "2026-01-01") for u in range(3)] + [(u, "visit", "2026-01-02") for u in range(3)]
    rows += [(9, "signup", "2026-01-02"), END]
    assert run(open_workspace(rows)).figures[0].value == 0.75


def test_no_cohort_is_null_not_a_crash(open_workspace: Opener):
    result = run(open_workspace([(1, "signup", "2026-01-20"), (1, "visit", "2026-01-01"), END]))
    assert (result.figures[0].value, result.figures[0].n, result.n) == (None, 0, 0)
    assert any("No user entered" in w.en for w in result.warnings)


def test_24_hour_months_are_refused(open_workspace: Opener):
    with pytest.raises(InvalidArgument, match="months differ"):
        run(
            open_workspace([(1, "signup", "2026-01-01"), (1, "visit", "2026-01-01")]),
            clock="24h",
            period="month",
        )
