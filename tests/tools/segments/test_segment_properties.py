"""What holds of any events: everybody in exactly one group, parts that add up, and no say for the order of rows."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener, make_events

EXTRA = """
dimensions: {channel: {column: channel}}
metrics:
  sales: {kind: event_sum, event: A, property: amount}
  events: {kind: event_count}
segments:
  active: {rule: {any: [{count: A, at_least: 2, days: 3}, {dimension: channel, values: [x], touch: last}]}}
  rest: {rule: {not: {segment: active}}}
"""
PERIOD = {"start": "2026-03-03", "end": "2026-03-08"}
FEW = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

event_rows = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from("AB"),
        st.integers(0, 8 * 8).map(lambda h: f"{pd.Timestamp('2026-03-01') + pd.Timedelta(hours=3 * h)}"),
        st.sampled_from("xy"),
        st.sampled_from([0.1, 0.2, 0.3, 7.0]),
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: [*rows, (99, "A", "2026-03-01", "x", 1.0), (98, "A", "2026-03-08 23:00", "y", 1.0)])


def open_rows(open_workspace: Opener, rows: list[tuple]):
    frame = make_events([row[:4] for row in rows]).assign(amount=[row[4] for row in rows])
    return open_workspace(frame, extra=EXTRA)


@FEW
@given(rows=event_rows, data=st.data())
def test_everybody_is_in_one_group_in_any_order_of_rows(open_workspace: Opener, rows, data):
    seen = []
    buyers = {r[0] for r in rows if r[1] == "A" and "2026-03-03" <= r[2] < "2026-03-09"}
    ever = {r[0] for r in rows if r[2] < "2026-03-09"}
    for order in (rows, data.draw(st.permutations(rows))):
        workspace = open_rows(open_workspace, list(order))
        grid = workspace.run("measure_rfm", event="A", property="amount", **PERIOD)
        eight = workspace.run("measure_rfm", event="A", property="amount", naming="eight", **PERIOD)
        tiers = workspace.run("measure_value_tiers", event="A", property="amount", **PERIOD)
        lives = workspace.run("measure_lifecycle", new_days=2, active_days=2, dormant_days=4, **PERIOD)
        size = workspace.run("measure_segment", segment="active", **PERIOD)
        rest = workspace.run("measure_segment", segment="rest", **PERIOD)
        for result in (grid, eight, tiers):
            assert result.table["users"].sum() == len(buyers)
            spent = sum(r[4] for r in rows if r[1] == "A" and "2026-03-03" <= r[2] < "2026-03-09")
            assert result.table["amount"].sum() == pytest.approx(spent)
        assert lives.table["users"].sum() == len(ever)
        moves = lives.table[[c for c in lives.table if c.startswith("from_")]]
        assert (moves.sum(axis=1) == lives.table["users"]).all()
        assert moves.drop(columns="from_not_yet").sum().tolist() == lives.table["users_before"].tolist()
        assert size.figures[0].value + rest.figures[0].value == len(ever) == size.table["users"].sum()
        results = (grid, eight, tiers, lives, size, rest)
        seen.append([(r.to_dict("en")["table"], r.to_dict("en")["figures"]) for r in results])
    assert seen[0] == seen[1]


@FEW
@given(rows=event_rows)
def test_a_segment_and_the_rest_add_up_to_the_whole(open_workspace: Opener, rows):
    workspace = open_rows(
        open_workspace, [*rows, (1, "A", "2026-03-02", "x", 1.0), (2, "B", "2026-03-02", "y", 1.0)]
    )

    def measure(metric: str, **filters) -> float:
        return workspace.values("measure_metric", metric=metric, filters=filters, **PERIOD)[metric] or 0

    for metric in ("events", "sales"):
        whole = measure(metric)
        assert measure(metric, segment=["active"]) + measure(metric, segment=["rest"]) == pytest.approx(whole)
        assert measure(metric, active=["yes"]) + measure(metric, active=["no"]) == pytest.approx(whole)
        assert measure(metric, segment=["active", "rest"]) == pytest.approx(whole)
