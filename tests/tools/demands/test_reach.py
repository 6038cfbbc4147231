"""Whom a demand reaches is counted in the data; small groups stay unseen, here as everywhere."""

import pandas as pd
import pytest

from tests.tools.demands.conftest import MARCH, demand
from tools.errors import InvalidArgument

GUARDED = "{frame: events, user: user, time: at, event: event, min_group: 2}"


def reaches(result) -> dict[str, tuple[float, str]]:
    table = result.table
    return dict(zip(table["id"], zip(table["reach"], table["reach_from"], strict=True), strict=True))


AUDIENCES = {
    "*": 4,  # 1 to 4; 5 was there in February only
    "全部用户": 4,
    "pay": 3,  # 1, 2 and 4
    "支付": 3,
    "platform=android": 3,  # 1, 2 and 3
    "平台：安卓": 3,
    "platform = android | ios": 4,
    "platform=ios": 1,  # 4
    "pay; platform=android": 2,  # 1 and 2
    "付费用户": 3,
    "payers；platform=ios": 1,  # 4
    "visit; pay": 3,
}


def test_an_audience_is_counted(rank_list):
    result = rank_list([demand(a, audience=a, reach=3) for a in AUDIENCES])
    assert reaches(result) == {a: (n, "data") for a, n in AUDIENCES.items()}
    # Users x 2 x .5 / 1.
    assert dict(zip(result.table["id"], result.table["score"], strict=True)) == AUDIENCES


def test_stated_reach_is_used_where_no_audience_is_named_or_when_asked_for(rank_list):
    records = [demand("A", audience="pay", reach=30), demand("B", reach=2)]
    result = rank_list(records)
    assert reaches(result) == {"A": (3, "data"), "B": (2, "stated")}
    said = " ".join(w.en for w in result.warnings)
    assert "Do A (stated 30, counted 3)" in said
    assert "1 demand names no audience" in said
    assert reaches(rank_list(records, reach="stated")) == {"A": (30, "stated"), "B": (2, "stated")}


def test_an_audience_that_is_not_known_leaves_the_demand_without_a_rank(rank_list):
    said = {
        "paiers": "there is no segment or event “paiers”. Did you mean: payers",
        "plattform=ios": "there is no dimension “plattform”. Did you mean: platform",
        "platform=windows": "there is no value “windows”",
        "platform=": "there is no value",
    }
    result = rank_list([demand(a, audience=a) for a in said] + [demand("A")])
    notes = result.table.set_index("id")["note"]
    assert all(sentence in notes[a] for a, sentence in said.items())


def test_filters_narrow_whom_demands_reach(rank_list):
    records = [demand("A", audience="pay"), demand("B", audience="platform=android")]
    result = rank_list(records, filters={"platform": ["ios"]})
    # Of those on iOS one pays, and none is on Android.
    assert reaches(result) == {"A": (1, "data"), "B": (0, "data")}
    assert result.table["score"].tolist() == [1, 0]


def test_small_audiences_and_what_gives_them_away_are_withheld(open_list):
    records = [
        demand("one", audience="platform=ios"),  # user 4 alone
        demand("all but one", audience="pay"),  # 3 of 4 users
        demand("everybody", audience="*"),
        demand("stated", reach=7),
    ]
    result = open_list(records, source=GUARDED).run("rank_demands", **MARCH)
    table = result.table.set_index("id")
    assert set(table[table["rank"] == ""].index) == {"one", "all but one"}
    assert "fewer than 2 users and is withheld" in table.loc["one", "note"]
    assert pd.isna(table.loc["one", "reach"])
    assert pd.isna(table.loc["all but one", "score"])
    assert table.loc["everybody", "reach"] == 4
    assert "3" not in {str(f.value) for f in result.figures}
    assert any(d.label.en == "small groups" for d in result.definition)


def test_a_part_that_differs_from_its_whole_by_one_is_withheld(open_list):
    # On Android are 1, 2 and 3, of whom 1 and 2 pay: both together would tell of 3.
    records = [demand("whole", audience="platform=android"), demand("part", audience="pay;platform=android")]
    events = pd.DataFrame(
        [(u, "visit", "2026-03-02", "android") for u in (1, 2, 3)]
        + [(u, "pay", "2026-03-03", "android") for u in (1, 2)]
        + [(u, "visit", "2026-03-02", "ios") for u in (4, 5)],
        columns=["user", "event", "at", "channel"],
    ).assign(at=lambda rows: pd.to_datetime(rows["at"]))
    result = open_list(records, source=GUARDED, events=events).run("rank_demands", **MARCH)
    assert reaches(result)["whole"] == (3, "data")
    assert result.table.set_index("id").loc["part", "rank"] == ""


def test_a_source_without_users_cannot_count(open_list):
    workspace = open_list([demand("A", audience="*")], source="{frame: events, time: at, event: event}")
    with pytest.raises(InvalidArgument, match="no user column"):
        workspace.run("rank_demands", **MARCH)
    assert workspace.run("rank_demands", **MARCH, reach="stated").figures[0].value == 100
