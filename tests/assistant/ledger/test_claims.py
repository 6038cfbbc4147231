"""What the figures of a sentence tell of each other: restated, of one row, told of two things, set against another."""

import pytest

from assistant.answer import DefinitionLine, Evidence
from assistant.ledger.checking import Ledger
from assistant.ledger.lexicon import Lexicon
from tests.assistant.ledger.test_checking import evidence, figure

LEXICON = Lexicon({}, {}, better_low={"refund_rate": frozenset({"退款率", "refund rate"})})
#: 162,000 yuan in seven days from 3,000 buyers of 12,000 users: a quarter of them, 54 yuan each, 23,143 a day.
SALES = evidence(
    "E1",
    figure("gmv", 162_000.0, "currency:CNY", period="2026-09-21/2026-09-27", label="成交额"),
    figure("arpu", 13.5, "currency:CNY", period="2026-09-21/2026-09-27", label="ARPU（人均收入）"),
    figure("arppu", 54.0, "currency:CNY", period="2026-09-21/2026-09-27", label="ARPPU（付费用户人均收入）"),
    figure("users", 12_000, "users", label="用户"),
    figure("payers", 3_000, "users", label="付费用户"),
    figure("retention_day_3", 0.2371, "ratio", label="第 3 日留存率"),
    figure("retention_day_7", 0.1744, "ratio", label="第 7 日留存率"),
    figure("cac", 21.30, "currency:CNY", label="CAC（付费渠道获客成本）"),
    figure("blended_cac", 16.61, "currency:CNY", label="综合获客成本（含未付费渠道的用户）"),
    table={
        "columns": ["window", "days", "users", "share"],
        "rows": [["all", 1, 4416, 0.2844], ["all", 2, 2855, 0.1838]],
    },
)
REFUNDS = evidence(
    "E1",
    figure("refund_rate", 0.041, "ratio", period="2026-09-21/2026-09-27"),
    figure("refund_rate_before", 0.0395, "ratio", period="2026-09-14/2026-09-20"),
    figure("change", 0.0015, "ratio_change"),
    arguments={"metric": "refund_rate"},
    title="退款率",
)


def shown(item: Evidence, text: str) -> list[str]:
    """Return the figures of an answer, line by line, that something accounts for."""
    book = Ledger({"E1": item}, {"E1"}, {}, "?", lexicon=LEXICON)
    found = [pair for line in text.split("\n") for pair in book.account(line, cited=["E1"])]
    return [record.text for _, record in found if record.status != "unsupported"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # restated by an exact figure beside it, which may itself be derived: 3,000 / 12,000
        ("12,000 人中有 3,000 人付费，约四分之一（25.0%）。", ["12,000", "3,000", "四分之一", "25.0%"]),
        ("12,000 人中有 3,000 人付费，约四分之一（52.0%）。", ["12,000", "3,000", "四分之一"]),
        # 162,000 / 7 = 23,142.86
        ("日均约 2.31 万元", ["2.31 万元"]),
        ("日均约 2.13 万元", []),
        ("About ¥23,100 a day", ["¥23,100"]),
        # a rate of so many in a hundred; the share that a rate leaves out: 100 - 17.44
        ("每 100 个用户里有 17 个第 7 日留下", ["每 100 个用户里有 17 个"]),
        ("第 7 日有 82.6% 的用户没有回来", ["82.6%"]),
        ("第 7 日有 86.2% 的用户没有回来", []),
        # the row is told by its number, or by the other figure of the row
        ("只来 1 天的有 4,416 人", ["1", "4,416"]),
        ("4,416 人（28.4%）只来一次", ["4,416", "28.4%"]),
        ("4,416 人（18.4%）只来一次", []),
        # bare figures of money where they are scaled, and by the head of a table's column
        ("成交额约 16.2 万", ["16.2 万"]),
        ("| 指标 | 值（元） |\n|---|---|\n| 成交额 | 162,000 |", ["162,000"]),
    ],
)
def test_figures_account_for_figures_beside_them(text: str, expected: list[str]) -> None:
    assert shown(SALES, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARPU 13.5 元，ARPPU 54 元", ["13.5 元", "54 元"]),
        ("ARPU 54 元", []),
        ("第 7 日留存 17.4%", ["17.4%"]),
        ("第 3 日留存 17.4%", []),
        ("| 天数 | 留存 |\n|---|---|\n| D3 | 23.7% |\n| D7 | 17.4% |", ["23.7%", "17.4%"]),
        ("| 天数 | 留存 |\n|---|---|\n| D3 | 17.4% |", []),
        ("CAC 为 21.3 元", ["21.3 元"]),
        ("CAC 为 16.61 元", []),
        ("综合获客成本为 16.61 元", ["16.61 元"]),
        # one figure of two things is of neither; said once more about the same it may be
        ("用户 3,000 人，付费用户 3,000 人", []),
        ("| 项目 | 人数 |\n|---|---|\n| 用户 | 3,000 |\n| 付费用户 | 3,000 |", ["3,000"]),
    ],
)
def test_a_figure_goes_by_its_own_name(text: str, expected: list[str]) -> None:
    assert shown(SALES, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("退款率由 4.0% 恶化到 4.1%", ["4.0%", "4.1%"]),
        ("退款率由 4.0% 改善到 4.1%", []),
        ("The refund rate worsened by 0.15 pp.", ["0.15 pp"]),
        ("The refund rate improved by 0.15 pp.", []),
        ("退款率为 4.1%，有所好转", []),
        # a level that is set against the period before, and two that are set against each other
        ("退款率 4.1%，比前一周略高", ["4.1%"]),
        ("退款率 4.1%，比前一周略低", []),
        ("退款率下降，为 4.1%", []),
        ("4.1%，高于前一周的 3.95%", ["4.1%", "3.95%"]),
        ("4.1%，低于前一周的 3.95%", ["4.1%"]),
        ("It rose to 4.1% from 3.95%.", ["4.1%", "3.95%"]),
        ("It fell to 4.1% from 3.95%.", []),
    ],
)
def test_better_and_worse_are_what_metrics_yaml_calls_good(text: str, expected: list[str]) -> None:
    assert shown(REFUNDS, text) == expected


