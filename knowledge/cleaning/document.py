"""The cleaning of a whole document: every step in its order, and the way back to the original."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.cleaning.alignment import Alignment
from knowledge.cleaning.characters import CHARACTER_STEPS, shorten_gaps
from knowledge.cleaning.edits import Edit, apply_edits
from knowledge.cleaning.pronunciations import remove_pronunciations
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
    draft = _Draft(text)
    for step in (*CHARACTER_STEPS, remove_pronunciations, shorten_gaps):
        draft.apply(step)
    return Cleaned(draft.text, draft.alignment)


class _Draft:
    """A text in the making, with its alignment so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.alignment = Alignment.of(len(text), [])

    def apply(self, step: Callable[[str], Sequence[Edit]]) -> None:
        edits = step(self.text)
        if edits:
            self.alignment = self.alignment.then(Alignment.of(len(self.text), edits))
            self.text = apply_edits(self.text, edits)
