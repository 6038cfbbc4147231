"""Funnels over events at one and the same instant, worked out by hand."""

import pytest

from tests.tools.conftest import Opener

DAY = {"start": "2026-03-01", "end": "2026-03-01"}


# One user: view 09:00, then order and view at the very same 10:00. Steps view, order, view.
# Events at one instant are taken in the order of the steps: 09:00 view, 10:00 order, 10:00 view, all three done,
# in whatever order the file has them; strict as well, for nothing lies between 09:00 and 10:00.
@pytest.mark.parametrize("order", ["ordered", "strict"])
@pytest.mark.parametrize("rows", [["order", "view"], ["view", "order"]])
def test_a_repeated_step_may_share_its_instant_with_the_step_before(open_workspace: Opener, order, rows):
    events = [(1, "view", "2026-03-01 09:00"), *((1, e, "2026-03-01 10:00") for e in rows)]
    workspace = open_workspace(events)
    funnel = workspace.run("measure_funnel", steps=["view", "order", "view"], order=order, **DAY)
    assert funnel.table["users"].tolist() == [1, 1, 1]
    # The 09:00 view alone cannot be both the first and the third step: with one view there are two steps.
    lone = open_workspace([(1, "view", "2026-03-01 10:00"), (1, "order", "2026-03-01 10:00")])
    funnel = lone.run("measure_funnel", steps=["view", "order", "view"], order=order, **DAY)
    assert funnel.table["users"].tolist() == [1, 1, 0]


# view and share at 09:00, order at 10:00: strictly view, order. The share lies at the instant of the view, hence not
# between the two, though it is a step itself; at 09:30 it would lie between.
@pytest.mark.parametrize(("at", "expected"), [("09:00", [1, 1, 0]), ("09:30", [1, 0, 0])])
def test_another_step_at_the_instant_of_a_step_does_not_lie_between(open_workspace: Opener, at, expected):
    events = [
        (1, "view", "2026-03-01 09:00"),
        (1, "share", f"2026-03-01 {at}"),
        (1, "order", "2026-03-01 10:00"),
    ]
    funnel = open_workspace(events).run(
        "measure_funnel", steps=["view", "order", "share"], order="strict", **DAY
    )
    assert funnel.table["users"].tolist() == expected


# Entries 09:00:00 and 09:00:04; two more views at 09:00:04 as well. Two views: 09:00:00 -> :04 takes 4 s, :04 -> :04
# takes 0 s; both arrive at :04, and of those the latest entry counts (Mixpanel's optimized re-entry): 0 s.
def test_of_journeys_that_arrive_at_one_instant_the_latest_entry_counts(open_workspace: Opener):
    events = [(1, "view", f"2026-03-01 09:00:0{s}") for s in (0, 4, 4, 4)]
    values = open_workspace(events).values(
        "measure_funnel", steps=["view", "view"], entry="any", view="time", **DAY
    )
    assert values["median_time"] == 0


# view 09:00, refund 09:30, order 10:00: out, in each view of a funnel without a breakdown.
@pytest.mark.parametrize("view", ["steps", "time"])
def test_who_is_excluded_is_a_figure_in_each_view(open_workspace: Opener, view):
    events = [
        (1, "view", "2026-03-01 09:00"),
        (1, "refund", "2026-03-01 09:30"),
        (1, "order", "2026-03-01 10:00"),
        (2, "view", "2026-03-01 09:00"),
    ]
    values = open_workspace(events).values(
        "measure_funnel", steps=["view", "order"], exclusions="refund", view=view, **DAY
    )
    assert values["excluded_users"] == 1
