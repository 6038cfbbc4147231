"""Parameters that tools share: argument models, and the lines of the definition card that describe them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tools.declarations import Day
from tools.errors import InvalidPeriod, show
from tools.metric_kinds import Interval
from tools.periods import INTERVAL_TEXT, Period
from tools.results import DefinitionItem, Text

_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)


def _listed(value: Any) -> Any:
    """Accept `{"channel": "douyin"}` for `{"channel": ["douyin"]}`."""
    if isinstance(value, Mapping):
        return {k: [v] if isinstance(v, str) else v for k, v in value.items()}
    return {} if value is None else value


Filters = Annotated[
    dict[str, list[str]],
    BeforeValidator(_listed),
    Field(
        description="Keep only these values, as {dimension: [values]}; all dimensions must match. "
        "只保留这些取值：{维度: [取值]}，多个维度须同时满足。"
    ),
]
Breakdown = Annotated[
    str | None, Field(description="Dimension to split by, or null. 要拆分的维度，不拆分则为 null。")
]
Start = Annotated[Day, Field(description="First local day, ISO, included. 起始日（含），本地日期。")]
End = Annotated[Day, Field(description="Last local day, ISO, included. 结束日（含），本地日期。")]
EventName = Annotated[
    str | None,
    Field(description="Event name; null for the workspace's default. 事件名，null 表示工作区的默认事件。"),
]


class ToolArguments(BaseModel):
    """Arguments that every tool takes: a period, filters and, if there are several, a source."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    reads_feedback: ClassVar[bool] = False

    start: Start
    end: End
    filters: Filters = {}
    source: str | None = Field(
        default=None,
        description="Source in metrics.yaml; null to choose it by the event. 数据源，null 则按事件自动选择。",
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, given: Any) -> Any:
        """Take an empty text for nothing where nothing is allowed, as a form sends it."""
        if not isinstance(given, Mapping):
            return given
        fields = cls.model_fields
        return {k: v for k, v in given.items() if v != "" or k not in fields or fields[k].is_required()}

    @model_validator(mode="after")
    def _check_period(self) -> Self:
        check_period(self.start, self.end)
        return self

    @property
    def dates(self) -> Period:
        """The period from `start` to `end`."""
        return Period(self.start, self.end)


class ComparisonArguments(ToolArguments):
    """Arguments of a tool that may set a second period against the first."""

    compare_start: Day | None = Field(
        default=None, description="First day of the period to compare with. 对比期的起始日（含）。"
    )
    compare_end: Day | None = Field(
        default=None, description="Last day of the period to compare with. 对比期的结束日（含）。"
    )

    @model_validator(mode="after")
    def _check_comparison(self) -> Self:
        if (self.compare_start is None) != (self.compare_end is None):
            raise InvalidPeriod(
                en="Give both compare_start and compare_end, or neither.",
                zh="compare_start 与 compare_end 须同时给出，或都不给。",
                parameter="compare_end" if self.compare_end is None else "compare_start",
            )
        if self.compare_start is not None and self.compare_end is not None:
            check_period(self.compare_start, self.compare_end, prefix="compare_")
        return self

    @property
    def comparison(self) -> Period | None:
        """The period to compare with."""
        if self.compare_start is None or self.compare_end is None:
            return None
        return Period(self.compare_start, self.compare_end)


def check_period(start: date, end: date, prefix: str = "") -> None:
    """Refuse a period that is backwards or lies outside 1900 to 2200.

    Raises:
        InvalidPeriod: naming the parameter and what would be right.
    """
    if end < start:
        raise InvalidPeriod(
            en=f"{prefix}end {show(end)} is before {prefix}start {show(start)}; swap them.",
            zh=f"{prefix}end（{show(end)}）早于 {prefix}start（{show(start)}），请对调。",
            parameter=f"{prefix}end",
        )
    for name, day in (("start", start), ("end", end)):
        if not _EARLIEST <= day <= _LATEST:
            raise InvalidPeriod(
                en=f"{prefix}{name} {show(day)} is outside 1900 to 2200.",
                zh=f"{prefix}{name}（{show(day)}）超出 1900 至 2200 年。",
                parameter=f"{prefix}{name}",
            )


def item(zh: str, en: str, value: Text | str) -> DefinitionItem:
    """Make one line of the definition card; a plain string reads the same in both languages."""
    return DefinitionItem(Text(zh=zh, en=en), Text(zh=value, en=value) if isinstance(value, str) else value)


def period_item(period: Period, zh: str = "时间范围", en: str = "period") -> DefinitionItem:
    """Describe a period."""
    text = period.text()
    return item(zh, en, Text(zh=f"{text.zh}（含首尾，本地日期）", en=f"{text.en}, local days, inclusive"))


def interval_item(interval: Interval) -> DefinitionItem:
    """Describe the interval of a series."""
    return item("时间粒度", "interval", INTERVAL_TEXT[interval])
