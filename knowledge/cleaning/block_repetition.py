"""Blocks that stand twice in a row, as copying and pasting leaves them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from knowledge.cleaning.edits import Edit
from knowledge.cleaning.lines import iterate_lines
from knowledge.cleaning.protection import find_code

_BLOCK_KIND = Literal["prose", "heading", "other", "code"]
_HEADING = re.compile(r"#{1,6}\s")
_ITEM = re.compile(r"\s*(?:[-*+•·▪●◦]\s|\||[(（]?\d+[.)、）])")
_FIGURE = re.compile(r"[:：]\s*[^\w\s]?[\d.,]+\s*\S{0,2}$")
_SENTENCE_END = re.compile(r"[。！？.!?…][”’」』）)\"'*_]*$")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 4
_LONGEST_RUN = 24


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    key: str = ""
    kind: _BLOCK_KIND = "other"


def reduce_blocks(text: str, *, markup: str) -> list[Edit]:
    """Leave one of a paragraph, heading or run of blocks that is followed at once by its like.

    Alone, only prose and headings go. Lists and tables may say the same twice; they go with a run that has prose
    in it, such as a section that was pasted twice. Code stays.
    """
    blocks = _find_blocks(text, markup)
    ends = [*(block.start for block in blocks[1:]), len(text)]
    tally = _Tally(blocks)
    places: dict[str, list[int]] = defaultdict(list)
    kept: list[int] = []
    edits: list[Edit] = []
    number = 0
    while number < len(blocks):
        length = 0
        for place in reversed(places[blocks[number].key]):
            run = len(kept) - place
            if run > _LONGEST_RUN:
                break
            if tally.may_go(number, number + run) and _is_same(blocks, kept[place:], number):
                length = run
                break
        if length:
            edits += [(blocks[n].start, ends[n], "") for n in range(number, number + length)]
        else:
            places[blocks[number].key].append(len(kept))
            kept.append(number)
        number += length or 1
    return edits


class _Tally:
    """Counts kinds of blocks from the start, so that runs are judged without a look at each block."""

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self._counts = {
            kind: list(accumulate((block.kind == kind for block in blocks), initial=0))
            for kind in ("prose", "heading", "code")
        }

    def may_go(self, start: int, end: int) -> bool:
        """Tell whether a run has prose in it, or headings only, and no code."""
        if end >= len(self._counts["code"]):
            return False
        prose, headings, code = (count[end] - count[start] for count in self._counts.values())
        return not code and bool(prose or headings == end - start)


def _is_same(blocks: Sequence[_Block], before: Sequence[int], start: int) -> bool:
    return all(blocks[n].key == blocks[start + offset].key for offset, n in enumerate(before))


def _find_blocks(text: str, markup: str) -> list[_Block]:
    code = find_code(text) if markup == "markdown" else []
    blocks: list[_Block] = []
    after_gap = True
    index = 0
    for line in iterate_lines(text):
        while index < len(code) and code[index][1] <= line.start:
            index += 1
        in_code = index < len(code) and code[index][0] < line.end
        if not line.text and not in_code:
            after_gap = True
            continue
        last = None if after_gap or not blocks or _HEADING.match(line.text) else blocks[-1]
        if last is None or last.kind == "heading":
            blocks.append(_Block(line.start, line.end))
        else:
            last.end = line.end
        if in_code:
            blocks[-1].kind = "code"
        elif _HEADING.match(line.text):
            blocks[-1].kind = "heading"
        after_gap = False
    for block in blocks:
        words = text[block.start : block.end]
        block.key = " ".join(words.split())
        if block.kind == "other" and _is_prose(words):
            block.kind = "prose"
    return blocks


def _is_prose(text: str) -> bool:
    lines = text.strip().split("\n")
    if any(map(_ITEM.match, lines)) or _FIGURE.search(lines[-1]):
        return False
    closed = len(lines) == 1 or _SENTENCE_END.search(lines[-1].rstrip()) is not None
    return closed and len(set(_LETTER.findall(text))) >= _FEWEST_LETTERS
