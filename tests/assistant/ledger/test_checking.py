"""The ledger: each way a numeral is accounted for, and what none accounts for."""

import random

import pytest

from assistant.answer import DefinitionLine, Evidence, EvidenceFigure
from assistant.ledger.checking import Ledger
from assistant.ledger.lexicon import Lexicon
from tools.results import format_value


def figure(name: str, value: float | None, unit: str, **more: object) -> EvidenceFigure:
    text = format_value(value, unit, "zh")
    return EvidenceFigure(
        **({"name": name, "value": value, "unit": unit, "label": name, "text": text} | more)
    )


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
    figure("value_before", 0.4952, "ratio", n=5100, period="2026-09-14/2026-09-20"),
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
        ("区间上限 42.6%", ["E1"], "evidence", "E1.value.interval"),
        ("42.6%", ["E1"], "unsupported", None),
        # without the marker: only as the tool writes it
        ("41.2%", [], "evidence", "E1.value"),
        ("41.2 %", [], "evidence", "E1.value"),
        ("41.23%", [], "evidence", "E1.value"),
        ("41%", [], "unsupported", None),
        ("四成", [], "unsupported", None),
        ("四成", ["E2"], "unsupported", None),
        ("百分之四十一", [], "unsupported", None),
        ("5,321", [], "unsupported", None),
        ("42.6%", [], "unsupported", None),
        ("12,345", [], "evidence", "E2.orders"),
        ("1.2万", [], "unsupported", None),
        ("777", [], "unsupported", None),
        ("12.3%", [], "unsupported", None),
        ("7 天", [], "unsupported", None),
        # samples are counts, intervals and cells are not rounded
        ("5,321%", ["E1"], "unsupported", None),
        ("40%", ["E1"], "unsupported", None),
        ("43%", ["E1"], "unsupported", None),
        ("12%", ["E2"], "unsupported", None),
        ("12.3 pp", ["E2"], "unsupported", None),
        # rounding: half of the last digit, no more
        ("41.3%", ["E1"], "unsupported", None),
        ("44%", ["E1"], "unsupported", None),
        ("41.24%", ["E1"], "unsupported", None),
        # signs: written ones must agree, a word may carry them
        ("8.3 pp", ["E1"], "evidence", "E1.change"),
        ("-8.3 pp", ["E1"], "evidence", "E1.change"),
        ("+8.3 pp", ["E1"], "unsupported", None),
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
        ("5.2 版 777", ["E2"], "evidence", "E2.table"),
        ("5.2 版 12.3%", ["E2"], "evidence", "E2.table"),
        ("777", ["E2"], "evidence", "E2.table"),  # no other figure has the value
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
        ("83.3%", ["E1"], "derived", "E1: value / value_before"),
        ("-16.7%", ["E1"], "derived", "E1: value / value_before - 1"),
        ("16.7%", [], "unsupported", None),
        ("16.7%", ["E2"], "unsupported", None),
        ("+16.7%", ["E1"], "unsupported", None),
        ("1.2 倍", ["E1"], "unsupported", None),
        ("99.0 倍", ["E2"], "unsupported", None),
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


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("下降 8.3 个百分点", "evidence"),
        ("fell by 8.3 pp", "evidence"),
        ("8.3 pp lower", "evidence"),
        ("a drop of **8.3 pp**", "evidence"),
        ("上升 8.3 个百分点", "unsupported"),
        ("增长了 8.3 个百分点", "unsupported"),
        ("rose by 8.3 pp", "unsupported"),
        ("8.3 pp higher", "unsupported"),
        ("an increase of 8.3 pp", "unsupported"),
        ("下降 16.7%", "derived"),
        ("上升 16.7%", "unsupported"),
        ("fell to 41.2%", "evidence"),
        ("fell 41.2%", "unsupported"),
        ("下降 41.2%", "unsupported"),
    ],
)
def test_direction_words_agree_with_the_sign(text: str, status: str) -> None:
    assert statuses(text, "E1")[0][1] == status


