"""Punctuation of Chinese sentences."""

import re

from knowledge.cleaning.edits import Edit
from knowledge.language import HAN

_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_CLOSERS = "”’」』）)》】〉%％\\]"
_OPENERS = "“‘「『（(《【〈"
_MARK = re.compile(
    rf"(?<=[{HAN}{_CLOSERS}])([,;:?!])(?P<space>[ \t]*)(?=[{HAN}{_OPENERS}]|$)"
    rf"|(?<=[A-Za-z0-9])([,;:?])(?P<gap>[ \t]*)(?=[{HAN}“《【])|(?<=[A-Za-z0-9]):(?P<end>[ \t]*)$"
    rf"|(?<=[{HAN}])([,;:?!])(?P<before>[ \t]*)(?=[A-Za-z0-9])",
    re.MULTILINE,
)
_SPACE_AFTER = re.compile(rf"(?<=[，。！？；：、])[ \t]+(?=[{HAN}“「『《【])")
_LINE = re.compile(r"[^\n]+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z]+")
_FULL_STOP = re.compile(r"[。！？!?]")
_ADDRESS = re.compile(r"https?://\S+|\]\([^()\s]*\)")
_CODE_LIKE = re.compile(r"[{}=<>]|::|:\w+:|\w\(\)|^\s*[\w.-]+:\s|^\s*//")


def widen_punctuation(text: str) -> list[Edit]:
    """Write the commas, colons and other marks between Chinese characters in full width.

    Only in lines that are mostly Chinese and look like no code; marks in numbers and English stay.
    """
    edits: list[Edit] = []
    lines = list(_LINE.finditer(text))
    commas = [0, *(0 if _FULL_STOP.search(line.group()) else line.group().count(",") for line in lines), 0]
    for number, line in enumerate(lines):
        before, own, after = commas[number : number + 3]
        tabular = own and own in (before, after)  # comma-separated values
        if not tabular and _is_chinese_prose(line.group()):
            edits += _widen(line.group(), line.start())
    return edits


def _is_chinese_prose(line: str) -> bool:
    if not any(mark in line for mark in (*_FULL, " ")) or not _HAN_CHARACTER.search(line):
        return False
    words = _ADDRESS.sub("", line)
    mostly_chinese = len(_HAN_CHARACTER.findall(words)) > 2 * len(_WORD.findall(words))
    return mostly_chinese and not _CODE_LIKE.search(words)


def _widen(line: str, offset: int) -> list[Edit]:
    edits = [(m.start(), m.end(), _FULL[m.group().strip()]) for m in _MARK.finditer(line)]
    edits += [(m.start(), m.end(), "") for m in _SPACE_AFTER.finditer(line)]
    return [(offset + start, offset + end, new) for start, end, new in sorted(edits)]
