"""What a sentence says of each of its figures: for which segment, when, and which way it went.

The same reading serves the answer and the passages that it leans on, so that a figure is looked for among those that
speak of the same thing. Words bind to a figure of their own clause first, then to what leads up to it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.ledger.clauses import (
    BREAK,
    COMPARED,
    COMPARES,
    Clause,
    Mark,
    bind,
    clause_of,
    is_bracketed,
    lead_of,
    name_before,
    name_behind,
    pair,
    spans_to_next,
    split_clauses,
    times_before,
)
from assistant.ledger.directions import find_direction
from assistant.ledger.lexicon import Lexicon
from assistant.ledger.numerals import Numeral, find_numerals
from assistant.ledger.times import Days, TimeMark, find_time_marks

_WHOLE = re.compile(
    r"整体|总体|总的|全站|全量|全部(?!的?[跌降涨增变差])|大盘|全平台|全渠道|总计|合计|总共|所有(?!渠道|平台)|均值|平均水平|(?<=[比于较])平均|(?:全国|全站)平均"
    r"|\b(?:overall|in total|the total|total|altogether|across (?:all|the)|all (?:users|channels|platforms)|site-?wide|blended|(?:the|national|site) average|on average|as a whole|everyone(?! else))\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"(?:对|占|给|解释了?|几乎|\b(?:to|of|in))\s*(?:the )?$", re.IGNORECASE)
#: Before the figure of everybody that another one is a part of.
_OF_ALL = re.compile(r"\d\D{0,16}\bof (?:the|all|our)(?: the)? $", re.IGNORECASE)
#: Before what another figure is divided by, or a part of.
_DIVIDES = re.compile(r"\d[\d,.]*\s?[人单笔元kKmM万亿]?\s*(?:[/÷]|\b(?:out )?of)\s*$")
_ROW = re.compile(r"^\s*\|.*\|\s*(?:\[E?\d+\]\s*)*$")
_RULE = re.compile(r"^[\s|:-]+$")
_LEADS_IN = re.compile(r"[:：]\s*\**\s*$|^\s*#|^\s*\*\*.*\*\*\s*(?:\[E?\d+\]\s*)*$")

#: Stands among segments for everybody.
WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is said of one figure.

    Attributes:
        segments: Those named for it; WHOLE for everybody. nearby: Those it may be about, where none is named for it.
            dimensions: Dimensions that the sentence or its heading names.
        role: "earlier" or "later" than the period beside it, where that is said.
        days: Days named for it. told: Those of the whole sentence. relative: Those named that were counted from today.
        unlike: Days that a table is of, for the column of the period before.
        loose: Whether role and days stand before it with another figure between, and may be that one's.
        direction: 1 up, -1 down, 0 where nothing is said.
        compares: Whether something is set against it: "more than", "from".
        lead: "earlier" or "later" by "from" or "to" before it.
        arrives: Whether "to" stands before it: what it went up or down to.
        heads: In a table, the heads of its column and its row.
    """

    segments: frozenset[str] = frozenset()
    nearby: frozenset[str] = frozenset()
    dimensions: frozenset[str] = frozenset()
    role: str = ""
    days: tuple[Days, ...] = ()
    told: tuple[Days, ...] = ()
    relative: tuple[Days, ...] = ()
    unlike: tuple[Days, ...] = ()
    loose: bool = False
    direction: int = 0
    lead: str = ""
    arrives: bool = False
    compares: bool = False
    heads: str = ""


