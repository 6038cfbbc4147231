"""What may be asked of `measure_retention`, and what does not go together."""

import re
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tools.cohort_definition import Bracket
from tools.definitions import Breakdown, EventName, ToolArguments
from tools.errors import InvalidArgument, show
from tools.metric_kinds import Clock, Cohort, Interval, ReturnMode

_FURTHEST = 1000
_BRACKET = re.compile(r"^([0-9]{1,4})(?:-([0-9]{1,4}))?$")


def read_bracket(value: int | str) -> int | str:
    """Accept a period, or a bracket of periods such as "2-7"; a bracket of one is that period.

    Raises:
        InvalidArgument: it is neither, or not within 0 to 1000.
    """
    found = _BRACKET.match(str(value).strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not 0 <= first <= last <= _FURTHEST:
        raise InvalidArgument(
            en=f'periods: {show(value)} is neither a number from 0 to {_FURTHEST} nor a bracket such as "2-7".',
            zh=f"periods：{show(value)} 既不是 0 到 {_FURTHEST} 的整数，也不是 “2-7” 这样的区间。",
            parameter="periods",
        )
    return first if first == last else f"{first}-{last}"


class RetentionArguments(ToolArguments):
    """Arguments of `measure_retention`; `start` and `end` bound the cohort events."""

    cohort_event: EventName = None
    return_event: EventName = None
    period: Interval = Field(
        default="day", description="Unit of the periods: day, week, month. 留存周期单位。"
    )
    periods: tuple[Annotated[int | str, AfterValidator(read_bracket)], ...] = Field(
        default=(1, 3, 7, 14, 30),
        min_length=1,
        max_length=60,
        description='Which periods after the cohort\'s, as [1, 7, 30], or brackets of them, as [1, "2-7", "8-30"]. '
        '起始后的第几个周期，如 [1, 7, 30]，或区间，如 [1, "2-7", "8-30"]。',
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
    value_property: str | None = Field(
        default=None,
        description="Numeric column to sum over the return events, per member (value retention), or null. "
        "对返回事件求和的数值列（价值留存，按人均），不需要则为 null。",
    )
    mean: Literal["weighted", "simple"] = Field(
        default="weighted",
        description="Pool cohorts by their size (weighted), or each alike (simple). 按人数加权平均，或各分群等权平均。",
    )
    breakdown: Breakdown = None
    project_to: int | None = Field(
        default=None,
        ge=2,
        le=3650,
        description="Period to project retention to by a fitted curve, or null. 用拟合曲线预测到第几个周期，不预测则为 null。",
    )
    curve: Literal["best", "power_law", "exponential"] = Field(
        default="best",
        description="Curve of the projection: a power law, an exponential with a floor, or the better fit. "
        "预测曲线：幂律、带下限的指数，或取拟合更好者。",
    )

    @model_validator(mode="after")
    def _check_together(self) -> "RetentionArguments":
        check_clock(self.clock, self.period)
        _check_brackets(self.brackets, self.mode, self.project_to)
        return self

    @property
    def brackets(self) -> list[Bracket]:
        """The periods asked for, in order."""
        ends = [[int(end) for end in str(p).split("-")] for p in dict.fromkeys(self.periods)]
        return [Bracket(e[0], e[-1]) for e in sorted(ends)]


def check_clock(clock: Clock, period: Interval) -> None:
    """Refuse months of 24-hour days: they have no fixed length.

    Raises:
        InvalidArgument: for clock 24h with period month.
    """
    if clock == "24h" and period == "month":
        raise InvalidArgument(
            en="clock 24h needs period day or week; months differ in length.",
            zh="clock 为 24h 时 period 须为 day 或 week，月份长短不一。",
            parameter="clock",
        )


def _check_brackets(brackets: list[Bracket], mode: ReturnMode, project_to: int | None) -> None:
    for one, following in pairwise(brackets):
        if following.first <= one.last:
            raise InvalidArgument(
                en=f"periods: {one} and {following} overlap; give brackets apart from each other.",
                zh=f"periods：{one} 与 {following} 重叠，请给出互不重叠的区间。",
                parameter="periods",
            )
    wide = next((b for b in brackets if b.first != b.last), None)
    if wide and mode == "on_or_after":
        raise InvalidArgument(
            en=f"periods: the bracket {wide} has an end, which mode on_or_after does not; use mode on.",
            zh=f"periods：区间 {wide} 有终点，与 mode=on_or_after 不符，请用 mode=on。",
            parameter="periods",
        )
    if project_to is not None and (wide or mode == "on_or_after"):
        raise InvalidArgument(
            en="project_to needs mode on and single periods, such as [1, 3, 7, 14, 30], to fit a curve to.",
            zh="project_to 需要 mode=on 且 periods 为单个周期（如 [1, 3, 7, 14, 30]），才能拟合曲线。",
            parameter="project_to",
        )
