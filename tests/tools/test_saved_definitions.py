"""Saved conversions and retentions take the parameters of the funnel and retention tools, and mean the same by them."""

from datetime import date

import pytest

from tests.tools.conftest import Opener
from tools.errors import SemanticsError

DAY = {"start": "2026-03-01", "end": "2026-03-01"}
# Funnels of A and B within 2 hours, all on 1 March:
#   u1  A 09:00  X 09:30  B 10:00      u3  B 09:00  A 09:30
#   u2  A 09:00  C 09:20  B 10:00      u4  A 09:00
# Retention of S by V: all four S on 1 March; V on the days after:
#   u1  2 March twice    u2  4 March    u3  2 March    u4  never
# The data reaches to 20 March, so that everything is mature.
ROWS = [
    *(("u1", e, f"2026-03-01 {at}") for e, at in (("A", "09:00"), ("X", "09:30"), ("B", "10:00"))),
    *(("u2", e, f"2026-03-01 {at}") for e, at in (("A", "09:00"), ("C", "09:20"), ("B", "10:00"))),
    *(("u3", e, f"2026-03-01 {at}") for e, at in (("B", "09:00"), ("A", "09:30"))),
    ("u4", "A", "2026-03-01 09:00"),
    *((f"u{k}", "S", "2026-03-01 00:00") for k in (1, 2, 3, 4)),
    ("u1", "V", "2026-03-02 08:00"),
    ("u1", "V", "2026-03-02 09:00"),
    ("u2", "V", "2026-03-04 08:00"),
    ("u3", "V", "2026-03-02 08:00"),
    ("z", "V", "2026-03-20 23:00"),
]


@pytest.mark.parametrize(
    ("funnel", "expected"),
    [
        ({"steps": ["A", "B"]}, 2 / 4),  # u1 and u2 of four
        ({"steps": ["A", "B"], "order": "any"}, 3 / 4),  # u3 as well
        ({"steps": ["A", "B"], "order": "strict"}, 0 / 4),  # X and C lie between; S has the instant 00:00
        ({"steps": ["A", "B"], "exclusions": "X"}, 1 / 3),  # u1 is out
        ({"steps": ["A", "C", "B"]}, 1 / 4),  # u2
        ({"steps": ["A", "C", "B"], "optional": [2]}, 2 / 4),  # C may be skipped
        ({"steps": ["A", "C", "B"], "exclusions": [{"event": "X", "from_step": 2}]}, 1 / 4),  # u1 has no C
    ],
)
def test_a_saved_conversion_is_the_funnel_of_its_parameters(open_workspace: Opener, funnel, expected):
    declared = {"kind": "conversion", "window": "2h"} | funnel
    workspace = open_workspace(ROWS, extra=f"metrics: {{m: {declared}}}")
    assert workspace.values("measure_metric", metric="m", **DAY)["m"] == pytest.approx(expected)
    asked = workspace.values("measure_funnel", window="2h", **funnel, **DAY)
    assert asked["conversion"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("at", "retention", "expected"),
    [
        (1, {}, 2 / 4),  # u1 and u3
        (1, {"min_occurrences": 2}, 1 / 4),  # u1
        ("1-3", {}, 3 / 4),  # u2 as well
        ("1-3", {"min_occurrences": 2}, 1 / 4),
        ("2-7", {}, 1 / 4),  # u2
        (2, {"mode": "on_or_after"}, 1 / 4),
    ],
)
def test_a_saved_retention_is_the_retention_of_its_parameters(
    open_workspace: Opener, at, retention, expected
):
    events = {"cohort_event": "S", "return_event": "V"}
    declared = {"kind": "retention", "at": at} | events | retention
    workspace = open_workspace(ROWS, extra=f"metrics: {{m: {declared}}}")
    assert workspace.values("measure_metric", metric="m", **DAY)["m"] == pytest.approx(expected)
    asked = workspace.values("measure_retention", periods=[at], **events, **retention, **DAY)
    assert asked[f"retention_day_{at}"] == pytest.approx(expected)


# A bracket is mature with its last day: of data through 20 March, days 2 to 7 of the cohort of the 13th.
def test_a_saved_bracket_matures_with_its_last_day(open_workspace: Opener):
    declared = "{kind: retention, cohort_event: S, return_event: V, at: 2-7}"
    metrics = open_workspace(ROWS, extra=f"metrics: {{m: {declared}}}").metrics
    assert metrics.last_mature_period("m", teams=None, days=1).end == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("declared", "en", "zh"),
    [
        (
            "kind: conversion, steps: [A, B], optional: [2]",
            "line 5: metrics.m: optional: step 2",
            "第 2 步不能",
        ),
        (
            "kind: conversion, steps: [A, B], exclusions: [{event: X, to_step: 3}]",
            "from step 1 to 3",
            "第 3 步无效",
        ),
        ("kind: conversion, steps: [A]", "a funnel needs 2 to 20 events", "漏斗需要 2 到 20 个事件"),
        ("kind: conversion, steps: [A, B], order: strikt", "Did you mean: strict?", "您是不是想写：strict"),
        ("kind: conversion, steps: [A, B], window: 7w", "window cannot be 7w", "window 不能是 7w"),
        (
            "kind: retention, at: 3-1",
            "at: 3-1 is neither a number from 0 to 1000",
            "既不是 0 到 1000 的整数",
        ),
        ("kind: retention, at: 1-3, mode: on_or_after", "at: the bracket 1-3 has an end", "区间 1-3 有终点"),
        ("kind: retention, clock: 24h, period: month", "months differ in length", "月份长短不一"),
        (
            "kind: retention, min_occurrences: 0",
            "min_occurrences (0): input should be greater",
            "须不小于 1",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_with_its_line(open_workspace: Opener, declared, en, zh):
    with pytest.raises(SemanticsError) as caught:
        open_workspace(ROWS, extra=f"metrics:\n  m: {{{declared}}}")
    assert en in caught.value.en
    assert zh in caught.value.zh
