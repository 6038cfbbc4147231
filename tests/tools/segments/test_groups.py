"""RFM, lifecycle and value tiers, each worked out by hand."""

import pandas as pd
import pytest

from tests.tools.conftest import Opener, Workspace, make_events
from tools import MetricError

SOURCE = "{frame: events, user: user, time: at, event: event}"
EXTRA = """
dimensions: {channel: {column: channel}}
metrics: {sales: {kind: event_sum, event: buy, property: amount}}
segments:
  vip: {rule: {sum: amount, at_least: 100}, as_of: end, names: {zh: 大客户, en: VIP}}
"""
JUNE = {"start": "2026-06-01", "end": "2026-06-30"}
SALES = {"event": "buy", "property": "amount", **JUNE}


def open_rows(open_workspace: Opener, rows: list[tuple]) -> Workspace:
    frame = make_events([row[:4] for row in rows]).assign(amount=[float(row[4]) for row in rows])
    return open_workspace(frame, source=SOURCE, extra=EXTRA)


def purchases(plan: dict[str, tuple[int, int, float]]) -> list[tuple]:
    """Make buys: user -> (day of June of the last one, how many, amount of each); earlier ones a day apart."""
    return [
        (user, "buy", f"2026-06-{day - k:02}", "web", amount)
        for user, (day, count, amount) in plan.items()
        for k in range(count)
    ]


# Days to 30 June:  a 0, b 5, c 10, d 20, e 28.  Buys: 5, 3, 1, 2, 1.  Amounts: 500, 30, 100, 40, 20.
FIVE = {"a": (30, 5, 100), "b": (25, 3, 10), "c": (20, 1, 100), "d": (10, 2, 20), "e": (2, 1, 20)}


def named(table: pd.DataFrame) -> dict[str, int]:
    return dict(zip(table["segment"], table["users"], strict=True))


def test_rfm_by_fifths(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases(FIVE))
    table = workspace.run("measure_rfm", **SALES).table
    # Strictly worse of five users -> score 1 + that number.
    #   R: e 1, d 2, c 3, b 4, a 5.   F (1, 1, 2, 3, 5): c 1, e 1, d 3, b 4, a 5.
    #   M (20, 30, 40, 100, 500): e 1, b 2, d 3, c 4, a 5.
    #   Mean of F and M rounded up: a 5, b 3, c (1 + 4) / 2 -> 3, d 3, e 1.
    #   Grid: a R5/5 champions, b R4/3 potential loyalist, c R3/3 needs attention, d R2/3 at risk, e R1/1 hibernating.
    assert named(table) == {
        "champions": 1,
        "potential_loyalists": 1,
        "need_attention": 1,
        "at_risk": 1,
        "hibernating": 1,
    }
    champions = table.iloc[0]
    assert (champions["mean_days"], champions["mean_events"], champions["amount"]) == (0, 5, 500)
    # 500 of 500 + 30 + 100 + 40 + 20 = 690.
    assert champions["amount_share"] == pytest.approx(500 / 690)
    assert champions["share"] == pytest.approx(1 / 5)


def test_rfm_without_an_amount_is_by_frequency(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases(FIVE))
    result = workspace.run("measure_rfm", event="buy", **JUNE)
    # F alone: b R4/4 loyal, c R3/1 about to sleep, d R2/3 at risk, e R1/1 hibernating.
    assert named(result.table) == {
        "champions": 1,
        "loyal": 1,
        "about_to_sleep": 1,
        "at_risk": 1,
        "hibernating": 1,
    }
    assert "amount" not in result.table
    assert [f.name for f in result.figures].count("amount") == 0


