"""Hard line breaks: paragraphs of plain text that were wrapped at a fixed width."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, pairwise

from knowledge.cleaning.edits import Edit
from knowledge.cleaning.lines import Line, iterate_lines
from knowledge.language import HAN

_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
_FIRST_WORD = re.compile(rf"[{HAN}][，。！？；：、）”》]*|[^\s{HAN}]+")
_NEW_ITEM = re.compile(
    r"[-*+•·▪●◦>|#=~]|[(（]?\d+[.)、）]|[(（]?[一二三四五六七八九十]+[、)）]|第.{1,4}[章节篇条]|[QA问答][:：]"
)
_ENDS = re.compile(r"[，。！？；：、,.!?;:|…）)\]】》”\"'\d]$")
_STOPS = re.compile(r"[。！？!?.：:；;][”’」』）)\"']*$")
_CODE = re.compile(
    r"[{};=\\]\s*$|\S {3,}\S|\t\S|^\s*(?:def|class|import|SELECT|select|return|if|for)\b.*[:;(]"
)
_JOINED_WIDE = re.compile(rf"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’—…]")
_HYPHENATED = re.compile(r"[A-Za-z]{2,}-$")
_NARROWEST, _WIDEST = 30, 140
_SLACK = 4
_SHARE = 0.7


def join_lines(text: str) -> list[Edit]:
    """Join the lines of paragraphs that are clearly wrapped.

    A line was wrapped when the next word had not fitted any more into the width that the paragraph keeps. Three
    in four lines must be like that, and most must break off in the middle of a sentence: poems, lists,
    addresses, tables and code are not wrapped. Chinese lines are joined without a space.
    """
    groups = groupby(iterate_lines(text), key=lambda line: bool(line.text))
    blocks = [block for filled, group in groups if filled and len(block := list(group)) > 1]
    widths = [_find_width(block) for block in blocks]
    counts = Counter(filter(None, widths))
    common = max(counts, key=lambda width: (counts[width], width)) if counts else 0
    edits: list[Edit] = []
    for block, width in zip(blocks, widths, strict=True):
        if width := width or (common if len(block) == 2 else 0):
            edits += _join(text, block, width)
    return edits


def _find_width(block: list[Line]) -> int:
    """Return the width at which a block of lines is wrapped, 0 if it is not."""
    lines = [line.text for line in block]
    width = max(map(_measure, lines))
    if len(lines) < 3 or not _NARROWEST <= width <= _WIDEST or any(map(_CODE.search, lines)):
        return 0
    wrapped = [line for line, following in pairwise(lines) if _is_wrapped(line, following, width)]
    broken_off = [line for line in wrapped if not _ENDS.search(line)]
    clear = len(wrapped) >= max(2, _SHARE * (len(lines) - 1)) and 2 * len(broken_off) >= len(wrapped)
    return width if clear else 0


def _is_wrapped(line: str, following: str, width: int) -> bool:
    if _HYPHENATED.search(line) and following[0].islower():
        return True
    word = _FIRST_WORD.match(following)
    needed = 1 + _measure(word.group() if word else following[:1])
    return _measure(line) + needed + (_SLACK if _JOINED_WIDE.match(line[-1]) else 0) > width


def _measure(line: str) -> int:
    return len(line) + len(_WIDE.findall(line))


def _join(text: str, block: list[Line], width: int) -> Iterator[Edit]:
    for line, following in pairwise(block):
        first, second = line.text, following.text
        if not _is_wrapped(first, second, width) or _NEW_ITEM.match(second) or _CODE.search(first):
            continue
        if _measure(first) > width + _SLACK or (
            _STOPS.search(first) and _measure(first) < width - 2 * _SLACK
        ):
            continue
        if _HYPHENATED.search(first) and second[0].islower():
            yield line.last - (not _keeps_hyphen(text, first, second)), following.first, ""
        else:
            wide = _JOINED_WIDE.match(first[-1]) or _JOINED_WIDE.match(second[0])
            yield line.last, following.first, "" if wide else " "


def _keeps_hyphen(text: str, first: str, second: str) -> bool:
    """Tell whether "long-" and "term" are "long-term": the text has it so elsewhere, or its parts as words."""
    head = re.split(r"[\s(]", first)[-1]
    tail = re.match(r"[a-z]+", second)
    rest = tail.group() if tail else ""
    if head + rest in text:
        return True
    if re.search(rf"\b{re.escape(head[:-1] + rest)}", text):
        return False
    return head.lower() in (
        "long-",
        "short-",
        "well-",
        "high-",
        "low-",
        "self-",
        "non-",
        "cross-",
        "co-",
        "real-",
        "full-",
    )
