"""Arguments of `measure_impact`."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tools.definitions import Filters, ToolArguments
from tools.errors import InvalidArgument
from tools.metric_kinds import Interval


class ImpactArguments(ToolArguments):
    """Arguments of `measure_impact`; `start` and `end` are the days of the campaign."""

    metric: str = Field(description="Named metric that it should have moved. 活动应当影响的指标。")
    treated: Filters = Field(
        description="Groups that the campaign reached, as {dimension: [values]}, of one dimension; its other values "
        "are compared with. 活动触达的分组：{维度: [取值]}，仅一个维度，其余取值用作对照。"
    )
    controls: list[str] | None = Field(
        default=None,
        min_length=1,
        description="Values of that dimension to compare with; null for all others. 用作对照的取值，null 为其余全部。",
    )
    method: Literal["did", "synthetic_control"] = Field(
        default="did",
        description="did: difference in differences; synthetic_control: a weighted mean of the others, for one group. "
        "did 为双重差分；synthetic_control 为合成控制，仅限一个分组。",
    )
    before_days: int = Field(
        default=28,
        ge=2,
        le=1000,
        description="Days before the campaign to compare with. 与活动前多少天比较。",
    )
    interval: Interval = Field(
        default="day", description="Periods that are compared: day, week, month. 比较的时段粒度。"
    )

    @model_validator(mode="after")
    def _check_treated(self) -> Self:
        values = next(iter(self.treated.values()), [])
        if len(self.treated) != 1 or not values:
            raise InvalidArgument(
                en='treated names the values of exactly one dimension, as {"channel": ["douyin"]}.',
                zh='treated 须恰好给出一个维度的取值，例如 {"channel": ["douyin"]}。',
                parameter="treated",
            )
        if set(values) & set(self.controls or ()):
            raise InvalidArgument(
                en="A value cannot be both in treated and in controls.",
                zh="同一取值不能既在 treated 又在 controls 中。",
                parameter="controls",
            )
        if self.dimension in self.filters:
            raise InvalidArgument(
                en=f"filters cannot name {self.dimension}, whose values are compared; use controls.",
                zh=f"filters 不能含 {self.dimension}（其取值正在相互比较），请用 controls。",
                parameter="filters",
            )
        if self.method == "synthetic_control" and len(values) != 1:
            raise InvalidArgument(
                en="A synthetic control stands for one treated group; name one, or use method did.",
                zh="合成控制只能对应一个受影响分组；请只给一个，或改用 method: did。",
                parameter="method",
            )
        return self

    @property
    def dimension(self) -> str:
        """Whose values are the groups."""
        return next(iter(self.treated))

    @property
    def groups(self) -> list[str]:
        """The treated values."""
        return self.treated[self.dimension]
