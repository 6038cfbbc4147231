"""Each parameter of the funnel changes a figure that is worked out by hand beside it."""

import pytest

from tests.tools.conftest import Opener
from tools.errors import InvalidArgument

DAY = {"start": "2026-03-01", "end": "2026-03-01"}
CHANNEL = "dimensions: {channel: {column: channel}}"


def users(result) -> list[int]:
    return result.table["users"].tolist()


def at(hour: int, minute: int = 0) -> str:
    return f"2026-03-01 {hour:02}:{minute:02}"


@pytest.mark.parametrize(("order", "expected"), [("ordered", [3, 2]), ("strict", [3, 1]), ("any", [4, 4])])
def test_order(open_workspace: Opener, order, expected):
    # 1: A B, converts in every order. 2: A X B, not in a strict one. 3: B A, only in any order.
    # 4: B B A: in any order A and one B. Those who begin with B enter any order through B: four in all.
    rows = [(1, "A", at(1)), (1, "B", at(2)), (2, "A", at(1)), (2, "X", at(2)), (2, "B", at(3))]
    rows += [
        (3, "B", at(1)),
        (3, "A", at(2)),
        (4, "B", at(1)),
        (4, "B", at(2)),
        (4, "C", at(3)),
        (4, "A", at(4)),
    ]
    expected = [4, *expected[1:]] if order != "any" else expected
    assert users(open_workspace(rows).run("measure_funnel", steps=["A", "B"], order=order, **DAY)) == expected


def test_an_event_at_the_instant_of_a_step_does_not_lie_between(open_workspace: Opener):
    # 1: X at the very time of A. 2: X one minute after A, so between the steps.
    rows = [(1, "A", at(1)), (1, "X", at(1)), (1, "B", at(2))]
    rows += [(2, "A", at(1)), (2, "X", at(1, 1)), (2, "B", at(2))]
    assert users(open_workspace(rows).run("measure_funnel", steps=["A", "B"], order="strict", **DAY)) == [
        2,
        1,
    ]


def test_strict_with_any_entry_starts_again(open_workspace: Opener):
    # A A B: from the first A the next event is another A, from the second it is B.
    rows = [(1, "A", at(1)), (1, "A", at(2)), (1, "B", at(3))]
    asked = {"steps": ["A", "B"], "order": "strict", **DAY}
    assert users(open_workspace(rows).run("measure_funnel", entry="first", **asked)) == [1, 0]
    assert users(open_workspace(rows).run("measure_funnel", entry="any", **asked)) == [1, 1]


def test_any_order_needs_distinct_events_for_a_repeated_step(open_workspace: Opener):
    # Steps A, B, A. 1: B A A has all three. 2: B A has two. 3: A A has two (no B).
    rows = [(1, "B", at(1)), (1, "A", at(2)), (1, "A", at(3)), (2, "B", at(1)), (2, "A", at(2))]
    rows += [(3, "A", at(1)), (3, "A", at(2))]
    result = open_workspace(rows).run("measure_funnel", steps=["A", "B", "A"], order="any", **DAY)
    assert users(result) == [3, 3, 1]


def test_any_order_keeps_the_window(open_workspace: Opener):
    # B at 1:00 and A at 4:00 are three hours apart.
    rows = [(1, "B", at(1)), (1, "A", at(4))]
    asked = {"steps": ["A", "B"], "order": "any", **DAY}
    assert users(open_workspace(rows).run("measure_funnel", window="3h", **asked)) == [1, 1]
    assert users(open_workspace(rows).run("measure_funnel", window="2h", **asked)) == [1, 0]


def test_exclusion_removes_a_user_from_every_step(open_workspace: Opener):
    # 1: A B, in. 2: A X B, out altogether. 3: A X, never B: X lies in the open window, out. 4: A B X, in.
    rows = [(1, "A", at(1)), (1, "B", at(2)), (2, "A", at(1)), (2, "X", at(2)), (2, "B", at(3))]
    rows += [(3, "A", at(1)), (3, "X", at(2)), (4, "A", at(1)), (4, "B", at(2)), (4, "X", at(3))]
    workspace = open_workspace(rows)
    assert users(workspace.run("measure_funnel", steps=["A", "B"], **DAY)) == [4, 3]
    excluded = workspace.run("measure_funnel", steps=["A", "B"], exclusions="X", **DAY)
    assert users(excluded) == [2, 2]
    assert {f.name: f.value for f in excluded.figures}["excluded_users"] == 2


