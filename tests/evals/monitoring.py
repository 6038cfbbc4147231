"""False alarms, lasting changes of level and the record of forecasts, on simulated noise and on the sample company.

python -m tests.evals.monitoring --series 40

False alarms are the share of points that `detect_anomalies` calls unusual in series in which nothing happens but
chance, by kind of noise, beside the rate asked for; and in a half-year of two sample companies without stories, with the
new levels it believes in. Then every metric of these changes by 5 to 10 % on its 110th day for good: which changes are
found within 30 days, by how large they are beside the noise of a day. The record is what `forecast_metric` tells
of its own past forecasts four weeks ahead, error (MASE) beside that of repeating the last week, and coverage; and how
often intervals made from 2 to 17 weeks of data hold the four weeks that follow.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tests.evals.false_alarms import open_company
from tools import MetricError, Metrics
from tools.monitoring.forecasting import backtest, make_forecast
from tools.monitoring.scales import Scale, choose_scale
from tools.monitoring.walk import Course, walk_through

RATES = (0.05, 0.01)
HOURLY_RATES, HOURS = (0.01, 0.003), 84 * 24
DAYS, JUDGED_FROM = 240, 60
WEEK = 0.3 * np.sin(np.arange(DAYS) * 2 * np.pi / 7)
CHANGES, CHANGED_ON, FOUND_WITHIN = (-0.1, -0.07, -0.05, 0.05, 0.07, 0.1), 110, 30
SIZES = (0.0, 1.0, 1.5, 2.0, np.inf)
HISTORIES, AHEAD = (14, 21, 28, 42, 84, 120), 28

Noise = Callable[[np.random.Generator], np.ndarray]
NOISES: dict[str, Noise] = {
    "white": lambda draw: draw.normal(size=DAYS) * 0.05,
    "moving level": lambda draw: draw.normal(size=DAYS) * 0.05 + np.cumsum(draw.normal(size=DAYS)) * 0.02,
    "growth": lambda draw: draw.normal(size=DAYS) * 0.05 + np.arange(DAYS) * 0.004,
    "heavy tails": lambda draw: draw.standard_t(4, size=DAYS) * 0.05,
    "small counts": lambda draw: np.sqrt(draw.poisson(9 * np.exp(WEEK))) - WEEK,
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric of a company by day, as the tool tells it.

    Attributes:
        table: of `detect_anomalies`, from the first day of the data on.
        is_share: whether it lies between 0 and 1.
    """

    name: str
    table: pd.DataFrame
    is_share: bool

    @property
    def usual(self) -> np.ndarray:
        """Which days are no holiday and no festival."""
        return (self.table["occasion"] == "").to_numpy()

    def course(self, values: np.ndarray) -> tuple[Course, Scale]:
        """Put values of these days, as many as there are, on their scale."""
        scale, days = choose_scale(values, is_share=self.is_share, cycle=7), len(self.table)
        occasions = [(name, 0) if name else None for name in self.table["occasion"]]
        return Course(
            scale.forward(values), (np.arange(days) % 7,), 7, occasions, np.zeros(len(values)), scale
        ), scale


def false_alarms(noise: Noise, series: int) -> dict[float, float]:
    """Return the share of points called unusual, per rate asked for."""
    draw, chances = np.random.default_rng(20260101), []
    for _ in range(series):
        values = 5 + WEEK + noise(draw)
        phases = (np.arange(DAYS) % 7,)
        course = Course(values, phases, 7, [None] * DAYS, np.zeros(DAYS))
        chances.append(walk_through(course).chance[JUDGED_FROM:])
    found = np.concatenate(chances)
    return {rate: float((found < rate).mean()) for rate in RATES}


