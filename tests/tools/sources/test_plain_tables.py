"""Lists beside the events: read whole and as text, from any format, with columns that share a name."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from openpyxl import Workbook

from tools.declarations import Table
from tools.errors import MetricError, MissingColumn
from tools.sources.plain_tables import PlainTables
from tools.sources.reading import Reader

HEADER = ["Summary", "Sprint", "Sprint", "Custom field (Effort)"]
ROW = ["Dark mode, at last", "S 1", "S 2", "3.0"]


def read(folder: Path, frames: dict[str, pd.DataFrame] | None = None, **table: object) -> pd.DataFrame:
    reader = Reader(folder, frames=frames or {}, databases={}, zone=ZoneInfo("UTC"))
    tables = PlainTables(reader, memory_limit="1GB", timeout=10)
    return tables.get("backlog", Table.model_validate(table))


def write(folder: Path, kind: str) -> str:
    if kind == "xlsx":
        book = Workbook()
        for row in (HEADER, [*ROW[:3], 3.0]):
            book.active.append(row)
        book.save(folder / "list.xlsx")
    else:
        text = ",".join(HEADER) + '\n"Dark mode, at last",S 1,S 2,3.0\n'
        (folder / "list.csv").write_bytes(text.encode("utf-8-sig" if kind == "csv" else "gb18030"))
    return "list.xlsx" if kind == "xlsx" else "list.csv"


@pytest.mark.parametrize("kind", ["csv", "gb", "xlsx"])
def test_columns_that_share_a_name_are_told_apart(tmp_path: Path, kind: str):
    rows = read(tmp_path, path=write(tmp_path, kind))
    assert list(rows.columns) == ["Summary", "Sprint", "Sprint_1", "Custom field (Effort)"]
    assert float(rows.loc[0, "Custom field (Effort)"]) == 3
    assert rows.loc[0, ["Summary", "Sprint", "Sprint_1"]].tolist() == ROW[:3]


def test_empty_cells_are_none_and_nested_columns_are_left_out(tmp_path: Path):
    (tmp_path / "list.jsonl").write_text('{"a": " x ", "b": [1, 2]}\n{"a": " ", "b": []}\n')
    assert read(tmp_path, path="list.jsonl").sort_values("a").to_dict("list") == {"a": ["x", None]}


def test_where_keeps_rows_and_its_columns_are_checked(tmp_path: Path):
    frame = {"list": pd.DataFrame({"kind": ["Story", "Bug"], "n": [1, 2]})}
    assert read(tmp_path, frame, frame="list", where={"kind": "Story"})["n"].tolist() == ["1"]
    with pytest.raises(MissingColumn, match="nearest: kind"):
        read(tmp_path, frame, frame="list", where={"kin": "Story"})
    with pytest.raises(MetricError):
        read(tmp_path, path="missing.csv")
