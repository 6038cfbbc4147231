"""Arguments of `rank_demands`."""

from typing import Literal

from pydantic import Field

from tools.definitions import ToolArguments
from tools.demands.declarations import Criterion, Weight


class DemandArguments(ToolArguments):
    """Arguments of `rank_demands`; `start` and `end` bound the users and the feedback that are counted."""

    method: Literal["rice", "ice", "weighted", "kano"] | None = Field(
        default=None,
        description="rice: reach x impact x confidence / effort; ice: impact x confidence x ease; weighted: by weights; kano: "
        "by a survey; null for the first of these that the list has scores for. 排序方法；null 为清单数据足够的第一种。",
    )
    weights: dict[Criterion, Weight] = Field(
        default={},
        description="Of the weighted score: reach, impact, confidence, ease, effort, votes, feedback, negative -> weight, "
        "negative for what costs; empty for those of metrics.yaml. 加权法的权重（成本为负）；空为 metrics.yaml 所声明。",
    )
    reach: Literal["data", "stated"] = Field(
        default="data",
        description="data: users counted where the list names an audience, else as stated; stated: as the list says. "
        "触达人数：data 为按受众从数据统计（无受众时用填写值），stated 为只用填写值。",
    )
    uncertainty: float = Field(
        default=0.3,
        ge=0,
        le=9,
        description="How far a judged score may be off, 0.3 for times or divided by 1.3, to test the order. "
        "判断类分数的误差幅度，0.3 即可能偏高或偏低至 1.3 倍，用于检验次序。",
    )
    top: int = Field(default=5, ge=1, le=100, description="How many demands count as the first. 取前多少名。")
    settled: bool = Field(
        default=False,
        description="Whether done and cancelled demands are ranked, too. 是否包含已完成或已取消的需求。",
    )
    feedback: bool = Field(
        default=True, description="Whether to join what users say in feedback. 是否关联用户反馈主题。"
    )
    demands: str | None = Field(
        default=None,
        description="List of demands in metrics.yaml; null for the first. metrics.yaml 中的需求清单，null 为第一个。",
    )
