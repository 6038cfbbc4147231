"""Channels, budgets and moved spending, worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import SOURCE, Opener, Workspace
from tools import Metrics
from tools.errors import InvalidArgument, MetricError, NoData, SemanticsError
from tools.value.budget import project
from tools.value.channels import find_payback
from tools.value.response import Response, fit_response

EXTRA = """
dimensions: {channel: {column: channel}, shop: {column: channel}}
metrics:
  revenue: {kind: event_sum, event: buy, property: amount}
events: {signup: {}, buy: {}, open: {}}
spend:
  ads: {path: spend.csv, date: day, amount: cost, dimension: channel, column: source}
budgets:
  plan: {path: plan.csv, date: month, amount: money, column: source, spend: ads}
"""
MARCH = {"start": "2026-03-01", "end": "2026-03-10"}
# user, event, day of March, amount, channel
EVENTS = [
    ("a1", "signup", 1, 0.0, "a"),
    ("a1", "buy", 1, 10.0, "a"),
    ("a1", "buy", 4, 30.0, "b"),
    ("a2", "signup", 2, 0.0, "a"),
    ("a2", "buy", 5, 20.0, "a"),
    ("b1", "signup", 3, 0.0, "b"),
    ("b1", "buy", 20, 15.0, "b"),
    ("c1", "signup", 3, 0.0, "c"),
    ("z1", "signup", 15, 0.0, "a"),
    ("z1", "buy", 15, 99.0, "a"),
    ("z1", "open", 31, 0.0, "a"),
]
SPEND = "day,source,cost\n2026-03-01,a,20\n2026-03-02,a,10\n2026-03-05,b,25\n2026-03-12,a,40\n"
PLAN = "month,source,money\n2026-03-01,a,62\n2026-03-01,b,31\n"


@pytest.fixture
def shop(open_workspace: Opener, tmp_path: Path) -> Workspace:
    (tmp_path / "spend.csv").write_text(SPEND, encoding="utf-8")
    (tmp_path / "plan.csv").write_text(PLAN, encoding="utf-8")
    frame = pd.DataFrame(EVENTS, columns=["user", "event", "day", "amount", "channel"])
    frame["at"] = pd.Timestamp("2026-02-28T12:00") + pd.to_timedelta(frame.pop("day"), unit="D")
    return open_workspace(frame, extra=EXTRA)


def test_cost_and_return_of_channels(shop: Workspace):
    """Of 1 to 10 March a cost 30 and brought a1 and a2, who bought 60 (a1's by b, too); b cost 25 and brought b1: 15.
    CAC 15 and 25, ROAS 2 and 0.6; at half margin 0 and -17.5 are left. In all 55 for 3 (4 with c): 75 - at half -17.5."""
    result = shop.run("measure_channel_returns", margin=0.5, **MARCH)
    table = result.table.set_index("segment")
    assert table["spend"].to_dict() == {"a": 30, "b": 25, "c": 0}
    assert table["users"].to_dict() == {"a": 2, "b": 1, "c": 1}
    assert table.loc[["a", "b"], "cac"].tolist() == [15, 25]
    assert table.loc[["a", "b"], "roas"].tolist() == [2, 0.6]
    assert table["contribution"].to_dict() == {"a": 0, "b": -17.5, "c": 0}
    assert np.isnan(table.loc["c", "cac"])
    values = {f.name: f.value for f in result.figures if f.segment is None}
    assert values["cac"] == pytest.approx(55 / 3)
    assert values["blended_cac"] == 55 / 4
    assert values["contribution"] == -17.5
    assert values["roi"] == pytest.approx(-17.5 / 55)
    # a: 5 per user on day 0, then 20 and 10 on day 3, halved: 30 · 0.5 = 15 = CAC. b never reaches 25.
    assert table.loc["a", "payback_days"] == 3
    assert np.isnan(table.loc["b", "payback_days"])


def test_one_measure_of_all_channels_is_told_before_the_next(shop: Workspace):
    figures = shop.run("measure_channel_returns", **MARCH).figures
    own = [(f.name, f.segment) for f in figures if f.segment]
    assert own[:6] == [(name, f"channel={c}") for name in ("cac", "roas", "payback_days") for c in ("a", "b")]


def test_a_filter_narrows_spending_as_it_narrows_users(shop: Workspace):
    """Of a alone 30 were spent for a1 and a2, who bought 60: CAC 15, ROAS 2, and nothing of b's 25 is among it."""
    values = shop.values("measure_channel_returns", filters={"channel": ["a"]}, **MARCH)
    assert (values["spend"], values["cac"], values["blended_cac"], values["roas"]) == (30, 15, 15, 2)
    budget = shop.values(
        "track_budget", start="2026-03-01", end="2026-03-05", filters={"channel": ["b"]}, run_rate_days=2
    )
    assert (budget["plan"], budget["actual"], budget["projected"]) == (31, 25, 350)


def test_purchases_count_for_days_from_the_acquisition(shop: Workspace):
    """3 days: only a1's 10 of the first day; the 4th day after sign-up is not one of them."""
    result = shop.run("measure_channel_returns", follow_days=3, **MARCH)
    assert result.table.set_index("segment")["revenue"].to_dict() == {"a": 10, "b": 0, "c": 0}
    assert shop.values("measure_channel_returns", follow_days=4, **MARCH)["revenue"] == 60
    # The data ends on the 31st: of 25 days only those who came until the 7th can be told, of 40 days nobody.
    assert "2026-03-07" in shop.run("measure_channel_returns", follow_days=25, **MARCH).definition[0].value.en
    with pytest.raises(NoData, match="fewer follow_days"):
        shop.run("measure_channel_returns", follow_days=40, **MARCH)


def test_payback_is_the_first_age_that_reaches_the_cost():
    """Per user 4, then 0, then 3 of those who are as old: 4, 4, 7."""
    revenue, users = pd.Series({0: 40.0, 2: 15.0}), pd.Series({0: 10, 1: 10, 2: 5})
    assert find_payback(4.0, revenue, users) == 0
    # Five users of age 2 are too few beside ten; of ten it is 1.5 each: 5.5.
    assert np.isnan(find_payback(7.0, revenue, users))
    assert find_payback(5.5, revenue, pd.Series({0: 10, 1: 10, 2: 10})) == 2


def test_budget_and_where_it_ends(shop: Workspace):
    """As of the 5th a has spent 30 of 62 and b 25 of 31; 5 of 31 days make 10 and 5 by now. Means of the last two days 0
    and 12.5; 26 days are left: a ends at 30, b at 350, 319 above its plan."""
    result = shop.run("track_budget", start="2026-03-01", end="2026-03-05", run_rate_days=2)
    table = result.table.set_index("segment")
    assert table["actual"].to_dict() == {"a": 30, "b": 25}
    assert table["plan_to_date"].to_dict() == pytest.approx({"a": 10, "b": 5})
    assert table["projected"].to_dict() == {"a": 30, "b": 350}
    assert table["gap"].to_dict() == {"a": -32, "b": 319}
    assert table["status"].to_dict() == {"a": "under", "b": "will_overrun"}
    assert [w.en for w in result.warnings if "Overrun" in w.en] == [
        "Overrun alert: channel = b, will overrun; projected ¥319.00 above the plan."
    ]
    later = shop.run("track_budget", start="2026-03-01", end="2026-03-31").table.set_index("segment")
    assert later.loc["a", "status"] == "over"


def test_a_budget_tells_of_nobody_and_is_shown_whole(shop: Workspace, open_workspace: Opener):
    frame = pd.DataFrame(EVENTS, columns=["user", "event", "day", "amount", "channel"])
    frame["at"] = pd.Timestamp("2026-02-28T12:00") + pd.to_timedelta(frame.pop("day"), unit="D")
    guarded = open_workspace(frame, extra=EXTRA, source=SOURCE.replace("}", ", min_group: 3}"))
    values = guarded.values("track_budget", start="2026-03-01", end="2026-03-05", run_rate_days=2)
    assert (values["plan"], values["actual"], values["projected"]) == (93, 55, 380)


amounts = st.floats(0, 1e6)


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(st.sampled_from("abc"), amounts, min_size=1),
    st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=20),
    st.integers(0, 30),
    st.integers(2, 30),
)
def test_parts_of_a_budget_add_up(plan: dict, days: list[tuple], left: int, recent: int):
    whole, daily = pd.Series(plan), pd.DataFrame(days, columns=list("bcd"))
    asked = {"left": left, "run_rate_days": recent, "tolerance": 0.05}
    parts = project(whole, whole / 2, daily, **asked)
    total = pd.Series({"all": whole.sum()})
    one = project(total, total / 2, daily.sum(axis=1).to_frame("all"), **asked)
    for column in ("plan", "plan_to_date", "actual", "run_rate", "projected", "gap"):
        assert parts[column].sum() == pytest.approx(one[column][0], rel=1e-9, abs=1e-4)


