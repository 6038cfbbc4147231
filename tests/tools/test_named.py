"""Named metrics: value, comparison, change, series and segments, by hand."""

import pytest

from tests.tools.conftest import Opener, make_events

PERIODS = {
    "start": "2026-03-09",
    "end": "2026-03-15",
    "compare_start": "2026-03-02",
    "compare_end": "2026-03-08",
}
EXTRA = """
currency: CNY
dimensions: {channel: {column: channel, names: {zh: 渠道, en: channel}}}
metrics:
  d1: {kind: retention, cohort_event: signup, return_event: visit, at: 1, names: {zh: 次日留存率, en: D1 retention}}
  buy_rate: {kind: conversion, steps: [signup, buy], window: 1d}
  dau: {kind: active_users, event: visit}
  buyers: {kind: unique_users, event: buy}
  orders: {kind: event_count, event: buy, unit: orders}
  gmv: {kind: event_sum, event: buy, property: amount}
  arpu: {kind: ratio, numerator: {event: buy, property: amount}, denominator: {event: buy, count: users}, unit: currency}
  refund_rate: {kind: ratio, numerator: {event: refund}, denominator: {event: buy}}
"""


@pytest.fixture
def workspace(open_workspace: Opener):
    rows = []
    # Week of 2 March: 4 sign up on the 3rd, 2 visit next day. Week of the 9th: 4 on the 10th, 1 visits.
    for day, returning in ((3, 2), (10, 1)):
        rows += [(f"u{day}{u}", "signup", f"2026-03-{day:02} 10:00", "xy"[u % 2]) for u in range(4)]
        rows += [
            (f"u{day}{u}", "visit", f"2026-03-{day + 1:02} 10:00", "xy"[u % 2]) for u in range(returning)
        ]
    # One buys twice for 10 and 20 in the first week; two buy for 30 each in the second; one refund there.
    rows += [("u30", "buy", "2026-03-03 11:00", "x"), ("u30", "buy", "2026-03-05 11:00", "x")]
    rows += [("u100", "buy", "2026-03-10 11:00", "x"), ("u101", "buy", "2026-03-12 11:00", "y")]
    rows += [
        ("u100", "refund", "2026-03-13", "x"),
        ("z", "refund", "2026-03-01", "x"),
        ("z", "refund", "2026-03-31", "x"),
    ]
    frame = make_events(rows)
    frame["amount"] = 0.0
    frame.loc[frame["event"] == "buy", "amount"] = [10.0, 20.0, 30.0, 30.0]
    return open_workspace(frame, extra=EXTRA)


@pytest.mark.parametrize(
    ("metric", "now", "before", "unit", "change_unit"),
    [
        ("d1", 1 / 4, 2 / 4, "ratio", "ratio_change"),
        ("buy_rate", 1 / 4, 1 / 4, "ratio", "ratio_change"),
        ("dau", 1 / 7, 2 / 7, "users", "users"),
        ("buyers", 2, 1, "users", "users"),
        ("orders", 2, 2, "orders", "orders"),
        ("gmv", 60.0, 30.0, "currency:CNY", "currency:CNY"),
        ("arpu", 30.0, 30.0, "currency:CNY", "currency:CNY"),
        ("refund_rate", 1 / 2, 0.0, "ratio", "ratio_change"),
    ],
)
def test_value_comparison_and_change(workspace, metric, now, before, unit, change_unit):
    result = workspace.run("measure_metric", metric=metric, **PERIODS)
    figures = {f.name: f for f in result.figures}
    assert figures[metric].value == pytest.approx(now)
    assert figures[f"{metric}_before"].value == pytest.approx(before)
    assert figures["change"].value == pytest.approx(now - before)
    assert (figures[metric].unit, figures["change"].unit) == (unit, change_unit)
    relative = figures["relative_change"].value
    assert relative == (pytest.approx((now - before) / before) if before else None)


def test_the_series_adds_up(workspace):
    result = workspace.run("measure_metric", metric="gmv", **PERIODS)
    now = result.table[~result.table["compared"]]
    assert len(now) == 7
    assert now["value"].sum() == 60.0
    assert result.chart["data"]["values"]


def test_segments(workspace):
    table = workspace.run("measure_metric", metric="d1", breakdown="channel", **PERIODS).table.set_index(
        "segment"
    )
    assert table["value"].to_dict() == {"x": 0.5, "y": 0.0}
    assert table["value_before"].to_dict() == {"x": 0.5, "y": 0.5}
    assert table["n"].to_dict() == {"x": 2, "y": 2}


