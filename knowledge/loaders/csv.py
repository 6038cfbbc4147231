"""Tables in text files: CSV and TSV in whichever dialect they are written."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from knowledge.documents import Notice
from knowledge.errors import DocumentTooLarge, display
from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.encoding import decode
from knowledge.loaders.tables import write_table

MAX_COLUMNS = 2_000
_DELIMITERS = (",", "\t", ";", "|", "，")
_SNIFFED_LINES = 50
_LONGEST_FIELD = 131_072
_LONGEST_RECORD = 500
_NAMED_ROWS = 10
_DECLARED = re.compile(r"sep=(.)\s*\Z")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


class _Record(NamedTuple):
    line: int
    fields: list[str]
    is_literal: bool = False


def load_csv(data: bytes) -> LoadedDocument:
    """Read a table as a Markdown table whose head is the first row, with the remarks above and below it as lines.

    No row is ever lost: one with too few or too many fields is kept and reported, and so is one whose quote is
    never closed, which is read as it stands.

    Raises:
        EmptyDocument, UnreadableDocument: Empty, binary or undecodable.
        DocumentTooLarge: A row has too many fields, or a field is too long.
    """
    decoded = decode(data)
    text = require_content(decoded.text.removeprefix("\ufeff").replace("\x00", ""))
    lines = _LINE.findall(text)
    declared = _DECLARED.match(lines[0])
    delimiter = declared.group(1) if declared else _sniff(lines)
    records = [
        record
        for record in _read_records(lines, delimiter)
        if any(map(str.strip, record.fields)) and not (declared and record.line == 1)
    ]
    before, table, after = _cut_remarks(records)
    head, *rows = table
    warnings = (*_warn_of_quotes(records), *_warn_of_ragged(head, rows), *_warn_of_duplicates(head))
    written = write_table(record.fields for record in table)
    return LoadedDocument(
        text=require_content("\n\n".join(filter(None, [_write_lines(before), written, _write_lines(after)]))),
        markup="markdown",
        warnings=decoded.warnings + warnings,
    )


def _cut_remarks(records: list[_Record]) -> tuple[list[_Record], list[_Record], list[_Record]]:
    """Part the lines of one field that exports write above and below a table from its rows."""
    is_row = [sum(map(bool, map(str.strip, record.fields))) > 1 for record in records]
    if sum(is_row) < 2:
        return [], records, []
    first, last = is_row.index(True), len(records) - is_row[::-1].index(True)
    while last < len(records) and len(records[last].fields) > 1:  # padded with delimiters, a row all the same
        last += 1
    return records[:first], records[first:last], records[last:]


def _write_lines(records: Sequence[_Record]) -> str:
    return "\n".join(next(filter(None, map(str.strip, record.fields))) for record in records)


def _sniff(lines: Sequence[str]) -> str:
    """Choose the delimiter that cuts the most lines into the same number of fields, more than one."""

    def agreement(delimiter: str) -> tuple[int, int]:
        sample = [line for line in lines[:_SNIFFED_LINES] if len(line) <= _LONGEST_FIELD]
        counts = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if len(row) > 1)
        [(fields, times)] = counts.most_common(1) or [(0, 0)]
        return times, fields

    return max(_DELIMITERS, key=agreement)


def _read_records(lines: Sequence[str], delimiter: str) -> Iterator[_Record]:
    at = 0
    while at < len(lines):
        if len(lines[at]) > _LONGEST_FIELD:
            _refuse_long_fields(lines[at], at, delimiter)
        window = lines[at : at + _LONGEST_RECORD] if '"' in lines[at] else lines[at : at + 1]
        fields, used = _read_record(window, delimiter)
        literal = not used
        if literal:
            fields, used = next(csv.reader(window, delimiter=delimiter, quoting=csv.QUOTE_NONE)), 1
        if len(fields) > MAX_COLUMNS:
            raise DocumentTooLarge(
                en=f"Row {at + 1} has {len(fields):,} fields; the limit is {MAX_COLUMNS:,}.",
                zh=f"第 {at + 1} 行有 {len(fields):,} 个字段，上限为 {MAX_COLUMNS:,} 个。",
            )
        yield _Record(at + 1, fields, literal)
        at += used


def _read_record(window: Sequence[str], delimiter: str) -> tuple[list[str], int]:
    """Return the fields of the record at the start of the window and its number of lines, 0 if it has no end."""
    reader = csv.reader(window, delimiter=delimiter)
    fields: list[str] = []
    try:
        fields = next(reader)
        if reader.line_num == len(window) and '"' in window[0]:
            next(csv.reader(window, delimiter=delimiter, strict=True))
    except csv.Error as error:
        is_open = "unexpected end" in str(error) or "field larger" in str(error)
        return ([], 0) if is_open else (fields, reader.line_num)
    return fields, reader.line_num


def _refuse_long_fields(line: str, at: int, delimiter: str) -> None:
    if max(map(len, line.split(delimiter))) > _LONGEST_FIELD:
        raise DocumentTooLarge(
            en=f"Row {at + 1} has a field of more than {_LONGEST_FIELD:,} characters.",
            zh=f"第 {at + 1} 行有一个字段超过 {_LONGEST_FIELD:,} 个字符。",
        )


def _warn_of_quotes(records: Sequence[_Record]) -> tuple[Notice, ...]:
    rows, rows_zh = _name_rows([record.line for record in records if record.is_literal])
    if not rows:
        return ()
    return (
        Notice(
            en=f"A quotation mark is never closed in {rows}; read as it stands, nothing was left out.",
            zh=f"{rows_zh}的引号没有闭合；已按原样读取，没有遗漏内容。",
        ),
    )


def _warn_of_ragged(head: _Record, rows: Sequence[_Record]) -> tuple[Notice, ...]:
    named, named_zh = _name_rows([row.line for row in rows if len(row.fields) != len(head.fields)])
    if not named:
        return ()
    return (
        Notice(
            en=f"Not {len(head.fields)} fields as in the head, but fewer or more, in {named}; all were kept.",
            zh=f"{named_zh}的字段数与表头（{len(head.fields)} 个）不同；内容均已保留。",
        ),
    )


def _warn_of_duplicates(head: _Record) -> tuple[Notice, ...]:
    counts = Counter(name.strip() for name in head.fields)
    twice = ", ".join(display(name) for name, count in counts.items() if count > 1 and name)
    if not twice:
        return ()
    return (
        Notice(
            en=f"Several columns have the same name: {twice}. All were kept.",
            zh=f"有多列同名：{twice}。各列均已保留。",
        ),
    )


def _name_rows(lines: Sequence[int]) -> tuple[str, str]:
    if not lines:
        return "", ""
    shown = ", ".join(map(str, lines[:_NAMED_ROWS]))
    more = len(lines) - _NAMED_ROWS
    rest, rest_zh = (f" and {more:,} more", f"等 {len(lines):,} ") if more > 0 else ("", "")
    word = "row" if len(lines) == 1 else "rows"
    return f"{word} {shown}{rest}", f"第 {shown.replace(', ', '、')} {rest_zh}行"
