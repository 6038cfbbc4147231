"""Hours of the week, features and power users, by hand."""

import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools.errors import InvalidArgument


def cell(result, weekday: int, hour: int) -> dict:
    table = result.table.set_index(["weekday", "hour"])
    return table.loc[(weekday, hour)].to_dict()


def test_hours_are_local_and_means_are_per_such_weekday(open_workspace: Opener):
    # 2 March 2026 is a Monday. In Shanghai 16:30 UTC on the 1st is 00:30 on Monday the 2nd.
    # Monday 00h: on the 2nd users 1 (twice) and 2; on the 9th user 1: 4 events, 2 users; Mondays: 2.
    # Means: 4 / 2 events, (2 + 1) / 2 users. Tuesday the 3rd 09h: user 3, one of 2 Tuesdays (3rd and 10th).
    rows = [
        (1, "v", "2026-03-01 16:30Z"),
        (1, "v", "2026-03-01 16:59Z"),
        (2, "v", "2026-03-01 16:45Z"),
        (1, "v", "2026-03-08 16:00Z"),
        (3, "v", "2026-03-03 01:00Z"),
        (3, "w", "2026-03-10 15:59Z"),
    ]
    workspace = open_workspace(rows, timezone="Asia/Shanghai")
    asked = {"start": "2026-03-02", "end": "2026-03-10", "event": "v"}
    result = workspace.run("measure_activity_hours", **asked)
    assert cell(result, 1, 0) == {"days": 2, "events": 4, "users": 2, "mean_events": 2.0, "mean_users": 1.5}
    assert cell(result, 2, 9) == {"days": 2, "events": 1, "users": 1, "mean_events": 0.5, "mean_users": 0.5}
    assert cell(result, 3, 9)["days"] == 1
    assert result.table["events"].sum() == 5
    assert len(result.table) == 7 * 24
    peak = result.figures[0]
    assert (peak.name, peak.value, peak.n) == ("peak_users", 1.5, 2)
    assert "Mon 0:00" in peak.label.en
    assert "周一 0:00" in peak.label.zh
    # By events: the same hour, 2 per Monday; over all events 23:59 on Tuesday the 10th counts as well.
    assert workspace.run("measure_activity_hours", count="events", **asked).figures[0].value == 2.0
    every = workspace.run("measure_activity_hours", **{**asked, "event": None})
    assert cell(every, 2, 23)["events"] == 1
    assert result.chart["mark"]["type"] == "rect"


def test_hours_follow_daylight_saving_time(open_workspace: Opener):
    # New York left daylight saving time on Sunday 1 November 2026 at 06:00 UTC: 05:30 and 06:30 UTC are both 01:30.
    rows = [(1, "v", "2026-11-01 05:30Z"), (2, "v", "2026-11-01 06:30Z"), (3, "v", "2026-11-02 06:30Z")]
    result = open_workspace(rows, timezone="America/New_York").run(
        "measure_activity_hours", start="2026-11-01", end="2026-11-02"
    )
    assert cell(result, 7, 1)["users"] == 2
    assert cell(result, 1, 1)["users"] == 1


def test_the_week_of_the_heatmap_begins_as_the_workspace_says(open_workspace: Opener):
    rows = [(1, "v", "2026-03-02"), (1, "v", "2026-03-09")]
    workspace = open_workspace(rows, extra="week_start: sunday")
    result = workspace.run("measure_activity_hours", start="2026-03-02", end="2026-03-09")
    assert result.table["weekday"].drop_duplicates().tolist() == [7, 1, 2, 3, 4, 5, 6]


FEATURES = [
    # Active in March (visit): 1, 2, 3, 4. Sharing: user 1 on the 2nd twice and on the 5th, user 2 on the 3rd; user 9
    # shares without a visit. User 1 shared in February already.
    *((u, "visit", "2026-03-02 09:00", "x") for u in (1, 2, 3, 4)),
    (1, "share", "2026-02-20 10:00", "x"),
    (1, "share", "2026-03-02 10:00", "x"),
    (1, "share", "2026-03-02 11:00", "y"),
    (1, "share", "2026-03-05 10:00", "x"),
    (2, "share", "2026-03-03 10:00", "x"),
    (9, "share", "2026-03-04 10:00", "x"),
    (3, "post", "2026-03-31 10:00", "x"),
]
MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


