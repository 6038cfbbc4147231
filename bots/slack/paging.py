"""Fit a long answer into Slack's limits: texts into blocks, blocks into messages."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]
#: A markdown block holds 12,000 characters, as do all of a message together; this leaves room for the rest.
LONGEST_TEXT = 8_000
_LARGEST_MESSAGE = 12_000
_MOST_BLOCKS = 45
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)(.*)$")


def split_markdown(text: str, *, longest: int = LONGEST_TEXT) -> list[str]:
    """Split Markdown at line ends into parts of at most `longest` characters; a code block goes on."""
    parts: list[str] = []
    part, fence = "", ""
    for line in _lines(text, longest // 2):
        closing = f"\n{fence[:3]}" if fence else ""
        if part and len(part) + len(line) + len(closing) > longest - 8:
            parts.append(part.rstrip("\n") + closing)
            part = f"{fence}\n" if fence else ""
        part += line
        if match := _FENCE.match(line.rstrip("\n")):
            fence = "" if fence else match[1][:3] + match[2].strip()[:16]
    return [*parts, part.rstrip("\n")] if part.strip() else parts


def pack(blocks: Sequence[Block]) -> list[list[Block]]:
    """Share blocks out over as few messages as hold them, in order."""
    messages: list[list[Block]] = []
    room = 0
    for block in blocks:
        size = len(json.dumps(block, ensure_ascii=False))
        if not messages or size > room or len(messages[-1]) >= _MOST_BLOCKS:
            messages.append([])
            room = _LARGEST_MESSAGE
        messages[-1].append(block)
        room -= size
    return messages


def _lines(text: str, longest: int) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        for start in range(0, len(line), longest):
            yield line[start : start + longest]