def _by_channel() -> Evidence:
    parts = (
        ("douyin", "抖音", 0.4111, 0.2441),
        ("organic", "自然量", 0.4821, 0.4697),
        ("ios", "iOS", 0.5012, 0.5034),
    )
    return evidence(
        "E1",
        *(
            figure(name, value, "ratio", segment=f"channel={segment}", label=f"渠道 = {label}:变化", n=n)
            for segment, label, before, after in parts
            for name, value, n in (("segment_before", before, 381), ("segment_after", after, 392))
        ),
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("抖音 24.4%", "evidence"),
        ("抖音 24%", "evidence"),
        ("Douyin 从 41.1% 到 24.4%", "evidence"),
        ("抖音 47.0%", "unsupported"),
        ("douyin 47.0%", "unsupported"),
        ("自然量 24.4%", "unsupported"),
        ("抖音与自然量：47.0%", "evidence"),
        ("抖音与自然量：50.3%", "unsupported"),
        ("某渠道 24.4%", "evidence"),
        ("某渠道 24%", "unsupported"),
        ("抖音下降 16.7 pp", "derived"),
        ("抖音上升 16.7 pp", "unsupported"),
        ("自然量下降 16.7 pp", "unsupported"),
        ("抖音 1.9 倍", "unsupported"),
        ("curiosity，某渠道 47.0%", "evidence"),
        ("47.0%", "unsupported"),
    ],
)
def test_a_named_segment_keeps_anothers_figures_out(text: str, status: str) -> None:
    found = Ledger({"E1": _by_channel()}, {"E1"}, {}, "?").account(text, cited=["E1"])
    assert {record.status for _, record in found} == {status}


WEEKS = evidence(
    "E1",
    figure("d1", 0.3878, "ratio", period="2026-09-21/2026-09-27"),
    figure("d1_before", 0.4432, "ratio", period="2026-09-14/2026-09-20"),
    figure("change", -0.0553, "ratio_change", period="2026-09-14/2026-09-20 → 2026-09-21/2026-09-27"),
    data_as_of="2026-09-28T23:00:00+08:00",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("上周次日留存 38.8%，前一周 44.3%。", "38.8% 44.3%"),
        ("上周次日留存 44.3%，前一周 38.8%。", ""),
        ("次日留存为 44.3%。", ""),
        ("9月14日至20日为 44.3%，9月21日至27日为 38.8%。", "9月14日至20日 44.3% 9月21日至27日 38.8%"),
        ("9月14日至20日为 38.8%。", "9月14日至20日"),
        ("从 44.3% 降到 38.8%。", "44.3% 38.8%"),
        ("从 44.3% 升到 38.8%。", ""),
        ("从 38.8% 降到 44.3%。", ""),
        ("44.3% → 38.8%", "44.3% 38.8%"),
        ("It was 38.8% last week against 44.3% the week before.", "38.8% 44.3%"),
        ("It was 38.8%, which is below the 44.3% of the week before.", "38.8% 44.3%"),
        ("It was 38.8%, which is above the 44.3% of the week before.", "38.8%"),
        ("Compared with 14–20 September it fell to 38.8%.", "14–20 September 38.8%"),
        ("Compared with the week before it fell to 44.3%.", ""),
        ("下降 5.5 个百分点", "5.5 个百分点"),
        ("下降 5.5%", ""),
        ("提高了 5.5 个百分点，由 44.3% 变成 38.8%", "44.3% 38.8%"),
        ("The prior week's 44.3% and this week's 38.8%", "44.3% 38.8%"),
    ],
)
def test_a_figure_of_one_period_is_not_anothers(text: str, shown: str) -> None:
    found = Ledger({"E1": WEEKS}, {"E1"}, {}, "?").account(text, cited=["E1"])
    assert " ".join(r.text for _, r in found if r.status != "unsupported") == shown


