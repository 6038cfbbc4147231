"""Experiments made of lists: who was assigned when, and what they did."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tests.tools.conftest import Workspace

START = pd.Timestamp("2026-03-02")

METRICS = """
dimensions: {channel: {column: channel}}
metrics:
  buyers: {kind: unique_users, event: buy}
  purchases: {kind: event_count, event: buy}
  revenue: {kind: event_sum, event: buy, property: amount}
  basket: {kind: ratio, numerator: {event: buy, property: amount}, denominator: {event: buy}, unit: currency}
  next_day: {kind: retention, return_event: open, at: 1}
  active_days: {kind: active_users, event: open}
  refunders: {kind: unique_users, event: refund, good: down}
  checkout: {kind: conversion, steps: [open, buy], window: 1h}
"""


def declare(metrics: str = "[buyers]", **more: Any) -> str:
    """Return metrics.yaml's part on one experiment, assigned by a CSV file."""
    lines = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return (
        f"{METRICS}experiments:\n  test:\n"
        "    assignments: {path: assigned.csv, user: user, time: at, arm: arm}\n"
        "    control: a\n    start: 2026-03-02\n    end: 2026-03-08\n"
        f"    metrics: {metrics}\n{lines}"
    )


class Laboratory:
    """Opens workspaces with an experiment."""

    def __init__(self, open_workspace: Callable[..., Workspace], folder: Path) -> None:
        self._open, self._folder = open_workspace, folder

    def open(
        self,
        assigned: Sequence[tuple],
        events: Sequence[tuple],
        extra: str = "",
        *,
        source: str | None = None,
    ) -> Workspace:
        """Open (user, arm, day) and (user, event, day[, amount]); days count from 2 March 2026, fractions are hours.

        One more user, in no arm, does everything on days -20 and 30, so that the data reaches that far.
        """
        table = pd.DataFrame(assigned, columns=["user", "arm", "day"])
        table["at"] = START + pd.to_timedelta(table.pop("day"), unit="D")
        table.to_csv(self._folder / "assigned.csv", index=False)
        whole = [*events, *(("last", name, day) for name in ("open", "buy", "refund") for day in (-20, 30))]
        rows = [(*row, *(0.0, "web")[len(row) - 3 :]) for row in whole]
        frame = pd.DataFrame(rows, columns=["user", "event", "day", "amount", "channel"])
        frame["at"] = START + pd.to_timedelta(frame.pop("day"), unit="D")
        frame["user"] = frame["user"].astype(str)
        return self._open(frame, extra=extra or declare(), **({"source": source} if source else {}))
