"""Chunking: passages that are small enough to be found and whole enough to be cited."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from knowledge.intake.question_pairs import find_question_pairs
from knowledge.intake.structure import Block, parse_blocks
from knowledge.language import HAN, split_sentences

MAX_LENGTH = 400
OVERLAP_LENGTH = 60
LEAD_LENGTH = 100
_WIDE = rf"{HAN}\u3040-\u30ff\uac00-\ud7af"
_WIDE_RUN = re.compile(f"[{_WIDE}]+")
_WORD = re.compile(rf"[^\W{_WIDE}]{{1,24}}|[\W_]{{24}}")
_UNIT = re.compile(rf"[{_WIDE}]|{_WORD.pattern}")
_LIST_ITEM = re.compile(r"^(?:[-*+•·▪●◦]\s|[(（]?\d+[.)、）])", re.MULTILINE)
_DELIMITERS = re.compile(r"[\s|:-]+")
_CLAUSE_END = re.compile(r"(?<=[，,；;：:、\s])")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk in the making.

    Attributes:
        section: Path of headings.
        kind: As in `documents.Chunk`.
        text: What is cited: `source[start:end]` of the text that was cut, after the head of a table where that
            is repeated; of a fenced block, its content alone.
        start: Offset of its first character in the text that was cut.
        end: Offset after its last character.
        lead: Opening sentence of the section, if the passage continues one: it tells what the passage is about.
    """

    section: tuple[str, ...]
    kind: str
    text: str
    start: int
    end: int
    lead: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span that is not cut any further. `lead` is repeated before it where a chunk starts with it."""

    start: int
    end: int
    length: int
    kind: str
    lead: str = ""


def measure_length(text: str) -> int:
    """Length of a passage: one for each Chinese character, two for each word in letters or digits.

    A full chunk of 400 is thus 400 Chinese characters or 200 English words. So that no passage grows without
    bound, endless words and runs of symbols count as one word for every 24 characters.

    >>> measure_length("次日留存 D1 retention")
    8
    """
    return sum(map(len, _WIDE_RUN.findall(text))) + 2 * len(_WORD.findall(text))


def chunk_text(text: str, *, markup: str) -> list[Passage]:
    """Cut a cleaned text into passages in reading order.

    A section that fits is one passage. A longer one is cut between sentences into passages of about equal
    length, each at most 400 (`measure_length`), a short last sentence being repeated at the start of the
    next. A heading stands in the passage of the text under it. Lists, tables and code that fit are not cut, and a
    list stays with the sentence that introduces it; a longer table repeats its head. A question and its answer
    are a passage of their own, of kind "qa", and so is a short section headed by a question. A fenced block with an info string is one passage whose text is its content
    alone.

    Args:
        text: Cleaned text without front matter.
        markup: "markdown" or "plain".
    """
    blocks = find_question_pairs(text, parse_blocks(text, markup=markup))
    return [passage for passage in _walk_sections(text, blocks) if passage.text]


def _walk_sections(text: str, blocks: list[Block]) -> Iterator[Passage]:
    path: list[tuple[int, str]] = []
    pending: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            nested = pending and pending[-1].kind == "heading" and pending[-1].level < block.level
            if not nested:
                yield from _pack(text, pending, _titles(path))
                pending = []
            path = [*(entry for entry in path if entry[0] < block.level), (block.level, block.title)]
            pending.append(block)
        elif block.kind == "qa":
            heading = pending if all(waiting.kind == "heading" for waiting in pending) else []
            if not heading:
                yield from _pack(text, pending, _titles(path))
            yield from _pack(text, [*heading, block], _titles(path))
            pending = []
        elif block.kind == "fence":
            if any(waiting.kind != "heading" for waiting in pending):
                yield from _pack(text, pending, _titles(path))
            pending = []
            start = max(text.find(block.content, block.start, block.end), block.start)
            end = min(start + len(block.content), block.end)
            yield Passage(_titles(path), block.info, block.content, start, end)
        else:
            pending.append(block)
    yield from _pack(text, pending, _titles(path))


def _titles(path: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(title for _, title in path)


def _pack(text: str, blocks: list[Block], section: tuple[str, ...]) -> Iterator[Passage]:
    pieces = _attach_headings(text, blocks)
    if not pieces:
        return
    whole = text[pieces[0].start : pieces[-1].end]
    fits = measure_length(whole) <= MAX_LENGTH
    groups = [pieces] if fits else _group(pieces)
    lead = _find_lead(text, blocks)
    asks = fits and blocks[0].kind == "heading" and _answers(section, blocks)
    for group in groups:
        kinds = {piece.kind for piece in group}
        kind = "qa" if asks else kinds.pop() if len(kinds) == 1 else "prose"
        own = text[group[0].start : group[-1].end].rstrip()
        passage, end = group[0].lead + own, group[0].start + len(own)
        yield Passage(section, kind, passage, group[0].start, end, lead if lead not in passage else "")


def _answers(section: tuple[str, ...], blocks: list[Block]) -> bool:
    return bool(section) and section[-1].rstrip("* ").endswith(("？", "?")) and blocks[-1].kind != "heading"


def _find_lead(text: str, blocks: list[Block]) -> str:
    paragraph = next((block for block in blocks if block.kind != "heading"), None)
    if paragraph is None or paragraph.kind != "paragraph":
        return ""
    sentence = split_sentences(text[paragraph.start : paragraph.end])[0].strip()
    return sentence if measure_length(sentence) <= LEAD_LENGTH else ""


def _attach_headings(text: str, blocks: list[Block]) -> list[_Piece]:
    """Cut blocks into pieces, the headings before a block becoming part of its first piece."""
    pieces: list[_Piece] = []
    heading_start: int | None = None
    for block in blocks:
        if block.kind == "heading":
            heading_start = block.start if heading_start is None else heading_start
            continue
        if pieces and heading_start is None and (joined := _join_introduction(text, pieces[-1], block)):
            pieces[-1] = joined
            continue
        first, *rest = _cut_block(text, block)
        if heading_start is not None:
            first = _make_piece(text, heading_start, first.end, first.kind)
            heading_start = None
        pieces += [first, *rest]
    if heading_start is not None:
        pieces.append(_make_piece(text, heading_start, blocks[-1].end, "prose"))
    return pieces


def _join_introduction(text: str, before: _Piece, block: Block) -> _Piece | None:
    """Join a list or table to the sentence that ends with a colon before it, if both fit in a passage."""
    if block.kind not in ("list", "table") or before.kind != "prose":
        return None
    if not text[before.start : before.end].rstrip().endswith(("：", ":")):
        return None
    joined = _make_piece(text, before.start, block.end, "prose" if block.kind == "list" else "table")
    return joined if joined.length <= MAX_LENGTH else None


def _make_piece(text: str, start: int, end: int, kind: str, lead: str = "") -> _Piece:
    return _Piece(start, end, measure_length(text[start:end]), kind, lead)


def _cut_block(text: str, block: Block) -> list[_Piece]:
    span = text[block.start : block.end]
    kind = block.kind if block.kind in ("table", "code", "qa") else "prose"
    if block.kind != "paragraph" and measure_length(span) <= MAX_LENGTH:
        return [_make_piece(text, block.start, block.end, kind)]
    if block.kind == "table":
        return _cut_table(text, block)
    if block.kind == "list":
        starts = sorted({0, *(match.start() for match in _LIST_ITEM.finditer(span))})
        parts = [span[start:end] for start, end in zip(starts, [*starts[1:], len(span)], strict=True)]
    elif block.kind == "code":
        parts = span.splitlines(keepends=True)
    else:
        parts = split_sentences(span)
    return _place(text, block.start, [small for part in parts for small in _cut_long(part)], kind)


def _cut_table(text: str, block: Block) -> list[_Piece]:
    rows = text[block.start : block.end].splitlines(keepends=True)
    height = 2 if _DELIMITERS.fullmatch("".join(rows[1:2]).strip()) else 1
    head = "".join(rows[:height])
    body = [head + "".join(rows[height : height + 1]), *rows[height + 1 :]]
    first, *rest = _place(text, block.start, body, "table")
    return [first, *(_Piece(row.start, row.end, row.length, "table", lead=head) for row in rest)]


def _place(text: str, start: int, parts: list[str], kind: str) -> list[_Piece]:
    pieces = []
    for part in parts:
        pieces.append(_make_piece(text, start, start + len(part), kind))
        start += len(part)
    return pieces


def _cut_long(part: str) -> list[str]:
    """Cut a sentence or item that is too long: between sentences, then clauses, then anywhere."""
    if measure_length(part) <= MAX_LENGTH:
        return [part]
    for cut in (split_sentences, _CLAUSE_END.split):
        smaller = _join_short([piece for piece in cut(part) if piece])
        if len(smaller) > 1:  # symbols alone have no length, and would be joined to the same again
            return [piece for each in smaller for piece in _cut_long(each)]
    return _cut_evenly(part)


def _cut_evenly(part: str) -> list[str]:
    """Cut what has neither sentences nor clauses into equal pieces between characters or words."""
    length = measure_length(part)
    share = length / math.ceil(length / MAX_LENGTH)
    cuts, covered = [0], 0
    for unit in _UNIT.finditer(part):
        width = 1 if "\u3040" <= unit.group() < "\uff00" or unit.group() >= "\U00020000" else 2
        if covered + width > share * len(cuts):
            cuts.append(unit.start())
        covered += width
    return [part[start:end] for start, end in pairwise([*cuts, len(part)]) if start < end]


def _join_short(parts: list[str]) -> list[str]:
    """Join neighbours while they stay below a quarter of a passage, so that clauses do not become crumbs."""
    joined: list[list[str]] = []
    size = MAX_LENGTH
    for part in parts:
        length = measure_length(part)
        if size + length > MAX_LENGTH // 4:
            joined.append([])
            size = 0
        joined[-1].append(part)
        size += length
    return ["".join(group) for group in joined]


def _group(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Group pieces into as few passages as hold them, of about equal length, with overlap."""
    return _fill(pieces, count=len(_fill(pieces, count=1)))


def _fill(pieces: list[_Piece], *, count: int) -> list[list[_Piece]]:
    """Fill passages in order, turning to the next where an equal share ends or the present one is full."""
    share = sum(piece.length for piece in pieces) / count
    groups: list[list[_Piece]] = [[]]
    size = covered = 0
    for piece in pieces:
        has_share = covered + piece.length / 2 > share * len(groups)
        if groups[-1] and (has_share or size + piece.length > MAX_LENGTH):
            groups.append(_carry_over(groups[-1][-1], piece))
            size = sum(each.length for each in groups[-1])
        groups[-1].append(piece)
        size += piece.length
        covered += piece.length
    return groups


def _carry_over(last: _Piece, following: _Piece) -> list[_Piece]:
    fits = last.length <= OVERLAP_LENGTH and last.length + following.length <= MAX_LENGTH
    return [last] if fits and last.kind == "prose" else []