@dataclass(slots=True)
class Reader:
    """Read sentences in their order; what leads up to a sentence is remembered.

    Attributes:
        lexicon: The names of segments.
        today: The day that relative periods count from; None where they are not read.
        asked: Segments that the question names.
        weekdays: The days that are meant by the names of weekdays, Monday as 0.
    """

    lexicon: Lexicon
    today: date | None = None
    asked: frozenset[str] = frozenset()
    weekdays: Mapping[int, date] = field(default_factory=dict)
    _header: list[str] = field(default_factory=list)
    _heading: str = ""
    _before: frozenset[str] = frozenset()

    def read(self, text: str, numerals: Sequence[Numeral]) -> list[Setting]:
        """Return the setting of each numeral of a sentence."""
        figures = [n for n in numerals if n.kind not in ("date", "time")]
        if _ROW.match(text):
            found = self._read_row(text, figures)
        else:
            self._header = []
            found = self._read_sentence(text, numerals, figures)
            self._remember(text, figures)
        settings = {n.start: setting for n, setting in zip(figures, found, strict=True)}
        return [settings.get(n.start, Setting()) for n in numerals]

    def _remember(self, text: str, figures: Sequence[Numeral]) -> None:
        if not text.strip():
            return
        if not figures and _LEADS_IN.search(text.strip()):
            self._heading, self._before = text.strip(), frozenset()
            return
        if not re.match(r"\s*(?:[-*+>]|\d+[.)、])\s", text):
            headed = frozenset(s for _, _, own in self.lexicon.find(self._heading) for s in own)
            self._heading, self._before = "", self._before or headed
        if named := {s for _, _, own in self.lexicon.find(text) for s in own}:
            self._before = frozenset(named)
        elif _WHOLE.search(text):
            self._before = frozenset()

    def _read_row(self, text: str, figures: Sequence[Numeral]) -> list[Setting]:
        """Read a row of a table: each cell with the head of its column and of its row."""
        cells = [(m.start(), m.end()) for m in re.finditer(r"[^|]+", text)]
        if not self._header and not _RULE.match(text):
            self._header = [text[start:end].strip() for start, end in cells]
        return [self._read_cell(text, cells, figure) for figure in figures]

    def _read_cell(self, text: str, cells: Sequence[tuple[int, int]], figure: Numeral) -> Setting:
        at = next((i for i, (start, end) in enumerate(cells) if start <= figure.start < end), 0)
        head = self._header[at] if at < len(self._header) else ""
        lead = f"{self._heading} {head} {text[slice(*cells[0])] if at else ''} "
        by = len(lead) - cells[at][0]
        moved = replace(figure, start=figure.start + by, end=figure.end + by)
        cell = lead + text[slice(*cells[at])]
        dates = [n for n in find_numerals(lead) if n.kind == "date"]
        marks, times = self._marks(cell, [*dates, moved])
        apart = any(
            mark.role == "earlier"
            for title in self._header
            for mark in find_time_marks(title, [], self.today)
        )
        moment = _timed(times, "", loose=False)
        earlier = moment.role == "earlier"
        return replace(
            moment,
            role=moment.role or ("later" if apart else ""),
            days=() if earlier else moment.days,
            unlike=moment.days if earlier else (),
            segments=frozenset(s for _, _, own in marks for s in own),
            dimensions=frozenset(self.lexicon.find_dimensions(cell)),
            heads=lead,
        )

    def _marks(self, text: str, numerals: Sequence[Numeral]) -> tuple[list[Mark], list[TimeMark]]:
        wholes = [
            (*match.span(), frozenset((WHOLE,)))
            for match in _WHOLE.finditer(text)
            if not _OBJECT.search(text[: match.start()])
        ]
        marks = sorted([*self.lexicon.find(text), *wholes], key=lambda mark: mark[0])
        return marks, find_time_marks(text, numerals, self.today, self.weekdays)

    def _read_sentence(
        self, text: str, numerals: Sequence[Numeral], figures: Sequence[Numeral]
    ) -> list[Setting]:
        if not figures:
            return []
        marks, times = self._marks(text, numerals)
        spans = [(n.start, n.end) for n in numerals] + [(mark.start, mark.end) for mark in times]
        clauses = split_clauses(text, [*spans, *((start, end) for start, end, _ in marks)])
        dimensions = frozenset(self.lexicon.find_dimensions(f"{self._heading} {text}"))
        moments_named = [(mark.start, mark.end, frozenset[str]()) for mark in times]
        blanked = _blank(text, [*marks, *moments_named])  # "tier 3 and below" went nowhere
        segments = self._bind_segments(text, clauses, figures, marks)
        moments = self._bind_times(text, clauses, figures, times)
        return [
            replace(
                moment,
                segments=part.segments,
                nearby=part.nearby,
                dimensions=dimensions,
                told=tuple(mark.days for mark in times if mark.days),
                direction=_direction(blanked, figures, number, moment),
            )
            for number, (figure, part, moment) in enumerate(zip(figures, segments, moments, strict=True))
        ]

    def _bind_segments(
        self,
        text: str,
        clauses: Sequence[Clause],
        figures: Sequence[Numeral],
        marks: Sequence[Mark],
    ) -> Iterator[Setting]:
        paired = pair(text, figures, marks)
        heading = frozenset(s for _, _, own in self.lexicon.find(self._heading) for s in own)
        for figure in figures:
            at = clause_of(figure, clauses)
            own = paired.get(figure.start) or bind(text, figure, figures, marks, clauses[at])
            if _OF_ALL.search(text[: figure.start]):
                own = frozenset((WHOLE,))
            elif _DIVIDES.search(text[: figure.start]):
                own = own | {WHOLE}
            if own:
                yield Setting(segments=own)
                continue
            leading, loose = name_before(text, clauses, at, figures, marks)
            behind = name_behind(clauses, at, figures, marks)
            if (leading and clauses[at].bracketed) or (leading and not loose):
                yield Setting(segments=leading)
            elif behind and clauses[at + 1].bracketed:
                yield Setting(segments=behind)
            else:
                near = leading | behind
                own = heading if not near else frozenset()
                yield Setting(segments=own, nearby=near or self._before or self.asked)

    def _bind_times(
        self,
        text: str,
        clauses: Sequence[Clause],
        figures: Sequence[Numeral],
        times: Sequence[TimeMark],
    ) -> Iterator[Setting]:
        marks = [(mark.start, mark.end, frozenset((mark,))) for mark in times]
        paired = pair(text, figures, marks)
        heading = frozenset(find_time_marks(self._heading, [], self.today)) if self._heading else frozenset()
        for number, figure in enumerate(figures):
            at = clause_of(figure, clauses)
            lead, since = lead_of(text, figures, number, clauses[at])
            loose = False
            if lead:
                until = min([clauses[at].end, *(f.start for f in figures if f.start > figure.start)])
                own = frozenset(mark for mark in times if since <= mark.start < figure.start)
                if not own and (lead == "earlier" or until == clauses[at].end):
                    own = frozenset(mark for mark in times if figure.start < mark.start < until)
                if not own and is_bracketed(clauses, at + 1):
                    own = name_behind(clauses, at, figures, marks)
                first = not any(clauses[at].start <= f.start < figure.start for f in figures)
                if not own and lead == "later" and first:  # in the week of the 10th it rose to 108
                    bound = bind(text, figure, figures, marks, clauses[at])
                    own = frozenset(mark for mark in bound if mark.days and not mark.relative)
            else:
                own = paired.get(figure.start) or bind(text, figure, figures, marks, clauses[at])
                if not own and is_bracketed(clauses, at + 1):
                    own = name_behind(clauses, at, figures, marks)
                if not own:
                    own, loose = times_before(clauses, at, figures, marks)
                    own = own or heading
            begin = max([clauses[at].start, *(f.end for f in figures if f.end <= figure.start)])
            compares = lead == "earlier" or bool(
                COMPARES.search(text, begin, figure.start) or COMPARED.match(text, figure.end)
            )
            if not lead and not own and spans_to_next(text, figures, number, clauses[at]):
                lead, loose = "earlier", True  # Douyin: 41.1 % to 24.4 %
            yield replace(_timed(own, lead, loose), compares=compares, lead=lead)


def _direction(text: str, figures: Sequence[Numeral], number: int, moment: Setting) -> int:
    """Return which way a figure is said to have gone; in "fell from A to B" the word stands before A."""
    figure = figures[number]
    found = find_direction(text, figure.start, figure.end)
    if found or moment.lead != "later" or not number:
        return found
    before = figures[number - 1]
    return (
        find_direction(text, before.start, before.end)
        if not BREAK.search(text, before.end, figure.start)
        else 0
    )


def _timed(marks: Iterable[TimeMark], lead: str, loose: bool) -> Setting:
    marks = sorted(marks, key=lambda mark: mark.start)
    named = any(mark.days for mark in marks)
    return Setting(
        role=next((mark.role for mark in marks if mark.role), "") or ("" if named else lead),
        days=tuple(mark.days for mark in marks if mark.days),
        relative=tuple(mark.days for mark in marks if mark.days and mark.relative),
        loose=loose,
        arrives=lead == "later" and not marks,
    )


def _blank(text: str, marks: Iterable[Mark]) -> str:
    for start, end, own in marks:
        if WHOLE not in own:
            text = text[:start] + " " * (end - start) + text[end:]
    return text
