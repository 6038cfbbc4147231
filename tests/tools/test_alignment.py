"""Periods that the data covers in part are compared with as many days, and no bucket with itself."""

from typing import Any

import pandas as pd
import pytest

from tests.tools.conftest import Opener, Workspace
from tools.errors import NoData

EXTRA = """
dimensions: {channel: {column: channel}}
metrics:
  orders: {kind: event_count, event: buy}
  buyers: {kind: unique_users, event: buy}
  dau: {kind: active_users, event: buy}
  wau: {kind: active_users, event: buy, interval: week}
  mau: {kind: active_users, event: buy, interval: month}
"""


@pytest.fixture
def workspace(open_workspace: Opener) -> Workspace:
    # One order a day from 1 August to Monday 28 September 2026, each day by another user, those of September twice.
    days = [("a", 8, d, 1) for d in range(1, 32)] + [("b", 9, d, 2) for d in range(1, 29)]
    rows = [(f"{u}{d}", "buy", f"2026-{m:02}-{d:02} {h:02}:00", u) for u, m, d, k in days for h in range(k)]
    return open_workspace(rows, extra=EXTRA)


def compare(workspace: Workspace, tool: str, metric: str, *days: str) -> tuple[dict[str, Any], Any]:
    names = ("start", "end", "compare_start", "compare_end")
    result = workspace.run(tool, metric=metric, **dict(zip(names, days, strict=True)))
    return {f.name: f for f in result.figures if f.segment is None}, result


@pytest.mark.parametrize("tool", ["measure_metric", "explain_change"])
def test_a_week_begun_is_compared_with_as_many_days(workspace: Workspace, tool: str):
    # The data has Monday the 28th only: its 2 orders against the 2 of Monday the 21st, not the 14 of the week.
    figures, result = compare(
        workspace, tool, "orders", "2026-09-28", "2026-10-04", "2026-09-21", "2026-09-27"
    )
    assert (figures["orders"].value, figures["orders_before"].value) == (2, 2)
    assert figures["orders"].period == "2026-09-28/2026-09-28"
    assert figures["orders_before"].period == "2026-09-21/2026-09-21"
    assert any("as many days" in w.en and "相同天数" in w.zh for w in result.warnings)
    card = {d.label.en: d.value.en for d in result.definition}
    assert card["days counted of the compared period"].startswith("2026-09-21 to 2026-09-21")


def test_whole_months_are_alike_whatever_their_length(workspace: Workspace):
    # 28 days of September with 2 orders each against the first 28 of August's 31.
    figures, _ = compare(
        workspace, "measure_metric", "orders", "2026-09-01", "2026-09-30", "2026-08-01", "2026-08-31"
    )
    assert (figures["orders"].value, figures["orders_before"].value) == (56, 28)


def test_periods_of_other_lengths_are_only_cut_to_the_data(workspace: Workspace):
    figures, result = compare(
        workspace, "measure_metric", "buyers", "2026-09-22", "2026-09-30", "2026-08-01", "2026-08-31"
    )
    assert (figures["buyers"].value, figures["buyers_before"].value) == (7, 31)
    assert any("31 days, not as many" in w.en for w in result.warnings)


def test_whole_periods_stay_as_asked(workspace: Workspace):
    figures, result = compare(
        workspace, "measure_metric", "dau", "2026-09-22", "2026-09-28", "2026-09-15", "2026-09-21"
    )
    assert figures["dau"].period == "2026-09-22/2026-09-28"
    assert not result.warnings


@pytest.mark.parametrize("tool", ["measure_metric", "explain_change"])
def test_a_month_is_not_compared_with_itself(workspace: Workspace, tool: str):
    # Both weeks lie in September, which has 28 days of data; August's first 28 had 28 users.
    figures, result = compare(workspace, tool, "mau", "2026-09-22", "2026-09-28", "2026-09-15", "2026-09-21")
    assert (figures["mau"].value, figures["mau_before"].value) == (28, 28)
    assert figures["mau"].period == "2026-09-01/2026-09-28"
    assert figures["mau_before"].period == "2026-08-01/2026-08-28"
    assert any("both periods lie in the same one" in w.en for w in result.warnings)


def test_days_of_one_week_are_compared_with_the_week_before(workspace: Workspace):
    # Monday the 21st to Sunday the 27th: 7 users, as many as the week before.
    figures, _ = compare(
        workspace, "measure_metric", "wau", "2026-09-27", "2026-09-27", "2026-09-26", "2026-09-26"
    )
    assert figures["wau"].period == "2026-09-21/2026-09-27"
    assert (figures["wau_before"].value, figures["wau_before"].period) == (7, "2026-09-14/2026-09-20")


def test_the_first_month_has_none_to_be_compared_with(workspace: Workspace):
    days = ("2026-08-08", "2026-08-14", "2026-08-01", "2026-08-07")
    figures, result = compare(workspace, "measure_metric", "mau", *days)
    assert (figures["mau"].value, "change" in figures) == (31, False)
    assert any("none before it" in w.en for w in result.warnings)
    with pytest.raises(NoData, match="none before it"):
        compare(workspace, "explain_change", "mau", *days)


@pytest.mark.parametrize(
    ("metric", "start", "whole", "cut"),
    [
        ("wau", "2026-09-14", ["2026-09-14", "2026-09-21"], "2026-09-28"),
        ("mau", "2026-08-01", ["2026-08"], "2026-09"),
    ],
)
def test_a_week_or_month_that_is_not_over_has_no_active_users_yet_rather_than_none(
    workspace: Workspace, metric: str, start: str, whole: list[str], cut: str
):
    table = workspace.run("measure_metric", metric=metric, start=start, end="2026-09-28").table
    values = dict(zip(table["period"], table["value"], strict=True))
    assert all(values[bucket] > 0 for bucket in whole)
    assert pd.isna(values[cut])


def test_sums_of_part_of_a_week_are_said_to_be_that(workspace: Workspace):
    result = workspace.run(
        "measure_metric", metric="orders", interval="week", start="2026-09-16", end="2026-09-28"
    )
    assert any("不是完整的周" in w.zh and "2026-09-14、2026-09-28" in w.zh for w in result.warnings)
    assert any("Not whole weeks: 2026-09-14, 2026-09-28" in w.en for w in result.warnings)
    whole = workspace.run(
        "measure_metric", metric="orders", interval="week", start="2026-09-14", end="2026-09-27"
    )
    assert not any("Not whole" in w.en for w in whole.warnings)
