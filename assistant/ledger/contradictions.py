"""Sentences that have a figure go the other way than its levels do."""

import re
from collections.abc import Collection, Sequence

from assistant.ledger.directions import find_changes, find_directions
from assistant.ledger.lexicon import Lexicon
from assistant.ledger.numerals import Numeral
from assistant.ledger.operations import Operand
from assistant.ledger.sources import PERIOD
from assistant.ledger.surroundings import Setting

_FROM = re.compile(r"\s*[^\W\d]*\s*(?:\bfrom|自|从)\s*(?:about |around |约)?", re.IGNORECASE)
_THAN = re.compile(
    r"(?P<above>高于|多于|大于|高出|\b(?:higher|more|greater|larger) than|\babove|\bup from)"
    r"|(?P<below>低于|少于|小于|不及|\b(?:lower|less|fewer|smaller) than|\bbelow|\bdown from)",
    re.IGNORECASE,
)
#: Behind a figure that is itself what two differ by: 377 more than the week before.
_DIFFERS = re.compile(r"\s+(?:\w+\s+)?(?:more|fewer|less|higher|lower)\b", re.IGNORECASE)
#: Sets a figure beside another one, and does not compare them: 38 %, against fewer than 6 %.
_BESIDE = re.compile(r"\b(?:against|versus|vs|and|while|but)\b|[而和与对；;。]", re.IGNORECASE)
#: Between two figures of which the second is what the first is set against, or what became of it.
_OPPOSED = re.compile(
    r"[\s*]*[^\W\d]*[\s*]*(?:→|->|=>|[^\d，。,;；]{0,24}(?:\bto\b|\bfrom\b|\bvs\b\.?|\bversus\b|\bagainst\b|对比|[到至为成]))[^\d，。,;；]{0,12}",
    re.IGNORECASE,
)
_STAYED = re.compile(
    r"持平|不变|稳定|没变|相同|一样|维持|\b(?:flat|unchanged|stable|steady|same|held|hold|stay\w*|remain\w*|constant)\b",
    re.IGNORECASE,
)
#: What two figures are compared by stands this near to the second.
_REACH = 24


def moves_backwards(one: Numeral, before: Setting, other: Numeral, after: Setting) -> bool:
    """Tell whether a figure is said to rise or fall from one numeral to the other, which lies the other way."""
    if one.value is None or other.value is None or one.kind != other.kind:
        return False
    moved = after.lead == "later" and before.compares and before.role != "later"
    return moved and after.direction * (other.value - one.value) < 0


def compares_backwards(text: str, one: Numeral, before: Setting, other: Numeral) -> bool:
    """Tell whether one figure is set above or below the next one, "68,983, less than 64,236", and lies the other way."""
    if one.value is None or other.value is None or one.kind != other.kind or one.signed or other.signed:
        return False
    between = text[one.end : other.start]
    if _DIFFERS.match(between):
        return False
    if _FROM.fullmatch(between) and before.role != "earlier":
        said = before.direction
    else:
        found = [] if _BESIDE.search(between) else list(_THAN.finditer(between))
        said = (
            (1 if found[0]["above"] else -1)
            if len(found) == 1 and len(between) - found[0].end() <= _REACH
            else 0
        )
    return said * (one.value - other.value) < 0


def repeats_itself(text: str, one: Numeral, other: Numeral) -> bool:
    """Tell whether a figure is set against itself, "93.3 % against 93.3 %", and not said to have stayed."""
    same = one.value is not None and one.value == other.value and one.kind == other.kind
    return same and bool(_OPPOSED.fullmatch(text[one.end : other.start])) and not _STAYED.search(text)


def turns_round(text: str, stated: Sequence[Operand], lexicon: Lexicon) -> bool:
    """Tell whether a sentence on two levels of one figure, and no other level, has it move the other way."""
    sides = {operand.earlier: operand for operand in stated}
    series = {PERIOD.sub("", operand.label) for operand in stated}
    if len(sides) != 2 or len(stated) != 2 or len(series) != 1:
        return False
    said = find_directions(lexicon.blank(text))
    moved = sides[False].value - sides[True].value
    return len(said) == 1 and moved * next(iter(said)) < 0


def goes_against(text: str, moved: Collection[int], lexicon: Lexicon) -> bool:
    """Tell whether a sentence speaks of one change only, and its figures, by how they `moved`, all went the other way."""
    said = find_changes(lexicon.blank(text))
    return len(said) == 1 and bool(moved) and all(way * next(iter(said)) < 0 for way in moved)
