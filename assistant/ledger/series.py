"""What the rows of a table give together: a part of their sum, growth from one to the next, their sum and mean."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from assistant.ledger.sources import Period, Source
from assistant.ledger.surroundings import Setting
from assistant.ledger.times import covers, is_of_days

SHARE = re.compile(
    r"占|贡献|比重|份额|比例|的[约近不到超过]*\s?[\d.一二三四五六七八九]+\s?[成%％]"
    r"|\b(?:share|of (?:all|the|them|total)|accounts? for|accounted for|contribut\w*|made up|makes? up|represent\w*|percent of|% of)\b",
    re.I,
)
SUM = re.compile(
    r"合计|总计|总共|共计|共|加起来|之和|一共|合起来|相加|\s[+＋]\s|\b(?:together|combined|in total|total|sum|altogether|between them|jointly)\b",
    re.I,
)
#: A figure with its share behind it.
IN_BRACKETS = re.compile(r"\d[^（()）]{0,12}[（(]\D{0,3}[\d.]+\s?[%％]")
_MEAN = re.compile(r"平均|均|\b(?:average[sd]?|averaging|mean|typical\w*)\b", re.I)
_NEVER = (date.max, date.max)
#: Days by the part of the week that words name.
_PARTS_OF_WEEK = (
    (re.compile(r"周末|\bweekends?\b", re.I), (5, 6)),
    (re.compile(r"工作日|平日|\b(?:weekdays?|working days?|workdays?)\b", re.I), (0, 1, 2, 3, 4)),
)


def derive_rows(sources: Sequence[Source], setting: Setting, clause: str | None) -> Iterator[Source]:
    """Yield what the cells of each column give by the words of `clause` and the times named for a figure."""
    columns: dict[tuple[object, ...], list[Source]] = {}
    rows: dict[tuple[int, str], list[Source]] = {}
    for cell in sources:
        if cell.line is None or not cell.level or cell.change:
            continue
        rows.setdefault((cell.line, cell.kind), []).append(cell)
        if cell.kind in ("count", "money") or (cell.kind == "percent" and cell.dated):
            dimension = (cell.segment or "").partition("=")[0]
            columns.setdefault((cell.name, cell.kind, dimension, _whole(cell)), []).append(cell)
    for cells in columns.values():
        if not cells[0].dated:
            yield from _parts(cells, clause)
        else:
            days = sorted(cells, key=lambda cell: cell.period or _NEVER)
            yield from _steps(days, setting)
            yield from _beside(days, setting)
            yield from _together(days, setting, clause) if days[0].kind != "percent" else ()
    for cells in rows.values():
        yield from _grown(cells)


def _whole(cell: Source) -> Period | None:
    """Return the period of the measurement that a row's days lie in."""
    if not cell.dated or cell.period is None:
        return None
    return next((p for p in cell.periods if p[0] <= cell.period[0] <= p[1]), None)


def _parts(cells: Sequence[Source], clause: str | None) -> Iterator[Source]:
    total = sum(cell.value for cell in cells)
    told = clause is None or SHARE.search(clause) or IN_BRACKETS.search(clause)
    if told and total > 0 and all(cell.value >= 0 for cell in cells):
        for cell in cells:
            yield _derived(cell, 100 * cell.value / total, "percent", f"{_name(cell)} / sum")


def _steps(days: Sequence[Source], setting: Setting) -> Iterator[Source]:
    """Yield the growth up to each day that is named."""
    for before, cell in pairwise(days):
        if cell.period and any(is_of_days(named, *cell.period) for named in setting.days):
            yield from _growth(before.value, cell, f"{_name(cell)}, {before.period and before.period[0]}")


def _beside(days: Sequence[Source], setting: Setting) -> Iterator[Source]:
    """Yield what stands beside a day or week that the sentence names, for a figure of "the week before" or "after"."""
    pairs = {"earlier": pairwise(days), "later": pairwise(days[::-1])}.get(setting.role, ())
    for beside, cell in pairs:
        if cell.period and any(is_of_days(told, *cell.period) for told in setting.told):
            earlier = setting.role == "earlier"
            yield replace(beside, dated=False, row=None, earlier=earlier, compared=True)


def _grown(cells: Sequence[Source]) -> Iterator[Source]:
    """Yield the growth of a row from the level before to the level now."""
    levels = {cell.name: cell for cell in cells}
    for name, cell in levels.items():
        before = levels.get(f"{name}_before") or (levels.get("before") if name == "after" else None)
        if before is not None:
            yield from _growth(before.value, cell, _name(cell))


def _growth(before: float, cell: Source, label: str) -> Iterator[Source]:
    row = None if cell.dated else cell.row
    change = replace(cell, change=True, text=None, dated=False, row=row, fine=False, moved=0, period=None)
    points = "points" if cell.kind == "percent" else cell.kind
    yield replace(change, value=cell.value - before, kind=points, label=f"{label}: difference")
    if before:
        yield _derived(change, 100 * (cell.value / before - 1), "percent", f"{label}: growth")


def _together(days: Sequence[Source], setting: Setting, clause: str | None) -> Iterator[Source]:
    """Yield the sum and the mean of all days, of those named, and of the part of the week that is."""
    groups = [days, *([d for d in days if d.period and covers(named, *d.period)] for named in setting.told)]
    groups += [
        [d for d in days if d.period and d.period[0] == d.period[1] and d.period[0].weekday() in part]
        for words, part in _PARTS_OF_WEEK
        if words.search(clause or "")
    ]
    for group in groups:
        total, label = sum(day.value for day in group), _name(days[0])
        if len(group) > 1 and (clause is None or SUM.search(clause)):
            yield _of_days(group, total, f"{label}: sum of {len(group)}")
        if len(group) > 1 and (clause is None or _MEAN.search(clause)):
            yield _of_days(group, total / len(group), f"{label}: mean of {len(group)}")


def _of_days(days: Sequence[Source], value: float, label: str) -> Source:
    first, last = days[0], days[-1]
    period = first.period and last.period and (first.period[0], last.period[1])
    earlier = first.compared and _whole(first) != max(first.periods, default=None)
    about = replace(first, value=value, label=label, text=None, dated=False, row=None, fine=False)
    return replace(about, period=period, earlier=earlier, line=None, moved=0)


def _derived(cell: Source, value: float, kind: str, label: str) -> Source:
    return replace(cell, value=value, kind=kind, label=label, text=None, fine=False, currency="", noun="")


def _name(cell: Source) -> str:
    return f"{cell.label}.{cell.name}"
