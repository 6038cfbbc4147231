"""A workspace with a list of demands beside a few events."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.tools.conftest import Opener, Workspace

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}
# Five users: 1, 2 and 3 on Android, 4 and 5 on iOS; 1, 2 and 4 pay; 5 is only there in February.
EVENTS = [
    (1, "visit", "2026-03-02", "android"),
    (2, "visit", "2026-03-03", "android"),
    (3, "visit", "2026-03-03", "android"),
    (4, "visit", "2026-03-04", "ios"),
    (5, "visit", "2026-02-04", "ios"),
    (1, "pay", "2026-03-05", "android"),
    (2, "pay", "2026-03-06", "android"),
    (4, "pay", "2026-03-30", "ios"),
]
EXTRA = """
dimensions:
  platform:
    column: channel
    names: {zh: 平台, en: platform}
    values: {android: {names: {zh: 安卓, en: Android}}, ios: {names: {zh: 苹果, en: iOS}}}
events: {visit: {}, pay: {names: {zh: 支付, en: payment}}}
segments:
  payers: {names: {zh: 付费用户, en: payers}, as_of: end, rule: {count: pay, at_least: 1}}
"""
Ranker = Callable[..., Any]


@pytest.fixture
def open_list(open_workspace: Opener) -> Callable[..., Workspace]:
    """Open a list of demands given as records, with further settings of it and a survey."""

    def open_(
        records: list[dict[str, Any]],
        settings: str = "",
        survey: list[tuple] | None = None,
        events: Any = EVENTS,
        answers: list[tuple] | None = None,
        more: dict[str, pd.DataFrame] | None = None,
        **options: Any,
    ) -> Workspace:
        asked_about = pd.DataFrame(
            survey or answers or [], columns=["demand", "who", "functional", "dysfunctional"], dtype=object
        )
        asked = ", survey: {frame: survey, respondent: who}" if survey else ""
        declared = f"demands: {{backlog: {{frame: demands{asked}{settings}}}}}"
        written = [{k: None if v is None else str(v) for k, v in r.items()} for r in records]
        frames = {"demands": pd.DataFrame(written), "survey": asked_about, **(more or {})}
        return open_workspace(events, extra=f"{EXTRA}{declared}\n", frames=frames, **options)

    return open_


@pytest.fixture
def rank_list(open_list: Callable[..., Workspace]) -> Ranker:
    """Open a list and rank it over March."""

    def rank_(records: list[dict[str, Any]], settings: str = "", survey: Any = None, **arguments: Any) -> Any:
        return open_list(records, settings, survey).run("rank_demands", **MARCH, **arguments)

    return rank_


def demand(name: str, **scores: Any) -> dict[str, Any]:
    """Make a demand with scores that give 100 points by RICE: 100 x 2 x 50 % / 1."""
    usual = {
        "id": name,
        "title": f"Do {name}",
        "reach": 100,
        "impact": 2,
        "confidence": "50%",
        "effort": 1,
        "ease": 5,
    }
    return usual | scores
