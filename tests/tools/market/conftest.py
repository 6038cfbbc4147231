"""Notes on competitors as rows, beside a source of one event that the tools never open."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from tests.tools.conftest import Opener, Workspace

COLUMNS = ("competitor", "date", "feature", "value", "source", "note")
Row = tuple[str, ...]
NoteOpener = Callable[..., Workspace]


def frame_notes(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows of (competitor, date, feature, value[, source[, note]])."""
    return pd.DataFrame([row + ("",) * (6 - len(row)) for row in rows], columns=COLUMNS)


@pytest.fixture
def open_notes(open_workspace: Opener) -> NoteOpener:
    def open_(rows: Sequence[Row], keys: str = "", **options: Any) -> Workspace:
        market = f"market: {{frame: notes{keys and ', ' + keys}}}\n"
        frames = {"notes": frame_notes(rows)}
        return open_workspace([(1, "visit", "2026-09-28")], extra=market, frames=frames, **options)

    return open_
