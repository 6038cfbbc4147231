"""The ledger: each way a numeral is accounted for, and what none accounts for."""

import pytest

from assistant.answer import DefinitionLine, Evidence, EvidenceFigure
from assistant.ledger import Ledger


def figure(name: str, value: float | None, unit: str, **more: object) -> EvidenceFigure:
    return EvidenceFigure(name=name, value=value, unit=unit, label=name, text="", **more)


def evidence(marker: str, *figures: EvidenceFigure, **more: object) -> Evidence:
    fields: dict = {
        "tool": "measure_metric",
        "title": "次日留存率",
        "arguments": {"start": "2026-09-21", "end": "2026-09-27", "window": 7},
        "definition": (DefinitionLine(label="口径", value="自然日"),),
        "source": "events",
        "data_as_of": "2026-09-27T23:59:59+08:00",
    }
    return Evidence(marker=marker, figures=figures, **(fields | more))


RETENTION = evidence(
    "E1",
    figure("value", 0.41234, "ratio", n=5321, period="2026-09-21/2026-09-27", interval=(0.3991, 0.4256)),
    figure("before", 0.4952, "ratio", n=5100, period="2026-09-14/2026-09-20"),
    figure("change", -0.08286, "ratio_change"),
)
ORDERS = evidence(
    "E2",
    figure("gmv", 1234567.0, "currency:CNY"),
    figure("orders", 12345, "orders"),
    figure("orders_before", 10000, "orders"),
    figure("lift", 2.5, "multiple"),
    table={"columns": ["version", "orders", "rate"], "rows": [["5.2", 777, 0.123]], "total_rows": 1},
)
EARLIER = evidence("E3", figure("value", 98765, "users"))


def ledger(question: str = "上周 35% 的目标达成了吗？", **passages: str) -> Ledger:
    texts = {"1": "2025 年的报告：留存为 45%，共 8,000 人，预算 3 万元。"} | passages
    return Ledger(
        {"E1": RETENTION, "E2": ORDERS, "E3": EARLIER},
        {"E1", "E2"},
        texts,
        question,
        names=["D1 留存", "618 大促", "5.2"],
    )


def statuses(text: str, *cited: str, **options: str) -> list[tuple[str, str, str | None]]:
    return [(r.text, r.status, r.source) for _, r in ledger(**options).account(text, cited=cited)]


@pytest.mark.parametrize(
    ("text", "cited", "status", "source"),
    [
        # figures, their samples and intervals
        ("41.2%", ["E1"], "evidence", "E1.value"),
        ("41%", ["E1"], "evidence", "E1.value"),
        ("41.23%", ["E1"], "evidence", "E1.value"),
        ("四成", ["E1"], "evidence", "E1.value"),
        ("百分之四十一", ["E1"], "evidence", "E1.value"),
        ("5,321", ["E1"], "evidence", "E1.value.n"),
        ("42.6%", ["E1"], "evidence", "E1.value.interval"),
        ("41.2%", [], "evidence", "E1.value"),
        # rounding: half of the last digit, no more
        ("41.3%", ["E1"], "unsupported", None),
        ("44%", ["E1"], "unsupported", None),
        ("41.24%", ["E1"], "unsupported", None),
        # signs: written ones must agree, a word may carry them
        ("8.3 pp", ["E1"], "evidence", "E1.change"),
        ("-8.3 pp", ["E1"], "evidence", "E1.change"),
        ("+8.3 pp", ["E1"], "derived", "E1: before - value"),
        ("-41.2%", ["E1"], "unsupported", None),
        # points are not percent
        ("8.3 个百分点", ["E1"], "evidence", "E1.change"),
        ("8.3%", ["E1"], "unsupported", None),
        ("41.2 pp", ["E1"], "unsupported", None),
        # counts, money, multiples
        ("12,345", ["E2"], "evidence", "E2.orders"),
        ("1.2万", ["E2"], "evidence", "E2.orders"),
        ("12.3k", ["E2"], "evidence", "E2.orders"),
        ("¥1,234,567", ["E2"], "evidence", "E2.gmv"),
        ("123 万元", ["E2"], "evidence", "E2.gmv"),
        ("¥12,345", ["E2"], "unsupported", None),
        ("2.5 倍", ["E2"], "evidence", "E2.lift"),
        # the table, the definition, the arguments
        ("777", ["E2"], "evidence", "E2.table"),
        ("12.3%", ["E2"], "evidence", "E2.table"),
        ("7 天", ["E1"], "evidence", "E1.arguments"),
        ("5.2", ["E2"], "evidence", "E2.definition"),
        # dates
        ("2026-09-21", ["E1"], "evidence", "E1.period"),
        ("9月21日", ["E1"], "evidence", "E1.period"),
        ("9月21日至27日", ["E1"], "evidence", "E1.period"),
        ("September 27", ["E1"], "evidence", "E1.period"),
        ("2026-09-22", ["E1"], "unsupported", None),
        ("9月21日至28日", ["E1"], "unsupported", None),
        # the passage that is cited
        ("45%", ["1"], "citation", "1"),
        ("8,000", ["1"], "citation", "1"),
        ("8000", ["1"], "citation", "1"),
        ("3 万元", ["1"], "citation", "1"),
        ("2025 年", ["1"], "citation", "1"),
        ("45%", [], "unsupported", None),
        ("45.0%", ["1"], "citation", "1"),
        ("46%", ["1"], "unsupported", None),
        # the question
        ("35%", [], "question", "question"),
        ("35 pp", [], "unsupported", None),
        # derivations
        ("23.45%", ["E2"], "derived", "E2: orders / orders_before - 1"),
        ("2,345", ["E2"], "derived", "E2: orders - orders_before"),
        ("83.3%", ["E1"], "derived", "E1: value / before"),
        ("1.2 倍", ["E1"], "derived", "E1: before / value"),
        # another turn's measurement counts only where it is cited
        ("98,765", ["E3"], "evidence", "E3.value"),
        ("98,765", [], "unsupported", None),
        ("98,765", ["E1"], "unsupported", None),
        # nothing
        ("97.3%", ["E1", "E2", "1"], "unsupported", None),
        ("97.3%", ["9", "E9"], "unsupported", None),
    ],
)  # fmt: skip
def test_status(text: str, cited: list[str], status: str, source: str | None) -> None:
    (found,) = statuses(text, *cited)
    assert found[1:] == (status, source)


