"""Campaigns small enough to work out by hand."""

from collections.abc import Mapping, Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener, Workspace
from tools.errors import InvalidArgument, MetricError, NoData
from tools.impact.difference import estimate_difference
from tools.impact.panel import Panel
from tools.impact.synthetic import synthesize

DECLARED = """
dimensions: {channel: {column: channel}}
metrics:
  level: {kind: ratio, numerator: {event: buy, property: amount}, denominator: {event: buy}}
  buys: {kind: event_count, event: buy}
"""
CAMPAIGN = {"start": "2026-03-05", "end": "2026-03-06", "before_days": 3}
TREATED = {"treated": {"channel": ["t"]}}


def open_levels(open_workspace: Opener, values: Mapping[str, Sequence[float]]) -> Workspace:
    """One event per channel and day from 2 March on, worth the value."""
    rows = [
        {
            "user": f"{channel}{day}",
            "event": "buy",
            "at": f"2026-03-{2 + day:02}",
            "amount": value,
            "channel": channel,
        }
        for channel, series in values.items()
        for day, value in enumerate(series)
    ]
    frame = pd.DataFrame(rows)
    return open_workspace(frame.assign(at=pd.to_datetime(frame["at"])), extra=DECLARED)


def open_counts(open_workspace: Opener, counts: Mapping[str, Sequence[int]]) -> Workspace:
    rows = [
        {
            "user": f"{channel}{i}",
            "event": "buy",
            "at": f"2026-03-{2 + day:02}",
            "amount": 1.0,
            "channel": channel,
        }
        for channel, series in counts.items()
        for day, count in enumerate(series)
        for i in range(count)
    ]
    frame = pd.DataFrame(rows)
    return open_workspace(frame.assign(at=pd.to_datetime(frame["at"])), extra=DECLARED)


LEVELS = {"t": [10, 10, 10, 16, 16], "a": [4, 4, 4, 6, 6], "b": [8, 8, 8, 9, 9], "c": [1, 1, 1, 4, 4]}


def test_difference_in_differences(open_workspace: Opener) -> None:
    """t moves by 6, the others by 2, 1 and 3, on average 2: the effect is 4. Residual changes of the others 0, -1, 1:
    variance 2/9, times 4/3 for four groups, times 19/15 for 20 rows and 5 parameters (effect, four days): .37531, its
    root .61262; t with 3 degrees of freedom 3.18245: 4 ± 1.94964.
    Placebos: 6 − 2 = 4, 2 − 10/3, 1 − 11/3, 3 − 3: one of four is as large."""
    found = open_levels(open_workspace, LEVELS).run("measure_impact", metric="level", **TREATED, **CAMPAIGN)
    figures = {f.name: f for f in found.figures}
    assert figures["effect"].value == pytest.approx(4.0)
    assert figures["effect"].interval == pytest.approx((4 - 1.94964, 4 + 1.94964), abs=1e-4)
    assert figures["placebo_pvalue"].value == 0.25
    assert (figures["actual"].value, figures["expected"].value) == pytest.approx((16.0, 12.0))
    assert found.table["gap"].tolist() == pytest.approx([0, 0, 0, 4, 4])
    assert any("so few groups" in w.en for w in found.warnings)
    assert "does not prove" in [i.label.en for i in found.definition]
    longer = open_levels(open_workspace, LEVELS).run(
        "measure_impact", metric="level", **TREATED, **CAMPAIGN | {"before_days": 500}
    )
    assert longer.figures[0].value == pytest.approx(4.0)
    assert any("days before the campaign can be compared with, not 500" in w.en for w in longer.warnings)


def test_a_group_of_the_campaign_alone_has_nothing_to_be_compared_with(open_workspace: Opener) -> None:
    """t is there only while the campaign runs, as users marked by a campaign are."""
    counts = {"t": [0, 0, 0, 9, 9], "a": [4, 4, 4, 5, 5], "b": [2, 2, 2, 2, 2]}
    with pytest.raises(NoData, match="nothing before 2026-03-05") as caught:
        open_counts(open_workspace, counts).run("measure_impact", metric="buys", **TREATED, **CAMPAIGN)
    assert "没有对照组" in caught.value.zh


def test_chosen_controls_alone_are_compared_with(open_workspace: Opener) -> None:
    """Against a and c, which move by 2 and 3: 6 − 2.5 = 3.5."""
    lab = open_levels(open_workspace, LEVELS)
    assert lab.values("measure_impact", metric="level", controls=["a", "c"], **TREATED, **CAMPAIGN)[
        "effect"
    ] == pytest.approx(3.5)


def test_counts_are_compared_by_ratio(open_workspace: Opener) -> None:
    """t goes from 2 to 6 a day, threefold; a and b, four and ten, by half more: 3 / 1.5 − 1 = 100 %.
    Without it, 3 a day: 3 + 3 added in two days."""
    counts = {"t": [2, 2, 2, 6, 6], "a": [4, 4, 4, 6, 6], "b": [10, 10, 10, 15, 15]}
    values = open_counts(open_workspace, counts).values(
        "measure_impact", metric="buys", **TREATED, **CAMPAIGN
    )
    assert values["effect"] == pytest.approx(1.0)
    assert (values["expected"], values["added"]) == pytest.approx((3.0, 6.0))


