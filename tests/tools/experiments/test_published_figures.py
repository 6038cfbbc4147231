"""tea-tasting's own sample data, turned into events, gives the figures that its documentation prints."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from tools import Metrics

DECLARED = """
timezone: UTC
sources: {events: {frame: events, user: user, time: at, event: event}}
metrics:
  sessions: {kind: event_count, event: session}
  orders: {kind: event_count, event: order}
  revenue: {kind: event_sum, event: order, property: amount}
  orders_per_session: {kind: ratio, numerator: {event: order}, denominator: {event: session}}
experiments:
  sample:
    assignments: {frame: assigned, user: user, time: at, arm: variant}
    control: 0
    start: 2026-03-02
    end: 2026-03-02
    metrics: [sessions, orders_per_session, orders, revenue]
"""


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    import tea_tasting

    users = tea_tasting.make_users_data(rng=42, covariates=True, return_type="pandas")
    day = pd.Timestamp("2026-03-02")
    parts = []
    for suffix, at in (("", day + pd.Timedelta("1h")), ("_covariate", day - pd.Timedelta("3D"))):
        for event in ("session", "order"):
            times = users[f"{event}s{suffix}"]
            amount = np.where(times > 0, users[f"revenue{suffix}"] / times.clip(lower=1), 0.0)
            rows = pd.DataFrame({"user": users["user"], "event": event, "at": at, "amount": amount})
            parts.append(rows.loc[rows.index.repeat(times)])
    last = pd.DataFrame(
        {"user": [-1], "event": ["session"], "at": [day + pd.Timedelta("20D")], "amount": [0.0]}
    )
    assigned = pd.DataFrame({"user": users["user"], "variant": users["variant"].astype(str), "at": day})
    path = tmp_path_factory.mktemp("published") / "metrics.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    opened = Metrics.open(path, frames={"events": pd.concat([*parts, last]), "assigned": assigned})
    yield opened
    opened.close()


# As printed in the docstrings of tea_tasting 1.14: RatioOfMeans, Mean and Experiment.
PLAIN = {
    "sessions": (2.00, 1.98, -0.0066, (-0.037, 0.025), 0.674),
    "orders_per_session": (0.266, 0.289, 0.088, (-0.0089, 0.19), 0.0762),
    "orders": (0.530, 0.573, 0.080, (-0.020, 0.19), 0.118),
    "revenue": (5.24, 5.73, 0.093, (-0.024, 0.22), 0.123),
}
CUPED = {
    "orders_per_session": (0.262, 0.293, 0.12, (0.042, 0.21), 0.00229),
    "orders": (0.523, 0.581, 0.11, (0.029, 0.20), 0.00733),
    "revenue": (5.12, 5.85, 0.14, (0.038, 0.26), 0.00674),
}


@pytest.mark.parametrize(("days", "published"), [(0, PLAIN), (7, CUPED)])
def test_published_figures(metrics: Metrics, days: int, published: dict) -> None:
    result = metrics.run("analyze_experiment", {"covariate_days": days}, teams=None)
    figures = {f.name: f for f in result.figures}
    assert figures["sample_ratio_pvalue"].value == pytest.approx(0.477, abs=5e-4)
    for metric, (control, treatment, relative, interval, pvalue) in published.items():
        row = result.table.set_index("metric").loc[metric]
        assert row["control_value"] == pytest.approx(control, rel=2e-3)
        assert row["value"] == pytest.approx(treatment, rel=2e-3)
        assert row["relative"] == pytest.approx(relative, abs=6e-3)
        assert figures[f"relative_{metric}_1"].interval == pytest.approx(interval, abs=6e-3)
        assert row["pvalue"] == pytest.approx(pvalue, rel=5e-3)
