"""Who starts and who returns, as a tool is asked for it and as `metrics.yaml` saves it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from tools.declarations import Interval, Name
from tools.errors import InvalidArgument, show

Cohort = Literal["first_time", "recurring", "first_ever"]
Clock = Literal["calendar", "24h"]
ReturnMode = Literal["on", "on_or_after"]
_FURTHEST = 1000
_DEFAULT_EVENT = "Event name; null for the workspace's default. 事件名，null 表示工作区的默认事件。"
_BRACKET = re.compile(r"^([0-9]{1,4})(?:-([0-9]{1,4}))?$")


@dataclass(frozen=True, slots=True, order=True)
class Bracket:
    """Consecutive periods after the cohort's, both ends included; often just one."""

    first: int
    last: int

    @classmethod
    def of(cls, offset: int) -> "Bracket":
        """Make a bracket of one period."""
        return cls(offset, offset)

    @classmethod
    def parse(cls, text: int | str) -> "Bracket":
        """Read a period or a bracket that `bracket_check` accepts."""
        first, _, last = str(text).partition("-")
        return cls(int(first), int(last or first))

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def bracket_check(parameter: str) -> Callable[[Any], int | str]:
    """Make a check of a period, or a bracket of periods such as "2-7", which refuses others in both languages.

    A bracket of one is that period.
    """

    def check(value: Any) -> int | str:
        found = _BRACKET.match(str(value).strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if not 0 <= first <= last <= _FURTHEST:
            raise InvalidArgument(
                en=f"{parameter}: {show(value)} is neither a number from 0 to {_FURTHEST} nor a bracket such as "
                '"2-7".',
                zh=f"{parameter}：{show(value)} 既不是 0 到 {_FURTHEST} 的整数，也不是 “2-7” 这样的区间。",
                parameter=parameter,
            )
        return first if first == last else f"{first}-{last}"

    return check


class CohortReturn(BaseModel):
    """Who is in a cohort and who has returned, whoever asks for it."""

    cohort_event: Name | None = Field(default=None, description=_DEFAULT_EVENT)
    return_event: Name | None = Field(default=None, description=_DEFAULT_EVENT)
    period: Interval = Field(
        default="day", description="Unit of the periods: day, week, month. 留存周期单位。"
    )
    cohort: Cohort = Field(
        default="first_time",
        description="first_time: users whose first cohort event that passes the filters is in the period; "
        "first_ever: their first of all is, and passes the filters; recurring: users in every period they did it. "
        "first_time 为符合筛选的首次，first_ever 为历史首次且符合筛选，recurring 为每个周期内发生即计入。",
    )
    clock: Clock = Field(
        default="calendar",
        description="calendar days, or 24-hour spans from each user's own start. 自然日，或从各自起点起的 24 小时。",
    )
    mode: ReturnMode = Field(
        default="on",
        description="on: returned in the n-th period; on_or_after: in it or later (unbounded). "
        "当期返回，或当期及以后返回。",
    )
    min_occurrences: int = Field(
        default=1,
        ge=1,
        le=10_000,
        description="Return events that a member needs in the period to count as returned. "
        "期内返回事件至少发生几次才算返回。",
    )

    @model_validator(mode="after")
    def _check_clock(self) -> Self:
        if self.clock == "24h" and self.period == "month":
            raise InvalidArgument(
                en="clock 24h needs period day or week; months differ in length.",
                zh="clock 为 24h 时 period 须为 day 或 week，月份长短不一。",
                parameter="clock",
            )
        return self


def check_brackets(brackets: Sequence[Bracket], mode: ReturnMode, *, parameter: str) -> None:
    """Refuse brackets that overlap, and a bracket with an end where a return may be later.

    Raises:
        InvalidArgument: naming them.
    """
    for one, following in pairwise(brackets):
        if following.first <= one.last:
            raise InvalidArgument(
                en=f"{parameter}: {one} and {following} overlap; give brackets apart from each other.",
                zh=f"{parameter}：{one} 与 {following} 重叠，请给出互不重叠的区间。",
                parameter=parameter,
            )
    wide = next((b for b in brackets if b.first != b.last), None)
    if wide and mode == "on_or_after":
        raise InvalidArgument(
            en=f"{parameter}: the bracket {wide} has an end, which mode on_or_after does not; use mode on.",
            zh=f"{parameter}：区间 {wide} 有终点，与 mode=on_or_after 不符，请用 mode=on。",
            parameter=parameter,
        )
