"""Known values, each with what it is of: its unit, segment and period, and how it may be written."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.answer import Evidence, EvidenceFigure

#: The first and the last day of a figure.
Period = tuple[date, date]

CHANGES = re.compile(r"change|contribution|effect|lift|^relative_|^gap|^ahead")
EARLIER = re.compile(r"_before$|^before$")
PERIOD = re.compile(r"_(?:before|after)$")
#: A difference that is said the other way round: by how much the actual level falls short.
LACKS = re.compile(r"\bless actual\b|[−-]\s*实际")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\s*(\d{4})-(0[1-9]|1[0-2])\s*")


@dataclass(frozen=True, slots=True)
class Source:
    """A known value with what it is of.

    Attributes:
        value: In the unit of a numeral of that kind.
        kind: Of the numerals that may state it.
        label: Marker and name.
        segment: The part of the whole it belongs to, e.g. `channel=douyin`; None for the whole.
        scope: Segments that the whole measurement is of, by its filters and arguments.
        named: Whether the segment has a name by which a sentence can say it.
        change: Whether it is a change, whose sign a direction word must agree with.
        lacks: Whether it is by how much something falls short, which words say with the other sign.
        moved: Which way its series went between the two periods compared: 1 up, -1 down.
        text: How the tool writes it; None for what is not a figure.
        fine: Whether it may be stated only with about the tool's precision.
        period: The days it holds for. earlier: Whether they are those that the measurement compares with.
        compared: Whether the measurement compares two periods. periods: All of its periods.
        currency: Of money. noun: What is counted, where that is known.
        row: What names its row of a table, of which a sentence must say one; None for what is in no table.
        dated: Whether its row is of a day or days of its own, which a sentence must name.
        extreme: Whether it is the largest or the smallest of its column.
        bound: Whether it is an end of an interval.
        free: Whether it is of no segment and no time: what the definition and the arguments say.
        rows: Whether it is how many rows a table has, which is said with what they are.
        name: Of its figure or its column; empty for what is neither.
        line: Its row of the table; None for what is in none.
        level: Whether it is a level where it is in a table, and not what tells the rows apart.
    """

    value: float
    kind: str
    label: str
    segment: str | None = None
    scope: frozenset[str] = frozenset()
    named: bool = True
    change: bool = False
    lacks: bool = False
    moved: int = 0
    text: str | None = None
    fine: bool = True
    period: Period | None = None
    earlier: bool = False
    compared: bool = False
    periods: tuple[Period, ...] = ()
    currency: str = ""
    noun: str = ""
    row: frozenset[str] | None = None
    dated: bool = False
    extreme: bool = False
    bound: bool = False
    free: bool = False
    rows: bool = False
    name: str = ""
    line: int | None = None
    level: bool = True


def words_of(item: Evidence) -> Iterator[str]:
    """Yield what a measurement says of itself in words, line by line."""
    yield item.title
    yield from item.warnings
    yield from (figure.label for figure in item.figures)
    for line in item.definition:
        yield from (line.label, line.value)


def is_change(figure: EvidenceFigure) -> bool:
    """Tell whether a figure is a change rather than a level."""
    shares = figure.name.startswith("share")
    return not shares and (figure.unit == "ratio_change" or bool(CHANGES.search(figure.name)))


def is_earlier(figure: EvidenceFigure) -> bool:
    """Tell whether a level is that of the period compared with."""
    return bool(EARLIER.search(figure.name)) and not is_change(figure)


def series_of(figure: EvidenceFigure) -> tuple[str, str | None, str]:
    """Return what a figure has in common with itself in another period."""
    return PERIOD.sub("", figure.name), figure.segment, figure.unit


def spans(text: str | None) -> list[Period]:
    """Return the periods that a figure's period or a cell names: one, or an earlier and a later one."""
    found = []
    for part in (text or "").split("→"):
        if month := _MONTH.fullmatch(part):
            year, number = int(month[1]), int(month[2])
            found.append((date(year, number, 1), date(year, number, monthrange(year, number)[1])))
        try:
            days = [date.fromisoformat(day) for day in DAY.findall(part)]
        except ValueError:
            continue
        if days:
            found.append((days[0], days[-1]))
    return found


def period_of(figure: EvidenceFigure) -> Period | None:
    """Return the days a level holds for; where its period names two, by its name."""
    found = spans(figure.period)
    return (found[0] if EARLIER.search(figure.name) else found[-1]) if found else None


def kinds(value: float, unit: str) -> Iterator[tuple[str, float]]:
    """Yield the kinds of numerals that may state a value of a unit, with the value they state."""
    if unit == "ratio":
        yield "percent", 100 * value
    elif unit == "ratio_change":
        yield "points", 100 * value
    elif unit == "multiple":
        yield "multiple", value
        yield "count", value
    elif unit.startswith("currency"):
        yield "money", value
    else:
        yield "count", value
