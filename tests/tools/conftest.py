"""A workspace made of a list of events."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tools import MetricResult, Metrics

SOURCE = "{frame: events, user: user, time: at, event: event}"


class Workspace:
    """Metrics over a frame of events, with a short way to run a tool as the owner."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics

    def run(self, name: str, **arguments: Any) -> MetricResult:
        return self.metrics.run(name, arguments, teams=None)

    def values(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Run a tool and return its figures by name, segments left out."""
        return {f.name: f.value for f in self.run(name, **arguments).figures if f.segment is None}


Opener = Callable[..., Workspace]


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Opener]:
    opened: list[Metrics] = []

    def open_(
        events: Any,
        *,
        source: str = SOURCE,
        timezone: str = "UTC",
        extra: str = "",
        frames: dict[str, pd.DataFrame] | None = None,
    ) -> Workspace:
        """Open events given as a DataFrame or as rows (user, event, time[, channel]), and further frames by name."""
        frame = events if isinstance(events, pd.DataFrame) else make_events(events)
        path = tmp_path / "metrics.yaml"
        path.write_text(f"timezone: {timezone}\nsources:\n  events: {source}\n{extra}", encoding="utf-8")
        metrics = Metrics.open(path, frames={"events": frame, **(frames or {})})
        opened.append(metrics)
        return Workspace(metrics)

    yield open_
    for metrics in opened:
        metrics.close()


def make_events(rows: list[tuple]) -> pd.DataFrame:
    columns = ["user", "event", "at", "channel"][: len(rows[0])] if rows else ["user", "event", "at"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["user"] = frame["user"].astype(str)
    frame["at"] = pd.to_datetime(frame["at"], format="ISO8601")
    return frame
