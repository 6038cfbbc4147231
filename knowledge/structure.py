"""The blocks a text is made of: headings, paragraphs, lists, tables and fences, as spans of the text."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BlockKind = Literal["heading", "paragraph", "list", "table", "code", "fence"]

_TOKEN_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_COMMENT = re.compile(r"\s*<!--.*?-->\s*\Z", re.DOTALL)
_LIST_LINE = re.compile(r"\s*(?:[-*+•·▪●◦]\s|[(（]?\d+[.)、）])")
_SENTENCE_END = re.compile(r"[。！？!?;；,，:：.…]\s*$")
_NUMBERED_HEADINGS = (
    (1, re.compile(r"第[一二三四五六七八九十百\d]+[章节篇部]")),
    (2, re.compile(r"[一二三四五六七八九十]+[、.．]")),
    (3, re.compile(r"[(（][一二三四五六七八九十]+[)）]")),
    (4, re.compile(r"\d+[.、．](?:\d+[.、．]?)*\s*(?=\S)")),
)
_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the text, `text[start:end]`, without the blank lines around it.

    Attributes:
        kind: What it is; "fence" is a fenced block with an info string, "code" any other code.
        start: Offset of its first character.
        end: Offset after its last character.
        level: Of a heading, 1 for the outermost.
        title: Of a heading, its words.
        info: Of a fence, the first word of its info string.
        content: Of a fence, what stands between the fence lines, unchanged.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    title: str = ""
    info: str = ""
    content: str = ""


def parse_blocks(text: str, *, markup: str) -> list[Block]:
    """Cut text into blocks in reading order; between them there are only blank lines and HTML comments.

    Args:
        text: Cleaned text.
        markup: "markdown" or "plain". In plain text, lines that stand alone, are numbered (一、 or 1. or
            第一章) and do not end like a sentence are headings.
    """
    return _parse_markdown(text) if markup == "markdown" else _parse_plain(text, 0, len(text))


@cache
def _markdown_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _parse_markdown(text: str) -> list[Block]:
    offsets = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
    tokens = _markdown_parser().parse(text)
    blocks, covered = [], 0
    for index, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0:
            continue
        start, end = offsets[token.map[0]], offsets[min(token.map[1], len(offsets) - 1)]
        blocks += _find_paragraphs(text, covered, start)  # link definitions, which the parser swallows
        blocks += _build_block(text, start, end, token, tokens[index + 1 : index + 2])
        covered = max(covered, end)
    return blocks + _find_paragraphs(text, covered, len(text))


def _build_block(text: str, start: int, end: int, token: "Token", following: "list[Token]") -> list[Block]:
    span = text[start:end]
    if token.type == "hr" or not span.strip() or (token.type == "html_block" and _COMMENT.match(span)):
        return []
    end = start + len(span.rstrip())
    info = token.info.split()
    if token.type == "fence" and info:
        return [Block("fence", start, end, info=info[0], content=token.content.rstrip("\n"))]
    if token.type == "heading_open":
        title = following[0].content if following else ""
        return [Block("heading", start, end, level=int(token.tag[1]), title=title)]
    return [Block(_TOKEN_KINDS.get(token.type, "paragraph"), start, end)]


def _find_paragraphs(text: str, start: int, end: int) -> list[Block]:
    return [Block("paragraph", m.start(), m.end()) for m in _PARAGRAPH.finditer(text, start, end)]


def _parse_plain(text: str, start: int, end: int) -> list[Block]:
    blocks: list[Block] = []
    for paragraph in _find_paragraphs(text, start, end):
        span = text[paragraph.start : paragraph.end]
        level = _measure_heading_level(span)
        if level:
            blocks.append(Block("heading", paragraph.start, paragraph.end, level=level, title=span.strip()))
        elif all(_LIST_LINE.match(line) for line in span.splitlines()):
            blocks.append(Block("list", paragraph.start, paragraph.end))
        else:
            blocks.append(paragraph)
    return [_demote_last(block, following) for block, following in pairwise([*blocks, None]) if block]


def _demote_last(block: Block, following: Block | None) -> Block:
    """Take a numbered line at the end, or one followed by its like, for a list item: it heads nothing."""
    followed_by_like = (
        following is not None and following.kind == "heading" and following.level == block.level
    )
    if block.kind == "heading" and (following is None or followed_by_like):
        return Block("list", block.start, block.end)
    return block


def _measure_heading_level(span: str) -> int:
    line = span.strip()
    if "\n" in line or len(line) > _LONGEST_HEADING or _SENTENCE_END.search(line):
        return 0
    return next((level for level, pattern in _NUMBERED_HEADINGS if pattern.match(line)), 0)
