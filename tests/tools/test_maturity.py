"""The last days that can be told: each kind of metric waits for what its definition needs."""

from datetime import date

import pytest

from tests.tools.conftest import Opener, Workspace
from tools.errors import InvalidArgument, NoData, UnknownMetric

EXTRA = """
metrics:
  visits: {kind: event_count, event: visit}
  d1: {kind: retention, cohort_event: visit, return_event: visit, at: 1}
  d7: {kind: retention, cohort_event: visit, return_event: visit, at: 7}
  h24: {kind: retention, cohort_event: visit, return_event: visit, at: 7, clock: 24h}
  w2: {kind: retention, cohort_event: visit, return_event: visit, at: 2, period: week}
  fast: {kind: conversion, steps: [visit, visit], window: 30m}
  again: {kind: conversion, steps: [visit, visit], window: 8d}
"""


@pytest.fixture
def workspace(open_workspace: Opener) -> Workspace:
    # Whole days from Sunday 1 March to Sunday 29 March 2026.
    return open_workspace([("u", "visit", f"2026-03-{d:02} 12:00") for d in range(1, 30)], extra=EXTRA)


@pytest.mark.parametrize(
    ("metric", "end"),
    [
        ("visits", 29),  # the week of 23 to 29 March is covered
        ("d1", 22),  # Sunday's cohort would need Monday the 30th
        ("d7", 22),  # the 22nd needs the 29th, which is covered
        ("h24", 15),  # the 22nd's last member needs up to the end of the 30th
        ("w2", 15),  # the week of the 9th needs that of the 23rd
        ("fast", 22),  # the last half hour of the 29th is open
        ("again", 15),  # the 22nd needs 8 days, up to the end of the 30th
    ],
)
def test_the_last_week_that_can_be_told(workspace: Workspace, metric: str, end: int):
    period = workspace.metrics.last_mature_period(metric, teams=None)
    assert (period.start, period.end) == (date(2026, 3, end - 6), date(2026, 3, end))


def test_days_that_are_no_whole_weeks_end_on_the_last_mature_day(workspace: Workspace):
    period = workspace.metrics.last_mature_period("d1", teams=None, days=3)
    assert (period.start, period.end) == (date(2026, 3, 26), date(2026, 3, 28))


def test_weeks_start_as_declared(open_workspace: Opener):
    rows = [("u", "visit", f"2026-03-{d:02}") for d in range(1, 30)]
    workspace = open_workspace(rows, extra=f"week_start: sunday{EXTRA}")
    assert workspace.metrics.last_mature_period("visits", teams=None).end == date(2026, 3, 28)


def test_what_cannot_be_answered_is_said(workspace: Workspace):
    with pytest.raises(NoData, match="too young"):
        workspace.metrics.last_mature_period("visits", teams=None, days=35)
    with pytest.raises(UnknownMetric):
        workspace.metrics.last_mature_period("absent", teams=None)
    with pytest.raises(InvalidArgument, match="between 1 and 366"):
        workspace.metrics.last_mature_period("visits", teams=None, days=0)