def test_exclusion_between_two_given_steps(open_workspace: Opener):
    # 1: A X B C, 2: A B X C. Between 1 and 2 only the first is out, between 2 and 3 only the second.
    rows = [(1, e, at(h)) for h, e in enumerate("AXBC")] + [(2, e, at(h)) for h, e in enumerate("ABXC")]
    rows += [(3, e, at(h)) for h, e in enumerate("AB")]
    workspace = open_workspace(rows)
    for first, last, expected in ((1, 2, [2, 2, 1]), (2, 3, [2, 2, 1]), (1, 3, [1, 1, 0])):
        exclusions = [{"event": "X", "from_step": first, "to_step": last}]
        result = workspace.run("measure_funnel", steps=["A", "B", "C"], exclusions=exclusions, **DAY)
        assert users(result) == expected, (first, last)


def test_exclusion_at_the_instant_of_a_step_or_after_the_window_does_not_count(open_workspace: Opener):
    # 1: X at the time of A. 2: X two hours after A, where the window is one.
    rows = [(1, "A", at(1)), (1, "X", at(1)), (1, "B", at(1, 30)), (2, "A", at(1)), (2, "X", at(3))]
    asked = {"steps": ["A", "B"], "exclusions": ["X"], **DAY}
    assert users(open_workspace(rows).run("measure_funnel", window="1h", **asked)) == [2, 1]
    assert users(open_workspace(rows).run("measure_funnel", window="2h", **asked)) == [1, 1]


def test_with_any_entry_a_clean_journey_as_far_saves_the_user(open_workspace: Opener):
    # A X B A B: the first A converts over X, the second without. First entry: out. Any entry: in.
    rows = [(1, e, at(h)) for h, e in enumerate("AXBAB")]
    asked = {"steps": ["A", "B"], "exclusions": ["X"], **DAY}
    assert users(open_workspace(rows).run("measure_funnel", entry="first", **asked)) == [0, 0]
    assert users(open_workspace(rows).run("measure_funnel", entry="any", **asked)) == [1, 1]


def test_an_optional_step_may_be_skipped(open_workspace: Opener):
    # 1: A B C. 2: A C. 3: A C B, where B does not lie between. 4: A B. Required, B lets only user 1 on to C.
    rows = [(1, e, at(h)) for h, e in enumerate("ABC")] + [(2, "A", at(1)), (2, "C", at(2))]
    rows += [(3, e, at(h)) for h, e in enumerate("ACB")] + [(4, e, at(h)) for h, e in enumerate("AB")]
    workspace = open_workspace(rows)
    assert users(workspace.run("measure_funnel", steps=["A", "B", "C"], **DAY)) == [4, 3, 1]
    result = workspace.run("measure_funnel", steps=["A", "B", "C"], optional=[2], **DAY)
    assert users(result) == [4, 2, 3]
    # C is over A, the required step before it: 3 of 4; B as well, 2 of 4.
    assert result.table["step_conversion"].tolist() == [1.0, 0.5, 0.75]


def test_an_optional_step_does_not_break_a_strict_funnel(open_workspace: Opener):
    # 1: A B C, 2: A X C.
    rows = [(1, e, at(h)) for h, e in enumerate("ABC")] + [(2, e, at(h)) for h, e in enumerate("AXC")]
    result = open_workspace(rows).run(
        "measure_funnel", steps=["A", "B", "C"], optional=[2], order="strict", **DAY
    )
    assert users(result) == [2, 1, 1]


