"""Excel workbooks: every sheet a section, its tables as Markdown tables of values as a reader sees them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.errors import DocumentTooLarge
from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.inspection import check_office, damaged
from knowledge.loaders.tables import is_number, join_merged_head, write_table

MAX_COLUMNS = 2_000
MAX_ROWS = 100_000
_MAX_CELLS = 2_000_000
_LARGEST_MERGE = 10_000
_MERGE = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_AFFIXES = re.compile(  # a sign or word before or after the digits; with a comma after these they stand for thousands
    r"(?:\[\$(?P<sign>[^\]\-\d]{1,4})[^\]]{0,8}\]|\\?\"?(?P<before>[¥￥€£$])\"?)?[\\ _*\-()]*[#0?][#0?,]*(?<!,)(?:\.[0#?]+)?"
    r"(?:[\\ ]?\"(?P<after>[^\"\d]{1,8})\")?(?:_.|[\\ )])*"
)
_NO_VALUE = re.compile(rb"(?:</f>|<f[^>]{0,200}/>)(?:<v\s*/>|<v></v>)?\s*</c>")


class _Sheet(NamedTuple):
    title: str
    blocks: list[list[list[str]]]


def load_xlsx(data: bytes) -> LoadedDocument:
    """Read a workbook; of formulas, the values that were stored with them.

    Hidden sheets are left out and reported, and so are formulas without a stored value.

    Raises:
        UnreadableDocument: It is broken or declares XML entities.
        DocumentTooLarge: It unpacks to too much, or has cells too far down or to the right.
    """
    check_office(data)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as error:
        raise damaged() from error
    with ZipFile(BytesIO(data)) as container:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        parts = {sheet.title: _read_part(container, sheet) for sheet in shown}
    sheets = [_Sheet(sheet.title, _read_tables(sheet, parts[sheet.title])) for sheet in shown]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    book.close()
    filled = [sheet for sheet in sheets if sheet.blocks]
    return LoadedDocument(
        text=require_content("\n\n".join(_write_sheet(sheet) for sheet in filled)),
        markup="markdown",
        title=" ".join(clean(book.properties.title or "").split()) or None,
        warnings=(*_warn_of_hidden(hidden), *_warn_of_formulas(parts)),
    )


def _read_part(container: ZipFile, sheet: Any) -> bytes:
    return container.read(sheet._worksheet_path.lstrip("/"))


def _write_sheet(sheet: _Sheet) -> str:
    name = " ".join(sheet.title.split())
    return "\n\n".join([f"# {name}", *map(_write_block, sheet.blocks)])


def _write_block(rows: list[list[str]]) -> str:
    """Write a table, after the lines above it that fill one cell only: they are its caption or a remark."""
    lines = []
    while rows and _is_caption(rows[0], rows[1] if len(rows) > 1 else ()):
        lines.append(next(filter(None, rows[0])))
        rows = rows[1:]
    return "\n\n".join(filter(None, [*lines, write_table(join_merged_head(rows))]))


def _is_caption(row: Sequence[str], following: Sequence[str]) -> bool:
    """Tell a row that fills one cell, or one that is merged over the columns of the head that follows."""
    filled = [cell for cell in row if cell]
    is_merged = len(set(filled)) == 1 and not is_number(filled[0])
    return len(filled) == 1 or (is_merged and bool(following) and not any(map(is_number, following)))


def _split_columns(block: list[list[str]]) -> Iterator[list[list[str]]]:
    """Yield the tables that stand side by side, an empty column between them and each of several columns."""
    width = max(map(len, block))
    padded = [[*row, *[""] * (width - len(row))] for row in block]
    parts: list[list[int]] = [[]]
    for column in range(width):
        if any(row[column] for row in padded):
            parts[-1].append(column)
        elif parts[-1]:
            parts.append([])
    parts = [part for part in parts if part]
    tables = [[[row[column] for column in part] for row in padded] for part in parts]
    if len(tables) > 1 and all(sum(sum(map(bool, row)) > 1 for row in table) > 1 for table in tables):
        yield from ([row for row in table if any(row)] for table in tables)
    else:
        yield block


def _read_tables(sheet: Any, part: bytes) -> list[list[list[str]]]:
    return [table for block in _read_blocks(sheet, part) for table in _split_columns(block)]


def _read_blocks(sheet: Any, part: bytes) -> Iterator[list[list[str]]]:
    """Yield runs of rows between empty rows that are tables of their own."""
    block: list[list[str]] = []
    after_gap = False
    for row in _read_rows(sheet, part):
        if not any(row):
            after_gap = True
            continue
        if block and after_gap and _starts_table(row, block):
            yield block
            block = []
        block.append(row)
        after_gap = False
    if block:
        yield block


def _starts_table(row: Sequence[str], block: Sequence[Sequence[str]]) -> bool:
    """Tell a new head from a row that merely follows an empty one: a head has words only."""
    has_numbers = any(is_number(cell) for cell in row)
    differs = [bool(cell) for cell in row] != [bool(cell) for cell in block[-1]]
    return differs or (not has_numbers and any(is_number(cell) for cell in block[-1]))


def _read_rows(sheet: Any, part: bytes) -> Iterator[list[str]]:
    merged = _find_merged(part)
    origins: dict[tuple[int, int], str] = {}
    widths: dict[int, int] = {}
    for row_number, column_number in merged:
        widths[row_number] = max(widths.get(row_number, 0), column_number)
    sheet.reset_dimensions()  # what a sheet declares of its size is often wrong
    rows = cells = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        values = [_write_cell(cell) for cell in row]
        while values and not values[-1]:
            values.pop()
        for column in range(max(len(row), widths.get(number, 0))):
            origin = merged.get((number, column + 1))
            if origin == (number, column + 1):
                origins[origin] = values[column] if column < len(values) else ""
            elif origin and (filled := origins.get(origin)):
                values += [""] * (column + 1 - len(values))
                values[column] = filled
        rows += bool(values)
        cells += len(values)
        if len(values) > MAX_COLUMNS or rows > MAX_ROWS or cells > _MAX_CELLS:
            raise _too_large(sheet.title)
        yield values


def _find_merged(part: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    """Map each merged cell to the one that holds its value: down the first column of a merge, and across one
    row unless it spans the sheet like a caption.
    """
    from openpyxl.utils import column_index_from_string

    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for first, top, last, bottom in _MERGE.findall(part):
        left, right = column_index_from_string(first.decode()), column_index_from_string(last.decode())
        if (int(bottom) - int(top) + 1) * (right - left + 1) > _LARGEST_MERGE or len(merged) > _MAX_CELLS:
            continue
        is_caption = top == bottom and right - left >= 4
        for row in range(int(top), int(bottom) + 1):
            for column in range(left, left + 1 if is_caption or int(bottom) > int(top) else right + 1):
                merged[row, column] = (int(top), left)
    return merged


def _write_cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _write_number(value, str(cell.number_format or ""))
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return " ".join(str(value).split())


def _write_number(value: float, number_format: str) -> str:
    """Write a number in full, with the percent sign, currency or unit that its format shows."""
    shown = number_format.split(";")[0]
    if "%" in shown:
        return f"{value * 100:.10g}%"
    number = str(value) if isinstance(value, int) else f"{value:.15g}"
    affixes = _AFFIXES.fullmatch(shown)
    before, after = (
        (affixes["before"] or affixes["sign"] or "", affixes["after"] or "") if affixes else ("", "")
    )
    before += " " * before.isalpha()
    return (
        f"-{before}{number[1:]}{after}" if before and number.startswith("-") else f"{before}{number}{after}"
    )


def _too_large(title: str) -> DocumentTooLarge:
    return DocumentTooLarge(
        en=f"The sheet {title!r} is too large: the limits are {MAX_ROWS:,} rows, {MAX_COLUMNS:,} columns and "
        f"{_MAX_CELLS:,} cells.",
        zh=f"工作表“{title}”过大：上限为 {MAX_ROWS:,} 行、{MAX_COLUMNS:,} 列、{_MAX_CELLS:,} 个单元格。",
    )


def _warn_of_hidden(titles: Sequence[str]) -> tuple[Notice, ...]:
    if not titles:
        return ()
    return (
        Notice(
            en=f"Hidden sheets were left out: {', '.join(titles)}.",
            zh=f"已略去隐藏的工作表：{'、'.join(titles)}。",
        ),
    )


def _warn_of_formulas(parts: dict[str, bytes]) -> tuple[Notice, ...]:
    counts = {title: len(_NO_VALUE.findall(part)) for title, part in parts.items()}
    total = sum(counts.values())
    if not total:
        return ()
    names = [title for title, count in counts.items() if count]
    return (
        Notice(
            en=f"Formulas without a stored value were left out: {total}, in {', '.join(names)}. Open the "
            "workbook in Excel and save it to keep their values.",
            zh=f"{'、'.join(names)} 中有 {total} 个公式没有保存计算结果，已略去。请用 Excel 打开并保存后再上传。",
        ),
    )