def test_a_tables_columns_say_which_period_is_meant() -> None:
    book = Ledger({"E1": WEEKS}, {"E1"}, {}, "?")
    for row, expected in (
        ("| 指标 | 上周 | 前一周 |\n", []),
        ("|---|---|---|\n", []),
        ("| 次日留存 | 38.8% | 44.3% |\n", ["evidence", "evidence"]),
        ("| 次日留存 | 44.3% | 38.8% |\n", ["unsupported", "unsupported"]),
    ):
        assert [r.status for _, r in book.account(row, cited=["E1"])] == expected


CHANNELS = evidence(
    "E1",
    figure("new", 645, "users"),
    figure("new", 381, "users", segment="channel=douyin", label="渠道 = 抖音：新增"),
    figure("new", 264, "users", segment="channel=organic", label="渠道 = 自然：新增"),
)


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("抖音 381，自然 264", ["evidence", "evidence"]),
        ("抖音、自然分别为 381 和 264", ["evidence", "evidence"]),
        ("抖音、自然分别为 264 和 381", ["unsupported", "unsupported"]),
        ("381 和 264 分别来自抖音、自然", ["evidence", "evidence"]),
        ("抖音（381），自然（264）", ["evidence", "evidence"]),
        ("抖音（264）", ["unsupported"]),
        ("新增 381", ["unsupported"]),
        ("抖音 645", ["unsupported"]),
        ("非抖音 381", ["unsupported"]),
        ("整体 645，其中抖音 381", ["evidence", "evidence"]),
        ("抖音和自然合计 645", ["evidence"]),
        ("抖音最多，有 381", ["evidence"]),
        ("抖音最多，有 264", ["unsupported"]),
        ("抖音占全部的 59.1%", ["derived"]),  # 381 / 645
        ("抖音比自然多 117", ["derived"]),  # 381 - 264
        ("抖音 381，是自然 264 的 1.4 倍", ["evidence", "evidence", "derived"]),  # 381 / 264 = 1.443
        ("抖音 381 单", ["unsupported"]),
    ],
)
def test_a_figure_of_one_segment_is_not_anothers(text: str, statuses: list[str]) -> None:
    found = Ledger({"E1": CHANNELS}, {"E1"}, {}, "?").account(text, cited=["E1"])
    assert [record.status for _, record in found] == statuses


def test_a_derivation_is_recorded_with_its_formula() -> None:
    ((_, _), (_, _), (_, share)) = Ledger({"E1": CHANNELS}, {"E1"}, {}, "?").account(
        "抖音 381，是自然 264 的 1.4 倍", cited=["E1"]
    )
    assert share.source == "E1.new[channel=douyin] / E1.new[channel=organic]"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("安卓支付成功率 74.5%", "citation"),
        ("安卓支付成功率 94.5%", "unsupported"),
        ("iOS 94.5%", "citation"),
        ("安卓前一周 90.9%", "citation"),
        ("安卓前一周 74.5%", "unsupported"),
        ("安卓从 90.9% 降到 74.5%", "citation"),
        ("安卓从 90.9% 升到 74.5%", "unsupported"),
        ("成交额 108,896 元", "citation"),
        ("成交额 108,896 单", "unsupported"),
    ],
)
def test_a_documents_figures_are_of_their_segment_and_period(text: str, status: str) -> None:
    lexicon = Lexicon(
        {"platform=android": frozenset(("安卓", "Android")), "platform=ios": frozenset(("iOS",))},
        {},
        frozenset(),
    )
    passage = (
        "| | 本周 | 前一周 |\n|---|---|---|\n| 安卓 | 74.5% | 90.9% |\n| iOS | 94.5% | 93.9% |\n"
        "| 成交额（元） | 108,896 | 113,859 |\n"
    )
    book = Ledger({}, set(), {"1": passage}, "?", lexicon=lexicon)
    assert book.account(text, cited=["1"])[-1][1].status == status


