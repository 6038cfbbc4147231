"""Figures that their value alone tells: nobody else has it, and no word beside them says that they are another's.

A sentence need not name the row or the day of a figure that cannot be mistaken: "it started the month at 1,682".
Where values stand so close that an altered figure would meet one of them by chance, the name must be said.
"""

import re
from collections.abc import Sequence

from assistant.ledger.chances import chance_of
from assistant.ledger.claims import Claim
from assistant.ledger.matching import agrees, is_fine, is_of, same_unit, states
from assistant.ledger.sources import Source
from assistant.ledger.surroundings import WHOLE, Setting
from assistant.ledger.times import covers

#: How often at most a figure with its last digits altered may be met by chance.
_CHANCE = 0.05
_LETTERS = re.compile(r"[^\W\d_]{2}")


def find_alone(claim: Claim, sources: Sequence[Source]) -> Source | None:
    """Return the only source of a claim's value, where no word beside the claim names another."""
    numeral = claim.numeral
    own = [s for s in sources if states(numeral, s) and not (s.free or s.bound)]
    if any(s.text is not None or (s.segment is None and s.line is None) for s in own):
        return None  # a figure with a name of its own, by which it was refused
    own = [s for s in own if same_unit(numeral, s) and is_fine(numeral, s)]
    if not own or chance_of(numeral, (s.value for s in sources if s.kind == own[0].kind)) > _CHANCE:
        return None
    return next((s for s in own if not _is_contradicted(claim, s, sources)), None)


def _is_contradicted(claim: Claim, source: Source, sources: Sequence[Source]) -> bool:
    """Tell whether what is said beside a claim is of another segment, time or row than the source."""
    setting = claim.setting
    return (
        _is_of_another_segment(claim, source)
        or not agrees(claim.numeral, setting, source, claim.text)
        or (source.earlier and setting.role != "earlier")
        or (source.dated and _is_of_other_days(setting, source))
        or (
            not source.dated
            and not is_of(claim.numeral, setting, source, claim.text, any_row=True)
            and source.segment is None
        )
        or _names_another_row(claim, source, sources)
    )


def _is_of_other_days(setting: Setting, source: Source) -> bool:
    if setting.role == "earlier" and setting.told and not source.earlier:
        return True  # of the day before one that is named
    named = [days for days in setting.days if days not in setting.relative]
    return bool(named) and not any(source.period and covers(days, *source.period) for days in named)


def _is_of_another_segment(claim: Claim, source: Source) -> bool:
    named = (claim.setting.segments or claim.setting.nearby) - {WHOLE}
    if source.segment is None:
        return bool(named) and not named & source.scope
    return (bool(named) and source.segment not in named) or WHOLE in claim.setting.segments


def _names_another_row(claim: Claim, source: Source, sources: Sequence[Source]) -> bool:
    rows = {word for s in sources if s.line != source.line and s.row for word in s.row} - (
        source.row or frozenset()
    )
    words = claim.words.lower()
    return any(_LETTERS.search(word) and word in words for word in rows)
