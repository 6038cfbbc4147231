"""Wall clocks by arithmetic: the same as ICU's, whatever the zone does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from tools.sources.engine import Engine
from tools.sources.local_time import LocalTime

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
)
SPANS = (datetime(1969, 12, 30), datetime(1986, 4, 28), datetime(2026, 3, 1), datetime(2026, 10, 1))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("start", SPANS)
def test_it_says_what_the_engine_says(zone: str, start: datetime) -> None:
    times = [start + timedelta(minutes=10, microseconds=1) * n for n in range(6 * 24 * 60)]
    engine = Engine(memory_limit="1GB", timeout=60)
    table = engine.load_raw(pa.table({"x": pa.array(times, pa.timestamp("us"))}))
    local_time = LocalTime.over(ZoneInfo(zone), times[0], times[-1])
    local, utc = local_time.to_local(table.x), local_time.to_utc(table.x)
    engine.keep("found", table.select("x", local=local, utc=utc, day=local_time.day(table.x)))
    different = engine.backend.con.execute(
        f"""SELECT x, local, utc, day FROM found WHERE local <> timezone('{zone}', timezone('UTC', x))
        OR utc <> timezone('UTC', timezone('{zone}', x)) OR day <> local::DATE - DATE '1970-01-01'"""
    ).fetchall()
    assert different[:3] == []
    engine.close()


def test_the_last_moment_of_a_day_is_of_that_day() -> None:
    last = datetime(2026, 1, 2, 23, 59, 59, 999_999)
    engine = Engine(memory_limit="1GB", timeout=60)
    table = engine.load_raw(pa.table({"x": pa.array([last], pa.timestamp("us"))}))
    local_time = LocalTime.over(ZoneInfo("UTC"), last, last)
    [day] = engine.fetch(table.select(day=local_time.day(table.x)))["day"]
    assert datetime(1970, 1, 1) + timedelta(days=int(day)) == datetime(2026, 1, 2)
    engine.close()


def test_a_span_of_all_times_is_cut_to_two_centuries() -> None:
    local_time = LocalTime.over(ZoneInfo("America/New_York"), datetime.min, datetime.max)
    assert 200 < len(local_time.changes) < 400


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Shanghai", datetime(2026, 3, 1)),
        ("America/New_York", datetime(2026, 3, 7)),  # the clock skips an hour of the night
        ("America/New_York", datetime(2026, 10, 31)),  # and shows one twice
        ("America/Sao_Paulo", datetime(2017, 10, 14)),  # it skips the hour after midnight
        ("Asia/Beirut", datetime(2026, 10, 24)),  # it shows the hour before midnight twice
        ("Pacific/Apia", datetime(2011, 12, 29)),  # it skips a whole day
    ],
)
def test_the_day_that_a_clock_shows_is_that_of_its_moment(zone: str, start: datetime) -> None:
    times = [start + timedelta(minutes=7, microseconds=1) * n for n in range(800)]
    engine = Engine(memory_limit="1GB", timeout=60)
    table = engine.load_raw(pa.table({"x": pa.array(times, pa.timestamp("us"))}))
    local_time = LocalTime.over(ZoneInfo(zone), times[0], times[-1])
    placed = table.select(
        "x", shown=local_time.local_day(table.x), meant=local_time.day(local_time.to_utc(table.x))
    )
    found = engine.fetch(placed)
    assert found["shown"].tolist() == found["meant"].tolist()
    assert found["shown"].nunique() > 2
    engine.close()