def test_elasticity_of_weeks_on_a_power_law():
    """users = 3 · spend^0.5 through 1, 4, 16: elasticity 0.5 without error; four times the mean of 7 doubles the users."""
    response = fit_response(np.array([1.0, 4.0, 16.0]), np.array([3.0, 6.0, 12.0]))
    assert (response.elasticity, response.spend, response.users) == (pytest.approx(0.5), 7, 7)
    assert response.error == pytest.approx(0, abs=1e-9)
    assert response.change(21.0) == pytest.approx(7)


def test_error_of_the_elasticity():
    """log spend -1, 0, 1 and log users 0, 1, 0: slope 0, rests -1/3, 2/3, -1/3: √((6/9)/1/2) = .57735."""
    response = fit_response(np.exp([-1.0, 0.0, 1.0]), np.exp([0.0, 1.0, 0.0]))
    assert response.elasticity == pytest.approx(0)
    assert response.error == pytest.approx(0.57735, abs=1e-5)
    assert Response(10, 5, 1, 20, 1.0, 0.2, 3).change_error(10) == pytest.approx(5 * 2 * np.log(2) * 0.2)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory):
    """Ten weeks; a spends 10 to 100 a week for as many users / 5, b 50 + the same for a user per 1."""
    rows, spent = [], ["day,source,cost"]
    for week in range(10):
        day = pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=week)
        cost = 10.0 * (week + 1)
        for k in range(7):
            spent += [
                f"{(day + pd.Timedelta(days=k)).date()},{c},{m / 7}"
                for c, m in (("a", cost), ("b", 110 - cost))
            ]
        rows += [(f"a{week}-{i}", "signup", day, "a", 0.0) for i in range(2 * (week + 1))]
        rows += [(f"b{week}-{i}", "signup", day, "b", 0.0) for i in range(10 * (10 - week) + 10)]
    rows.append(("last", "buy", pd.Timestamp("2026-03-16"), "a", 1.0))
    folder = tmp_path_factory.mktemp("weeks")
    (folder / "spend.csv").write_text("\n".join(spent), encoding="utf-8")
    (folder / "plan.csv").write_text(PLAN, encoding="utf-8")
    path = folder / "metrics.yaml"
    path.write_text(
        f"sources:\n  events: {{frame: e, user: user, time: at, event: event}}\n{EXTRA}", encoding="utf-8"
    )
    frame = pd.DataFrame(rows, columns=["user", "event", "at", "channel", "amount"])
    metrics = Metrics.open(path, frames={"e": frame})
    yield metrics
    metrics.close()