def test_in_a_document_too() -> None:
    text = "调整后退款率从 5.2% 升到 6.1%，投诉 120 件。"
    book = Ledger({}, set(), {"1": text}, "?", lexicon=LEXICON)
    for answer, known in (
        ("退款率从 5.2% 恶化到 6.1%", ["citation"] * 2),
        ("退款率从 5.2% 改善到 6.1%", ["citation", "unsupported"]),
    ):
        assert [r.status for _, r in book.account(answer, cited=["1"])] == known


def test_the_only_passage_accounts_for_sentences_without_a_marker() -> None:
    passages = {"1": "预算 46 万元，机动金占 8%。"}
    assert [r.status for _, r in Ledger({}, set(), passages, "?").account("预算 46 万元。", cited=[])] == [
        "citation"
    ]
    two = passages | {"2": "无关。"}
    assert [r.status for _, r in Ledger({}, set(), two, "?").account("预算 46 万元。", cited=[])] == [
        "unsupported"
    ]


def test_what_a_measurement_says_twice_in_its_words_is_said_twice():
    prices = (
        "会员月费：灯市 ¥12/月（2026-04-08）；青禾市集 ¥12/月（2026-09-18）；南枝集 ¥14.9/月（2026-07-08）"
    )
    item = evidence("E1", figure("cells", 3, "cells"), definition=(DefinitionLine(label="格", value=prices),))
    days = ["2026-04-08", "2026-09-18", "2026-07-08"]
    assert shown(item, f"- {prices}") == ["¥12", days[0], "¥12", days[1], "¥14.9", days[2]]
    table = {"columns": ["company", "value"], "rows": [["灯市", "¥12/月"], ["青禾市集", "¥12/月"]]}
    item = evidence("E1", figure("cells", 3, "cells"), table=table)
    assert shown(item, "灯市 ¥12/月；青禾市集 ¥12/月") == ["¥12", "¥12"]
    assert "¥12" not in shown(item, "灯市 ¥12/月；青禾市集 ¥12/月；兰巷 ¥12/月")


def test_what_a_measurement_says_twice_is_not_said_of_a_third():
    prices = (
        "会员月费：灯市 ¥12/月（2026-04-08）；青禾市集 ¥12/月（2026-09-18）；南枝集 ¥14.9/月（2026-07-08）"
    )
    item = evidence("E1", figure("cells", 3, "cells"), definition=(DefinitionLine(label="格", value=prices),))
    # Of a third company the measurement does not say so, and then it is not told of whom it does.
    assert "¥12" not in shown(item, f"- {prices.replace('¥14.9', '¥12')}")
