"""Organ donations (Kessler, Roth 2014): California asked registrants differently from July 2011 on.

    python -m tests.evals.organ_donations FOLDER

FOLDER holds organ_donations.csv (State, Quarter, Rate). The published difference in differences is -0.0225 (Huntington-Klein,
"The Effect", chapter 18). It is computed by `measure_impact` from one event per state and quarter.
"""

import sys
import tempfile
from pathlib import Path

import pandas as pd

from tools import MetricResult, Metrics

PUBLISHED = -0.0225
DECLARED = """
sources: {quarters: {frame: quarters, user: State, time: at, event: event}}
dimensions: {state: {column: State}}
metrics:
  rate: {kind: ratio, numerator: {event: quarter, property: Rate}, denominator: {event: quarter}}
"""


def measure(folder: Path, method: str = "did") -> MetricResult:
    """Return what the tool says of California against the other states."""
    rows = pd.read_csv(folder / "organ_donations.csv")
    year, quarter = rows["Quarter"].str[2:], rows["Quarter"].str[1].astype(int)
    rows["at"] = pd.to_datetime(year + "-" + (3 * quarter - 2).astype(str).str.zfill(2) + "-01")
    end = rows.tail(1).assign(event="end", at=pd.Timestamp("2012-03-31"))
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "metrics.yaml"
        path.write_text(DECLARED, encoding="utf-8")
        metrics = Metrics.open(path, frames={"quarters": pd.concat([rows.assign(event="quarter"), end])})
        try:
            asked = {
                "metric": "rate",
                "treated": {"state": ["California"]},
                "interval": "month",
                "method": method,
            }
            asked |= {"start": "2011-07-01", "end": "2012-03-31", "before_days": 300}
            return metrics.run("measure_impact", asked, teams=None)
        finally:
            metrics.close()


def main() -> int:
    """Print the figures beside the published one."""
    folder = Path(sys.argv[1])
    found = {f.name: f for f in measure(folder).figures}
    effect = found["effect"]
    print(f"difference in differences {effect.value:.4f}, interval {effect.interval}, published {PUBLISHED}")
    for name in ("pvalue", "placebo_pvalue", "pre_trend_pvalue"):
        print(f"{name} {found[name].value:.4f}")
    return 0 if round(effect.value or 0, 4) == PUBLISHED else 1


if __name__ == "__main__":
    sys.exit(main())
