"""Whom to win back, by hand."""

import pandas as pd
import pytest

from tests.tools.conftest import SOURCE, Opener

EXTRA = "metrics: {sales: {kind: event_sum, event: buy, property: amount, unit: currency}}\n"
ASKED = {"start": "2026-01-10", "end": "2026-03-31", "silence_days": 20}
# Days from each user's last event to 31 March: a 20, b 50, c 19, d 90 (before the period), e 41 (one day only).
ROWS = [
    ("a", "buy", "2026-03-01", 50.0),
    ("a", "visit", "2026-03-11", None),
    ("b", "buy", "2026-02-01", 80.0),
    ("b", "visit", "2026-02-09", None),
    ("c", "buy", "2026-03-01", 500.0),
    ("c", "visit", "2026-03-12", None),
    ("d", "buy", "2025-12-01", 500.0),
    ("d", "visit", "2025-12-31", None),
    ("e", "buy", "2026-02-18", 500.0),
    ("z", "visit", "2026-03-31", None),
]


def make_frame() -> pd.DataFrame:
    frame = pd.DataFrame(ROWS, columns=["user", "event", "at", "amount"])
    return frame.assign(at=pd.to_datetime(frame["at"]))


def test_silent_users_by_what_they_were_worth(open_workspace: Opener):
    workspace = open_workspace(make_frame(), extra=EXTRA)
    result = workspace.run("list_win_back", property="amount", **ASKED)
    rows = [("b", 50, 2, 80.0), ("a", 20, 2, 50.0)]
    assert (
        list(
            result.table[["user", "days_silent", "active_days", "amount"]].itertuples(index=False, name=None)
        )
        == rows
    )
    assert {f.name: f.value for f in result.figures} == {"win_back_users": 2, "past_amount": 130.0}
    assert result.figures[1].label.zh == "他们以往的 amount 之和"
    # Of purchases alone: z has none, and c and e count, c 30 days back; d's was before the period.
    bought = workspace.run("list_win_back", event="buy", property="amount", min_active_days=1, **ASKED).table
    assert bought[["user", "days_silent"]].to_numpy().tolist() == [["c", 30], ["e", 41], ["b", 58], ["a", 30]]
    # Of visits alone nothing was paid.
    visited = workspace.run("list_win_back", event="visit", property="amount", min_active_days=1, **ASKED)
    assert {f.name: f.value for f in visited.figures} == {"win_back_users": 2, "past_amount": 0.0}
    # Both came on two days: the one who left last comes first. With one day enough, e is in; with 21 days of silence a is out.
    assert workspace.run("list_win_back", **ASKED).table["user"].tolist() == ["a", "b"]
    once = workspace.run("list_win_back", min_active_days=1, property="amount", limit=1, **ASKED)
    assert once.table["user"].tolist() == ["e"]
    assert once.n == 3
    assert workspace.run("list_win_back", **{**ASKED, "silence_days": 21}).table["user"].tolist() == ["b"]


@pytest.mark.parametrize("teams", [frozenset(), frozenset({"support"})])
def test_others_get_counts(open_workspace: Opener, teams: frozenset[str]):
    source = SOURCE.replace("}", ", user_rows: [growth]}")
    metrics = open_workspace(make_frame(), source=source, extra=EXTRA).metrics
    result = metrics.run("list_win_back", {**ASKED, "property": "amount"}, teams=teams)
    # 20 days are in 20-39, 50 in 40-59.
    assert list(result.table.itertuples(index=False, name=None)) == [("20-39", 1, 50.0), ("40-59", 1, 80.0)]
    assert any("user_rows" in w.en for w in result.warnings)
    shown = metrics.run("list_win_back", ASKED, teams=frozenset({"growth"}))
    assert "user" in shown.table.columns
