"""Every way in which people hand over a table gives the same figures, or a sentence that says how to mend it."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import Metrics
from tools.errors import MetricError, SourceUnavailable
from tools.sources.text_files import inspect_text

ASKED = {"start": "2026-03-01", "end": "2026-03-03"}
#: Three rows of two users on two days: one, then two active users.
TEXT = "用户,事件,时间,城市,金额\nu1,浏览,2026-03-01 10:00:00,北京,1.5\nu1,下单,2026-03-02 10:00:00,上海,20\nu2,浏览,2026-03-02 11:00:00,广州,3\n"
COLUMNS = "user: 用户, event: 事件, time: 时间"
Open = Callable[..., Metrics]


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Open]:
    opened: list[Metrics] = []

    def open_(
        path: str, columns: str = COLUMNS, *, extra: str = "", timezone: str = "Asia/Shanghai"
    ) -> Metrics:
        text = f"timezone: {timezone}\nsources:\n  events: {{path: '{path}', {columns}}}\n{extra}"
        (tmp_path / "metrics.yaml").write_text(text, encoding="utf-8")
        opened.append(Metrics.open(tmp_path / "metrics.yaml"))
        return opened[-1]

    yield open_
    for metrics in opened:
        metrics.close()


def daily(metrics: Metrics, **arguments: Any) -> dict[str, int]:
    table = metrics.run("measure_active_users", {**ASKED, **arguments}, teams=None).table
    return {day: n for day, n in zip(table["period"], table["active_users"], strict=True) if n}


EXPECTED = {"2026-03-01": 1, "2026-03-02": 2}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_of_any_encoding_and_delimiter(tmp_path: Path, open_file: Open, encoding, delimiter):
    (tmp_path / "e.csv").write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    # Without a mark of byte order only the common one is detected.
    declared = ", encoding: utf-16-be" if encoding == "utf-16-be" else ""
    metrics = open_file("e.csv", COLUMNS + declared, extra="dimensions: {city: {column: 城市}}")
    assert daily(metrics) == EXPECTED
    assert daily(metrics, filters={"city": ["广州"]}) == {"2026-03-02": 1}


def test_packed_text_in_a_foreign_encoding(tmp_path: Path, open_file: Open):
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(TEXT.encode("gbk")))
    assert daily(open_file("e.csv.gz")) == EXPECTED


def test_columns_apart_by_blanks(tmp_path: Path, open_file: Open):
    (tmp_path / "orders.txt").write_text(
        " customer_id  date number  amount\n 00001 20260301  1   11.77\n 00002 20260302  1   12.00\n"
    )
    extra = "metrics: {revenue: {kind: event_sum, property: amount}}"
    metrics = open_file("orders.txt", "user: customer_id, time: date, event_name: order", extra=extra)
    assert daily(metrics) == {"2026-03-01": 1, "2026-03-02": 1}
    # 11.77 + 12.00
    asked = {"metric": "revenue", **ASKED}
    assert metrics.run("measure_metric", asked, teams=None).figures[0].value == pytest.approx(23.77)


def test_a_code_that_turns_from_numbers_to_text_late_is_text(tmp_path: Path, open_file: Open):
    lines = [f"{i},2026-03-01" for i in range(30_000)] + ["C1,2026-03-02"]
    (tmp_path / "e.csv").write_text("user,at\n" + "\n".join(lines))
    assert daily(open_file("e.csv", "user: user, time: at, event_name: x")) == {
        "2026-03-01": 30_000,
        "2026-03-02": 1,
    }


def test_several_files_may_differ_in_columns_and_delimiters(tmp_path: Path, open_file: Open):
    (tmp_path / "a.csv").write_text("user,at\nu1,2026-03-01\n")
    (tmp_path / "b.csv").write_text("at;user;plan\n2026-03-02;u2;pro\n")
    metrics = open_file(
        "*.csv", "user: user, time: at, event_name: x", extra="dimensions: {plan: {column: plan}}"
    )
    assert daily(metrics) == {"2026-03-01": 1, "2026-03-02": 1}
    assert daily(metrics, filters={"plan": ["pro"]}) == {"2026-03-02": 1}


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_sheet_of_a_workbook(tmp_path: Path, open_file: Open):
    rows = [
        [],
        ["客户", "时间", "金额", "备注", None],
        [1001, datetime(2026, 3, 1, 23, 30), 9.5, "x"],
        [None, None, None, None],
        ["C7", datetime(2026, 3, 2, 0, 30), 10, None, "beyond the header"],
    ]
    write_workbook(tmp_path / "订单.xlsx", {"说明": [["无"]], "订单": rows})
    extra = "metrics: {gmv: {kind: event_sum, property: 金额}}"
    metrics = open_file("订单.xlsx", "sheet: 订单, user: 客户, time: 时间, event_name: 下单", extra=extra)
    assert daily(metrics) == {"2026-03-01": 1, "2026-03-02": 1}
    assert metrics.run("measure_metric", {"metric": "gmv", **ASKED}, teams=None).figures[0].value == 19.5


def test_a_workbook_of_text_numbers_and_truth(tmp_path: Path, open_file: Open):
    rows = [
        ["user", "at", "test"],
        ["u1", "2026/3/1 8:30", True],
        ["u2", "2026-03-02T01:00:00+08:00", False],
    ]
    write_workbook(tmp_path / "e.xlsx", {"a": rows})
    metrics = open_file("e.xlsx", "user: user, time: at, event_name: x, where: {test: false}")
    assert daily(metrics) == {"2026-03-02": 1}


NESTED = [
    {"who": {"id": "u1"}, "name": "view", "at": "2026-03-01T10:00:00Z", "properties": {"plan": "free"}},
    {
        "who": {"id": "u2"},
        "name": "view",
        "at": "2026-03-02T10:00:00Z",
        "properties": {"plan": "pro", "price": 3},
    },
    {
        "who": {"id": "u3"},
        "name": "view",
        "at": "2026-03-02T10:00:00Z",
        "properties": {"Plan": "pro", "price": 1.5},
    },
]
JSON = {
    "e.jsonl": "\n".join(map(json.dumps, NESTED[:2])),
    "e.ndjson": "\n\n".join(map(json.dumps, NESTED[:2])) + "\n",
    "e.json": json.dumps(NESTED[:2], indent=1),
    "e.json.gz": "\n".join(map(json.dumps, NESTED[:2])),
}


@pytest.mark.parametrize("name", JSON)
def test_nested_properties_are_columns(tmp_path: Path, open_file: Open, name):
    data = JSON[name].encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    extra = "dimensions: {plan: {column: properties.plan}}\nmetrics: {sum: {kind: event_sum, property: properties.price}}"
    metrics = open_file(name, "user: who.id, event: name, time: at", extra=extra)
    assert daily(metrics) == {"2026-03-01": 1, "2026-03-02": 1}
    assert daily(metrics, filters={"plan": ["pro"]}) == {"2026-03-02": 1}
    assert metrics.run("measure_metric", {"metric": "sum", **ASKED}, teams=None).figures[0].value == 3


def test_a_property_in_two_spellings_of_capitals_is_read(tmp_path: Path, open_file: Open):
    both = {**NESTED[0], "properties": {"plan": "free", "Plan": "Free"}}
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, [both, *NESTED[1:]])))
    assert daily(open_file("e.jsonl", "user: who.id, event: name, time: at")) == EXPECTED


def test_nested_parquet(tmp_path: Path, open_file: Open):
    pd.DataFrame(NESTED[:2]).to_parquet(tmp_path / "e.parquet")
    metrics = open_file("e.parquet", "user: who.id, event: name, time: at")
    assert daily(metrics) == {"2026-03-01": 1, "2026-03-02": 1}


@pytest.mark.parametrize(
    ("name", "content", "columns", "en", "zh"),
    [
        ("e.csv", b"", COLUMNS, "is empty", "是空文件"),
        ("e.csv", b"\n\n", COLUMNS, "is empty", "是空文件"),
        ("e.csv", TEXT.splitlines()[0].encode(), COLUMNS, "no usable row", "没有可用的数据行"),
        ("e.csv", b"\x00\x01\x02PK", COLUMNS, "not a text file", "不是文本文件"),
        ("e.csv", "naïve café, été\n1,2\n".encode("latin-1"), COLUMNS, "encoding: cp1252", "encoding: big5"),
        ("e.csv", TEXT.encode("gbk"), COLUMNS + ", encoding: utf-8", "not written in utf-8", "编码不是 utf-8"),
        ("e.csv", TEXT.encode("gbk"), COLUMNS + ", encoding: gbx", "use a name such as", "gb18030"),
        ("e.csv", b"user,at,User\n1,2,3\n", COLUMNS, "user and User", "两列同名"),
        ("e.csv", b"user,at\nu1,2026-03-01\nu2,2026-03-01,x\n", "user: user, time: at, event_name: x",
         "line 3 of e.csv has 3 cells where the header has 2", "第 3 行有 3 个单元格"),
        ("e.csv", b"user,when\nu1,tomorrow\n", "user: user, time: when, event_name: x", "such as tomorrow", "如 tomorrow"),
        ("e.csv.gz", b"user,at\n", COLUMNS, "cannot be read", "无法读取"),
        ("e.xlsx", b"PK nothing", COLUMNS, "not an Excel workbook", "不是可以读取的 Excel"),
        ("e.jsonl", b"", COLUMNS, "no JSON objects", "没有 JSON 对象"),
        ("e.jsonl", b'{"a": 1}\nnot json\n', COLUMNS, "e.jsonl cannot be read (Invalid Input Error: Malformed JSON", "无法读取"),
        ("e.jsonl", b"[1, 2, 3]", COLUMNS, "no JSON objects", "没有 JSON 对象"),
        ("e.zip", b"PK nothing", COLUMNS, "not a ZIP archive", "不是可以解压的 ZIP"),
        ("e.dat", b"user,at\n", COLUMNS, "format: parquet, csv, excel or jsonl", "请用 format"),
        ("sub/e.csv", TEXT.encode(), "x", "is a folder", "是文件夹"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, open_file: Open, name, content, columns, en, zh):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    path = "sub" if name.startswith("sub") else name
    with pytest.raises(MetricError) as caught:
        daily(open_file(path, COLUMNS if columns == "x" else columns))
    assert en in caught.value.en
    assert zh in caught.value.zh


def test_a_format_that_the_name_does_not_tell(tmp_path: Path, open_file: Open):
    (tmp_path / "e.dat").write_text(TEXT, encoding="utf-8")
    assert daily(open_file("e.dat", "format: csv, " + COLUMNS)) == EXPECTED


def test_a_path_that_matches_several_kinds_is_refused(tmp_path: Path, open_file: Open):
    (tmp_path / "e.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / "e.jsonl").write_text("{}")
    with pytest.raises(SourceUnavailable, match="several kinds"):
        daily(open_file("e.*"))


def test_an_absent_sheet_names_the_nearest(tmp_path: Path, open_file: Open):
    write_workbook(tmp_path / "e.xlsx", {"orders": [["a"]], "users": [["a"]]})
    with pytest.raises(SourceUnavailable, match=r"no sheet order\. Did you mean: orders"):
        daily(open_file("e.xlsx", "sheet: order, " + COLUMNS))


def test_an_archive_of_packed_parts(tmp_path: Path, open_file: Open):
    lines = TEXT.splitlines()
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        for number, line in enumerate(lines[1:]):
            archive.writestr(
                f"../../{number}/part.csv.gz", gzip.compress(f"{lines[0]}\n{line}\n".encode("gbk"))
            )
        archive.writestr("__MACOSX/._part.csv", b"\x00")
        archive.writestr("readme.md", b"no data")
    assert daily(open_file("e.zip")) == EXPECTED


def test_an_archive_of_nothing_to_read(tmp_path: Path, open_file: Open):
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("readme.md", b"no data")
    with pytest.raises(SourceUnavailable, match="holds no Parquet"):
        daily(open_file("e.zip"))


@given(
    text=st.text(
        st.characters(codec="gb18030", exclude_characters='\r\n"\0\ufeff', exclude_categories=("C", "Z"))
    ),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_a_header_is_read_in_the_encoding_it_was_written_in(
    tmp_path_factory: pytest.TempPathFactory, text, encoding
):
    # A heading that is Chinese enough to tell GB 18030 by.
    line = f'用户编号与时间与事件,"{text}甲"'
    path = tmp_path_factory.mktemp("t") / "e.csv"
    path.write_bytes(f"{line}\n".encode(encoding) + "一二三四,五六七八九十\n".encode(encoding) * 20)
    found = inspect_text("s", path, encoding=None, delimiter=",")
    assert found.header == ("用户编号与时间与事件", f"{text}甲")


@pytest.mark.parametrize("name", ["e.csv", "e.jsonl"])
def test_times_of_text_files_keep_the_zone_that_they_have_or_lack(tmp_path: Path, open_file: Open, name):
    # 20:00 by Shanghai's clock stays on the 1st; 20:00 UTC is 04:00 of the 2nd there.
    rows = [{"user": "u1", "at": "2026-03-01 20:00:00"}, {"user": "u2", "at": "2026-03-01T20:00:00Z"}]
    for row, expected in zip(rows, ({"2026-03-01": 1}, {"2026-03-02": 1}), strict=True):
        if name == "e.csv":
            pd.DataFrame([row]).to_csv(tmp_path / name, index=False)
        else:
            (tmp_path / name).write_text(json.dumps(row))
        assert daily(open_file(name, "user: user, time: at, event_name: x")) == expected
