"""Files of questions with what should be found: JSON lines, CSV or YAML."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import InvalidQuestionSet, display, explain
from knowledge.language import detect_language, strip_surrogates

_KEYS = ("question", "expected", "section", "language", "answerable")
_YES = {"true", "yes", "1", "是"}
_NO = {"false", "no", "0", "否"}
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what should be found.

    Attributes:
        text: The question.
        expected: Titles, sources or ids of the documents that answer it.
        section: Heading of the section that answers it; None if any part of the document counts.
        language: "zh" or "en" and so on: as stated, else as detected.
        answerable: False if no document answers it.
        line: Where it stands in the file.
    """

    text: str
    expected: tuple[str, ...]
    section: str | None
    language: str
    answerable: bool
    line: int


def read_questions(path: Path) -> list[Question]:
    """Read a file of questions, in the form that its name says: .jsonl, .csv, .yaml or .yml.

    Each entry has `question` and `expected` (title, source or id of a document; several as a list, in CSV
    separated by a semicolon), and may have `section`, `language` and `answerable` (false: nothing is expected).

    Raises:
        InvalidQuestionSet: It cannot be read; the sentence names the line.
    """
    readers = {".jsonl": _read_jsonl, ".csv": _read_csv, ".yaml": _read_yaml, ".yml": _read_yaml}
    if path.suffix.lower() not in readers:
        raise InvalidQuestionSet(
            en=f"{display(path.name)} is not named as a file of questions: .jsonl, .csv, .yaml or .yml.",
            zh=f"{display(path.name)} 的扩展名不对，问题集应为 .jsonl、.csv、.yaml 或 .yml。",
        )
    questions = [_build(line, entry) for line, entry in readers[path.suffix.lower()](_read_text(path))]
    if not questions:
        raise InvalidQuestionSet(
            en=f"{display(path.name)} holds no questions.", zh=f"{display(path.name)} 中没有问题。"
        )
    return questions


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
    raise _fault(line, "it is neither UTF-8 nor GB 18030", "既不是 UTF-8 也不是 GB 18030 编码")


def _unreadable(path: Path, en: str, zh: str) -> InvalidQuestionSet:
    shown = display(str(path))
    return InvalidQuestionSet(en=f"{shown} cannot be read: {en}.", zh=f"无法读取 {shown}：{zh}。")


def _read_jsonl(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _fault(number, "it is not JSON", "不是 JSON") from error


def _read_csv(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1  # where the row begins: a cell may hold line breaks
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _fault(reader.line_num, "it is not CSV", "不是 CSV") from error
        if row is None:
            return
        if header is None:
            header = _read_header(line, row)
        elif len(row) > len(header):
            raise _fault(line, "it has more cells than the header", "单元格多于表头")
        elif any(cell.strip() for cell in row):
            yield line, _name_cells(header, row)


def _read_header(line: int, row: list[str]) -> list[str]:
    names = [name.strip() for name in row]
    _check_keys(line, filter(None, names))
    if "question" not in names:
        raise _fault(line, "the header has no column question", "表头没有 question 列")
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
        raise _fault(mark.line + 1 if mark else 1, "it is not YAML", "不是 YAML") from error
    if not isinstance(entries, list):
        raise _fault(1, "the file is not a list of questions", "文件不是问题的列表")
    located: Any = entries
    for index, entry in enumerate(entries):
        yield located.lc.item(index)[0] + 1, entry


def _build(line: int, entry: Any) -> Question:
    if not isinstance(entry, dict):
        raise _fault(line, "it is not an entry with a question", "不是带有 question 的条目")
    _check_keys(line, entry)
    text = _read_word(line, entry, "question")
    if not text:
        raise _fault(line, "the question is missing", "缺少 question")
    answerable = _read_flag(line, entry)
    expected = _read_expected(line, entry)
    if answerable and not expected:
        raise _fault(
            line,
            "it says neither which document is expected nor answerable: false",
            "既没有写 expected，也没有写 answerable: false",
        )
    if expected and not answerable:
        raise _fault(
            line,
            "it expects a document and yet is not answerable",
            "既写了 expected，又写了 answerable: false",
        )
    stated = _read_word(line, entry, "language") or detect_language(text)
    section = _read_word(line, entry, "section") or None
    return Question(text, expected, section, stated.split("-")[0].lower(), answerable, line)


def _check_keys(line: int, keys: Iterable[object]) -> None:
    for key in keys:
        if key not in _KEYS:
            name, known = display(str(key)), ", ".join(_KEYS)
            raise _fault(line, f"{name} is none of {known}", f"不认识 {name}，可用：{known}")


def _read_word(line: int, entry: dict[Any, Any], key: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise _fault(line, f"{key} is not text", f"{key} 不是文字")
    return strip_surrogates(str(value)).strip()


def _read_expected(line: int, entry: dict[Any, Any]) -> tuple[str, ...]:
    value = entry.get("expected")
    values = value if isinstance(value, list) else [value]
    words = (_read_word(line, {"expected": each}, "expected") for each in values)
    return tuple(dict.fromkeys(word for word in words if word))


def _read_flag(line: int, entry: dict[Any, Any]) -> bool:
    value = str(entry.get("answerable", True)).strip().lower()
    if value not in _YES | _NO:
        raise _fault(line, "answerable is neither true nor false", "answerable 应为 true 或 false")
    return value in _YES


def _fault(line: int, en: str, zh: str) -> InvalidQuestionSet:
    return InvalidQuestionSet(en=f"Line {line}: {en}.", zh=f"第 {line} 行：{zh}。")
