"""What a source spans is the same whether its last days are counted or all of them."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from tools import Metrics
from tools.sources import coverage

START = pd.Timestamp("2026-02-20")
# The clock of New York goes forward on 8 March 2026; that of Santiago skips midnight on 6 September.
ZONES = ("America/New_York", "America/Santiago", "Pacific/Kiritimati")


def make_frame(
    days: int, *, gap: int | None = None, early: bool = False, zone: str | None = None
) -> pd.DataFrame:
    """Make 60 events of each of some days, without one of them, the last over by eight o'clock."""
    rng = np.random.default_rng(days)
    day = np.repeat([d for d in range(days) if d != gap], 60)
    seconds = rng.integers(0, 86_400, len(day))
    if early:
        seconds = np.where(day == days - 1, seconds % 28_800, seconds)
    at = pd.Series(START + pd.to_timedelta(day * 86_400 + seconds, unit="s"))
    frame = pd.DataFrame({"user": day % 7, "event": np.where(day % 2, "visit", "order"), "at": at})
    return frame.assign(at=frame["at"].dt.tz_localize("UTC").dt.tz_convert(zone)) if zone else frame


def test_a_time_without_end_is_left_out_and_said(tmp_path: Path) -> None:
    events = "SELECT 1 AS u, TIMESTAMP '2026-03-01' + INTERVAL (i) HOUR AS t FROM range(48) r(i)"
    endless = "SELECT 2, TIMESTAMP 'infinity'"
    duckdb.sql(f"COPY ({events} UNION ALL {endless}) TO '{tmp_path / 'e.parquet'}'")
    text = "sources: {events: {path: e.parquet, user: u, time: t, event_name: visit}}"
    (tmp_path / "metrics.yaml").write_text(text, encoding="utf-8")
    metrics = Metrics.open(tmp_path / "metrics.yaml")
    result = metrics.run("measure_active_users", {"start": "2026-03-01", "end": "2026-03-02"}, teams=None)
    metrics.close()
    assert result.table["active_users"].tolist() == [1, 1]
    assert any("have no time" in w.en or "has no time" in w.en for w in result.warnings), result.warnings


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize("zone", [None, "UTC"])
@pytest.mark.parametrize(
    "shape", [{"days": 5}, {"days": 40}, {"days": 40, "early": True}, {"days": 40, "gap": 37}]
)
def test_the_last_days_say_what_all_days_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timezone: str, zone: str | None, shape: dict
) -> None:
    text = f"timezone: {timezone}\nsources: {{events: {{frame: events, user: user, time: at, event: event}}}}"
    (tmp_path / "metrics.yaml").write_text(text, encoding="utf-8")

    def look() -> tuple[object, object]:
        metrics = Metrics.open(tmp_path / "metrics.yaml", frames={"events": make_frame(**shape, zone=zone)})
        source = metrics._sources.get("events")
        metrics.close()
        return source.coverage, dict(source.event_counts)

    found = look()
    assert found[0].complete_through < found[0].end or not shape.get("early")
    monkeypatch.setattr(coverage, "_count_ends", lambda *_: None)
    assert look() == found
