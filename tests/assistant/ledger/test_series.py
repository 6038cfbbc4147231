"""What the rows of a table give together, and figures that are known by their value alone."""

import pytest

from tests.assistant.ledger.test_checking import evidence, figure
from tests.assistant.ledger.test_claims import shown

#: Seven days of orders, 1,512 together and 216 on average; 26 and 27 September 2026 are a weekend.
_DAYS = [189, 211, 233, 217, 220, 231, 211]
ORDERS = evidence(
    "E1",
    figure("orders", 1_512, "orders", period="2026-09-21/2026-09-27", label="支付订单数"),
    table={
        "columns": ["period", "value"],
        "rows": [[f"2026-09-{21 + at}", value] for at, value in enumerate(_DAYS)],
    },
)
SPENT = evidence(
    "E1",
    figure("spend", 100_000.0, "currency:CNY", label="花费"),
    table={
        "columns": ["material", "spend", "users"],
        "rows": [["video", 26_411.0, 1_267], ["banner", 73_589.0, 2_901]],
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # (231 + 211) / 2 = 221 on the weekend; 189 to 211 on the day after: 22 more, 11.6 %
        ("周末日均 221 单，全周日均 216 单", ["221", "216"]),
        ("周末日均 212 单", []),
        ("9 月 22 日比前一天多 22 单，增长 11.6%", ["9 月 22 日", "22", "11.6%"]),
        ("9 月 22 日比前一天多 22 单，增长 16.1%", ["9 月 22 日", "22"]),
        # a weekday is the day of the measurement that it names
        ("周三 233 单，周一 189 单", ["233", "189"]),
        ("Wednesday had 217 orders", []),
        # no other row has the value; a row that is named must be the row
        ("it began at 189 orders", ["189"]),
        ("it began at 198 orders", []),
    ],
)
def test_rows_of_days_give_means_and_growth(text: str, expected: list[str]) -> None:
    assert shown(ORDERS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 26,411 of 26,411 + 73,589 is 26.4 %
        ("Video accounts for 26.4% of the spend", ["26.4%"]),
        ("Video accounts for 24.6% of the spend", []),
        ("Video brought 1,267 users", ["1,267"]),
        ("Video brought 2,901 users", []),
        # the unit that the head of a column names
        ("| 素材 | 花费（万元） |\n| video | 2.64 |", ["2.64"]),
        ("| 素材 | 花费（万元） |\n| video | 2.46 |", []),
    ],
)
def test_cells_are_parts_of_their_column(text: str, expected: list[str]) -> None:
    assert shown(SPENT, text) == expected
