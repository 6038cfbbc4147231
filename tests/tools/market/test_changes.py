"""The change log: each note that differs from the one before, with what was before and the direction of prices."""

import pytest

from tests.tools.conftest import Workspace
from tests.tools.market.conftest import NoteOpener, Row
from tools import MetricResult
from tools.errors import InvalidArgument, InvalidPeriod, NoData

SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-30"}
ROWS: list[Row] = [
    ("Ours", "2026-09-05", "live", "launched"),
    ("Qinghe", "2026-06-01", "live", "没有"),
    ("Qinghe", "2026-09-11", "live", "有"),
    ("Qinghe", "2026-06-01", "price", "¥15/月"),
    ("Qinghe", "2026-09-18", "price", "12元/月", "pricing page", "matches ours"),
    ("Qinghe", "2026-09-24", "notes", "yes"),
]


def changes(result: MetricResult) -> list[tuple[str, str, str, str]]:
    rows = result.table.to_dict("records")
    return [(r["date"], r["competitor"], r["feature"], r["kind"]) for r in rows]


def values(result: MetricResult) -> dict[str, float | int | None]:
    return {f.name: f.value for f in result.figures}


@pytest.fixture
def workspace(open_notes: NoteOpener) -> Workspace:
    return open_notes(ROWS, "own: Ours")


def test_a_period_lists_what_was_noted_otherwise_than_before_the_latest_first(workspace: Workspace):
    result = workspace.run("list_market_changes", **SEPTEMBER)
    assert changes(result) == [
        ("2026-09-24", "Qinghe", "notes", "first noted"),
        ("2026-09-18", "Qinghe", "price", "lowered"),
        ("2026-09-11", "Qinghe", "live", "added"),
    ]
    # 12 / 15 - 1 = -0.2: the same unit, written in two ways.
    assert values(result) == {
        "changes": 3,
        "added_changes": 1,
        "down_changes": 1,
        "noted_changes": 1,
        "relative_change": pytest.approx(-0.2),
    }
    move = next(f for f in result.figures if f.name == "relative_change")
    assert move.period == "2026-06-01/2026-09-18"
    assert "2026-06-01 ¥15/月 → 2026-09-18 12元/月" in move.label.en
    row = result.table.to_dict("records")[1]
    assert (row["before"], row["before_noted_on"], row["after"]) == ("¥15/月", "2026-06-01", "12元/月")
    assert (row["relative_change"], row["source"], row["note"]) == ("-20.0%", "pricing page", "matches ours")


def test_what_we_did_ourselves_is_listed_only_when_asked_for(workspace: Workspace):
    own = workspace.run("list_market_changes", **SEPTEMBER, competitors=["Ours"])
    assert changes(own) == [("2026-09-05", "Ours", "live", "added")]


def test_a_note_that_says_the_same_again_is_no_change(open_notes: NoteOpener):
    rows = [("A", "2026-05-01", "x", "有"), ("A", "2026-06-01", "x", "YES ")]
    result = open_notes(rows).run("list_market_changes", start="2026-06-01", end="2026-06-30")
    assert changes(result) == []
    assert (values(result)["changes"], result.n) == (0, 1)
    assert "say the same as those before" in result.warnings[0].en


def test_a_period_without_notes_says_that_nobody_noted_anything(workspace: Workspace):
    result = workspace.run("list_market_changes", start="2026-07-01", end="2026-07-31")
    assert (values(result)["changes"], result.n) == (0, 0)
    assert "says nothing of what competitors did" in result.warnings[0].en


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("no", "yes", "added"),
        ("有", "无", "removed"),
        ("yes", "discontinued", "removed"),
        ("beta", "上线", "added"),  # the word says what happened
        ("¥10", "¥12", "raised"),
        ("¥10", "$12", "changed"),  # another currency tells no direction
        ("¥10/月", "¥100/年", "changed"),  # nor does another term
        ("7 天", "15天", "raised"),
        ("1.2万", "9000", "lowered"),  # 12,000 to 9,000
        ("¥0", "¥5", "raised"),  # though nothing is no base of a percentage
        ("v4.2", "v4.10", "changed"),  # a version is no number
        ("9-19 元", "9-29 元", "changed"),  # nor is a range
        ("yes", "unknown", "no longer known"),
        ("unknown", "yes", "first noted"),
        ("beta", "beta in 3 cities", "changed"),
    ],
)
def test_the_kind_of_a_change(open_notes: NoteOpener, before: str, after: str, kind: str):
    rows = [("A", "2026-05-01", "x", before), ("A", "2026-06-01", "x", after)]
    result = open_notes(rows).run("list_market_changes", start="2026-06-01", end="2026-06-30")
    assert changes(result) == [("2026-06-01", "A", "x", kind)]


def test_a_contradiction_and_its_end_are_changes(open_notes: NoteOpener):
    rows = [("A", "2026-05-01", "x", "¥5"), ("A", "2026-05-01", "x", "¥6"), ("A", "2026-05-09", "x", "¥6")]
    result = open_notes(rows).run("list_market_changes", start="2026-05-01", end="2026-05-31")
    assert [row[3] for row in changes(result)] == ["settled", "contradictory"]
    assert result.table["before"].tolist() == ["¥5 ≠ ¥6", ""]


def test_net_changes_leave_out_what_was_taken_back(open_notes: NoteOpener):
    # 69 before June; 49 from the 16th; 69 again from the 25th: two changes, and none net.
    days = (("2026-04-10", "¥69"), ("2026-06-16", "¥49"), ("2026-06-25", "¥69"))
    workspace = open_notes([("A", day, "free shipping", value) for day, value in days])
    june = {"start": "2026-06-01", "end": "2026-06-30"}
    assert len(changes(workspace.run("list_market_changes", **june))) == 2
    assert changes(workspace.run("list_market_changes", **june, net=True)) == []
    # Up to the 20th the lower one stood: 49 / 69 - 1 = -0.28986.
    part = workspace.run("list_market_changes", start="2026-06-01", end="2026-06-20", net=True)
    assert values(part)["relative_change"] == pytest.approx(-0.28986, abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"start": "2026-09-30", "end": "2026-09-01"}, InvalidPeriod, "swap them"),
        ({"start": "2026-01-01", "end": "2026-02-01"}, NoData, "the first note is of 2026-06-01"),
        ({"start": "2026-09-01"}, InvalidArgument, "end is missing"),
        ({**SEPTEMBER, "competitors": ["Quinghe"]}, InvalidArgument, "Qinghe"),
        ({**SEPTEMBER, "net": "maybe"}, InvalidArgument, "net"),
    ],
)
def test_a_wrong_argument_is_a_sentence(
    workspace: Workspace, arguments: dict, error: type[Exception], said: str
):
    with pytest.raises(error, match=said):
        workspace.run("list_market_changes", **arguments)
