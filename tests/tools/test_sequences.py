"""Funnels and paths are the same whatever the order of rows and however they are cut into files."""

import numpy as np
import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools import Metrics

PERIOD = {"start": "2026-03-01", "end": "2026-03-03"}
FUNNEL = {"steps": ["A", "B", "C"], "window": "12h", "entry": "any", **PERIOD}
ASKED = [
    ("measure_funnel", FUNNEL | {"breakdown": "channel", "attribution": "last_touch", "exclusions": ["X"]}),
    ("measure_funnel", FUNNEL | {"breakdown": "channel", "attribution": "all_steps"}),
    ("measure_funnel", FUNNEL | {"order": "strict", "optional": [2], "filters": {"channel": ["x"]}}),
    ("measure_funnel", FUNNEL | {"order": "any", "view": "trend", "interval": "day"}),
    ("measure_paths", {"event": "A", "min_users": 1, "session_gap": "2h", **PERIOD}),
    (
        "measure_paths",
        {"event": "C", "direction": "to", "min_users": 1, "filters": {"channel": ["x"]}, **PERIOD},
    ),
]
YAML = """
timezone: UTC
sources: {events: {path: "*.parquet", user: user, time: at, event: event}}
dimensions: {channel: {column: channel}}
"""


def make_frame(seed: int) -> pd.DataFrame:
    """Make few users with many events at the same instants."""
    rng = np.random.default_rng(seed)
    size = 400
    hours = pd.to_timedelta(rng.integers(0, 72, size), unit="h")
    return pd.DataFrame(
        {
            "user": rng.integers(0, 25, size),
            "event": rng.choice(list("ABCX"), size, p=[0.3, 0.3, 0.3, 0.1]),
            "at": pd.Timestamp("2026-03-01") + hours,
            "channel": rng.choice(["x", "y"], size),
        }
    )


@pytest.mark.parametrize("seed", range(3))
def test_rows_and_files_may_come_in_any_order(tmp_path, seed):
    frame = make_frame(seed)
    seen = []
    for name, parts in (("one", 1), ("three", 3)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "metrics.yaml").write_text(YAML, encoding="utf-8")
        shuffled = frame.sample(frac=1, random_state=seed + parts)
        for part in range(parts):
            shuffled.iloc[part::parts].to_parquet(folder / f"{part}.parquet")
        metrics = Metrics.open(folder / "metrics.yaml")
        answers = [metrics.run(tool, arguments, teams=None).to_dict("en") for tool, arguments in ASKED]
        metrics.close()
        seen.append([(answer["table"], answer["figures"]) for answer in answers])
    assert seen[0] == seen[1]


def test_segments_of_a_touch_add_up_to_the_whole(open_workspace: Opener):
    workspace = open_workspace(make_frame(0), extra="dimensions: {channel: {column: channel}}")
    whole = workspace.run("measure_funnel", **FUNNEL).table["users"].tolist()
    for attribution in ("first_touch", "last_touch"):
        table = workspace.run("measure_funnel", breakdown="channel", attribution=attribution, **FUNNEL).table
        assert table.groupby("step")["users"].sum().tolist() == whole
