"""Arguments of the paths between events, and the sentences that refuse those that make no sense."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tools.definitions import ToolArguments
from tools.durations import Window, window_check
from tools.errors import InvalidArgument, show

_RANGES = {"max_steps": (2, 10), "min_users": (1, 1_000_000), "top": (1, 100)}


class PathArguments(ToolArguments):
    """Arguments of `measure_paths`; `start` and `end` bound every event."""

    event: str | None = Field(
        default=None,
        description="Event that paths start from or lead to; null for the beginning or the end of the session. "
        "路径的起点或终点事件；null 表示会话的开头或结尾。",
    )
    direction: Literal["from", "to"] = Field(
        default="from",
        description="from: what follows the event; to: what leads to it. from 看该事件之后，to 看该事件之前。",
    )
    max_steps: int = Field(
        default=4,
        description="Most events in a path, 2 to 10, the event itself included. 路径最多的事件数（含该事件）。",
    )
    session_gap: Annotated[Window, BeforeValidator(window_check("session_gap"))] = Field(
        default="30m",
        description="A longer pause between two events ends the session, and the path: 30m, 2h, 1d. "
        "两个事件间隔超过该时长则会话（路径）结束。",
    )
    collapse_repeats: bool = Field(
        default=True,
        description="Count an event repeated at once as one. 连续重复的同一事件合并为一个。",
    )
    only: list[str] = Field(
        default=[], description="Show only these events; empty for all. 只看这些事件，空为全部。"
    )
    hide: list[str] = Field(default=[], description="Leave these events out of paths. 路径中不显示的事件。")
    min_users: int = Field(
        default=5, description="Paths of fewer users are not shown. 少于该人数的路径不显示。"
    )
    top: int = Field(
        default=20, description="Most paths, and most loops, to show. 最多显示的路径数与循环数。"
    )

    @model_validator(mode="after")
    def _check_paths(self) -> Self:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidArgument(
                    en=f"{name} {show(value)} is not between {low} and {high}.",
                    zh=f"{name}（{show(value)}）须在 {low} 到 {high} 之间。",
                    parameter=name,
                )
        return self
