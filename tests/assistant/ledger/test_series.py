"""What the rows of a table give together, and figures that are known by their value alone."""

import pytest

from assistant.ledger.checking import Ledger
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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # the cells of a row, told behind its heads: the unit is that of the head
        ("- 渠道：微信；下半年预算（元）：50,000；月度上限（元）：10,000", ["50,000", "10,000"]),
        ("- 渠道：微信；下半年预算（元）：5,000；月度上限（元）：10,000", ["10,000"]),
        ("- 渠道：微信；下半年预算（万元）：50,000", []),
        # that of the row's own head holds for all its cells
        ("- GMV (yuan); this week: 108,896; week before: 113,859", ["108,896", "113,859"]),
        ("- GMV (yuan); this week: 108,986", []),
    ],
)
def test_a_cell_told_behind_its_head_has_the_unit_of_the_head(line: str, expected: list[str]) -> None:
    passage = (
        "| 渠道 | 下半年预算（元） | 月度上限（元） |\n|---|---|---|\n| 微信 | 50,000 | 10,000 |\n\n"
        "| | This week | Week before |\n|---|---|---|\n| GMV (yuan) | 108,896 | 113,859 |"
    )
    book = Ledger({}, set(), {"1": passage}, "?")
    records = [record for _, record in book.account(line, cited=["1"])]
    assert [record.text for record in records if record.status != "unsupported"] == expected
