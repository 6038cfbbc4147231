"""How well `predict_churn` does: on CDNOW's purchases, and on the sample company, beside days since last active.

python -m tests.evals.churn

CDNOW is 69,659 purchases of 23,570 customers, January 1997 to June 1998, as the package `lifetimes` ships it. Who churned
is told by the days after each cut-off, which the model judged there has not seen.
"""

import argparse
import tempfile
from pathlib import Path

import assistant.sample_company
from assistant.sample_company import generate
from tests.evals.cdnow import read_master, shipped_folder
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
SILENCE_DAYS = 126
_CDNOW = """
sources:
  purchases: {frame: purchases, user: customer, time: date, event_name: purchase}
metrics:
  sales: {kind: event_sum, event: purchase, property: amount, unit: currency}
  units: {kind: event_sum, event: purchase, property: cds, unit: discs}
"""


def measure_cdnow(folder: Path, silence_days: int = SILENCE_DAYS) -> MetricResult:
    """Measure churn of CDNOW's customers as of the last day of the data, 30 June 1998."""
    path = folder / "metrics.yaml"
    path.write_text(_CDNOW, encoding="utf-8")
    metrics = Metrics.open(path, frames={"purchases": read_master(shipped_folder())})
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
    parser.add_argument("--silence-days", type=int, default=SILENCE_DAYS, help="of CDNOW")
    silence = parser.parse_args().silence_days
    with tempfile.TemporaryDirectory() as folder:
        report(f"CDNOW, no purchase in {silence} days", measure_cdnow(Path(folder), silence))
        report("Sample company", measure_sample(Path(folder)))


if __name__ == "__main__":
    main()
