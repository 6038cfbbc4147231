"""Time the metric tools beside a straightforward pandas version of each, in the same run.

    python -m tests.bench.metrics [--events 1000000 3000000 10000000] [--text 3000000] [--case growth ...]

Each is measured in processes of their own, in turn, and the best of all turns counts: the first answer, which opens the
source and makes the tables that later ones share, beside pandas reading the columns and computing; the better of two
more, beside pandas computing again on what it has read; and the memory taken at the most. Other ratios are to the time
that pandas takes to merely read the columns user, event and time, the fastest of all its readings. Libraries are loaded
beforehand on either side. Then the same question is asked with a sixteenth of the usual memory, and the same events are
read from CSV and JSON lines. `metrics.md` beside this file keeps the figures of one run.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.timing import Timing, clock, held, peak, run_apart, time_answers
from tools import Metrics

DAYS, START = 120, pd.Timestamp("2026-01-01")
END = (START + pd.Timedelta(days=DAYS - 1)).date().isoformat()
COLUMNS = ["user", "event", "at"]
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


def headline(name: str, result: Any) -> Any:
    """Return what the pandas version returns, for the check that both say the same."""
    if name.startswith("funnel"):
        return result.table["users"].tolist()
    if name == "growth":
        return int(result.table["resurrected"].sum())
    return next(f.value for f in result.figures)


def measure_spill(folder: Path, limit: str) -> tuple[float, float, bool]:
    """Ask for what takes most memory, with so little that it does not fit.

    Returns:
        Seconds, megabytes written to disk, and whether the answer is the same as with the usual memory.
    """
    tool, arguments, _ = CASES["explain d1"]
    asked = {**WHOLE, **arguments}
    usual = Metrics.open(folder / "metrics.yaml", timeout=600).run(tool, asked, teams=None)
    with tempfile.TemporaryDirectory() as spill:
        tempfile.tempdir = spill
        narrow = Metrics.open(folder / "metrics.yaml", timeout=600, memory_limit=limit)
        seconds, result = clock(lambda: narrow.run(tool, asked, teams=None))
        written = sum(f.stat().st_size for f in Path(spill).rglob("*") if f.is_file()) / 2**20
        narrow.close()
    return seconds, written, result.to_dict("en")["figures"] == usual.to_dict("en")["figures"]


def measure_text(folder: Path, kind: str) -> tuple[float, float, float]:
    """Open events that are written as text; return seconds, events and megabytes."""
    source = YAML.replace("events.parquet", f"events.{kind}")
    (folder / f"{kind}.yaml").write_text(source)
    before = held()
    metrics = Metrics.open(folder / f"{kind}.yaml", timeout=600)
    seconds, _ = clock(lambda: metrics.coverage(teams=None))
    return seconds, float(sum(metrics._sources.get("events").event_counts.values())), peak() - before


def measure_reading(folder: Path) -> Timing:
    """Merely read the columns that a metric needs, with pandas, three times."""

    def read() -> int:
        return len(pd.read_parquet(folder / "events.parquet", columns=COLUMNS))

    return time_answers(read)


def measure_yunce(folder: Path, name: str) -> Timing:
    """Open the workspace and ask three times."""
    tool, arguments, _ = CASES[name]
    opened: list[Metrics] = []

    def ask() -> Any:
        if not opened:
            opened.append(Metrics.open(folder / "metrics.yaml", timeout=600))
        return headline(name, opened[0].run(tool, {**WHOLE, **arguments}, teams=None))

    return time_answers(ask)


def measure_pandas(folder: Path, name: str) -> Timing:
    """Read the columns and compute three times."""
    plain = CASES[name][2]
    assert plain is not None
    read: list[pd.DataFrame] = []

    def compute() -> Any:
        if not read:
            read.append(pd.read_parquet(folder / "events.parquet", columns=COLUMNS))
        return plain(read[0])

    return time_answers(compute)


def report(events: int, folder: Path, cases: list[str], turns: int) -> None:
    """Measure one size and print it, a row of a table for each case."""
    make_events(events).to_parquet(folder / "events.parquet")
    (folder / "metrics.yaml").write_text(YAML)
    reading: Timing | None = None
    for _ in range(turns):
        reading = run_apart(measure_reading, folder).better(reading)
    assert reading is not None
    fastest = min(reading.first, reading.again), min(reading.first_processors, reading.processors)
    print(
        f"{events:,} events; merely reading the columns takes {fastest[0]:.2f} s ({fastest[1]:.2f} of processors), "
        f"in a new process {reading.first:.2f} s ({reading.first_processors:.2f}), {reading.megabytes:.0f} MB",
        flush=True,
    )
    for name in cases:
        ours: Timing | None = None
        theirs: Timing | None = None
        for _ in range(turns):
            ours = run_apart(measure_yunce, folder, name).better(ours)
            if CASES[name][2] is not None:
                theirs = run_apart(measure_pandas, folder, name).better(theirs)
        assert ours is not None
        if theirs is not None:
            assert np.allclose(ours.headline, theirs.headline), (name, ours.headline, theirs.headline)
        print(describe(name, ours, theirs, fastest), flush=True)


def describe(name: str, ours: Timing, theirs: Timing | None, reading: tuple[float, float]) -> str:
    """Write a row: first seconds, / reading (of processors), pandas / ours (of processors); the same again; memory."""
    cells = [name]
    for place in ("first", "again"):
        processors = "first_processors" if place == "first" else "processors"
        seconds, busy = getattr(ours, place), getattr(ours, processors)
        cells += [f"{seconds:.3f}", f"{seconds / reading[0]:.2f} ({busy / reading[1]:.2f})"]
        ratio = ""
        if theirs is not None:
            ratio = f"{getattr(theirs, place) / seconds:.1f} ({getattr(theirs, processors) / busy:.1f})"
        cells.append(ratio)
    cells += [f"{ours.megabytes:.0f}", f"{ours.megabytes / theirs.megabytes:.2f}" if theirs else ""]
    return "| " + " | ".join(cells) + " |"


def report_spill(folder: Path) -> None:
    """Measure what happens where the memory is too little, and print it."""
    seconds, written, same = run_apart(measure_spill, folder, "128MB")
    said = "the same" if same else "NOT the same"
    print(f"explain d1 within 128 MB: {seconds:.1f} s, {written:.0f} MB on disk, figures {said}", flush=True)


def report_text(events: int, folder: Path) -> None:
    """Measure the reading of text and print it."""
    frame = make_events(events)
    frame.to_csv(folder / "events.csv", index=False)
    frame.to_json(folder / "events.jsonl", orient="records", lines=True, date_format="iso", date_unit="s")
    for kind in ("csv", "jsonl"):
        seconds, found, megabytes = run_apart(measure_text, folder, kind)
        assert found == events
        size = (folder / f"events.{kind}").stat().st_size / 2**20
        print(
            f"{events:,} events as {kind} ({size:.0f} MB): open in {seconds:.1f} s, {megabytes:.0f} MB",
            flush=True,
        )


def main() -> None:
    """Read the numbers of events and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000, 3_000_000, 10_000_000])
    parser.add_argument("--text", type=int, nargs="*", default=[3_000_000])
    parser.add_argument("--case", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--turns", type=int, default=3, help="how often each is measured")
    asked = parser.parse_args()
    for events in asked.events:
        with tempfile.TemporaryDirectory() as folder:
            report(events, Path(folder), asked.case, asked.turns)
            report_spill(Path(folder))
    for events in asked.text:
        with tempfile.TemporaryDirectory() as folder:
            report_text(events, Path(folder))


if __name__ == "__main__":
    main()
