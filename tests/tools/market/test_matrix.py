"""The matrix as of a day: the last note counts, with its day; what nobody noted is unknown, never no."""

from typing import Any

import pytest

from tests.tools.conftest import Workspace
from tests.tools.market.conftest import NoteOpener
from tools import MetricResult
from tools.errors import InvalidArgument, NoData

ROWS = [
    ("Ours", "2026-01-10", "live", "no", "roadmap"),
    ("Ours", "2026-07-01", "price", "¥12/月", "pricing page"),
    ("Qinghe", "2026-02-01", "live", "no", "store page"),
    ("Qinghe", "2026-09-11", "live", "已上线", "release notes", "home page"),
    ("Qinghe", "2026-06-01", "price", "¥15/月", "https://qinghe.example"),
    ("Nanzhi", "2026-09-16", "price", "¥9", "banner"),
    ("Nanzhi", "2026-09-16", "price", "¥19", "support"),
]


def cells(result: MetricResult) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in result.table.to_dict("records"):
        found.setdefault((row["competitor"], row["feature"]), []).append(row)
    return found


def figures(result: MetricResult) -> dict[str, Any]:
    return {f.name: f.value for f in result.figures}


@pytest.fixture
def workspace(open_notes: NoteOpener) -> Workspace:
    return open_notes(ROWS, "own: Ours")


def test_a_cell_is_the_last_note_up_to_the_day_with_its_day_age_and_source(workspace: Workspace):
    late = cells(workspace.run("compare_features", as_of="2026-09-28"))["Qinghe", "live"][0]
    # Noted on 11 September: 28 - 11 = 17 days before the 28th.
    assert (late["value"], late["noted_on"], late["age_days"]) == ("yes (已上线)", "2026-09-11", 17)
    assert (late["source"], late["note"], late["mark"]) == ("release notes", "home page", "")
    early = cells(workspace.run("compare_features", as_of="2026-09-10"))["Qinghe", "live"][0]
    # The day before it was noted that it is there, the note of 1 February stood: 28 + 31 + 30 + 31 + 30 + 31 + 31 + 9
    # days to 10 September are 221 - older than 90, so it is marked with that age.
    assert (early["value"], early["noted_on"], early["age_days"]) == ("no", "2026-02-01", 221)
    assert early["mark"] == "stale: 221 days old"


def test_what_nobody_noted_is_unknown_and_not_no(workspace: Workspace):
    result = workspace.run("compare_features", as_of="2026-09-28")
    row = cells(result)["Nanzhi", "live"][0]
    assert (row["value"], row["mark"], row["noted_on"], row["age_days"]) == ("unknown", "unknown", "", None)
    # 3 companies x 2 features = 6 cells; Nanzhi's live alone has no note. The two prices of Nanzhi differ: 1 contradiction.
    # Stale on 28 September, that is before 30 June: Ours live (10 January) and Qinghe's price (1 June); ours is of 1 July.
    assert figures(result) == {
        "known_cells": 5,
        "unknown_cells": 1,
        "stale_cells": 2,
        "contradictory_cells": 1,
        "facts_without_source": 0,
    }
    assert result.n == 6


def test_contradictory_notes_of_a_day_are_both_shown_with_their_sources(workspace: Workspace):
    result = workspace.run("compare_features", as_of="2026-09-28", competitors=["Nanzhi"], features=["price"])
    rows = cells(result)["Nanzhi", "price"]
    assert {(r["value"], r["source"], r["mark"]) for r in rows} == {
        ("¥9", "banner", "contradictory"),
        ("¥19", "support", "contradictory"),
    }
    assert any("¥19 ≠ ¥9" in w.en and "2026-09-16" in w.en for w in result.warnings)


def test_a_note_of_a_later_day_ends_a_contradiction(open_notes: NoteOpener):
    rows = [*ROWS, ("Nanzhi", "2026-09-20", "price", "¥9", "mail")]
    result = open_notes(rows).run("compare_features", as_of="2026-09-28", competitors=["Nanzhi"])
    [row] = cells(result)["Nanzhi", "price"]
    assert (row["value"], row["source"], row["noted_on"]) == ("¥9", "mail", "2026-09-20")


def test_the_same_said_twice_on_a_day_is_one_fact_with_both_sources(open_notes: NoteOpener):
    rows = [
        ("A", "2026-05-01", "x", "有", "b"),
        ("A", "2026-05-01", "x", "Yes", "a"),
        ("A", "2026-05-01", "x", "?", "c"),
    ]
    [row] = cells(open_notes(rows).run("compare_features", as_of="2026-05-02"))["A", "x"]
    # "?" says that somebody does not know, which contradicts nobody who does.
    assert (row["source"], row["mark"]) == ("a; b", "")