def test_adoption_and_frequency_of_features(open_workspace: Opener):
    workspace = open_workspace(FEATURES, extra="dimensions: {channel: {column: channel}}")
    asked = {"events": ["post", "share"], "event": "visit", **MARCH}
    result = workspace.run("measure_feature_adoption", **asked)
    share, post = result.table.to_dict("records")
    # Users 1 and 2 of 4 share: uses 3 and 1, mean and median 2; days 2 and 1; user 2 is new.
    assert share == {
        "event": "share",
        "users": 2,
        "adoption": 0.5,
        "new_users": 1,
        "uses": 4,
        "mean_uses": 2.0,
        "median_uses": 2.0,
        "mean_days": 1.5,
        "median_days": 1.5,
    }
    assert (post["adoption"], post["new_users"]) == (0.25, 1)
    adoption = result.figures[0]
    assert (adoption.name, adoption.value, adoption.n, adoption.segment) == (
        "adoption",
        0.5,
        4,
        "event=share",
    )
    # Active by any event: users 1, 2, 3, 4 and 9, of whom 1, 2 and 9 share: 3 / 5.
    anyone = workspace.run("measure_feature_adoption", **{**asked, "event": None})
    assert anyone.table["adoption"].tolist() == [3 / 5, 1 / 5]
    # Through y nobody visits; sharing there is by nobody active.
    filtered = workspace.run("measure_feature_adoption", filters={"channel": "y"}, **asked)
    assert filtered.figures[0].value is None
    # Until the 2nd, user 1 shared twice on one day.
    early = workspace.run("measure_feature_adoption", **{**asked, "end": "2026-03-02"})
    assert early.table[["uses", "mean_days", "new_users"]].iloc[0].tolist() == [2, 1, 0]


def test_a_feature_that_is_not_known_is_named(open_workspace: Opener):
    workspace = open_workspace(FEATURES, extra="dimensions: {channel: {column: channel}}")
    with pytest.raises(InvalidArgument, match="share"):
        workspace.run("measure_feature_adoption", events=["shaer"], **MARCH)


@pytest.fixture
def regulars(open_workspace: Opener):
    # In the week of 8 to 14 March user 1 is active on all 7 days, user 2 on 4 (twice on one), user 3 on 1;
    # in that of 1 to 7 March users 1 and 2 on 1 day each; nobody else, and user 4 with another event.
    days = {1: [1, *range(8, 15)], 2: [7, 8, 9, 10, 11], 3: [14]}
    rows = [(u, "v", f"2026-03-{d:02} 10:00") for u, ds in days.items() for d in ds]
    return open_workspace([*rows, (2, "v", "2026-03-08 12:00"), (4, "w", "2026-03-14 12:00")])


def test_the_power_user_curve_of_a_week(regulars):
    asked = {"start": "2026-03-08", "end": "2026-03-14", "event": "v", "window_days": 7}
    result = regulars.run("measure_power_users", **asked)
    assert result.table["users"].tolist() == [1, 0, 0, 1, 0, 0, 1]
    assert result.table["share_at_least"].tolist() == pytest.approx(
        [1, 2 / 3, 2 / 3, 2 / 3, 1 / 3, 1 / 3, 1 / 3]
    )
    values = {f.name: f.value for f in result.figures}
    # At least half of 7 days is 4: users 1 and 2 of 3. Mean days (7 + 4 + 1) / 3, median 4.
    assert values == {
        "power_user_share": 2 / 3,
        "power_users": 2,
        "mean_active_days": 4.0,
        "median_active_days": 4.0,
    }
    assert regulars.values("measure_power_users", at_least=5, **asked)["power_user_share"] == 1 / 3
    # By any event user 4 is active on one day too: 2 of 4.
    assert regulars.values("measure_power_users", **{**asked, "event": None})["power_user_share"] == 2 / 4


