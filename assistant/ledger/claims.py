"""The figures of one sentence, and what they account for among themselves.

A coarse figure restates an exact one beside it ("nearly a third (31.8 %)"); two figures of one row of a table tell which
row they are of, where the sentence has no name for it; and one figure that is told of two things is of neither.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from assistant.ledger.directions import find_changes
from assistant.ledger.matching import is_of, same_unit, states, within
from assistant.ledger.numerals import Numeral
from assistant.ledger.sources import Source
from assistant.ledger.surroundings import Setting
from assistant.ledger.units import unit_in

#: Status and source of a numeral; None while nothing accounts for it.
Why = tuple[str, str | None] | None

UNSUPPORTED = ("unsupported", None)
_KNOWN = ("evidence", "citation", "derived")
#: What parts two figures that are not of one thing.
_PARTED = re.compile(r"[，。;；、\n!?！？]|,\s|\.\s")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d+[.)、])\s")
#: Between a figure and its share in brackets.
_OPENED = re.compile(r"[^\d，。,;；|:：（()）]{0,8}[（(]\D{0,4}")
#: A figure below is too common for being told twice, or for naming a row.
_LEAST_TOLD, _LEAST_NAMING = 10, 100


@dataclass(frozen=True, slots=True)
class Claim:
    """A numeral with its sentence.

    Attributes:
        numeral: The numeral.
        setting: What the sentence says of it.
        text: The sentence. cited: Its markers.
        words: Those that may name the figure.
    """

    numeral: Numeral
    setting: Setting
    text: str
    cited: Sequence[str]
    words: str = ""

    @property
    def clause(self) -> str:
        """What stands beside the numeral; "half" and 三成 say by themselves that they are shares."""
        beside = self.text[max(0, self.numeral.start - 60) : self.numeral.end + 40]
        in_words = self.numeral.kind == "percent" and not re.search(r"\d", self.numeral.text)
        return f"{beside} 占" if in_words else beside


def derives(claim: Claim, source: Source) -> bool:
    """Tell whether what was derived is a claim's figure."""
    return states(claim.numeral, source) and same_unit(claim.numeral, source) and _goes_along(claim, source)


def _goes_along(claim: Claim, source: Source) -> bool:
    """Tell whether a sentence has a derived change go the way it went."""
    numeral = claim.numeral
    if not source.change:
        return True
    if numeral.signed and numeral.value:
        said = find_changes(claim.text)
        return len(said) != 1 or numeral.value * next(iter(said)) > 0
    return claim.setting.direction * source.value >= 0


def restate(claims: Sequence[Claim], found: list[Why]) -> None:
    """Account for coarse figures by exact ones of their sentence."""
    for at, claim in enumerate(claims):
        if found[at] is None and (claim.numeral.hedge or not re.search(r"\d", claim.numeral.text)):
            for other, why in zip(claims, found, strict=True):
                if why and why != UNSUPPORTED and _restates(claim.numeral, other.numeral):
                    found[at] = "derived", why[1]


def _restates(coarse: Numeral, exact: Numeral) -> bool:
    if coarse.value is None or exact.value is None or coarse is exact or coarse.kind != exact.kind:
        return False
    return exact.precision < coarse.slack and within(coarse, abs(exact.value) - abs(coarse.value))


def link_rows(
    claims: Sequence[Claim], found: list[Why], sources: Callable[[Claim], Iterable[Source]]
) -> None:
    """Account for figures that stand beside another one of the same row of a table."""
    lines = [{s.line: s.label for s in sources(claim) if _is_of_some_row(claim, s)} for claim in claims]
    linked = [False] * len(claims)
    listed = bool(claims) and bool(_BULLET.match(claims[0].text))
    for at, (one, other) in enumerate(pairwise(claims)):
        between = one.text[one.numeral.end : other.numeral.start]
        values = [abs(claim.numeral.value or 0) for claim in (one, other)]
        if (
            (listed or not _PARTED.search(between))
            and max(values) >= _LEAST_NAMING
            and set(lines[at]) & set(lines[at + 1])
        ):
            linked[at] = linked[at + 1] = True
    for at, own in enumerate(lines):
        if linked[at] and found[at] is None:
            found[at] = "evidence", next(iter(own.values()))


def find_mixed(claims: Sequence[Claim], sources: Callable[[Claim], Iterable[Source]]) -> list[int]:
    """Return the figures with a share in brackets behind them that stands in another row: 4,416 people (18.4 %)."""
    mixed = []
    for at, (one, other) in enumerate(pairwise(claims)):
        between = one.text[one.numeral.end : other.numeral.start]
        if (
            one.numeral.kind in ("count", "money")
            and other.numeral.kind == "percent"
            and not other.numeral.signed
            and _OPENED.fullmatch(between)
        ):
            rows = [_rows_of(claim, sources(claim)) for claim in (one, other)]
            if all(rows) and not rows[0] & rows[1]:
                mixed += [at, at + 1]
    return mixed


