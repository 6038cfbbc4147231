"""Revenue, repeat purchases and lifetime value of a few customers, worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener, Workspace
from tests.tools.value.market import simulate_purchases
from tools.errors import InvalidArgument, NoData

EXTRA = """
dimensions: {channel: {column: channel}}
metrics:
  revenue: {kind: event_sum, event: buy, property: amount}
"""
MARCH = {"start": "2026-03-01", "end": "2026-03-31"}

# user, event, day of March, amount, channel
SHOP = [
    ("ann", "buy", 1, 10.0, "a"),
    ("ann", "buy", 1, 20.0, "a"),
    ("ann", "buy", 6, 30.0, "b"),
    ("ann", "buy", 21, 40.0, "a"),
    ("ben", "buy", 2, 50.0, "a"),
    ("cat", "buy", 3, 60.0, "b"),
    ("cat", "buy", 4, 0.0, "b"),
    ("dan", "buy", 30, 70.0, "b"),
    ("eve", "open", 5, 0.0, "b"),
    ("eve", "open", 31, 0.0, "b"),
]


def to_frame(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["user", "event", "day", "amount", "channel"])
    frame["at"] = pd.Timestamp("2026-02-28T12:00") + pd.to_timedelta(frame.pop("day"), unit="D")
    return frame


@pytest.fixture
def shop(open_workspace: Opener) -> Workspace:
    return open_workspace(to_frame(SHOP), extra=EXTRA)


def test_repeat_rate(shop: Workspace):
    """ann buys on 3 days, cat on 2, ben and dan on 1: 2 of 4. Days between: 5, 15, 1: median 5. 7 days of 4 buyers."""
    result = shop.run("measure_repeat_purchases", **MARCH)
    values = {f.name: f.value for f in result.figures}
    assert values["repeat_rate"] == 2 / 4
    assert (values["buyers"], values["repeat_buyers"], values["median_gap"]) == (4, 2, 5.0)
    assert values["purchases_per_buyer"] == 7 / 4
    table = result.table.set_index("purchases")
    assert table["users"].to_dict() == {"1": 2, "2": 1, "3": 1, "4": 0, "5": 0, "6+": 0}
    # 280 in all: ann 100, cat 60.
    assert table.loc["3", "amount_share"] == pytest.approx(100 / 280)
    # Each event is one: ann has 4.
    each = shop.run("measure_repeat_purchases", once_per="event", **MARCH)
    assert each.table.set_index("purchases")["users"].to_dict()["4"] == 1


def test_repeat_within_days_of_the_first_purchase(shop: Workspace):
    """4 days: dan first buys on the 30th and is left out. Of ann (again after 5), ben (never) and cat (after 1): 1 of 3.
    5 days reach to ann's second purchase: 2 of 3."""
    short = shop.run("measure_repeat_purchases", window_days=4, **MARCH)
    assert {f.name: f.value for f in short.figures}["window_rate"] == pytest.approx(1 / 3)
    assert any("1 user first bought too late" in w.en for w in short.warnings)
    assert shop.values("measure_repeat_purchases", window_days=5, **MARCH)["window_rate"] == pytest.approx(
        2 / 3
    )


def test_who_bought_before_the_period_is_no_new_buyer(shop: Workspace):
    """From the 4th: ann (6, 21), cat (4), dan: 1 of 3 bought twice. First ever only dan, who is too late to tell."""
    values = shop.values("measure_repeat_purchases", start="2026-03-04", end="2026-03-31", window_days=5)
    assert values["repeat_rate"] == pytest.approx(1 / 3)
    assert values["window_rate"] is None


def test_repeat_by_the_channel_of_the_first_purchase(shop: Workspace):
    """a: ann (3 days, one of them by b) and ben; b: cat and dan."""
    table = shop.run("measure_repeat_purchases", breakdown="channel", **MARCH).table.set_index("segment")
    assert table["users"].to_dict() == {"a": 2, "b": 2}
    assert table["repeat_rate"].to_dict() == {"a": 0.5, "b": 0.5}


def test_revenue_per_user(shop: Workspace):
    """280 of five users, four of whom pay, in 8 purchases: 56, 70, 80 %, 2 and 35 each. ARPU's error: the users' revenues
    100, 50, 60, 70, 0 have variance (44² + 6² + 4² + 14² + 56²)/4 = 1330, so √(1330/5) = 16.310 and ± 31.966."""
    result = shop.run("measure_revenue", **MARCH)
    figures = {f.name: f for f in result.figures}
    values = {name: f.value for name, f in figures.items()}
    assert values["revenue"] == 280
    assert (values["arpu"], values["arppu"], values["paying_share"]) == (56, 70, 0.8)
    assert (values["purchases_per_payer"], values["amount_per_purchase"]) == (2, 35)
    assert figures["arpu"].interval == pytest.approx((56 - 31.966, 56 + 31.966), abs=1e-3)
    weeks = shop.run("measure_revenue", interval="week", **MARCH).table
    assert weeks["revenue"].sum() == 280
    # The 1st is a Sunday: ann in its week, then ann, ben and cat, then nobody, ann, nobody, dan.
    assert weeks["payers"].tolist() == [1, 3, 0, 1, 0, 1]


def test_revenue_by_channel_is_where_it_was_spent(shop: Workspace):
    """a: ann's 70 and ben's 50; b: ann's 30, cat's 60, dan's 70, and eve who pays nothing."""
    table = shop.run("measure_revenue", breakdown="channel", **MARCH).table.set_index("segment")
    assert table["revenue"].to_dict() == {"a": 120, "b": 160}
    assert table["users"].to_dict() == {"a": 2, "b": 4}


