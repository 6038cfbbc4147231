"""Small groups stay hidden, and cannot be had by subtraction."""

import json
from itertools import chain, combinations

import pandas as pd
import pytest

from tests.tools.conftest import Opener, Workspace
from tools import load_semantics
from tools.errors import InvalidArgument, SemanticsError, TooFewUsers
from tools.sources.small_values import find_small_values
from tools.suppression import hide_small

SOURCE = "{frame: events, user: user, time: at, event: event, min_group: 5}"
EXTRA = """
dimensions: {channel: {column: channel}, platform: {column: platform}}
metrics:
  events: {kind: event_count}
  dau: {kind: active_users}
segments:
  few: {rule: {count: gift, at_least: 1}, as_of: end}
  most: {rule: {not: {segment: few}}, as_of: end}
"""
JUNE = {"start": "2026-06-01", "end": "2026-06-30"}
# Users by channel: web 20, app 12, tv 3, radio 1. Ten events each, so that only counting people finds the small.
CHANNELS = {"web": 20, "app": 12, "tv": 3, "radio": 1}


def rows() -> pd.DataFrame:
    made = []
    for channel, users in CHANNELS.items():
        for k in range(users):
            user, platform = f"{channel}{k}", "ios" if k % 2 else "android"
            made += [(user, "visit", f"2026-06-{d:02}", channel, platform) for d in range(1, 11)]
    # Three people of web send a gift.
    made += [(f"web{k}", "gift", "2026-06-05", "web", "ios") for k in range(3)]
    frame = pd.DataFrame(made, columns=["user", "event", "at", "channel", "platform"])
    return frame.assign(at=pd.to_datetime(frame["at"]))


@pytest.fixture
def guarded(open_workspace: Opener) -> Workspace:
    return open_workspace(rows(), source=SOURCE, extra=EXTRA)


def test_without_a_least_size_everything_is_shown(open_workspace: Opener):
    workspace = open_workspace(rows(), extra=EXTRA)
    table = workspace.run("measure_metric", metric="dau", breakdown="channel", **JUNE).table
    assert set(table["segment"]) == set(CHANNELS)
    assert not any(
        i.label.en == "small groups" for i in workspace.run("measure_active_users", **JUNE).definition
    )


def test_small_values_are_one_that_is_large_enough(guarded: Workspace):
    # tv 3 and radio 1 are 4 people together, still too few: app joins them, 16.
    table = guarded.run("measure_metric", metric="events", breakdown="channel", **JUNE).table
    assert dict(zip(table["segment"], table["value"], strict=True)) == {"web": 203, "(other)": 160}
    for name in ("tv", "radio", "app"):
        with pytest.raises(InvalidArgument) as caught:
            guarded.run("measure_active_users", filters={"channel": [name]}, **JUNE)
        assert "(other), web" in caught.value.en
    kept = guarded.run("measure_active_users", filters={"channel": ["(other)"]}, interval="month", **JUNE)
    assert kept.table["active_users"].tolist() == [16]


def test_how_values_are_chosen():
    def together(sizes):
        return lambda values: sum(sizes[v] for v in values)

    cases = {
        # One small value takes the next smallest with it.
        ("a",): {"a": 9, "b": 9},
        ("x", "b"): {"a": 30, "b": 20, "x": 2},
        # Two that are enough together stay by themselves.
        ("x", "y"): {"a": 30, "x": 2, "y": 3},
        # Everything is small: all are one.
        ("a", "b"): {"a": 1, "b": 2},
    }
    for expected, sizes in cases.items():
        found = find_small_values(list(sizes.items()), 5, together(sizes))
        assert found == (() if min(sizes.values()) >= 5 else expected)


def test_an_answer_about_a_few_is_withheld(guarded: Workspace):
    for arguments in (
        {"filters": {"segment": ["few"]}},  # 3 people
        {"filters": {"segment": ["most"]}},  # all but 3: the whole less this is them
        {"filters": {"few": ["yes"]}},
        {"filters": {"few": ["no"]}},
        {"event": "gift"},  # 3 people did it
    ):
        with pytest.raises(TooFewUsers) as caught:
            guarded.run(
                "measure_metric" if "metric" in arguments else "measure_active_users", **arguments, **JUNE
            )
        assert "fewer than 5 users" in caught.value.en
        assert "不足 5 名用户" in caught.value.zh
    # Both together are everybody, and tell nothing.
    both = guarded.run("measure_active_users", filters={"segment": ["few", "most"]}, interval="month", **JUNE)
    assert both.table["active_users"].tolist() == [36]