def _rows_of(claim: Claim, sources: Iterable[Source]) -> set[int]:
    """Return the rows of a table that hold a figure; none where it is too common to tell."""
    if not is_telling(claim.numeral):
        return set()
    return {
        s.line
        for s in sources
        if s.line is not None and not s.dated and states(claim.numeral, s) and same_unit(claim.numeral, s)
    }


def _is_of_some_row(claim: Claim, source: Source) -> bool:
    if source.line is None or source.segment is not None:
        return False
    return is_of(claim.numeral, claim.setting, source, claim.text, any_row=True)


def find_twice(claims: Sequence[Claim], found: Sequence[Why], known: Callable[[Claim], int]) -> list[int]:
    """Return the figures that a sentence states more often than they are known: of two things, one is not so."""
    told: dict[tuple[str, float], list[int]] = {}
    for at, (claim, why) in enumerate(zip(claims, found, strict=True)):
        numeral = claim.numeral
        written = any(character.isdigit() for character in numeral.text)
        if written and why and why[0] in _KNOWN and is_telling(numeral):
            told.setdefault((numeral.kind, numeral.value or 0.0), []).append(at)
    return [
        at
        for group in told.values()
        if 1 < len(group) > known(claims[group[0]])
        and not any(claims[at].numeral.hedge == "about" for at in group)
        for at in group
    ]


@dataclass(slots=True)
class Block:
    """The rows of a table or of a list: a figure told of two of them, in one place and by one source, is not of both."""

    _sort: str = ""
    _told: dict[tuple[int, str, float, frozenset[str]], int] = field(default_factory=dict)

    def find_twice(
        self, claims: Sequence[Claim], found: Sequence[Why], known: Callable[[Claim], int]
    ) -> list[int]:
        """Return the figures of a row that stood in their column of the rows before as often as they are known."""
        sort = (
            ""
            if not claims
            else "row"
            if claims[0].setting.heads
            else "bullet" * bool(_BULLET.match(claims[0].text))
        )
        if not sort or sort != self._sort:
            self._told.clear()
        self._sort = sort
        if not sort:
            return []
        twice = []
        for at, (claim, why) in enumerate(zip(claims, found, strict=True)):
            if why and why[0] in _KNOWN and is_telling(claim.numeral):
                key = at, claim.numeral.kind, claim.numeral.value or 0.0, frozenset(claim.cited)
                self._told[key] = self._told.get(key, 0) + 1
                if self._told[key] > known(claim):
                    twice.append(at)
        return twice


def in_unit(numeral: Numeral, heads: str) -> Numeral:
    """Return a bare figure of a table in the unit that the head of its column or row names: GMV (万元), change (pp)."""
    unit = unit_in(heads)
    if unit is None or numeral.kind != "count" or numeral.noun or numeral.value is None:
        return numeral
    kind, scale, currency = unit
    return replace(
        numeral,
        kind=kind,
        currency=currency,
        value=numeral.value * scale,
        precision=numeral.precision * scale,
        coarse=numeral.coarse * scale,
    )


#: Parts of a line that tells the cells of a row, each behind its head: 预算（元）：50,000；上限（元）：10,000.
_PART = re.compile(r"[;；]")
_BEHIND_HEAD = re.compile(r"[:：][\s*]*$")
_ITEM = re.compile(r"\s*[-*+•]\s")


def head_of(text: str, numeral: Numeral) -> str:
    """Return the head that a figure of a line stands behind, else that of a list's line; empty where it has none.

    >>> head_of("- GMV (yuan); This week: 108", Numeral("108", 25, 28, 108.0, "count"))
    '- GMV (yuan)'
    """
    *others, own = _PART.split(text[: numeral.start])
    if not _BEHIND_HEAD.search(own):
        return ""
    if unit_in(own) is not None or not others:
        return own
    return others[0] if _ITEM.match(text) else ""


def is_telling(numeral: Numeral) -> bool:
    """Tell whether a figure is one that is not met by chance."""
    if (
        numeral.value is None
        or numeral.kind == "time"
        or (numeral.noun in ("days", "hours") and numeral.value < _LEAST_TOLD)
    ):
        return False
    return (
        numeral.kind not in ("count", "multiple")
        or abs(numeral.value) >= _LEAST_TOLD
        or numeral.precision < 0.5
    )


def count_known(claim: Claim, sources: Iterable[Source]) -> int:
    """Return how many figures of measurements have the value of a claim: figures, their cells and words are the same."""
    figures, lines, words = 0, set(), 0
    for source in sources:
        if states(claim.numeral, source) and same_unit(claim.numeral, source):
            figures += source.text is not None
            words += source.free
            lines.add(source.line)
    return max(figures, len(lines - {None}), words, 1)
