"""Anomalies and forecasts on the Numenta Anomaly Benchmark, beside a moving z-score and the published scores.

python -m tests.evals.nab FOLDER

FOLDER holds NAB's `data`, `labels`, `config` and `results`. Each series is watched by the hour, as `detect_anomalies`
watches a metric, with its defaults; an alarm counts at the last reading of its hour. The score is NAB's: the earlier in
a window the better, false alarms cost, 100 is perfect and 0 is no alarm at all. Published scores are of all 58
files, and at the threshold that is best for each detector; here are those files that the folder has, at the default
and, as published, at the best threshold. Every other file, from the first on, served to choose the method; the rest did
not, and are told apart. The first 15 % of a series, at most 750 readings, are not scored.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tools.monitoring.forecasting import backtest
from tools.monitoring.scales import choose_scale
from tools.monitoring.series import choose_cycle
from tools.monitoring.walk import Course, Walk, walk_through

RATE = 0.003
HORIZON = 24
_ZSCORE, _ZSCORE_HOURS = 3.0, 168


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series of the benchmark.

    Attributes:
        name: of its file.
        hours: its mean by clock hour, NaN where there is no reading.
        last: the last reading of each hour.
        windows: first and last reading of each labelled window.
        probation: readings that are not scored. readings: all of them.
    """

    name: str
    hours: pd.Series
    last: np.ndarray
    windows: list[tuple[int, int]]
    probation: int
    readings: int


@dataclass(frozen=True, slots=True)
class Judged:
    """How surprising each hour is to a detector, and from where on it alarms by default."""

    surprise: np.ndarray
    default: float


def read_labelled(folder: Path, name: str, windows: list[list[str]]) -> Labelled:
    """Read one series."""
    frame = pd.read_csv(folder / "data" / name, parse_dates=["timestamp"])
    hour = frame["timestamp"].dt.floor("h")
    every = pd.date_range(hour.min(), hour.max(), freq="h")
    last = frame.index.to_series().groupby(hour).max().reindex(every).fillna(-1).to_numpy(dtype=int)
    spans = []
    for first, end in windows:
        inside = frame.index[frame["timestamp"].between(pd.Timestamp(first), pd.Timestamp(end))]
        spans.append((int(inside.min()), int(inside.max())))
    hours = frame.groupby(hour)["value"].mean().reindex(every)
    return Labelled(name, hours, last, spans, min(int(0.15 * len(frame)), 750), len(frame))


def judge(series: Labelled) -> tuple[Judged, Course, Walk]:
    """Walk through a series as the published tool does; surprise is -log10 of the chance."""
    values = series.hours.to_numpy(dtype=float)
    scale, cycle = choose_scale(values, is_share=False, cycle=24), choose_cycle("hour", len(values))
    first = series.hours.index[0]
    ahead = pd.date_range(first, periods=len(values) + HORIZON, freq="h")
    phases: tuple[np.ndarray, ...] = (ahead.hour.to_numpy(),)
    if cycle > 24:
        phases = (*phases, (ahead.day_of_week * 24 + ahead.hour).to_numpy())
    blank = [None] * len(ahead), np.zeros(len(values))
    course = Course(scale.forward(values), phases, cycle, *blank, scale, by_hour=True)
    walk = walk_through(course)
    surprise = -np.log10(np.maximum(np.nan_to_num(walk.chance, nan=1.0), 1e-300))
    return Judged(surprise, -math.log10(RATE)), course, walk


def judge_by_zscore(series: Labelled) -> Judged:
    """Take each hour's distance from the mean of the week before, in its standard deviations."""
    past = series.hours.shift(1).rolling(_ZSCORE_HOURS, min_periods=24)
    distance = ((series.hours - past.mean()).abs() / past.std()).to_numpy()
    return Judged(np.nan_to_num(distance, nan=0.0, posinf=1e9), _ZSCORE)


def alarms(series: Labelled, judged: Judged, threshold: float) -> np.ndarray:
    """Return the readings at which a detector alarms, after the probation."""
    rows = series.last[judged.surprise > threshold]
    return np.unique(rows[rows >= series.probation])


def count(series: Labelled, rows: np.ndarray) -> tuple[int, int]:
    """Return how many windows were hit, and how many alarms lie outside of all."""
    hits = sum(bool(((rows >= a) & (rows <= b)).any()) for a, b in series.windows)
    inside = np.zeros(len(rows), dtype=bool)
    for a, b in series.windows:
        inside |= (rows >= a) & (rows <= b)
    return hits, int((~inside).sum())