def test_crossed_filters_do_not_single_out(open_workspace: Opener):
    # ios and web: 2 people; each alone is large. Nor may "web and not ios" (18) be set against web (20).
    made = [(f"w{k}", "web", "ios" if k < 2 else "android") for k in range(20)]
    made += [(f"a{k}", "app", "ios") for k in range(20)]
    frame = pd.DataFrame(made, columns=["user", "channel", "platform"])
    frame = frame.assign(event="visit", at=pd.Timestamp("2026-06-03"))
    workspace = open_workspace(frame, source=SOURCE, extra=EXTRA)
    for platform in ("ios", "android"):
        with pytest.raises(TooFewUsers):
            workspace.run(
                "measure_active_users", filters={"channel": ["web"], "platform": [platform]}, **JUNE
            )
    shown = workspace.run("measure_active_users", filters={"channel": ["web"]}, interval="month", **JUNE)
    assert shown.table["active_users"].tolist() == [20]


def test_two_days_are_hidden_where_one_would_be_told_by_the_sum(open_workspace: Opener):
    # People by day of June: 30, 9, 3, 20. The third is small; without the second, too, the sum would tell it.
    sizes = {1: 30, 2: 9, 3: 3, 4: 20}
    made = [
        (f"u{d}-{k}", "visit", pd.Timestamp(f"2026-06-{d:02}")) for d, n in sizes.items() for k in range(n)
    ]
    frame = pd.DataFrame(made, columns=["user", "event", "at"]).assign(channel="web", platform="ios")
    workspace = open_workspace(frame, source=SOURCE, extra=EXTRA)
    days = {"start": "2026-06-01", "end": "2026-06-04"}
    result = workspace.run("measure_active_users", **days)
    assert result.table["active_users"].isna().tolist() == [False, True, True, False]
    assert any("fewer than 5 users" in w.en for w in result.warnings)
    assert any(i.label.zh == "小群体保护" for i in result.definition)
    # Neither the chart nor anything else that leaves the package has the numbers.
    amounts = [row["active_users"] for row in result.chart["data"]["values"]]
    assert amounts == [30, None, None, 20]
    for language in ("zh", "en"):
        json.dumps(result.to_dict(language), allow_nan=False)
    # The count of events by day is no way round: it is told by as many people.
    counts = workspace.run("measure_metric", metric="events", **days).table
    assert counts["value"].isna().tolist() == [False, True, True, False]


def test_the_size_of_a_segment_and_of_the_rest_are_hidden_together(guarded: Workspace):
    result = guarded.run("measure_segment", segment="few", **JUNE)
    values = {f.name: f.value for f in result.figures}
    # 3 of 36: members, those outside and the share are hidden, what is zero is nobody's.
    assert values == {"members": None, "share": None, "members_before": 0, "entered": None, "left": 0}
    assert result.table.set_index("move")["users"].isna().to_dict() == {
        "stayed": False,
        "entered": True,
        "left": False,
        "outside": True,
    }


def test_moves_between_states_are_hidden_as_a_whole(guarded: Workspace):
    result = guarded.run("measure_lifecycle", start="2026-06-05", end="2026-06-30", new_days=1)
    assert result.table["users"].sum() == 36
    # All 36 were current on the 4th and are at risk on the 30th.
    assert result.table.set_index("state")["from_current"].to_dict()["at_risk"] == 36


@pytest.mark.parametrize("least", [2, 3, 5, 8])
def test_no_sum_of_shown_cells_gives_a_small_one_away(least: int):
    sizes = {"a": 12, "b": 7, "c": 4, "d": 2, "e": 1, "f": 0}
    for names in chain.from_iterable(combinations(sizes, n) for n in range(1, 7)):
        users = [sizes[n] for n in names]
        table = pd.DataFrame({"segment": list(names), "users": users, "rate": [0.5] * len(names)})
        hidden = hide_small(table, least)["users"]
        assert all(hidden[(table["users"] > 0) & (table["users"] < least)])
        rest = table["users"].sum() - table.loc[~hidden, "users"].sum()
        # What a total less the shown ones leaves is nobody, enough people, or everybody there is.
        assert rest == 0 or rest >= least or rest == table["users"].sum()
        if rest and rest != table["users"].sum():
            assert hidden.sum() > 1


ASKED = {
    "measure_metric": {"metric": "dau", "breakdown": "channel"},
    "measure_active_users": {"breakdown": "platform"},
    "measure_growth_accounting": {"interval": "day"},
    "measure_activity_hours": {},
    "measure_feature_adoption": {"events": ["gift", "visit"]},
    "measure_power_users": {},
    "measure_referral": {"invite_event": "visit", "accept_event": "gift"},
    "measure_retention": {"cohort_event": "visit", "return_event": "gift", "periods": [0, 1, 4]},
    "measure_funnel": {"steps": ["visit", "gift"], "breakdown": "channel"},
    "explain_change": {"metric": "dau", "compare_start": "2026-05-01", "compare_end": "2026-05-31"},
    "measure_rfm": {"event": "visit"},
    "measure_lifecycle": {},
    "measure_value_tiers": {"shares": [0.1, 0.2]},
    "measure_repeat_purchases": {"event": "visit", "breakdown": "channel"},
    "measure_segment": {"segment": "few"},
    "describe_segment": {"segment": "quiet", "min_users": 1},
}