ATTRIBUTED = [
    # 1: A in x, B in y: converts. 2: A in (none), B in x: converts. 3: A in y, no B. 4: A in x, B in x: converts.
    (1, "A", at(1), "x"),
    (1, "B", at(2), "y"),
    (2, "A", at(1), None),
    (2, "B", at(2), "x"),
    (3, "A", at(1), "y"),
    (4, "A", at(1), "x"),
    (4, "B", at(2), "x"),
]


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        # First known value: 1 x, 2 x (A has none), 3 y, 4 x.
        ({"attribution": "first_touch"}, {"x": [3, 3], "y": [1, 0]}),
        # Last known value: 1 y, 2 x, 3 y, 4 x.
        ({"attribution": "last_touch"}, {"x": [2, 2], "y": [2, 1]}),
        # At A: 1 x, 2 (none), 3 y, 4 x.
        ({"attribution": "step", "attribution_step": 1}, {"x": [2, 2], "(none)": [1, 1], "y": [1, 0]}),
        # At B: 1 y, 2 x, 4 x; user 3 did no B and is in no segment.
        ({"attribution": "step", "attribution_step": 2}, {"x": [2, 2], "y": [1, 1]}),
        # A funnel per value, of its own events: x has A of 1 and 4 and B of 2 and 4; y has A of 3.
        ({"attribution": "all_steps"}, {"x": [2, 1], "(none)": [1, 0], "y": [1, 0]}),
    ],
)
def test_attribution(open_workspace: Opener, attribution, expected):
    result = open_workspace(ATTRIBUTED, extra=CHANNEL).run(
        "measure_funnel", steps=["A", "B"], breakdown="channel", **attribution, **DAY
    )
    found = {s: group["users"].tolist() for s, group in result.table.groupby("segment", sort=False)}
    assert found == expected
    # Whatever the segments, 3 of the 4 users convert.
    assert result.figures[0].value == 0.75
    assert result.figures[0].n == 4


def test_users_who_get_nowhere_count_at_their_first_entry(open_workspace: Opener):
    rows = [(1, "A", at(1), "x"), (1, "A", at(2), "y"), (1, "A", at(3), "z"), (2, "B", at(1), "x")]
    result = open_workspace(rows, extra=CHANNEL).run(
        "measure_funnel",
        steps=["A", "B"],
        entry="any",
        breakdown="channel",
        attribution="step",
        attribution_step=1,
        **DAY,
    )
    assert set(result.table["segment"]) == {"x"}


def test_time_to_convert(open_workspace: Opener):
    # From A to B 1, 2, 3, 4 and 10 hours; from B to C one hour for the first two users.
    rows = [(u, "A", at(0)) for u in range(5)]
    rows += [(u, "B", at(h)) for u, h in enumerate((1, 2, 3, 4, 10))]
    rows += [(0, "C", at(2)), (1, "C", at(3))]
    result = open_workspace(rows).run("measure_funnel", steps=["A", "B", "C"], view="time", **DAY)
    table = result.table.set_index(["from_step", "to_step"])
    # A to B: mean 20 / 5 = 4, median 3; p25 and p75 are the 2nd and 4th value; p90 lies 0.6 of the way from the
    # 4th to the 5th, 4 + 0.6 * 6 = 7.6.
    named = table.loc[(1, 2)]
    assert [named[f"{c}_hours"] for c in ("mean", "p25", "median", "p75", "p90")] == pytest.approx(
        [4, 2, 3, 4, 7.6]
    )
    assert table.loc[(2, 3), "median_hours"] == 1.0
    # Overall 2 and 3 hours: mean and median 2.5.
    assert table.loc[(1, 3), "mean_hours"] == 2.5
    assert table.loc[(1, 3), "users"] == 2
    figures = {f.name: f.value for f in result.figures}
    assert figures["median_time"] == 2.5
    assert figures["p90_time"] == pytest.approx(2.9)