def test_rfm_by_cut_points(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases(FIVE))
    # R, at most 0, 5, 10, 20 days: a 5, b 4, c 3, d 2, e 1 (as before). With 1, 2, 3, 4: a 5, the others 1.
    table = workspace.run("measure_rfm", recency_cuts=[1, 2, 3, 4], **SALES).table
    # b R1/3 at risk, c R1/3 at risk, d at risk, e hibernating.
    assert named(table) == {"champions": 1, "at_risk": 3, "hibernating": 1}
    # F from 2, 3, 4, 5 events: a 5, b 3, d 2, c and e 1. b: (3 + 2) / 2 -> 3, d: (2 + 3) / 2 -> 3: as by fifths.
    # F from 1, 2, 3, 4: a 5, b 4, d 3, c and e 2: c (2 + 4) / 2 = 3, e (2 + 1) / 2 -> 2: as before, too.
    # F from 10, 20, 30, 40: all 1. a (1 + 5) / 2 = 3, b (1 + 2) / 2 -> 2, c 3, d 2, e 1.
    table = workspace.run("measure_rfm", frequency_cuts=[10, 20, 30, 40], **SALES).table
    # a R5/3 and b R4/2 potential loyalists, c R3/3, d R2/2 and e R1/1 hibernating.
    assert named(table) == {"potential_loyalists": 2, "need_attention": 1, "hibernating": 2}
    # M from 1, 2, 3, 4: all 5. b (4 + 5) / 2 -> 5 loyal, c (1 + 5) / 2 = 3, d 4 at risk, e 3 at risk.
    table = workspace.run("measure_rfm", monetary_cuts=[1, 2, 3, 4], **SALES).table
    assert named(table) == {"champions": 1, "loyal": 1, "need_attention": 1, "at_risk": 2}


def test_rfm_of_eight(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases(FIVE))
    table = workspace.run("measure_rfm", naming="eight", **SALES).table
    # High from 4. R high: a, b. F high: a, b. M high: a, c.
    assert named(table) == {
        "important_value": 1,  # a
        "important_win_back": 1,  # c
        "general_value": 1,  # b
        "general_win_back": 2,  # d, e
    }
    # High from 3. R high: a, b, c. F high: a, b, d. M high: a, c, d.
    table = workspace.run("measure_rfm", naming="eight", high_from=3, **SALES).table
    assert named(table) == {
        "important_value": 1,  # a
        "important_develop": 1,  # c
        "important_keep": 1,  # d
        "general_value": 1,  # b
        "general_win_back": 1,  # e
    }
    # Without an amount F says what is important: a and b, both high on R and F.
    table = workspace.run("measure_rfm", naming="eight", event="buy", **JUNE).table
    assert named(table) == {"important_value": 2, "general_win_back": 3}


def test_rfm_of_equal_users_is_one_group(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases(dict.fromkeys("abcdefg", (15, 1, 10))))
    # Nobody is strictly worse than anybody: all score 1.
    assert named(workspace.run("measure_rfm", **SALES).table) == {"hibernating": 7}


# Events on these days of June, seen from the end of the 30th, with 7 days for new and active, 14 for dormant:
LIVES = {
    "new": [25],  # first event 5 days back
    "current": [10, 16, 22, 28],  # never silent for 7 days
    "reactivated": [1, 14, 25],  # on the 24th silent for 10 days
    "resurrected": [1, 26],  # on the 25th silent for 24 days
    "at_risk": [2, 20],  # 10 days back
    "dormant": [3, 16],  # 14 days back
}


def lives() -> list[tuple]:
    return [(user, "visit", f"2026-06-{d:02}", "web", 0) for user, days in LIVES.items() for d in days]


def states(workspace: Workspace, **arguments) -> dict[str, int]:
    asked = {"start": "2026-06-16", "end": "2026-06-30", "dormant_days": 14} | arguments
    table = workspace.run("measure_lifecycle", **asked).table
    return {s: n for s, n in zip(table["state"], table["users"], strict=True) if n}


def test_lifecycle_states(open_workspace: Opener):
    workspace = open_rows(open_workspace, lives())
    assert states(workspace) == dict.fromkeys(LIVES, 1)
    # Dormant from 15 days: the one of 14 days back is at risk yet.
    assert states(workspace, dormant_days=15) == {
        "new": 1,
        "current": 1,
        "reactivated": 1,
        "resurrected": 1,
        "at_risk": 2,
    }
    # Dormant from 25 days on: silent for 24 days means at risk, so "resurrected" is reactivated.
    assert states(workspace, dormant_days=25)["reactivated"] == 2
    # New for 5 days only: an event 5 days back is no longer new, and there is nothing before it.
    assert states(workspace, new_days=5)["current"] == 2
    # Active for 11 days, since the 20th: "at_risk" of the 20th is back after 18 - 1 days, "current" still is:
    # silent for 20 - 1 - 16 = 5 days... of its first event in the days, the 22nd: 22 - 1 - 16 = 5.
    # "reactivated": 25 - 1 - 14 = 10 < 11 is current now; "resurrected": 26 - 1 - 1 = 24 >= 14.
    # "at_risk": 20 - 1 - 2 = 17 >= 14 resurrected. "new" stays, "dormant" stays.
    assert states(workspace, active_days=11) == {"new": 1, "current": 2, "resurrected": 2, "dormant": 1}
    # Only events of that name count.
    with pytest.raises(MetricError):
        states(workspace, event="vist")


