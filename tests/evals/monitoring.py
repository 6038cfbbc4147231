"""False alarms on simulated noise, and the record of forecasts on the sample company.

python -m tests.evals.monitoring --series 40

False alarms are the share of points that `detect_anomalies` calls unusual in series in which nothing happens but
chance, by kind of noise, beside the rate asked for. The record is what `forecast_metric` tells of its own past
forecasts four weeks ahead: error (MASE) beside that of repeating the last week, and coverage of the 95 % intervals.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.evals.false_alarms import open_company
from tools import MetricError
from tools.monitoring.walk import Course, walk_through

RATES = (0.05, 0.01)
DAYS, JUDGED_FROM = 240, 60
WEEK = 0.3 * np.sin(np.arange(DAYS) * 2 * np.pi / 7)

Noise = Callable[[np.random.Generator], np.ndarray]
NOISES: dict[str, Noise] = {
    "white": lambda draw: draw.normal(size=DAYS) * 0.05,
    "moving level": lambda draw: draw.normal(size=DAYS) * 0.05 + np.cumsum(draw.normal(size=DAYS)) * 0.02,
    "growth": lambda draw: draw.normal(size=DAYS) * 0.05 + np.arange(DAYS) * 0.004,
    "heavy tails": lambda draw: draw.standard_t(4, size=DAYS) * 0.05,
    "small counts": lambda draw: np.sqrt(draw.poisson(9 * np.exp(WEEK))) - WEEK,
}


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


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=40)
    series = parser.parse_args().series
    for name, noise in NOISES.items():
        found = false_alarms(noise, series)
        print(f"{name:14}", ", ".join(f"asked {r:.0%}: {v:.2%}" for r, v in found.items()), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        metrics = open_company(Path(folder) / "company", seed=1)
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
        metrics.close()


if __name__ == "__main__":
    main()
