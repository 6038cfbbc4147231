"""What a check found: how bad, how many, what it would spoil and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tools.results import Text

Severity = Literal["serious", "warning", "note"]
SEVERITY_TEXT: dict[Severity, Text] = {
    "serious": Text("严重", "serious"),
    "warning": Text("注意", "warning"),
    "note": Text("提示", "note"),
}
CHECK_TEXT = {
    "repeated_rows": Text("重复行", "repeated rows"),
    "repeated_ids": Text("重复编号", "repeated ids"),
    "users_without_id": Text("缺用户", "users without id"),
    "stand_in_users": Text("占位用户", "stand-in users"),
    "rows_without_time": Text("缺时间", "rows without time"),
    "events_in_the_future": Text("时间在未来", "events in the future"),
    "events_before_2000": Text("时间早于 2000 年", "events before 2000"),
    "mixed_time_zones": Text("时区混杂", "mixed time zones"),
    "late_events": Text("晚到的事件", "late events"),
    "received_before_they_happened": Text("先收到后发生", "received before they happened"),
    "bots": Text("机器人", "bots"),
    "gaps_in_days": Text("断档", "gaps in days"),
    "closed_weekdays": Text("固定休息日", "closed weekdays"),
    "sudden_drops": Text("骤降", "sudden drops"),
    "changed_names": Text("事件改名", "changed names"),
    "stopped_events": Text("事件中断", "stopped events"),
    "event_spellings": Text("事件名写法不一", "spellings of events"),
    "value_spellings": Text("取值写法不一", "spellings of values"),
    "old_data": Text("数据陈旧", "old data"),
}
_LISTED = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that would spoil results.

    Attributes:
        check: stable name, e.g. "repeated_rows".
        severity: "serious" makes results wrong, a "warning" may, a "note" is good to know.
        n: how many rows, days, users or values.
        of: out of how many, where that is known.
        what: what was found.
        spoils: which results, and how.
        mend: what to do.
    """

    check: str
    severity: Severity
    n: int
    of: int | None
    what: Text
    spoils: Text
    mend: Text


def grade(n: int, of: int, *, warning: float, serious: float) -> Severity:
    """Grade a share by the least ones that are a warning and serious."""
    share = n / of if of else 0.0
    return "serious" if share >= serious else "warning" if share >= warning else "note"


def percent(n: int, of: int) -> str:
    """Write a share; one that is not zero never reads as 0."""
    share = n / of if of else 0.0
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def listed(words: Iterable[str], language: str, most: int = _LISTED) -> str:
    """List the first few words, and how many more there are.

    >>> listed("abcdef", "en"), listed("abcdef", "zh", most=2)
    ('a, b, c, d and 2 more', 'a、b 等 6 个')
    """
    every = list(words)
    shown = ("、" if language == "zh" else ", ").join(every[:most])
    if len(every) <= most:
        return shown
    return f"{shown} 等 {len(every):,} 个" if language == "zh" else f"{shown} and {len(every) - most:,} more"
