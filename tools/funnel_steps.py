"""The steps of a funnel and what ties them together, as a tool is asked for them and as `metrics.yaml` saves them."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tools.declarations import Name
from tools.durations import Window, window_check
from tools.errors import InvalidArgument, show
from tools.funnel_definition import Entry, Exclusion, FunnelDefinition
from tools.journeys import Order

_MOST_STEPS, _MOST_EXCLUSIONS = 20, 8


def _named(value: Any) -> Any:
    """Accept a bare event for `{"event": ...}`, and one for a list of one."""
    listed = [value] if isinstance(value, str | Mapping) else value
    return (
        [{"event": v} if isinstance(v, str) else v for v in listed]
        if isinstance(listed, list | tuple)
        else listed
    )


class ExcludedEvent(BaseModel):
    """An event that may not lie between two steps, counted from 1; `to_step` null is the last one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: Name
    from_step: int = 1
    to_step: int | None = None


class FunnelSteps(BaseModel):
    """A funnel, whoever asks for it."""

    steps: tuple[Name, ...] = Field(
        description="Events in order, at least two; a repeated one needs another event. "
        "按顺序的事件，至少两个；重复的步骤须为不同的事件。"
    )
    window: Annotated[Window, BeforeValidator(window_check("window"))] = Field(
        default="7d",
        description="Longest time from first to last step, edge included: 30m, 24h, 7d. 首步到末步的最长时间（含边界），如 30m、24h、7d。",
    )
    entry: Entry = Field(
        default="first",
        description="first: only a user's first entry in the period counts; any: the best of all entries. "
        "first 只看期内首次进入，any 看任意一次进入。",
    )
    order: Order = Field(
        default="ordered",
        description="ordered: other events may lie between steps; strict: none may; any: steps in any order. "
        "ordered 步骤间可有其他事件，strict 不可有，any 不限顺序。",
    )
    optional: tuple[int, ...] = Field(
        default=(),
        description="Numbers of steps that may be skipped, e.g. [2]; not the first or last. "
        "可跳过的步骤序号，如 [2]；首步和末步不可跳过。",
    )
    exclusions: Annotated[tuple[ExcludedEvent, ...], BeforeValidator(_named)] = Field(
        default=(),
        description="Users who do this event between from_step and to_step (default: first and last) are left out "
        "of the whole funnel. 在 from_step 与 to_step 之间（默认首步到末步）发生该事件的用户不计入整个漏斗。",
    )

    @property
    def definition(self) -> FunnelDefinition:
        """The funnel that is asked for."""
        last = len(self.steps)
        return FunnelDefinition(
            steps=self.steps,
            window=self.window,
            entry=self.entry,
            order=self.order,
            optional=tuple(sorted({k - 1 for k in self.optional})),
            exclusions=tuple(
                Exclusion(e.event, e.from_step - 1, (e.to_step or last) - 1) for e in self.exclusions
            ),
        )

    @model_validator(mode="after")
    def _check_steps(self) -> Self:
        if not 2 <= len(self.steps) <= _MOST_STEPS:
            raise InvalidArgument(
                en=f"steps has {len(self.steps)}; a funnel needs 2 to {_MOST_STEPS} events, as in [view, order].",
                zh=f"steps 有 {len(self.steps)} 个；漏斗需要 2 到 {_MOST_STEPS} 个事件，例如 [view, order]。",
                parameter="steps",
            )
        self._check_optional()
        self._check_exclusions()
        return self

    def _check_optional(self) -> None:
        for step in self.optional:
            if not 1 < step < len(self.steps):
                between = f"2..{len(self.steps) - 1}" if len(self.steps) > 2 else "-"
                raise InvalidArgument(
                    en=f"optional: step {step} cannot be skipped; only steps between the first and the last can "
                    f"({between}).",
                    zh=f"optional：第 {step} 步不能设为可选；只有首步与末步之间的步骤可以跳过（{between}）。",
                    parameter="optional",
                )

    def _check_exclusions(self) -> None:
        if len(self.exclusions) > _MOST_EXCLUSIONS:
            raise InvalidArgument(
                en=f"exclusions has {len(self.exclusions)}; give at most {_MOST_EXCLUSIONS}.",
                zh=f"exclusions 有 {len(self.exclusions)} 个，最多 {_MOST_EXCLUSIONS} 个。",
                parameter="exclusions",
            )
        for excluded in self.exclusions:
            first, last = excluded.from_step, excluded.to_step or len(self.steps)
            inside = 1 <= first < last <= len(self.steps)
            if not inside or {first, last} & set(self.optional):
                raise InvalidArgument(
                    en=f"exclusions: {show(excluded.event)} from step {first} to {last} is no range of this funnel; "
                    f"give from_step < to_step between 1 and {len(self.steps)}, neither of them optional.",
                    zh=f"exclusions：{show(excluded.event)} 的区间第 {first} 步至第 {last} 步无效；"
                    f"须满足 1 ≤ from_step < to_step ≤ {len(self.steps)}，且两端都不是可选步骤。",
                    parameter="exclusions",
                )
            if self.order == "any" and (first, last) != (1, len(self.steps)):
                raise InvalidArgument(
                    en=f"exclusions: in any order, {show(excluded.event)} can only be excluded between all the steps; "
                    "leave out from_step and to_step.",
                    zh=f"exclusions：任意顺序下，{show(excluded.event)} 只能在全部步骤之间排除；请去掉 from_step 与 to_step。",
                    parameter="exclusions",
                )