def test_windows_are_laid_back_from_the_end(regulars):
    asked = {"start": "2026-03-01", "end": "2026-03-14", "event": "v"}
    weeks = regulars.run("measure_power_users", window_days=7, at_least=1, **asked)
    assert weeks.table.groupby("window")["users"].sum().to_dict() == {
        "2026-03-01/2026-03-07": 2,
        "2026-03-08/2026-03-14": 3,
    }
    assert [f.period for f in weeks.figures if f.name == "power_user_share"] == [
        "2026-03-08/2026-03-14",
        "2026-03-01/2026-03-07",
    ]
    # 14 days: user 1 on 8, user 2 on 5, user 3 on 1.
    fortnight = regulars.run("measure_power_users", window_days=14, **asked)
    assert fortnight.table.loc[fortnight.table["users"] > 0, "active_days"].tolist() == [1, 5, 8]
    # 28 days reach before the data, which a warning says.
    longer = regulars.run("measure_power_users", **asked)
    assert any("no window of 28 days whole" in w.en for w in longer.warnings)


def test_a_window_after_the_data_gives_way_to_the_latest_that_has_some(open_workspace: Opener):
    # The data spans 1 to 14 March. Of the windows back from the 28th, 8 to 14 March is the latest with data, and whole:
    # user 1 on two days, user 2 on one.
    rows = [(1, "v", "2026-03-01"), (1, "v", "2026-03-10"), (1, "v", "2026-03-11"), (2, "v", "2026-03-14")]
    asked = {"start": "2026-03-01", "end": "2026-03-28", "window_days": 7, "at_least": 2}
    result = open_workspace(rows).run("measure_power_users", **asked)
    first = result.figures[0]
    assert (first.name, first.value, first.period) == ("power_user_share", 0.5, "2026-03-08/2026-03-14")
    assert any("reaches beyond the data" in w.en for w in result.warnings)


def test_more_days_than_the_window_has_are_refused(regulars):
    with pytest.raises(InvalidArgument, match="7 days of the window"):
        regulars.run("measure_power_users", start="2026-03-08", end="2026-03-14", window_days=7, at_least=8)


REFERRAL = "dimensions: {code: {column: code}}"


def invitations(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["user", "event", "at", "code"])
    frame["user"], frame["at"] = frame["user"].astype(str), pd.to_datetime(frame["at"])
    return frame


# User 1 invites with codes a and b on the 2nd and with c on the 9th, user 2 with d on the 3rd. User 3 accepts a after
# 12 hours, user 4 accepts b after 36 hours, user 5 accepts d after 10 days, user 2 accepts their own d; user 6 accepts
# z, which nobody sent. Active in March: users 1 to 6 and 7, who only visits, and 8, who does so at the end.
INVITES = [
    (1, "invite_sent", "2026-03-02 00:00", "a"),
    (1, "invite_sent", "2026-03-02 00:00", "b"),
    (1, "invite_sent", "2026-03-09 00:00", "c"),
    (2, "invite_sent", "2026-03-03 00:00", "d"),
    (3, "invite_accepted", "2026-03-02 12:00", "a"),
    (4, "invite_accepted", "2026-03-03 12:00", "b"),
    (2, "invite_accepted", "2026-03-03 01:00", "d"),
    (5, "invite_accepted", "2026-03-13 00:00", "d"),
    (6, "invite_accepted", "2026-03-05 00:00", "z"),
    (7, "visit", "2026-03-05 00:00", None),
    (8, "visit", "2026-03-31 23:00", None),
]


@pytest.fixture
def inviting(open_workspace: Opener):
    return open_workspace(invitations(INVITES), extra=REFERRAL)


def test_referral_with_a_link(inviting):
    # 4 invites of 2 inviters, 8 active users. Within 7 days: a (0.5 days) and b (1.5 days): 2 of 4.
    # K = 4 / 8 x 2 / 4 = 0.25. Median of 0.5 and 1.5 days: 1; 90th percentile 0.5 + 0.9 = 1.4.
    result = inviting.run("measure_referral", link="code", window="7d", **MARCH)
    values = {f.name: f.value for f in result.figures}
    assert (values["invites"], values["inviters"], values["accepted"]) == (4, 2, 2)
    assert (values["acceptance_rate"], values["invites_per_user"], values["k_factor"]) == (0.5, 0.5, 0.25)
    assert values["inviters_per_user"] == 2 / 8
    assert (values["cycle_time_p50"], values["cycle_time_p90"]) == (1.0, pytest.approx(1.4))
    # By week of the invite: 3 invites from Monday the 2nd, of which 2 accepted; 1 from the 9th.
    weekly = result.table.set_index("period")
    assert weekly.loc["2026-03-02", ["invites", "accepted"]].tolist() == [3, 2]
    assert weekly.loc["2026-03-09", ["invites", "accepted"]].tolist() == [1, 0]
    # 10 days, edge included, let user 5 in: 3 of 4.
    assert inviting.values("measure_referral", link="code", window="10d", **MARCH)["accepted"] == 3
    # By day the table has a row for the 2nd with two invites.
    daily = inviting.run("measure_referral", link="code", window="7d", interval="day", **MARCH).table
    assert daily.set_index("period").loc["2026-03-02", "invites"] == 2


