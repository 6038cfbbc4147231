"""Arguments of `design_experiment`."""

from typing import Self

from pydantic import Field, model_validator

from tools.definitions import EventName, ToolArguments
from tools.errors import InvalidArgument


class DesignArguments(ToolArguments):
    """Arguments of `design_experiment`."""

    metric: str = Field(description="Named metric that decides the experiment. 决定实验的指标。")
    relative_effect: float | None = Field(
        default=None,
        gt=-1,
        le=100,
        description="Change to find, relative to the present value, e.g. 0.05; null for 5 %. "
        "要检出的相对变化，如 0.05，null 为 5%。",
    )
    absolute_effect: float | None = Field(
        default=None,
        description="Change to find in the metric's own unit, e.g. 0.02 for 2 points, instead of the relative one. "
        "要检出的绝对变化，如 0.02 表示 2 个百分点。",
    )
    power: float = Field(
        default=0.8,
        ge=0.5,
        le=0.99,
        description="Chance to find it if it is there. 效果存在时能检出的概率（功效）。",
    )
    arms: int = Field(default=2, ge=2, le=10, description="Arms with the control. 组数（含对照组）。")
    traffic_share: float = Field(
        default=1.0, gt=0, le=1, description="Share of the entering users who take part. 参与实验的流量占比。"
    )
    entry_event: EventName = None
    follow_days: int = Field(
        default=7,
        ge=1,
        le=366,
        description="Local days from the exposure on over which events count. 进入后统计多少天。",
    )
    covariate_days: int = Field(
        default=0,
        ge=0,
        le=366,
        description="Days before the exposure for CUPED, 0 for none. CUPED 使用进入前多少天，0 为不用。",
    )

    @model_validator(mode="after")
    def _check_effect(self) -> Self:
        if self.relative_effect == 0 or self.absolute_effect == 0:
            raise InvalidArgument(
                en="An effect of 0 cannot be found by any number of users; give the smallest change worth acting on.",
                zh="效果为 0 时多少用户也检不出；请给出值得行动的最小变化。",
                parameter="relative_effect",
            )
        if self.relative_effect is not None and self.absolute_effect is not None:
            raise InvalidArgument(
                en="Give either relative_effect or absolute_effect.",
                zh="relative_effect 与 absolute_effect 只能给一个。",
                parameter="absolute_effect",
            )
        return self

    def effect(self, baseline: float) -> float:
        """Return the change to find, in the metric's unit."""
        return (
            self.absolute_effect
            if self.absolute_effect is not None
            else baseline * (self.relative_effect or 0.05)
        )
