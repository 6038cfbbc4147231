"""Questions with their answers: 问：… 答：…, Q: … A: …, and a question in the line above its answer."""

import re
from collections.abc import Iterator

from knowledge.intake.structure import Block

_QUESTION = re.compile(
    r"(?m)^[ \t>*#_-]*(?:\d+[.、)][ \t]*)?[*_]*(?:(?:问题?|問題?)[ \t]*\d*|Q(?:uestion)?[ \t]*\d*)[ \t]*[:：][*_]*"
)
_ANSWER = re.compile(r"(?m)^[ \t>*_-]*(?:答案?|回答|A(?:nswer)?[ \t]*\d*)[ \t]*[:：]")
_ANSWER_INLINE = re.compile(r"(?:[？?。][ \t]*)答[:：]")
_QUESTION_LINE = re.compile(r"(?m)^[^\n]{3,80}[？?][*_]*[ \t]*\n(?=[^\n]{8})")
_NUMBER = re.compile(r"(?m)^[ \t]*\d+[.、)]")
_JOINABLE = ("paragraph", "list")


def find_question_pairs(text: str, blocks: list[Block]) -> list[Block]:
    """Return the blocks with each question and its answer as one block of kind "qa"."""
    found: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        span = text[block.start : block.end] if block.kind in _JOINABLE else ""
        if _QUESTION.search(span):
            if not _has_answer(span) and index < len(blocks) and _starts_answer(text, blocks[index]):
                block = Block("paragraph", block.start, blocks[index].end)
                index += 1
            found += _split_pairs(text, block)
        else:
            found += _split_numbered(text, block) if _QUESTION_LINE.search(span) else [block]
    return found


def _has_answer(span: str) -> bool:
    return bool(_ANSWER.search(span) or _ANSWER_INLINE.search(span))


def _starts_answer(text: str, block: Block) -> bool:
    return block.kind in _JOINABLE and _ANSWER.match(text, block.start, block.end) is not None


def _split_pairs(text: str, block: Block) -> Iterator[Block]:
    """Cut a paragraph before each question; a stretch without an answer is no pair."""
    starts = [match.start() for match in _QUESTION.finditer(text, block.start, block.end)]
    if starts[0] != block.start:
        starts.insert(0, block.start)
    for start, end in zip(starts, [*starts[1:], block.end], strict=True):
        span = text[start:end].rstrip()
        if span:
            yield Block("qa" if _has_answer(span) else block.kind, start, start + len(span))


def _split_numbered(text: str, block: Block) -> list[Block]:
    """Cut a paragraph or list whose every item asks and answers; any other stays whole."""
    starts = [match.start() for match in _NUMBER.finditer(text, block.start, block.end)]
    starts = starts if starts[:1] == [block.start] else [block.start]
    pairs = []
    for start, end in zip(starts, [*starts[1:], block.end], strict=True):
        span = text[start:end].rstrip()
        if not _is_question_and_answer(span):
            return [block]
        pairs.append(Block("qa", start, start + len(span)))
    return pairs


def _is_question_and_answer(span: str) -> bool:
    """Tell whether the first line asks and the lines below answer rather than ask on."""
    first = _QUESTION_LINE.match(span)
    if not first:
        return False
    answer = span[first.end() :].strip()
    return (
        not answer.endswith(("？", "?"))
        and answer.count("？") + answer.count("?") <= answer.count("\n") // 2 + 1
    )