def test_the_states_of_duolingos_growth_model(open_workspace: Opener):
    # As of 30 June, each user's days back: active today is 0. Current: also within the 7 days before; reactivated: within
    # 30, not 7; resurrected: more than 30 days ago. At risk: within the last 29 days, not today; dormant: 30 or more.
    backs = {
        "new": [(0,)],
        "current": [(0, 1), (0, 7, 40)],
        "reactivated": [(0, 8), (0, 30, 31)],
        "resurrected": [(0, 31)],
        "at_risk": [(1, 2), (29,)],
        "dormant": [(30,), (35, 36)],
    }
    people = [days for group in backs.values() for days in group]
    day = pd.Timestamp("2026-06-30")
    rows = [(k, "v", str((day - pd.Timedelta(days=d)).date())) for k, days in enumerate(people) for d in days]
    duolingo = {"new_days": 1, "active_days": 1, "lapse_days": 7, "dormant_days": 30}
    workspace = open_workspace(rows)
    asked = {"start": "2026-06-30", "end": "2026-06-30"}
    values = workspace.values("measure_lifecycle", **duolingo, **asked)
    assert {state: values[state] for state in backs} == {state: len(group) for state, group in backs.items()}
    # Without lapse_days a day without an event is a lapse: 7 back is reactivated, 1 back is current still.
    values = workspace.values("measure_lifecycle", **(duolingo | {"lapse_days": None}), **asked)
    assert (values["current"], values["reactivated"]) == (1, 3)


def test_lifecycle_moves(open_workspace: Opener):
    workspace = open_rows(open_workspace, lives())
    table = workspace.run("measure_lifecycle", start="2026-06-16", end="2026-06-30", dormant_days=14).table
    moves = {
        (before.removeprefix("from_"), row["state"]): row[before]
        for row in table.to_dict("records")
        for before in table.columns
        if before.startswith("from_") and row[before]
    }
    # At the end of the 15th: "current" began on the 10th (new); "reactivated" was back on the 14th after
    # 14 - 1 - 1 = 12 days: reactivated; "resurrected" silent for 14: dormant; "at_risk" for 13 and "dormant" for
    # 12: at risk.
    assert moves == {
        ("not_yet", "new"): 1,
        ("new", "current"): 1,
        ("reactivated", "reactivated"): 1,
        ("dormant", "resurrected"): 1,
        ("at_risk", "at_risk"): 1,
        ("at_risk", "dormant"): 1,
    }
    assert table["users_before"].sum() == 5


def tiers(workspace: Workspace, **arguments) -> dict[str, tuple[int, float]]:
    table = workspace.run("measure_value_tiers", **(SALES | arguments)).table
    return {
        t: (int(n), float(a)) for t, n, a in zip(table["tier"], table["users"], table["amount"], strict=True)
    }