def test_trend_by_day_counts_a_user_once_per_bucket_and_marks_immature_entries(open_workspace: Opener):
    # User 1 enters on 1 and 2 March and converts from the second only (B on 2 March, window 1h). User 2 enters
    # and converts on 1 March. The data ends on 3 March, 23:00; an entry of 3 March may have an hour to go.
    rows = [
        (1, "A", "2026-03-01 10:00"),
        (1, "A", "2026-03-02 10:00"),
        (1, "B", "2026-03-02 10:30"),
        (2, "A", "2026-03-01 10:00"),
        (2, "B", "2026-03-01 11:00"),
        (3, "A", "2026-03-03 23:00"),
    ]
    asked = {"steps": ["A", "B"], "window": "1h", "view": "trend", "interval": "day", "start": "2026-03-01"}
    workspace = open_workspace(rows)
    result = workspace.run("measure_funnel", entry="any", end="2026-03-03", **asked)
    table = result.table
    assert table["entered"].tolist() == [2, 1, 1]
    assert table["converted"].tolist() == [1, 1, 0]
    assert table["mature"].tolist() == [True, True, False]
    # Mature entries: 2 of 3 convert.
    assert result.figures[0].value == pytest.approx(2 / 3)
    # The first entry of user 1 is on 1 March and does not convert: 1 of 2 and nobody on 2 March.
    first = workspace.run("measure_funnel", entry="first", end="2026-03-03", **asked)
    assert first.table["entered"].tolist() == [2, 0, 1]
    months = workspace.run("measure_funnel", entry="any", end="2026-03-03", **(asked | {"interval": "month"}))
    assert months.table[["entered", "converted"]].values.tolist() == [[3, 2]]


def test_the_largest_recoverable_drop(open_workspace: Opener):
    # 100 users do A, 50 B, 40 C. Nobody lost at B: 100 * (1 - 0.5) * 40 / 50 = 40; at C: 50 * (1 - 0.8) = 10.
    rows = [(u, "A", at(1)) for u in range(100)]
    rows += [(u, "B", at(2)) for u in range(50)] + [(u, "C", at(3)) for u in range(40)]
    workspace = open_workspace(rows)

    def recovery(**more):
        result = workspace.run("measure_funnel", steps=["A", "B", "C"], **more, **DAY)
        return next((f for f in result.figures if f.name == "recoverable_conversions"), None)

    assert recovery().value == pytest.approx(40)
    assert "step 1→2" in recovery().label.en
    # B at 60 %: 100 * 0.1 * 0.8 = 8; C at 100 %: 50 * 0.2 * 1 = 10, the larger.
    assert recovery(benchmarks={2: 0.6, 3: 1.0}).value == pytest.approx(10)
    assert recovery(benchmarks={2: 0.6}).value == pytest.approx(8)
    # Both steps are better than this already.
    assert recovery(benchmarks={2: 0.4, 3: 0.8}) is None


def test_the_best_segment_is_the_target(open_workspace: Opener):
    # x: 40 A, 30 B. y: 60 A, 30 B. Best is x with 0.75; overall 60 of 100. 100 * (0.75 - 0.6) = 15 more.
    # z has 10 users, all converted, but is too small to be a target: with it 110 A, 70 B, 110 * (0.75 - 70 / 110) = 12.5.
    rows = [(f"x{u}", "A", at(1), "x") for u in range(40)] + [(f"x{u}", "B", at(2), "x") for u in range(30)]
    rows += [(f"y{u}", "A", at(1), "y") for u in range(60)] + [(f"y{u}", "B", at(2), "y") for u in range(30)]
    asked = {"steps": ["A", "B"], "breakdown": "channel", **DAY}
    values = {
        f.name: f.value for f in open_workspace(rows, extra=CHANNEL).run("measure_funnel", **asked).figures
    }
    assert values["recoverable_conversions"] == pytest.approx(15)
    rows += [(f"z{u}", e, at(h), "z") for u in range(10) for h, e in ((1, "A"), (2, "B"))]
    result = open_workspace(rows, extra=CHANNEL).run("measure_funnel", **asked)
    assert {f.name: f.value for f in result.figures}["recoverable_conversions"] == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        ({"steps": ["A"]}, "a funnel needs 2 to 20 events", "漏斗需要 2 到 20 个事件"),
        ({"steps": ["A", "Z"]}, "event: Z is not known", "未知的事件：Z"),
        ({"window": "0d"}, "window cannot be 0d", "window 不能是 0d"),
        ({"optional": [1]}, "step 1 cannot be skipped", "第 1 步不能设为可选"),
        ({"optional": [3]}, "step 3 cannot be skipped", "第 3 步不能设为可选"),
        ({"exclusions": ["B"]}, "B is also step 2", "B 同时是第 2 步"),
        ({"exclusions": ["Z"]}, "event: Z is not known", "未知的事件：Z"),
        ({"exclusions": [{"event": "X", "from_step": 2, "to_step": 2}]}, "is no range", "无效"),
        (
            {"order": "any", "exclusions": [{"event": "X", "from_step": 2}]},
            "can only be excluded between all the steps",
            "只能在全部步骤之间排除",
        ),
        ({"attribution": "last_touch"}, "needs a breakdown", "需要同时给出 breakdown"),
        ({"breakdown": "channel", "attribution": "step"}, "attribution_step None does not fit", "不符"),
        ({"breakdown": "channel", "attribution_step": 2}, "attribution_step 2 does not fit", "不符"),
        ({"benchmarks": {1: 0.5}}, "benchmarks: 1: 0.5 is not usable", "无法使用"),
        ({"benchmarks": {2: 1.5}}, "benchmarks: 2: 1.5 is not usable", "无法使用"),
        ({"steps": ["both", "A"], "order": "any"}, "may not share an event", "不能包含同一事件"),
    ],
)
def test_bad_arguments_get_a_sentence(open_workspace: Opener, arguments, en, zh):
    rows = [(1, e, at(h), "x") for h, e in enumerate("ABCX")]
    workspace = open_workspace(rows, extra=CHANNEL + "\nevents: {both: {any_of: [A, B]}}")
    with pytest.raises(InvalidArgument) as caught:
        workspace.run("measure_funnel", **({"steps": ["A", "B", "C"]} | DAY | arguments))
    assert en in caught.value.en
    assert zh in caught.value.zh