@pytest.mark.parametrize("tool", ASKED)
def test_no_tool_shows_a_count_of_a_few(open_workspace: Opener, tool):
    made = rows()
    early = made[made["event"] == "visit"].assign(at=lambda f: f["at"] - pd.Timedelta(days=31))
    # Three people come in June for the first time, and one of them once only.
    late = made[made["user"].isin(["tv0", "tv1", "tv2"])]
    early = early[~early["user"].isin(late["user"])]
    quiet = EXTRA + "  quiet: {rule: {dimension: platform, values: [ios]}, as_of: end}\n"
    workspace = open_workspace(pd.concat([made, early]), source=SOURCE, extra=quiet)
    result = workspace.run(tool, **ASKED[tool], **JUNE)
    counts = result.table.select_dtypes("number")
    people = counts[[c for c in counts if c in PEOPLE or str(c).startswith("from_")]]
    assert not ((people > 0) & (people < 5)).any(axis=None), people
    for figure in result.figures:
        if figure.unit == "users" and figure.value is not None:
            assert not 0 < figure.value < 5, figure
    shown = {round(float(v), 9) for c in counts for v in counts[c].dropna().abs()}
    shown |= {round(abs(float(f.value)), 9) for f in result.figures if f.value is not None}
    if any("not shown" in w.en for w in result.warnings):
        for row in result.chart["data"]["values"]:
            for value in row.values():
                assert not isinstance(value, float) or round(abs(value), 9) in shown


PEOPLE = (
    "users",
    "users_before",
    "repeat_users",
    "active_users",
    "n",
    "active",
    "new",
    "returning",
    "resurrected",
    "dormant",
)


def test_a_table_across_two_keys_is_safe_along_both():
    # Small: (mon, x). Its row and its column each lose another cell, and these lose theirs: all four corners.
    table = pd.DataFrame(
        [
            (p, s, n)
            for p, row in {"mon": (2, 9, 30), "tue": (8, 40, 50)}.items()
            for s, n in zip("xyz", row, strict=True)
        ],
        columns=["period", "segment", "users"],
    )
    hidden = table[hide_small(table, 5)["users"]]
    assert {(p, s) for p, s in zip(hidden["period"], hidden["segment"], strict=True)} >= {
        ("mon", "x"),
        ("mon", "y"),
        ("tue", "x"),
    }
    for key in ("period", "segment"):
        for _, line in table.groupby(key):
            lost = line.index.intersection(hidden.index)
            assert len(lost) != 1
            assert not 0 < table.loc[lost, "users"].sum() < 5


def test_a_share_of_a_few_is_hidden_in_its_own_cell():
    table = pd.DataFrame({"cohort": ["a", "b", "c"], "users": [100, 100, 50], "D1": [0.5, 0.02, 0.4]})
    mask = hide_small(table, 5)
    # 2 of 100 came back; hidden is also the next cohort's share, or the mean would tell it.
    assert mask["D1"].sum() == 2
    assert mask["D1"][1]


def test_a_source_without_users_has_no_groups():
    with pytest.raises(SemanticsError) as caught:
        load_semantics("sources: {e: {path: x.csv, time: t, event: e, min_group: 5}}")
    assert "min_group needs user" in caught.value.en
    with pytest.raises(SemanticsError):
        load_semantics("sources: {e: {path: x.csv, user: u, time: t, event: e, min_group: 0}}")


def test_those_who_never_pass_a_filter_are_not_had_by_subtraction(open_workspace: Opener):
    # 20 people use both channels, 4 only a: whole 24 less channel=b 20 would tell of 4. 24 use a, all of them.
    made = [(f"u{k}", "visit", "2026-06-01", "a", "ios") for k in range(24)]
    made += [(f"u{k}", "visit", "2026-06-02", "b", "ios") for k in range(20)]
    frame = pd.DataFrame(made, columns=["user", "event", "at", "channel", "platform"])
    frame["at"] = pd.to_datetime(frame["at"])
    workspace = open_workspace(frame, source=SOURCE, extra=EXTRA)
    asked = {**JUNE, "interval": "month"}
    assert workspace.run("measure_active_users", **asked).table["active_users"].tolist() == [24]
    with pytest.raises(TooFewUsers):
        workspace.run("measure_active_users", filters={"channel": ["b"]}, **asked)
    shown = workspace.run("measure_active_users", filters={"channel": ["a"]}, **asked)
    assert shown.table["active_users"].tolist() == [24]