QUARTER = {"start": "2026-01-05", "end": "2026-03-15"}


def test_moved_spending_keeps_the_total_and_stays_in_range(weeks: Metrics):
    """Both means are 55, and a has 11 users a week by elasticity 1, so that 11 less cost a 11/55 · 11 = 2.2 users. Weeks had
    between 10 and 100: at most 45 can be moved."""
    asked = {**QUARTER, "take_from": "a", "give_to": "b"}
    result = weeks.run("simulate_reallocation", {**asked, "amount": 11}, teams=None)
    table = result.table.set_index("channel")
    assert table["spend"].to_dict() == pytest.approx({"a": 55, "b": 55})
    assert table["spend_after"].to_dict() == pytest.approx({"a": 44, "b": 66})
    assert table["spend_after"].sum() == pytest.approx(table["spend"].sum())
    assert table.loc["a", "change_per_week"] == pytest.approx(-2.2)
    assert table.loc["b", "change_per_week"] > 2.2
    with pytest.raises(InvalidArgument, match=r"at most ¥45\.00"):
        weeks.run("simulate_reallocation", {**asked, "amount": 46}, teams=None)
    # Unasked, from the dearer users (5 each) to the cheaper, half of what can be moved.
    usual = weeks.run("simulate_reallocation", QUARTER, teams=None).table
    assert usual["channel"].tolist() == ["a", "b"]
    assert (usual["spend_after"] - usual["spend"]).tolist() == pytest.approx([-22.5, 22.5])