def test_zero_denominators_are_null(workspace):
    asked = {"start": "2026-03-20", "end": "2026-03-21"}
    for metric in ("d1", "buy_rate", "arpu", "refund_rate"):
        figure = workspace.run("measure_metric", metric=metric, **asked).figures[0]
        assert (figure.value, figure.n) == (None, 0)
    assert workspace.run("measure_metric", metric="gmv", **asked).figures[0].value == 0.0


def test_texts_exist_in_both_languages(workspace):
    result = workspace.run("measure_metric", metric="d1", **PERIODS)
    chinese, english = result.to_dict("zh"), result.to_dict("en")
    assert chinese["title"] == "次日留存率"
    assert english["title"] == "D1 retention"
    assert chinese["figures"][0]["text"] == "25.0%"
    assert chinese["figures"][2]["text"] == "-25.0 个百分点"
    labels = {d["label"] for d in chinese["definition"]}
    assert {"起始事件", "时钟", "返回判定", "分母", "成熟度", "时区", "筛选"} <= labels


def test_entries_count_once_the_data_covers_their_window(open_workspace: Opener):
    # Two sign up on each of 1 to 10 March, one of whom buys an hour later; whole days end on 10 March. A window of
    # 3 days is covered for those of 1 to 7 March: 7 of 14, though 10 have bought; 3 days x 2 = 6 are left out.
    rows = [(f"{d}{u}", "signup", f"2026-03-{d:02} 10:00") for d in range(1, 11) for u in "ab"]
    rows += [(f"{d}a", "buy", f"2026-03-{d:02} 11:00") for d in range(1, 11)]
    extra = "metrics: {buy: {kind: conversion, steps: [signup, buy], window: 3d}}"
    workspace = open_workspace(rows, extra=extra)
    result = workspace.run("measure_metric", metric="buy", start="2026-03-01", end="2026-03-10")
    figure = result.figures[0]
    assert (figure.value, figure.n, figure.period) == (0.5, 14, "2026-03-01/2026-03-07")
    assert any("6 users whose window" in w.en for w in result.warnings)
    card = {d.label.en: d.value.en for d in result.definition}
    assert "6 left out of 2026-03-01 to 2026-03-10" in card["maturity"]
    assert card["days counted"].startswith("2026-03-01 to 2026-03-07")
    young = workspace.run("measure_metric", metric="buy", start="2026-03-08", end="2026-03-10")
    assert (young.figures[0].value, young.figures[0].n) == (None, 0)
    assert any("nobody to count yet" in w.en for w in young.warnings)
    funnel = workspace.values(
        "measure_funnel", steps=["signup", "buy"], window="3d", start="2026-03-01", end="2026-03-10"
    )
    assert (funnel["conversion"], funnel["step_1_users"]) == (0.5, 20)


def test_any_entry_is_judged_on_mature_entries_only(open_workspace: Opener):
    # u enters on the 1st without buying and again on the 9th, buying: the second entry's window is open.
    rows = [("u", "view", "2026-03-01"), ("u", "view", "2026-03-09"), ("u", "buy", "2026-03-10")]
    extra = "metrics: {buy: {kind: conversion, steps: [view, buy], window: 3d, entry: any}}"
    asked = {"metric": "buy", "start": "2026-03-01", "end": "2026-03-10"}
    figure = open_workspace(rows, extra=extra).run("measure_metric", **asked).figures[0]
    assert (figure.value, figure.n) == (0.0, 1)


def test_retention_names_the_cohort_days_that_count(open_workspace: Opener):
    # Day-2 retention, data through 10 March: the cohorts of 1 to 8 March are mature.
    rows = [(f"u{d}", "signup", f"2026-03-{d:02}") for d in range(1, 11)]
    extra = "metrics: {d2: {kind: retention, cohort_event: signup, return_event: signup, at: 2}}"
    asked = {"metric": "d2", "start": "2026-03-01", "end": "2026-03-10"}
    figure = open_workspace(rows, extra=extra).run("measure_metric", **asked).figures[0]
    assert (figure.n, figure.period) == (8, "2026-03-01/2026-03-08")


def test_labels_are_punctuated_as_their_language_is(workspace):
    result = workspace.run("measure_metric", metric="d1", breakdown="channel", **PERIODS)
    label = next(f.label for f in result.figures if f.segment == "channel=x")
    assert (label.zh, label.en) == ("渠道 = x：次日留存率", "channel = x: D1 retention")
    change = workspace.run("measure_metric", metric="gmv", **PERIODS).figures[2]
    assert (change.name, change.label.zh) == ("change", "gmv 的变化")