def test_young_invites_are_in_no_rate(inviting):
    # The data ends on 31 March. With 22 days the invites of the 2nd, 3rd and 9th are mature (to 24, 25 and 31 March);
    # with 23 the window of the 9th ends at 1 April 00:00, edge included, which is not covered; with 28 days those of the 2nd and 3rd (to 30 and 31 March) and not that of the 9th: 3 of 3.
    values = inviting.values("measure_referral", link="code", window="22d", **MARCH)
    assert values["acceptance_rate"] == 3 / 4
    assert inviting.values("measure_referral", link="code", window="23d", **MARCH)["acceptance_rate"] == 1.0
    late = inviting.run("measure_referral", link="code", window="28d", **MARCH)
    figures = {f.name: (f.value, f.n) for f in late.figures}
    assert figures["acceptance_rate"] == (1.0, 3)
    assert figures["k_factor"][0] == 4 / 8
    assert any("1 invite whose window" in w.en for w in late.warnings)


def test_referral_without_a_link_counts_side_by_side(inviting):
    # Acceptances in March: users 2, 3, 4, 5 and 6 over 4 invites; no cycle time, and the rate passes 1.
    result = inviting.run("measure_referral", **MARCH)
    values = {f.name: f.value for f in result.figures}
    assert (values["accepted"], values["acceptance_rate"]) == (5, 5 / 4)
    assert not any(name.startswith("cycle_time") for name in values)
    assert any("cannot be tied" in w.en for w in result.warnings)
    assert any("above 100%" in w.en for w in result.warnings)
    # Active by a visit: users 7 and 8 alone.
    assert inviting.values("measure_referral", event="visit", **MARCH)["invites_per_user"] == 4 / 2
    # Other events named: visits as invites, accepted by nobody who sends one.
    swapped = inviting.values("measure_referral", invite_event="visit", accept_event="invite_sent", **MARCH)
    assert (swapped["invites"], swapped["accepted"]) == (2, 2)


def test_an_acceptance_belongs_to_one_invite_only(open_workspace: Opener):
    # User 1 sends code a on the 2nd and again on the 10th, user 2 accepts on the 11th: the invite of the 10th has it.
    # So the first week has no acceptance, the second one after 1 day, and the two weeks add up to the month's one.
    rows = [
        (1, "invite_sent", "2026-03-02 00:00", "a"),
        (1, "invite_sent", "2026-03-10 00:00", "a"),
        (2, "invite_accepted", "2026-03-11 00:00", "a"),
        (1, "visit", "2026-04-30 00:00", None),
    ]
    workspace = open_workspace(invitations(rows), extra=REFERRAL)
    weeks = [("2026-03-02", "2026-03-08"), ("2026-03-09", "2026-03-15"), ("2026-03-01", "2026-03-31")]
    accepted = [
        workspace.values("measure_referral", link="code", start=start, end=end) for start, end in weeks
    ]
    assert [v["accepted"] for v in accepted] == [0, 1, 1]
    assert [v["cycle_time_p50"] for v in accepted] == [None, 1.0, 1.0]


def test_a_link_or_event_that_is_not_known_is_named(inviting):
    with pytest.raises(InvalidArgument, match="code"):
        inviting.run("measure_referral", link="codee", **MARCH)
    with pytest.raises(InvalidArgument, match="invite_sent"):
        inviting.run("measure_referral", invite_event="invite_snet", **MARCH)


def test_no_invites_give_null_rates(inviting):
    values = inviting.values("measure_referral", start="2026-03-20", end="2026-03-25", link="code")
    assert (values["invites"], values["acceptance_rate"], values["k_factor"]) == (0, None, None)