def test_historical_value_stands_beside_the_forecast(shop: Workspace):
    """70 per customer so far. Of 10 days: ann 60, ben 50, cat 60 (dan has but two days): 170/3. Half of it is kept."""
    values = shop.values("measure_lifetime_value", horizon_days=10, margin=0.5, **MARCH)
    assert values["historical_value"] == 35
    assert values["early_value"] == pytest.approx(170 / 3 / 2)
    assert values["repeat_rate"] == 0.5
    assert values["lifetime_value"] == pytest.approx(35 + values["future_value"])
    assert values["future_value"] > 0


def test_few_repeats_are_warned_of_and_none_refused(shop: Workspace, open_workspace: Opener):
    result = shop.run("measure_lifetime_value", **MARCH)
    assert any("Only 2 users bought again" in w.en for w in result.warnings)
    # Of the four customers, the first of whom came 31 days before the end, none is 180 days old; 3 are 10 days old.
    assert any("No customer's first purchase is 180 days old" in w.en for w in result.warnings)
    short = shop.run("measure_lifetime_value", horizon_days=10, **MARCH)
    assert any("只来自 3 名客户（4 名中" in w.zh for w in short.warnings)
    assert any("只有 2 名客户复购过" in w.zh for w in result.warnings)
    once = open_workspace(to_frame([r for r in SHOP if r[2] in (2, 30, 31)]), extra=EXTRA)
    with pytest.raises(NoData, match="second day"):
        once.run("measure_lifetime_value", **MARCH)


def test_without_money_the_tool_asks_for_it(open_workspace: Opener):
    plain = open_workspace(to_frame(SHOP))
    with pytest.raises(InvalidArgument, match="which event is a purchase"):
        plain.run("measure_repeat_purchases", **MARCH)
    assert plain.values("measure_repeat_purchases", event="buy", **MARCH)["repeat_rate"] == 0.5
    with pytest.raises(InvalidArgument, match="which column holds the amount"):
        plain.run("measure_revenue", event="buy", **MARCH)


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return simulate_purchases(700, q=8.0, v=350.0)


def test_forecast_of_customers_who_buy_as_the_model_says(market: pd.DataFrame, open_workspace: Opener):
    """Nothing after day 119 is known to the model; what is bought then must lie near what it expects."""
    workspace = open_workspace(market, extra=EXTRA)
    asked = {"start": "2026-01-01", "end": "2026-04-30", "horizon_days": 60, "holdout_days": 30}
    result = workspace.run("measure_lifetime_value", **asked)
    figures = {f.name: f for f in result.figures}
    later = market[
        (market["event"] == "buy") & (market["at"] >= "2026-05-01") & (market["at"] < "2026-06-30")
    ]
    made = len(later.drop_duplicates(["user", "at"])) / figures["lifetime_value"].n
    assert figures["expected_purchases"].value == pytest.approx(made, rel=0.15)
    amount = later["amount"].sum() / figures["lifetime_value"].n
    low, high = figures["future_value"].interval
    assert low < figures["future_value"].value < high
    assert figures["future_value"].value == pytest.approx(amount, rel=0.2)
    assert figures["holdout_expected"].value == pytest.approx(figures["holdout_actual"].value, rel=0.2)
    with pytest.raises(InvalidArgument, match="holdout_days"):
        workspace.run("measure_lifetime_value", **asked | {"holdout_days": 120})
    # Segments and groups of buyers add up to the whole.
    for table in (result.table, workspace.run("measure_lifetime_value", breakdown="channel", **asked).table):
        mean = (table["users"] * table["future_value"]).sum() / table["users"].sum()
        assert mean == pytest.approx(figures["future_value"].value)
    # 20 % a year over at most 60 days takes off between 0 and 1 - 1.2^(-60/365) = 2.95 %.
    discounted = workspace.values("measure_lifetime_value", discount=0.2, **asked)["future_value"]
    assert 0.9705 < discounted / figures["future_value"].value < 1


@settings(deadline=None, max_examples=4)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.integers(1, 20), st.integers(0, 9)), min_size=1, max_size=30
    )
)
def test_shares_of_buyers_are_sound_whatever_the_order(tmp_path_factory, rows: list[tuple]):
    from tools import Metrics

    path = tmp_path_factory.mktemp("w") / "metrics.yaml"
    path.write_text(
        f"sources:\n  events: {{frame: e, user: user, time: at, event: event}}\n{EXTRA}", encoding="utf-8"
    )
    events = [(u, "buy", d, float(m), "a" if d % 2 else "b") for u, d, m in rows]
    told = []
    for frame in (to_frame(events), to_frame(events[::-1])):
        metrics = Metrics.open(path, frames={"e": frame})
        repeat = metrics.run("measure_repeat_purchases", MARCH, teams=None)
        revenue = metrics.run("measure_revenue", {**MARCH, "interval": "day"}, teams=None)
        metrics.close()
        told.append([f.value for f in (*repeat.figures, *revenue.figures)])
        assert repeat.table["share"].sum() == pytest.approx(1)
        assert revenue.table["revenue"].sum() == pytest.approx(sum(m for *_, m in rows))
        assert 0 <= {f.name: f.value for f in repeat.figures}["repeat_rate"] <= 1
    assert told[0] == pytest.approx(told[1])
