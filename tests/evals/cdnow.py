"""BG/NBD and gamma-gamma on CDNOW, set beside the published estimates.

    python -m tests.evals.cdnow FOLDER

FOLDER has CDNOW_sample.txt and CDNOW_master.txt. Published: Fader, Hardie and Lee (2005a, table 1; 2005b; 2013) and,
for the expectation of a customer with 2 repeats, Fader and Hardie's notes on BG/NBD in Excel.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from tools import Metrics
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


def read_cdnow(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read one of the two files."""
    skipped = 1 if path.name == "CDNOW_master.txt" else 0
    rows = pd.read_csv(path, sep=r"\s+", skiprows=skipped, header=None, names=columns, dtype={"date": str})
    return rows.assign(
        date=pd.to_datetime(rows["date"], format="%Y%m%d"), customer=rows["customer"].astype(str)
    )


def main(folder: Path) -> int:
    """Print each figure beside the published one; return 1 if one of them differs."""
    rows = read_cdnow(folder / "CDNOW_sample.txt", ["master", "customer", "date", "cds", "amount"])
    path = Path(tempfile.mkdtemp()) / "metrics.yaml"
    path.write_text(YAML, encoding="utf-8")
    metrics = Metrics.open(path, frames={"cds": rows})
    period = {"start": "1997-01-01", "end": "1997-09-30"}
    asked = {**period, "horizon_days": 273, "holdout_days": 0}
    result = metrics.run("measure_lifetime_value", asked, teams=None)
    values = {f.name: f.value for f in result.figures}
    card = {d.label.en: d.value.en for d in result.definition}

    model, fit, spending = fit_summary(rows)
    one = Histories(*(np.array([v]) for v in (2.0, 30.43, 38.86, 1.0)))
    found = {
        "r": model.r,
        "alpha": model.alpha,
        "a": model.a,
        "b": model.b,
        "repeat rate": values["repeat_rate"],
        "39 weeks": float(model.expect_after(39, one)[0]),
    }
    wrong = 0
    for name, published in PUBLISHED.items():
        digits = len(str(published).partition(".")[2])
        same = round(found[name], digits) == published
        wrong += not same
        print(f"{name:12} published {published:8} found {found[name]:.6f} {'' if same else 'DIFFERS'}")
    print(f"log-likelihood {fit.log_likelihood:.1f}; gamma-gamma p, q, v: {spending}")
    print(f"expected per customer in the next 39 weeks: {values['expected_purchases']:.4f}")
    later = rows[(rows["date"] > "1997-09-30") & (rows["date"] <= "1998-06-30")]
    made = later.drop_duplicates(["customer", "date"])
    print(f"made per customer in the next 39 weeks:     {len(made) / rows['customer'].nunique():.4f}")
    print(f"by the tool: {card['purchases by']}; {card['amounts by']}")
    print({name: round(float(v), 4) for name, v in values.items() if v is not None})
    metrics.close()
    return int(wrong > 0)


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
    sys.exit(main(Path(sys.argv[1])))
