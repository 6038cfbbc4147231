"""Which figure of a measurement the words beside a numeral name: ARPU or ARPPU, day 3 or day 7, content or coupon.

Two figures are told apart by what their labels do not share. A numeral that is one figure's value, beside words that
name another figure of its unit and not this one, is not of this one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answer import Evidence, EvidenceFigure
from assistant.ledger.numerals import Numeral
from assistant.ledger.sources import series_of

_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[一-鿿]")
_BRACKETS = re.compile(r"[（(]([^（()）]*)[)）]")
_LABELLED = re.compile(r"^[^=]*?\s=\s*.+?\s*[:：]")
_ACRONYM = re.compile(r"\b[A-Z]{2,}\b")
_END = re.compile(r"[，。;；、\n!?！？|]|,\s|\.\s|\.$")
#: Behind a figure, also what a figure behind it is of; and in "5,683 of 17,712 users (32.1 %)", where the whole ends.
_ENDS = re.compile(rf"{_END.pattern}|[:：]|\b(?:against|versus|vs|than|compared)\b|对比|相比")
_WHOLE_ENDS = re.compile(rf"{_END.pattern}|[:：(（]")
_PART_OF = re.compile(r"\d\s?\w* of (?:the |all |our )*\**$", re.IGNORECASE)
_MOVES = re.compile(r"^[^,，。;；]{0,12}(?:\bto\b|→|->|[到至])[^,，。;；]{0,8}$")
#: Other ways to write the days of retention.
_DAYS = (
    (re.compile(r"\bD(\d+)\b"), r"第\1日 day \1 "),
    (re.compile(r"次日"), "第1日"),
    (re.compile(r"(\d+)\s?日(?=留存)"), r"第\1日"),
)

Tokens = tuple[str, ...]


def words_beside(text: str, numeral: Numeral, others: Sequence[Numeral]) -> str:
    """Return the words that may name a figure: those of its clause up to the figures of its unit beside it."""
    like = [other for other in others if other.kind == numeral.kind and other is not numeral]
    since = max((other.end for other in like if other.end <= numeral.start), default=0)
    until = min((other.start for other in like if other.start >= numeral.end), default=len(text))
    before = [cut.end() for cut in _END.finditer(text, since, numeral.start)]
    behind = (_WHOLE_ENDS if _PART_OF.search(text[: numeral.start]) else _ENDS).search(
        text, numeral.end, until
    )
    start = before[-1] if before else since
    before_it = text[start : numeral.start]
    if until < len(text) and _MOVES.search(text[numeral.end : until]):
        before_it = re.split(r"[:：]", before_it)[
            -1
        ]  # "target: from 42.8 % to 45 %" has one of two for its target
    closed = re.split(r"[)）]", before_it)[-1]  # what stood in brackets was of another figure
    before_it = closed if len(_TOKEN.findall(closed)) > 1 else before_it
    return f"{before_it} {text[numeral.end : behind.start() if behind else until]}"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a measurement's figures.

    Attributes:
        item: The measurement.
    """

    item: Evidence

    def denies(self, name: str, segment: str | None, words: str) -> bool:
        """Tell whether words name another figure of the unit than this one, and not this one."""
        own = next((f for f in self.item.figures if f.name == name and f.segment == segment), None)
        near = _tokens(words)
        if own is None or not near:
            return False
        return any(_names_other(own, other, near, words) for other in self._rivals(own))

    def _rivals(self, own: EvidenceFigure) -> Iterator[EvidenceFigure]:
        for other in self.item.figures:
            apart = (
                other.value is not None
                and other.text != own.text
                and series_of(other)[0] != series_of(own)[0]
            )
            unnamed = own.segment and other.segment and not _LABELLED.match(own.label)
            if apart and other.unit == own.unit and (other.segment == own.segment or unnamed):
                yield other


def _names_other(own: EvidenceFigure, other: EvidenceFigure, near: Tokens, words: str) -> bool:
    mine, theirs = _aliases(own.label), _aliases(other.label)
    said = [_holds(near, _apart(a, b)) for b in mine for a in theirs]
    if any(said) and not any(_holds(near, _apart(b, a)) for b in mine for a in theirs):
        return True
    return _is_plain_name(own, other, words, near)


def _is_plain_name(own: EvidenceFigure, other: EvidenceFigure, words: str, near: Tokens) -> bool:
    """Tell whether words name the other figure by its acronym, of which this one is a variety that they do not name."""
    if not own.name.endswith(f"_{other.name}"):
        return False
    acronyms = {acronym.lower() for acronym in _ACRONYM.findall(words)}
    qualifiers = (
        set(_tokens(f"{own.name.replace('_', ' ')} {own.label}")) - set(_tokens(other.label)) - {other.name}
    )
    return other.name in acronyms and not qualifiers & set(near)


def _tokens(text: str) -> Tokens:
    for pattern, written in _DAYS:
        text = pattern.sub(written, text)
    return tuple(_TOKEN.findall(text.lower()))


@lru_cache(maxsize=1024)
def _aliases(label: str) -> tuple[Tokens, ...]:
    """Return the names in a label: all of it, what is in brackets, and what follows a colon."""
    label = _LABELLED.sub("", label)
    plain = _BRACKETS.sub(" ", label)
    inside = [part for part in _BRACKETS.findall(label) if not re.search(r"\d", part)]
    parts = [plain, *inside, *re.split(r"[:：]", plain)[1:]]
    return tuple(dict.fromkeys(tokens for part in parts if (tokens := _tokens(part))))


def _apart(one: Tokens, other: Tokens) -> Tokens:
    """Return what of `one` the other does not share at its ends; a bare number keeps the word beside it."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    rest = one[start : len(one) - end]
    if rest and all(token[0].isdigit() for token in rest):
        return one[start - 1 : len(one) - end] if start else one[: len(one) - max(0, end - 1)]
    return rest


def _holds(near: Tokens, wanted: Tokens) -> bool:
    size = len(wanted)
    return bool(size) and any(near[at : at + size] == wanted for at in range(len(near) - size + 1))