def score(series: Labelled, rows: np.ndarray, costs: dict[str, float]) -> float:
    """Return NAB's raw score of one series."""
    total, best = 0.0, [0.0] * len(series.windows)
    hit = [False] * len(series.windows)
    for row in rows:
        own = next((i for i, (a, b) in enumerate(series.windows) if a <= row <= b), None)
        if own is not None:
            first, last = series.windows[own]
            best[own] = max(best[own], _sigmoid(-(last - row + 1) / (last - first + 1)))
            hit[own] = True
            continue
        before = [(a, b) for a, b in series.windows if b < row]
        past = (row - before[-1][1]) / max(before[-1][1] - before[-1][0], 1) if before else math.inf
        total += costs["fpWeight"] * (-1.0 if past > 3 else _sigmoid(past))
    for found, value in zip(hit, best, strict=True):
        total += costs["tpWeight"] * value / _sigmoid(-1.0) if found else -costs["fnWeight"]
    return total


def _sigmoid(position: float) -> float:
    return 2 / (1 + math.exp(5 * position)) - 1


def normalize(raw: float, windows: int, costs: dict[str, float]) -> float:
    """Scale a raw score so that no alarm is 0 and perfect is 100."""
    null = -windows * costs["fnWeight"]
    return 100 * (raw - null) / (windows * costs["tpWeight"] - null)


def best_score(every: list[tuple[Labelled, Judged]], costs: dict[str, float]) -> tuple[float, float]:
    """Return the best score over thresholds common to all series, and the threshold."""
    windows = sum(len(s.windows) for s, _ in every)
    tried = np.unique(
        np.quantile(np.concatenate([j.surprise for _, j in every]), np.linspace(0.9, 0.9999, 60))
    )
    scores = [
        (normalize(sum(score(s, alarms(s, j, float(t)), costs) for s, j in every), windows, costs), float(t))
        for t in tried
    ]
    return max(scores)


def main() -> None:
    """Print windows hit and false alarms per series, scores per profile, and the record of forecasts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    labels = json.loads((folder / "labels" / "combined_windows.json").read_text())
    profiles = json.loads((folder / "config" / "profiles.json").read_text())
    own, moving, coverage = [], [], []
    print(f"{'series':58} windows | detect_anomalies hit false | z-score hit false | MASE naive coverage")
    for name, windows in labels.items():
        if not (folder / "data" / name).exists():
            continue
        series = read_labelled(folder, name, windows)
        judged, course, walk = judge(series)
        beside = judge_by_zscore(series)
        own.append((series, judged))
        moving.append((series, beside))
        values = series.hours.to_numpy(dtype=float)
        tested = backtest(course, walk, choose_scale(values, is_share=False, cycle=24), values, HORIZON)
        coverage.append((tested.coverage, tested.mase, tested.naive_mase))
        found = [count(series, alarms(series, j, j.default)) for j in (judged, beside)]
        held = tested.coverage[0]
        print(
            f"{name:58} {len(windows):7} | {found[0][0]:20} {found[0][1]:5} | {found[1][0]:11} {found[1][1]:5} | "
            f"{tested.mase or 0:.2f} {tested.naive_mase or 0:.2f} {held or 0:.3f}",
            flush=True,
        )
    _summarize(own, moving, profiles, folder)
    known = [(c[0] or 0, c[1]) for c, _, _ in coverage]
    total = sum(n for _, n in known)
    better = sum((m or 0) < (b or 0) for _, m, b in coverage)
    print(
        f"forecasts: coverage {sum(c * n for c, n in known) / total:.3f} of {total}; better than naive on {better} of {len(coverage)}"
    )


def _summarize(
    own: list[tuple[Labelled, Judged]],
    moving: list[tuple[Labelled, Judged]],
    profiles: dict,
    folder: Path,
) -> None:
    published = json.loads((folder / "results" / "final_results.json").read_text())
    windows = sum(len(s.windows) for s, _ in own)
    print(
        f"\n{windows} windows in {len(own)} series; published scores are of all 58 files, each at its best threshold"
    )
    costs: dict[str, float] = profiles["standard"]["CostMatrix"]
    for half, start in (("chosen by", 0), ("not chosen by", 1)):
        best = [best_score(e[start::2], costs)[0] for e in (own, moving)]
        print(
            f"standard, files {half}, best threshold: detect_anomalies {best[0]:.1f}, z-score {best[1]:.1f}"
        )
    for profile, content in profiles.items():
        costs = content["CostMatrix"]
        at = [
            normalize(sum(score(s, alarms(s, j, j.default), costs) for s, j in e), windows, costs)
            for e in (own, moving)
        ]
        print(
            f"{profile}: detect_anomalies {at[0]:.1f} (best threshold {best_score(own, costs)[0]:.1f}), "
            f"z-score {at[1]:.1f} (best {best_score(moving, costs)[0]:.1f}); published: "
            + ", ".join(
                f"{k} {v[profile]:.1f}" for k, v in sorted(published.items(), key=lambda p: -p[1][profile])
            )
        )


if __name__ == "__main__":
    main()
