"""Rules: who is in, worked out by hand, and what a wrong rule is told."""

import pandas as pd
import pytest

from tests.tools.conftest import Opener, make_events
from tools import MetricError, load_semantics
from tools.errors import SemanticsError

# What each user did (the day of June 2026, the event, the amount, the channel):
#   a: buys 100 on 1, 50 on 20 (web, then app); visits on 28
#   b: buys 30 on 25 (app)
#   c: visits on 5 (web)
#   d: visits on 29 and buys 500 on 30 (app): after the 28th, so unseen until then
ROWS = [
    ("a", "buy", "2026-06-01 10:00", "web", 100.0),
    ("a", "buy", "2026-06-20 10:00", "app", 50.0),
    ("a", "visit", "2026-06-28 10:00", "app", 0.0),
    ("b", "buy", "2026-06-25 10:00", "app", 30.0),
    ("c", "visit", "2026-06-05 10:00", "web", 0.0),
    ("d", "visit", "2026-06-29 10:00", "app", 0.0),
    ("d", "buy", "2026-06-30 10:00", "app", 500.0),
]
SOURCE = "{frame: events, user: user, time: at, event: event}"
EXTRA = """
dimensions: {channel: {column: channel, names: {zh: 渠道, en: channel}}}
metrics: {sales: {kind: event_sum, event: buy, property: amount}}
segments:
  buyers: {rule: {count: buy, at_least: 1}, names: {zh: 买家, en: buyers}}
  big: {rule: {all: [{segment: buyers}, {sum: amount, at_least: 100}]}}
"""


def frame() -> pd.DataFrame:
    made = make_events([row[:4] for row in ROWS])
    return made.assign(amount=[row[4] for row in ROWS])


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        # As of the 28th: a bought twice, b once, c never; d is not yet there.
        ({"count": "buy", "at_least": 2}, 1),  # a
        ({"count": "buy", "at_least": 1}, 2),  # a, b
        ({"count": "buy", "at_most": 0}, 1),  # c
        ({"count": "buy", "at_least": 1, "at_most": 1}, 1),  # b
        ({"count": "*", "at_least": 3}, 1),  # a has 3 events of any kind
        # The 10 days up to the 28th begin on the 19th: a's buy on the 20th and b's on the 25th, one each.
        ({"count": "buy", "at_least": 2, "days": 10}, 0),
        ({"count": "buy", "at_least": 1, "days": 9}, 2),  # from the 20th: a's is still in
        ({"count": "buy", "at_least": 1, "days": 8}, 1),  # from the 21st: b only
        # Amounts: a 150, b 30, c 0.
        ({"sum": "amount", "at_least": 150}, 1),
        ({"sum": "amount", "at_most": 0}, 1),
        ({"sum": "amount", "event": "visit", "at_least": 1}, 0),
        ({"sum": "amount", "event": "buy", "days": 9, "at_least": 50}, 1),  # a's 50 on the 20th
        # Days since the last event of any kind: a 0, b 3, c 23; since the last buy: a 8, b 3, c never.
        ({"last_seen": "*", "at_most": 3}, 2),
        ({"last_seen": "*", "at_least": 4}, 1),
        ({"last_seen": "buy", "at_least": 4}, 1),  # a; c never bought
        # Days since the first event: a 27, b 3, c 23.
        ({"first_seen": "*", "at_most": 3}, 1),
        ({"first_seen": "visit", "at_least": 0}, 2),  # a and c visited by then
        # Channels: a web then app, b app, c web.
        ({"dimension": "channel", "values": ["web"]}, 2),
        ({"dimension": "channel", "values": ["app"], "touch": "first"}, 1),  # b
        ({"dimension": "channel", "values": ["app"], "touch": "last"}, 2),  # a, b
        ({"dimension": "channel", "values": ["web"], "event": "visit"}, 1),  # c
        ({"dimension": "channel", "values": ["web"], "days": 10}, 0),
        ({"dimension": "channel", "values": ["web", "app"]}, 3),
        # Logic.
        ({"all": [{"count": "buy", "at_least": 1}, {"last_seen": "*", "at_most": 0}]}, 1),  # a
        ({"any": [{"count": "buy", "at_most": 0}, {"last_seen": "*", "at_most": 0}]}, 2),  # c, a
        ({"not": {"count": "buy", "at_least": 1}}, 1),  # c
        ({"not": {"last_seen": "buy", "at_least": 4}}, 2),  # b, and c who never did
        ({"segment": "big"}, 1),  # a
        ({"all": [{"segment": "buyers"}, {"not": {"segment": "big"}}]}, 1),  # b
    ],
)
def test_who_fits_a_rule(open_workspace: Opener, rule, members):
    workspace = open_workspace(frame(), source=SOURCE, extra=EXTRA)
    run = workspace.run("measure_segment", rule=rule, start="2026-06-28", end="2026-06-28")
    values = {f.name: f.value for f in run.figures}
    assert values["members"] == members
    # Three users were seen by the 28th.
    assert values["share"] == pytest.approx(members / 3)
    assert run.table["users"].sum() == 3
    again = workspace.run("measure_segment", **{k: v for k, v in run.arguments.items() if v is not None})
    assert again.to_dict("en") == run.to_dict("en")


