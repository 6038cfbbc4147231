from datetime import date, datetime, timedelta

import openpyxl
import pytest

from knowledge.errors import DocumentTooLarge
from knowledge.intake.preparation import prepare
from knowledge.loaders import load_document
from tests.knowledge.loaders.office_files import save


def test_each_sheet_is_a_section_with_its_tables() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "渠道成本"
    for row in (
        ["2026 年渠道成本"],
        ["渠道", "月份", "成本", "转化率", "日期"],
        ["短信", "1月", 0.1 + 0.2, 0.125, date(2026, 1, 1)],
        [None, "2月", 1200, 0.2, datetime(2026, 2, 1, 14, 30)],
        [],
        ["Owner", "Team"],
        ["Li|Lei", True],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A3:A4")
    sheet["D3"].number_format = sheet["D4"].number_format = "0.0%"
    book.create_sheet("Second").append(["only", "words"])

    assert load_document("a.xlsx", save(book)).text == (
        "# 渠道成本\n\n2026 年渠道成本\n\n"
        "| 渠道 | 月份 | 成本 | 转化率 | 日期 |\n| --- | --- | --- | --- | --- |\n"
        "| 短信 | 1月 | 0.3 | 12.5% | 2026-01-01 |\n| 短信 | 2月 | 1200 | 20% | 2026-02-01 14:30 |\n\n"
        "| Owner | Team |\n| --- | --- |\n| Li\\|Lei | TRUE |\n\n"
        "# Second\n\n| only | words |\n| --- | --- |"
    )


def test_a_head_of_two_rows_is_one() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["五月渠道"],
        ["渠道", "投放", None, "转化", None],
        [None, "花费", "曝光", "注册", "转化率"],
        ["抖音", 1, 2, 3, 0.04],
    ):
        sheet.append(row)
    for merged in ("A1:C1", "A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(merged)
    assert load_document("a.xlsx", save(book)).text == (
        "# Sheet\n\n五月渠道\n\n| 渠道 | 投放 花费 | 投放 曝光 | 转化 注册 | 转化 转化率 |\n| --- | --- | --- | --- | --- |\n"
        "| 抖音 | 1 | 2 | 3 | 0.04 |"
    )


def test_columns_of_one_name_are_a_head() -> None:
    book = openpyxl.Workbook()
    for row in (["users", "users"], [1, 2], [3, 4]):
        book.active.append(row)
    assert "| users | users |\n| --- | --- |\n| 1 | 2 |" in load_document("a.xlsx", save(book)).text


def test_tables_side_by_side_are_two_but_a_gap_in_one_is_none() -> None:
    book = openpyxl.Workbook()
    for row in (["week", "users", None, "channel", "cost"], ["W1", 10, None, "SMS", 5], ["W2", 20]):
        book.active.append(row)
    book.create_sheet("Gap").append(["week", None, "users", "cost"])
    book["Gap"].append(["W1", None, 10, 1])
    assert load_document("a.xlsx", save(book)).text == (
        "# Sheet\n\n| week | users |\n| --- | --- |\n| W1 | 10 |\n| W2 | 20 |\n\n"
        "| channel | cost |\n| --- | --- |\n| SMS | 5 |\n\n"
        "# Gap\n\n| week | users | cost |\n| --- | --- | --- |\n| W1 | 10 | 1 |"
    )


@pytest.mark.parametrize(
    ("value", "number_format", "written"),
    [
        (-1234.5, "General", "-1234.5"),
        (-1234.5, '"¥"#,##0', "-¥1234.5"),
        (1234.5, "[$€-407]#,##0.00", "€1234.5"),
        (1234.5, "[$USD] #,##0", "USD 1234.5"),
        (-20, "$#,##0_);[Red]($#,##0)", "-$20"),
        (3, '0"万"', "3万"),
        (3000, '0,"K"', "3000"),
        (0.0325, "0.0%;-0.0%", "3.25%"),
        (timedelta(hours=30), "[h]:mm:ss", "30:00:00"),
    ],
)
def test_numbers_keep_their_currency_and_unit(value: object, number_format: str, written: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["指标", "值"])
    book.active.append(["花费", value])
    book.active["B2"].number_format = number_format
    assert load_document("a.xlsx", save(book)).text.endswith(f"| 花费 | {written} |")


def test_an_empty_row_within_a_table_does_not_cut_it() -> None:
    book = openpyxl.Workbook()
    for row in (["week", "users"], ["W1", 10], [], ["W2", 20]):
        book.active.append(row)
    assert load_document("a.xlsx", save(book)).text.endswith("| W1 | 10 |\n| W2 | 20 |")


def test_reports_hidden_sheets_and_formulas_without_a_value() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "=A1+1", "=B1"])
    secret = book.create_sheet("Secret")
    secret.append(["hidden words"])
    secret.sheet_state = "hidden"

    loaded = load_document("a.xlsx", save(book))

    assert "hidden words" not in loaded.text
    assert ["Secret" in loaded.warnings[0].en, "left out: 2," in loaded.warnings[1].en] == [True, True]


def test_the_head_of_a_long_table_stands_in_every_passage() -> None:
    book = openpyxl.Workbook()
    book.active.append(["渠道", "说明"])
    for number in range(120):
        book.active.append([f"渠道{number}", "每次触达的成本与效果说明"])
    tables = [p.text for p in prepare("a.xlsx", save(book)).passages if p.kind == "table"]
    assert len(tables) > 3
    assert all("| 渠道 | 说明 |\n| --- | --- |\n" in text for text in tables)


def test_one_cell_at_the_far_corner_is_too_much() -> None:
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    with pytest.raises(DocumentTooLarge, match="2,000 columns"):
        load_document("a.xlsx", save(book))


def test_formatted_but_empty_cells_are_nothing() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active["ZZZ3"].number_format = "0%"
    assert load_document("a.xlsx", save(book)).text == "# Sheet\n\n| a | b |\n| --- | --- |"
