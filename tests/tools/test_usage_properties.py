"""What holds of retention, growth, hours, features, power users and referral for any events."""

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener, make_events

PERIOD = {"start": "2026-03-01", "end": "2026-03-06"}
EXTRA = "dimensions: {channel: {column: channel}}"
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
event_rows = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from("AB"),
        st.integers(0, 6 * 24 - 2).map(lambda h: f"{pd.Timestamp('2026-03-01') + pd.Timedelta(hours=h)}"),
        st.sampled_from("xy"),
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: [*rows, (9, "A", "2026-03-01", "x"), (9, "B", "2026-03-06 23:00", "y")])
OFFSETS = [0, 1, 2, 3]
RETENTION = {"cohort_event": "A", "return_event": "B", "periods": OFFSETS, **PERIOD}
# Tools whose tables count users only, or count events in columns named here.
TOOLS = {
    "measure_retention": (RETENTION, []),
    "measure_growth_accounting": ({"interval": "day", "breakdown": "channel", **PERIOD}, []),
    "measure_active_users": ({"interval": "week", "window": "rolling", **PERIOD}, []),
    "measure_power_users": ({"window_days": 3, **PERIOD}, []),
    "measure_activity_hours": (PERIOD, ["events", "mean_events"]),
    "measure_feature_adoption": (
        {"events": ["A", "B"], **PERIOD},
        ["uses", "mean_uses", "median_uses"],
    ),
}


def rates(workspace, **changed) -> np.ndarray:
    """Return rates by cohort (rows) and period (columns)."""
    table = workspace.run("measure_retention", **{**RETENTION, **changed}).table
    return table[[c for c in table.columns if c.startswith("day_")]].to_numpy(dtype=float)


@FEW
@given(
    rows=event_rows,
    clock=st.sampled_from(["calendar", "24h"]),
    cohort=st.sampled_from(["first_time", "recurring"]),
)
def test_retention_is_a_share_and_unbounded_never_rises(open_workspace: Opener, rows, clock, cohort):
    workspace = open_workspace(rows, extra=EXTRA)
    asked = {"clock": clock, "cohort": cohort}
    on, later = rates(workspace, **asked), rates(workspace, mode="on_or_after", **asked)
    for shares in (on, later):
        known = shares[~np.isnan(shares)]
        assert ((known >= 0) & (known <= 1)).all()
    fall = np.diff(later, axis=1)
    assert (fall[~np.isnan(fall)] <= 0).all()
    assert (on <= later)[~np.isnan(on)].all()
    # A bracket holds whoever is back in any of its periods, and nobody else.
    bracket = rates(workspace, periods=["1-3"], **asked)[:, 0]
    inside = on[:, 1:]
    whole = ~np.isnan(bracket)
    assert (bracket >= inside.max(axis=1))[whole].all()
    assert (bracket <= inside.sum(axis=1) + 1e-9)[whole].all()
    # More occurrences are never easier.
    for mode in ("on", "on_or_after"):
        once, twice = (rates(workspace, mode=mode, min_occurrences=k, **asked) for k in (1, 2))
        assert (twice <= once)[~np.isnan(once)].all()


@FEW
@given(rows=event_rows)
def test_growth_adds_up_in_every_segment_and_over_them(open_workspace: Opener, rows):
    workspace = open_workspace(rows, extra=EXTRA)
    asked = {"interval": "day", **PERIOD}
    whole = workspace.run("measure_growth_accounting", **asked).table
    split = workspace.run("measure_growth_accounting", breakdown="channel", **asked).table
    for table in (whole, split):
        closing = table["opening"] + table["new"] + table["resurrected"] - table["dormant"]
        assert (closing == table["active"]).all()
        assert (table["new"] + table["returning"] + table["resurrected"] == table["active"]).all()
    columns = ["opening", "new", "returning", "resurrected", "dormant", "active"]
    assert split.groupby("period")[columns].sum().to_numpy().tolist() == whole[columns].to_numpy().tolist()


@FEW
@given(rows=event_rows, data=st.data())
def test_order_and_duplicate_rows_change_no_user_count(open_workspace: Opener, rows, data):
    shuffled = data.draw(st.permutations(rows))
    seen = []
    for frame in (make_events(rows), make_events(list(shuffled)), make_events([*rows, *shuffled])):
        workspace = open_workspace(frame, extra=EXTRA)
        results = {name: workspace.run(name, **arguments) for name, (arguments, _) in TOOLS.items()}
        tables = {n: r.table.drop(columns=TOOLS[n][1]).to_csv() for n, r in results.items()}
        active = results["measure_power_users"].table["share"].dropna()
        assert ((active >= 0) & (active <= 1)).all()
        adoption = results["measure_feature_adoption"].table["adoption"]
        assert ((adoption >= 0) & (adoption <= 1)).all()
        seen.append(tables)
    assert seen[0] == seen[1] == seen[2]


def test_partitioning_changes_nothing(open_workspace: Opener, tmp_path: Path):
    rng = np.random.default_rng(42)
    at = pd.Timestamp("2026-03-01") + pd.to_timedelta(rng.integers(0, 6 * 86_400, 600), unit="s")
    frame = pd.DataFrame(
        {
            "user": rng.integers(1, 40, 600).astype(str),
            "event": rng.choice(["A", "B"], 600),
            "at": at,
            "channel": rng.choice(["x", "y"], 600),
        }
    )
    columns = "user: user, time: at, event: event"
    seen = []
    for parts in (1, 7):
        folder = tmp_path / f"in_{parts}"
        folder.mkdir()
        for number in range(parts):
            frame.iloc[number::parts].to_parquet(folder / f"{number}.parquet")
        source = f"{{path: '{folder.name}/*.parquet', {columns}}}"
        workspace = open_workspace(frame, source=source, extra=EXTRA)
        referral = workspace.run(
            "measure_referral", invite_event="A", accept_event="B", link="channel", **PERIOD
        )
        tables = [workspace.run(n, **arguments).table.to_csv() for n, (arguments, _) in TOOLS.items()]
        seen.append([*tables, referral.table.to_csv()])
    assert seen[0] == seen[1]