def test_value_tiers(open_workspace: Opener):
    # Ten users spend 100, 90, ..., 10: 550 in all.
    rows = purchases({f"u{k}": (20, 1, 10 * k) for k in range(1, 11)})
    workspace = open_rows(open_workspace, rows)
    # Top 10 %: one user of 100. To 20 %: 90. To 50 %: 80 + 70 + 60. The rest: 50 + 40 + 30 + 20 + 10.
    assert tiers(workspace) == {
        "0-10%": (1, 100),
        "10-20%": (1, 90),
        "20-50%": (3, 210),
        "50-100%": (5, 150),
    }
    assert tiers(workspace, shares=[0.3]) == {"0-30%": (3, 270), "30-100%": (7, 280)}
    assert tiers(workspace, cuts=[90, 50]) == {">=90": (2, 190), ">=50": (4, 260), "<50": (4, 100)}
    # 80 % of 550 is 440: 100 + 90 + 80 + 70 + 60 = 400, with 50 it is 450: 6 of 10 users.
    assert workspace.values("measure_value_tiers", **SALES)["pareto_share"] == 0.6
    # 400 / 550 is 72.7 %: up to there five are enough.
    assert workspace.values("measure_value_tiers", pareto=0.72, **SALES)["pareto_share"] == 0.5
    # Without a property each user counts one event: all equal, all at the top; 80 % takes 8 users.
    assert tiers(workspace, property=None) == {"0-10%": (10, 10)}
    assert workspace.values("measure_value_tiers", event="buy", **JUNE)["pareto_share"] == 0.8
    # Up to the 19th nobody bought.
    assert tiers(workspace, end="2026-06-20", start="2026-06-20") == tiers(workspace)


def test_equal_amounts_share_a_tier(open_workspace: Opener):
    # 0.1 three times and 0.3 at once are the same amount: both at the top, the third user is not.
    rows = purchases({"a": (20, 3, 0.1), "b": (20, 1, 0.3), "c": (20, 1, 0.2)})
    workspace = open_rows(open_workspace, rows)
    assert tiers(workspace, shares=[0.2]) == {"0-20%": (2, 0.6), "20-100%": (1, 0.2)}


def test_refunds_leave_no_share(open_workspace: Opener):
    workspace = open_rows(open_workspace, purchases({"a": (20, 1, 10), "b": (20, 1, -30)}))
    result = workspace.run("measure_value_tiers", **SALES)
    values = {f.name: f.value for f in result.figures}
    assert values["pareto_share"] is None
    assert values["amount_share"] is None
    assert any("refunds" in w.en for w in result.warnings)


@pytest.mark.parametrize(
    ("tool", "arguments", "said", "said_zh"),
    [
        ("measure_rfm", {"recency_cuts": [1, 2, 3]}, "at least 4 items", "四个递增"),
        ("measure_rfm", {"monetary_cuts": [1, 3, 2, 4]}, "must rise", "严格递增"),
        ("measure_rfm", {"property": "price"}, "amount", "求和"),
        ("measure_rfm", {"high_from": 6}, "high_from", "high_from"),
        ("measure_lifecycle", {"active_days": 30}, "more than active_days", "须大于"),
        ("measure_lifecycle", {"lapse_days": 30}, "more than lapse_days", "须大于"),
        ("measure_lifecycle", {"new_days": 0}, "new_days", "new_days"),
        ("measure_value_tiers", {"shares": [0.5, 0.2]}, "rise", "递增"),
        ("measure_value_tiers", {"shares": [0.5, 1.5]}, "between 0 and 1", "0 与 1"),
        ("measure_value_tiers", {"cuts": [1, 5]}, "fall", "递减"),
        ("measure_value_tiers", {"pareto": 0}, "pareto", "pareto"),
        ("describe_segment", {"segment": "vp"}, "vip", "没有人群"),
        ("describe_segment", {}, "segment is missing", "缺少参数"),
        ("measure_rfm", {"event": "by"}, "buy", "未知的事件"),
        ("measure_rfm", {"start": "2020-01-01", "end": "2020-01-31"}, "no data", "没有数据"),
    ],
)
def test_wrong_arguments_are_sentences(open_workspace: Opener, tool, arguments, said, said_zh):
    workspace = open_rows(open_workspace, purchases(FIVE))
    with pytest.raises(MetricError) as caught:
        workspace.run(tool, **(JUNE | arguments))
    assert said in caught.value.en
    assert said_zh in caught.value.zh


@pytest.mark.parametrize("tool", ["measure_rfm", "measure_value_tiers"])
def test_nobody_in_the_period_is_an_empty_result(open_workspace: Opener, tool):
    workspace = open_rows(open_workspace, [*purchases(FIVE), ("z", "visit", "2026-06-30", "web", 0)])
    result = workspace.run(tool, **(SALES | {"end": "2026-06-02", "event": "visit"}))
    assert result.n == 0
    assert result.table.empty
