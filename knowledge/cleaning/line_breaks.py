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
_HAN = re.compile(f"[{HAN}]")
_JOINED_WIDE = re.compile(rf"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’—…]")
_HYPHENATED = re.compile(r"[A-Za-z]{2,}-$")
_LABEL = re.compile(r"\S{1,12}[:：]")
_INNER_MARK = re.compile(r"[，。！？；](?=[^\s”’」』）》])|[,.;!?] (?=\S)")
_NEVER_FIRST = re.compile("[，。！？；：、）》”’」』…的了着们吗呢吧半余]")
_NARROWEST, _NARROW, _WIDEST = 14, 30, 140
_SLACK = 4
_SHARE = 0.7


def join_lines(text: str, *, markup: str) -> list[Edit]:
    """Join the lines of paragraphs that are clearly wrapped.

    A line was wrapped when the next word had not fitted any more into the width that the paragraph keeps. Three
    in four lines must be like that, and most must break off in the middle of a sentence: poems, lists,
    addresses, tables and code are not wrapped. Where lines are short or few, these look much the same, so that
    all must be like that, and words torn apart or sentences that run on must show it. Chinese lines are joined
    without a space; of Markdown only these, and within clauses, for there a line break is a space anyway.
    """
    groups = groupby(iterate_lines(text), key=lambda line: bool(line.text))
    blocks = [block for filled, group in groups if filled and len(block := list(group)) > 1]
    widths = [_find_width(block) for block in blocks]
    counts = Counter(filter(None, widths))
    common = max(counts, key=lambda width: (counts[width], width)) if counts else 0
    edits: list[Edit] = []
    for block, width in zip(blocks, widths, strict=True):
        if width := width or (common if len(block) == 2 else 0):
            joints = _join(text, block, width)
            edits += (
                joints if markup == "plain" else (edit for edit in joints if _is_within_clause(text, edit))
            )
    return edits


def _is_within_clause(text: str, edit: Edit) -> bool:
    return all(map(_HAN.match, (text[edit[0] - 1], text[edit[1]])))


def _find_width(block: list[Line]) -> int:
    """Return the width at which a block of lines is wrapped, 0 if it is not."""
    lines = [line.text for line in block]
    width = max(map(_measure, lines))
    if not _NARROWEST <= width <= _WIDEST or any(map(_CODE.search, lines)):
        return 0
    breaks = list(pairwise(lines))
    wrapped = [line for line, following in breaks if _is_wrapped(line, following, width)]
    broken_off = [line for line in wrapped if not _ENDS.search(line)]
    if len(lines) < 3 or width < _NARROW:
        ends = sum(_STOPS.search(line) is not None and line not in wrapped for line, _ in breaks)
        clear = len(wrapped) == len(breaks) - ends >= max(1, ends) and _runs_on(breaks)
    else:
        clear = len(wrapped) >= max(2, _SHARE * len(breaks))
    return width if clear and 2 * len(broken_off) >= len(wrapped) else 0


def _runs_on(breaks: list[tuple[str, str]]) -> bool:
    """Tell whether short lines are one text: it ends as a sentence does, and goes on across its breaks."""
    lines = [breaks[0][0], *(following for _, following in breaks)]
    starts_anew = any(map(_NEW_ITEM.match, lines[1:])) or sum(map(bool, map(_LABEL.match, lines))) > 1
    if starts_anew or not _STOPS.search(lines[-1]):
        return False
    if any(_tears_word(line, following) for line, following in breaks):
        return True
    inner = sum(_INNER_MARK.search(line) is not None for line in lines)
    return len(breaks) > 1 and inner >= max(2, len(lines) / 3)


def _tears_word(line: str, following: str) -> bool:
    """Tell whether a Chinese word stands across a break, or the next line starts with what starts none."""
    if not (_JOINED_WIDE.match(line[-1]) and _JOINED_WIDE.match(following[0])) or _ENDS.search(line):
        return False
    if _NEVER_FIRST.match(following):
        return True
    import rjieba

    from knowledge.language import to_simplified

    position = 0
    for word in rjieba.cut(to_simplified(line[-8:] + following[:8]), hmm=False):
        position += len(word)
        if position >= len(line[-8:]):
            return position > len(line[-8:])
    return False


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
            _STOPS.search(first) and (width < _NARROW or _measure(first) < width - 2 * _SLACK)
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
