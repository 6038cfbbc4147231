"""Events as numbers are the events themselves, whatever their clock and however they are held."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tools import Metrics
from tools.sources import event_times

START = datetime(2026, 3, 1, 8)
STEPS = {
    "seconds": timedelta(seconds=7),
    "milliseconds": timedelta(seconds=7, milliseconds=3),
    "microseconds": timedelta(seconds=7, microseconds=1),
}
NAMES = ("visit", "view", "order")


def open_events(tmp_path: Path, times: list[datetime], users: list[int]) -> Metrics:
    frame = pd.DataFrame(
        {"user": users, "at": times, "event": [NAMES[k % 3] for k in range(len(times))]}
    ).astype({"at": "datetime64[us]"})
    (tmp_path / "metrics.yaml").write_text(
        "sources: {events: {frame: events, user: user, time: at, event: event}}", encoding="utf-8"
    )
    return Metrics.open(tmp_path / "metrics.yaml", frames={"events": frame})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("start", [START, datetime(1969, 12, 31, 23, 59, 59)])
@pytest.mark.parametrize(("users", "packed"), [(1, True), (2**30, True), (2**50, False)])
def test_numbers_stand_for_the_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, start: datetime, users: int, packed: bool
) -> None:
    # A day or two and one on either side take 19 bits in seconds, 29 in milliseconds and 39 in microseconds; three names
    # take 2. With users up to 99 * 2**30, of 37 bits, only seconds fit 63; with users of 57 bits nothing does.
    if start == START:
        monkeypatch.setattr(event_times, "_FEW", 1)  # it is whole, and what follows is found later not to be
    if users == 1:
        monkeypatch.setattr(event_times, "_FEW_NAMES", 1)  # so that they are joined
    times = [start + STEPS[step] * k for k in range(100)]
    metrics = open_events(tmp_path, times, [(k % 100) * users for k in range(100)])
    source = metrics._sources.get("events")
    names = {code: name for name, code in source.event_times.codes().items()}
    assert (source.event_times.packing() is not None) is (packed and (step == "seconds" or users < 2**30))

    def read(*conditions: object) -> list[tuple[int, datetime, str]]:
        rows = source.event_times.table().filter(*conditions) if conditions else source.event_times.table()
        found = source.engine.fetch(rows.select("user", "at", "event_code"))
        pairs = zip(found["user"], found["at"], found["event_code"], strict=True)
        return sorted((int(u), at.to_pydatetime(), names[c]) for u, at, c in pairs)

    held = source.engine.fetch(source.events.select("user", "at", "event"))
    events = sorted(
        (int(u), at.to_pydatetime(), e)
        for u, at, e in zip(held["user"], held["at"], held["event"], strict=True)
    )
    assert read() == events
    assert sorted(at for _, at, _ in events) == times
    for first, last in (
        (times[3], times[90]),
        (times[3] - timedelta(microseconds=1), None),
        (None, times[0]),
    ):
        inside = [e for e in events if (not first or e[1] >= first) and (not last or e[1] <= last)]
        assert read(*source.event_times.between(first, last)) == inside
    metrics.close()


def test_a_part_of_a_second_is_neither_added_nor_dropped_at_an_edge(tmp_path: Path) -> None:
    # Counted in seconds, 8:00:07 lies within an hour's first 7.0 seconds but not within 6.999999 of them.
    metrics = open_events(tmp_path, [START, START + timedelta(seconds=7)], [1, 2])
    times = metrics._sources.get("events").event_times
    edge = START + timedelta(seconds=7)

    def count(*conditions: object) -> int:
        engine = metrics._sources.get("events").engine
        return len(engine.fetch(times.table().filter(*conditions).select("user")))

    assert count(*times.between(None, edge)) == 2
    assert count(*times.between(None, edge - timedelta(microseconds=1))) == 1
    assert count(*times.between(START + timedelta(microseconds=1), None)) == 1
    metrics.close()
