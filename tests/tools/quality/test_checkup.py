"""Each thing that spoils results is planted in clean data and found with its numbers; clean data has no finding."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener
from tools.quality.names import fold, likeness

START = datetime(2026, 3, 2)
SOURCE = "{frame: events, user: user, time: at, event: event%s}"


def clean(days: int = 42, per_day: int = 100) -> pd.DataFrame:
    """A hundred users, each with one event a day, half of them views and half of them orders."""
    rows = [
        (f"u{i}", ("view", "order")[i % 2], START + timedelta(days=d, minutes=10 * i), ("ios", "web")[i % 3 == 0])
        for d in range(days)
        for i in range(per_day)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["user", "event", "at", "platform"])


def check(
    open_workspace: Opener, frame: pd.DataFrame, declared: str = "", extra: str = "relative_dates: data_end\n"
) -> dict[str, Any]:
    """Run the check and return its findings by name."""
    workspace = open_workspace(frame, source=SOURCE % declared, extra=extra)
    result = workspace.metrics.run("check_data", {}, teams=None)
    assert "NaN" not in json.dumps(result.to_dict("zh"), ensure_ascii=False)
    kinds = {r["check"]: r for r in result.table.to_dict("records")}
    assert len(result.warnings) >= sum(r["severity"] != "note" for r in kinds.values())
    return kinds


def test_clean_data_has_no_finding(open_workspace: Opener):
    extra = "relative_dates: data_end\ndimensions: {platform: {column: platform}}\n"
    assert check(open_workspace, clean(), extra=extra) == {}


def test_exact_copies(open_workspace: Opener):
    frame = clean()
    found = check(open_workspace, pd.concat([frame, frame.head(84)]))["repeated_rows"]
    # 84 copies among 4,200 + 84 rows are 1.96 %.
    assert (found["n"], found["of"], found["severity"]) == (84, 4284, "warning")
    assert "84 rows (2.0%)" in found["what"]


def test_rows_that_share_an_id(open_workspace: Opener):
    frame = clean().assign(event_id=lambda f: [f"e{max(i, 10)}" for i in range(len(f))])
    frame["user"], frame["event"] = frame["user"].where(frame.index > 10, "u1"), "view"
    # Rows 0 to 10 share user, event and id: ten of 4,200 are repeats.
    undeclared = check(open_workspace, frame)["repeated_ids"]
    assert (undeclared["n"], undeclared["severity"]) == (10, "warning")
    assert "id: event_id" in undeclared["mend"]
    declared = check(open_workspace, frame, ", id: event_id")["repeated_ids"]
    assert (declared["n"], declared["severity"]) == (10, "note")


def test_users_without_id_and_stand_ins(open_workspace: Opener):
    frame = clean()
    frame.loc[:99, "user"] = None
    frame.loc[100:149, "user"] = "Unknown"
    found = check(open_workspace, frame)
    # 100 of 4,200 are 2.4 %, 50 are 1.2 %.
    assert (found["users_without_id"]["n"], found["users_without_id"]["severity"]) == (100, "warning")
    assert (found["stand_in_users"]["n"], found["stand_in_users"]["severity"]) == (50, "warning")


def test_stand_ins_of_numbers_with_gaps(open_workspace: Opener):
    # A column of numbers with gaps holds floats: user 0.0 is as much a stand-in as 0.
    frame = clean()
    frame["user"] = frame["user"].str[1:].astype(float) + 1
    frame.loc[:99, "user"] = None
    frame.loc[100:149, "user"] = 0.0
    found = check(open_workspace, frame)
    assert (found["users_without_id"]["n"], found["stand_in_users"]["n"]) == (100, 50)


def test_times_in_the_future_and_before_2000(open_workspace: Opener):
    frame = clean()
    frame.loc[0, "at"] = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=3)
    frame.loc[1:2, "at"] = datetime(1970, 1, 1)
    found = check(open_workspace, frame)
    assert found["events_in_the_future"]["n"] == 1
    assert found["events_before_2000"]["n"] == 2
    assert "gaps_in_days" not in found


def test_rows_without_a_time(open_workspace: Opener):
    frame = clean()
    frame.loc[:41, "at"] = pd.NaT
    found = check(open_workspace, frame)["rows_without_time"]
    assert (found["n"], found["of"]) == (42, 4200)


def test_times_with_and_without_a_zone(open_workspace: Opener):
    frame = clean()
    frame["at"] = [
        f"{at:%Y-%m-%d %H:%M:%S}{'+08:00' if i % 4 == 0 else ''}" for i, at in enumerate(frame["at"])
    ]
    found = check(open_workspace, frame)["mixed_time_zones"]
    # A quarter of 4,200.
    assert (found["n"], found["severity"]) == (1050, "serious")
    assert "1,050 times carry a time zone and 3,150 do not" in found["what"]


@pytest.mark.parametrize(
    ("column", "declared"), [("server_received_time", ""), ("landed", ", received: landed")]
)
def test_late_events(open_workspace: Opener, column, declared):
    frame = clean()
    lag = np.where(np.arange(len(frame)) < 21, 50, 0.5)  # hours; 21 of 4,200 are 0.5 %
    frame[column] = frame["at"] + pd.to_timedelta(lag, unit="h")
    found = check(open_workspace, frame, declared)["late_events"]
    assert (found["n"], found["of"], found["severity"]) == (21, 4200, "warning")
    assert "the latest 2 days" in found["what"]


def test_events_received_before_they_happened(open_workspace: Opener):
    frame = clean()
    frame["received_at"] = frame["at"] - pd.to_timedelta(np.where(np.arange(len(frame)) < 30, 3, 0), unit="h")
    assert check(open_workspace, frame)["received_before_they_happened"]["n"] == 30


def test_a_column_that_only_sounds_like_arrival_is_left_alone(open_workspace: Opener):
    assert check(open_workspace, clean().assign(received_at="by mail")) == {}


def test_bots_by_count_and_by_the_clock(open_workspace: Opener):
    busy = [("crawler", "view", START + timedelta(seconds=20 * i), "web") for i in range(1_000)]
    restless = [("pinger", "view", START + timedelta(days=1, minutes=6 * i), "web") for i in range(239)]
    frame = pd.concat([clean(), pd.DataFrame(busy + restless, columns=["user", "event", "at", "platform"])])
    found = check(open_workspace, frame)["bots"]
    assert found["n"] == 2
    assert "crawler, pinger" in found["what"]
    # 1,239 of 5,439 events.
    assert "22.8% of all events" in found["what"]
    assert found["severity"] == "serious"


def test_bots_are_not_named_where_small_groups_are_hidden(open_workspace: Opener):
    busy = [("spider9", "view", START + timedelta(seconds=20 * i), "web") for i in range(1_000)]
    frame = pd.concat([clean(), pd.DataFrame(busy, columns=["user", "event", "at", "platform"])])
    workspace = open_workspace(frame, source=SOURCE % ", min_group: 5", extra="relative_dates: data_end\n")
    result = workspace.metrics.run("check_data", {}, teams=None)
    assert "spider9" not in json.dumps(result.to_dict("en"))


def test_gaps_in_days(open_workspace: Opener):
    frame = clean()
    gone = {datetime(2026, 3, d).date() for d in (10, 11, 20)}
    found = check(open_workspace, frame[~frame["at"].dt.date.isin(gone)])["gaps_in_days"]
    assert (found["n"], found["severity"]) == (3, "serious")
    assert "2026-03-10–2026-03-11, 2026-03-20" in found["what"]


def test_weekdays_that_never_have_data_are_no_gaps(open_workspace: Opener):
    frame = clean()
    found = check(open_workspace, frame[frame["at"].dt.day_of_week != 5])
    assert list(found) == ["closed_weekdays"]
    assert "Saturday" in found["closed_weekdays"]["what"]


def test_a_sudden_drop(open_workspace: Opener):
    frame = clean()
    dropped = frame[
        (frame["at"].dt.date != datetime(2026, 4, 8).date()) | (frame["at"].dt.minute == 0)
    ]  # a sixth is left
    found = check(open_workspace, dropped)["sudden_drops"]
    assert found["n"] == 1
    assert "2026-04-08, has 17 (usually about 100)" in found["what"]


def test_a_changed_name(open_workspace: Opener):
    frame = clean()
    late = frame["at"] >= datetime(2026, 3, 20)
    frame.loc[late & (frame["event"] == "view"), "event"] = "product_view"
    found = check(open_workspace, frame)["changed_names"]
    assert found["severity"] == "serious"
    assert "Event view ends on 2026-03-19 (about 50 a day)" in found["what"]
    assert "product_view begins on 2026-03-20 (about 50 a day)" in found["what"]
    joined = "relative_dates: data_end\nevents: {views: {any_of: [view, product_view]}}\n"
    assert "changed_names" not in check(open_workspace, frame, extra=joined)


def test_an_event_that_stops(open_workspace: Opener):
    frame = clean()
    late = frame["at"] >= datetime(2026, 3, 20)
    found = check(open_workspace, frame[~(late & (frame["event"] == "view"))])
    assert "Event view is not seen after 2026-03-19" in found["stopped_events"]["what"]


def test_spellings_of_values_and_events(open_workspace: Opener):
    frame = clean()
    frame.loc[:41, "platform"] = "iOS "
    frame.loc[50:59, "event"] = "View"
    extra = "relative_dates: data_end\ndimensions: {platform: {column: platform}}\n"
    found = check(open_workspace, frame, extra=extra)
    assert "“iOS ” (42)" in found["value_spellings"]["what"]
    assert "“View” (10)" in found["event_spellings"]["what"]


def test_old_data_only_where_today_matters(open_workspace: Opener):
    assert "old_data" in check(open_workspace, clean(), extra="")
    recent = clean().assign(at=lambda f: f["at"] + (datetime.now() - f["at"].max() - timedelta(hours=3)))
    assert "old_data" not in check(open_workspace, recent, extra="")


def test_a_source_without_users_and_with_one_row(open_workspace: Opener):
    frame = clean().head(1)
    source = "{frame: events, time: at, event_name: sale}"
    workspace = open_workspace(frame, source=source, extra="relative_dates: data_end\n")
    assert workspace.metrics.run("check_data", {}, teams=None).table.empty


def test_the_result_speaks_both_languages(open_workspace: Opener):
    frame = clean()
    workspace = open_workspace(
        pd.concat([frame, frame.head(500)]), source=SOURCE % "", extra="relative_dates: data_end\n"
    )
    said = {
        c: workspace.metrics.run("check_data", {}, teams=None, language=c).to_dict(c) for c in ("zh", "en")
    }
    assert "与另一行完全相同" in str(said["zh"]["table"])
    assert "exact copies" in str(said["en"]["table"])
    assert "与另一行完全相同" in said["zh"]["warnings"][0]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), copies=st.integers(0, 300))
def test_row_order_does_not_matter_and_copies_are_counted(open_workspace: Opener, seed: int, copies: int):
    frame = clean(days=10)
    mixed = pd.concat([frame, frame.head(copies)]).sample(frac=1, random_state=seed)
    found = check(open_workspace, mixed).get("repeated_rows", {"n": 0})
    assert found["n"] == copies


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_symmetric_and_bounded(one: str, other: str):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) in (0, 1) if not fold(one) else likeness(one, one) == 1
