"""Figures that are listed as a column of a table lists them: 9.0 %, 9.3 %, 10.3 % and 10.2 % need no dates of their own."""

import re
from collections.abc import Callable, Iterable, Sequence

from assistant.ledger.claims import UNSUPPORTED, Claim, Why
from assistant.ledger.matching import same_unit, states
from assistant.ledger.sources import Source

#: What stands between the figures of a list.
_LISTED = re.compile(
    r"[\s*、,，/→>~～-]*(?:\band\b|\bthen\b|\bto\b|和|与|再?到)?[\s*]*[^\W\d_]{0,2}[\s*]*", re.IGNORECASE
)
#: So many figures in their order are hardly met by chance.
_LEAST = 3


def link_runs(
    claims: Sequence[Claim], found: list[Why], sources: Callable[[Claim], Iterable[Source]]
) -> None:
    """Account for listed figures that stand below one another in a column of a table."""
    for run in _lists(claims):
        if all(found[at] not in (None, UNSUPPORTED) for at in run):
            continue
        for column in _columns(sources(claims[run[0]])):
            for at, source in _match(claims, run, column):
                if found[at] is None:
                    found[at] = "evidence", source.label


def _lists(claims: Sequence[Claim]) -> Iterable[list[int]]:
    """Yield the figures of one kind that stand in a list."""
    run: list[int] = []
    for at, claim in enumerate(claims):
        before = claims[run[-1]] if run else None
        between = claim.text[before.numeral.end : claim.numeral.start] if before else ""
        if before is None or before.numeral.kind != claim.numeral.kind or not _LISTED.fullmatch(between):
            if len(run) >= _LEAST:
                yield run
            run = []
        run.append(at)
    if len(run) >= _LEAST:
        yield run


def _columns(sources: Iterable[Source]) -> Iterable[list[Source]]:
    columns: dict[tuple[str, str], list[Source]] = {}
    for cell in sources:
        if cell.line is not None and cell.level:
            columns.setdefault((cell.name, cell.kind), []).append(cell)
    return columns.values()


def _match(claims: Sequence[Claim], run: Sequence[int], column: Sequence[Source]) -> list[tuple[int, Source]]:
    """Return the longest stretch of a list that the column holds, with its cells; none where it is short."""
    best: list[tuple[int, Source]] = []
    for first in range(len(run)):
        for start in range(len(column)):
            pairs: list[tuple[int, Source]] = []
            for at, cell in zip(run[first:], column[start:], strict=False):
                if not (states(claims[at].numeral, cell) and same_unit(claims[at].numeral, cell)):
                    break
                pairs.append((at, cell))
            best = max(best, pairs, key=len)
    return best if len(best) >= _LEAST else []
