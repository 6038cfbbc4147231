"""The cleaning of a whole document: every step in its order, and the way back to the original."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from knowledge.cleaning.alignment import Alignment
from knowledge.cleaning.block_repetition import reduce_blocks
from knowledge.cleaning.characters import INVISIBLE_STEPS, VISIBLE_STEPS, close_spread, shorten_gaps
from knowledge.cleaning.edits import Edit, apply_edits
from knowledge.cleaning.encoding import decode_entities, restore_encoding
from knowledge.cleaning.furniture import find_furniture
from knowledge.cleaning.inline_headings import restore_headings
from knowledge.cleaning.line_breaks import join_lines
from knowledge.cleaning.protection import find_protected, find_tables, spare
from knowledge.cleaning.punctuation import widen_punctuation
from knowledge.cleaning.repetition import reduce_repetition
from knowledge.cleaning.script import unify_script
from knowledge.documents import Notice


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document as it is read and cited.

    Attributes:
        text: The cleaned text.
        alignment: Maps its spans to the original.
        warnings: What was left out.
    """

    text: str
    alignment: Alignment
    warnings: tuple[Notice, ...] = ()


def clean_document(text: str, *, markup: str) -> Cleaned:
    """Make a document read as an editor would have it, while every span leads back to the original.

    Args:
        text: What the loader extracted, without front matter.
        markup: "markdown" or "plain".
    """
    draft = _Draft(text, markup)
    draft.apply(restore_encoding)
    for step in INVISIBLE_STEPS:
        draft.apply(step, everywhere=True)
    draft.apply(partial(decode_entities, markup=markup))
    for step in (*VISIBLE_STEPS, unify_script, shorten_gaps):
        draft.apply(step)
    draft.apply(close_spread, tables=False)
    furniture = draft.apply(partial(find_furniture, markup=markup), everywhere=True)
    draft.apply(partial(join_lines, markup=markup), tables=False)
    draft.apply(partial(restore_headings, markup=markup), tables=False)
    draft.apply(partial(reduce_blocks, markup=markup), everywhere=True)
    draft.apply(reduce_repetition, tables=False)
    draft.apply(widen_punctuation, tables=False)
    draft.apply(shorten_gaps)
    return Cleaned(draft.text, draft.alignment, tuple(_report(furniture)))


def _report(furniture: Sequence[Edit]) -> Iterator[Notice]:
    if furniture:
        yield Notice(
            en=f"Page furniture (notices, links, menus) was left out: {_count(furniture)} characters. "
            "The original keeps it.",
            zh=f"网页杂项（提示、链接、菜单等）已略去：共 {_count(furniture)} 个字符。原文保留不变。",
        )


def _count(edits: Sequence[Edit]) -> int:
    return sum(end - start - len(replacement) for start, end, replacement in edits)


class _Draft:
    """A text in the making, with its alignment so far."""

    def __init__(self, text: str, markup: str) -> None:
        self.text = text
        self.alignment = Alignment.of(len(text), [])
        self._markup = markup

    def apply(
        self, step: Callable[[str], Sequence[Edit]], *, everywhere: bool = False, tables: bool = True
    ) -> Sequence[Edit]:
        """Make a step's edits, save in code and addresses, and where told in tables too."""
        edits = step(self.text)
        if edits and not everywhere:
            edits = spare(edits, find_protected(self.text, markup=self._markup))
        if edits and not tables:
            edits = spare(edits, find_tables(self.text))
        if edits:
            self.alignment = self.alignment.then(Alignment.of(len(self.text), edits))
            self.text = apply_edits(self.text, edits)
        return edits
