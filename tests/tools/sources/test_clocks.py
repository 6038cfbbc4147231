"""Numbers, local dates and clocks of other zones become the times that they mean, or are refused in a sentence."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.conftest import Opener
from tools import Metrics
from tools.errors import SourceUnavailable

# 2026-03-01 15:30 and 16:30 UTC: half an hour before and after midnight in Shanghai.
TIMES = [datetime(2026, 3, 1, 15, 30, tzinfo=UTC), datetime(2026, 3, 1, 16, 30, tzinfo=UTC)]
SECONDS = [int(t.timestamp()) for t in TIMES]


def daily(open_workspace: Opener, times: list, declared: str = "", zone: str = "Asia/Shanghai") -> dict:
    frame = pd.DataFrame({"user": [f"u{i}" for i in range(len(times))], "event": "v", "at": times})
    source = f"{{frame: events, user: user, time: at, event: event{declared}}}"
    workspace = open_workspace(frame, source=source, timezone=zone)
    table = workspace.run("measure_active_users", start="2026-02-27", end="2026-04-02").table
    return {d[5:]: n for d, n in zip(table["period"], table["active_users"], strict=True) if n}


@pytest.mark.parametrize(
    ("factor", "unit"), [(1, "s"), (1_000, "ms"), (1_000_000, "us"), (1_000_000_000, "ns")]
)
@pytest.mark.parametrize("declare", [False, True])
def test_numbers_since_1970_of_any_unit(open_workspace: Opener, factor, unit, declare):
    numbers = [s * factor for s in SECONDS]
    declared = f", time_unit: {unit}" if declare else ""
    assert daily(open_workspace, numbers, declared) == {"03-01": 1, "03-02": 1}


def test_numbers_with_a_fraction_and_missing_ones(open_workspace: Opener):
    assert daily(open_workspace, [SECONDS[0] + 0.25, None, SECONDS[1] + 0.5]) == {"03-01": 1, "03-02": 1}


def test_numbers_written_as_text_need_the_unit(open_workspace: Opener):
    texts = [str(s * 1_000_000) for s in SECONDS]
    assert daily(open_workspace, texts, ", time_unit: us") == {"03-01": 1, "03-02": 1}


def test_dates_written_as_numbers_are_local_days(open_workspace: Opener):
    assert daily(open_workspace, [20260301, 20260302]) == {"03-01": 1, "03-02": 1}
    assert daily(open_workspace, [20260301, 20260302], zone="America/New_York") == {"03-01": 1, "03-02": 1}


def test_a_few_numbers_that_are_no_times_are_rows_without_a_time(open_workspace: Opener):
    assert daily(open_workspace, [0, -1, *SECONDS]) == {"03-01": 1, "03-02": 1}


@pytest.mark.parametrize(
    ("numbers", "declared", "en", "zh"),
    [
        (SECONDS, ", time_unit: ms", "they look like seconds (time_unit: s)", "它们像是秒（time_unit: s）"),
        ([s * 1_000 for s in SECONDS], ", time_unit: s", "milliseconds (time_unit: ms)", "毫秒"),
        ([SECONDS[0], SECONDS[1] * 1_000], "", "mixes units (1 in seconds, 1 in milliseconds)", "混用了多种单位"),
        ([7, 8], "", "holds numbers (7–8), not times", "（7–8）不是时间"),
    ],
)  # fmt: skip
def test_numbers_of_another_unit_are_refused(open_workspace: Opener, numbers, declared, en, zh):
    with pytest.raises(SourceUnavailable) as caught:
        daily(open_workspace, numbers, declared)
    assert en in caught.value.en
    assert zh in caught.value.zh


def test_a_declared_zone_of_times_without_one(open_workspace: Opener):
    times = ["2026-03-01 15:30", "2026-03-01 16:30"]
    # As Shanghai's own clock both are on the 1st; as UTC's, one is on either side of its midnight.
    assert daily(open_workspace, times) == {"03-01": 2}
    assert daily(open_workspace, times, ", time_zone: UTC") == {"03-01": 1, "03-02": 1}
    assert daily(open_workspace, pd.to_datetime(times), ", time_zone: UTC") == {"03-01": 1, "03-02": 1}
    # 11:30 and 12:30 in New York, which is 13 hours behind Shanghai in winter: 00:30 and 01:30 of the 2nd.
    assert daily(
        open_workspace, ["2026-03-01 11:30", "2026-03-01 12:30"], ", time_zone: America/New_York"
    ) == {"03-02": 2}


def test_a_zone_that_times_carry_goes_before_the_declared_one(open_workspace: Opener):
    times = ["2026-03-01T16:30:00+00:00", "2026-03-01 16:30"]
    assert daily(open_workspace, times, ", time_zone: Asia/Shanghai") == {"03-01": 1, "03-02": 1}


def test_numbers_by_the_clock_of_the_workspace(open_workspace: Opener):
    # 15:30 by the clock, counted as if it were UTC.
    assert daily(open_workspace, SECONDS, ", time_zone: workspace") == {"03-01": 2}


@pytest.mark.parametrize(
    ("times", "declared", "days"),
    [
        (["13/3/2026 8:30", "02/03/2026"], "", {"03-02": 1, "03-13": 1}),
        (["3/13/2026 8:30", "03/02/2026 08:30:15"], "", {"03-02": 1, "03-13": 1}),
        (["01/03/2026 8:30", "02/03/2026 8:30"], ", day_first: true", {"03-01": 1, "03-02": 1}),
        (["03/01/2026 8:30", "03.02.2026"], ", day_first: false", {"03-01": 1, "03-02": 1}),
        (["2026/3/1 8:30", "2026-03-02"], "", {"03-01": 1, "03-02": 1}),
    ],
)
def test_dates_in_local_order(open_workspace: Opener, times, declared, days):
    assert daily(open_workspace, times, declared) == days


@pytest.mark.parametrize("times", [["03/04/2026", "05/06/2026"], ["13/03/2026", "03/13/2026"]])
def test_dates_that_do_not_tell_day_from_month_are_refused(open_workspace: Opener, times):
    with pytest.raises(SourceUnavailable, match="say day_first") as caught:
        daily(open_workspace, times)
    assert "day_first: true" in caught.value.zh


def test_a_declared_zone_must_exist(open_workspace: Opener):
    with pytest.raises(Exception, match="use a name such as Asia/Shanghai"):
        daily(open_workspace, SECONDS, ", time_zone: Beijing")


@settings(max_examples=8, deadline=None)
@given(
    first=st.datetimes(datetime(1991, 1, 1), datetime(2090, 1, 1)),
    factor=st.sampled_from([1, 1_000, 1_000_000]),
)
def test_numbers_and_times_fall_on_the_same_local_day(
    tmp_path_factory: pytest.TempPathFactory, first: datetime, factor: int
):
    times = [first.replace(microsecond=0, tzinfo=UTC) + timedelta(hours=h) for h in (0, 5)]
    numbers = [int(t.timestamp()) * factor for t in times]
    path = tmp_path_factory.mktemp("c") / "metrics.yaml"
    path.write_text("timezone: America/New_York\nsources: {e: {frame: e, user: u, time: at, event_name: x}}")
    spans = []
    for column in (times, numbers):
        metrics = Metrics.open(path, frames={"e": pd.DataFrame({"u": [1, 2], "at": column})})
        spans.append(metrics.coverage(teams=None))
        metrics.close()
    assert spans[0] == spans[1]
