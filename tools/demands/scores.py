"""Scores as people write them: 80%, 0.8, 8/10, 1,200, 1.2万, High, 中."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.errors import show
from tools.results import Text

_NUMBER = re.compile(r"^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%|万|k)?$", re.IGNORECASE)
_TIMES = {"万": 10_000.0, "k": 1_000.0}
#: Intercom's words for impact and confidence, from which RICE comes.
_IMPACT = {
    "massive": 3.0, "极大": 3.0, "巨大": 3.0, "极高": 3.0, "high": 2.0, "高": 2.0, "大": 2.0, "medium": 1.0, "中": 1.0,
    "中等": 1.0, "low": 0.5, "低": 0.5, "小": 0.5, "minimal": 0.25, "极小": 0.25, "极低": 0.25, "微小": 0.25,
}  # fmt: skip
_CONFIDENCE = {"high": 1.0, "高": 1.0, "medium": 0.8, "中": 0.8, "中等": 0.8, "low": 0.5, "低": 0.5}
_SCALES = (3.0, 5.0, 10.0, 100.0)
LABELS: Mapping[str, Text] = {
    "reach": Text("触达", "reach"),
    "impact": Text("影响", "impact"),
    "confidence": Text("信心", "confidence"),
    "ease": Text("易实现度", "ease"),
    "effort": Text("投入", "effort"),
    "votes": Text("投票", "votes"),
    "feedback": Text("相关反馈", "feedback"),
    "negative": Text("负面反馈", "negative feedback"),
}


@dataclass(frozen=True, slots=True)
class Scores:
    """A column of scores.

    Attributes:
        values: per row the number, None where it is missing or cannot be used.
        problems: per row why it cannot be used, None where it can or is missing.
        scale: what the numbers count in.
        largest: highest value of the scale; None where it has none.
    """

    values: tuple[float | None, ...]
    problems: tuple[Text | None, ...]
    scale: Text | None = None
    largest: float | None = None


def read_number(cell: str, words: Mapping[str, float] | None = None) -> tuple[float | None, bool]:
    """Read a number, and whether it is marked as a percentage; None where the cell holds none.

    >>> read_number("1,200"), read_number("80%"), read_number("１.2万"), read_number("3d")
    ((1200.0, False), (80.0, True), (12000.0, False), (None, False))
    """
    text = unicodedata.normalize("NFKC", cell).strip().casefold().replace(" ", "")
    if words and text in words:
        return words[text], False
    match = _NUMBER.match(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    if match is None or len(text) > 30:
        return None, False
    return float(match[1]) * _TIMES.get(match[2] or "", 1.0), match[2] == "%"


def read_amounts(field: str, cells: Sequence[str | None], *, above_zero: bool = False) -> Scores:
    """Read reach, effort or votes: any amount from 0, or above it."""
    return _collect([_read_amount(field, cell, above_zero) for cell in cells])


def _read_amount(field: str, cell: str | None, above_zero: bool) -> tuple[float | None, Text | None]:
    if cell is None:
        return None, None
    label, (number, marked) = LABELS[field], read_number(cell)
    if number is None or marked:
        return None, Text(
            f"{label.zh}“{show(cell)}”不是数字（请统一单位，只写数字）",
            f"{label.en} “{show(cell)}” is not a number (write all in one unit, the number alone)",
        )
    if above_zero and number == 0:
        return None, Text(f"{label.zh}为 0，无法相除", f"{label.en} is 0, which nothing can be divided by")
    if number < 0:
        return None, Text(f"{label.zh} {cell} 为负数", f"{label.en} {cell} is negative")
    return number, None


def read_points(field: str, cells: Sequence[str | None], scale: float | None) -> Scores:
    """Read impact or ease: 0 to the highest of a scale of 3, 5, 10 or 100."""
    words = _IMPACT if field == "impact" else {}
    read = [None if c is None else read_number(c, words)[0] for c in cells]
    worded = _word_text(cells, words, Text("高 2、中 1、低 0.5", "high 2, medium 1, low 0.5"))
    top = max((v for v in read if v is not None), default=0.0)
    largest = scale or next((s for s in _SCALES if top <= s), _SCALES[-1])
    return _collect(
        [_check(field, c, v, largest) for c, v in zip(cells, read, strict=True)],
        Text(f"0 至 {largest:g} 分{worded.zh}", f"0 to {largest:g}{worded.en}"),
        largest,
    )


def read_confidence(cells: Sequence[str | None], scale: str | None) -> Scores:
    """Read confidence as a share: written as 0.8, 80, 80 % or 8 of 10, all alike.

    Where one number exceeds 10, numbers without a mark are percentages; a 1 or less beside them could mean either, and is
    not used. Where none does, but one exceeds 1, they are out of ten.
    """
    read = [None if c is None else read_number(c) for c in cells]
    plain = [v for r in read if r is not None and (v := r[0]) is not None and not r[1]]
    top = max(plain, default=0.0)
    kind = scale or ("share" if top <= 1 else "ten" if top <= 10 else "percent")
    whole = {"share": 1.0, "ten": 10.0, "percent": 100.0}[kind]
    doubtful = scale is None and kind == "percent"
    found = [_share(c, r, whole, doubtful) for c, r in zip(cells, read, strict=True)]
    names = {
        "share": Text("0 至 1", "0 to 1"),
        "ten": Text("满分 10", "out of 10"),
        "percent": Text("百分数", "percent"),
    }
    marked = any(r is not None and r[1] for r in read)
    name = names["percent"] if marked and kind == "share" and not plain else names[kind]
    worded = _word_text(cells, _CONFIDENCE, Text("高 100%、中 80%、低 50%", "high 100%, medium 80%, low 50%"))
    return _collect(found, Text(name.zh + worded.zh, name.en + worded.en), 1.0)


def _word_text(cells: Sequence[str | None], words: Mapping[str, float], meaning: Text) -> Text:
    """Say what words stand for, where any is used."""
    if not any(cell is not None and cell.strip().casefold() in words for cell in cells):
        return Text("", "")
    return Text(f"；{meaning.zh}", f"; {meaning.en}")


def _share(
    cell: str | None, read: tuple[float | None, bool] | None, whole: float, doubtful: bool
) -> tuple[float | None, Text | None]:
    if cell is None or read is None:
        return None, None
    number, marked = read
    word = _CONFIDENCE.get(cell.strip().casefold())
    if word is not None:
        return word, None
    if number is not None and doubtful and not marked and 0 < number <= 1:
        return None, Text(
            f"信心 {cell} 与其他百分数混用，无法判断是 {number:g}% 还是 {number:.0%}",
            f"confidence {cell} stands among percentages and could be {number:g}% or {number:.0%}",
        )
    value, problem = _check("confidence", cell, number, 100.0 if marked else whole)
    return (None if value is None else value / (100.0 if marked else whole)), problem


def _check(
    field: str, cell: str | None, number: float | None, largest: float
) -> tuple[float | None, Text | None]:
    if cell is None:
        return None, None
    label = LABELS[field]
    if number is None:
        return None, Text(f"{label.zh}“{show(cell)}”不是数字", f"{label.en} “{show(cell)}” is not a number")
    if not 0 <= number <= largest:
        return None, Text(
            f"{label.zh} {show(cell)} 超出 0 至 {largest:g}",
            f"{label.en} {show(cell)} is outside 0 to {largest:g}",
        )
    return number, None


def _collect(
    found: Sequence[tuple[float | None, Text | None]], scale: Text | None = None, largest: float | None = None
) -> Scores:
    return Scores(tuple(v for v, _ in found), tuple(p for _, p in found), scale, largest)
