"""Time the metric tools beside a straightforward pandas version of each, in the same run.

python -m tests.bench.metrics --events 1000000
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tools import Metrics

DAYS, START = 120, pd.Timestamp("2026-01-01")
END = (START + pd.Timedelta(days=DAYS - 1)).date().isoformat()
WHOLE = {"start": START.date().isoformat(), "end": END}
YAML = """
timezone: Asia/Shanghai
sources: {events: {path: events.parquet, user: user, time: at, event: event}}
dimensions: {channel: {column: channel}}
metrics: {d1: {kind: retention, cohort_event: visit}, buy: {kind: conversion, steps: [view, order], window: 7d}}
"""


def make_events(events: int, seed: int = 42) -> pd.DataFrame:
    """Make events of events / 50 users over 120 days, local times in Shanghai."""
    rng = np.random.default_rng(seed)
    users = max(events // 50, 10)
    joined = rng.integers(0, DAYS, users)
    user = rng.integers(0, users, events)
    day = np.minimum(joined[user] + rng.exponential(20, events).astype(int), DAYS - 1)
    channels = np.array(["douyin", "search", "organic", "referral"])
    return pd.DataFrame(
        {
            "user": user,
            "event": rng.choice(["visit", "view", "cart", "order"], events, p=[0.4, 0.4, 0.15, 0.05]),
            "at": START + pd.to_timedelta(day * 86_400 + rng.integers(0, 86_400, events), unit="s"),
            "channel": channels[rng.integers(0, 4, users)[user]],
        }
    )


def active_users(frame: pd.DataFrame) -> float:
    return float(frame.groupby(frame["at"].dt.date)["user"].nunique().mean())


def retention(frame: pd.DataFrame) -> float:
    days = frame.assign(day=(frame["at"].dt.normalize() - START).dt.days)[["user", "day"]].drop_duplicates()
    days["offset"] = days["day"] - days.groupby("user")["day"].transform("min")
    old = days[days["day"] - days["offset"] <= DAYS - 2]
    return float((old["offset"] == 1).sum() / (old["offset"] == 0).sum())


def growth(frame: pd.DataFrame) -> int:
    weeks = ((frame["at"].dt.normalize() - START).dt.days + 3) // 7
    active = (
        pd.DataFrame({"user": frame["user"], "week": weeks}).drop_duplicates().sort_values(["user", "week"])
    )
    before = active.groupby("user")["week"].shift()
    return int((before.notna() & (before < active["week"] - 1)).sum())


def funnel(frame: pd.DataFrame) -> list[int]:
    view, order = (
        frame.loc[frame["event"] == e, ["user", "at"]].sort_values("at") for e in ("view", "order")
    )
    latest = pd.merge_asof(order, view.assign(viewed=view["at"]), on="at", by="user")
    done = latest[latest["at"] - latest["viewed"] <= pd.Timedelta(days=7)]
    return [view["user"].nunique(), done["user"].nunique()]


CASES: dict[str, tuple[str, dict[str, Any], Callable[[pd.DataFrame], Any] | None]] = {
    "active users": ("measure_active_users", {}, active_users),
    "retention": ("measure_retention", {"periods": [1]}, retention),
    "growth": ("measure_growth_accounting", {"interval": "week"}, growth),
    "funnel, any": ("measure_funnel", {"steps": ["view", "order"], "entry": "any"}, funnel),
    "funnel, first": ("measure_funnel", {"steps": ["view", "order"]}, None),
    "metric d1": ("measure_metric", {"metric": "d1"}, None),
    "explain d1": (
        "explain_change",
        {"metric": "d1", "start": "2026-03-01", "compare_start": "2026-01-01", "compare_end": "2026-02-28"},
        None,
    ),
}


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the better of two runs, and the result."""
    best, result = float("inf"), None
    for _ in range(2):
        begin = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - begin)
    return best, result


def headline(name: str, result: Any) -> Any:
    """Return what the pandas version returns, for the check that both say the same."""
    if name.startswith("funnel"):
        return result.table["users"].tolist()
    wanted = {"growth": "resurrected"}.get(name)
    return next(f.value for f in result.figures if wanted in (None, f.name))


def run(events: int, folder: Path) -> None:
    """Print seconds per tool, seconds in pandas and their ratio."""
    make_events(events).to_parquet(folder / "events.parquet")
    (folder / "metrics.yaml").write_text(YAML)
    metrics = Metrics.open(folder / "metrics.yaml", timeout=300)
    begin = time.perf_counter()
    metrics.coverage(teams=None)
    print(f"{events:,} events; loading once: {time.perf_counter() - begin:.2f} s")
    begin = time.perf_counter()
    frame = pd.read_parquet(folder / "events.parquet")
    print(f"pandas reads the file in {time.perf_counter() - begin:.2f} s")
    print(f"{'':16}{'yunce s':>10}{'pandas s':>10}{'ratio':>8}")
    for name, (tool, arguments, plain) in CASES.items():
        asked = {**WHOLE, **arguments}
        ours, result = timed(lambda tool=tool, asked=asked: metrics.run(tool, asked, teams=None))
        if plain is None:
            print(f"{name:16}{ours:>10.3f}")
            continue
        theirs, expected = timed(lambda plain=plain: plain(frame))
        found = headline(name, result)
        assert np.allclose(found, expected), (name, found, expected)
        print(f"{name:16}{ours:>10.3f}{theirs:>10.3f}{theirs / ours:>7.1f}x")
    metrics.close()


def main() -> None:
    """Read the number of events and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        run(parser.parse_args().events, Path(folder))


if __name__ == "__main__":
    main()