def test_who_entered_and_who_left(open_workspace: Opener):
    workspace = open_workspace(frame(), source=SOURCE, extra=EXTRA)
    # Bought within 7 days. By the 19th: nobody (a's first buy was 18 days before). By the 26th: a (20th), b (25th).
    rule = {"count": "buy", "at_least": 1, "days": 7}
    moves = workspace.run("measure_segment", rule=rule, start="2026-06-20", end="2026-06-26").table
    assert dict(zip(moves["move"], moves["users"], strict=True)) == {
        "stayed": 0,
        "entered": 2,
        "left": 0,
        "outside": 1,
    }
    # By the 30th the 7 days begin on the 24th: a left, b stayed, d entered.
    moves = workspace.run("measure_segment", rule=rule, start="2026-06-27", end="2026-06-30").table
    assert moves["users"].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{coun: buy, at_least: 1}", "Did you mean: count"),
        ("{count: buy}", "needs at_least or at_most"),
        ("{count: buy, sum: amount, at_least: 1}", "exactly one of"),
        ("{last_seen: buy, days: 7, at_least: 1}", "days does not go with last_seen"),
        ("{count: buy, at_least: 5, at_most: 1}", "swap them"),
        ("{count: buy, at_least: .nan}", "finite"),
        ("{count: buy, at_least: 1, days: 0}", "greater than or equal to 1"),
        ("{dimension: channel}", "needs values"),
        ("{dimension: chanel, values: [web]}", "channel"),
        ("{segment: buyer}", "buyers"),
        ("{all: []}", "at least 1 item"),
        ("{not: {count: buy, at_leas: 1}}", "at_least"),
        ("{segment: mine}", "circle: mine → mine"),
        ("often", "dictionary"),
    ],
)
def test_a_wrong_rule_is_a_sentence_with_its_line(rule, said):
    text = f"sources: {{e: {{path: x.csv, user: u, time: t, event: e}}}}{EXTRA}  mine:\n    rule: {rule}\n"
    with pytest.raises(SemanticsError) as caught:
        load_semantics(text)
    assert said in caught.value.en
    assert "line " in caught.value.en
    assert "行" in caught.value.zh


def test_names_must_differ_from_dimensions():
    base = "sources: {e: {path: x.csv, user: u, time: t, event: e}}\n"
    rule = "{rule: {count: '*', at_least: 1}}"
    for dimension, segment in (("channel", "channel"), ("segment", "mine"), ("channel", "segment")):
        with pytest.raises(SemanticsError) as caught:
            load_semantics(
                f"{base}dimensions: {{{dimension}: {{column: c}}}}\nsegments: {{{segment}: {rule}}}\n"
            )
        assert "name" in caught.value.en or "called" in caught.value.en


@pytest.mark.parametrize(
    ("arguments", "said", "said_zh"),
    [
        ({}, "either segment", "恰好给出一个"),
        ({"segment": "buyers", "rule": {"count": "buy", "at_least": 1}}, "either segment", "恰好给出一个"),
        ({"segment": "buyer"}, "buyers", "没有人群"),
        ({"rule": {"count": "by", "at_least": 1}}, "buy", "未知的事件"),
        ({"rule": {"count": "buy"}}, "needs at_least", "需要 at_least"),
        ({"rule": {"sum": "price", "at_least": 1}}, "amount", "求和"),
        ({"rule": {"dimension": "chanel", "values": ["web"]}}, "channel", "未知的维度"),
        ({"rule": {"segment": "bigg"}}, "big", "没有人群"),
        ({"rule": "often"}, "rule", "rule"),
    ],
)
def test_a_wrong_argument_is_a_sentence(open_workspace: Opener, arguments, said, said_zh):
    workspace = open_workspace(frame(), source=SOURCE, extra=EXTRA)
    with pytest.raises(MetricError) as caught:
        workspace.run("measure_segment", start="2026-06-01", end="2026-06-28", **arguments)
    assert said in caught.value.en
    assert said_zh in caught.value.zh


def test_the_card_says_the_rule_in_words(open_workspace: Opener):
    workspace = open_workspace(frame(), source=SOURCE, extra=EXTRA)
    rule = {
        "all": [
            {"count": "buy", "at_least": 1, "at_most": 9, "days": 30},
            {"any": [{"sum": "amount", "at_least": 5}, {"last_seen": "*", "at_most": 3}]},
            {"not": {"first_seen": "buy", "at_least": 9}},
            {"dimension": "channel", "values": ["web"], "touch": "first"},
            {"segment": "buyers"},
        ]
    }
    card = workspace.run("measure_segment", rule=rule, start="2026-06-28", end="2026-06-28").definition
    text = next(line.value for line in card if line.label.en == "rule")
    for part in (
        "≥ 1 and ≤ 9",
        "in the last 30 days",
        "sum of amount",
        "not (days since first buy",
        "buyers",
    ):
        assert part in text.en
    for part in ("最近 30 天 buy 次数 ≥ 1 且 ≤ 9", "amount 之和", "不满足", "渠道 = web", "属于人群 买家"):
        assert part in text.zh