@pytest.mark.parametrize("language", ["zh", "en"])
def test_few_invented_percentages_are_accepted(language: str) -> None:
    generator = random.Random(language)
    parts = [(generator.uniform(0.1, 0.9), generator.uniform(0.1, 0.9)) for _ in range(12)]
    figures = [
        figure(name, value, unit, segment=f"channel=c{i}", n=generator.randrange(100, 9_000))
        for i, (before, after) in enumerate(parts)
        for name, value, unit in (
            ("segment_before", before, "ratio"),
            ("segment_after", after, "ratio"),
            ("contribution", (after - before) / 12, "ratio_change"),
            ("share_of_change", (after - before) * 2, "ratio"),
        )
    ]
    rows = [[f"c{i}", *part, generator.random()] for i, part in enumerate(parts)]
    table = {"columns": ["segment", "before", "after", "weight"], "rows": rows, "total_rows": 12}
    full = evidence("E1", *RETENTION.figures, *figures, table=table)
    for cited, most in (([], 5), (["E1"], 10)):
        book = Ledger({"E1": full}, {"E1"}, {}, "?")
        accepted = [
            n for n in range(1, 100) if book.account(f"x {n}%", cited=cited)[0][1].status != "unsupported"
        ]
        assert len(accepted) <= most, accepted


def test_a_measurements_own_words_are_accounted_for() -> None:
    warned = evidence(
        "E1",
        title="618 三天的成交额",
        definition=(DefinitionLine(label="口径", value="只算 14 天内首次下单的用户。按 3 个自然日去重。"),),
        warnings=("数据只到 9 月 28 日，实际统计 28 天。样本少于 30 人时不报。",),
    )
    book = Ledger({"E1": warned}, {"E1"}, {}, "?")
    for text in (
        warned.warnings[0],
        "样本少于 30 人时不报。",
        "《618 三天的成交额》",
        "口径：按 3 个自然日去重。",
    ):
        assert {record.status for _, record in book.account(text, cited=[])} == {"evidence"}
    assert book.account("样本少于 31 人时不报。", cited=[])[0][1].status == "unsupported"
    assert book.account("共 30 人", cited=[])[0][1].status == "unsupported"


@pytest.mark.parametrize("text", ["GMV 为 ¥2,618,321.25。[E1]", "GMV was ¥2,618,321.25. [E1]"])
def test_a_segment_named_by_digits_is_not_named_by_a_part_of_a_figure(text: str) -> None:
    total = evidence(
        "E1", figure("gmv", 2618321.25, "currency:CNY"), title="GMV", arguments={}, definition=()
    )
    lexicon = Lexicon({"campaign=618": frozenset(("618",))}, {})
    assert (
        Ledger({"E1": total}, {"E1"}, {}, "?", lexicon=lexicon).account(text, cited=["E1"])[0][1].status
        == "evidence"
    )


@pytest.mark.parametrize("text", ["D1 留存", "618 大促", "见 [1] 和 [E2]。", "1. 首先\n2. 其次"])
def test_names_markers_and_list_numbers_are_left_alone(text: str) -> None:
    assert statuses(text) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [("共 2 个版本。", "evidence"), ("Two rows: 2 versions.", "evidence"), ("DAU 为 2。", "unsupported"), ("DAU is 2.", "unsupported")],
)  # fmt: skip
def test_a_number_of_rows_is_told_with_what_they_are(text: str, status: str) -> None:
    table = {"columns": ["version", "share"], "rows": [["甲", 0.4], ["乙", 0.6]], "total_rows": 2}
    one = Ledger({"E1": evidence("E1", table=table, arguments={})}, {"E1"}, {}, "")
    assert [record.status for _, record in one.account(text, cited=[])][-1] == status


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


def test_a_tools_own_error_is_no_claim() -> None:
    error = "2026-10-01 至 2026-10-31 没有数据；数据覆盖 2026-03-31 至 2026-09-28。"
    book = Ledger({}, set(), {}, "?", statements=[error])
    assert book.account(f"抱歉：{error}", cited=[]) == []
    assert book.account(error.rstrip("。"), cited=[]) == []
    failed = "This look-up (search_knowledge) failed; the log has the details under err_81934509."
    assert Ledger({}, set(), {}, "?", statements=[failed]).account(failed, cited=[]) == []
    altered = book.account(error.replace("09-28", "09-29"), cited=[])
    assert {record.status for _, record in altered} == {"unsupported"}
