"""Sentences that have a figure go the other way than its levels do."""

from collections.abc import Sequence

from assistant.ledger.derivations import Operand
from assistant.ledger.directions import find_directions
from assistant.ledger.lexicon import Lexicon
from assistant.ledger.numerals import Numeral
from assistant.ledger.sources import PERIOD
from assistant.ledger.surroundings import Setting


def moves_backwards(one: Numeral, before: Setting, other: Numeral, after: Setting) -> bool:
    """Tell whether a figure is said to rise or fall from one numeral to the other, which lies the other way."""
    if one.value is None or other.value is None or one.kind != other.kind:
        return False
    moved = after.arrives and before.compares and before.role != "later"
    return moved and after.direction * (other.value - one.value) < 0


def turns_round(text: str, stated: Sequence[Operand], lexicon: Lexicon) -> bool:
    """Tell whether a sentence on two levels of one figure, and no other level, has it move the other way."""
    sides = {operand.earlier: operand for operand in stated}
    series = {PERIOD.sub("", operand.label) for operand in stated}
    if len(sides) != 2 or len(stated) != 2 or len(series) != 1:
        return False
    said = find_directions(lexicon.blank(text))
    moved = sides[False].value - sides[True].value
    return len(said) == 1 and moved * next(iter(said)) < 0
