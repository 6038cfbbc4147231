from datetime import date, datetime

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
    assert ["Secret" in loaded.warnings[0].en, "2 formulas" in loaded.warnings[1].en] == [True, True]


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