def test_a_quoted_span_is_a_citation_whatever_its_numerals() -> None:
    text = "记录：“留存为 45%，共 8,000 人，预算 3 万元。”当时是 41.2%。"
    assert [(t, s, m) for t, s, m in statuses(text, "1", "E1")] == [
        ("45%", "citation", "1"),
        ("8,000", "citation", "1"),
        ("3 万元", "citation", "1"),
        ("41.2%", "evidence", "E1.value"),
    ]


def test_a_quotation_within_a_quotation() -> None:
    found = statuses("“他说“91%”就够了，92%。”", "2", **{"2": "会上：他说“91%”就够了，92%。"})
    assert [status for _, status, _ in found] == ["citation", "citation"]


def test_an_altered_quotation_is_none() -> None:
    assert statuses("“留存为 46%”", "1") == [("46%", "unsupported", None)]
    assert statuses("“留存为 45%”") == [("45%", "unsupported", None)]


def test_a_direction_needs_no_sign() -> None:
    assert statuses("下降 8.3 个百分点", "E1")[0][1] == "evidence"


@pytest.mark.parametrize("text", ["D1 留存", "618 大促", "见 [1] 和 [E2]。", "1. 首先\n2. 其次"])
def test_names_markers_and_list_numbers_are_left_alone(text: str) -> None:
    assert statuses(text) == []


@pytest.mark.parametrize(
    "text", ["USD1777", "GMV5000万", "D1 留存率为 97.3%", "D1留存率为97.3%", "618", "5.2 pp", "15.2%"]
)
def test_a_name_hides_no_figure(text: str) -> None:
    assert [status for _, status, _ in statuses(text)] == ["unsupported"]


def test_a_figure_without_a_value_accounts_for_nothing() -> None:
    empty = Ledger({"E1": evidence("E1", figure("value", None, "ratio"))}, {"E1"}, {}, "?")
    assert [r.status for _, r in empty.account("0%，41%", cited=["E1"])] == ["unsupported", "unsupported"]


def test_division_by_zero_is_no_derivation() -> None:
    zero = evidence("E1", figure("a", 0.0, "users"), figure("b", 5.0, "users"))
    found = Ledger({"E1": zero}, {"E1"}, {}, "?").account("300%", cited=["E1"])
    assert found[0][1].status == "unsupported"


def test_the_record_keeps_text_value_and_unit() -> None:
    ((_, record),) = ledger().account("下降 8.3 个百分点", cited=["E1"])
    assert (record.text, record.value, record.unit) == ("8.3 个百分点", 8.3, "pp")
