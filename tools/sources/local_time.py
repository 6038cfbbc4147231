"""From UTC to a zone's wall clock and back by its few changes of offset: arithmetic that every engine does alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

_DAY = 86_400
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2100, 1, 1)
_STEP = timedelta(days=7)  # no zone changed its offset twice within a week and came back

Shift = Callable[[Any, int], Any]
CountDays = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A zone's offsets over a span of time.

    Attributes:
        first: offset from UTC at the beginning, in seconds.
        changes: naive UTC times at which the offset changes, each with the one from then on.
    """

    first: int
    changes: tuple[tuple[datetime, int], ...] = ()

    @classmethod
    def over(cls, zone: ZoneInfo, start: datetime, end: datetime) -> Self:
        """Find the offsets between two naive times, with two days to spare on either side."""
        at, end = _clip(start, -2), _clip(end, 2)
        first = offset = _offset(zone, at)
        changes = []
        while at < end:
            after = min(at + _STEP, end)
            if (new := _offset(zone, after)) != offset:
                changes.append((_bisect(zone, at, after, offset), new))
                offset = new
            at = after
        return cls(first, tuple(changes))

    def to_local(self, at: Any) -> Any:
        """Turn a column of naive UTC times into wall-clock times."""
        return self._choose(at, lambda change, _: change, lambda offset: add_seconds(at, offset))

    def to_utc(self, local: Any, shift: Shift | None = None) -> Any:
        """Turn a column of wall-clock times into naive UTC times; `shift` moves times, as an engine does it best.

        Of a time that the clock shows twice the later is meant; one that it skips counts by the offset before.
        This is what ICU does, and with it DuckDB and PostgreSQL.
        """
        move = shift or add_seconds
        return self._choose(
            local, lambda change, offset: change + timedelta(seconds=offset), lambda o: move(local, -o)
        )

    def day(self, at: Any) -> Any:
        """Number the local days of naive UTC times, from 1970-01-01."""
        seconds = whole_seconds(at)
        shifted = self._choose(at, lambda change, _: change, lambda offset: seconds + offset)
        # Engines round a division of negative whole numbers differently, and a quotient downwards alike.
        return (shifted / _DAY).floor().cast("int32")

    def local_day(self, local: Any, count_days: CountDays | None = None) -> Any:
        """Number the days of wall-clock times, as `day` does of what `to_utc` makes of them.

        `count_days` numbers dates from 1970-01-01, as an engine does it best.
        """
        if self.skips_midnight():
            return self.day(self.to_utc(local))
        dates = local.date()
        return (count_days(dates) if count_days else dates.epoch_days()).cast("int32")

    def skips_midnight(self) -> bool:
        """Whether a time that the clock skips counts as one of another day."""
        offsets = (self.first, *(offset for _, offset in self.changes))
        skips = [
            (change + timedelta(seconds=before), change + timedelta(seconds=2 * after - before))
            for (change, after), before in zip(self.changes, offsets, strict=False)
            if after > before
        ]
        return any(first.date() != end.date() for first, end in skips)

    def _choose(
        self, column: Any, boundary: Callable[[datetime, int], datetime], value: Callable[[int], Any]
    ) -> Any:
        import ibis

        if not self.changes:
            return value(self.first)
        offsets = (self.first, *(offset for _, offset in self.changes))
        pairs = zip(self.changes, offsets, strict=False)
        cases = [(column < boundary(change, after), value(before)) for (change, after), before in pairs]
        return ibis.cases(*cases, else_=value(offsets[-1]))


def whole_seconds(at: Any) -> Any:
    """Return the seconds since 1970 of a column of times, less the part of a second, which casts would round."""
    return at.epoch_seconds().cast("float64").floor().cast("int64")


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _bisect(zone: ZoneInfo, before: datetime, after: datetime, offset: int) -> datetime:
    """Find the second from which the offset is another."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if _offset(zone, before + timedelta(seconds=middle)) == offset else (low, middle)
        )
    return before + timedelta(seconds=high)


def _clip(at: datetime, days: int) -> datetime:
    """Move by whole days; what lies out of these two centuries, by mistake as a rule, has their nearest offset."""
    return min(max(at, _EARLIEST), _LATEST).replace(microsecond=0) + timedelta(days=days)


def add_seconds(times: Any, seconds: int) -> Any:
    """Move a column of times."""
    import ibis

    return times + ibis.interval(seconds=seconds)
