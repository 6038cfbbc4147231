"""Arguments of the funnel, and the sentences that refuse those that make no sense."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tools.declarations import Interval
from tools.definitions import Breakdown, ToolArguments
from tools.errors import InvalidArgument, show
from tools.funnel_definition import Attribution
from tools.funnel_steps import FunnelSteps
from tools.grammar import chinese_list

View = Literal["steps", "time", "trend"]


class FunnelArguments(FunnelSteps, ToolArguments):
    """Arguments of `measure_funnel`; `start` and `end` bound the first step."""

    breakdown: Breakdown = None
    attribution: Attribution = Field(
        default="first_touch",
        description="Which value a user has in a breakdown: first_touch or last_touch of the steps' events, that of "
        "attribution_step, or all_steps (every step has it). "
        "拆分时取哪个值：首次触点、末次触点、attribution_step 指定的步骤，或所有步骤都为该值。",
    )
    attribution_step: int | None = Field(
        default=None, description="Step number for attribution=step. attribution=step 时的步骤序号。"
    )
    view: View = Field(
        default="steps",
        description="steps: users per step; time: time to convert; trend: conversion by interval of entry. "
        "steps 各步人数，time 转化用时，trend 按进入时间的转化趋势。",
    )
    interval: Interval = Field(default="week", description="Interval of view=trend. view=trend 的时间粒度。")
    benchmarks: dict[int, float] = Field(
        default={},
        description="Step number to the conversion from the step before that it could reach, e.g. {3: 0.4}: what "
        "the recoverable drop is measured against. 各步可达到的分步转化率，用于测算可挽回的流失。",
    )

    @model_validator(mode="after")
    def _check_view(self) -> Self:
        self._check_attribution()
        self._check_benchmarks()
        return self

    def _check_attribution(self) -> None:
        step = self.attribution_step
        wanted = self.attribution == "step"
        if wanted != (step is not None) or (step is not None and not 1 <= step <= len(self.steps)):
            raise InvalidArgument(
                en=f"attribution_step {show(step)} does not fit attribution {self.attribution}: give a step from 1 to "
                f"{len(self.steps)} with attribution=step, and none otherwise.",
                zh=f"attribution_step（{show(step)}）与 attribution={self.attribution} 不符：attribution=step 时填 "
                f"1 到 {len(self.steps)}，否则不填。",
                parameter="attribution_step",
            )
        if self.breakdown is None and self.attribution != "first_touch":
            raise InvalidArgument(
                en=f"attribution={self.attribution} needs a breakdown: name the dimension to split by.",
                zh=f"attribution={self.attribution} 需要同时给出 breakdown（要拆分的维度）。",
                parameter="attribution",
            )

    def _check_benchmarks(self) -> None:
        required = [k + 1 for k in self.definition.required if k]
        for step, rate in self.benchmarks.items():
            if step not in required or not 0 < rate <= 1:
                listed = ", ".join(map(str, required))
                raise InvalidArgument(
                    en=f"benchmarks: {step}: {rate:g} is not usable; give a rate above 0 and up to 1 for one of the "
                    f"steps {listed}.",
                    zh=f"benchmarks：第 {step} 步的 {rate:g} 无法使用；请为第 {chinese_list(listed)} 步之一给出大于 0 且不超过 1 的转化率。",
                    parameter="benchmarks",
                )
