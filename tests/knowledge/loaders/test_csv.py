import pytest

from knowledge.errors import DocumentTooLarge
from knowledge.intake.preparation import prepare
from knowledge.loaders import load_document


@pytest.mark.parametrize(
    "data",
    [
        "渠道,成本\n短信,0.05\n".encode(),
        "渠道;成本\r\n短信;0.05\r\n".encode("gbk"),
        "渠道\t成本\n短信\t0.05".encode("utf-16"),
        '"渠道"|"成本"\n"短信"|"0.05"\n'.encode("utf-8-sig"),
    ],
)
def test_reads_every_dialect(data: bytes) -> None:
    loaded = load_document("a.csv", data)
    assert loaded.text == "| 渠道 | 成本 |\n| --- | --- |\n| 短信 | 0.05 |"
    assert loaded.warnings == ()


def test_quoted_cells_may_hold_anything() -> None:
    loaded = load_document("a.csv", b'name,note\n"a, b","two\nlines | ""said"""\n')
    assert loaded.text.endswith('| a, b | two lines \\| "said" |')


def test_ragged_rows_are_kept_and_named() -> None:
    loaded = load_document("a.csv", b'a,b,c\n1,2\n1,2,3\n1,2,3,4\n\n"x""y",\n')
    assert "| 1 | 2 | 3 | 4 |" in loaded.text
    assert 'x"y' in loaded.text
    assert "rows 2, 4, 6" in loaded.warnings[0].en
    assert "2、4、6" in loaded.warnings[0].zh


def test_columns_of_one_name_are_kept_and_named() -> None:
    loaded = load_document("a.csv", "日活,日活,日活 \n1,2,3\n".encode())
    assert "| 1 | 2 | 3 |" in loaded.text
    assert '"日活"' in loaded.warnings[0].en


def test_a_quote_that_is_never_closed_loses_no_row() -> None:
    loaded = load_document("a.csv", b'a,b\n1,"oops\n' + b"2,3\n" * 3_000)
    assert loaded.text.count("| 2 | 3 |") == 3_000
    assert '| 1 | "oops |' in loaded.text
    assert "row 2" in loaded.warnings[0].en


def test_a_quote_within_a_word_is_a_quote() -> None:
    loaded = load_document("a.csv", b'item,cost\n5" pipe,3\nhose,4\n')
    assert '| 5" pipe | 3 |\n| hose | 4 |' in loaded.text
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (",".join(map(str, range(2_001))).encode(), "2,001 fields"),
        (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', "Row 2 has a field"),
    ],
)
def test_refuses_what_is_out_of_bounds(data: bytes, words: str) -> None:
    with pytest.raises(DocumentTooLarge, match=words):
        load_document("a.csv", data)


def test_a_very_long_table_is_one_table_with_its_head_in_every_passage() -> None:
    prepared = prepare("a.csv", "渠道,成本\n".encode() + b"sms,5\n" * 1_000)
    assert {passage.kind for passage in prepared.passages} == {"table"}
    assert all(passage.text.startswith("| 渠道 | 成本 |\n| --- | --- |\n") for passage in prepared.passages)
    assert sum(passage.text.count("| sms | 5 |") for passage in prepared.passages) == 1_000


def test_remarks_around_a_table_are_lines() -> None:
    rows = "日期;渠道;花费\n2026-05-01;抖音;1.234,50\n2026-05-02;微信;800\n"
    loaded = load_document(
        "a.csv", f"导出时间：2026-05-01 10:00\n数据来源：平台\n\n{rows}合计见附表\n".encode("gbk")
    )
    assert loaded.text == (
        "导出时间：2026-05-01 10:00\n数据来源：平台\n\n"
        "| 日期 | 渠道 | 花费 |\n| --- | --- | --- |\n| 2026-05-01 | 抖音 | 1.234,50 |\n| 2026-05-02 | 微信 | 800 |\n\n"
        "合计见附表"
    )
    assert loaded.warnings == ()


def test_a_declared_delimiter_is_used_and_no_row() -> None:
    assert load_document("a.csv", b"sep=;\na,b;c\n1,2;3\n").text == "| a,b | c |\n| --- | --- |\n| 1,2 | 3 |"
