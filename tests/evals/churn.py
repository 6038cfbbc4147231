"""How well `predict_churn` does: on CDNOW's purchases, and on the sample company, beside days since last active.

python -m tests.evals.churn --cdnow FOLDER

FOLDER holds CDNOW_master.txt, as the package `lifetimes` 0.11.3 ships it (lifetimes/datasets): 69,659 purchases of
23,570 customers, January 1997 to June 1998. Who churned is told by the days after each cut-off, which the model judged
there has not seen. Without --cdnow only the sample company is measured.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

import assistant.sample_company
from assistant.sample_company import generate
from tools import MetricResult, Metrics

FIGURES = (
    "churn_rate",
    "precision_at_k",
    "baseline_precision_at_k",
    "precision_gain",
    "auc",
    "baseline_auc",
    "brier",
    "baseline_brier",
    "constant_brier",
    "calibration_error",
)
_CDNOW = """
sources:
  purchases: {frame: purchases, user: customer, time: day, event_name: purchase}
metrics:
  sales: {kind: event_sum, event: purchase, property: amount, unit: currency}
  units: {kind: event_sum, event: purchase, property: discs, unit: discs}
"""


def measure_cdnow(folder: Path, silence_days: int) -> MetricResult:
    """Measure churn of CDNOW's customers as of the last day of the data, 30 June 1998."""
    names = ["customer", "day", "discs", "amount"]
    frame = pd.read_csv(folder / "CDNOW_master.txt", sep=r"\s+", names=names, skiprows=1)
    frame["day"] = pd.to_datetime(frame["day"].astype(str), format="%Y%m%d")
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "metrics.yaml"
        path.write_text(_CDNOW, encoding="utf-8")
        metrics = Metrics.open(path, frames={"purchases": frame})
        asked = {"start": "1997-01-01", "end": "1998-06-30", "silence_days": silence_days}
        return _measure(metrics, asked)


def measure_sample(folder: Path) -> MetricResult:
    """Measure churn of the sample company as of its last day."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, table in generate().items():
        table.to_parquet(folder / "data" / f"{name}.parquet", index=False)
    declared = Path(assistant.sample_company.__path__[0]) / "metrics.yaml"
    (folder / "metrics.yaml").write_text(declared.read_text(encoding="utf-8"), encoding="utf-8")
    return _measure(
        Metrics.open(folder / "metrics.yaml"),
        {"start": "2026-09-01", "end": "2026-09-28", "source": "events"},
    )


def _measure(metrics: Metrics, asked: dict) -> MetricResult:
    try:
        return metrics.run("predict_churn", {**asked, "view": "calibration"}, teams=None)
    finally:
        metrics.close()


def report(title: str, result: MetricResult) -> None:
    """Print figures, the reliability table and warnings."""
    print(f"\n{title}")
    for figure in result.figures:
        if figure.name in FIGURES and figure.value is not None:
            bounds = (
                "" if figure.interval is None else f"  [{figure.interval[0]:.3f}, {figure.interval[1]:.3f}]"
            )
            print(f"  {figure.name:24} {figure.value:.4f}{bounds}  n={figure.n}")
    print(result.table.round(3).to_string(index=False))
    for warning in result.warnings:
        print(f"  ! {warning.en}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cdnow", type=Path, help="folder with CDNOW_master.txt")
    parser.add_argument("--silence-days", type=int, default=126)
    asked = parser.parse_args()
    if asked.cdnow:
        title = f"CDNOW, no purchase in {asked.silence_days} days"
        report(title, measure_cdnow(asked.cdnow, asked.silence_days))
    with tempfile.TemporaryDirectory() as folder:
        report("Sample company", measure_sample(Path(folder)))


if __name__ == "__main__":
    main()
