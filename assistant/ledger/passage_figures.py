"""The figures of a document's passage, each with what the passage says of it."""

import re
from dataclasses import dataclass, field

from assistant.ledger.claims import in_unit
from assistant.ledger.dates import agree
from assistant.ledger.lexicon import EXCLUDED, Lexicon
from assistant.ledger.matching import within
from assistant.ledger.numerals import Numeral, find_numerals
from assistant.ledger.surroundings import WHOLE, Reader, Setting
from assistant.ledger.times import Days
from knowledge.language import split_sentences

_HEAD = re.compile(r"\s*\|[^|]*\|")


@dataclass(slots=True)
class PassageFigures:
    """Tell whether a passage states a figure of an answer.

    Attributes:
        text: The passage with its title and headings.
        lexicon: The names of segments.
        dated: The day that the document is of, which a sentence may name beside its figures.
    """

    text: str
    lexicon: Lexicon
    dated: str | None = None
    _figures: list[tuple[Numeral, Setting]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        reader = Reader(self.lexicon)
        for line in self.text.splitlines():
            for sentence in [line] if line.lstrip().startswith("|") else split_sentences(line):
                numerals = find_numerals(sentence)
                settings = reader.read(sentence, numerals)
                for numeral, setting in zip(numerals, settings, strict=True):
                    self._figures.append((in_unit(numeral, setting.heads), setting))

    def state(self, numeral: Numeral, setting: Setting) -> bool:
        """Tell whether a figure of the passage is the numeral and is of the same segment, time and direction."""
        if numeral.kind == "date":
            theirs = [day for figure, _ in self._figures for day in figure.dates]
            return all(any(agree(mine, day) for day in theirs) for mine in numeral.dates)
        return any(self._is(numeral, setting, figure, own) for figure, own in self._figures)

    def count(self, numeral: Numeral) -> int:
        """Return how often the passage states a figure of this kind and value, in its sentences or in its tables."""
        same = [
            bool(own.heads)
            for figure, own in self._figures
            if figure.kind == numeral.kind and abs(figure.value or 0) == abs(numeral.value or 0)
        ]
        return max(sum(same), len(same) - sum(same))

    def _is(self, numeral: Numeral, setting: Setting, figure: Numeral, own: Setting) -> bool:
        return (
            _states(numeral, setting, figure, own)
            and _same_segment(setting, own)
            and self._same_time(setting, own)
            and not (numeral.noun and figure.noun and numeral.noun != figure.noun)
            and not (numeral.currency and figure.currency and numeral.currency != figure.currency)
        )

    def _same_time(self, setting: Setting, own: Setting) -> bool:
        if setting.role or own.role:
            dated = any(days not in setting.relative for days in setting.days)
            apart = {setting.role, own.role} == {"earlier", "later"} or (own.role == "earlier" and not dated)
            if apart and setting.role != own.role and not (setting.loose or own.loose):
                return False
        days = [d for d in setting.days if d not in setting.relative and not self._is_own(d)]
        if any(_meet(one, other) for one in days for other in own.unlike):
            return False
        theirs = [d for d in own.days if not own.loose]
        return (
            not days
            or not theirs
            or setting.loose
            or any(_meet(one, other) for one in days for other in theirs)
        )

    def _is_own(self, days: Days) -> bool:
        """Tell whether days are the document's own."""
        if not self.dated:
            return False
        year, month, day = (int(part) for part in self.dated[:10].split("-"))
        return all(agree(written, (year, month, day)) for written in days)


def _states(numeral: Numeral, setting: Setting, figure: Numeral, own: Setting) -> bool:
    if numeral.value is None or figure.value is None or numeral.kind != figure.kind:
        return False
    if numeral.signed and figure.signed:
        return within(numeral, figure.value - numeral.value)
    mine = (numeral.value > 0) - (numeral.value < 0) if numeral.signed else setting.direction
    theirs = (figure.value > 0) - (figure.value < 0) if figure.signed else own.direction
    changes = numeral.kind == "points" or setting.arrives or own.arrives or numeral.signed or figure.signed
    if changes and mine * theirs < 0:
        return False
    return within(numeral, abs(figure.value) - abs(numeral.value))


def _same_segment(setting: Setting, own: Setting) -> bool:
    named, theirs = setting.segments - {WHOLE}, own.segments - {WHOLE}
    if WHOLE in setting.segments and not named:
        return not theirs
    if named:
        known = theirs or own.nearby - {WHOLE}
        return not known or not _dimensions(named) & _dimensions(known) or bool(named & known)
    near = setting.nearby - {WHOLE}
    return not (theirs and near and _dimensions(theirs) & _dimensions(near) and not theirs & near)


def _dimensions(segments: frozenset[str]) -> set[str]:
    return {segment.partition("=")[0].removeprefix(EXCLUDED) for segment in segments}


def _meet(one: Days, other: Days) -> bool:
    """Tell whether two stretches of days may have a day in common, as far as they are written."""
    if any(agree(mine, theirs) for mine in one for theirs in other):
        return True
    (a, b), (c, d) = [[(m or 0, day or 0) for _, m, day in days] for days in (one, other)]
    return max(a, c) <= min(b, d)