def test_groups_at_zero_have_no_logarithm(open_workspace: Opener) -> None:
    counts = {"t": [2, 2, 2, 6, 6], "a": [4, 4, 4, 6, 6], "z": [1, 0, 1, 0, 1]}
    found = open_counts(open_workspace, counts).run("measure_impact", metric="buys", **TREATED, **CAMPAIGN)
    assert any(w.en.endswith("left out: z.") for w in found.warnings)
    assert found.figures[0].value == pytest.approx(1.0)
    none = {"t": [0, 0, 1, 6, 6], "a": [4, 4, 4, 6, 6]}
    told = open_counts(open_workspace, none).run("measure_impact", metric="buys", **TREATED, **CAMPAIGN)
    assert any("absolute changes are compared" in w.en for w in told.warnings)
    # (6 − 1/3) − (6 − 4)
    assert told.figures[0].value == pytest.approx(6 - 1 / 3 - 2)


def test_trends_that_part_before_the_campaign_are_told(open_workspace: Opener) -> None:
    """t gains 1 a day before it, the others about 0."""
    values = {"t": [1, 2, 3, 4, 5], "a": [5, 5.1, 5, 5, 5], "b": [7, 6.9, 7, 7, 7], "c": [3, 3, 3.1, 3, 3]}
    found = open_levels(open_workspace, values).run("measure_impact", metric="level", **TREATED, **CAMPAIGN)
    figures = {f.name: f.value for f in found.figures}
    assert figures["pre_trend"] == pytest.approx(1.0, abs=0.05)
    assert figures["pre_trend_pvalue"] < 0.05
    assert "moved apart before the campaign" in found.warnings[0].en


def test_synthetic_control(open_workspace: Opener) -> None:
    """Before it t is the mean of a and b, and far from c; during it, 3 above: weights ½ and ½, effect 3."""
    a, b, c = [1, 5, 2, 8, 3, 6], [9, 3, 8, 2, 5, 4], [40, 41, 39, 44, 41, 47]
    values = {"t": [(x + y) / 2 for x, y in zip(a[:4], b[:4], strict=True)] + [7, 8], "a": a, "b": b, "c": c}
    asked = {"metric": "level", "method": "synthetic_control", **TREATED}
    found = open_levels(open_workspace, values).run(
        "measure_impact", **asked, start="2026-03-06", end="2026-03-07", before_days=4
    )
    figures = {f.name: f.value for f in found.figures}
    assert figures["effect"] == pytest.approx(3.0, abs=0.02)
    assert (figures["weight_a"], figures["weight_b"]) == pytest.approx((0.5, 0.5), abs=0.01)
    assert figures["error_before"] == pytest.approx(0.0, abs=0.02)
    assert figures["placebo_pvalue"] == 0.25


def test_weeks_that_the_campaign_begins_in_are_left_out() -> None:
    wide = pd.DataFrame({"t": [1.0, 2.0, 1.0], "a": [1.0, 2.0, 1.0]}, index=[1, 2, 3])
    with pytest.raises(NoData, match="needs the treated group and 2 others"):
        synthesize(wide, "t", 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"treated": {"channel": ["t"], "city": ["x"]}}, "exactly one dimension"),
        ({"controls": ["t", "a"]}, "both in treated and in controls"),
        ({"treated": {"channel": ["T"]}}, "treated.channel: T is not known"),
        ({"controls": ["T"]}, "controls.channel: T is not known"),
        ({"treated": {"chanel": ["t"]}}, "Did you mean: channel"),
        ({"treated": {"channel": ["t", "a"]}, "method": "synthetic_control"}, "name one, or use method did"),
        ({"filters": {"channel": ["a"]}}, "use controls"),
        ({"treated": {"channel": ["t", "a", "b", "c"]}}, "no data of a group to compare with"),
        ({"start": "2026-03-02", "end": "2026-03-03"}, "2 whole periods before"),
        ({"metric": "levels"}, "Did you mean: level"),
    ],
)
def test_wrong_questions_are_answered_with_a_sentence(
    open_workspace: Opener, change: dict, said: str
) -> None:
    lab = open_levels(open_workspace, LEVELS)
    with pytest.raises(MetricError, match=said) as caught:
        lab.run("measure_impact", **{"metric": "level", **TREATED, **CAMPAIGN, **change})
    assert any("一" <= c <= "鿿" for c in caught.value.zh)


def test_impact_wants_treated_groups(open_workspace: Opener) -> None:
    with pytest.raises(InvalidArgument, match="treated is missing"):
        open_levels(open_workspace, LEVELS).run("measure_impact", metric="level", **CAMPAIGN)


@settings(max_examples=15, deadline=None)
@given(
    shift=st.floats(-50, 50), days=st.lists(st.floats(-5, 5), min_size=5, max_size=5), seed=st.integers(0, 99)
)
def test_what_all_groups_share_changes_no_effect(shift: float, days: list[float], seed: int) -> None:
    """Neither a group's own level nor what a day does to all of them moves a difference in differences."""

    def panel(*, moved: bool) -> Panel:
        rows = [
            {
                "unit": unit,
                "bucket": day,
                "value": float(value) + moved * (days[day] + shift * (unit == "t")),
                "n": 1,
            }
            for unit, series in LEVELS.items()
            for day, value in enumerate(series)
        ]
        cells = (
            pd.DataFrame(rows)
            .sample(frac=1, random_state=seed)
            .sort_values(["unit", "bucket"], ignore_index=True)
        )
        return Panel(cells.assign(treated=cells["unit"] == "t", during=cells["bucket"] >= 3), False, "day")

    still, other = (estimate_difference(panel(moved=m)) for m in (False, True))
    assert other.value == pytest.approx(still.value, abs=1e-8)
    assert other.placebo == still.placebo
