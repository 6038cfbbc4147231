"""Arguments of the tools of this room, and what they share."""

from typing import Annotated, Literal

from pydantic import Field

from tools.definitions import Breakdown, EventName, ToolArguments

SilenceDays = Annotated[
    int | None,
    Field(
        ge=1,
        le=365,
        description="Days without the event that make a user churned; null to choose whole weeks from the data. "
        "多少天没有该事件算流失，null 则由数据按整周选定。",
    ),
]
Limit = Annotated[
    int,
    Field(
        ge=1,
        le=10_000,
        description="Most users to list, the foremost first. 最多列出多少名用户，靠前者优先。",
    ),
]


class ChurnArguments(ToolArguments):
    """Arguments of `predict_churn`."""

    event: EventName = None
    silence_days: SilenceDays = None
    top_share: float = Field(
        default=0.1,
        gt=0,
        le=0.5,
        description="Share of users of highest score whose churn is compared with the baseline's (precision at k). "
        "按评分取前多少比例的用户与基线比较命中率（precision@k）。",
    )
    dimensions: list[str] | None = Field(
        default=None,
        description="Dimensions whose values the model may use; null for all, [] for none. "
        "模型可使用的维度，null 为全部，[] 为不使用。",
    )
    breakdown: Breakdown = None
    view: Literal["users", "groups", "calibration", "factors"] = Field(
        default="users",
        description="users: score and reasons per user (readers who may see single users; else counts); groups: counts by "
        "risk or by breakdown; calibration: predicted beside observed; factors: what moves scores. "
        "users 为逐个用户的评分与原因（仅限有权查看者，否则为人数），groups 为按风险或维度的人数，calibration 为预测与实际对照，factors 为影响因素。",
    )
    limit: Limit = 100


class LifespanArguments(ToolArguments):
    """Arguments of `measure_time_to_churn`."""

    active_event: EventName = None
    silence_days: SilenceDays = None
    breakdown: Breakdown = None
    days: list[Annotated[int, Field(ge=1, le=3650)]] = Field(
        default=[7, 30, 90],
        min_length=1,
        max_length=20,
        description="Days since first active at which to tell the share not churned. 报告首次活跃后哪些天的未流失比例。",
    )


class WinBackArguments(ToolArguments):
    """Arguments of `list_win_back`."""

    event: EventName = None
    silence_days: SilenceDays = None
    property: str | None = Field(
        default=None,
        description="Numeric column whose sum over the event so far ranks users; null to rank by active days. "
        "按该事件在此数值列的历史之和排序，null 则按活跃天数。",
    )
    min_active_days: int = Field(
        default=2,
        ge=1,
        le=3650,
        description="Fewest active days so far, so that chance visitors are left out. 至少活跃过的天数，以排除偶然来访者。",
    )
    limit: Limit = 100
