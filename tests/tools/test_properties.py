"""What holds for any events: bounds, sums, and independence of the order of rows."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener, make_events
from tools.decomposition import decompose_ratio

EXTRA = """
dimensions: {channel: {column: channel}}
metrics: {d1: {kind: retention, cohort_event: A, return_event: B}}
"""
PERIOD = {"start": "2026-03-01", "end": "2026-03-06"}
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

event_rows = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from("AB"),
        st.integers(0, 6 * 24).map(lambda h: f"{pd.Timestamp('2026-03-01') + pd.Timedelta(hours=h)}"),
        st.sampled_from("xy"),
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: [*rows, (9, "A", "2026-03-01", "x"), (9, "B", "2026-03-06 23:00", "y")])


@FEW
@given(rows=event_rows, data=st.data())
def test_figures_hold_bounds_sums_and_any_row_order(open_workspace: Opener, rows, data):
    shuffled = data.draw(st.permutations(rows))
    seen = []
    for frame in (make_events(rows), make_events(list(shuffled))):
        workspace = open_workspace(frame, extra=EXTRA)
        funnel = workspace.run("measure_funnel", steps=["A", "B", "A"], window="36h", entry="any", **PERIOD)
        retention = workspace.run(
            "measure_retention",
            cohort_event="A",
            return_event="B",
            periods=[0, 1, 2],
            breakdown="channel",
            **PERIOD,
        )
        growth = workspace.run("measure_growth_accounting", interval="day", **PERIOD)
        change = workspace.run(
            "explain_change",
            metric="d1",
            start="2026-03-03",
            end="2026-03-05",
            compare_start="2026-03-01",
            compare_end="2026-03-02",
        )
        results = (funnel, retention, growth, change)
        seen.append([r.to_dict("en")["table"] for r in results])
        users = funnel.table["users"].tolist()
        assert users == sorted(users, reverse=True)
        assert all(f.value is None or 0 <= f.value <= 1 for f in retention.figures)
        table = growth.table
        opening = table["active"].shift(fill_value=0)
        assert (opening + table["new"] + table["resurrected"] - table["dormant"] == table["active"]).all()
        if len(change.table):
            assert change.table["contribution"].sum() == pytest.approx(change.figures[0].value, abs=1e-12)
    assert seen[0] == seen[1]


cell = st.tuples(st.sampled_from("abcd"), st.integers(0, 50), st.integers(0, 50)).map(
    lambda c: (c[0], min(c[1], c[2]), c[2], c[2])
)


@given(st.lists(cell, min_size=1, max_size=6), st.lists(cell, min_size=1, max_size=6))
def test_contributions_add_up_to_the_change(after, before):
    frames = [pd.DataFrame(rows, columns=["s", "numerator", "denominator", "n"]) for rows in (after, before)]
    totals = [f["denominator"].sum() for f in frames]
    parts = decompose_ratio(*frames, "s")
    if not all(totals):
        assert parts.empty
        return
    change = frames[0]["numerator"].sum() / totals[0] - frames[1]["numerator"].sum() / totals[1]
    assert parts["contribution"].sum() == pytest.approx(change, abs=1e-12)
