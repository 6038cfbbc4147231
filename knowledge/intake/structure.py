"""The blocks a text is made of: headings, paragraphs, lists, tables and fences, as spans of the text."""

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BlockKind = Literal["heading", "paragraph", "list", "table", "code", "fence", "qa"]

_TOKEN_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_LONG_TABLE = re.compile(r"^\|.*\|[ \t]*\n\|[ :|-]+\|[ \t]*\n(?:\|.*\|[ \t]*(?:\n|\Z)){500,}", re.MULTILINE)
_COMMENT = re.compile(r"\s*<!--.*?-->\s*\Z", re.DOTALL)
_LIST_LINE = re.compile(r"\s*(?:[-*+•·▪●◦]\s|[(（]?\d+[.)、）])")
_SENTENCE_END = re.compile(r"[。！？!?;；,，:：.…]\s*$")
_FULL_STOP = re.compile(r"[。！？!?.…][”’」』）)\"']*\s*$")
_CLAUSES = re.compile(r"[，,？?：:；;。]")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,})\s*")
_FAQ = re.compile(r"(?i).{0,12}(?:faqs?|问答|問答|q ?& ?a|常见问题|常見問題).{0,6}")
_NUMBERED_HEADINGS = (
    (1, re.compile(r"第[一二三四五六七八九十百\d]+[章节篇部]")),
    (2, re.compile(r"[一二三四五六七八九十]+[、.．]")),
    (3, re.compile(r"[(（][一二三四五六七八九十]+[)）]")),
    (4, re.compile(r"\d+[.、．](?:\d+[.、．]?)*\s*(?=\S)")),
)
_LONGEST_HEADING = 40
_LONGEST_TITLE = 30  # of a heading without a number
_SHORTEST_TEXT = 20
_TITLE_LEVEL, _UNNUMBERED_LEVEL = 1, 5


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the text, `text[start:end]`, without the blank lines around it.

    Attributes:
        kind: What it is; "fence" is a fenced block with an info string, "code" any other code, "qa" a question
            with its answer.
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
        markup: "markdown" or "plain". In plain text, lines that do not end like a sentence are headings if they
            are numbered (一、 or 1. or 第一章) or underlined, or are short and stand alone before a paragraph.
    """
    return _parse_markdown(text) if markup == "markdown" else _parse_plain(text)


@cache
def _markdown_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _parse_markdown(text: str) -> list[Block]:
    blocks, done = [], 0
    for table in _LONG_TABLE.finditer(text):  # whose every cell would cost the parser a thousand bytes
        blocks += _parse_part(text, done, table.start())
        blocks.append(Block("table", table.start(), table.start() + len(table.group().rstrip())))
        done = table.end()
    return blocks + _parse_part(text, done, len(text))


def _parse_part(text: str, start: int, end: int) -> list[Block]:
    blocks = _parse_tokens(text[start:end])
    return (
        [replace(block, start=block.start + start, end=block.end + start) for block in blocks]
        if start
        else blocks
    )


def _parse_tokens(text: str) -> list[Block]:
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
    """Cut a stretch of text at empty lines."""
    blocks: list[Block] = []
    first = last = -1
    while start < end:
        line_end = text.find("\n", start, end)
        line_end = end if line_end < 0 else line_end
        line = text[start:line_end]
        if line and not line.isspace():
            first, last = (start if first < 0 else first), line_end
        elif first >= 0:
            blocks.append(Block("paragraph", first, last))
            first = -1
        start = line_end + 1
    return [*blocks, Block("paragraph", first, last)] if first >= 0 else blocks


def _parse_plain(text: str) -> list[Block]:
    parts = [part for each in _find_paragraphs(text, 0, len(text)) for part in _split_heading(text, each)]
    blocks: list[Block] = []
    for part, following in pairwise([*parts, None]):
        if part is not None:
            blocks.append(_classify(text, part, following, opening=not blocks))
    return [_demote_last(block, following) for block, following in pairwise([*blocks, None]) if block]


def _split_heading(text: str, paragraph: Block) -> list[Block]:
    """Part a numbered or underlined first line from the text that follows it without an empty line."""
    head, _, rest = text[paragraph.start : paragraph.end].partition("\n")
    end = paragraph.start + len(head)
    underline, _, _ = rest.partition("\n")
    if _UNDERLINE.fullmatch(underline) and len(head.strip()) <= 2 * _LONGEST_HEADING:
        below = [Block("paragraph", end + len(underline) + 2, paragraph.end)]
        heading = Block(
            "heading", paragraph.start, end + 1 + len(underline), 1 + ("-" in underline), head.strip()
        )
        return [heading, *(below if below[0].start < paragraph.end else [])]
    lines = rest.splitlines()
    asks = head.rstrip().endswith(("？", "?"))  # and what follows answers: see `question_pairs`
    prose = lines and not asks and not any(map(_LIST_LINE.match, lines)) and _FULL_STOP.search(lines[-1])
    if prose and _measure_heading_level(head) and len(rest) >= _SHORTEST_TEXT:
        return [Block("paragraph", paragraph.start, end), Block("paragraph", end + 1, paragraph.end)]
    return [paragraph]


def _classify(text: str, block: Block, following: Block | None, *, opening: bool) -> Block:
    if block.kind == "heading":
        return block
    span = text[block.start : block.end]
    level = _measure_heading_level(span) or _measure_title_level(text, span, following, opening=opening)
    if level:
        return Block("heading", block.start, block.end, level=level, title=span.strip())
    lines = span.splitlines()
    if all(map(_LIST_LINE.match, lines)):
        return Block("list", block.start, block.end)
    if len(lines) > 1 and len({line.count("\t") for line in lines}) == 1 and "\t" in lines[0].strip():
        return Block("table", block.start, block.end)
    return block


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
    question = line.endswith(("？", "?"))
    if "\n" in line or len(line) > _LONGEST_HEADING or (_SENTENCE_END.search(line) and not question):
        return 0
    return next((level for level, pattern in _NUMBERED_HEADINGS if pattern.match(line)), 0)


def _measure_title_level(text: str, span: str, following: Block | None, *, opening: bool) -> int:
    """Return the level of a short line without a number that stands alone before a paragraph or the like."""
    line = span.strip()
    if "\n" in line or len(line) > 2 * _LONGEST_TITLE or following is None or _LIST_LINE.match(line):
        return 0
    if _FAQ.fullmatch(line):
        return 2
    wide = sum(character >= "\u2e80" for character in line)
    if len(line) + wide > 2 * _LONGEST_TITLE or _SENTENCE_END.search(line) or not any(map(str.isalpha, line)):
        return 0
    next_text = text[following.start : following.end]
    if opening:
        return _TITLE_LEVEL
    goes_on = len(next_text) >= _SHORTEST_TEXT and _FULL_STOP.search(next_text) is not None
    return _UNNUMBERED_LEVEL if goes_on and not _CLAUSES.search(line) else 0
