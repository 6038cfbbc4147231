"""Funnels, by published cases and by hand."""

import pytest

from tests.tools.conftest import Opener

DAY = {"start": "2026-03-01", "end": "2026-03-01"}


def steps(result) -> list[int]:
    return result.table["users"].tolist()


def test_window_closes_before_a_late_second_step(open_workspace: Opener):
    # 25 do A on 1 March; 10 do B within a day, 15 nine days later: outside seven days.
    rows = [(u, "A", "2026-03-01 10:00") for u in range(25)]
    rows += [(u, "B", "2026-03-02 09:00" if u < 10 else "2026-03-10 10:00") for u in range(25)]
    rows.append(("late", "C", "2026-04-01 00:00"))
    result = open_workspace(rows).run("measure_funnel", steps=["A", "B", "C"], window="7d", **DAY)
    assert steps(result) == [25, 10, 0]
    assert [f.value for f in result.figures if f.name == "conversion"] == [0.0]
    assert result.n == 25


def test_window_edge_is_included(open_workspace: Opener):
    rows = [
        (1, "A", "2026-03-01 14:00"),
        (1, "B", "2026-03-01 14:05"),
        (2, "A", "2026-03-01 14:03"),
        (3, "A", "2026-03-01 12:00"),
        (3, "B", "2026-03-01 12:15"),
    ]
    result = open_workspace(rows).run("measure_funnel", steps=["A", "B"], window="5m", **DAY)
    assert steps(result) == [3, 1]


@pytest.mark.parametrize(("entry", "expected"), [("first", [1, 1, 0]), ("any", [1, 1, 1])])
def test_first_or_any_entry(open_workspace: Opener, entry, expected):
    rows = [
        (1, "A", "2026-03-01 13:00"),
        (1, "A", "2026-03-01 13:30"),
        (1, "B", "2026-03-01 13:45"),
        (1, "C", "2026-03-01 14:15"),
    ]
    workspace = open_workspace(rows)
    result = workspace.run("measure_funnel", steps=["A", "B", "C"], window="1h", entry=entry, **DAY)
    assert steps(result) == expected


def test_a_repeated_step_needs_another_event(open_workspace: Opener):
    # User 1 buys once, user 2 twice in the same minute, user 3 twice on two days.
    rows = [
        (1, "buy", "2026-03-01 10:00"),
        (2, "buy", "2026-03-01 10:00"),
        (2, "buy", "2026-03-01 10:00"),
        (3, "buy", "2026-03-01 10:00"),
        (3, "buy", "2026-03-02 10:00"),
    ]
    result = open_workspace(rows).run("measure_funnel", steps=["buy", "buy", "buy"], **DAY)
    assert steps(result) == [3, 2, 0]


def test_order_matters_and_ties_do_not(open_workspace: Opener):
    # User 1 does B before A only: not a conversion. User 2 does both at one instant, B listed first: one.
    rows = [
        (1, "B", "2026-03-01 09:00"),
        (1, "A", "2026-03-01 10:00"),
        (2, "B", "2026-03-01 10:00"),
        (2, "A", "2026-03-01 10:00"),
    ]
    assert steps(open_workspace(rows).run("measure_funnel", steps=["A", "B"], **DAY)) == [2, 1]


def test_entry_lies_in_the_period_and_later_steps_may_follow(open_workspace: Opener):
    rows = [
        (1, "A", "2026-02-28 23:00"),
        (1, "B", "2026-03-01 01:00"),
        (2, "A", "2026-03-01 23:00"),
        (2, "B", "2026-03-03 01:00"),
    ]
    assert steps(open_workspace(rows).run("measure_funnel", steps=["A", "B"], **DAY)) == [1, 1]


def test_breakdown_takes_the_value_at_the_entry(open_workspace: Opener):
    rows = [
        (1, "A", "2026-03-01 10:00", "x"),
        (1, "B", "2026-03-01 11:00", "y"),
        (2, "A", "2026-03-01 10:00", "y"),
    ]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    table = workspace.run("measure_funnel", steps=["A", "B"], breakdown="channel", **DAY).table
    assert dict(zip(zip(table["segment"], table["step"], strict=True), table["users"], strict=True)) == {
        ("x", 1): 1,
        ("x", 2): 1,
        ("y", 1): 1,
        ("y", 2): 0,
    }
    filtered = workspace.run("measure_funnel", steps=["A", "B"], filters={"channel": ["x"]}, **DAY)
    assert steps(filtered) == [1, 1]


def test_a_first_entry_is_found_before_it_is_filtered(open_workspace: Opener):
    # The first entry is in segment x, so the user is no entrant of y.
    rows = [
        (1, "A", "2026-03-01 10:00", "x"),
        (1, "A", "2026-03-01 11:00", "y"),
        (1, "B", "2026-03-01 12:00", "y"),
    ]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    asked = {"steps": ["A", "B"], "filters": {"channel": ["y"]}, **DAY}
    assert steps(workspace.run("measure_funnel", **asked)) == [0, 0]
    assert steps(workspace.run("measure_funnel", entry="any", **asked)) == [1, 1]


def test_median_time_to_convert(open_workspace: Opener):
    # Users convert after 1, 2 and 9 hours: the median is 2.
    rows = [(u, "A", "2026-03-01 00:00") for u in range(3)]
    rows += [(u, "B", f"2026-03-01 0{h}:00") for u, h in enumerate((1, 2, 9))]
    values = open_workspace(rows).values("measure_funnel", steps=["A", "B"], **DAY)
    assert values["median_time"] == 2.0
    assert values["step_2_conversion"] == 1.0


def test_nobody_enters(open_workspace: Opener):
    result = open_workspace([(1, "B", "2026-03-01"), (1, "A", "2026-03-05")]).run(
        "measure_funnel", steps=["A", "B"], **DAY
    )
    assert steps(result) == [0, 0]
    assert result.figures[0].value is None
    assert result.n == 0


def test_windows_beyond_the_data_are_counted(open_workspace: Opener):
    result = open_workspace([(1, "A", "2026-03-01 10:00"), (2, "B", "2026-03-02 10:00")]).run(
        "measure_funnel", steps=["A", "B"], **DAY
    )
    assert any("window reaches past the data" in w.en for w in result.warnings)


def test_a_virtual_event_is_any_of_its_members(open_workspace: Opener):
    rows = [(1, "A", "2026-03-01 10:00"), (1, "view", "2026-03-01 11:00"), (2, "visit", "2026-03-01 10:00")]
    workspace = open_workspace(rows, extra="events: {active: {any_of: [visit, view]}}")
    assert steps(workspace.run("measure_funnel", steps=["active", "active"], **DAY)) == [2, 0]
    assert steps(workspace.run("measure_funnel", steps=["A", "active"], **DAY)) == [1, 1]
