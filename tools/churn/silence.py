"""How many days of silence make a user churned: as asked, else chosen from how soon people come back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.churn.features import SPANS, span_of
from tools.errors import NoData
from tools.results import Text
from tools.scope import FilterValues, Scope

if TYPE_CHECKING:
    import pandas as pd

RETURNED = 0.95
_WEEK = 7
_LONGEST = 182


@dataclass(frozen=True, slots=True)
class Silence:
    """A number of days, and why that many."""

    days: int
    reason: Text
    warnings: tuple[Text, ...] = ()


def choose_silence(
    scope: Scope, event: str | None, filters: FilterValues, last: int, asked: int | None, *, windows: int = 2
) -> Silence:
    """Return the silence asked for; else the fewest whole weeks within which 95 % of all returns come.

    A return is an active day after another one; its wait is the days between the two. Only what lies up to the
    day `last` counts. A default is shortened to what the history can be split into.

    Args:
        scope, event, filters: what is read.
        last: number of the last local day.
        asked: days that the caller wants.
        windows: stretches of silence that must fit behind the days that features look back; 0 for no limit.

    Raises:
        NoData: nobody was active on two days, so that nothing tells how long a pause is usual.
    """
    if asked is not None:
        return Silence(asked, Text("按参数指定", "as asked"))
    waits = _count_waits(scope, event, filters, last)
    if waits.empty:
        raise NoData(
            en="Nobody was active on two days, so no usual pause can be told; give silence_days.",
            zh="没有用户在两个不同的日期活跃，无法判断通常的间隔，请指定 silence_days。",
            parameter="silence_days",
        )
    usual = usual_wait(waits)
    fitting = _longest_fitting(last - _first_day(scope) + 1, windows) if windows else _LONGEST
    days = min(usual, fitting)
    reason = Text(
        f"由数据选定：{RETURNED:.0%} 的再次活跃发生在 {usual} 天之内（按整周取）",
        f"chosen from the data: {RETURNED:.0%} of all returns come within {usual} days (whole weeks)",
    )
    if days == usual:
        return Silence(days, reason)
    told = Text(
        f"{reason.zh}，但历史较短，只能取 {days} 天，部分“流失”用户日后还会回来。",
        f"{reason.en}, but the history is short enough for {days} days only: some of those called churned will return.",
    )
    return Silence(days, told, (told,))


def usual_wait(waits: "pd.DataFrame") -> int:
    """Return the fewest whole weeks within which 95 % of returns come, at most 26 weeks.

    >>> import pandas as pd
    >>> usual_wait(pd.DataFrame({"wait": [1, 7, 8, 20], "returns": [90, 5, 3, 2]}))
    7
    """
    total = waits["returns"].sum()
    for days in range(_WEEK, _LONGEST, _WEEK):
        if waits.loc[waits["wait"] <= days, "returns"].sum() >= RETURNED * total:
            return days
    return _LONGEST


def _count_waits(scope: Scope, event: str | None, filters: FilterValues, last: int) -> "pd.DataFrame":
    days = scope.active_days(event, filters)
    later = days.filter((days.day <= last) & days.before.notnull())
    waits = later.mutate(wait=(later.day - later.before).cast("int64"))
    return scope.source.engine.fetch(waits.group_by("wait").agg(returns=waits.count()))


def _first_day(scope: Scope) -> int:
    return scope.calendar.bucket(scope.source.coverage.start, "day")


def _longest_fitting(history: int, windows: int) -> int:
    fitting = [d for d in range(_WEEK, _LONGEST + 1, _WEEK) if windows * d + SPANS * span_of(d) <= history]
    return max(fitting, default=_WEEK)