def test_an_excluded_event_may_be_a_step_elsewhere(open_workspace: Opener):
    # Starting over between B and C: user 1 does A B A C and is out, user 2 does A B C.
    rows = [(1, e, at(h)) for h, e in enumerate("ABAC")] + [(2, e, at(h)) for h, e in enumerate("ABC")]
    exclusions = [{"event": "A", "from_step": 2, "to_step": 3}]
    result = open_workspace(rows).run("measure_funnel", steps=["A", "B", "C"], exclusions=exclusions, **DAY)
    assert users(result) == [1, 1, 1]


def test_user_numbers_far_apart_and_times_of_any_precision(open_workspace: Opener):
    # The same two users under numbers that do not fit a packed key together, at microseconds: 1 of 2 within 1 m.
    import pandas as pd

    frame = pd.DataFrame(
        {
            "user": [-(2**62), -(2**62), 2**62, 2**62],
            "event": ["A", "B", "A", "B"],
            "at": pd.to_datetime(
                ["2026-03-01 00:00:00.000001", "2026-03-01 00:01:00.000001"] * 1
                + ["2026-03-01 00:00:00.000001", "2026-03-01 00:01:00.000002"],
                format="ISO8601",
            ),
        }
    )
    assert users(open_workspace(frame).run("measure_funnel", steps=["A", "B"], window="1m", **DAY)) == [2, 1]


@pytest.mark.parametrize("view", ["steps", "time", "trend"])
@pytest.mark.parametrize("attribution", ["first_touch", "all_steps"])
def test_a_breakdown_of_nobody_is_an_empty_table(open_workspace: Opener, view, attribution):
    # The only A lies a day after the period: nobody enters, so there is no segment.
    rows = [(1, "B", at(1), "x"), (1, "A", "2026-03-02 01:00", "x")]
    asked = {"steps": ["A", "B"], "breakdown": "channel", "view": view, "attribution": attribution, **DAY}
    result = open_workspace(rows, extra=CHANNEL).run("measure_funnel", **asked)
    assert result.table.empty
    assert result.n == 0
    assert [f.value for f in result.figures if f.name == "conversion"] == [None]


def test_a_trend_has_the_buckets_that_the_data_reaches(open_workspace: Opener):
    # The data spans 1 to 3 March, of a period of three centuries: three days, of which one has an entry.
    rows = [(1, "A", at(1)), (1, "B", at(2)), (1, "C", "2026-03-03 01:00")]
    asked = {"steps": ["A", "B"], "view": "trend", "interval": "day", "start": "1900-01-01"}
    table = open_workspace(rows).run("measure_funnel", end="2199-12-31", window="1h", **asked).table
    assert table["entered"].tolist() == [1, 0, 0]
