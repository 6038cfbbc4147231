"""What changed in how things stood: fact by fact, or from one day to another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from tools.market.facts import Book, Pair, Standing
from tools.results import Text

Kind = Literal["added", "removed", "up", "down", "changed", "contradictory", "settled", "lost", "noted"]
KIND_TEXT: dict[Kind, Text] = {
    "added": Text("新增", "added"),
    "removed": Text("下线", "removed"),
    "up": Text("调高", "raised"),
    "down": Text("调低", "lowered"),
    "changed": Text("变更", "changed"),
    "contradictory": Text("说法矛盾", "contradictory"),
    "settled": Text("矛盾已厘清", "settled"),
    "lost": Text("转为未知", "no longer known"),
    "noted": Text("首次记录", "first noted"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a pair; `before` is None where nothing had been noted."""

    pair: Pair
    before: Standing | None
    after: Standing

    @property
    def kind(self) -> Kind:
        """What kind of change it is."""
        after = self.after.value
        known = None if self.before is None or self.before.is_unknown else self.before
        if after is None:
            return "contradictory"
        if after.status == "unknown":
            return "lost"
        if known is None:
            return after.event or "noted"
        before = known.value
        if before is None:
            return "settled"
        if after.event is not None:
            return after.event
        if (before.status, after.status) in (("no", "yes"), ("yes", "no")):
            return "added" if after.status == "yes" else "removed"
        if (amounts := self.amounts) is not None:
            return "up" if amounts[1] > amounts[0] else "down"
        return "changed"

    @property
    def amounts(self) -> tuple[float, float] | None:
        """The number before and after, where its unit stayed the same."""
        before, after = self.before.value if self.before else None, self.after.value
        if before is None or after is None or before.unit != after.unit:
            return None
        if before.amount is None or after.amount is None:
            return None
        return before.amount, after.amount

    @property
    def relative(self) -> float | None:
        """Relative change of the number."""
        amounts = self.amounts
        return None if amounts is None or amounts[0] <= 0 else amounts[1] / amounts[0] - 1


def list_changes(book: Book, start: date, end: date, pairs: Iterable[Pair]) -> list[Change]:
    """List each change noted from `start` to `end`, the latest first; what was noted again the same is none."""
    found = [
        change
        for pair in pairs
        for change in _steps(book, pair)
        if start <= change.after.day <= end and _differs(change.before, change.after)
    ]
    return sorted(found, key=lambda change: (-change.after.day.toordinal(), change.pair))


def list_net_changes(book: Book, start: date, end: date, pairs: Iterable[Pair]) -> list[Change]:
    """List what stood otherwise at the end of `end` than before `start`."""
    found = []
    for pair in pairs:
        before, after = book.on(pair, start - timedelta(days=1)), book.on(pair, end)
        if after is not None and after.day >= start and _differs(before, after):
            found.append(Change(pair, before, after))
    return sorted(found, key=lambda change: (-change.after.day.toordinal(), change.pair))


def _steps(book: Book, pair: Pair) -> Iterator[Change]:
    standings: list[Standing | None] = [None, *book.standings.get(pair, ())]
    for before, after in pairwise(standings):
        if after is not None:
            yield Change(pair, before, after)


def _differs(before: Standing | None, after: Standing) -> bool:
    if before is None:
        return not after.is_unknown
    return before.keys != after.keys
