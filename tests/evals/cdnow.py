"""BG/NBD and gamma-gamma on CDNOW, set beside the published estimates.

    python -m tests.evals.cdnow [FOLDER]

FOLDER has CDNOW_sample.txt and CDNOW_master.txt; without it they are those that the package `lifetimes` ships (MIT).
Published: Fader, Hardie and Lee (2005a, table 1; 2005b; 2013) and, for the expectation of a customer with 2 repeats,
Fader and Hardie's notes on BG/NBD in Excel.
"""

import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pandas as pd

from tools import MetricResult, Metrics
from tools.value.buying import Histories, fit_buying
from tools.value.spending import fit_spending

YAML = """
relative_dates: data_end
currency: USD
sources:
  cds: {frame: cds, user: customer, time: date, event_name: purchase}
metrics:
  revenue: {kind: event_sum, event: purchase, property: amount}
"""
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "repeat rate": 0.4014, "39 weeks": 1.226}


def shipped_folder() -> Path:
    """Return where `lifetimes` keeps its data; the package itself is not imported."""
    return Path(str(distribution("lifetimes").locate_file("lifetimes/datasets")))


def read_sample(folder: Path) -> pd.DataFrame:
    """Read the 6,919 purchases of the 2,357 customers that the published estimates are of."""
    return _read(folder / "CDNOW_sample.txt", ["master", "customer", "date", "cds", "amount"])


def read_master(folder: Path) -> pd.DataFrame:
    """Read the 69,659 purchases of all 23,570 customers, January 1997 to June 1998."""
    return _read(folder / "CDNOW_master.txt", ["customer", "date", "cds", "amount"], skipped=1)


def _read(path: Path, columns: list[str], skipped: int = 0) -> pd.DataFrame:
    rows = pd.read_csv(path, sep=r"\s+", skiprows=skipped, header=None, names=columns, dtype={"date": str})
    return rows.assign(
        date=pd.to_datetime(rows["date"], format="%Y%m%d"), customer=rows["customer"].astype(str)
    )


def estimate(rows: pd.DataFrame) -> tuple[dict[str, float], MetricResult, tuple]:
    """Return what is published of the sample as found, the tool's result, and the fit of both models."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "metrics.yaml"
        path.write_text(YAML, encoding="utf-8")
        metrics = Metrics.open(path, frames={"cds": rows})
        period = {"start": "1997-01-01", "end": "1997-09-30"}
        asked = {**period, "horizon_days": 273, "holdout_days": 0}
        result = metrics.run("measure_lifetime_value", asked, teams=None)
        metrics.close()
    fitted = fit_summary(rows)
    model = fitted[0]
    one = Histories(*(np.array([v]) for v in (2.0, 30.43, 38.86, 1.0)))
    found = {
        "r": model.r,
        "alpha": model.alpha,
        "a": model.a,
        "b": model.b,
        "repeat rate": next(f.value for f in result.figures if f.name == "repeat_rate") or 0.0,
        "39 weeks": float(model.expect_after(39, one)[0]),
    }
    return found, result, fitted


def agrees(found: float, published: float) -> bool:
    """Say whether a figure is the published one, to as many digits as that has."""
    return round(found, len(str(published).partition(".")[2])) == published


def main(folder: Path) -> int:
    """Print each figure beside the published one; return 1 if one of them differs."""
    rows = read_sample(folder)
    found, result, (_, fit, spending) = estimate(rows)
    for name, published in PUBLISHED.items():
        differs = "" if agrees(found[name], published) else "DIFFERS"
        print(f"{name:12} published {published:8} found {found[name]:.6f} {differs}")
    values = {f.name: f.value for f in result.figures}
    card = {d.label.en: d.value.en for d in result.definition}
    print(f"log-likelihood {fit.log_likelihood:.1f}; gamma-gamma p, q, v: {spending}")
    print(f"expected per customer in the next 39 weeks: {values['expected_purchases']:.4f}")
    later = rows[(rows["date"] > "1997-09-30") & (rows["date"] <= "1998-06-30")]
    made = later.drop_duplicates(["customer", "date"])
    print(f"made per customer in the next 39 weeks:     {len(made) / rows['customer'].nunique():.4f}")
    print(f"by the tool: {card['purchases by']}; {card['amounts by']}")
    print({name: round(float(v), 4) for name, v in values.items() if v is not None})
    return int(not all(agrees(found[name], published) for name, published in PUBLISHED.items()))


def fit_summary(rows: pd.DataFrame) -> tuple:
    """Fit both models to the 39 weeks, in weeks, as published."""
    days = rows[rows["date"] <= "1997-09-30"].groupby(["customer", "date"])["amount"].sum().reset_index()
    grouped = days.groupby("customer")
    first, last, count = grouped["date"].min(), grouped["date"].max(), grouped.size()
    weeks = pd.Timedelta(days=7)
    histories = Histories(
        (count - 1).to_numpy(float),
        ((last - first) / weeks).to_numpy(float),
        ((pd.Timestamp("1997-09-30") - first) / weeks).to_numpy(float),
        np.ones(len(first)),
    )
    again = days[days["date"] > days["customer"].map(first)]
    again = again[again["amount"] > 0].groupby("customer")["amount"]
    spending, _ = fit_spending(again.size().to_numpy(float), again.mean().to_numpy(float))
    return (*fit_buying(histories), spending)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped_folder()))
