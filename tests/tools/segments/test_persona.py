"""Personas, worked out by hand."""

import pytest

from tests.tools.conftest import Opener
from tests.tools.segments.test_groups import JUNE, open_rows, purchases
from tools import MetricError
from tools.segments.comparison import compare_means, compare_shares


def people() -> list[tuple]:
    """Twenty VIPs, 15 from app and 5 from web, and eighty others, 20 and 60; VIPs buy for 100, 10 of the others for 5."""
    rows = []
    for k in range(100):
        vip = k < 20
        channel = "app" if (k < 15 if vip else k < 40) else "web"
        rows.append((f"u{k:03}", "visit", "2026-06-10", channel, 0))
        if vip or k >= 90:
            rows.append((f"u{k:03}", "buy", "2026-06-11", channel, 100 if vip else 5))
    return rows


def test_persona(open_workspace: Opener):
    workspace = open_rows(open_workspace, people())
    result = workspace.run("describe_segment", segment="vip", **JUNE)
    rows = {(r["trait"], r["value"]): r for r in result.table.to_dict("records")}
    app = rows["channel", "app"]
    # 15 of 20 against 20 of 80: 0.75 / 0.25 = 3. Pooled 0.35: z = 0.5 / sqrt(0.35 x 0.65 x (1/20 + 1/80)) = 4.193.
    assert (app["segment"], app["rest"], app["index"]) == (0.75, 0.25, 3)
    assert app["pvalue"] == pytest.approx(2.75e-5, rel=0.01)
    # Bought: 20 of 20 against 10 of 80, index 8. Spend per user: 100 against 50 / 80.
    assert rows["event", "buy"]["index"] == 8
    assert rows["amount", "mean"]["rest"] == pytest.approx(0.625)
    assert rows["amount", "mean"]["index"] == pytest.approx(160)
    # Active days: 2 against 1 + 10 / 80.
    assert rows["days", "mean"]["index"] == pytest.approx(2 / 1.125)
    # Everybody visits: no difference.
    assert rows["event", "visit"]["pvalue"] == 1
    assert {f.name: f.value for f in result.figures if f.segment is None} == {"members": 20, "others": 80}
    # q-values: p times the number of tests over its rank, never above those that follow.
    tested = result.table.sort_values("pvalue")
    p, q = tested["pvalue"].tolist(), tested["qvalue"].tolist()
    assert q[-1] == p[-1]
    assert q[0] == pytest.approx(min(p[k] * len(p) / (k + 1) for k in range(len(p))))
    # A trait of 35 users is left out from 36 on.
    assert any(
        w.en.startswith("2 traits")
        for w in workspace.run("describe_segment", segment="vip", min_users=36, **JUNE).warnings
    )


def test_persona_needs_two_sides(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases({"a": (20, 1, 200)}))
    with pytest.raises(MetricError) as caught:
        workspace.run("describe_segment", segment="vip", **JUNE)
    assert "no two sides" in caught.value.en
    assert "无法" in caught.value.zh


def test_comparisons_at_their_edges():
    assert compare_shares(0, 5, 0, 7) == 1
    assert compare_shares(5, 5, 7, 7) == 1
    # z = 1 / sqrt(0.5 x 0.5 x (1/4 + 1/4)) = 2.83.
    assert compare_shares(4, 4, 0, 4) == pytest.approx(0.00468, rel=0.01)
    assert compare_means(1, 0, 3, 1, 0, 3) == 1
    assert compare_means(1, 0, 3, 2, 0, 3) == 0
    assert compare_means(1, 1, 1, 2, 1, 9) != compare_means(1, 1, 1, 2, 1, 9)


def test_an_index_is_of_means_as_they_are(open_workspace: Opener):
    # VIP a buys on three days. Of the others b and c come on three days, d on four: 10 / 3. 3 / (10 / 3) = 0.9, and not
    # 3 / 3.333333 = 0.90000009.
    days = {"a": 3, "b": 3, "c": 3, "d": 4}
    rows = [
        (user, "buy", f"2026-06-{day + 10}", "app", 100 if user == "a" else 1)
        for user, count in days.items()
        for day in range(count)
    ]
    table = open_rows(open_workspace, rows).run("describe_segment", segment="vip", min_users=1, **JUNE).table
    index = table.set_index("trait")["index"]["days"]
    assert index == pytest.approx(0.9, abs=1e-11)
