"""Files of questions with what should be found: JSON lines, CSV or YAML."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.evaluation.entries import fault, read_entries
from knowledge.language import detect_language, strip_surrogates

_KEYS = ("question", "expected", "section", "language", "answerable")
_YES = {"true", "yes", "1", "是"}
_NO = {"false", "no", "0", "否"}


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
    return [_build(line, entry) for line, entry in read_entries(path, _KEYS)]


def _build(line: int, entry: dict[Any, Any]) -> Question:
    text = _read_word(line, entry, "question")
    if not text:
        raise fault(line, "the question is missing", "缺少 question")
    answerable = _read_flag(line, entry)
    expected = _read_expected(line, entry)
    if answerable and not expected:
        raise fault(
            line,
            "it says neither which document is expected nor answerable: false",
            "既没有写 expected，也没有写 answerable: false",
        )
    if expected and not answerable:
        raise fault(
            line,
            "it expects a document and yet is not answerable",
            "既写了 expected，又写了 answerable: false",
        )
    stated = _read_word(line, entry, "language") or detect_language(text)
    section = _read_word(line, entry, "section") or None
    return Question(text, expected, section, stated.split("-")[0].lower(), answerable, line)


def _read_word(line: int, entry: dict[Any, Any], key: str) -> str:
    value = entry.get(key)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise fault(line, f"{key} is not text", f"{key} 不是文字")
    return strip_surrogates(str(value)).strip()


def _read_expected(line: int, entry: dict[Any, Any]) -> tuple[str, ...]:
    value = entry.get("expected")
    values = value if isinstance(value, list) else [value]
    words = (_read_word(line, {"expected": each}, "expected") for each in values)
    return tuple(dict.fromkeys(word for word in words if word))


def _read_flag(line: int, entry: dict[Any, Any]) -> bool:
    value = str(entry.get("answerable", True)).strip().lower()
    if value not in _YES | _NO:
        raise fault(line, "answerable is neither true nor false", "answerable 应为 true 或 false")
    return value in _YES
