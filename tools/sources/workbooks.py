"""Sheets of Excel workbooks, read row by row into an Arrow table."""

import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import SourceUnavailable, show, suggest
from tools.sources.text_files import check_header

if TYPE_CHECKING:
    import pyarrow as pa

_LARGEST = 2 * 2**30  # unpacked


def read_workbook(
    name: str, files: Sequence[Path], sheet: str | None, *, repeats: bool = False
) -> "pa.Table":
    """Read one sheet of each workbook; its first row with content is the header.

    Args:
        name: of the source.
        files: the workbooks, which may differ in their columns.
        sheet: the sheet; None is the first.
        repeats: whether columns may share a name; the second is then called `name_1`.

    Raises:
        SourceUnavailable: a workbook cannot be read, lacks the sheet or a header, or names two columns alike.
    """
    import pyarrow as pa

    tables = [_read_sheet(name, file, sheet, repeats) for file in files]
    return pa.concat_tables(tables, promote_options="permissive")


def list_sheets(file: Path) -> list[str]:
    """Return the names of a workbook's sheets, in their order.

    Raises:
        SourceUnavailable: it cannot be read.
    """
    book = _open_workbook(file.name, file)
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def _open_workbook(name: str, file: Path) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(file) as archive:
            if sum(m.file_size for m in archive.infolist()) > _LARGEST:
                raise ValueError("unpacks to more than 2 GB")
        return load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise SourceUnavailable(
            en=f"Source {name}: {show(file.name)} is not an Excel workbook (.xlsx) that can be read.",
            zh=f"数据源 {name}：{show(file.name)} 不是可以读取的 Excel 工作簿（.xlsx）。",
            parameter="path",
        ) from error


def _read_sheet(name: str, file: Path, sheet: str | None, repeats: bool) -> "pa.Table":
    import pyarrow as pa

    book = _open_workbook(name, file)
    try:
        rows = _choose_sheet(name, file, book, sheet).iter_rows(values_only=True)
        header = _find_header(rows, name, file)
        if repeats:
            header = _tell_apart(header)
        check_header(name, file.name, header)
        columns = _columns(rows, len(header))
        return pa.table(
            {label: _typed(column) for label, column in zip(header, columns, strict=True) if label}
        )
    finally:
        book.close()


def _choose_sheet(name: str, file: Path, book: Any, sheet: str | None) -> Any:
    titles = [s.title for s in book.worksheets]
    if sheet is None and titles:
        return book.worksheets[0]
    if sheet in titles:
        return book[sheet]
    en, zh = suggest(str(sheet or ""), titles)
    raise SourceUnavailable(
        en=f"Source {name}: {show(file.name)} has no sheet {show(sheet)}.{en}",
        zh=f"数据源 {name}：{show(file.name)} 中没有工作表 {show(sheet)}。{zh}",
        parameter="sheet",
    )


def _tell_apart(header: Sequence[str]) -> tuple[str, ...]:
    """Number the columns whose name stands before."""
    seen: Counter[str] = Counter()
    names = []
    for label in header:
        count = seen[label.lower()]
        seen[label.lower()] += 1
        names.append(f"{label}_{count}" if label and count else label)
    return tuple(names)


def _find_header(rows: Iterable[Sequence[Any]], name: str, file: Path) -> tuple[str, ...]:
    for row in rows:
        header = tuple("" if cell is None else str(cell).strip() for cell in row)
        while header and not header[-1]:
            header = header[:-1]
        if header:
            return header
    raise SourceUnavailable(
        en=f"Source {name}: the sheet of {show(file.name)} is empty.",
        zh=f"数据源 {name}：{show(file.name)} 的工作表是空的。",
        parameter="sheet",
    )


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    columns: list[list[Any]] = [[] for _ in range(width)]
    for row in rows:
        cells = [*row[:width], *(None,) * (width - len(row))]
        if any(cell is not None for cell in cells):
            for column, cell in zip(columns, cells, strict=True):
                column.append(cell)
    return columns


def _typed(column: list[Any]) -> "pa.Array":
    """Make a column of one type: times, truth, numbers, else text."""
    import pyarrow as pa

    kinds = {type(cell) for cell in column if cell is not None}
    if kinds and kinds <= {datetime, date}:
        return pa.array([_midnight(cell) for cell in column], pa.timestamp("us"))
    if kinds == {bool}:
        return pa.array(column, pa.bool_())
    if kinds == {int} and all(-(2**63) <= cell < 2**63 for cell in column if cell is not None):
        return pa.array(column, pa.int64())
    if kinds and kinds <= {int, float}:
        return pa.array([None if cell is None else float(cell) for cell in column], pa.float64())
    return pa.array([_text(cell) for cell in column], pa.string())


def _midnight(cell: Any) -> Any:
    return datetime.combine(cell, time()) if type(cell) is date else cell


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)
