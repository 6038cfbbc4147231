"""Amounts and days that are written as text."""

from collections.abc import Callable

import pandas as pd
import pytest

from tests.tools.conftest import Opener
from tools.errors import SourceUnavailable

METRICS = "metrics: {gmv: {kind: event_sum, event: buy, property: amount}}\n"
Total = Callable[[list[str]], float | None]


@pytest.fixture
def open_amounts(open_workspace: Opener) -> Total:
    """Sum amounts as they are written, each of a purchase on one day."""

    def total(amounts: list[str]) -> float | None:
        rows = {"user": "a", "event": "buy", "at": "2026年3月5日 8:30", "amount": amounts}
        opened = open_workspace(pd.DataFrame(rows), extra=METRICS)
        return (
            opened.run("measure_metric", metric="gmv", start="2026-03-05", end="2026-03-05").figures[0].value
        )

    return total


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        # 1234.50 + 20 - 12 = 1242.50
        (["¥1,234.50", "￥20", "(12.00)"], 1242.5),
        (["USD 1,234.50", "$20.00", "-$12.00"], 1242.5),
        # 1234.50 + 20.25 + 1000000 = 1001254.75, in three ways to set thousands apart
        (["1 234,50 €", "20,25", "1.000.000,00 €"], 1_001_254.75),
        (["1’234.50", "20.25", "1,000,000"], 1_001_254.75),
        # what is missing adds nothing
        (["1,234.50", "-", "n/a", "", "无"], 1234.5),
        # thousands alone tell nothing, but beside 0.5 they are thousands: 1234 + 0.5
        (["1,234", "0.5"], 1234.5),
    ],
)
def test_amounts_as_people_write_them(open_amounts: Total, amounts: list[str], total: float) -> None:
    assert open_amounts(amounts) == total


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (["¥5", "免费"], "1 of its 2 values are no amounts, such as 免费"),
        (["1,234.50", "1.234,50"], "1 amount is written as 1,234.50 and 1 as 1.234,50"),
        (["1,234", "2,500"], "whether 1,234 has thousands or decimals"),
    ],
)
def test_what_no_sum_can_be_made_of_is_said(open_amounts: Total, amounts: list[str], words: str) -> None:
    with pytest.raises(SourceUnavailable) as refused:
        open_amounts(amounts)
    assert words in refused.value.en
    assert "amount" in refused.value.zh


@pytest.mark.parametrize(
    "written", ["2026年3月5日 8:30", "2026年03月05日", "2026/3/5 8:30", "2026/03/05", "2026-3-5 8:30:00"]
)
def test_days_with_the_year_first(open_workspace: Opener, written: str) -> None:
    rows = {"user": ["a"], "event": ["buy"], "at": [written]}
    opened = open_workspace(pd.DataFrame(rows), extra="metrics: {n: {kind: event_count, event: buy}}\n")
    result = opened.run("measure_metric", metric="n", start="2026-03-05", end="2026-03-05")
    assert result.figures[0].value == 1