@pytest.mark.parametrize(
    ("asked", "moved", "said"),
    [
        ({"amount": 11}, 11.0, "¥11.00 a week"),
        ({"amount": 2, "per": "day"}, 14.0, "¥2.00 a day (¥14.00 a week)"),
        # 365.25 / 12 = 30.4375 days a month, 30.4375 / 7 = 4.348214 weeks: 43.48214 a month are 10 a week.
        ({"amount": 43.48214, "per": "month"}, 10.0, "¥43.48 a month (¥10.00 a week)"),
        # a costs 55 a week on average
        ({"share": 0.2}, 11.0, "20.0% of its spending (¥11.00 a week)"),
    ],
)
def test_what_is_moved_may_be_said_per_day_per_month_or_as_a_share(
    weeks: Metrics, asked: dict, moved: float, said: str
):
    result = weeks.run(
        "simulate_reallocation", {**QUARTER, "take_from": "A", "give_to": "b", **asked}, teams=None
    )
    assert {f.name: f.value for f in result.figures}["moved"] == pytest.approx(moved, abs=1e-5)
    assert {line.label.en: line.value.en for line in result.definition}["moved"] == said


def test_more_than_was_ever_spent_is_refused_in_the_words_of_the_question(weeks: Metrics):
    """90 % of 55 are 49.5, and no week had less than 10: at most 45 can be moved."""
    with pytest.raises(
        InvalidArgument, match=r"moving 90.0% of its spending \(¥49.50 a week\).*at most ¥45.00"
    ) as caught:
        weeks.run(
            "simulate_reallocation", {**QUARTER, "take_from": "a", "give_to": "b", "share": 0.9}, teams=None
        )
    assert "挪动其花费的 90.0%（即每周 ¥49.50）会超出" in caught.value.zh


@pytest.mark.parametrize(
    ("tool", "arguments", "said", "in_chinese"),
    [
        ("simulate_reallocation", {"amount": 1, "share": 0.1}, "not both", "只能给一个"),
        ("simulate_reallocation", {"amount": 1, "per": "year"}, "per cannot be", "不能是"),
        ("simulate_reallocation", {"take_from": "aa", "give_to": "b"}, "nothing was spent on aa", "没有花费"),
        ("simulate_reallocation", {"take_from": "a", "give_to": "a"}, "same channel", "同一渠道"),
        ("simulate_reallocation", {"end": "2026-02-01"}, "whole weeks", "完整的周|完整周"),
        ("measure_channel_returns", {"spend": "adds"}, "Did you mean: ads", "ads"),
        (
            "measure_channel_returns",
            {"filters": {"shop": ["a"]}},
            "only be narrowed by channel",
            "只能按 channel",
        ),
        ("track_budget", {}, "has no amount for 2026-01-01 to 2026-02-28", "没有金额"),
    ],
)
def test_what_cannot_be_answered_is_said(
    weeks: Metrics, tool: str, arguments: dict, said: str, in_chinese: str
):
    period = {"start": "2026-01-05", "end": "2026-02-28"} if tool == "track_budget" else QUARTER
    with pytest.raises(MetricError, match=said) as caught:
        weeks.run(tool, {**period, **arguments}, teams=None)
    assert any(part in caught.value.zh for part in in_chinese.split("|"))


def test_a_table_that_is_declared_wrongly_is_told_with_its_line(open_workspace: Opener):
    with pytest.raises(SemanticsError, match=r"line \d+: spend.ads names an unknown dimension chanel"):
        open_workspace(
            [("a", "signup", "2026-03-01")], extra=EXTRA.replace("dimension: channel", "dimension: chanel")
        )
    with pytest.raises(SemanticsError, match="unknown spending adds"):
        open_workspace([("a", "signup", "2026-03-01")], extra=EXTRA.replace("spend: ads", "spend: adds"))


def test_spending_of_a_team_does_not_exist_for_others(shop: Workspace, open_workspace: Opener):
    extra = EXTRA.replace("source}\nbudgets", "source, teams: [finance]}\nbudgets")
    frame = pd.DataFrame(EVENTS, columns=["user", "event", "day", "amount", "channel"])
    guarded = open_workspace(frame.assign(at=pd.Timestamp("2026-03-01")), extra=extra).metrics
    for tool in ("measure_channel_returns", "track_budget", "simulate_reallocation"):
        with pytest.raises(NoData, match="declares no"):
            guarded.run(tool, MARCH, teams=frozenset({"growth"}))
    assert guarded.run("measure_channel_returns", MARCH, teams=frozenset({"finance"})).n > 0
