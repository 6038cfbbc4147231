"""How often `explain_change` calls a change of the sample company without stories beyond noise, week by week.

python -m tests.evals.false_alarms --seeds 2

Each seed gives 26 weeks; two give a year. The metrics are those whose level does not grow with the company, so that
each alarm is a false one. An alarm is a change beyond noise; a named one has a segment whose contribution is, too.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import assistant.sample_company
from assistant.sample_company import generate
from assistant.sample_company.stories import END, START
from tools import MetricResult, Metrics

METRICS = (
    "d1_retention",
    "d7_retention",
    "onboarding_completion",
    "payment_success_rate",
    "refund_rate",
    "aov",
)
NOMINAL = 0.05


@dataclass(frozen=True, slots=True)
class Alarms:
    """Comparisons of a metric, and how many were called beyond noise."""

    metric: str
    weeks: int
    beyond: int
    named: int


def open_company(folder: Path, seed: int) -> Metrics:
    """Open the events of a company to which nothing happens."""
    (folder / "data").mkdir(parents=True)
    generate(seed, stories=False)["events"].to_parquet(folder / "data" / "events.parquet", index=False)
    declared = Path(assistant.sample_company.__path__[0]) / "metrics.yaml"
    (folder / "metrics.yaml").write_text(declared.read_text(encoding="utf-8"), encoding="utf-8")
    return Metrics.open(folder / "metrics.yaml")


def mondays() -> Iterator[date]:
    """Give the first day of each whole week that has a whole week before it."""
    day = START + timedelta(days=-START.weekday() % 7 + 7)
    while day + timedelta(days=6) <= END:
        yield day
        day += timedelta(days=7)


def explain_week(metrics: Metrics, metric: str, monday: date) -> MetricResult:
    """Explain the change of a week from the week before."""
    days = [monday + timedelta(days=n) for n in (0, 6, -7, -1)]
    names = ("start", "end", "compare_start", "compare_end")
    arguments = {"metric": metric} | {k: d.isoformat() for k, d in zip(names, days, strict=True)}
    return metrics.run("explain_change", arguments, teams=None)


def count_alarms(metrics: Metrics, metric: str) -> Alarms:
    """Compare every week with the one before."""
    results = [explain_week(metrics, metric, monday) for monday in mondays()]
    known = [r for r in results if r.figures[0].interval is not None]
    beyond = [r for r in known if not r.figures[0].interval[0] <= 0 <= r.figures[0].interval[1]]
    named = [r for r in beyond if r.table["beyond_noise"].any()]
    return Alarms(metric, len(known), len(beyond), len(named))


def main() -> None:
    """Print the alarms of each metric and the rate of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    seeds = range(1, parser.parse_args().seeds + 1)
    found: dict[str, list[Alarms]] = {name: [] for name in METRICS}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            metrics = open_company(Path(folder) / "company", seed)
            for name in METRICS:
                found[name].append(count_alarms(metrics, name))
            metrics.close()
    print(f"{'':24}{'weeks':>8}{'alarms':>8}{'rate':>8}{'named':>8}")
    every = [a for alarms in found.values() for a in alarms]
    for name, alarms in (*found.items(), ("all", every)):
        weeks, beyond, named = (sum(getattr(a, f) for a in alarms) for f in ("weeks", "beyond", "named"))
        print(f"{name:24}{weeks:>8}{beyond:>8}{beyond / weeks:>8.1%}{named:>8}")
    print(f"nominal {NOMINAL:.0%}")


if __name__ == "__main__":
    main()
