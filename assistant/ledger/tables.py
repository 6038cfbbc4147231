"""Read the table of a measurement: what each cell says, and of which segment, day or named thing its row is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer import Evidence
from assistant.ledger.sources import CHANGES, EARLIER, Period, Source, is_change, is_earlier, period_of, spans

_COUNTS = re.compile(r"^n(?:_|$)|users|count|texts|orders|events")
_SAME_UNIT = re.compile(
    r"value|change|value_before|before|after|expected|forecast|low|high|naive|contribution"
)
_NOUNS = ("users", "orders", "days", "hours")
_NOUN_COLUMN = re.compile(r"(?:^|_)(users|orders|days|hours)$")
#: Columns that hold a level and the one before it.
_PAIRS = (("value_before", "value"), ("before", "after"), ("users_before", "users"))


@dataclass(slots=True)
class TableCells:
    """Read the table of a measurement.

    Attributes:
        item: The measurement.
        about: What all of its sources have in common.
    """

    item: Evidence
    about: Source
    _columns: list[str] = field(default_factory=list, init=False)
    _rows: list[list[Any]] = field(default_factory=list, init=False)
    _constant: set[int] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        table = self.item.table or {}
        self._columns = [str(column) for column in table.get("columns") or ()]
        self._rows = [list(row) for row in table.get("rows") or ()]
        if len(self._rows) > 1:  # a column of one word names no row
            first = self._rows[0]
            self._constant = {
                at
                for at, cell in enumerate(first)
                if isinstance(cell, str) and all(row[at : at + 1] == [cell] for row in self._rows)
            }

    def sources(self) -> Iterator[Source]:
        """Yield what each cell accounts for."""
        unit = self.item.figures[0].unit if self.item.figures else ""
        extremes = self._extremes()
        nouns = {f.name: f.unit for f in self.item.figures if f.unit in _NOUNS}
        for line, row in enumerate(self._rows):
            key = self._key(row)
            base = replace(self.about, label=f"{self.item.marker}.table", line=line, **self._describe(row))
            for at, (column, cell) in enumerate(zip(self._columns, row, strict=False)):
                if not _is_number(cell) or (at == key and at == 0):
                    continue
                change, earlier = bool(CHANGES.search(column)), base.earlier or bool(EARLIER.search(column))
                for kind, value in _cell_kinds(column, cell, unit, change):
                    yield replace(
                        base,
                        value=value,
                        kind=kind,
                        name=column,
                        change=change,
                        earlier=earlier,
                        moved=0 if change else base.moved,
                        period=base.period or self._period(earlier),
                        currency=unit.partition(":")[2] if kind == "money" else "",
                        noun=nouns.get(column) or _column_noun(column, unit),
                        extreme=(at, cell) in extremes,
                        level=at != key,
                    )

    def _extremes(self) -> set[tuple[int, Any]]:
        return {
            (at, pick(values))
            for at in range(len(self._columns))
            if (values := [row[at] for row in self._rows if at < len(row) and _is_number(row[at])])
            for pick in (min, max)
        }

    def _key(self, row: Sequence[Any]) -> int:
        """Return the column of whole numbers that rows are told apart by; -1 for none."""
        at = next((at for at in range(len(row)) if at not in self._constant), -1)
        return at if at >= 0 and isinstance(row[at], int) and not isinstance(row[at], bool) else -1

    def _period(self, earlier: bool) -> Period | None:
        """Return the days of the measurement, or those that it compares them with."""
        levels = (f for f in self.item.figures if is_earlier(f) == earlier and not is_change(f))
        return next((period for figure in levels if (period := period_of(figure))), None)

    def _describe(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return what a row is of: a segment, a day, or what its words name."""
        own = dict(zip(self._columns, row, strict=False))
        words = [
            cell for at, cell in enumerate(row) if isinstance(cell, str) and cell and at not in self._constant
        ]
        if (key := self._key(row)) >= 0:
            words.append(str(row[key]))
        day = next((found for word in words for found in spans(word)), None)
        segment, word = self._segment(own, words)
        names = {w.lower().replace("_", " ").rstrip("+") for w in words if not spans(w) and w != word}
        return {
            "segment": segment,
            "period": day,
            "earlier": own.get("compared") is True and day is None,
            "row": frozenset(names),
            "dated": bool(day),
            "moved": _moved(own),
        }

    def _segment(self, own: dict[str, Any], words: Sequence[str]) -> tuple[str | None, str]:
        """Return the segment that a row is of, and the word that says so."""
        dimension = own.get("dimension") or self.item.arguments.get("breakdown")
        word = own.get("segment")
        if isinstance(dimension, str) and isinstance(word, str):
            return f"{dimension}={word}", word
        known = {f.segment.partition("=")[2]: f.segment for f in self.item.figures if f.segment}
        return next(((known[word], word) for word in words if word in known), (None, ""))


def _moved(own: dict[str, Any]) -> int:
    """Return which way the level of a row went."""
    for column, other in _PAIRS:
        before, after = own.get(column), own.get(other)
        if before is not None and after is not None and _is_number(before) and _is_number(after):
            return (after > before) - (after < before)
    return 0


def _cell_kinds(column: str, cell: float, unit: str, change: bool) -> Iterator[tuple[str, float]]:
    if _COUNTS.search(column) and not isinstance(cell, float):
        yield "count", cell
    elif unit.startswith("currency") and _SAME_UNIT.fullmatch(column):
        yield "money", cell
    elif (
        isinstance(cell, float)
        and abs(cell) <= 1
        and not (_is_counted(unit) and _SAME_UNIT.fullmatch(column))
    ):
        yield "points" if change else "percent", 100 * cell
    else:
        yield "count", cell
        if unit.startswith("currency") and isinstance(cell, float) and not _COUNTS.search(column):
            yield "money", cell


def _is_counted(unit: str) -> bool:
    return unit not in ("ratio", "ratio_change", "multiple", "")


def _column_noun(column: str, unit: str) -> str:
    if match := _NOUN_COLUMN.search(column):
        return match[1]
    return (
        (unit if unit in _NOUNS else "")
        if column == "n" or column.startswith("n_") or _SAME_UNIT.fullmatch(column)
        else ""
    )


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
