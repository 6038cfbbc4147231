"""Whether data is as new as a question takes for granted."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tools.results import Text
from tools.semantics import Semantics
from tools.sources import Coverage

_STALE_DAYS, _FAR = 3, date(2200, 1, 1)


def warn_of_age(semantics: Semantics, coverage: Coverage, end: date) -> tuple[Text, ...]:
    """Warn of old data where dates count from today and a question about days up to `end` reaches past it."""
    days = (datetime.now(ZoneInfo(semantics.timezone)).date() - coverage.end).days
    if semantics.relative_dates != "wall_clock" or days < _STALE_DAYS or not coverage.end < end < _FAR:
        return ()
    newest = f"{coverage.data_as_of:%Y-%m-%d %H:%M}"
    return (
        Text(
            zh=f"数据可能没有更新：最新事件在 {newest}，距今 {days:,} 天。",
            en=f"The data may be out of date: its newest event is of {newest}, {days:,} days ago.",
        ),
    )
