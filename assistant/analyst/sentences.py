"""Cut passages into what can be quoted: sentences, list lines and table rows."""

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.turn import Passage
from knowledge.language import split_sentences

_LIST_LINE = re.compile(r"^\s*(?:[-*+•]|\d+[.)、](?!\d)|[一二三四五六七八九十]+[、.])\s*")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{3,}")
_CELL = re.compile(r"(?<!\\)\|")
_QUESTION = re.compile(r"[?？]\W*$")
#: Openings and phrases that point back to what was said before.
_POINTS_BACK = re.compile(
    r"^\W*(?:he|she|it|they|this(?! (?:year|month|week|time))|these|those|such|his|her|its|their|both|the (?:former|latter|same)|there|then)\b"
    r"|\bthis (?!year|month|week|time)\w+"
    r"|^(?:他|她|它|牠|其(?!他|它|中)|该|此|这|那|两者|上述|以上|前者|后者|当时|随后|之后)",
    re.IGNORECASE,
)
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list line or table row of a passage.

    Attributes:
        text: As it stands in the passage, without the mark of a list.
        position: Its number within the passage, from 0.
        is_step: Whether it is a line of a list.
        heads: Of a table row, the heads of its columns.
    """

    passage: Passage
    text: str
    position: int
    is_step: bool = False
    heads: tuple[str, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it asks rather than tells."""
        return bool(_QUESTION.search(self.text))

    @property
    def points_back(self) -> bool:
        """Whether it is understood only with the sentence before it."""
        return self.position > 0 and not self.is_step and bool(_POINTS_BACK.search(self.text))

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Of a table row, its cells that are not empty, each with the head of its column."""
        cells = _read_row(self.text) if self.heads else ()
        return tuple((head, cell) for head, cell in zip(self.heads, cells, strict=False) if cell)

    @property
    def words(self) -> str:
        """What it says, the heads of its columns included."""
        return " ".join(" ".join(pair) for pair in self.cells) or self.text


def cut_sentences(passage: Passage) -> list[Sentence]:
    """Cut a passage into sentences; a list item and a table row are one each, headings and table heads none."""
    found: list[Sentence] = []
    lines = passage.text.split("\n")
    heads: tuple[str, ...] = ()
    named = {passage.title, *passage.section}
    for line, below in pairwise([*lines, ""]):
        if not line.strip() or _HEADING.match(line) or _TABLE_RULE.match(line):
            continue
        is_row = line.lstrip().startswith("|")
        if is_row and _TABLE_RULE.match(below):
            heads = _read_row(line)
            continue
        units = [line] if is_row or _LIST_LINE.match(line) else split_sentences(line)
        for unit in units:
            text = _LIST_LINE.sub("", unit.strip()).strip()
            if len(text) >= _SHORTEST and text not in named:
                is_step = bool(_LIST_LINE.match(unit))
                found.append(Sentence(passage, text, len(found), is_step, heads if is_row else ()))
    return found


def _read_row(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip().strip("|")))
