"""Order lines in the shape of UCI's Online Retail data: ten lines of metrics.yaml, and pandas agrees with each figure.

Lines carry InvoiceNo, CustomerID, InvoiceDate, Quantity and UnitPrice; several make one order, returns have a negative
quantity, and a quarter has no customer.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools import Metrics

YAML = """
timezone: Europe/London
sources:
  purchases:
    path: online_retail.parquet
    user: CustomerID
    time: InvoiceDate
    event_name: purchase
    id: InvoiceNo
    where: {Quantity: "> 0"}
"""
WHOLE = {"start": "2011-01-01", "end": "2011-06-30"}


def make_lines(seed: int = 20110) -> pd.DataFrame:
    """Make about 12,000 order lines of 400 customers over six months."""
    rng = np.random.default_rng(seed)
    orders = 3_000
    minutes = np.sort(rng.integers(0, 181 * 24 * 60, orders))
    heads = pd.DataFrame(
        {
            "InvoiceNo": [str(536_000 + i) for i in range(orders)],
            "CustomerID": np.where(
                rng.random(orders) < 0.25, np.nan, 12_000.0 + rng.integers(0, 400, orders)
            ),
            "InvoiceDate": pd.Timestamp("2011-01-01") + pd.to_timedelta(minutes, unit="min"),
        }
    )
    lines = heads.loc[heads.index.repeat(rng.integers(1, 8, orders))].reset_index(drop=True)
    lines["Quantity"] = np.where(rng.random(len(lines)) < 0.1, -1, 1) * rng.integers(1, 20, len(lines))
    lines["UnitPrice"] = rng.uniform(0.5, 20, len(lines)).round(2)
    # Lines of one order may be a minute apart.
    lines["InvoiceDate"] += pd.to_timedelta(rng.integers(0, 2, len(lines)), unit="min")
    return lines


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return make_lines()


@pytest.fixture(scope="module")
def orders(lines: pd.DataFrame) -> pd.DataFrame:
    kept = lines[(lines["Quantity"] > 0) & lines["CustomerID"].notna()]
    return kept.groupby(["CustomerID", "InvoiceNo"], as_index=False)["InvoiceDate"].min()


@pytest.fixture(scope="module")
def metrics(lines: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    folder: Path = tmp_path_factory.mktemp("retail")
    lines.to_parquet(folder / "online_retail.parquet")
    (folder / "metrics.yaml").write_text(YAML)
    metrics = Metrics.open(folder / "metrics.yaml")
    yield metrics
    metrics.close()


def test_monthly_active_customers(metrics: Metrics, orders: pd.DataFrame):
    table = metrics.run("measure_active_users", {"interval": "month", **WHOLE}, teams=None).table
    expected = orders.groupby(orders["InvoiceDate"].dt.strftime("%Y-%m"))["CustomerID"].nunique()
    assert dict(zip(table["period"], table["active_users"], strict=True)) == expected.to_dict()


def test_cohort_retention_by_month(metrics: Metrics, orders: pd.DataFrame):
    asked = {"period": "month", "periods": [0, 1, 2, 3], **WHOLE}
    result = metrics.run("measure_retention", asked, teams=None)
    month = orders["InvoiceDate"].dt.year * 12 + orders["InvoiceDate"].dt.month
    months = orders.assign(month=month)[["CustomerID", "month"]].drop_duplicates()
    first = months.groupby("CustomerID")["month"].min().rename("cohort")
    months = months.join(first, on="CustomerID")
    counts = months.groupby(["cohort", months["month"] - months["cohort"]]).size().unstack(fill_value=0)
    last = month.max()
    for offset, figure in zip((0, 1, 2, 3), result.figures, strict=True):
        old = [c for c in counts.index if c + offset <= last]
        assert figure.n == counts.loc[old, 0].sum()
        assert figure.value == counts.loc[old, offset].sum() / counts.loc[old, 0].sum()
    assert result.table["users"].tolist() == counts[0].tolist()
    assert result.table["month_2"].isna().sum() == 2


@pytest.mark.parametrize("entry", ["first", "any"])
def test_first_to_second_purchase_funnel(metrics: Metrics, orders: pd.DataFrame, entry: str):
    asked = {"steps": ["purchase", "purchase"], "window": "30d", "entry": entry, **WHOLE}
    result = metrics.run("measure_funnel", asked, teams=None)
    sorted_orders = orders.sort_values(["CustomerID", "InvoiceDate"])
    gap = sorted_orders.groupby("CustomerID")["InvoiceDate"].diff().shift(-1)
    same = sorted_orders["CustomerID"].eq(sorted_orders["CustomerID"].shift(-1))
    converts = same & (gap <= pd.Timedelta(days=30))
    if entry == "first":
        converts &= ~sorted_orders.duplicated("CustomerID")
    expected = [orders["CustomerID"].nunique(), sorted_orders.loc[converts, "CustomerID"].nunique()]
    assert result.table["users"].tolist() == expected


def test_lines_without_a_customer_are_counted(metrics: Metrics, lines: pd.DataFrame):
    missing = int((lines["CustomerID"].isna() & (lines["Quantity"] > 0)).sum())
    result = metrics.run("measure_active_users", {**WHOLE}, teams=None)
    assert any(f"{missing:,} rows of source purchases have no user" in w.en for w in result.warnings)
