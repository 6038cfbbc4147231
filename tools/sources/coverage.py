"""What a source spans and what of it cannot be used, from one look at all rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tools.errors import NoData
from tools.periods import EPOCH, Calendar, Period
from tools.results import Text
from tools.sources.placement import Placed
from tools.sources.reading import AnyEngine

if TYPE_CHECKING:
    import ibis
    import pandas as pd

# A last day can be told to be cut short only where days are dense enough to have a usual end.
_DENSE_EVENTS, _DENSE_DAYS, _EARLY = 50, 7, timedelta(hours=1)
# The last days that may be dense, a day for the part of one, and one more since zones are less than a day apart.
_ENDS = timedelta(days=_DENSE_DAYS + 3)
_LACKING = {
    "user": Text("用户", "user"),
    "time": Text("时间", "time"),
    "event": Text("事件名", "event name"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the data spans.

    Attributes:
        start, end: local dates of the first and the last event.
        data_as_of: time of the last event, in the workspace's time zone.
        complete_through: last local day that the data covers whole. It is `end`, unless that day is today by
            the clock, or ended early: over an hour before each of the seven days before it ended, all of them
            dense.
    """

    start: date
    end: date
    data_as_of: datetime
    complete_through: date

    def days(self) -> tuple[int, int]:
        """Return the numbers of the first and the last day."""
        return (self.start - EPOCH).days, (self.end - EPOCH).days

    def clip(self, period: Period) -> Period:
        """Return the days of a period that the data spans; the two must meet (see `Scope.cover`)."""
        return Period(max(period.start, self.start), min(period.end, self.end))


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is in a source.

    Attributes:
        coverage: which days.
        event_counts: how often each recorded event name occurs.
        warnings: rows that are left out, and why.
    """

    coverage: Coverage
    event_counts: Mapping[str, int]
    warnings: tuple[Text, ...]


def survey(name: str, engine: AnyEngine, placed: Placed, calendar: Calendar) -> Survey:
    """Count rows by event and local day, those without user, time or event too.

    Where there is none of these, events are counted, and the last days, each by itself, in half the time.

    Args:
        name: of the source.
        engine: runs the count.
        placed: the rows.
        calendar: the workspace's.

    Raises:
        NoData: no row is usable.
        QueryTimeout, QueryTooLarge: there are too many.
    """
    rows = placed.rows
    if (days := _count_ends(engine, placed)) is not None:
        found = engine.fetch(rows.group_by("event").agg(n=rows.count()))
        events, lacking = found.set_index("event")["n"].sort_index(), dict[str, int]()
    else:
        events, days, lacking = _count_all(engine, rows)
    if days.empty:
        raise NoData(
            en=f"Source {name} has no usable row (with a user, a time and an event).",
            zh=f"数据源 {name} 没有可用的数据行（需同时有用户、时间和事件）。",
        )
    return Survey(
        coverage=_measure_coverage(days, calendar),
        event_counts={str(k): int(n) for k, n in events.items()},
        warnings=_left_out(name, lacking),
    )


def _count_ends(engine: AnyEngine, placed: Placed) -> "pd.DataFrame | None":
    """Count the rows of the last days, after an empty row for the first; None where one of these has no row."""
    import pandas as pd

    rows = placed.rows
    if placed.first_day is None:
        return None
    latest = rows.filter(rows.time >= placed.last - _ENDS)
    days = engine.fetch(latest.group_by("day").agg(n=latest.count(), last=latest["at"].max()))
    days = days[days["day"] > days["day"].max() - _DENSE_DAYS - 1].sort_values("day")
    if len(days) <= _DENSE_DAYS:
        return None
    return pd.concat([pd.DataFrame({"day": [(placed.first_day - EPOCH).days]}), days], ignore_index=True)


def _count_all(
    engine: AnyEngine, rows: "ibis.Table"
) -> "tuple[pd.Series[int], pd.DataFrame, dict[str, int]]":
    """Count the usable rows by event, and by day, and the others by what they lack."""
    last = rows["at"].max(where=rows.user.notnull())
    counts = engine.fetch(
        rows.group_by("event", "day").agg(every=rows.count(), n=rows.user.count(), last=last)
    )
    lacking = {
        "user": counts["every"] - counts["n"],
        "time": counts["n"].where(counts["day"].isna(), 0),
        "event": counts["n"].where(counts["day"].notna() & counts["event"].isna(), 0),
    }
    usable = counts[(counts["n"] > 0) & counts["day"].notna() & counts["event"].notna()]
    days = usable.groupby("day", as_index=False).agg(n=("n", "sum"), last=("last", "max")).sort_values("day")
    return usable.groupby("event")["n"].sum(), days, {what: int(n.sum()) for what, n in lacking.items()}


def _left_out(name: str, missing: Mapping[str, int]) -> tuple[Text, ...]:
    return tuple(
        Text(
            zh=f"数据源 {name} 中有 {n:,} 行缺少{_LACKING[column].zh}，未计入。",
            en=f"{n:,} rows of source {name} have no {_LACKING[column].en} and are left out.",
        )
        for column, n in missing.items()
        if n
    )


def _measure_coverage(days: "pd.DataFrame", calendar: Calendar) -> Coverage:
    lasts = [calendar.local(t.to_pydatetime()) for t in days["last"].tail(_DENSE_DAYS + 1)]
    dense = (
        len(lasts) > _DENSE_DAYS and days["n"].tail(_DENSE_DAYS + 1).head(_DENSE_DAYS).min() >= _DENSE_EVENTS
    )
    start, end = (EPOCH + timedelta(days=int(days["day"].iloc[k])) for k in (0, -1))
    whole = not (dense and _ended_early(lasts)) and end != datetime.now(calendar.zone).date()
    return Coverage(
        start=start,
        end=end,
        data_as_of=lasts[-1],
        complete_through=end if whole else end - timedelta(days=1),
    )


def _ended_early(lasts: list[datetime]) -> bool:
    hours = [timedelta(hours=t.hour, minutes=t.minute) for t in lasts]
    return hours[-1] + _EARLY < min(hours[:-1])