def test_a_note_that_nobody_knows_makes_the_cell_unknown_with_its_day(open_notes: NoteOpener):
    rows = [("A", "2026-05-01", "x", "yes"), ("A", "2026-06-01", "x", "未知", "hotline")]
    result = open_notes(rows).run("compare_features", as_of="2026-06-02")
    [row] = cells(result)["A", "x"]
    assert (row["value"], row["mark"], row["noted_on"]) == ("unknown", "unknown", "2026-06-01")
    assert figures(result)["unknown_cells"] == 1


@pytest.mark.parametrize(("days", "stale"), [(17, 0), (16, 1)])
def test_stale_is_older_than_the_stated_age_not_as_old(open_notes: NoteOpener, days: int, stale: int):
    # From 11 to 28 September there are 17 days.
    result = open_notes([ROWS[3]]).run("compare_features", as_of="2026-09-28", stale_days=days)
    assert figures(result)["stale_cells"] == stale


def test_the_age_of_metrics_yaml_holds_where_the_call_has_none(open_notes: NoteOpener):
    result = open_notes([ROWS[3]], "stale_days: 10").run("compare_features", as_of="2026-09-28")
    assert figures(result)["stale_cells"] == 1
    assert any("before 2026-09-18 (older than 10 days)" in line.value.en for line in result.definition)


def test_the_own_company_comes_first_and_beside_those_asked_for(workspace: Workspace):
    result = workspace.run("compare_features", as_of="2026-09-28", competitors=["Qinghe"], features=["live"])
    assert list(result.table["competitor"]) == ["Ours", "Qinghe"]
    # To compare oneself is to compare with everybody.
    own = workspace.run("compare_features", as_of="2026-09-28", competitors=["Ours"], features=["live"])
    assert list(own.table["competitor"]) == ["Ours", "Nanzhi", "Qinghe"]


def test_notes_of_later_days_are_left_out_and_told(workspace: Workspace):
    result = workspace.run("compare_features", as_of="2026-06-30")
    # By then there are notes of 10 January, 1 February and 1 June; 1 July, 11 and 16 September are three days of facts.
    assert any("3 dated after 2026-06-30, up to 2026-09-16" in w.en for w in result.warnings)
    assert result.data_as_of.date().isoformat() == "2026-06-01"
    assert ("Nanzhi", "price") in cells(result)
    assert cells(result)["Nanzhi", "price"][0]["value"] == "unknown"


def test_the_default_day_is_the_day_that_relative_dates_count_from(open_workspace, open_notes: NoteOpener):
    workspace = open_notes(ROWS)
    today = workspace.metrics.today(teams=None)
    assert workspace.run("compare_features").arguments["as_of"] == today.isoformat()


def test_every_result_says_what_it_does_not_prove(workspace: Workspace):
    for tool, period in (
        ("compare_features", {"as_of": "2026-09-28"}),
        ("list_market_changes", {"start": "2026-09-01", "end": "2026-09-28"}),
    ):
        card = {line.label.en: line.value for line in workspace.run(tool, **period).definition}
        assert "does not prove" in card["does not prove"].en
        assert "不能" in card["does not prove"].zh


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"competitors": ["Qinge"]}, InvalidArgument, "Did you mean: Qinghe"),
        ({"features": ["prise"]}, InvalidArgument, "Did you mean: price"),
        ({"as_of": "2025-12-31"}, NoData, "the first note is of 2026-01-10"),
        ({"as_of": "2500-01-01"}, InvalidArgument, "1900 to 2200"),
        ({"as_of": "2026-02-30"}, InvalidArgument, "as_of cannot be"),
        ({"stale_days": 0}, InvalidArgument, "stale_days"),
        ({"competitor": ["x"]}, InvalidArgument, "competitors"),
        ({"competitors": "Qinghe"}, InvalidArgument, "competitors"),
    ],
)
def test_a_wrong_argument_is_a_sentence_in_both_languages(
    workspace: Workspace, arguments: dict, error: type[Exception], said: str
):
    with pytest.raises(error) as caught:
        workspace.run("compare_features", **{"as_of": "2026-09-28"} | arguments)
    assert said in str(caught.value)
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.in_language("zh"))  # type: ignore[attr-defined]