def hourly_false_alarms(series: int) -> dict[float, float]:
    """Return the share of hours called unusual among counts with a usual day, per rate asked for."""
    draw, chances = np.random.default_rng(20260101), []
    hour, week = np.arange(HOURS) % 24, np.arange(HOURS) % 168
    for _ in range(series):
        values = draw.poisson(30 + 20 * np.sin(hour * 2 * np.pi / 24)).astype(float)
        scale = choose_scale(values, is_share=False, cycle=24)
        blank = [None] * HOURS, np.zeros(HOURS)
        course = Course(scale.forward(values), (hour, week), 168, *blank, scale, by_hour=True)
        chances.append(walk_through(course).chance[HOURS // 3 :])
    found = np.concatenate(chances)
    return {rate: float((found < rate).mean()) for rate in HOURLY_RATES}


def watch(metrics: Metrics) -> Iterator[Watched]:
    """Watch every metric that is counted by day, over all days of the data."""
    coverage = metrics.coverage(teams=None)
    for name in metrics.semantics.metrics:
        asked = {"metric": name, "start": str(coverage.start), "end": str(coverage.end), "explain": False}
        try:
            found = metrics.run("detect_anomalies", asked, teams=None)
        except MetricError:
            continue
        if len(found.table) > DAYS / 2:
            values = found.table["value"].dropna()
            yield Watched(name, found.table, bool(values.between(0, 1).all()))


def measure_quiet(watched: list[Watched]) -> str:
    """Tell of alarms where nothing happens."""
    judged = [w.table[w.usual & w.table["chance"].notna()] for w in watched]
    days = sum(len(t) for t in judged)
    alarms, levels = (
        sum(int((t[c] != e).sum()) for t in judged) for c, e in (("severity", ""), ("new_level", False))
    )
    return (
        f"{len(watched)} metrics, {days} days: {alarms} alarms ({alarms / days:.2%} of days, 1% asked), {levels} new levels "
        f"({levels / days * 365:.2f} a metric and year)"
    )


def measure_changes(watched: list[Watched]) -> pd.DataFrame:
    """Plant changes of level; return by their size, beside a day's usual error, how many were found as such."""
    rows = []
    for metric in watched:
        values = metric.table["value"].to_numpy(dtype=float)
        course, scale = metric.course(values)
        noise = walk_through(course, known=CHANGED_ON).judges[-1].own.tail.scale
        for change in CHANGES:
            moved = values.copy()
            moved[CHANGED_ON:] *= 1 + change
            walk = walk_through(metric.course(moved)[0], known=CHANGED_ON + FOUND_WITHIN)
            found = any(s.at >= CHANGED_ON - 7 for s in walk.shifts)
            size = np.nanmedian(np.abs(scale.forward(moved) - course.values)[CHANGED_ON:]) / noise
            point = bool((walk.chance[CHANGED_ON : CHANGED_ON + FOUND_WITHIN] < 0.001).any())
            rows.append((size, found, point))
    table = pd.DataFrame(rows, columns=["size", "found", "point"])
    return table.groupby(pd.cut(table["size"], SIZES), observed=True).agg(
        planted=("found", "size"), found=("found", "sum"), single_days=("point", "sum")
    )


def measure_histories(watched: list[Watched], history: int) -> str:
    """Forecast from so many days, from every fourth week on, and compare with the days that follow."""
    inside, widths, totals = [], [], []
    for metric in watched:
        values = metric.table["value"].to_numpy(dtype=float)
        for first in range(0, len(values) - history - AHEAD + 1, AHEAD):
            own = Watched(metric.name, metric.table.iloc[first : first + history + AHEAD], metric.is_share)
            known, coming = (
                values[first : first + history],
                values[first + history : first + history + AHEAD],
            )
            course, scale = own.course(known)
            walk = walk_through(course)
            tested = backtest(course, walk, scale, known, AHEAD)
            forecast = make_forecast(course, walk, scale, known, tested, AHEAD)
            counts = own.usual[history:] & np.isfinite(coming)
            inside.append(((forecast.low <= coming) & (coming <= forecast.high))[counts])
            widths.append(
                ((forecast.high - forecast.low) / np.maximum(np.abs(forecast.middle), 1e-9))[counts]
            )
            low, high = np.quantile(forecast.paths.mean(axis=1), (0.025, 0.975))
            totals.append(low <= np.nanmean(coming) <= high)
    held, width = np.concatenate(inside), np.concatenate(widths)
    return (
        f"from {history:3} days: coverage {held.mean():.3f} of {len(held)}, of the mean {np.mean(totals):.3f} of "
        f"{len(totals)}; width {np.median(width):.2f} of the forecast (median; 9 of 10 below {np.quantile(width, 0.9):.2f})"
    )


def print_record(metrics: Metrics) -> None:
    """Print what `forecast_metric` tells of its own past forecasts."""
    for name in metrics.semantics.metrics:
        asked = {"metric": name, "start": "2026-09-01", "end": "2026-09-28"}
        try:
            figures = {f.name: f for f in metrics.run("forecast_metric", asked, teams=None).figures}
        except MetricError as error:
            print(f"{name:24} {error.en}")
            continue
        mase, naive, held = (figures[n].value for n in ("mase", "naive_mase", "coverage"))
        print(
            f"{name:24} MASE {mase or 0:.2f}, naive {naive or 0:.2f}, coverage {held or 0:.3f} of {figures['coverage'].n}"
        )


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=40)
    series = parser.parse_args().series
    for name, noise in NOISES.items():
        found = false_alarms(noise, series)
        print(f"{name:14}", ", ".join(f"asked {r:.0%}: {v:.2%}" for r, v in found.items()), flush=True)
    hourly = hourly_false_alarms(max(series // 8, 1))
    print("counts by the hour", ", ".join(f"asked {r:.1%}: {v:.2%}" for r, v in hourly.items()), flush=True)
    watched: list[Watched] = []
    for seed in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            metrics = open_company(Path(folder) / "company", seed)
            watched += watch(metrics)
            if seed == 1:
                print_record(metrics)
            metrics.close()
    print(measure_quiet(watched), flush=True)
    print(measure_changes(watched), flush=True)
    for history in HISTORIES:
        print(measure_histories(watched, history), flush=True)


if __name__ == "__main__":
    main()
