"""Entries of question files, with the lines that they begin on: JSON lines, CSV or YAML."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from knowledge.errors import InvalidQuestionSet, display, explain

_LARGEST = 64 * 1024 * 1024
_YAML = (".yaml", ".yml")


def read_entries(
    path: Path, keys: Collection[str], *, suffixes: Collection[str] = (".jsonl", ".csv", *_YAML)
) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Yield the entries of a file with their lines, in the form that its name says.

    Args:
        path: The file.
        keys: What an entry may have.
        suffixes: Forms that are read.

    Raises:
        InvalidQuestionSet: It cannot be read; the sentence names the line.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        *first, last = suffixes
        raise InvalidQuestionSet(
            en=f"{display(path.name)} is not named as a file of questions: {', '.join(first)} or {last}.",
            zh=f"{display(path.name)} 的扩展名不对，问题集应为 {'、'.join(first)} 或 {last}。",
        )
    text = _read_text(path)
    entries = (
        _read_csv(text, keys) if suffix == ".csv" else (_read_yaml if suffix in _YAML else _read_jsonl)(text)
    )
    empty = True
    for line, entry in entries:
        empty = False
        if not isinstance(entry, dict):
            raise fault(line, "it is not an entry with a question", "不是带有 question 的条目")
        _check_keys(line, entry, keys)
        yield line, entry
    if empty:
        raise InvalidQuestionSet(
            en=f"{display(path.name)} holds no questions.", zh=f"{display(path.name)} 中没有问题。"
        )


def fault(line: int, en: str, zh: str) -> InvalidQuestionSet:
    """Return the error that names a line."""
    return InvalidQuestionSet(en=f"Line {line}: {en}.", zh=f"第 {line} 行：{zh}。")


def _read_text(path: Path) -> str:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        raise _unreadable(path, *explain(error)) from error
    if size > _LARGEST:
        most = f"{_LARGEST // 2**20} MB"
        raise _unreadable(path, f"it has more than {most}", f"超过 {most}")
    return _decode(data)


def _decode(data: bytes) -> str:
    """Return the text of UTF-8, of UTF-16 with its mark, or of GB 18030, as Chinese Excel saves it."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    raise fault(line, "it is neither UTF-8 nor GB 18030", "既不是 UTF-8 也不是 GB 18030 编码")


def _unreadable(path: Path, en: str, zh: str) -> InvalidQuestionSet:
    shown = display(str(path))
    return InvalidQuestionSet(en=f"{shown} cannot be read: {en}.", zh=f"无法读取 {shown}：{zh}。")


def _read_jsonl(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise fault(number, "it is not JSON", "不是 JSON") from error


def _read_csv(text: str, keys: Collection[str]) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1  # where the row begins: a cell may hold line breaks
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise fault(reader.line_num, "it is not CSV", "不是 CSV") from error
        if row is None:
            return
        if header is None:
            header = _read_header(line, row, keys)
        elif len(row) > len(header):
            raise fault(line, "it has more cells than the header", "单元格多于表头")
        elif any(cell.strip() for cell in row):
            yield line, _name_cells(header, row)


def _read_header(line: int, row: list[str], keys: Collection[str]) -> list[str]:
    names = [name.strip() for name in row]
    _check_keys(line, filter(None, names), keys)
    if "question" not in names:
        raise fault(line, "the header has no column question", "表头没有 question 列")
    return names


def _name_cells(header: list[str], row: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {key: cell for key, cell in zip(header, row, strict=False) if key and cell}
    if "expected" in entry:
        entry["expected"] = [part.strip() for part in re.split("[;；]", entry["expected"])]
    return entry


def _read_yaml(text: str) -> Iterator[tuple[int, Any]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        entries: Any = YAML(typ="rt").load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise fault(mark.line + 1 if mark else 1, "it is not YAML", "不是 YAML") from error
    if not isinstance(entries, list):
        raise fault(1, "the file is not a list of questions", "文件不是问题的列表")
    located: Any = entries
    for index, entry in enumerate(entries):
        yield located.lc.item(index)[0] + 1, entry


def _check_keys(line: int, found: Iterable[object], keys: Collection[str]) -> None:
    for key in found:
        if key not in keys:
            name, known = display(str(key)), ", ".join(keys)
            raise fault(line, f"{name} is none of {known}", f"不认识 {name}，可用：{known}")
