"""Time the metric tools beside a straightforward pandas version of each, in the same run.

    python -m tests.bench.metrics [--events 1000000 3000000 10000000] [--text 3000000] [--case growth ...]

Each is measured in a process of its own: the first answer, which opens the source and makes the tables that later
ones share; the better of two more; and the memory taken at the most. Ratios are to the time that pandas takes to
merely read the columns user, event and time, and to the pandas version, reading left out. Then the same question is
asked with a sixteenth of the usual memory, and the same events are read from CSV and JSON lines. `metrics.md` beside
this file keeps the figures of one run.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

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


@dataclass(frozen=True)
class Timing:
    """Seconds of the first answer in a new process, of the better of two more, by the clock and of all processors,
    and megabytes taken at the most.
    """

    first: float
    again: float
    processors: float
    megabytes: float
    headline: Any


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
        seconds, result = _clock(lambda: narrow.run(tool, asked, teams=None))
        written = sum(f.stat().st_size for f in Path(spill).rglob("*") if f.is_file()) / 2**20
        narrow.close()
    return seconds, written, result.to_dict("en")["figures"] == usual.to_dict("en")["figures"]


def measure_text(folder: Path, kind: str) -> tuple[float, float, float]:
    """Open events that are written as text; return seconds, events and megabytes."""
    source = YAML.replace("events.parquet", f"events.{kind}")
    (folder / f"{kind}.yaml").write_text(source)
    before = _held()
    metrics = Metrics.open(folder / f"{kind}.yaml", timeout=600)
    seconds, _ = _clock(lambda: metrics.coverage(teams=None))
    return seconds, float(sum(metrics._sources.get("events").event_counts.values())), _peak() - before


def measure_reading(folder: Path) -> float:
    """Return the seconds that pandas takes to merely read the columns that a metric needs."""
    return min(
        _clock(lambda: pd.read_parquet(folder / "events.parquet", columns=COLUMNS))[0] for _ in range(3)
    )


def measure_yunce(folder: Path, name: str) -> Timing:
    """Open the workspace and ask three times."""
    import ibis.backends.duckdb  # noqa: F401  loading libraries is no part of it
    import pyarrow.parquet  # noqa: F401

    tool, arguments, _ = CASES[name]
    opened: list[Metrics] = []

    def ask() -> Any:
        if not opened:
            opened.append(Metrics.open(folder / "metrics.yaml", timeout=600))
        return headline(name, opened[0].run(tool, {**WHOLE, **arguments}, teams=None))

    return _time(ask)


def measure_pandas(folder: Path, name: str) -> Timing:
    """Read the columns and compute three times."""
    plain = CASES[name][2]
    assert plain is not None
    read: list[pd.DataFrame] = []

    def compute() -> Any:
        if not read:
            read.append(pd.read_parquet(folder / "events.parquet", columns=COLUMNS))
        return plain(read[0])

    return _time(compute)


def _time(ask: Callable[[], Any]) -> Timing:
    before = _held()
    first, result = _clock(ask)
    again, processors = map(min, zip(*(_clock_twice(ask) for _ in range(2)), strict=True))
    return Timing(first, again, processors, _peak() - before, result)


def _clock_twice(call: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds by the clock and of all processors; other work on the machine slows the first only."""
    begin = time.process_time()
    seconds, _ = _clock(call)
    return seconds, time.process_time() - begin


def _clock(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def _held() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def _peak() -> float:
    """Return the most megabytes that the process held; `getrusage` would count those of its parent, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run_apart(measure: Callable[..., Any], *arguments: Any) -> Any:
    """Measure in a process of its own, whose memory nothing else is in."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def report(events: int, folder: Path, cases: list[str]) -> None:
    """Measure one size and print it."""
    make_events(events).to_parquet(folder / "events.parquet")
    (folder / "metrics.yaml").write_text(YAML)
    reading = run_apart(measure_reading, folder)
    print(f"{events:,} events; merely reading the columns takes {reading:.2f} s", flush=True)
    print(
        f"{'':14}{'first s':>9}{'again s':>9}{'/ reading':>10}{'cpu s':>8}{'MB':>7}   "
        f"{'pandas s':>9}{'/ ours':>8}{'cpu / ours':>12}{'MB':>7}{'ours /':>8}"
    )
    for name in cases:
        plain = CASES[name][2]
        ours = run_apart(measure_yunce, folder, name)
        line = f"{name:14}{ours.first:>9.2f}{ours.again:>9.3f}{ours.again / reading:>10.2f}"
        line += f"{ours.processors:>8.3f}{ours.megabytes:>7.0f}"
        if plain is not None:
            theirs = run_apart(measure_pandas, folder, name)
            assert np.allclose(ours.headline, theirs.headline), (name, ours.headline, theirs.headline)
            line += f"   {theirs.again:>9.2f}{theirs.again / ours.again:>7.1f}x"
            line += f"{theirs.processors / ours.processors:>11.1f}x{theirs.megabytes:>7.0f}"
            line += f"{ours.megabytes / theirs.megabytes:>8.2f}"
        print(line, flush=True)


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
    asked = parser.parse_args()
    for events in asked.events:
        with tempfile.TemporaryDirectory() as folder:
            report(events, Path(folder), asked.case)
            report_spill(Path(folder))
    for events in asked.text:
        with tempfile.TemporaryDirectory() as folder:
            report_text(events, Path(folder))


if __name__ == "__main__":
    main()
